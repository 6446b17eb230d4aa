"""The "On …, … wrote:" above old text: whether a line ends one, and on which line it began.

Invariant: a person's own sentence is none, unless quoted lines stand right below it; at most a few lines are looked at.
"""

import re

from agentdesk.mail.phrases import (
    ATTRIBUTION_START,
    CITING,
    EVIDENCE,
    NAMED_ADDRESS,
    PROSE,
    SPOKEN,
    TIME,
    WROTE,
)
from agentdesk.mail.strips import Kind

_LONGEST = 320
"""Characters of a line of an attribution; a longer one is a person's paragraph."""
_MOST = 600
"""Characters of all its lines."""
_LINES = 4
_FRAME = " \t\xa0*_"
_DASHES = "-‐–—"
_OTHER_ENDS = (*_DASHES, "wrote", "skrev", "schrieb", "schreef", "écrit")
_MOST_WORDS = 9
"""Words of a name beside its verb, at most."""
_SET_APART = re.compile(r"\"[^\"]{0,120}\"|<[^<>]{0,200}>|\([^()]{0,120}\)|\[[^\[\]]{0,120}\]|\S+@\S+")
_WORD = re.compile(r"[^\W\d_]{2,}")


def ends_like_one(line: str) -> bool:
    """A quick look: could an attribution end with this line?"""
    line = line.rstrip(_FRAME)
    if len(line) > _LONGEST:
        return False
    if line.endswith((":", ">", "：")):
        return True
    return line.endswith((*_DASHES, "wrote", "skrev", "schrieb", "schreef", "écrit")) and bool(
        WROTE.search(line)
    )


def first_line(lines: list[str], kinds: list[Kind], at: int, quoted_next: bool) -> int | None:
    """Where the attribution that ends on line `at` begins, or None if this is none."""
    lowest = max(0, at - _LINES + 1)
    around = " ".join(line[-_LONGEST:] for line in lines[lowest : at + 1])
    if CITING.match(lines[at].strip(_FRAME)):
        return at if quoted_next or "@" in lines[at] else None
    if not quoted_next and not (WROTE.search(around) and EVIDENCE.search(around)):
        return None
    joined = ""
    whole: int | None = None
    for first in range(at, lowest - 1, -1):
        line = lines[first].strip(_FRAME)
        if not line or kinds[first] != "text" or len(line) + len(joined) > _MOST:
            break
        joined = f"{line} {joined}".rstrip()
        if not _attributes(joined, quoted_next):
            continue
        if ATTRIBUTION_START.match(line):
            return first - _date_is_broken(lines, kinds, first, line)
        whole = first if whole is None else whole
    return whole


def _date_is_broken(lines: list[str], kinds: list[Kind], first: int, line: str) -> bool:
    """Whether the year stands at the start of this line and the rest of its date at the end of the one above."""
    if not line[:1].isdigit() or first == 0 or kinds[first - 1] != "text":
        return False
    above = lines[first - 1].strip(_FRAME)[:_LONGEST]
    return (
        bool(ATTRIBUTION_START.match(above))
        and not above.endswith(("!", "?", ":"))
        and not TIME.search(above)
    )


def _attributes(text: str, quoted_next: bool) -> bool:
    """Whether the words attribute what follows to somebody: a verb, and a date or an address, or quoted lines below."""
    text = text.rstrip()
    if text.endswith(">"):
        return quoted_next and bool(TIME.search(text)) and "@" in text
    if SPOKEN.search(text) and not NAMED_ADDRESS.search(text):
        return False
    verb = WROTE.search(text)
    if verb is None:
        return (
            quoted_next and bool(TIME.search(text)) and ("@" in text or bool(ATTRIBUTION_START.match(text)))
        )
    return quoted_next or (bool(EVIDENCE.search(text)) and _is_a_program(text))


def _is_a_program(text: str) -> bool:
    """Whether a program made this line; where no quoted lines follow, a sentence of a person must not end the mail."""
    if NAMED_ADDRESS.search(text):
        return True
    bare = _SET_APART.sub(" ", text)
    if PROSE.search(WROTE.sub(" ", bare)[3:]):
        return False
    begins = ATTRIBUTION_START.match(text) or text.startswith(tuple(_DASHES))
    return bool(begins or WROTE.search(bare)) and len(_WORD.findall(bare)) <= _MOST_WORDS + (
        6 if begins else 0
    )
