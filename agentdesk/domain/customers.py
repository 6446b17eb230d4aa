"""What is known of a customer beside their mail, as rows: notes, who they were merged with, who may be the same.

Invariant: text is clean, times are aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime

from agentdesk.domain.knowledge import Suggestion
from agentdesk.domain.orders import OrderRow, SourceRow
from agentdesk.domain.rows import CustomerRow, EarlierCase

LONGEST_NOTE = 20_000


@dataclass(frozen=True, slots=True)
class NoteRow:
    """What a colleague wants everybody to know of a customer."""

    id: int
    agent: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class MergedRow:
    """A customer that was merged into this one, and may be parted again."""

    id: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SameRow:
    """A customer who may be the same person, and why that seems so."""

    id: int
    name: str
    addresses: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What the pane shows beside a case, besides who this is."""

    orders: tuple[OrderRow, ...] = ()
    order_count: int = 0
    sources: tuple[SourceRow, ...] = ()
    notes: tuple[NoteRow, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything of one customer."""

    customer: CustomerRow
    merged_into: int | None
    cases: tuple[EarlierCase, ...]
    orders: tuple[OrderRow, ...]
    order_count: int
    sources: tuple[SourceRow, ...]
    notes: tuple[NoteRow, ...]
    merged: tuple[MergedRow, ...]
    same: tuple[SameRow, ...]
