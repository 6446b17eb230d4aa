"""Forgets a customer or a message whole: looks for them, erases in one commit, then sweeps the files of the store.

Invariant: the long search and the sweep hold no lock that a colleague's stroke waits for longer than one table takes;
what was erased stays erased even where the sweep could not be done, and doing it again ends it.
"""

from collections.abc import Callable
from datetime import datetime

from agentdesk.domain.forgetting import Erased, Swept, Traces
from agentdesk.queries import traces
from agentdesk.services import forgetting
from agentdesk.store.engine import Store
from agentdesk.store.sweep import sweep
from agentdesk.store.unit import Actor


def erase(
    store: Store, actor: Actor, clock: Callable[[], datetime], customer_id: int, desk: str = ""
) -> tuple[Traces, Erased, Swept]:
    """Erase a customer. Raises NotFound, and Refused for who may not or while a reply to them is leaving."""
    with store.session() as session:
        forgetting.check_may(session, actor)
        found = traces.of(session, customer_id)
    with store.unit(actor, clock(), desk) as unit:
        done = forgetting.erase(unit, customer_id, seen=found.seen, named=found.named)
    return found, done, sweep(store)


def redact(
    store: Store, actor: Actor, clock: Callable[[], datetime], message_id: int, desk: str = ""
) -> tuple[int, Swept]:
    """Erase what one message says; returns its case. Raises NotFound, Refused."""
    with store.unit(actor, clock(), desk) as unit:
        case_id = forgetting.redact(unit, message_id)
    return case_id, sweep(store)
