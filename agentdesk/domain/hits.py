"""What a search gives: messages, each with the words of it that were looked for.

Invariants: texts are clean; a range of a hit lies inside the text it belongs to; a page that is not the end says where
to go on.
"""

from dataclasses import dataclass
from datetime import datetime

from agentdesk.domain.lifecycle import Status

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """One message that was found, in its case."""

    case_id: int
    message: int
    """The store's id of the message."""
    message_id: str | None
    kind: str
    subject: str
    """The case's."""
    subject_ranges: tuple[Range, ...]
    who: str
    """Who wrote it, as name or address; of a note the colleague."""
    who_ranges: tuple[Range, ...]
    customer: str
    status: Status
    snippet: str
    """The words around the first hit, on one line; the beginning of the message when the words stand elsewhere."""
    ranges: tuple[Range, ...]
    at: datetime
    score: float
    """How well it fits, more is better; 0 when the newest come first."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A message that was found, whole."""

    case_id: int
    subject: str
    who: str
    to: str
    kind: str
    at: datetime
    text: str
    ranges: tuple[Range, ...]
    """Where the words stand in the text."""


@dataclass(frozen=True, slots=True)
class HitPage:
    """Hits in the order that was asked for."""

    hits: tuple[Hit, ...]
    total: int
    """Exact up to the cap; then the cap, with `exact` false."""
    exact: bool
    next: str | None
    """Where to go on from, None at the end."""
    ranked_among: int = 0
    """By relevance: only so many of the newest were weighed, because there are more; 0 when all were."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that completion knows."""

    tags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
