"""What the reads give to screens and to the command line: frozen rows, clean text, aware UTC times.

Invariant: a row holds nothing that a screen would have to look up, and no text that has not gone through `text.clean`.
"""

from dataclasses import dataclass, field
from datetime import datetime

from agentdesk.domain.lifecycle import Delivery, Ends, Priority, Status
from agentdesk.domain.mail import Address
from agentdesk.domain.parts import Part
from agentdesk.domain.snooze import Woke


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

    @property
    def within_text(self) -> bool:
        """A picture of the text itself, a logo or a smile; what is merely called inline is a file like any other."""
        return self.inline and self.content_id is not None and self.content_type.startswith("image/")


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
    side: int | None = None
    """The side conversation it belongs to, which the customer knows nothing of: never in what goes to them."""
    origin: int | None = None
    """The case it was written in, while that is merged into this one."""
    report: str | None = None
    """Of a delivery report: who did not get our mail, and the status that says why; empty where it names neither."""


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
    snooze_ends: Ends = Ends.ANSWER
    """While it is snoozed: what opens it before its time."""


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
    erased: bool = False


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
    """reply, note, new or side"""
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
    side: int | None = None
    """Of kind side: the side conversation it goes on with; None begins one."""


@dataclass(frozen=True, slots=True)
class Thread:
    """Everything the conversation pane shows of one case."""

    case: CaseRow
    messages: tuple[MessageRow, ...]
    """Those of the part in hand, in the order they were written."""
    customer: CustomerRow | None
    drafts: tuple[DraftRow, ...]
    present: tuple[tuple[str, str], ...]
    """(name, what) of colleagues here now: what is viewing or writing."""
    woke: Woke | None = None
    """Set while it is back because its time has come and nobody has acted since."""
    part: Part = field(default_factory=Part)


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
