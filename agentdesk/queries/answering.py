"""To whom an answer goes: the customer's, or a side conversation's.

Invariants: reply-all is kept and none of our own addresses is ever among the recipients; a customer's answer is read
from the customer's messages alone and a side's from that side's alone; nobody gets an answer by itself only because
they wrote into a case, or because a mail that anybody may have forged asks for it.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select, tuple_

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address
from agentdesk.domain.takingpart import FORGED, NOT_ANSWERED, PASSED_ON, UNKNOWN
from agentdesk.mail.addresses import reply_recipients
from agentdesk.store import codec, takingpart
from agentdesk.store.tables import channels, messages, outbox, sides
from agentdesk.text.clean import clean_line

Recipients = tuple[tuple[Address, ...], tuple[Address, ...]]
_LOOKED_AT = 50
"""Newest messages of a side among which the one that is answered is looked for."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody whom an answer does not go to by itself."""

    who: Address
    wrote: bool
    """They wrote without having been part of the case; else a known sender asks for answers to this address."""


def recipients(session: Connection, case_id: int) -> Recipients:
    """(To, Cc) of an answer in this case: to all of the newest message of a customer's who takes part, else as our
    last one went. Whoever wrote without having been part of the case is left out until somebody accepts them."""
    row = _answered(session, case_id)
    return ((), ()) if row is None else _of(row, _own(session), _asked(session, row))


def left_out(session: Connection, case_id: int) -> tuple[LeftOut, ...]:
    """Whom the answer does not go to though a newer mail is theirs, or the one that is answered asks for it."""
    row = _answered(session, case_id)
    query = select(messages.c.from_name, messages.c.from_address).where(
        messages.c.case_id == case_id, messages.c.side_id.is_(None), messages.c.kind == "inbound",
        messages.c.marks.like(f'%"{UNKNOWN}"%'),
    )  # fmt: skip
    if row is not None:
        query = query.where(tuple_(messages.c.at, messages.c.id) > tuple_(row.at, row.id))
    rows = session.execute(query.order_by(messages.c.at.desc(), messages.c.id.desc()).limit(_LOOKED_AT))
    found = [LeftOut(Address(clean_line(one.from_name), clean_line(one.from_address)), True) for one in rows]
    if row is not None and row.kind == "inbound":
        asked = _asked(session, row)
        found += [LeftOut(one, False) for one in (*_reply_to(row), *_doubtful(row)) if one not in asked]
    return tuple({one.who.key: one for one in reversed(found)}.values())


def unaccepted(session: Connection, case_id: int) -> tuple[Address, ...]:
    """Everybody who wrote in the case without having been part of it, whoever wrote last first."""
    query = select(messages.c.from_name, messages.c.from_address).where(
        messages.c.case_id == case_id, messages.c.side_id.is_(None), messages.c.kind == "inbound",
        messages.c.marks.like(f'%"{UNKNOWN}"%'), messages.c.from_address != "",
    )  # fmt: skip
    found: dict[str, Address] = {}
    for row in session.execute(query.order_by(messages.c.at.desc(), messages.c.id.desc())):
        who = Address(clean_line(row.from_name), clean_line(row.from_address))
        found.setdefault(who.key, who)
    return tuple(found.values())


def _answered(session: Connection, case_id: int) -> Row[Any] | None:
    """The message whose people get the answer. Each step stops at the first row that an index finds, newest first."""
    here = (messages.c.case_id == case_id, messages.c.side_id.is_(None))
    newest = select(messages).where(*here).order_by(messages.c.at.desc(), messages.c.id.desc()).limit(1)
    doubtful = or_(*(messages.c.marks.like(f'%"{mark}"%') for mark in NOT_ANSWERED))
    theirs, ours = messages.c.kind == "inbound", messages.c.kind == "outbound"
    for which in (messages.c.person & ~doubtful, theirs & ~doubtful, ours, theirs):
        row = session.execute(newest.where(which)).one_or_none()
        if row is not None:
            return row
    return None


def _asked(session: Connection, row: Row[Any]) -> tuple[Address, ...]:
    """Where the mail asks for answers, as far as that is believed: anybody who knows a customer's address can write a
    Reply-To under it, so that only the mail that begins a case names somebody new there."""
    named = _reply_to(row)
    seen = {row.from_address.lower()}
    seen |= {one.key for one in (*codec.read_people(row.to), *codec.read_people(row.cc))}
    if all(one.key in seen for one in named):
        return named
    known = seen | takingpart.read(session, row.case_id).known
    return tuple(one for one in named if one.key in known)


def _reply_to(row: Row[Any]) -> tuple[Address, ...]:
    if PASSED_ON in codec.read_words(row.marks):
        return ()  # it is of whoever passed the mail on, and the answer is the customer's
    named = json.loads(row.facts).get("reply_to", ())
    return tuple(Address(clean_line(one["name"]), clean_line(one["address"])) for one in named)


def _doubtful(row: Row[Any]) -> tuple[Address, ...]:
    """Whom else a mail names that may be a forger's: the answer goes to the owner of its address alone."""
    return codec.read_people(row.cc) if _names_nobody(row) else ()


def _names_nobody(row: Row[Any]) -> bool:
    return not {FORGED, PASSED_ON}.isdisjoint(codec.read_words(row.marks))


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
        return _of(row, _own(session), _reply_to(row))
    people = session.scalar(select(sides.c.people).where(sides.c.id == side_id))
    return codec.read_people(people), ()


def _of(row: Row[Any], own: frozenset[str], reply_to: tuple[Address, ...]) -> Recipients:
    to, cc = codec.read_people(row.to), codec.read_people(row.cc)
    if row.kind == "outbound":
        return to, cc
    if _names_nobody(row):
        to = cc = ()
    sender = Address(clean_line(row.from_name), clean_line(row.from_address)) if row.from_address else None
    return reply_recipients(sender, reply_to, to, cc, own)


def _own(session: Connection) -> frozenset[str]:
    return frozenset(address.lower() for address in session.scalars(select(channels.c.address)) if address)


def _automatic(row: Row[Any]) -> bool:
    facts = json.loads(row.facts)
    return row.kind == "inbound" and bool(facts.get("auto_submitted") or facts.get("bounce"))
