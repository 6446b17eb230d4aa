"""Snooze and what ends it, and a reply that brings its case back, by keys."""

from datetime import timedelta
from pathlib import Path

from tui import rig

from agentdesk.services import timers, triage
from agentdesk.tui.widgets.conversation import Conversation


async def test_what_ends_a_snooze_is_chosen_by_a_key(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("z", "e", "e", "t")
        row = rig.execute(url, "select status, snooze_ends from cases where id = 1")[0]
        assert tuple(row) == ("snoozed", "nothing")
        head = [r.desk.query_one(Conversation).line(y).text for y in range(3)]
        assert any("3 mar 09:00, whatever comes" in line for line in head), head
        await r.press("u")
        row = rig.execute(url, "select status, snooze_ends from cases where id = 1")[0]
        assert tuple(row) == ("new", "answer")
        await r.press("z", "w")
        await r.type("om 3 dager")
        assert "hidden until thu 5 mar 2026 09:00" in r.app.screen.query_one("#hint").render().plain  # type: ignore[attr-defined]
        await r.press("enter")
        row = rig.execute(url, "select status, snooze_ends from cases where id = 1")[0]
        assert tuple(row) == ("snoozed", "answer")


async def test_a_case_that_is_back_says_why(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        with r.world.unit("anna") as unit:
            triage.snooze(unit, 1, r.world.now + timedelta(days=1))
        r.world.later(days=2)
        with r.world.unit() as unit:
            assert timers.wake(unit) == 1
        await r.desk.open_case(1)
        await r.desk.reading.reload()
        head = [r.desk.query_one(Conversation).line(y).text for y in range(4)]
        assert any("Snoozed until 3 mar 09:00; nobody answered." in line for line in head), head
        await r.press("p", "h")
        head = [r.desk.query_one(Conversation).line(y).text for y in range(4)]
        assert not any("nobody answered" in line for line in head), head


async def test_a_reply_brings_its_case_back_and_u_takes_both(url: str, state: Path) -> None:
    before = rig.dump(url)
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Mette")
        await r.press("ctrl+t", "enter")
        assert rig.execute(url, "select status from cases where id = 1") == [("snoozed",)]
        assert "back 05.03. 09:00 when nobody answers" in r.said
        assert len(rig.dump(url)["leaving"]) == 1
        await r.press("u")
        assert rig.dump(url) == before


async def test_what_speaks_against_sending_is_asked_and_enter_sends_anyway(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Peter, se vedlagt faktura")
        await r.press("ctrl+s")
        assert r.top == "ConfirmDialog"
        lines = r.app.screen.query_one("#lines").render().plain  # type: ignore[attr-defined]
        assert "The greeting says Peter" in lines
        assert "no file is attached" in lines
        await r.press("escape")
        assert r.desk.context == "writing"
        assert rig.dump(url)["leaving"] == []
        await r.press("ctrl+s", "enter")
        assert len(rig.dump(url)["leaving"]) == 1
        await r.press("i")
        await r.type("Hej Ola, se vedlagt faktura")
        await r.press("ctrl+s")
        assert r.top == "DeskScreen"
        assert len(rig.dump(url)["notes"]) == 1
