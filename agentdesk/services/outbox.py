"""The way of a reply out of the house: held, queued, sending, sent; or failed, unsure, cancelled, bounced.

Invariants: every move is a guarded UPDATE that says from which state, so two workers, an undo and a customer's message
can race and exactly one wins; `sending` is written right before the body is transmitted, a lease that ends in it is
`unsure` and waits for a person; the Message-ID and the bytes never change between attempts. A try that came to nothing
is recorded only for the worker that has the row in hand, so that a late one never frees what another is sending.
"""

import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, literal, or_, select, true, update

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import UNDELIVERED, Delivery, Status
from agentdesk.domain.mail import Outgoing
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.services import clocks, drafts, fields, post
from agentdesk.store import codec
from agentdesk.store.tables import ON_ITS_WAY, channels, messages, outbox, raws
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line

LEASE: Final = 300_000_000
"""Microseconds a worker has for one message before another may think it dead: more than a slow server's answers take
in all until the body may leave (`channels.email.smtp.BEFORE_BODY`)."""
SENDING_LEASE: Final = 900_000_000
"""The same once the body leaves: eight minutes for the body and five for the server's verdict, and some to spare."""
_OWN_LEASE: Final = 24 * 3600 * 1_000_000
"""Microseconds beyond its lease that a row stays with the worker that asks: while the store is away, its thread holds
the end in hand and will write it down."""
_WAITS: Final = (30, 120, 600, 1800, 3600, 7200)
"""Seconds before the next try after one that broke early; the last one repeats."""
GIVE_UP: Final = 48 * 3600 * 1_000_000
"""Microseconds of trying before a reply counts as failed."""
_ENDED: Final = (Delivery.CANCELLED, Delivery.SENT, Delivery.BOUNCED)
"""What a late worker's failed or unsure try says nothing about any more."""
CUSTOMER_WROTE: Final = N_(
    "The customer wrote while this was held back. Read the new lines, then send it again."
)

STOPPED: Final = N_(
    "The worker stopped while this was leaving: it may have been sent. Ask the recipient, or look in the mailbox, "
    "before sending it again."
)
"""Why a reply is unsure whose worker died, and what to do."""

THEY_WROTE: Final = N_("They answered while this was held back. Read the new lines, then send it again.")


def claim_due(
    unit: UnitOfWork, holder: str, limit: int = 10, channel_id: int | None = None
) -> list[Outgoing]:
    """Take what is due, of one channel or of all: held whose time has come, and queued. Returns the bytes to send."""
    due = (
        select(outbox.c.id)
        .where(
            ON_ITS_WAY, outbox.c.state != Delivery.SENDING, outbox.c.not_before <= unit.at,
            or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < unit.at),
        )
        .order_by(outbox.c.not_before, outbox.c.id).limit(limit).with_for_update(skip_locked=True)
    )  # fmt: skip
    if channel_id is not None:
        due = due.where(outbox.c.channel_id == channel_id)
    taken = []
    for row_id in unit.session.scalars(due).all():
        row = unit.session.execute(
            select(outbox, channels.c.name, raws.c.data)
            .join(channels, channels.c.id == outbox.c.channel_id)
            .outerjoin(raws, raws.c.message_id == outbox.c.message_id)
            .where(outbox.c.id == row_id)
        ).one()
        raw, lost = _bytes_of(row.data)
        if lost:
            settle(unit, row_id, Delivery.FAILED, lost)
            continue
        unit.session.execute(
            update(outbox).where(outbox.c.id == row_id).values(
                state=Delivery.QUEUED, holder=holder, lease_until=unit.at + LEASE, attempts=outbox.c.attempts + 1,
                first_try_at=row.first_try_at or unit.at,
            )
        )  # fmt: skip
        if row.state == Delivery.HELD:
            unit.record("outbox", row.case_id, "state", Delivery.HELD, Delivery.QUEUED)
        recipients = codec.read_words(row.recipients)[row.reached :]
        taken.append(Outgoing(row_id, row.name, row.sender, recipients, raw))
    return taken


