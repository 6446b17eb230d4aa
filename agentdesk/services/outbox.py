"""The way of a reply out of the house: held, queued, sending, sent; or failed, unsure, cancelled, bounced.

Invariants: every move is a guarded UPDATE that says from which state, so two workers, an undo and a customer's message
can race and exactly one wins; `sending` is written right before the body is transmitted, a lease that ends in it is
`unsure` and waits for a person; the Message-ID and the bytes never change between attempts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import or_, select, update

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import UNDELIVERED, Delivery, Status
from agentdesk.domain.mail import Outgoing
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.services import clocks, drafts, post
from agentdesk.store import codec
from agentdesk.store.tables import cases, channels, outbox, raws
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line

LEASE: Final = 120_000_000
"""Microseconds a worker has for one message before another may think it dead."""
_WAITS: Final = (30, 120, 600, 1800, 3600, 7200)
"""Seconds before the next try after one that broke early; the last one repeats."""
GIVE_UP: Final = 48 * 3600 * 1_000_000
"""Microseconds of trying before a reply counts as failed."""
CUSTOMER_WROTE: Final = N_(
    "The customer wrote while this was held back. Read the new lines, then send it again."
)


def claim_due(
    unit: UnitOfWork, holder: str, limit: int = 10, channel_id: int | None = None
) -> list[Outgoing]:
    """Take what is due, of one channel or of all: held whose time has come, and queued. Returns the bytes to send."""
    due = (
        select(outbox.c.id)
        .where(
            outbox.c.state.in_((Delivery.HELD, Delivery.QUEUED)), outbox.c.not_before <= unit.at,
            or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < unit.at),
        )
        .order_by(outbox.c.not_before).limit(limit).with_for_update(skip_locked=True)
    )  # fmt: skip
    if channel_id is not None:
        due = due.where(outbox.c.channel_id == channel_id)
    taken = []
    for row_id in unit.session.scalars(due).all():
        row = unit.session.execute(
            select(outbox, channels.c.name, raws.c.data)
            .join(channels, channels.c.id == outbox.c.channel_id)
            .join(raws, raws.c.message_id == outbox.c.message_id)
            .where(outbox.c.id == row_id)
        ).one()
        unit.session.execute(
            update(outbox).where(outbox.c.id == row_id).values(
                state=Delivery.QUEUED, holder=holder, lease_until=unit.at + LEASE, attempts=outbox.c.attempts + 1,
                first_try_at=row.first_try_at or unit.at,
            )
        )  # fmt: skip
        if row.state == Delivery.HELD:
            unit.record("outbox", row.case_id, "state", Delivery.HELD, Delivery.QUEUED)
        recipients = codec.read_words(row.recipients)
        taken.append(Outgoing(row_id, row.name, row.sender, recipients, codec.unpack(row.data)))
    return taken


def release(unit: UnitOfWork, holder: str) -> None:
    """A new worker is at work: what another had in hand and had not begun to send is free again.

    Should the other one still live, `mark_sending` lets only one of the two send it.
    """
    theirs = (
        outbox.c.state == Delivery.QUEUED,
        outbox.c.holder != holder,
        outbox.c.lease_until.is_not(None),
    )
    unit.session.execute(update(outbox).where(*theirs).values(lease_until=None))


def mark_sending(unit: UnitOfWork, row_id: int, holder: str) -> None:
    """The body is about to leave. Raises Refused when the row is no longer this worker's."""
    if not _move(
        unit,
        row_id,
        Delivery.SENDING,
        Delivery.QUEUED,
        outbox.c.holder == holder,
        lease_until=unit.at + LEASE,
    ):
        raise Refused(_("This reply is no longer waiting to be sent."))


def settle(unit: UnitOfWork, row_id: int, state: Delivery, reason: str = "") -> None:
    """Record how it ended: sent, failed, unsure or bounced. What is undelivered puts its case back in the queue."""
    values: dict[str, Any] = {"lease_until": None, "last_error": reason}
    if not _move(unit, row_id, state, None, **values):
        return
    if state in UNDELIVERED:
        _back_in_queue(unit, row_id)


def settle_partly(unit: UnitOfWork, row_id: int, refused: Mapping[str, str]) -> None:
    """Taken for some and refused for others: sent, but the case is back in the queue and says who got nothing."""
    reasons = "; ".join(f"{clean_line(who)} ({clean_line(why)})" for who, why in refused.items())
    words = _("The mail did not reach everybody. Refused: {reasons}.").format(reasons=reasons)
    settle(unit, row_id, Delivery.SENT, words)
    row = _row(unit, row_id)
    line = post.write(unit, case_id=row.case_id, kind="system", text=words, agent_id=None)
    unit.record("message", row.case_id, "system", None, line)
    _back_in_queue(unit, row_id)


def mark_copied(unit: UnitOfWork, row_id: int) -> None:
    """The mailbox holds a copy, or needs none."""
    unit.session.execute(update(outbox).where(outbox.c.id == row_id).values(copied=True))


