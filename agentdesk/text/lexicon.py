"""Which texts hold these words: a small index in memory, for some thousands of texts.

Invariants: `find` gives what holds every word, the last letters of each still open; `like` gives what resembles a text,
rare words counting most; both give equal answers for equal texts, whatever the order they were added in.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log

from agentdesk.text.words import words

STEM = 5
"""Letters of a word that count in `like`: pakke, pakken and pakkerne are one."""
_BEGUN = 0.6
"""What a word counts of which only the beginning was typed."""
_COMMON = 0.25
"""A stem in more than this share of the texts tells nothing."""
_FEW = 40
"""So few texts tell little of what is common."""
_EMPTY = frozenset(
    words(
        "og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde ham hun"
        " nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil blev kunne ind når være"
        " dog noget ville jo deres efter ned skulle denne end dette mit også under have dig anden hende mine alt meget"
        " sit sine vor mod disse hvis din nogle hos blive mange ad bliver hej hei hello hi dear kære hilsen venlig tak"
        " mvh vennlig takk ikkje eg ein eit dere deg meg seg hva hvordan kan å the and of to in is it you that he was"
        " for on are with as his they be at one have this from or had by but not what all were we when your can said"
        " there use an each which she do how their if will my me please thanks thank regards kind best would could has"
        " been i'm am our us der die das und ist nicht ich sie es ein eine mit auf für von den dem zu im wir mein meine"
        " hallo viele grüße bitte danke re fw fwd sv vs aw"
    )
)


def stems(text: str) -> list[str]:
    """The beginnings of a text's words, without those that every text holds."""
    return [word[:STEM] for word in words(text) if len(word) > 1 and word not in _EMPTY]


class Lexicon:
    """Texts by a key of the caller's."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[int, float]] = {}
        self._keys: set[int] = set()
        self._sorted: list[str] | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: int, terms: Mapping[str, float]) -> None:
        """Add to a text the words that it holds, each with its weight; a word's weights add up."""
        self._keys.add(key)
        self._sorted = None
        for term, weight in terms.items():
            holds = self._texts.setdefault(term, {})
            holds[key] = holds.get(key, 0.0) + weight

    def find(self, wanted: Sequence[str]) -> dict[int, float]:
        """The texts that hold each of these words, or a word that begins so, with how well."""
        found: dict[int, float] | None = None
        for word in dict.fromkeys(wanted):
            here = self._beginning(word)
            found = (
                here if found is None else {key: found[key] + here[key] for key in found.keys() & here.keys()}
            )
            if not found:
                return {}
        return found or {}

    def like(
        self, asked: Mapping[str, float], counts: Callable[[int, float], float] | None = None
    ) -> dict[int, float]:
        """The texts that resemble one with these words, with how much; `counts` says what a word's weight is worth."""
        found: dict[int, float] = {}
        count = len(self._keys)
        most = count * _COMMON if count >= _FEW else count
        for term, times in asked.items():
            holds = self._texts.get(term)
            if holds is None or len(holds) > most:
                continue
            rare = log(1 + count / len(holds)) * (1 + log(max(times, 1.0)))
            for key, weight in holds.items():
                worth = weight if counts is None else counts(key, weight)
                found[key] = found.get(key, 0.0) + worth * rare
        return found

    def _beginning(self, word: str) -> dict[int, float]:
        if self._sorted is None:
            self._sorted = sorted(self._texts)
        found: dict[int, float] = {}
        for at in range(bisect_left(self._sorted, word), len(self._sorted)):
            term = self._sorted[at]
            if not term.startswith(word):
                break
            share = 1.0 if term == word else _BEGUN
            for key, weight in self._texts[term].items():
                found[key] = max(found.get(key, 0.0), weight * share)
        return found


def weighed(parts: Iterable[tuple[float, Sequence[str]]]) -> dict[str, float]:
    """Words with their weights: a word counts by the best part it stands in, and a little more when it comes again."""
    best: dict[str, float] = {}
    times: dict[str, int] = {}
    for weight, part in parts:
        for word in part:
            best[word] = max(best.get(word, 0.0), weight)
            times[word] = times.get(word, 0) + 1
    return {word: weight * (1 + 0.25 * log(times[word])) for word, weight in best.items()}
