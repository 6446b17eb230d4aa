"""The heartbeat: shows that the worker lives by renewing its lease, and knows when it is no longer needed.

Invariant: a worker that has lost its lease to another one ends its work; a detached one ends when no desk is open and
nothing waits to be sent.
"""

import logging
from datetime import timedelta

from agentdesk.domain.instants import micros
from agentdesk.queries import outbox as look
from agentdesk.queries import people
from agentdesk.services.people import take_lease
from agentdesk.worker.duty import Duty
from agentdesk.worker.work import Work

_logger = logging.getLogger(__name__)


def duties(work: Work) -> list[Duty]:
    """One."""
    return [Heartbeat(work)]


class Heartbeat(Duty):
    """Holds the lease."""

    def __init__(self, work: Work) -> None:
        super().__init__("heartbeat")
        self._work = work
        self._since = work.clock()

    def do(self) -> float:
        """Renew the lease."""
        work = self._work
        with work.unit(late=True) as unit:  # the lease itself says whether it is ours
            ours = take_lease(unit, people.WORKER, work.holder, work.pace.valid)
        if not ours:
            _logger.warning("another worker has taken over")
            work.over.set()
        elif work.detached and self._nobody_needs_it():
            _logger.info("no desk is open and nothing waits to be sent: the worker ends")
            work.stop.set()
        return work.pace.renew

    def _nobody_needs_it(self) -> bool:
        work = self._work
        before = work.clock() - timedelta(seconds=work.pace.idle)
        if self._since > before:
            return False
        with work.store.session() as session:
            return not people.desks_seen(session, micros(before)) and all(
                look.due_at(session, served.id) is None for served in work.served
            )
