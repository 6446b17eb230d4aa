"""People on screen: who works here, added and changed in a form, and one who leaves, hand-over shown first.

"go_people", "person_add", "person_leave" and "person_back" are pressed here.
"""

import os
import stat
from pathlib import Path

import pytest
from tui import rig
from tui.rig import Rig

from agentdesk.services import handover
from agentdesk.tui.dialogs.confirm import ConfirmDialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.roster import Roster


@pytest.fixture
def led(url: str) -> str:
    """A store in which Anna is admin and Bo has three cases and a draft."""
    rig.execute(url, "update agents set role = 'admin' where login = 'anna'")
    rig.execute(url, "update cases set owner_id = 2 where id in (2, 3, 4)")
    rig.execute(
        url,
        "insert into drafts (case_id, agent_id, kind, body, version) values (2, 2, 'reply', 'Bos halve', 1)",
    )
    return url


def names(r: Rig) -> list[str]:
    """The colleagues on screen."""
    return [item.left[0][0] for item in r.app.screen.query_one(Roster).items]


async def test_one_who_leaves_is_shown_first_and_then_handed_over(led: str, state: Path) -> None:
    async with rig.desk(led, state) as r:
        await r.press("g", "p", "l")
        assert r.top == "PeopleScreen", "nobody signs themselves out"
        await r.press("j", "l")
        await r.type("anna")
        await r.press("enter")
        assert isinstance(r.app.screen, ConfirmDialog)
        shown = str(r.app.screen.query_one("#lines", Label).render())
        assert "3 cases" in shown
        assert "1 draft" in shown
        await r.press("escape")
        assert rig.execute(led, "select count(*) from cases where owner_id = 2")[0][0] == 3
        await r.press("l")
        await r.type("anna")
        await r.press("enter", "enter")
        assert "3 cases handed over" in r.said
        assert rig.execute(led, "select count(*) from cases where owner_id = 1")[0][0] == 3
        assert rig.execute(led, "select agent_id, body from drafts")[0] == (1, "Bos halve")
        assert names(r) == ["Anna", "Bo"]
        await r.press("b")
        assert rig.execute(led, "select active from agents where login = 'bo'")[0][0] in (True, 1)


async def test_the_receiver_hears_which_drafts_are_theirs_now(led: str, state: Path) -> None:
    async with rig.desk(led, state) as r:
        with r.world.unit() as unit:
            handover.leave_for_good(unit, "bo", agent="anna")
        await r.until(lambda: "yours now: see #2" in r.said)
        await r.press("j", "enter")
        assert r.desk.writing.widget.written().body == "Bos halve"


async def test_a_colleague_is_added_and_changed(led: str, state: Path) -> None:
    async with rig.desk(led, state) as r:
        await r.press("g", "p", "a")
        await r.type("cille")
        await r.press("tab")
        await r.type("Cille Dam")
        await r.press("ctrl+s")
        assert names(r) == ["Anna", "Bo", "Cille Dam"]
        await r.press("j", "j", "enter", "tab", "tab")
        await r.type("x")
        await r.press("ctrl+s")
        assert "A role is one of" in r.said
        await r.press("backspace", "tab")
        await r.type("levering")
        await r.press("ctrl+s")
        assert "cille is changed" in r.said
    assert rig.execute(led, "select count(*) from memberships m join agents a on a.id = m.agent_id"
                            " where a.login = 'cille'")[0][0] == 1  # fmt: skip


async def test_only_who_leads_sees_the_people(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        assert not r.app.keymap.named("go_people").when(r.desk)
        await r.press("g", "p")
        assert r.top == "ChooseDialog"


async def test_the_people_fit_a_small_terminal(led: str, state: Path) -> None:
    async with rig.desk(led, state, size=(80, 24)) as r:
        await r.press("g", "p")
        assert ("a", "add") in r.app.screen.query_one(Footer).shown(80)
        roster = r.app.screen.query_one(Roster)
        assert not [y for y in range(2) if "…" in roster.render_line(y).text]


# -- a case to keep --------------------------------------------------------------------------------------------------


async def by_name(r: Rig, words: str) -> None:
    """A command by its name."""
    await r.press("ctrl+p")
    await r.type(words)
    await r.press("enter")


async def test_a_case_is_saved_under_a_shown_path_and_never_over_another(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(state))
    async with rig.desk(url, state) as r:
        for name, key in (("case-1.txt", "t"), ("case-1-2.txt", "c"), ("case-1.eml", "e")):
            await by_name(r, "save the case as text")
            await r.press(key)
            path = state / "Downloads" / name
            assert str(path) in r.said
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert "Hvor er min pakke?" in path.read_text(encoding="utf-8", errors="replace")


async def test_a_case_is_printed_where_there_is_a_printer(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = state / "lp"
    tool.write_text(f'#!/bin/sh\ncat > "{state}/paper"\necho "$2" > "{state}/title"\n')
    tool.chmod(0o755)
    async with rig.desk(url, state) as r:
        monkeypatch.setenv("PATH", "/nowhere")
        assert not r.app.keymap.named("print_case").when(r.desk)
        monkeypatch.setenv("PATH", f"{state}:/usr/bin:/bin")
        assert os.access(tool, os.X_OK)
        await by_name(r, "print the case")
        assert "on its way" in r.said
        assert "Hvor er min pakke?" in (state / "paper").read_text()
        tool.write_text("#!/bin/sh\necho out of paper >&2\nexit 1\n")
        await by_name(r, "print the case")
        assert "out of paper" in r.said
