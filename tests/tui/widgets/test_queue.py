"""The queue keeps what is in hand, asks for what it needs, and stays steady under the reader."""

import random
from dataclasses import replace
from datetime import UTC

import pytest
from textual.pilot import Pilot
from tui.widgets.million import Million
from tui.widgets.world import NOW, Store, morning, row

from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.queue import QueuePage, QueueRow
from agentdesk.tui.widgets import queue_window
from agentdesk.tui.widgets.queue import Anchors, QueueList
from agentdesk.tui.widgets.queue_line import Look, row_line
from agentdesk.tui.widgets.signs import signs


def lines(queue: QueueList) -> list[str]:
    """What the pane shows."""
    return [queue.render_line(y).text.rstrip() for y in range(queue.size.height)]


def hand_line(queue: QueueList) -> int:
    """The row of the pane that the row in hand begins at."""
    return next(y for y, text in enumerate(lines(queue)) if text.startswith("▌"))


async def run(app: Million, pilot: Pilot[None], *keys: str) -> QueueRow:
    await pilot.press(*keys)
    await pilot.pause()
    assert app.queue.current is not None
    return app.queue.current


async def test_moves_by_case_to_both_ends_of_a_million() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        assert (await run(app, pilot, "j", "j", "k")).id == 2
        assert (await run(app, pilot, "end")).id == 1_000_000
        assert (await run(app, pilot, "k", "k")).id == 999_998
        assert lines(app.queue)[-3].startswith("▌")
        assert (await run(app, pilot, "home")).id == 1
        assert lines(app.queue)[0].startswith("▌")
        assert app.queue.virtual_size.height == 1_000_000


async def test_keys_pressed_before_the_rows_have_come_act_on_them() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        app.answering = False
        await pilot.press("end", "k", "k")
        app.queue.open()
        await pilot.pause()
        assert app.queue.current is not None
        assert app.queue.current.id == 1, "the hand stays until the rows are there"
        app.answer(app.wanted[-1])
        await pilot.pause()
        assert app.queue.current.id == 999_998
        assert app.opened == [999_998]


async def test_paging_down_goes_on_over_every_page_without_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_window, "MOST", 512)  # fewer keys until what lies behind is let go of
    app = Million(5000)
    async with app.run_test(size=(100, 30)) as pilot:
        seen = [1]
        for _turn in range(30):
            current = await run(app, pilot, "pagedown")
            seen.append(current.id)
        assert seen == list(range(1, 1 + 29 * 31, 29))
        assert (await run(app, pilot, *"k" * 40)).id == seen[-1] - 40
        assert (await run(app, pilot, "home")).id == 1


async def test_an_answer_to_an_old_question_is_dropped() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        app.answering = False
        await pilot.press("end")
        await pilot.pause()
        stale = app.wanted[-1]
        app.queue.show("mine", QueuePage(morning(), None), count=10)
        app.answer(stale)
        await pilot.pause()
        assert app.queue.held_ids == [one.id for one in morning()]


async def test_a_page_that_could_not_be_read_is_asked_for_again() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        app.answering = False
        await pilot.press("end")
        await pilot.pause()
        app.queue.put_page(app.wanted[-1], None)
        app.answering = True
        assert (await run(app, pilot, "end")).id == 1_000_000


async def test_the_scrollbar_reaches_everywhere_once_anchors_are_known() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        after = [None if n == 0 else app.store.row(n - 1).place for n in range(0, 1_000_000, 1024)]
        app.queue.set_anchors(Anchors(1024, after))
        app.queue.set_top(654_321)
        await pilot.pause()
        await pilot.pause()
        assert "Kunde 654321 " in lines(app.queue)[0]
        assert (await run(app, pilot, "j")).id == 654_322, "a key takes what is in view in hand"


async def test_rows_that_come_in_above_leave_the_row_in_hand_where_it_is() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*["pagedown"] * 3)
        await pilot.pause()
        before, y = app.queue.current, hand_line(app.queue)
        app.queue.update_rows([row(2_000_000 + n, due=1 + n) for n in range(5)])
        await pilot.pause()
        assert app.queue.current == before
        assert hand_line(app.queue) == y


