"""Words to be looked up and what a spell checker says of them, in the protocol of `hunspell -a` (and ispell).

Invariant: pure; a word's place is that in the very text that was given, so that it can be replaced there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

SUGGESTIONS = 9
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SKIPPED = re.compile(
    r"https?://\S+|www\.\S+|\S+@\S+|^[ \t]*>.*$|\{\{.*?\}\}|\b\w*\d\w*\b|[#@]\w+"
    r"|\b\w+\.(?:com|dk|no|se|de|nl|fr|org|net|io)\b",
    re.MULTILINE,
)
_MOST = 5000


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place in the text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Behind its last letter."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that no dictionary has, and what may be meant."""

    word: Word
    suggestions: tuple[str, ...]


def words(text: str) -> tuple[Word, ...]:
    """The words a person wrote: no quotes, no addresses, nothing with figures, no abbreviations in capitals."""
    plain = _SKIPPED.sub(lambda match: " " * len(match.group()), text)
    found = (Word(match.group(), match.start()) for match in _WORD.finditer(plain))
    return tuple(one for one in found if len(one.text) > 1 and not one.text.isupper())[:_MOST]


def question(these: Iterable[str]) -> str:
    """What to ask: a word on each line, marked so that none is taken for an order."""
    return "".join(f"^{one.replace('’', chr(39))}\n" for one in these)


def answers(said: str, these: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The unknown among the words that were asked for, in that order, with suggestions."""
    lines = iter(said.split("\n"))
    next(lines, "")  # the program's name
    unknown: dict[str, tuple[str, ...]] = {}
    for word in these:
        wrong: tuple[str, ...] | None = None
        for line in lines:
            if not line.strip():
                break
            if line.startswith("&"):
                named = line.partition(":")[2].split(",")
                wrong = tuple(one.strip() for one in named if one.strip())[:SUGGESTIONS]
            elif line.startswith("#"):
                wrong = wrong or ()
        if wrong is not None:
            unknown[word] = wrong
    return unknown


def place(text: str, at: int) -> tuple[int, int]:
    """Row and column of a place in the text."""
    return text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)


def line_of(text: str, word: Word, most: int = 60) -> str:
    """The word among its neighbours, marked."""
    start = text.rfind("\n", 0, word.start) + 1
    end = text.find("\n", word.end)
    before, after = text[start : word.start], text[word.end : len(text) if end < 0 else end]
    room = max(0, most - len(word.text)) // 2
    head = before if len(before) <= room else "…" + before[-room:]
    tail = after if len(after) <= room else after[:room] + "…"
    return f"{head}«{word.text}»{tail}"
