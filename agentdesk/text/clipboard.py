"""The sequence that puts words on the clipboard of the terminal in which the agent sits (OSC 52).

Invariants: what is written is clean text, so that a customer's words never act there; inside tmux and screen it is
wrapped so that they hand it on; nothing too long for a terminal is begun.
"""

import base64
from collections.abc import Mapping

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean

LONGEST = 50_000
"""Bytes: with Base64 what xterm, tmux and most others take at once."""
_PIECE = 240
"""Letters that screen hands on in one piece, its own marks included."""
_WITHOUT = ("linux", "dumb", "vt100", "vt102", "vt220", "unknown")


def has_one(environ: Mapping[str, str]) -> bool:
    """Whether this kind of terminal has a clipboard at all; most do not say whether they let us write to it."""
    return environ.get("TERM", "") not in ("", *_WITHOUT)


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """What to write to the terminal. Raises Problem for more than terminals take."""
    data = clean(text).encode("utf-8", "replace")
    if len(data) > LONGEST:
        raise Problem(_("That is more than a terminal's clipboard takes: save it as a file instead."))
    plain = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("TMUX"):
        # tmux takes the plain one itself where set-clipboard is on, and hands on the wrapped one where passthrough is
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{doubled}\x1b\\"
    if environ.get("STY"):
        pieces = (plain[at : at + _PIECE] for at in range(0, len(plain), _PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain


def advice(environ: Mapping[str, str]) -> str:
    """What may be needed for it to arrive; empty where nothing is known to be."""
    if environ.get("TMUX"):
        return _("If nothing arrives: tmux set -g set-clipboard on.")
    return ""
