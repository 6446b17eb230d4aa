"""A verb on many cases: which cases, how far it has come, what was refused and why.

Invariant: what was tried is what was done and what was refused, always; nothing is left out in silence.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

SLICE = 100
"""Cases in one commit, at most."""


class Picked(NamedTuple):
    """A case that was selected, and the newest of its messages that whoever selected it could know of (0: any)."""

    id: int
    seen: int = 0


class Refusal(NamedTuple):
    """A case that was left as it was, and why, in one sentence."""

    case: int
    reason: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a verb on many cases has come."""

    verb: str
    picked: tuple[Picked, ...]
    undoes: int | None = None
    stroke: int | None = None
    tried: int = 0
    done: int = 0
    refused: tuple[Refusal, ...] = ()

    @property
    def total(self) -> int:
        """How many cases are meant."""
        return len(self.picked)

    @property
    def ended(self) -> bool:
        """Every case was tried."""
        return self.tried >= self.total

    @property
    def next(self) -> tuple[Picked, ...]:
        """The cases of the next commit."""
        return self.picked[self.tried : self.tried + SLICE]


def begun(verb: str, picked: Iterable[Picked], undoes: int | None = None) -> Progress:
    """A verb that is to be done on these cases, each once."""
    first: dict[int, Picked] = {}
    for one in picked:
        first.setdefault(one.id, one)
    return Progress(verb, tuple(first.values()), undoes)
