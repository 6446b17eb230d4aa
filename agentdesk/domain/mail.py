"""What mail is to the desk: addresses, a parsed message, a batch of raw ones. Values only.

Invariant: every text in a Message is clean (see `text.clean`) and every id is without its angle brackets.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One person's address; the name may be empty."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """The address as it is compared and stored: lower case, no surrounding space."""
        return self.address.strip().lower()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part of a message that is not its body. `part` is its place in a depth-first walk, `size` decoded bytes."""

    filename: str
    content_type: str
    size: int
    inline: bool
    content_id: str | None
    sha256: str
    part: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a receiving server says of a mail's sender."""

    server: str
    nearest: bool
    """It stands where only the server that took the mail in for us can have put it, as far as the mail shows."""
    failed: bool
    """The mail did not come from whom it says."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the desk makes of one RFC 5322 message (the fields of `mail parse`, ../CLI contract)."""

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Address | None
    original_sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    subject: str
    date: datetime | None
    text: str
    reply_text: str
    html_present: bool
    attachments: tuple[Attachment, ...]
    auto_submitted: bool
    auto_reason: str | None
    bounce: bool
    bounced_message_id: str | None
    bounced_recipient: str | None
    bounce_status: str | None
    charset_errors: bool
    defects: tuple[str, ...] = ()
    auto_replied: bool = False
    """An automatic answer or delivery report: never opens, reopens or wakes a case as a person's message does."""
    forwarded_from: Address | None = None
    """Who wrote the mail that is passed on in this one: the writer's word, to be believed of our own people only."""
    marks: tuple[str, ...] = ()
    """What the agent should know of it: signatures, encryption, a list in between."""
    bounce_reason: str = ""
    """Who did not get it and why, in the words of the server that gave up."""
    about: str | None = None
    """The id of the mail that a report of delay or success or a receipt of reading is about."""
    answerable: bool = False
    """A machine of ours may answer it (RFC 3834 2): neither a machine's nor a list's, and nobody asked for silence."""
    judgements: tuple[Judgement, ...] = ()
    """What servers on the way say of its sender; whose word counts is for `mail.authentication` to say."""


@dataclass(frozen=True, slots=True)
class RawMail:
    """One message as a channel or a file gave it. `at` is when the server took it in (aware UTC), if known."""

    raw: bytes
    source: str
    at: datetime | None = None
    sent_by_us: bool = False
    """True from a Sent folder: an answer given outside the desk."""
    trouble: str = ""
    """Why the server did not give it (one sentence): then `raw` is empty."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one fetch brought: messages oldest first, and the cursor that stands for having kept them."""

    messages: tuple[RawMail, ...]
    folder: str
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file to be sent along."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """All that a composed mail needs; `mail.compose` makes its bytes. Bcc is only in the envelope, never here."""

    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    message_id: str
    date: datetime
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    signature: str = ""
    quoted: str = ""
    """Earlier text to stand below, already attributed ("On … wrote:") but not yet prefixed."""
    quoted_intro: str = ""
    html: bool = True
    enclosures: tuple[Enclosure, ...] = field(default=())
    automatic: bool = False
    """The desk answers by itself, and says so."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One outbox row on its way: the envelope and the very bytes that were composed at the stroke."""

    outbox_id: int
    channel: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