def _bytes_of(data: bytes | None) -> tuple[bytes, str]:
    """A mail as it leaves, or why it cannot: such a one must not hold up those behind it."""
    if data is None:
        return b"", _("What this mail said was erased, so it cannot be sent.")
    try:
        return codec.unpack(data), ""
    except zlib.error:
        return b"", _("This mail is damaged in the store, so it cannot be sent: write it once more.")


def release(unit: UnitOfWork, holder: str) -> None:
    """A new worker is at work: what another had in hand and had not begun to send is free again.

    Should the other one still live, `mark_sending` lets only one of the two send it.
    """
    theirs = (
        ON_ITS_WAY,
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
        lease_until=unit.at + SENDING_LEASE,
    ):
        raise Refused(_("This reply is no longer waiting to be sent."))


def settle(
    unit: UnitOfWork, row_id: int, state: Delivery, reason: str = "", *, holder: str | None = None
) -> None:
    """Record how it ended: sent, failed, unsure or bounced. What is undelivered puts its case back in the queue.

    That a try came to nothing counts no more for a reply that was taken back or sent since, nor, with `holder` given,
    for one that is no longer in that worker's hand. What some have got cannot fail: it is sent, and the case says for
    whom it was not.
    """
    guards: tuple[Any, ...] = ()
    if state in (Delivery.FAILED, Delivery.UNSURE):
        guards = _guards(holder, outbox.c.state.not_in(_ENDED))
    elif state is Delivery.SENT:
        guards = (outbox.c.state != Delivery.BOUNCED,)  # a report may be faster than the server's last word
    row = _held_row(unit, row_id)
    if state is Delivery.FAILED and row.reached:
        _reached_some(
            unit, row, _("The mail did not reach everybody. {reason}").format(reason=reason), *guards
        )
    else:
        _settle(unit, row, state, reason, *guards)


def _guards(holder: str | None, *others: Any) -> tuple[Any, ...]:
    return others if holder is None else (*others, outbox.c.holder == holder)


def _settle(unit: UnitOfWork, row: Any, state: Delivery, reason: str, *guards: Any) -> bool:
    if not _move(unit, row.id, state, None, *guards, lease_until=None, last_error=reason):
        return False
    if state in UNDELIVERED:
        _back_in_queue(unit, row.case_id)
    elif row.state in UNDELIVERED:
        clocks.refresh(unit, [row.case_id])
    return True


def settle_partly(unit: UnitOfWork, row_id: int, refused: Mapping[str, str]) -> None:
    """Taken for some and refused for others: sent, but the case is back in the queue and says who got nothing."""
    _reached_some(unit, _held_row(unit, row_id), _nothing_for(refused))


def settle_so_far(
    unit: UnitOfWork, row_id: int, holder: str, refused: Mapping[str, str], later: Mapping[str, str]
) -> None:
    """Taken for some, put off for others: these alone are tried again, soon; the others will not get it twice.

    `later` maps each one put off to the reason, "" where it was only their number.
    """
    row = _held_row(unit, row_id)
    everybody = codec.read_words(row.recipients)
    done = [who for who in everybody if who not in later]
    wait = _WAITS[0] if any(later.values()) else 0
    people = "; ".join(
        f"{clean_line(who)} ({clean_line(why)})" if why else clean_line(who) for who, why in later.items()
    )
    moved = _move(
        unit, row_id, Delivery.QUEUED, Delivery.SENDING, outbox.c.holder == holder, lease_until=None, attempts=0,
        recipients=codec.words([*done, *(who for who in everybody if who in later)]), reached=len(done),
        not_before=unit.at + wait * 1_000_000,
        last_error=_("Some have this mail; it will be tried again for: {people}.").format(people=people),
    )  # fmt: skip
    if moved and refused:
        _tell_case(unit, row.case_id, _nothing_for(refused))


def _nothing_for(refused: Mapping[str, str]) -> str:
    reasons = "; ".join(f"{clean_line(who)} ({clean_line(why)})" for who, why in refused.items())
    return _("The mail did not reach everybody. Refused: {reasons}.").format(reasons=reasons)


def _reached_some(unit: UnitOfWork, row: Any, words: str, *guards: Any) -> None:
    if row.state == Delivery.SENT and row.last_error == words:
        return  # the store took it and its answer was lost: it is not said twice
    if _settle(unit, row, Delivery.SENT, words, *guards):
        _tell_case(unit, row.case_id, words)