async def test_at_the_top_a_new_row_shows_itself() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        app.queue.update_rows([row(2_000_000, "Ny Kunde", due=1)])
        await pilot.pause()
        assert "Ny Kunde" in lines(app.queue)[0]
        assert app.queue.current is not None
        assert (app.queue.current.id, hand_line(app.queue)) == (1, 1)


async def test_the_row_in_hand_stays_when_it_leaves_the_view_until_the_hand_moves() -> None:
    app = Million(40)
    async with app.run_test(size=(100, 30)) as pilot:
        current = await run(app, pilot, "j", "j", "j")
        done = replace(current, status=Status.RESOLVED, version=2)
        app.queue.update_rows([done])
        app.queue.update_rows([], gone=[current.id])
        await pilot.pause()
        assert current.id in app.queue._rows.gone
        assert lines(app.queue)[3].endswith("resolved")
        assert (await run(app, pilot, "j")).id == 5
        assert hand_line(app.queue) == 3, "the next case takes its place"
        assert current.id not in app.queue.held_ids


async def test_the_row_in_hand_keeps_its_place_while_its_clock_changes() -> None:
    app = Million(40)
    async with app.run_test(size=(100, 30)) as pilot:
        current = await run(app, pilot, "j", "j")
        app.queue.update_rows([replace(row(current.id, "Kunde 2", waits=None), delivery=Delivery.SENT)])
        await pilot.pause()
        assert hand_line(app.queue) == 2
        await run(app, pilot, "k")
        assert app.queue.held_ids[-1] == current.id, "then it goes where it belongs"


async def test_a_row_that_has_left_stays_pinned_while_colleagues_look_at_it() -> None:
    app = Million(40)
    async with app.run_test(size=(100, 30)) as pilot:
        current = await run(app, pilot, "j")
        done = replace(current, status=Status.RESOLVED, version=2)
        for _time in range(3):
            app.queue.update_rows([done], gone=[current.id])
            app.queue.update_rows([replace(done, presence="Bjarke")])
        assert current.id in app.queue._rows.gone
        assert app.queue._rows.total == 40
        app.queue.update_rows([replace(done, status=Status.OPEN, version=3)])
        assert current.id not in app.queue._rows.gone


@pytest.mark.parametrize("again", ["show", "reload"])
async def test_a_view_shown_again_has_no_gap_round_the_row_in_hand(again: str) -> None:
    app = Million(3000)
    async with app.run_test(size=(100, 30)) as pilot:
        current = await run(app, pilot, *["pagedown"] * 40)
        if again == "show":
            app.queue.show("all", app.store.page(None, limit=128), count=3000)
        else:
            app.queue.reload()
        await pilot.pause()
        await pilot.pause()
        assert app.queue.current == current
        numbers = [int(text.split("Kunde ")[1].split()[0]) for text in lines(app.queue)]
        assert numbers == list(range(numbers[0], numbers[0] + 30))
        assert current.id - 1 in numbers


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_comes_the_row_in_hand_stays_in_hand(seed: int) -> None:
    chance = random.Random(seed)
    app = Million(3000)
    async with app.run_test(size=(90 if seed % 2 else 40, 24)) as pilot:
        await pilot.press(*["pagedown"] * chance.randrange(12))
        await pilot.pause()
        for step in range(120):
            hand = app.queue.current
            assert hand is not None
            _happen(app, chance, step)
            await pilot.pause(0)
            assert app.queue.current is not None
            assert app.queue.current.id == hand.id
            if chance.random() < 0.3:
                app.queue.move(chance.choice((-30, -3, -1, 1, 2, 40)))
            held = app.queue._rows.keys
            assert held == sorted(set(held))


