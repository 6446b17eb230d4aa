"""Delivers: takes what is due from the outbox, sends it outside any unit, and writes down how it ended.

One thread for each channel, so that a slow server holds up its own mail only; one reply in hand at a time, so that
what still waits can still be taken back.
Invariants: `sending` is written right before the body leaves; an end that is certain is written down however long the
store is away; an end that is not certain is `unsure` and never tried again by itself.
"""

import logging
import secrets
from collections.abc import Callable

from agentdesk.channels.contract import ChannelDown, Delivered, MaybeSent, Rejected, TryAgain
from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Outgoing
from agentdesk.domain.problems import Refused
from agentdesk.queries import outbox as look
from agentdesk.services import outbox, people
from agentdesk.store.trouble import StoreTrouble
from agentdesk.store.unit import UnitOfWork
from agentdesk.worker.duty import Backoff, Duty
from agentdesk.worker.work import Served, Work

_PART = "sending"
_SHORT = 30.0
"""The longest pause, in seconds, when a server is away: a reply should not wait long once it is back."""
_logger = logging.getLogger(__name__)


def duties(work: Work) -> list[Duty]:
    """One for each channel, and one for what was left behind."""
    return [*(Deliver(work, served) for served in work.served), Leftovers(work)]


class Deliver(Duty):
    """Sends over one channel."""

    def __init__(self, work: Work, served: Served) -> None:
        super().__init__(f"deliver {served.name}")
        self._work = work
        self._served = served
        self._channel = served.open()
        self._backoff = Backoff(work.pace.first, min(_SHORT, work.pace.most))
        # its own, for a thread of an earlier spell of this worker may still be waiting for its server
        self._holder = f"{work.holder}-{secrets.token_hex(4)}"

    def do(self) -> float:
        """Send the next reply that is due."""
        work = self._work
        with work.store.session() as session:
            due = look.free_at(session, self._served.id, micros(work.clock()))
        if due is None:
            return work.pace.poll
        early = (due - micros(work.clock())) / 1_000_000
        if early > 0:
            return min(work.pace.poll, early)
        with work.unit() as unit:
            taken = outbox.claim_due(unit, self._holder, 1, self._served.id)
        return self._send(taken[0]) if taken else work.pace.poll

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def _send(self, outgoing: Outgoing) -> float:
        """Send one reply and write down how it ended; returns the pause it calls for."""
        row_id, begun = outgoing.outbox_id, False

        def before_body() -> None:
            nonlocal begun
            with self._work.unit() as unit:
                outbox.mark_sending(unit, row_id, self._holder)
            begun = True

        try:
            delivered = self._channel.deliver(outgoing, before_body)
        except TryAgain as problem:
            return self._try_again(row_id, problem)
        except Rejected as problem:
            self._settle(row_id, Delivery.FAILED, str(problem))
        except MaybeSent as problem:
            self._settle(row_id, Delivery.UNSURE, str(problem))
        except Refused:
            _logger.info("outbox %d: somebody else has it in hand", row_id)
        except StoreTrouble as problem:  # from before_body: the body has not left
            self._later(row_id, str(problem))
        except Exception:
            _logger.exception("outbox %d: sending failed because of a fault of our own", row_id)
            self._after_own_fault(row_id, begun=begun)
        else:
            self._sent(outgoing, delivered)
        return 0.0

    def _sent(self, outgoing: Outgoing, delivered: Delivered) -> None:
        self._backoff.clear()
        row_id, later = outgoing.outbox_id, delivered.later
        if later:
            self._record(
                row_id, Delivery.QUEUED, lambda unit: outbox.settle_so_far(
                    unit, row_id, self._holder, delivered.refused, later)
            )  # fmt: skip
        elif delivered.refused:
            self._record(
                row_id, Delivery.SENT, lambda unit: outbox.settle_partly(unit, row_id, delivered.refused)
            )
        else:
            self._settle(row_id, Delivery.SENT)
        self._served.heard(_PART)

    def _try_again(self, row_id: int, problem: TryAgain) -> float:
        """It surely was not taken: later. When the way to the server is barred, the others need not try either."""
        self._later(row_id, str(problem))
        if problem.needs_person:
            self._served.heard(_PART, str(problem))
            return self._work.pace.refused
        if isinstance(problem.__cause__, ChannelDown):
            self._served.heard(_PART, str(problem))
            return self._backoff.after_failure()
        return 0.0

    def _after_own_fault(self, row_id: int, *, begun: bool) -> None:
        if begun:
            words = _(
                "A fault in the program broke off the sending: it may have been sent. Ask the recipient, or look in "
                "the mailbox, before sending it again."
            )
            self._settle(row_id, Delivery.UNSURE, words)
        else:
            words = _("A fault in the program kept this from being sent; it will be tried again.")
            self._later(row_id, words)

    def _later(self, row_id: int, reason: str) -> None:
        self._record(
            row_id,
            Delivery.QUEUED,
            lambda unit: outbox.retry_later(unit, row_id, reason, holder=self._holder),
        )

    def _settle(self, row_id: int, state: Delivery, reason: str = "") -> None:
        self._record(
            row_id, state, lambda unit: outbox.settle(unit, row_id, state, reason, holder=self._holder)
        )

    def _record(self, row_id: int, state: Delivery, act: Callable[[UnitOfWork], None]) -> None:
        """Write down how it ended, as long as it takes: a sent mail that is forgotten would end as unsure.

        Even when another worker has the lease by now; only the end of the whole worker ends it.
        """
        backoff = Backoff(self._work.pace.first, _SHORT)
        while True:
            try:
                with self._work.unit(late=True) as unit:
                    act(unit)
            except StoreTrouble as trouble:
                _logger.warning("outbox %d: %s is not written down yet: %s", row_id, state, trouble)
                if self._work.stop.wait(backoff.after_failure()):
                    return
            else:
                self._work.outcome.count(state)
                _logger.info("outbox %d: %s", row_id, state)
                return


class Leftovers(Duty):
    """What a dead worker left half-way, and replies on channels that no worker serves."""

    def __init__(self, work: Work) -> None:
        super().__init__("deliver leftovers")
        self._work = work
        self._named: frozenset[int] = frozenset()

    def do(self) -> float:
        """Leases that ended in `sending` become unsure; unserved channels say that replies wait there."""
        work = self._work
        with work.store.session() as session:
            served = [one.id for one in work.served]
            unserved = look.unserved(session, served, micros(work.clock()))
        with work.unit() as unit:
            for _expired in range(outbox.expire(unit, work.holder)):
                work.outcome.count(Delivery.UNSURE)
            for channel_id in unserved - self._named:
                people.channel_heard(unit, channel_id, _(
                    "Replies wait here, but no worker has this channel in its settings: add it there."
                ))  # fmt: skip
            for channel_id in self._named - unserved:
                people.channel_heard(unit, channel_id, "")
        self._named = unserved
        return work.pace.timers