def retry_later(unit: UnitOfWork, row_id: int, reason: str) -> None:
    """It broke before the body left: try again later, or give up after two days."""
    row = _row(unit, row_id)
    if row.first_try_at is not None and unit.at - row.first_try_at > GIVE_UP:
        settle(unit, row_id, Delivery.FAILED, reason)
        return
    wait = _WAITS[min(row.attempts, len(_WAITS)) - 1] if row.attempts else _WAITS[0]
    values = {"lease_until": None, "last_error": reason, "not_before": unit.at + wait * 1_000_000}
    _move(
        unit, row_id, Delivery.QUEUED, None, outbox.c.state.in_((Delivery.QUEUED, Delivery.SENDING)), **values
    )


def expire(unit: UnitOfWork) -> int:
    """Whose lease ended while sending may have left: they become unsure. Returns how many."""
    query = select(outbox.c.id).where(outbox.c.state == Delivery.SENDING, outbox.c.lease_until < unit.at)
    expired = unit.session.scalars(query).all()
    for row_id in expired:
        settle(
            unit,
            row_id,
            Delivery.UNSURE,
            _("The worker stopped while this was leaving; it may have arrived."),
        )
    return len(expired)


def retry(unit: UnitOfWork, row_id: int) -> int:
    """A person's word: send a failed or unsure reply again. Returns the stroke."""
    row = _row(unit, row_id)
    stroke = unit.stroke("retry")
    allowed = outbox.c.state.in_((Delivery.FAILED, Delivery.UNSURE))
    if not _move(
        unit, row_id, Delivery.QUEUED, None, allowed, not_before=unit.at, first_try_at=None, last_error=""
    ):
        raise Refused(
            _("This reply is {state}; only a failed or unsure one can be sent again.").format(state=row.state)
        )
    clocks.refresh(unit, [row.case_id])
    return stroke


def retry_message(unit: UnitOfWork, message_id: int) -> int:
    """The same by the message that the reply is. Returns the stroke."""
    return retry(unit, unit.session.execute(select(outbox.c.id).where(outbox.c.message_id == message_id)).scalar_one())


def cancel(unit: UnitOfWork, row_id: int) -> int:
    """A person's word: keep a reply in the house, its case back in the queue. Returns the stroke.

    Raises Refused when it is leaving or has left.
    """
    stroke = unit.stroke("cancel")
    take_back(unit, row_id)
    _back_in_queue(unit, row_id)
    return stroke


def take_back(unit: UnitOfWork, row_id: int, notice: str = "") -> None:
    """Stop a reply that has not begun to leave and give its text back to the writer's composer. Raises Refused."""
    row = _row(unit, row_id)
    waiting = outbox.c.state.in_((Delivery.HELD, Delivery.QUEUED))
    free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < unit.at)
    if not _move(unit, row_id, Delivery.CANCELLED, None, waiting, free):
        raise Refused(_("This reply is {state}: it can no longer be stopped.").format(state=row.state))
    drafts.restore(unit, row, notice)


def stop_held(unit: UnitOfWork, case_id: int) -> None:
    """A customer's message arrived: replies still held back go back to their composers (PRODUCT.md)."""
    query = select(outbox.c.id).where(outbox.c.case_id == case_id, outbox.c.state == Delivery.HELD)
    for row_id in unit.session.scalars(query).all():
        row = _row(unit, row_id)
        if _move(unit, row_id, Delivery.CANCELLED, Delivery.HELD):
            drafts.restore(unit, row, CUSTOMER_WROTE)


def _row(unit: UnitOfWork, row_id: int) -> Any:
    found = unit.session.execute(select(outbox).where(outbox.c.id == row_id)).one_or_none()
    if found is None:
        raise NotFound(_("There is no reply {number} in the outbox.").format(number=row_id))
    return found


def _move(
    unit: UnitOfWork, row_id: int, to: Delivery, before: Delivery | None, *guards: Any, **values: Any
) -> bool:
    """Move a row if it still is where the guards say; leaves a fact. True if it moved."""
    row = _row(unit, row_id)
    conditions: Sequence[Any] = (outbox.c.id == row_id, outbox.c.state == (before or row.state), *guards)
    moved = unit.session.execute(update(outbox).where(*conditions).values(state=to, **values)).rowcount == 1
    if moved and row.state != to:
        unit.record("outbox", row.case_id, "state", row.state, to)
    return moved


def _back_in_queue(unit: UnitOfWork, row_id: int) -> None:
    row = _row(unit, row_id)
    case = unit.session.execute(select(cases).where(cases.c.id == row.case_id).with_for_update()).one()
    if case.status in (Status.PENDING, Status.SNOOZED, Status.RESOLVED):
        unit.record("case", case.id, "status", case.status, Status.OPEN)
        unit.session.execute(
            update(cases).where(cases.c.id == case.id).values(
                status=Status.OPEN, snooze_until=None, resolved_at=None, version=cases.c.version + 1)
        )  # fmt: skip
    clocks.refresh(unit, [row.case_id])
