"""Selected cases: marked, counted, kept; every verb on all of them; refusals named; many taken back by u and by g u."""

from pathlib import Path

from sqlalchemy import insert
from tui import rig
from tui.rig import Rig, dump, incoming, letter

from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.services import triage
from agentdesk.store.tables import bulk_runs, cases, messages, strokes
from agentdesk.tui.dialogs.report import Refusals
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.topline import ViewBar


def marked(r: Rig) -> list[int]:
    """The rows that are drawn as selected."""
    queue = r.desk.query_one(QueueList)
    tall = 2 if queue.size.width < 62 else 1
    return [case for at, case in enumerate(queue.held_ids) if "+" in queue.line(at * tall).text[7:8]]


def bar(r: Rig) -> str:
    return "".join(text for text, _tone in r.desk.query_one(ViewBar).spans(40))


def statuses(r: Rig, *ids: int) -> list[str]:
    return [str(r.world.case(one).status) for one in ids]


def many(r: Rig, count: int) -> list[int]:
    """So many more cases that wait."""
    first = int(r.world.value("select max(id) from cases")) + 1
    ids = list(range(first, first + count))
    with r.world.unit() as unit:
        unit.session.execute(insert(cases), [
            {"id": one, "subject": f"Mange {one}", "status": "open", "waiting_since": one,
             "due_at": one + 3_600_000_000, "unread": 1, "channel_id": 1} for one in ids
        ])  # fmt: skip
        unit.session.execute(
            insert(messages), [{"case_id": one, "kind": "inbound", "person": True, "at": one} for one in ids]
        )
    return ids


