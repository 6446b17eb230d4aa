"""What the reads give to screens and to the command line: frozen rows, clean text, aware UTC times.

Invariant: a row holds nothing that a screen would have to look up, and no text that has not gone through `text.clean`.
"""

from dataclasses import dataclass
from datetime import datetime

from agentdesk.domain.lifecycle import Delivery, Priority, Status
from agentdesk.domain.mail import Address


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
class FileRow:
    """An attachment as the screens name it."""

    id: int
    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of a case, in the order they were written."""

    id: int
    kind: str
    """inbound, outbound, note or system"""
    channel: str
    channel_kind: str
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    at: datetime
    sent_at: datetime | None
    subject: str
    text: str
    reply_text: str
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    delivery: Delivery | None
    error: str
    not_before: datetime | None
    """While held: when it leaves."""
    attachments: tuple[FileRow, ...]
    marks: tuple[str, ...]
    mine: bool = False
    """Written by the agent who looks."""
    agent: str = ""
    """Display name of the agent who wrote it, empty for customers."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case whole: the facts of its head line."""

    id: int
    version: int
    subject: str
    status: Status
    snooze_until: datetime | None
    priority: Priority
    channel_id: int | None
    channel_kind: str
    channel: str
    channel_address: str
    customer_id: int | None
    customer: str
    addresses: tuple[str, ...]
    owner_id: int | None
    owner: str
    team_id: int | None
    team: str
    tags: tuple[str, ...]
    due_at: datetime | None
    waiting_since: datetime | None
    created_at: datetime
    updated_at: datetime
    message_count: int
    merged_into: int | None
    related: tuple[int, ...]
    language: str


@dataclass(frozen=True, slots=True)
class EarlierCase:
    """A case of the same customer, for the customer pane."""

    id: int
    subject: str
    status: Status
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """Who this is."""

    id: int
    name: str
    addresses: tuple[str, ...]
    language: str
    since: datetime
    case_count: int
    earlier: tuple[EarlierCase, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One fact of the log, in words for `case show`."""

    id: int
    at: datetime
    actor: str
    kind: str
    field: str
    before: str | None
    after: str | None
    stroke: int | None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """What an agent is writing in a case and has not sent."""

    id: int
    case_id: int
    agent_id: int
    kind: str
    """reply, note or new"""
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    subject: str
    body: str
    seen_message_id: int
    """The newest message the agent had on screen while writing: a newer one stops the send."""
    version: int
    terminal: str
    """Which terminal wrote it last."""
    updated_at: datetime
    files: tuple[FileRow, ...]
    notice: str = ""
    """Why it came back to the composer, in one sentence."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything the conversation pane shows of one case."""

    case: CaseRow
    messages: tuple[MessageRow, ...]
    customer: CustomerRow | None
    drafts: tuple[DraftRow, ...]
    present: tuple[tuple[str, str], ...]
    """(name, what) of colleagues here now: what is viewing or writing."""


@dataclass(frozen=True, slots=True)
class AgentRow:
    """A colleague."""

    id: int
    login: str
    name: str
    role: str
    capacity: int
    language: str
    timezone: str
    signature: str
    theme: str
    active: bool


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team."""

    id: int
    name: str


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


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One reply on its way, for `outbox list`."""

    id: int
    case_id: int
    message_id: str
    state: Delivery
    attempts: int
    not_before: datetime
    last_error: str


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """Something that calls itself mail and is none; its raw bytes are kept."""

    id: int
    reason: str
    source: str
    at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """When the store and the worker were last heard from."""

    at: datetime
    worker_seen: datetime | None
