"""What a stroke does on the desk: seen, taken back by u, refused with a name, repeated; a moved case stops a reply."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tui import rig
from tui.rig import Rig

from agentdesk.domain.lifecycle import Delivery, Priority, Status
from agentdesk.services import triage
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.queue import QueueList


def row_words(r: Rig, case: int = 1) -> str:
    """The row of a case in the queue, both lines."""
    queue = r.desk.query_one(QueueList)
    at = queue.held_ids.index(case)
    tall = 2 if queue.size.width < 62 else 1
    return " ".join(queue.line(at * tall + part).text for part in range(tall))


def conversation(r: Rig) -> str:
    """What the conversation shows."""
    pane = r.desk.query_one(Conversation)
    return "\n".join(pane.render_line(y).text for y in range(pane.size.height))


async def status(r: Rig) -> None:
    await r.press("s", "p")


async def assign(r: Rig) -> None:
    await r.press("a")
    await r.type("bo")
    await r.press("enter")


async def team(r: Rig) -> None:
    await r.press("a")
    await r.type("levering")
    await r.press("enter")


async def tag(r: Rig) -> None:
    await r.press("t")
    await r.type("vip")
    await r.press("enter")


async def new_tag(r: Rig) -> None:
    await r.press("t")
    await r.type("helt nyt")
    await r.press("enter")


async def priority(r: Rig) -> None:
    await r.press("p", "u")


async def snooze(r: Rig) -> None:
    await r.press("z", "t")


async def snooze_typed(r: Rig) -> None:
    await r.press("z", "w")
    await r.type("tomorrow 14:30")
    await r.press("enter")


async def resolve(r: Rig) -> None:
    await r.press("e")


async def claim(r: Rig) -> None:
    await r.press("n")


async def spam(r: Rig) -> None:
    await r.press("s", "s")


async def answer(r: Rig) -> None:
    await r.press("r")
    await r.type("På vej")
    await r.press("ctrl+s")


async def answer_and_resolve(r: Rig) -> None:
    await r.press("r")
    await r.type("På vej")
    await r.press("f4")


async def note(r: Rig) -> None:
    await r.press("i")
    await r.type("Husk GLS")
    await r.press("ctrl+s")


async def new_message(r: Rig) -> None:
    await r.press("c")
    await r.type("karen@example.com")
    await r.press("tab", "tab", "tab")
    await r.type("Emne")
    await r.press("tab")
    await r.type("Hej Karen")
    await r.press("ctrl+s")


VERBS: tuple[Callable[[Rig], Awaitable[None]], ...] = (
    status, assign, team, tag, new_tag, priority, snooze, snooze_typed, resolve, claim, spam, answer,
    answer_and_resolve, note, new_message,
)  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
async def test_u_takes_every_verb_back_and_redo_does_it_again(
    verb: Callable[[Rig], Awaitable[None]], url: str, state: Path
) -> None:
    before = rig.dump(url)
    async with rig.desk(url, state) as r:
        await verb(r)
        done = rig.dump(url)
        assert done != before, r.said
        if r.desk.context == "writing":
            await r.press("escape")
        await r.press("u")
        assert "Taken back" in r.said
        assert rig.dump(url) == before
        await r.press("u")
        assert "nothing of yours to take back" in r.said
        assert rig.dump(url) == before, "u never redoes"
        if verb is not new_message:
            await r.press("ctrl+y")
            assert "Done again" in r.said
            assert rig.dump(url) == done
            await r.press("u")
            assert rig.dump(url) == before


async def test_a_reply_taken_back_stands_in_the_composer_again(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await answer(r)
        assert not r.desk.writing.opened
        await r.press("u")
        await r.until(lambda: r.desk.writing.opened)
        assert r.desk.writing.widget.written().body == "På vej"
        assert r.desk.writing.widget.written().cc == "Chef <chef@example.com>"


async def test_what_has_left_stays_and_the_rest_is_taken_back_only_when_asked(url: str, state: Path) -> None:
    before = rig.dump(url)
    async with rig.desk(url, state) as r:
        await answer(r)
        r.world.later(seconds=11)
        r.world.delivers()
        await r.press("u")
        assert r.top == "ConfirmDialog"
        await r.press("escape")
        assert rig.execute(url, "select status from cases where id = 1") == [("pending",)]
        await r.press("u", "enter")
        assert "Taken back" in r.said
        after = rig.dump(url)
        assert rig.execute(url, "select status, owner_id from cases where id = 1") == [("new", None)]
        assert after["leaving"] == [(1,)]
        assert after["tags"] == before["tags"]


async def test_a_refusal_says_who_changed_what(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("e")
        with r.world.unit("bo") as unit:
            triage.set_status(unit, 1, Status.OPEN)
        await r.press("u")
        assert "Bo has changed the status of case #1" in r.said
        assert rig.execute(url, "select status from cases where id = 1") == [("open",)]


async def test_full_stop_repeats_the_last_verb_on_another_case(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("full_stop")
        await tag(r)
        await r.press("j", "full_stop")
        tagged = (
            "select case_id from case_tags t join tags g on g.id = t.tag_id where g.name = 'vip' order by 1"
        )
        assert rig.execute(url, tagged) == [(1,), (2,), (6,)]


async def test_n_above_capacity_asks(url: str, state: Path) -> None:
    rig.execute(url, "update agents set capacity = 1")
    async with rig.desk(url, state) as r:
        await r.press("n")
        await r.press("n")
        assert r.top == "ConfirmDialog"
        assert rig.execute(url, "select count(*) from cases where owner_id = 1") == [(1,)]
        await r.press("escape")
        assert rig.execute(url, "select count(*) from cases where owner_id = 1") == [(1,)]
        await r.press("n", "enter")
        assert rig.execute(url, "select count(*) from cases where owner_id = 1") == [(2,)]


async def test_n_with_nothing_free_says_so(url: str, state: Path) -> None:
    rig.execute(url, "update cases set owner_id = 2")
    async with rig.desk(url, state) as r:
        await r.press("n")
        assert "Nothing is free" in r.said


async def test_n_takes_the_most_urgent_case_and_opens_it(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(80, 24)) as r:
        await r.press("j", "j", "n")
        assert r.desk.reading.case_id == 1
        assert r.desk.pane == "conversation"
        current = r.desk.query_one(QueueList).current
        assert current is not None
        assert current.id == 1


async def test_after_a_send_the_desk_stays_and_the_row_says_held_then_sent(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await answer(r)
        assert r.desk.reading.case_id == 1
        current = r.desk.query_one(QueueList).current
        assert current is not None
        assert current.id == 1
        assert "held" in row_words(r)
        assert "pending" not in row_words(r)
        assert "leaves in" in conversation(r)
        r.world.later(seconds=11)
        r.world.delivers()
        await r.until(lambda: "sent ✓" in row_words(r))
        await r.until(lambda: "sent ✓" in conversation(r))
        await r.press("escape", "e")
        assert r.desk.reading.case_id == 1


@pytest.mark.parametrize("verb", [answer, resolve], ids=lambda verb: verb.__name__)
async def test_the_desk_goes_on_where_the_settings_say_so(
    verb: Callable[[Rig], Awaitable[None]], url: str, state: Path
) -> None:
    async with rig.desk(url, state, after_send="next") as r:
        await verb(r)
        assert r.desk.reading.case_id == 2
        current = r.desk.query_one(QueueList).current
        assert current is not None
        assert current.id == 2


async def test_a_customers_message_stops_a_held_reply_and_moves_no_focus(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await answer(r)
        focused = r.app.screen.focused
        answers_it = "furnished1@example.com"
        r.world.comes("Jeg har den nu!", sender="Mette Sørensen <kunde1@example.com>", answers=answers_it)
        await r.until(lambda: r.desk.writing.opened)
        assert r.desk.writing.widget.written().body == "På vej"
        assert "The customer wrote while this was held back" in str(
            r.desk.query_one("Composer .state").visual
        )  # type: ignore[attr-defined]
        assert r.app.screen.focused is focused
        await r.until(lambda: "Jeg har den nu!" in conversation(r) or "new below" in conversation(r))
        assert rig.dump(url)["leaving"] == []
        await r.press("r", "ctrl+s")
        assert r.top == "ConfirmDialog"
        await r.press("enter")
        assert rig.execute(url, "select state from outbox order by id") == [("cancelled",), ("held",)]


async def test_a_reply_that_came_back_is_told_of_at_another_case(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await answer(r)
        await r.press("escape", "j")
        await r.until(lambda: r.desk.reading.case_id == 2)
        r.world.comes(
            "Jeg har den nu!", sender="Mette Sørensen <kunde1@example.com>", answers="furnished1@example.com"
        )
        await r.until(lambda: "Your reply in #1 came back" in r.said)
        assert r.desk.reading.case_id == 2


async def test_a_case_that_moved_while_writing_shows_the_new_lines_first(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("På vej")
        focused = r.app.screen.focused
        r.world.comes(
            "Glem det, den er her.",
            sender="Mette Sørensen <kunde1@example.com>",
            answers="furnished1@example.com",
        )
        await r.until(lambda: r.desk.reading.thread is not None and len(r.desk.reading.thread.messages) == 2)
        assert r.app.screen.focused is focused
        await r.press("ctrl+s")
        assert r.top == "ConfirmDialog"
        shown = " ".join(str(one.visual) for one in r.app.screen.query("Label"))  # type: ignore[attr-defined]
        assert "Glem det, den er her." in shown
        assert "wrote while you were writing" in shown
        await r.press("escape")
        assert r.desk.context == "writing"
        assert r.desk.writing.widget.written().body == "På vej"
        assert rig.dump(url)["leaving"] == []
        await r.press("ctrl+s", "enter")
        assert rig.dump(url)["leaving"] == [(1,)]


async def test_a_refused_send_keeps_the_text_and_says_why(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("På vej")
        await r.press("tab")
        await r.press("end")
        await r.type(", nobody")
        await r.press("ctrl+s")
        assert "“nobody” is no e-mail address" in r.said
        assert r.desk.context == "writing"
        assert r.desk.writing.widget.written().body == "På vej"
        assert rig.dump(url)["leaving"] == []


async def test_a_failed_reply_is_back_in_the_queue_and_f5_sends_it_again(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await answer(r)
        r.world.later(seconds=11)
        r.world.delivers(Delivery.FAILED, "Mailbox unknown")
        await r.until(lambda: "failed" in row_words(r))
        await r.until(lambda: "Mailbox unknown" in conversation(r))
        await r.press("f5")
        assert rig.execute(url, "select state from outbox") == [("queued",)]


async def test_colleagues_show_in_the_row_and_in_the_head(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r, rig.desk(url, state, login="bo", terminal="bo-1:cc") as bo:
        await r.until(lambda: "Bo" in conversation(r), 8)
        await r.until(lambda: "Bo" in row_words(r), 8)
        await bo.press("r")
        await r.until(lambda: "Bo writing" in conversation(r), 8)
        await bo.app.leave(0)
        await r.until(lambda: "Bo" not in conversation(r) and "Bo" not in row_words(r), 8)


async def test_the_head_shows_owner_team_and_every_tag(url: str, state: Path) -> None:
    with_tags = ("forsinket", "glasskår", "reklamation", "storkunde", "vip")
    async with rig.desk(url, state, size=(80, 24)) as r:
        with r.world.unit("bo") as unit:
            triage.tag(unit, 1, with_tags)
        with r.world.unit("bo") as unit:
            triage.assign(unit, 1, owner=2, team=1)
        with r.world.unit("bo") as unit:
            triage.set_priority(unit, 1, Priority.HIGH)
        await r.press("enter")
        await r.until(lambda: "reklamation" in conversation(r))
        head = conversation(r).partition("━")[0]
        for word in ("#1", "high", "Bo", "team levering", *with_tags):
            assert word in head


async def test_an_idle_agent_keeps_the_row_in_hand_when_others_work(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("j")
        await r.until(lambda: r.desk.reading.case_id == 2)
        with r.world.unit("bo") as unit:
            triage.set_status(unit, 2, Status.RESOLVED)
        with r.world.unit("bo") as unit:
            triage.set_status(unit, 1, Status.SPAM)
        await r.until(lambda: 1 not in r.desk.query_one(QueueList).held_ids)
        current = r.desk.query_one(QueueList).current
        assert current is not None
        assert current.id == 2
        assert r.desk.reading.case_id == 2


async def test_a_snooze_in_the_past_or_in_no_words_is_refused_in_the_line(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("z", "w")
        await r.type("hvornår som helst")
        await r.press("enter")
        assert r.top == "AskDialog"
        assert rig.execute(url, "select snooze_until from cases where id = 1") == [(None,)]


async def test_a_held_reply_asks_before_leaving_and_another_key_forgets_it(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await answer(r)
        await r.press("q")
        assert "held back" in r.said
        await r.press("j", "q")
        assert "held back" in r.said
        assert r.app.return_value is None
        await r.press("q")
        await r.until(lambda: r.app.return_value == 0)


async def test_a_reply_held_back_again_leaves_no_second_one_in_the_composer(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Once")
        await r.press("ctrl+s", "u")
        await r.until(lambda: r.desk.writing.opened)
        await r.press("ctrl+y")
        await r.until(lambda: not r.desk.writing.opened)
        assert len([row for row in rig.execute(url, "select state from outbox") if row.state == "held"]) == 1


async def test_resolving_waits_until_the_customers_last_words_were_seen(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        r.desk.following._feed.close()
        case = r.desk.reading.case_id
        assert case is not None
        r.world.comes("Wait, one more thing", answers=r.world.value(
            "select message_id from messages where case_id = :c and kind = 'inbound' limit 1", c=case
        ))  # fmt: skip
        await r.press("e")
        assert "wrote a moment ago" in r.said
        assert r.world.case(case).status != "resolved"
        await r.until(lambda: "one more thing" in conversation(r))
        r.world.later(seconds=5)
        await r.press("e")
        assert r.world.case(case).status == "resolved"
