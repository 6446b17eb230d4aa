"""F7 with hunspell and a small dictionary of our own; and without."""

from pathlib import Path

import pytest
from tui import rig
from tui.rig import Rig

from agentdesk.tui.dialogs.choose import ChooseDialog

WORDS = Path(__file__).parent / "words"


@pytest.fixture(autouse=True)
def dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DICPATH", str(WORDS))


def asked(r: Rig) -> str:
    assert isinstance(r.app.screen, ChooseDialog)
    return str(r.app.screen.query_one("#question").render())


def body(r: Rig) -> str:
    return r.desk.writing.widget.written().body


async def test_a_digit_takes_a_suggestion_and_letters_keep_words(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Mette, vi har senddt pakkken til Mette, og den er på vej i dag.")
        await r.press("f7")
        assert asked(r).startswith("Hej «Mette», vi har")
        await r.press("a")
        assert "vi har «senddt» pakkken" in asked(r)
        await r.press("1")
        assert "har sendt «pakkken»" in asked(r)
        await r.press("1")
        assert "«til»" in asked(r)
        await r.press("k")
        assert "«og»" in asked(r)
        await r.press("escape")
        assert body(r) == "Hej Mette, vi har sendt pakken til Mette, og den er på vej i dag."
        assert r.desk.context == "writing"
        await r.press("f7", "k", "k")
        assert r.said == "That was the last unknown word."
        await r.press("escape")
    own = state / "words.txt"
    assert own.read_text() == "Mette\n"
    assert own.stat().st_mode & 0o777 == 0o600
    assert rig.execute(url, "select body from drafts")[0][0].startswith("Hej Mette, vi har sendt pakken")


async def test_a_text_without_a_fault_says_so(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej, den er på vej i dag.")
        await r.press("f7")
        assert r.said == "Every word is known."


async def test_without_a_dictionary_it_says_what_to_install(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DICPATH", "/nowhere")
    monkeypatch.setattr("agentdesk.tui.desk.spelling.FOLDERS", ())
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Mette, vi har sendt pakken i dag, og du får den på mandag.")
        await r.press("f7")
        assert r.said == "Spelling in Danish cannot be checked here: install hunspell-da."
        monkeypatch.setenv("PATH", "/nowhere")
        await r.press("f7")
        assert r.said == "Spelling in Danish cannot be checked here: install hunspell hunspell-da."
        assert r.desk.context == "writing"