async def test_x_selects_a_row_x_x_a_range_and_escape_drops_it(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("j", "x")
        assert (r.desk.selection.ids, marked(r)) == ((2,), [2])
        assert "1 selected" in bar(r)
        await r.press("j", "j", "x")
        assert marked(r) == [2, 4]
        await r.press("x")
        assert marked(r) == [2, 3, 4]
        await r.press("x")
        assert marked(r) == [2, 3]
        await r.press("k", "k", "x", "x")
        assert marked(r) == [2, 3], "with nothing selected before, x x is there and back"
        await r.press("escape")
        assert (marked(r), "selected" in bar(r), r.desk.listing.view) == ([], False, "team")


async def test_a_selection_outlives_arrivals_scrolling_and_other_panes(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("x", "j", "x")
        r.world.receive(incoming(letter(77, "Nye Kunde"), at=r.world.now.replace(hour=1)))
        await r.until(lambda: len(r.desk.query_one(QueueList).held_ids) == 7)
        await r.press("end", "enter", "escape")
        assert r.desk.selection.ids == (1, 2)
        assert marked(r) == [1, 2]
        r.desk.query_one(QueueList).go_to(4)
        await r.press("enter", "e")
        assert statuses(r, 1, 2, 4) == ["new", "new", "resolved"], "a verb in a case is for that case alone"
        await r.press("escape")
        assert len(r.desk.selection) == 2


async def test_another_list_says_first_that_it_drops_the_selection(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("x", "right")
        assert "1 case is selected" in r.said
        assert (r.desk.listing.view, len(r.desk.selection)) == ("team", 1)
        await r.press("right")
        assert (r.desk.listing.view, len(r.desk.selection)) == ("free", 0)


async def test_ten_rows_to_spam_in_two_keys_and_back_by_one(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        many(r, 4)
        await r.desk.listing.show("team")
        await r.press("home", "x", "end", "x", "x")
        assert len(r.desk.selection) == 10
        before = dump(url)
        await r.press("s", "s")
        assert r.top == "DeskScreen"
        assert "Spam: 10 cases. u takes it back." in r.said
        assert r.world.value("select count(*) from cases where status = 'spam'") == 10
        assert len(r.desk.selection) == 0
        await r.press("u")
        assert "Taken back: spam: 10 cases." in r.said
        assert dump(url) == before
        await r.press("ctrl+y")
        assert "Done again: spam: 10 cases." in r.said
        await r.press("u")
        assert dump(url) == before


async def test_every_verb_works_on_all_and_the_dot_repeats_it(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        before = dump(url)
        ways = {
            "e": lambda: statuses(r, 2, 3) == ["resolved", "resolved"],
            "p u": lambda: [r.world.case(one).priority for one in (2, 3)] == [3, 3],
            "z t": lambda: statuses(r, 2, 3) == ["snoozed", "snoozed"],
            "s p": lambda: statuses(r, 2, 3) == ["pending", "pending"],
            "a b o enter": lambda: [r.world.case(one).owner_id for one in (2, 3)] == [2, 2],
            "a l e v enter": lambda: [r.world.case(one).team_id for one in (2, 3)] == [1, 1],
            "t v i p enter": lambda: len(r.world.rows("select * from case_tags where case_id in (2, 3)")) == 2,
        }  # fmt: skip
        for keys, holds in ways.items():
            r.desk.query_one(QueueList).go_to(2)
            await r.press("x", "j", "x", *keys.split())
            assert holds(), (keys, r.said)
            assert statuses(r, 1, 4) == ["new", "new"]
            await r.press("u")
            assert dump(url) == before, keys
        await r.press("escape")
        r.desk.query_one(QueueList).go_to(1)
        await r.press("p", "h", "u", "j", "x", "j", "x", "full_stop")
        assert [r.world.case(one).priority for one in (1, 2, 3)] == [1, 2, 2]


async def test_a_held_key_does_nothing_after_the_selected_cases(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("x", "j", "x", "j")
        await r.burst("e", "e", "e", times=lambda n: 100.0 + n * 0.03)
        assert statuses(r, 1, 2, 3, 4) == ["resolved", "resolved", "new", "new"]


async def test_what_is_refused_is_named_stays_selected_and_opens(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("x", "j", "x", "j", "x")
        first = str(r.world.value("select message_id from messages where case_id = 2"))
        r.world.comes("Vent!", answers=first, sender="Ola Nordmann <kunde2@example.com>")
        await r.press("s", "s")
        assert r.top == "ReportDialog"
        shown = r.app.screen.query_one(Refusals)
        assert "#2 · Ola Nordmann" in shown.line(0).text
        assert "customer wrote" in shown.line(1).text
        assert statuses(r, 1, 2, 3) == ["spam", "new", "spam"]
        assert r.desk.selection.ids == (2,)
        await r.press("enter")
        assert (r.top, r.desk.reading.case_id, r.desk.pane) == ("DeskScreen", 2, "conversation")
        await r.press("end", "escape", "s", "s")
        assert statuses(r, 2) == ["spam"], r.said


async def test_the_rest_like_this_all_of_the_list_and_of_a_query(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        another = letter(1, "Mette Sørensen", subject="Noget helt andet").replace(
            b"<furnished1@", b"<another1@"
        )
        r.world.receive(incoming(another))
        r.world.receive(incoming(letter(55, "En Anden", subject="Re: Ordre 999 mangler")))
        await r.desk.listing.show("team")
        await r.press("home", "plus", "c")
        assert sorted(r.desk.selection.ids) == [1, 23]
        await r.press("plus", "n", "ctrl+a", "f")
        assert sorted(r.desk.selection.ids) == [1, 23]
        await r.press("plus", "n", "plus", "s")
        assert sorted(r.desk.selection.ids) == [1, 2, 3, 4, 5, 6, 24]
        await r.press("plus", "n", "plus", "a")
        assert len(r.desk.selection) == 8
        await r.press("plus", "n", "plus", "q")
        await r.type("status:nowhere")
        await r.press("enter")
        assert r.top == "AskDialog"
        await r.press(*["backspace"] * len("nowhere"))
        await r.type("resolved")
        await r.press("enter")
        assert len(r.desk.selection) == rig.EARLIER
        assert "16 cases are selected" in r.said


async def test_many_ask_first_run_beside_the_keys_and_stop_at_escape(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        ids = many(r, 350)
        await r.desk.listing.show("team")
        await r.press("plus", "a", "s", "s")
        assert r.top == "ConfirmDialog"
        await r.press("escape")
        assert r.world.value("select count(*) from cases where status = 'spam'") == 0
        await r.press("s", "s", "enter")
        assert r.world.value("select count(*) from cases where status = 'spam'") == 356
        assert "Spam: 356 cases. u takes it back." in r.said
        assert len(r.desk.query_one(QueueList).held_ids) == 1, "the row in hand alone, as what it has become"
        await r.press("u")
        assert r.world.value("select count(*) from cases where status = 'open'") == len(ids)
        assert "Taken back: spam: 356 cases." in r.said


async def test_escape_stops_it_and_the_list_of_strokes_says_how_far_it_came(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        many(r, 350)
        await r.desk.listing.show("team")
        await r.press("plus", "a")
        bulking = r.desk.bulking
        draw = bulking._draw

        async def stop_at_once() -> None:
            await draw()
            bulking.stop()

        bulking._draw = stop_at_once  # type: ignore[method-assign]
        await r.press("s", "s", "enter")
        assert "Spam: 100 cases. 256 were not tried." in r.said
        assert len(r.desk.selection) == 256
        await r.press("escape", "g", "u")
        room = r.app.screen
        await r.until(lambda: "spam" in room.roster.line(0).text)  # type: ignore[attr-defined]
        assert "stopped" in room.roster.line(0).text  # type: ignore[attr-defined]
        bulking._draw = draw  # type: ignore[method-assign]
        await r.press("u")
        await r.until(lambda: "taken back" in room.roster.line(1).text)  # type: ignore[attr-defined]
        assert r.world.value("select count(*) from cases where status = 'spam'") == 0


async def test_my_strokes_are_listed_and_taken_back_one_by_one(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        before = dump(url)
        await r.press("p", "h", "j", "e", "k")
        with r.world.unit("anna", "command line") as unit:
            triage.tag(unit, 3, ("vip",))
        with r.world.unit("bo") as unit:
            triage.set_status(unit, 2, Status.PENDING)
        await r.press("g", "u")
        assert r.top == "StrokesScreen"
        room = r.app.screen
        await r.until(lambda: len(room.roster.items) == 3)  # type: ignore[attr-defined]
        lines = [room.roster.line(n).text for n in range(3)]  # type: ignore[attr-defined]
        assert ["tag" in lines[0], "resolve" in lines[1], "priority" in lines[2]] == [True, True, True]
        assert "Bo since" in lines[1]
        assert r.app.keymap.find("strokes", "u") == r.app.keymap.named("undo_this")
        await r.press("j", "u")
        assert "Bo has changed the status" in r.said
        await r.press("j", "u")
        assert r.world.case(1).priority == 1
        await r.press("home", "j", "u")
        assert r.world.value("select count(*) from case_tags where case_id = 3") == 0, r.said
        with r.world.unit("bo") as unit:
            triage.set_status(unit, 2, Status.RESOLVED)
        rig.execute(url, "update cases set resolved_at = (select after from changes where field = 'resolved_at'"
                         " and case_id = 2 order by id limit 1) where id = 2")  # fmt: skip
        await r.press("end", "enter")
        assert (r.top, r.desk.reading.case_id) == ("DeskScreen", 1)
        assert dump(url)["tags"] == before["tags"]


async def test_failed_replies_of_the_selected_are_sent_again(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        for case in (1, 2):
            r.world.replies(case, hold=0)
        r.world.delivers(Delivery.FAILED)
        await r.desk.listing.show("waiting")
        await r.press("home", "x", "j", "x", "j", "x", "f5")
        assert r.top == "ReportDialog"
        assert r.world.rows("select state from outbox") == [("queued",), ("queued",)]


async def test_what_was_killed_half_way_is_told_at_the_next_start_once(url: str, state: Path) -> None:
    long_ago = rig.execute(url, "select max(at) from changes")[0][0] - 60_000_000
    from agentdesk.store.engine import open_store

    store = open_store(url)
    with store.writing() as connection:
        key = connection.execute(insert(strokes).values(agent_id=1, desk="gone", verb="spam", at=long_ago))
        stroke = key.inserted_primary_key[0] if key.inserted_primary_key is not None else 0
        connection.execute(insert(bulk_runs).values(stroke_id=stroke, verb="spam", total=900, done=300))
    store.close()
    async with rig.desk(url, state) as r:
        assert "«spam» on 900 cases was stopped half-way: 300 are done." in r.said
    async with rig.desk(url, state) as r:
        assert "half-way" not in r.said
