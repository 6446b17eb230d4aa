"""Timers: wakes the snoozed and closes what was resolved long ago.

Invariant: safe to repeat; a large backlog is worked off in commits of at most a hundred cases.
"""

from agentdesk.services import timers
from agentdesk.worker.duty import Duty
from agentdesk.worker.work import Work


def duties(work: Work) -> list[Duty]:
    """One."""
    return [Timers(work)]


class Timers(Duty):
    """What time itself does."""

    def __init__(self, work: Work) -> None:
        super().__init__("timers")
        self._work = work

    def do(self) -> float:
        """Whose time has come."""
        with self._work.unit() as unit:
            woken = timers.wake(unit)
        with self._work.unit() as unit:
            closed = timers.close(unit)
        return 0.0 if timers.LIMIT in (woken, closed) else self._work.pace.timers
