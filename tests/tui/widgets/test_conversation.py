"""The conversation opens at the newest, folds what is old, and never moves what is being read."""

import re
import time
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from tui.widgets import world
from tui.widgets.world import NOW, message, thread

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.parts import PART, Part
from agentdesk.domain.rows import MessageRow
from agentdesk.tui.widgets.conversation import Conversation


class One(App[None]):
    """The pane and nothing else."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        yield Conversation(now=NOW)

    @property
    def pane(self) -> Conversation:
        return self.query_one(Conversation)


def lines(pane: Conversation) -> list[str]:
    """What the pane shows."""
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def many(count: int, body: str = "En linje til.\nOg en mere.") -> tuple[MessageRow, ...]:
    return tuple(message(n, f"Besked {n}.\n{body}", minutes=9000 - n) for n in range(1, count + 1))


async def shown(
    app: One, pilot: Pilot[None], messages: tuple[MessageRow, ...], version: int = 1
) -> list[str]:
    app.pane.show(thread(messages, version=version), NOW)
    await pilot.pause()
    return lines(app.pane)


async def test_the_sketch() -> None:
    app = One()
    async with app.run_test(size=(70, 40)) as pilot:
        app.pane.show(thread(), NOW, new_after=3)
        await pilot.pause()
        text = lines(app.pane)
        assert text[0] == "#48213  Hvor er min pakke? Ordre 10231"
        assert text[1].startswith("open · high · @support@nordbutik · Anna · team Support")
        assert text[2].endswith("● Bjarke")
        whole = "\n".join(text)
        assert "  ▸ 14 quoted lines" in whole
        assert "linje 3" not in whole
        assert "░ note  You" in whole
        assert "+ foto.jpg  212 kB" in whole
        assert [line.split()[-1] for line in text if line.startswith("Mette")] == ["15:02", "NEW"]
        assert any(line.endswith("sent ✓") for line in text)
        assert any(line.endswith("held · leaves in 7 s") for line in text)
        app.pane.tick(NOW.replace(second=10))
        assert any(line.endswith("held · leaves in 4 s") for line in lines(app.pane))


async def test_it_opens_with_the_whole_newest_message_in_view() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        text = await shown(app, pilot, many(30))
        assert "Besked 30." in "\n".join(text)
        assert app.pane.top == app.pane.max_scroll_y
        assert app.pane.seen_message_id == 30


async def test_a_newest_message_that_does_not_fit_begins_at_the_top() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        last = message(31, "\n".join(f"linje {n}" for n in range(90)))
        text = await shown(app, pilot, (*many(30), last))
        first = next(at for at, line in enumerate(text) if line.startswith("━")) + 1
        assert text[first].startswith("Mette Sørensen")
        assert text[first + 1] == "  linje 0"


async def test_quotes_unfold_and_fold_again_in_place() -> None:
    app = One()
    async with app.run_test(size=(60, 40)) as pilot:
        await shown(app, pilot, world.conversation())
        app.pane.toggle_fold()
        await pilot.pause()
        app.pane.home()
        whole = "\n".join(lines(app.pane))
        assert "> linje 11" in whole
        assert "quoted lines" not in whole
        app.pane.toggle_fold()
        await pilot.pause()
        assert "▸ 14 quoted lines" in "\n".join(lines(app.pane))


async def test_what_arrives_never_moves_what_is_being_read() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(app, pilot, many(30))
        app.pane.page(-3)
        await pilot.pause()
        before = lines(app.pane)
        after = await shown(app, pilot, many(32), version=2)
        assert after[:-1] == before[:-1]
        assert after[-1] == " ↓ 2 new below"
        app.pane.end()
        await pilot.pause()
        assert "Besked 32." in "\n".join(lines(app.pane))
        assert app.pane.new_below == 0


async def test_who_reads_the_end_goes_on_reading_the_end() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        await shown(app, pilot, many(30))
        assert "Besked 31." in "\n".join(await shown(app, pilot, many(31), version=2))


async def test_what_was_found_later_but_written_earlier_is_no_news_below() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        sent_elsewhere = message(99, "Vi ser på det.", kind="outbound", minutes=9000 - 20.5)
        found = (*many(20), sent_elsewhere, *many(30)[20:])
        assert "below" not in "\n".join(await shown(app, pilot, found))
        assert app.pane.seen_message_id == 99
        above = message(100, "Og her.", minutes=9000 - 10.5)
        assert "below" not in "\n".join(await shown(app, pilot, (*found[:10], above, *found[10:]), version=2))
        assert app.pane.seen_message_id == 99
        app.pane.go_to(100)
        await pilot.pause()
        assert app.pane.seen_message_id == 100


async def test_a_delivery_that_changes_shows_without_a_new_version() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        reply = message(31, "Svar", kind="outbound", delivery=Delivery.QUEUED)
        assert "on its way" in "\n".join(await shown(app, pilot, (*many(30), reply)))
        failed = replace(reply, delivery=Delivery.FAILED, error="550 no such mailbox")
        whole = "\n".join(await shown(app, pilot, (*many(30), failed)))
        assert "failed" in whole
        assert "550 no such mailbox" in whole


@pytest.mark.parametrize("count", [1, 5, 400, 20_000])
async def test_a_long_case_is_ready_at_once_and_whole_soon(count: int) -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        messages = many(count)
        await pilot.pause()
        started = time.process_time()
        app.pane.show(thread(messages), NOW)
        assert time.process_time() - started < 0.25
        assert f"Besked {count}." in "\n".join(lines(app.pane))
        app.pane.home()
        await pilot.pause()
        assert "Besked 1." in "\n".join(lines(app.pane))


async def test_a_mail_of_five_thousand_lines_never_holds_a_frame() -> None:
    app = One()
    async with app.run_test(size=(80, 30)) as pilot:
        long = message(1, "\n".join(f"linje {n} " + "ord " * 60 for n in range(5000)))
        page = message(2, "et ord " * 200_000)
        longest = 0.0
        for messages in ((long,), (page,), (long, page)):
            for act in (
                lambda told=messages: app.pane.show(thread(told), NOW),
                app.pane.toggle_fold,
                app.pane._grow,
            ):
                started = time.process_time()
                act()
                longest = max(longest, time.process_time() - started)
            await pilot.pause()
        assert longest < 0.3
        app.pane.home()
        await pilot.pause()
        assert "linje 0 ord" in "\n".join(lines(app.pane))


async def test_the_same_message_stays_in_view_when_the_width_changes() -> None:
    app = One()
    async with app.run_test(size=(90, 20)) as pilot:
        await shown(app, pilot, many(40, "ord " * 60))
        app.pane.page(-4)
        await pilot.pause()
        first = next(line for line in lines(app.pane)[3:] if "Besked" in line)
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert first.strip() in [line.strip() for line in lines(app.pane)]


async def test_a_shorter_pane_keeps_the_end_in_view() -> None:
    app = One()
    async with app.run_test(size=(60, 30)) as pilot:
        await shown(app, pilot, many(30))
        await pilot.resize_terminal(60, 14)
        await pilot.pause()
        assert "Besked 30." in "\n".join(lines(app.pane))


async def test_a_copy_is_the_text_without_bars_indents_and_wrapping() -> None:
    app = One()
    async with app.run_test(size=(30, 30)) as pilot:
        link = "https://eksempel.dk/" + "a" * 40
        await shown(
            app, pilot, (message(1, f"Det her er en lang linje som skal ombrydes.\n{link}", kind="note"),)
        )
        app.pane.text_select_all()
        await pilot.pause()
        copied = app.screen.get_selected_text()
        assert copied is not None
        assert "Det her er en lang linje som skal ombrydes.\n" in copied
        assert link in copied
        assert "░" not in copied


@pytest.mark.parametrize("width", [*range(1, 24), 46, 80, 120, 200, 300])
async def test_no_line_is_wider_than_the_pane(width: int) -> None:
    app = One()
    async with app.run_test(size=(width, 30)) as pilot:
        odd = message(6, "包裹 " * 40 + "x" * 500, marks=("unknown participant",), files=(("包" * 99, 12),))
        app.pane.show(thread((*world.conversation(), odd)), NOW, new_after=0)
        await pilot.pause()
        app.pane.page(-1)
        await pilot.pause()
        assert {app.pane.render_line(y).cell_length for y in range(30)} == {max(0, app.pane.size.width - 1)}


async def test_without_a_case_it_says_what_to_do() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        app.pane.clear("Nothing is open. Enter opens the case in hand.")
        await pilot.pause()
        assert "Enter opens" in "\n".join(lines(app.pane))


class Long(One):
    """A case of which only a part is held, as a screen would give it."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.every = many(count)
        self.low, self.high = count - PART, count
        self.wanted: list[str] = []

    def give(self, version: int = 1) -> None:
        """Show the part in hand."""
        held = thread(self.every[self.low : self.high], version=version)
        self.pane.show(replace(held, part=Part(1, 1, self.low, len(self.every) - self.high)), NOW)

    def on_conversation_wanted(self, event: Conversation.Wanted) -> None:
        self.wanted.append(event.step)
        count = len(self.every)
        if event.step == "older":
            self.low = max(0, self.low - PART)
            self.high = min(self.high, self.low + 3 * PART)
        elif event.step == "newer":
            self.high = min(count, self.high + PART)
            self.low = max(self.low, self.high - 3 * PART)
        else:
            self.low, self.high = (0, PART) if event.step == "first" else (count - PART, count)
        self.give()
        if event.step == "first":
            self.pane.home()
        elif event.step == "newest":
            self.pane.end()


