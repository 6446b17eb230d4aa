"""Forty pieces of hostile text, each with a mark, and what must never be found of them in a terminal's bytes.

Invariant: the program itself writes none of these sequences: what is found was let through. `dangerous(raw)` names the
marks whose sequence arrived; that the bare letters of a mark arrive is right: it is text.
"""

import re
from dataclasses import dataclass

ESC, BEL, ST, CSI8, OSC8, DCS8, ST8 = "\x1b", "\x07", "\x1b\\", "\x9b", "\x9d", "\x90", "\x9c"


@dataclass(frozen=True, slots=True)
class Hostile:
    """`text` as somebody outside would send it; `mark` stands in it; `acting` is the part that acts."""

    mark: str
    text: str
    acting: str


def _made(number: int, before: str, after: str = "", *, acting: str = "") -> Hostile:
    mark = f"M{number:02}q"
    return Hostile(
        mark,
        f"{before.replace('@@', mark)}{mark}{after.replace('@@', mark)}",
        (acting or before).replace("@@", mark),
    )


_PIECES: tuple[tuple[str, str, str], ...] = (
    (f"{ESC}]0;@@{BEL}", "", f"{ESC}]0;@@"),
    (f"{ESC}]2;@@{ST}", "", f"{ESC}]2;@@"),
    (f"{ESC}]52;c;@@{BEL}", "", f"{ESC}]52;c;@@"),
    (f"{ESC}]52;p;@@{ST}", "", f"{ESC}]52;p;@@"),
    (f"{ESC}]8;;http://@@.example{ST}", f"{ESC}]8;;{ST}", f"{ESC}]8;;http://@@"),
    (f"{ESC}]8;id=1;file:///@@{BEL}", "", f"{ESC}]8;id=1;file:///@@"),
    (f"{ESC}]4;1;rgb:ff/00/00{BEL}", "", f"{ESC}]4;1;rgb"),
    (f"{ESC}]10;#@@{BEL}", "", f"{ESC}]10;#"),
    (f"{ESC}]1337;File=inline=1:@@{BEL}", "", f"{ESC}]1337"),
    (f"{ESC}]777;notify;@@;x{BEL}", "", f"{ESC}]777"),
    (f"{ESC}[31m", f"{ESC}[0m", ""),
    (f"{ESC}[5;7m", "", ""),
    (f"{ESC}[2J", "", ""),
    (f"{ESC}[3J", "", ""),
    (f"{ESC}[99;99H", "", ""),
    (f"{ESC}[6n", "", ""),
    (f"{ESC}[c", "", ""),
    (f"{ESC}[21t", "", ""),
    (f"{ESC}[?47h", "", ""),
    (f"{ESC}[4i", "", ""),
    (f"{ESC}c", "", ""),
    (f"{ESC}#8", "", ""),
    (f"{ESC}(0", "", ""),
    (f"{ESC}N", "", ""),
    (f"{ESC}P+q@@{ST}", "", f"{ESC}P+q"),
    (f"{ESC}P1000p@@{ST}", "", f"{ESC}P1000p"),
    (f"{ESC}_G@@{ST}", "", f"{ESC}_G"),
    (f"{ESC}^@@{ST}", "", f"{ESC}^"),
    (f"{CSI8}31m", "", CSI8),
    (f"{OSC8}0;@@{ST8}", "", OSC8),
    (f"{DCS8}q@@{ST8}", "", DCS8),
    ("\u202e", "gnp.exe\u202c", "\u202e"),
    ("\u2066", "\u2069", "\u2066"),
    ("a\u200d" * 40, "", "\u200d\u200d"),
    ("\u200b\u2060\ufeff", "", "\u200b"),
    (BEL, "", ""),
    ("\x00\x08\x7f", "", "\x7f"),
    ("\x0e\x0f", "", "\x0e"),
    ("[@click=app.bell]", "[/]", ""),
    ("[/nope]", "[bold red]", ""),
)
HOSTILE = tuple(
    _made(number, before, after, acting=acting) for number, (before, after, acting) in enumerate(_PIECES)
)
CHARACTERS = tuple(one for one in HOSTILE if not one.text.startswith("["))
"""Those that act by their bytes; the markup ones act only when somebody reads them as markup."""
_ALONE = ("\u202e", "\u2066", "\u200b", "\u200d", CSI8, OSC8, DCS8, "\x7f", "\x0e")
"""Characters that the program writes nowhere."""


def everything() -> str:
    """All of them in one text, one a line."""
    return "\n".join(one.text for one in HOSTILE)


def dangerous(raw: bytes) -> list[str]:
    """The marks of the sequences that stand in these bytes as they were sent."""
    text = raw.decode("utf-8", "replace")
    found = []
    for one in CHARACTERS:
        if one.acting in _ALONE or one.mark in one.acting:
            there = one.acting in text
        else:
            there = f"{one.acting}{one.mark}" in text
        if there:
            found.append(one.mark)
    return found


def seen(text: str) -> set[str]:
    """The marks that are shown as text: that a test has looked where they are."""
    return set(re.findall(r"M\d\dq", text))