def tell_not_everybody(unit: UnitOfWork, row_id: int, reason: str) -> None:
    """A report about one who has it, while it is tried again for others: the case says so."""
    row = _held_row(unit, row_id)
    _tell_case(
        unit, row.case_id, _("The mail did not reach everybody. {reason}").format(reason=clean_line(reason))
    )


def _tell_case(unit: UnitOfWork, case_id: int, words: str) -> None:
    line = post.write(unit, case_id=case_id, kind="system", text=words, agent_id=None)
    unit.record("message", case_id, "system", None, line)
    _back_in_queue(unit, case_id)


def mark_copied(unit: UnitOfWork, row_id: int) -> None:
    """The mailbox holds a copy, or needs none."""
    unit.session.execute(update(outbox).where(outbox.c.id == row_id).values(copied=True))


def retry_later(unit: UnitOfWork, row_id: int, reason: str, *, holder: str | None = None) -> None:
    """It broke before the body left: try again later, or give up after two days. With `holder` given only while it is
    in that worker's hand."""
    row = _row(unit, row_id)
    if row.first_try_at is not None and unit.at - row.first_try_at > GIVE_UP:
        settle(unit, row_id, Delivery.FAILED, reason, holder=holder)
        return
    wait = _WAITS[min(row.attempts, len(_WAITS)) - 1] if row.attempts else _WAITS[0]
    values = {"lease_until": None, "last_error": reason, "not_before": unit.at + wait * 1_000_000}
    leaving = outbox.c.state.in_((Delivery.QUEUED, Delivery.SENDING))
    _move(unit, row_id, Delivery.QUEUED, None, *_guards(holder, leaving), **values)


def expire(unit: UnitOfWork, worker: str = "") -> int:
    """Whose lease ended while sending may have left: they become unsure. Returns how many.

    `worker` asks: a thread of its own that could not write down the end yet still has it in hand.
    """
    late = (
        ON_ITS_WAY,
        outbox.c.state == Delivery.SENDING,
        outbox.c.lease_until < unit.at,
        or_(
            ~outbox.c.holder.startswith(worker, autoescape=True) if worker else true(),
            outbox.c.lease_until < unit.at - _OWN_LEASE,
        ),
    )
    expired = unit.session.scalars(select(outbox.c.id).where(*late)).all()
    # Its worker may be late rather than dead: what it has recorded since stands.
    return sum(
        _settle(unit, _held_row(unit, row_id), Delivery.UNSURE, _(STOPPED), *late) for row_id in expired
    )


def retry(unit: UnitOfWork, row_id: int) -> int:
    """A person's word: send a failed or unsure reply again. Returns the stroke.

    Why it failed stays until it ends otherwise: who takes this back reads it again.
    """
    row = _held_row(unit, row_id)
    check_there(unit, row)
    stroke = unit.stroke("retry")
    allowed = outbox.c.state.in_((Delivery.FAILED, Delivery.UNSURE))
    if not _move(
        unit,
        row_id,
        Delivery.QUEUED,
        None,
        allowed,
        not_before=unit.at,
        first_try_at=None,
        holder="",
    ):
        raise Refused(
            _("This reply is {state}; only a failed or unsure one can be sent again.").format(
                state=_state_now(unit, row_id)
            )
        )
    unit.record("outbox", row.case_id, "sent again", row.state, row_id)
    clocks.refresh(unit, [row.case_id])
    return stroke


def check_there(unit: UnitOfWork, row: Any) -> None:
    """Raises Refused when what a reply said, or whom it went to, was erased: nothing of it can leave once more."""
    there = unit.session.scalar(select(raws.c.message_id).where(raws.c.message_id == row.message_id))
    if there is None or row.recipients == "[]":
        raise Refused(_("What this reply said was erased, so it cannot be sent again."))


def stop_again(unit: UnitOfWork, row_id: int, before: str) -> None:
    """Undo of a retry: it is `before` again, as long as no worker has taken it. Raises Refused."""
    row = _held_row(unit, row_id)
    free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < unit.at)
    if not _move(unit, row_id, Delivery(before), Delivery.QUEUED, free):
        raise Refused(_gone(unit, row_id))
    unit.record("outbox", row.case_id, "stopped again", row_id, before)


