"""What is joined to a case, as rows: its side conversations, its likely duplicates, the senders that are blocked.

Invariant: a row holds nothing that a screen would have to look up, and no text that has not gone through `text.clean`.
"""

from dataclasses import dataclass
from datetime import datetime

from agentdesk.domain.lifecycle import Status
from agentdesk.domain.mail import Address


@dataclass(frozen=True, slots=True)
class SideRow:
    """A conversation with a supplier or a department, which the customer knows nothing of."""

    id: int
    case_id: int
    subject: str
    people: tuple[Address, ...]
    """To whom its newest mail went."""
    created_at: datetime
    last_at: datetime
    message_count: int
    answered: bool
    """The newest message is theirs."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A case that may be about the same matter, and why it seems so."""

    case_id: int
    subject: str
    status: Status
    customer: str
    at: datetime
    why: tuple[str, ...]
    """Reasons, strongest first, in words"""
    moves: "Moves"


@dataclass(frozen=True, slots=True)
class Moves:
    """What a merge would take along."""

    messages: int
    drafts: int
    sides: int


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A sender whose mail is spam: an address, or a whole domain written as @domain."""

    id: int
    address: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who may be written to, as the composer completes them."""

    who: Address
    kind: str
    """customer, colleague or written to"""
