"""The life of a case and of a reply: one table of statuses and moves each.

Invariant: no other module decides whether a move is allowed or which status a message leads to.
"""

from enum import StrEnum


class Status(StrEnum):
    """Where a case stands (`status` in the command line's JSON)."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"
    CLOSED = "closed"
    SPAM = "spam"


class Priority(StrEnum):
    """How much a case matters, in words; stored as its rank."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Delivery(StrEnum):
    """Where an outgoing message stands."""

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    CANCELLED = "cancelled"
    BOUNCED = "bounced"


class Ends(StrEnum):
    """What opens a snoozed case before its time (`cases.snooze_ends`)."""

    ANSWER = "answer"
    """Whatever a person outside writes."""
    NOT_THANKS = "not thanks"
    """The same, but for a mere thank-you (`domain.thanks`)."""
    NOTHING = "nothing"
    """Nothing but its time: what comes in is unread and waits, and the case stays hidden."""


WAITING = frozenset({Status.NEW, Status.OPEN})
"""The ball is with us: these stand in the queue."""

MOVES: dict[Status, frozenset[Status]] = {
    Status.NEW: frozenset(
        {Status.OPEN, Status.PENDING, Status.SNOOZED, Status.RESOLVED, Status.SPAM, Status.CLOSED}
    ),
    Status.OPEN: frozenset({Status.PENDING, Status.SNOOZED, Status.RESOLVED, Status.SPAM, Status.CLOSED}),
    Status.PENDING: frozenset({Status.OPEN, Status.SNOOZED, Status.RESOLVED, Status.SPAM, Status.CLOSED}),
    Status.SNOOZED: frozenset({Status.OPEN, Status.PENDING, Status.RESOLVED, Status.SPAM, Status.CLOSED}),
    Status.RESOLVED: frozenset({Status.OPEN, Status.PENDING, Status.SNOOZED, Status.SPAM, Status.CLOSED}),
    Status.CLOSED: frozenset(),
    Status.SPAM: frozenset({Status.OPEN, Status.RESOLVED}),
}
"""What an agent may set. Closed is the end: a person's next message opens a new case that names it."""

ANSWERS = frozenset({Delivery.HELD, Delivery.QUEUED, Delivery.SENDING, Delivery.SENT})
"""A reply in one of these stops the customer's clock; in the others the customer still waits."""

UNDELIVERED = frozenset({Delivery.FAILED, Delivery.UNSURE, Delivery.BOUNCED})
"""A reply in one of these puts its case back in the queue."""


def may_move(now: Status, to: Status) -> bool:
    """May an agent set this status? Staying where it is always may."""
    return now == to or to in MOVES[now]


def after_message_of_person(now: Status, ends: Ends = Ends.ANSWER, *, thanks: bool = False) -> Status | None:
    """The status a case takes when a person from outside writes; None: a new case is opened instead.

    `ends` is what opens it while it is snoozed, `thanks` whether all they wrote is a thank-you.
    """
    if now is Status.CLOSED:
        return None
    if now in (Status.NEW, Status.SPAM):
        return now
    if now is Status.SNOOZED and (ends is Ends.NOTHING or (ends is Ends.NOT_THANKS and thanks)):
        return now
    return Status.OPEN


def after_reply(now: Status) -> Status:
    """The status a case takes when an agent answers: the ball is with the customer."""
    return Status.PENDING if now in (Status.NEW, Status.OPEN, Status.SNOOZED) else now