def retry_message(unit: UnitOfWork, message_id: int) -> int:
    """The same by the message that the reply is. Returns the stroke."""
    return retry(
        unit, unit.session.execute(select(outbox.c.id).where(outbox.c.message_id == message_id)).scalar_one()
    )


def retry_case(unit: UnitOfWork, case_id: int) -> int:
    """The same for the newest failed or unsure reply of a case. Returns the stroke. Raises Refused when it has none."""
    fields.lock(unit, case_id)
    unsent = select(outbox.c.id).where(
        outbox.c.case_id == case_id, outbox.c.state.in_((Delivery.FAILED, Delivery.UNSURE))
    )
    found = unit.session.scalar(unsent.order_by(outbox.c.id.desc()).limit(1))
    if found is None:
        raise Refused(_("Case #{number} has no reply that failed.").format(number=case_id))
    return retry(unit, found)


def cancel(unit: UnitOfWork, row_id: int) -> int:
    """A person's word: keep a reply in the house, its case back in the queue. Returns the stroke.

    Raises Refused when it is leaving or has left.
    """
    row = _held_row(unit, row_id)
    stroke = unit.stroke("cancel")
    take_back(unit, row_id)
    unit.record("outbox", row.case_id, "taken back", row_id, None)
    _back_in_queue(unit, row.case_id)
    return stroke


def take_back(unit: UnitOfWork, row_id: int, *, unopened: bool = False) -> None:
    """Stop a reply that has not begun to leave and give its text back to the writer's composer. Raises Refused.

    `unopened`: the case it opened is taken back as well, so the text is a new mail again.
    """
    row = _held_row(unit, row_id)
    waiting = outbox.c.state.in_((Delivery.HELD, Delivery.QUEUED))
    free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < unit.at)
    if row.reached:
        raise Refused(_("Some of the recipients have this reply: it can no longer be stopped."))
    if not _move(unit, row_id, Delivery.CANCELLED, None, waiting, free):
        raise Refused(_gone(unit, row_id))
    drafts.restore(unit, row, "", unopened=unopened)


def stop_held(unit: UnitOfWork, case_ids: Collection[int]) -> None:
    """Customers wrote in these cases: replies still held back go back to their composers (PRODUCT.md)."""
    _stop_held(unit, outbox.c.case_id.in_(case_ids) & messages.c.side_id.is_(None), CUSTOMER_WROTE)


def stop_held_aside(unit: UnitOfWork, side_ids: Collection[int]) -> None:
    """The same for side conversations in which somebody answered."""
    _stop_held(unit, messages.c.side_id.in_(side_ids), THEY_WROTE)


def _stop_held(unit: UnitOfWork, which: ColumnElement[bool], why: str) -> None:
    query = select(outbox.c.id).join(messages, messages.c.id == outbox.c.message_id)
    held = outbox.c.state == literal(
        Delivery.HELD, literal_execute=True
    )  # the index of held rows names it, too
    for row_id in unit.session.scalars(query.where(which, held)).all():
        row = _row(unit, row_id)
        if _move(unit, row_id, Delivery.CANCELLED, Delivery.HELD):
            drafts.restore(unit, row, why)
            _back_in_queue(
                unit, row.case_id
            )  # what did not leave is not to be slept on, whatever ends a snooze


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


def _held_row(unit: UnitOfWork, row_id: int) -> Any:
    """The row, its case held until commit: whoever changes both holds the case first, so nobody waits in a ring."""
    fields.lock(unit, _row(unit, row_id).case_id)
    return _row(unit, row_id)


def _state_now(unit: UnitOfWork, row_id: int) -> str:
    return str(_row(unit, row_id).state)


def _gone(unit: UnitOfWork, row_id: int) -> str:
    return _("This reply is {state}: it can no longer be stopped.").format(state=_state_now(unit, row_id))


def _back_in_queue(unit: UnitOfWork, case_id: int) -> None:
    case = fields.lock(unit, case_id)
    if case.status in (Status.PENDING, Status.SNOOZED, Status.RESOLVED):
        fields.change(unit, case, status=Status.OPEN, snooze_until=None, resolved_at=None)
    clocks.refresh(unit, [case_id])