def _happen(app: Million, chance: random.Random, step: int) -> None:
    queue, held = app.queue, app.queue.held_ids
    some = chance.sample(held, min(len(held), 3))
    what = chance.randrange(6)
    if what == 0:
        queue.update_rows([row(10_000 + step * 10 + n, due=chance.uniform(3000, 7000)) for n in range(3)])
    elif what == 1:
        queue.update_rows([replace(app.store.row(case - 1), place=row(case, due=chance.uniform(3000, 7000)).place)
                           for case in some if case <= app.store.size])  # fmt: skip
    elif what == 2:
        queue.update_rows([], gone=[*some, queue.current.id] if queue.current else some)
    elif what == 3:
        queue.reload()
    elif what == 4:
        queue.show("all", app.store.page(None, limit=128), count=app.store.size)
    else:
        queue.set_top(chance.randrange(6000))


async def test_only_clocks_that_say_something_else_are_drawn_again() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)):
        app.queue.show("some", QueuePage(morning(), None), count=10)
        app.queue.tick(NOW.replace(second=27))
        dirty: list[object] = []
        app.queue.refresh = lambda *regions, **_rest: dirty.extend(regions)  # type: ignore[method-assign,assignment,return-value]
        app.queue.tick(NOW.replace(second=28))
        assert [(one.x, one.y, one.width, one.height) for one in dirty] == [(1, 1, 6, 1), (1, 2, 6, 1)]  # type: ignore[attr-defined]


async def test_an_empty_view_teaches() -> None:
    app = Million()
    async with app.run_test(size=(60, 10)) as pilot:
        app.queue.show("mine", QueuePage((), None), count=0, empty="Nothing waits. g b shows the board.")
        await pilot.pause()
        assert app.queue.current is None
        assert "Nothing waits. g b shows the board." in "\n".join(lines(app.queue))
        app.queue.update_rows([row(7, "Ida Bæk")])
        await pilot.pause()
        assert app.queue.current is not None
        assert "Ida Bæk" in lines(app.queue)[0]


async def test_go_to_takes_a_case_in_hand_that_no_page_has_brought() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        assert not app.queue.go_to(500_000)
        assert app.queue.go_to(500_000, app.store.row(499_999))
        current = await run(app, pilot, "j", "j")
        assert current.id == 500_002
        assert sum(bool(text) for text in lines(app.queue)) == 30


async def test_a_click_takes_in_hand_and_a_double_click_opens() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.click(QueueList, offset=(20, 4))
        assert app.queue.current is not None
        assert (app.queue.current.id, app.opened) == (5, [])
        await pilot.double_click(QueueList, offset=(20, 7))
        await pilot.pause()
        assert app.opened == [8]


async def test_the_terminals_own_cursor_stands_on_the_row_in_hand() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        await run(app, pilot, "j", "j")
        assert app.cursor_position == (10, 2)


async def test_what_the_mouse_marks_is_copied_without_the_marker() -> None:
    app = Million()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.mouse_down(QueueList, offset=(0, 0))
        await pilot.hover(QueueList, offset=(30, 1))
        await pilot.mouse_up(QueueList, offset=(30, 1))
        await pilot.pause()
        copied = app.screen.get_selected_text()
        assert copied is not None
        assert copied.splitlines()[0].startswith("1 h 00 @ Kunde 0")
        assert len(copied.splitlines()) == 2
        assert app.queue.current is not None
        assert app.queue.current.id == 1, "marking moves nothing"


@pytest.mark.parametrize("width", [*range(1, 24), 37, 38, 59, 60, 61, 80, 120, 200, 300])
async def test_no_line_is_wider_than_the_pane(width: int) -> None:
    app = Million()
    async with app.run_test(size=(width, 30)) as pilot:
        app.queue.show("some", QueuePage(morning(), None), count=10)
        await pilot.pause()
        assert {app.queue.render_line(y).cell_length for y in range(30)} == {max(0, width - 1)}


async def test_a_page_of_a_store_is_what_it_says() -> None:
    page = Store(10).page(None, limit=4, reverse=True)
    assert [one.id for one in page.rows] == [10, 9, 8, 7]


def test_a_colleague_in_their_own_case_stands_there_once() -> None:
    theirs = replace(morning()[0], owner="Bjarke", owner_id=7, presence="Bjarke")
    look = Look(columns=120, now=NOW, zone=UTC, me=1, signs=signs(poor=False))
    assert row_line(theirs, 0, look, hand=False, gone=False).text.count("Bjarke") == 1
