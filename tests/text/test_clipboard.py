"""What is written to a terminal for its clipboard."""

import base64

import pytest

from agentdesk.domain.problems import Problem
from agentdesk.text import clipboard

PLAIN = "\x1b]52;c;SGVq\x07"


def test_a_plain_terminal_gets_the_plain_sequence() -> None:
    assert clipboard.sequence("Hej", {"TERM": "xterm-256color"}) == PLAIN


def test_tmux_gets_it_both_ways() -> None:
    assert clipboard.sequence("Hej", {"TMUX": "/tmp/x"}) == PLAIN + "\x1bPtmux;\x1b\x1b]52;c;SGVq\x07\x1b\\"
    assert "set-clipboard" in clipboard.advice({"TMUX": "/tmp/x"})


def test_screen_gets_it_in_pieces() -> None:
    found = clipboard.sequence("x" * 1000, {"STY": "1.pts", "TERM": "screen"})
    pieces = found.split("\x1b\\")
    assert all(len(piece) < 250 and piece.startswith("\x1bP") for piece in pieces[:-1])
    assert len(pieces) > 5
    joined = "".join(piece.removeprefix("\x1bP") for piece in pieces)
    assert joined == clipboard.sequence("x" * 1000, {})


def test_only_clean_words_go_there() -> None:
    found = clipboard.sequence("a\x1b]52;c;eA==\x07b\u202ec", {})
    assert base64.b64decode(found[7:-1]) == b"a]52;c;eA==bc"


def test_too_much_is_refused_in_a_sentence() -> None:
    with pytest.raises(Problem, match="save it as a file"):
        clipboard.sequence("å" * clipboard.LONGEST, {})


def test_a_console_has_none() -> None:
    assert not clipboard.has_one({"TERM": "linux"})
    assert not clipboard.has_one({})
    assert clipboard.has_one({"TERM": "xterm"})
