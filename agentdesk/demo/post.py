"""The post office of the demo: a reply whose time has come counts as sent, and goes nowhere.

Invariant: nothing leaves this machine: no socket is opened here (a test watches), and the states are those that a real
worker goes through.
"""

from datetime import datetime

from agentdesk.demo.shop import HOLDER
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Message, Outgoing
from agentdesk.domain.problems import Refused
from agentdesk.mail.parse import parse
from agentdesk.services import outbox
from agentdesk.store.engine import Store
from agentdesk.store.unit import SYSTEM


def deliver(store: Store, now: datetime) -> list[Message]:
    """Let everything leave that is due; returns what left."""
    with store.unit(SYSTEM, now) as unit:
        taken = outbox.claim_due(unit, HOLDER)
    return [parse(one.raw) for one in taken if _deliver(store, now, one)]


def _deliver(store: Store, now: datetime, outgoing: Outgoing) -> bool:
    row = outgoing.outbox_id
    try:
        with store.unit(SYSTEM, now) as unit:
            outbox.mark_sending(unit, row, HOLDER)
    except Refused:
        return False
    with store.unit(SYSTEM, now) as unit:
        outbox.settle(unit, row, Delivery.SENT)
        outbox.mark_copied(unit, row)
    return True
