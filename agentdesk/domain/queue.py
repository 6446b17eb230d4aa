"""A case in the queue, and the order the queue stands in.

Invariant: a row holds nothing that a screen would have to look up, and no text that has not gone through `text.clean`.
These few are all that the first frame needs; the other rows are in `domain.rows`.
"""

from dataclasses import dataclass
from datetime import datetime

from agentdesk.domain.lifecycle import Delivery, Priority, Status


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in the urgency order, as the store keeps it: microseconds since 1970, FAR when there is none."""

    due: int
    waiting: int
    id: int


FAR = 9_007_199_254_740_992
"""2**53: the key of a time that is not set; sorts last, survives JSON."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case in the queue."""

    id: int
    version: int
    subject: str
    status: Status
    priority: Priority
    customer: str
    channel_kind: str
    owner_id: int | None
    owner: str
    tags: tuple[str, ...]
    due_at: datetime | None
    waiting_since: datetime | None
    snooze_until: datetime | None
    place: Place
    delivery: Delivery | None
    """Of the newest outgoing message, while it is the newest thing in the case."""
    unread: int
    """Customer messages newer than the last reply or note."""
    presence: str = ""
    """A colleague's name while somebody else looks at or writes in the case; `writing` says which."""
    writing: bool = False


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows of one keyset page; `next` is the place to go on from, None at the end."""

    rows: tuple[QueueRow, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class Counts:
    """The top line of the desk. Each count stops at 1000 and says so by being 1001."""

    mine: int
    team: int
    free: int
    waiting: int
    at_risk: int
    longest_wait: datetime | None
    in_hand: int
    capacity: int
