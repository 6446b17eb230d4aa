"""Copies: puts what was sent into the mailbox's Sent folder, so that the phone shows it, too.

Invariants: delivery never waits for a copy (own thread, own connection); a copy that cannot be filed is tried again
and holds up no other one.
"""

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.queries import outbox as look
from agentdesk.services import outbox
from agentdesk.worker.duty import Backoff, Duty
from agentdesk.worker.work import Served, Work

_PART = "filing copies"


def duties(work: Work) -> list[Duty]:
    """One for each channel."""
    return [Copies(work, served) for served in work.served]


class Copies(Duty):
    """Files the copies of one channel; where a mailbox keeps none, or there is no mailbox, that is soon done."""

    def __init__(self, work: Work, served: Served) -> None:
        super().__init__(f"copies {served.name}")
        self._work = work
        self._served = served
        self._channel = served.open()
        self._backoff = Backoff(work.pace.first, work.pace.most)
        self._later: set[int] = set()
        self._again: set[int] = set()
        """Those that had failed in the round before."""

    def do(self) -> float:
        """File the next copy; those that failed come after all others."""
        with self._work.store.session() as session:
            found = look.next_uncopied(session, self._served.id, self._later)
        if found is None:
            self._again, self._later = self._later, set()
            return self._backoff.after_failure() if self._again else self._work.pace.copies
        row_id, raw = found
        try:
            self._channel.append_sent(raw)
        except ChannelDown as problem:
            self._later.add(row_id)
            if row_id in self._again:
                self._served.heard(_PART, str(problem))
            return self._backoff.after_failure()
        except ChannelRefused as problem:
            self._served.heard(_PART, str(problem))
            return max(self._work.pace.refused, self._backoff.after_failure())
        with self._work.unit(late=True) as unit:
            outbox.mark_copied(unit, row_id)
        self._backoff.clear()
        if self._served.troubles():
            self._served.heard(_PART)
        return 0.0

    def close(self) -> None:
        """Sign out."""
        self._channel.close()
