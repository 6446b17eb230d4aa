"""What statuses, priorities and deliveries are called on screen, and the tone each is said in.

Invariant: every value of the three lifecycles has a word; a colour never stands without one.
"""

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Delivery, Priority, Status
from agentdesk.tui.widgets.signs import Signs

_STATUS = {
    Status.NEW: N_("new"),
    Status.OPEN: N_("open"),
    Status.PENDING: N_("pending"),
    Status.SNOOZED: N_("snoozed"),
    Status.RESOLVED: N_("resolved"),
    Status.CLOSED: N_("closed"),
    Status.SPAM: N_("spam"),
}
_PRIORITY = {
    Priority.LOW: N_("low"),
    Priority.NORMAL: N_("normal"),
    Priority.HIGH: N_("high"),
    Priority.URGENT: N_("urgent"),
}
_DELIVERY = {
    Delivery.HELD: (N_("held"), "accent"),
    Delivery.QUEUED: (N_("on its way"), "dim"),
    Delivery.SENDING: (N_("sending"), "dim"),
    Delivery.SENT: (N_("sent"), "green"),
    Delivery.FAILED: (N_("failed"), "red"),
    Delivery.UNSURE: (N_("unsure"), "red"),
    Delivery.CANCELLED: (N_("taken back"), "dim"),
    Delivery.BOUNCED: (N_("bounced"), "red"),
}


def status_word(status: Status) -> str:
    """What the status is called."""
    return _(_STATUS[status])


def priority_word(priority: Priority) -> str:
    """What the priority is called."""
    return _(_PRIORITY[priority])


def delivery_word(delivery: Delivery, signs: Signs) -> tuple[str, str]:
    """What the delivery state is called, with its sign, and its tone."""
    word, tone = _DELIVERY[delivery]
    return (f"{_(word)} {signs.sent}" if delivery is Delivery.SENT else _(word)), tone