def numbers(shown: list[str]) -> list[int]:
    """The messages of which the words are on the screen."""
    return [int(found[1]) for line in shown if (found := re.search(r"Besked (\d+)\.", line))]


async def test_a_long_case_is_scrolled_through_without_a_gap() -> None:
    app = Long(200)
    async with app.run_test(size=(60, 20)) as pilot:
        app.give()
        await pilot.pause()
        assert any(line.endswith(" 161–200 of 200 messages") for line in lines(app.pane))
        for step, goal in ((-1, 1), (1, 200)):
            here = numbers(lines(app.pane))
            seen = set(here)
            for _page in range(120):
                app.pane.page(step)
                await pilot.pause()
                here = numbers(lines(app.pane))
                assert any(abs(one - other) <= 1 for one in here for other in seen), "nothing was jumped over"
                seen |= set(here)
                if goal in here:
                    break
            assert seen >= set(range(1, 200 + 1)) - {goal}
        assert len(app.wanted) < 30


async def test_the_keys_to_the_first_and_to_the_newest_message() -> None:
    app = Long(200)
    async with app.run_test(size=(60, 20)) as pilot:
        app.give()
        await pilot.pause()
        app.pane.home()
        await pilot.pause()
        assert numbers(lines(app.pane))[0] == 1
        assert re.fullmatch(r" ↓ \d+ more below; End shows the newest", lines(app.pane)[-1])
        app.pane.end()
        await pilot.pause()
        assert numbers(lines(app.pane))[-1] == 200
        assert app.pane.new_below == 0


async def test_an_older_mail_that_comes_late_does_not_move_what_is_read() -> None:
    app = One()
    async with app.run_test(size=(60, 20)) as pilot:
        held = many(30)
        await shown(app, pilot, held)
        app.pane.page(-2)
        await pilot.pause()
        before = lines(app.pane)
        late = message(31, "Besked 31.", minutes=9001)
        after = await shown(app, pilot, (late, *held), version=2)
        assert after[3:-1] == before[3:-1]
