"""Fetches: one thread for each channel reads the inbox as mail comes, and the Sent folder now and then.

States of a channel: catching up (inbox first, then Sent) -> waiting for news (IDLE) -> catching up …; when the server
is away, ever longer pauses; when it refuses us, long ones, because a storm of wrong passwords locks accounts.
Invariant: a batch and its cursor are kept in one commit, and reading goes on from the cursor that was kept.
"""

from agentdesk.automation.intake import take_in
from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.queries import people
from agentdesk.worker.duty import Backoff, Duty
from agentdesk.worker.work import Served, Work

_PART = "reading"


def duties(work: Work) -> list[Duty]:
    """One for each channel that can be read."""
    return [Fetch(work, served) for served in work.served if served.reads]


class Fetch(Duty):
    """Reads one channel."""

    def __init__(self, work: Work, served: Served) -> None:
        super().__init__(f"fetch {served.name}")
        self._work = work
        self._served = served
        self._channel = served.open()
        self._backoff = Backoff(work.pace.first, work.pace.most)
        self._listening = False

    def do(self) -> float:
        """Take in all that is new; after that, how long to wait for more."""
        self._listening = False
        try:
            trouble = self._catch_up()
        except (ChannelDown, ChannelRefused) as problem:
            return self._in_trouble(problem)
        self._backoff.clear()
        self._served.heard(_PART, trouble)
        self._listening = True
        return self._work.pace.sent

    def rest(self, seconds: float) -> None:
        """Wait for news, or, in trouble, for time to pass."""
        if not self._listening:
            self.pause(seconds)
            return
        try:
            self._channel.wait(seconds)
        except ChannelDown:
            # servers hang up on a waiting client now and then; it is trouble only when the next attempt fails, too
            self.pause(self._backoff.after_failure())
        except ChannelRefused as problem:
            self.pause(self._in_trouble(problem))

    def wake(self) -> None:
        """End the waiting."""
        super().wake()
        self._channel.interrupt()

    def close(self) -> None:
        """Sign out."""
        self._channel.close()

    def _catch_up(self) -> str:
        """All that is new; returns what is wrong with a folder that customers do not write to."""
        first, *others = self._channel.folders()
        self._read(first)
        trouble = ""
        for folder in others:
            try:
                self._read(folder)
            except (ChannelDown, ChannelRefused) as problem:  # customers' mail does not wait for it
                trouble = str(problem)
        return trouble

    def _read(self, folder: str) -> None:
        work, channel_id = self._work, self._served.id
        with work.store.session() as session:
            cursor = people.cursor(session, channel_id, folder)
        for batch in self._channel.fetch(folder, cursor):
            work.outcome.tally += take_in(
                work.store, work.clock(), channel_id, batch.messages, batch.folder, batch.cursor
            )
            if batch.messages:
                self._backoff.clear()  # it goes on, however often it breaks off
            if work.over.is_set():
                return

    def _in_trouble(self, problem: ChannelDown | ChannelRefused) -> float:
        """Say what is wrong; returns how long to leave the server alone."""
        pause = self._backoff.after_failure()
        if isinstance(problem, ChannelRefused):
            pause = max(pause, self._work.pace.refused)
        self._served.heard(_PART, str(problem))
        return pause
