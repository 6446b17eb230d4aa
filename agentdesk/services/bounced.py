"""A delivery report finds the message it is about, which then is `bounced`, says who did not get it and why.

Mails that were sent elsewhere (from a telephone, found in the Sent folder) have no row in the outbox until a report
comes about one: it gets one then, so that it shows, waits and puts its case back like any other.
Invariant: a report marks a message only by its id, or, where it names none, by the recipient when exactly one reply of
the last days went there: never by a guess.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, insert, select

from agentdesk.domain.courtesy import DAY
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Message
from agentdesk.services import customers, outbox
from agentdesk.services.known import Known, Seen
from agentdesk.store import codec
from agentdesk.store.tables import cases, channels, messages
from agentdesk.store.tables import outbox as outbox_rows
from agentdesk.store.unit import UnitOfWork

_LEFT = (Delivery.SENT, Delivery.SENDING, Delivery.UNSURE, Delivery.BOUNCED)
_RECENT = 5 * DAY
"""Mail servers give up within five days (RFC 5321 4.5.4.1)."""
_NEWEST = 2000
"""Messages among which a report is looked for that came before the mail it is about."""
_MOST_REASON = 1000


def about(unit: UnitOfWork, known: Known, message: Message) -> str | None:
    """The id of the mail that a report without one is about; None unless there is exactly one that it can be."""
    who = (message.bounced_recipient or "").lower()
    if not who or not message.bounce or message.bounced_message_id:
        return None
    customer = customers.by_address(unit.session, [who]).get(who)
    if customer is None:
        return None
    query = (
        select(messages.c.id, messages.c.message_id, messages.c.case_id, messages.c.side_id, messages.c.from_address,
               messages.c.sent_at, outbox_rows.c.recipients)
        .join(outbox_rows, outbox_rows.c.message_id == messages.c.id).join(cases, cases.c.id == outbox_rows.c.case_id)
        .where(cases.c.customer_id == customer, outbox_rows.c.state.in_(_LEFT),
               outbox_rows.c.not_before > unit.at - _RECENT)
    )  # fmt: skip
    found = [row for row in unit.session.execute(query) if _went_to(row, who)]
    if len(found) != 1 or not found[0].message_id:
        return None
    row = found[0]
    known.ours[row.message_id] = row.id
    seen = Seen(row.case_id, row.side_id, row.from_address.lower(), row.sent_at)
    known.seen.setdefault(row.message_id, [seen])
    if row.side_id is not None:
        known.sides.setdefault(row.message_id, row.side_id)
    return str(row.message_id)


def _went_to(row: Any, who: str) -> bool:
    return who in (one.lower() for one in codec.read_words(row.recipients))


def mark(unit: UnitOfWork, message_row: int, reason: str) -> None:
    """The message did not arrive: its case is back in the queue, and the message says why."""
    query = select(outbox_rows).where(outbox_rows.c.message_id == message_row)
    row = unit.session.execute(query).one_or_none()
    if row is None:
        row_id = _sent_elsewhere(unit, message_row)
    elif row.state in _LEFT:
        row_id = row.id
        if row.state == Delivery.BOUNCED and reason not in row.last_error:
            reason = "; ".join(filter(None, (row.last_error, reason)))[:_MOST_REASON]
    else:
        if row.reached and row.state == Delivery.QUEUED:
            outbox.tell_not_everybody(unit, row.id, reason)
        return
    outbox.settle(unit, row_id, Delivery.BOUNCED, reason)


def _sent_elsewhere(unit: UnitOfWork, message_row: int) -> int:
    """The outbox row of a mail that left without us."""
    query = select(messages, channels.c.address).outerjoin(channels, channels.c.id == messages.c.channel_id)
    row = unit.session.execute(query.where(messages.c.id == message_row)).one()
    people = (*codec.read_people(row.to), *codec.read_people(row.cc))
    key = unit.session.execute(
        insert(outbox_rows).values(
            message_id=row.id, case_id=row.case_id, channel_id=row.channel_id, state=Delivery.SENT, not_before=row.at,
            sender=row.address or row.from_address, copied=True, answered_at=row.at,
            recipients=codec.words({who.key: who.address for who in people}.values()),
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    return int(key[0])


def reason_of(message: Message) -> str:
    """Who did not get it and why, as the agent reads it on the message."""
    named = " ".join(filter(None, (message.bounced_recipient, message.bounce_status)))
    said = message.bounce_reason
    if not said or said == message.bounced_recipient:
        return named
    return (
        said
        if not message.bounce_status or message.bounce_status in said
        else f"{said} ({message.bounce_status})"
    )


class Early:
    """The newest reports that came before the mail they are about: the inbox is read before the Sent folder is."""

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._reasons: Mapping[str, str] | None = None

    def reason(self, message_id: str | None) -> str | None:
        """Why this mail, just found in the Sent folder, is known not to have arrived."""
        if self._reasons is None:
            self._reasons = _came_before(self._unit)
        return self._reasons.get(message_id) if message_id else None


def _came_before(unit: UnitOfWork) -> Mapping[str, str]:
    newest = select(func.max(messages.c.id)).scalar_subquery()
    query = select(messages.c.facts).where(
        messages.c.id > newest - _NEWEST, messages.c.kind == "inbound", messages.c.facts.like('%"bounce": true%'),
        messages.c.at > unit.at - _RECENT,
    )  # fmt: skip
    found: dict[str, str] = {}
    for text in unit.session.scalars(query):
        facts = json.loads(text)
        if facts.get("bounced_message_id"):
            who, status = facts.get("bounced_recipient"), facts.get("bounce_status")
            found[facts["bounced_message_id"]] = " ".join(filter(None, (who, status)))
    return found
