"""A customer given away as a file or forgotten, a message that says nothing any more: by name, seen first, typed."""

import zipfile
from pathlib import Path

import pytest
from tui import rig
from tui.rig import Rig

from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.dialogs.page import Page
from agentdesk.tui.widgets.conversation import Conversation

METTE = "kunde1@example.com"


async def _run(r: Rig, name: str) -> None:
    """As the palette runs it: by its name."""
    command = next(one for one in COMMANDS if one.name == name)
    screen = r.app.screen
    assert command.when(screen)
    await command.run(screen)
    await r.settle()


def _page(r: Rig) -> str:
    shown = r.app.screen.query_one(Page)
    return "\n".join(shown.line(y).text for y in range(int(shown.virtual_size.height)))


def _conversation(r: Rig) -> str:
    shown = r.desk.query_one(Conversation)
    return "\n".join(shown.line(y).text for y in range(int(shown.virtual_size.height)))


def _holds(url: str, words: str) -> list[str]:
    file = Path(url.removeprefix("sqlite:///"))
    return [
        one.name for one in file.parent.glob(f"{file.name}*") if words.encode() in one.read_bytes().lower()
    ]


async def test_a_customer_is_erased_after_every_trace_was_shown_and_the_number_typed(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state, size=(80, 24)) as r:
        await r.desk.reading.show(1)
        await r.press("r")
        await r.type("Hej Mette, den er fundet")
        await r.until(lambda: rig.execute(url, "select body from drafts where case_id = 1"))
        await r.press("escape")
        assert _holds(url, METTE)
        await _run(r, "erase_customer")
        assert r.top == "EraseDialog"
        shown = _page(r)
        assert "messages with their texts · goes" in shown
        assert "drafts · goes" in shown
        top = r.app.screen.query_one(Page).top
        await r.press(next(one for one in COMMANDS if one.name == "erase_down").keys[0])
        moved = r.app.screen.query_one(Page).top
        await r.press(next(one for one in COMMANDS if one.name == "erase_up").keys[0])
        assert r.app.screen.query_one(Page).top == top <= moved
        await r.type("2")
        await r.press("enter")
        assert r.top == "EraseDialog", "another number erases nothing"
        await r.press("backspace", *"1", "enter")
        await r.until(lambda: r.top == "DeskScreen" and "erased" in r.said, 20)
        assert rig.execute(url, "select name, erased_at is not null from customers where id = 1") == [("", 1)]
        assert rig.execute(url, "select count(*) from drafts where case_id = 1") == [(0,)]
        await r.until(lambda: "This message was erased." in _conversation(r))
        await r.press("h")
        await r.until(lambda: "was erased" in r.said)
    assert _holds(url, METTE) == []


async def test_who_may_not_erase_is_told_before_anything_is_shown(url: str, state: Path) -> None:
    rig.execute(url, "update agents set role = 'supervisor' where login = 'bo'")
    rig.execute(url, "update agents set role = 'agent' where login = 'anna'")
    async with rig.desk(url, state) as r:
        await r.desk.reading.show(1)
        for name in ("redact", "erase_customer"):
            await _run(r, name)
            assert r.top != "EraseDialog"
            assert "Only a supervisor or an admin" in r.said
        assert r.top == "CustomerScreen"
        await _run(r, "customer_erase")
        assert r.top == "CustomerScreen"


async def test_a_message_says_nothing_any_more_and_its_case_goes_on(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.desk.reading.show(2)
        await _run(r, "redact")
        assert r.top == "ChooseDialog"
        await r.press("enter")
        assert r.top == "EraseDialog"
        assert "linje 3 af brevet" in _page(r)
        message = rig.execute(url, "select max(id) from messages where case_id = 2")[0][0]
        await r.type(str(message))
        await r.press("enter")
        await r.until(lambda: "says nothing" in r.said, 20)
        found = rig.execute(url, f"select text, from_address from messages where id = {message}")
        assert found == [("", "kunde2@example.com")]
        assert rig.execute(url, "select status from cases where id = 2")[0][0] != "closed"


async def test_all_that_is_held_is_saved_in_a_zip(
    url: str, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    async with rig.desk(url, state) as r:
        await r.desk.reading.show(1)
        await _run(r, "export_customer")
        assert r.top == "AskDialog"
        await r.press("enter")
        await r.until(lambda: "Saved" in r.said, 20)
        with zipfile.ZipFile(tmp_path / "Downloads" / "customer-1.zip") as archive:
            assert METTE in archive.read("customer.json").decode()
        await _run(r, "customer_export")
        await r.press("enter")
        await r.until(lambda: "there already" in r.said, 20)
