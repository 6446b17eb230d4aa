"""Words as the search index keeps them, and where they stand in a text that is shown.

Case, accents, æ ø å and their spellings as ae oe aa are set aside, so that "Aarhus" and "Århus", "roedgroed" and
"rødgrød" are one word. Invariants: whatever is indexed and whatever is asked for go through the same `words`; a word
holds letters and digits only; what begins a word before this folding begins it afterwards too, so prefixes still fit.
"""

import re
import unicodedata
from collections.abc import Sequence

from agentdesk.text.fold import fold

LONGEST = 60
"""Letters of one word that count: an index row has its bounds, and nobody types more."""
# Scripts without spaces are taken sign by sign: a run of them is found as a phrase.
_WORD = re.compile(
    "[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)


def words(text: str) -> list[str]:
    """The words of a text, folded, in their order."""
    return [word[:LONGEST] for word in _WORD.findall(_squeezed(fold(text)))]


def flat(text: str) -> str:
    """The same as one line."""
    return " ".join(words(text))


def _squeezed(text: str) -> str:
    """Never across the border of a word, so that the whole text is done at once."""
    return text.replace("aa", "a").replace("ae", "a").replace("oe", "o").replace("ue", "u")


Wanted = tuple[tuple[str, ...], bool]
"""Words that follow one another, folded, and whether the last of them is only a beginning."""


def places(text: str, wanted: Sequence[Wanted]) -> list[tuple[int, int]]:
    """Where in the text (in NFC) the wanted words stand, as (start, end), in order and apart from one another."""
    found: list[tuple[int, int]] = []
    stream = [
        (word, match.start(), match.end()) for match in _WORD.finditer(text) for word in words(match.group())
    ]
    firsts = {sought[0] for sought, _prefix in wanted if sought}
    begins = tuple(sought[0] for sought, prefix in wanted if prefix and len(sought) == 1)
    for at, (word, start, _end) in enumerate(stream):
        if word not in firsts and not (begins and word.startswith(begins)):
            continue
        end = max((_match(stream, at, one) for one in wanted), default=0)
        if end and (not found or start >= found[-1][1]):
            found.append((start, end))
    return found


def _match(stream: Sequence[tuple[str, int, int]], at: int, wanted: Wanted) -> int:
    """Where the wanted words end that begin at this word, 0 when they do not."""
    sought, prefix = wanted
    have = [word for word, _start, _end in stream[at : at + len(sought)]]
    if not sought or len(have) < len(sought) or have[:-1] != list(sought[:-1]):
        return 0
    if have[-1] != sought[-1] and not (prefix and have[-1].startswith(sought[-1])):
        return 0
    return stream[at + len(sought) - 1][2]


def composed(text: str) -> str:
    """The text with accents and letters as one sign each, as `places` counts them."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
