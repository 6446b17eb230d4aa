"""ctrl+q leaves from wherever one is, with the same warnings as q at the desk."""

from pathlib import Path

import pytest
from tui import rig
from tui.rig import Rig


@pytest.fixture
def left(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the desk was left; it stands all the same, so that a test can go on."""
    found: list[int] = []

    async def leave(_app: object, status: int) -> None:
        found.append(status)

    monkeypatch.setattr(rig.Driven, "leave", leave)
    return found


async def show(r: Rig, where: str) -> None:
    """Go somewhere."""
    keys = {
        "settings": ["g", "s"], "keys": ["g", "s", "j", "j", "j", "enter"], "signature": ["g", "s", *"jjjj", "enter"],
        "dialog": ["t"], "line": ["f"], "page": ["question_mark"], "letters": ["s"], "composer": ["r"],
    }  # fmt: skip
    await r.press(*keys[where])


@pytest.mark.parametrize(
    "where", ["settings", "keys", "signature", "dialog", "line", "page", "letters", "composer"]
)
async def test_it_leaves_from_there_at_once(where: str, url: str, state: Path, left: list[int]) -> None:
    async with rig.desk(url, state) as r:
        await show(r, where)
        await r.press("ctrl+q")
        assert left == [0]


@pytest.mark.parametrize("where", ["settings", "keys", "dialog", "page", "line"])
async def test_an_open_draft_is_said_there_first(where: str, url: str, state: Path, left: list[int]) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej")
        await r.press("escape")
        await show(r, where)
        await r.press("ctrl+q")
        assert left == []
        assert "ctrl+q again leaves" in r.said
        await r.press("f12", "ctrl+q")
        assert left == [], "another key came between"
        await r.press("ctrl+q")
        assert left == [0]


async def test_it_leaves_from_the_text_itself_and_keeps_it(url: str, state: Path, left: list[int]) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej")
        await r.press("ctrl+q")
        assert "A draft is open" in r.said
        assert r.desk.writing.widget.written().body == "Hej"
        await r.press("ctrl+q")
        assert left == [0]


async def test_a_form_that_is_not_saved_is_said(url: str, state: Path, left: list[int]) -> None:
    async with rig.desk(url, state) as r:
        await show(r, "signature")
        await r.type("Hilsen")
        await r.press("ctrl+q")
        assert left == []
        assert "not saved" in r.said
        await r.press("ctrl+q")
        assert left == [0]
