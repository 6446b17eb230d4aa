"""What is pasted is text: not one key of it acts, wherever the line cuts the bytes."""

import sys
from pathlib import Path

import pytest
from textual import events
from tui import rig
from tui.hostile import everything

from agentdesk.text.clean import clean
from agentdesk.tui.pasting import PasteParser

ACTING = "før\x1b\x13\x07 midt \x1b[\x13\x1b]0;e\x07\r\nn\x1bq\x1b\x1b efter"
"""Behind ESC what would send, open the editor, and leave."""


def read(*pieces: str) -> list[str]:
    """What these pieces of a terminal's bytes are, as keys and pastes."""
    parser = PasteParser()
    found = [event for piece in pieces for event in parser.feed(piece)]
    assert all(isinstance(one, events.Key | events.Paste) for one in found)
    return [f"paste {one.text}" if isinstance(one, events.Paste) else one.key for one in found]  # type: ignore[attr-defined]


@pytest.mark.parametrize("inside", [ACTING, everything(), "", "\x1b[20", "to\nlinjer", "\x1b[200~x"])
def test_a_paste_is_one_paste_wherever_it_is_cut(inside: str) -> None:
    whole = f"a\x1b[A\x1b[200~{inside}\x1b[201~b\x1b[200~igen\x1b[201~\x1b[B"
    wanted = ["a", "up", f"paste {clean(inside)}", "b", "paste igen", "down"]
    assert read(whole) == wanted
    assert read(*whole) == wanted, "one character at a time"
    for at in range(1, len(whole)):
        assert read(whole[:at], whole[at:]) == wanted, at


def test_what_a_paste_holds_neither_sends_nor_opens_an_editor(url: str, state: Path) -> None:
    touched = state / "editor ran"
    with rig.terminal(url, state, env={"EDITOR": f"{sys.executable} -c open({str(touched)!r},'w')"}) as line:
        line.wait("waiting")
        line.settle(0.3)
        line.keys("r")
        line.paste(ACTING)
        line.send("\x1b[200~slut M77q\x1b[201~")
        line.wait("slut M77q")
        assert "Reply to" in line.screen()
        line.keys("bare esc")
        line.wait("n next")
        assert rig.execute(url, "select count(*) from outbox") == [(0,)]
        ((body,),) = rig.execute(url, "select body from drafts")
        assert body.strip() == clean(ACTING) + "slut M77q"
        assert not touched.exists()
