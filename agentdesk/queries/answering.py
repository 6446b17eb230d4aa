"""To whom an answer goes: the customer's, or a side conversation's.

Invariants: reply-all is kept and none of our own addresses is ever among the recipients; a customer's answer is read
from the customer's messages alone and a side's from that side's alone.
"""

import json
from typing import Any

from sqlalchemy import Connection, Row, select

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address
from agentdesk.mail.addresses import reply_recipients
from agentdesk.store import codec
from agentdesk.store.tables import channels, messages, outbox, sides
from agentdesk.text.clean import clean_line

Recipients = tuple[tuple[Address, ...], tuple[Address, ...]]
_LOOKED_AT = 50
"""Newest messages of a side among which the one that is answered is looked for."""


def recipients(session: Connection, case_id: int) -> Recipients:
    """(To, Cc) of an answer in this case: to all of the newest customer's message, else as our last one went."""
    query = (
        select(messages)
        .where(messages.c.case_id == case_id, messages.c.side_id.is_(None),
               messages.c.kind.in_(("inbound", "outbound")))
        .order_by(messages.c.person.desc(), (messages.c.kind == "inbound").desc(), messages.c.id.desc()).limit(1)
    )  # fmt: skip
    row = session.execute(query).one_or_none()
    return ((), ()) if row is None else _of(row, _own(session))


def side_recipients(session: Connection, side_id: int) -> Recipients:
    """(To, Cc) of a further mail in a side conversation: to all of their newest, else as our last one went."""
    cancelled = select(outbox.c.id).where(
        outbox.c.message_id == messages.c.id, outbox.c.state == Delivery.CANCELLED
    )
    query = (
        select(messages)
        .where(messages.c.side_id == side_id, ~cancelled.exists())
        .order_by((messages.c.kind == "inbound").desc(), messages.c.id.desc())
        .limit(_LOOKED_AT)
    )
    # By case and side together an index finds them; a side alone has none.
    case_id = session.scalar(select(sides.c.case_id).where(sides.c.id == side_id))
    rows = session.execute(query.where(messages.c.case_id == case_id)).all()
    row = next((row for row in rows if not _automatic(row)), None)
    if row is not None:
        return _of(row, _own(session))
    people = session.scalar(select(sides.c.people).where(sides.c.id == side_id))
    return codec.read_people(people), ()


def _of(row: Row[Any], own: frozenset[str]) -> Recipients:
    to, cc = codec.read_people(row.to), codec.read_people(row.cc)
    if row.kind == "outbound":
        return to, cc
    sender = Address(clean_line(row.from_name), clean_line(row.from_address)) if row.from_address else None
    named = json.loads(row.facts).get("reply_to", ())
    reply_to = tuple(Address(clean_line(one["name"]), clean_line(one["address"])) for one in named)
    return reply_recipients(sender, reply_to, to, cc, own)


def _own(session: Connection) -> frozenset[str]:
    return frozenset(address.lower() for address in session.scalars(select(channels.c.address)) if address)


def _automatic(row: Row[Any]) -> bool:
    facts = json.loads(row.facts)
    return row.kind == "inbound" and bool(facts.get("auto_submitted") or facts.get("bounce"))
