"""Everything that is held on a customer, to be given to them (GDPR articles 15 and 20): as one document.

Invariants: complete (each message of their cases and of others' cases in which they took part, with its texts, files,
marks and times; orders, notes with their authors, drafts, side conversations, what stands in the quarantine), bytes
apart and named by a path; what others from outside wrote is marked `third_party`, for whoever gives it away to look at.
Text is clean; no key, no password and no mark of a tombstone is ever in it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from agentdesk.config.language import _
from agentdesk.domain.forgetting import Person
from agentdesk.domain.instants import iso, moment
from agentdesk.domain.problems import NotFound
from agentdesk.queries.heads import heads, logins
from agentdesk.store import codec, traces
from agentdesk.store.tables import (
    agents,
    automatic_answers,
    blocks,
    changes,
    channels,
    customer_notes,
    customers,
    drafts,
    messages,
    order_lines,
    order_sources,
    orders,
    outbox,
    participants,
    quarantine,
    raws,
    sides,
)
from agentdesk.store.traces import Theirs, parts
from agentdesk.text.blanking import Blanking
from agentdesk.text.clean import clean, clean_line

Shape = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holdings:
    """The document, and which bytes belong to it: (path, kind, id) of mails."""

    document: Shape
    bytes_of: tuple[tuple[str, str, int], ...]


def of(session: Connection, customer_id: int, now: datetime) -> Holdings:
    """All that is held. Raises NotFound."""
    person = traces.person(session, customer_id)
    if person is None or person.erased:
        raise NotFound(_("There is no customer {number}.").format(number=customer_id))
    blanking = Blanking(person.addresses)
    named = traces.naming(session, blanking)
    theirs = traces.theirs(session, person, named)
    here = {*theirs.gone, *theirs.others}
    with_bytes = _with_bytes(session, here)
    aside = [row for row in _quarantine(session) if blanking.holds(codec.unpack(row.data))]
    document = {
        "exported_at": iso(now), "customer": _customer(session, customer_id, person),
        "cases": list(_cases(session, theirs)), "messages": list(_messages(session, theirs, with_bytes)),
        "drafts": list(_drafts(session, theirs)), "side_conversations": list(_sides(session, theirs)),
        "orders": list(_orders(session, person)), "notes": list(_notes(session, person)),
        "participant_in": list(_rows(session, participants, person)), "blocks": list(_rows(session, blocks, person)),
        "automatic_answers": list(_rows(session, automatic_answers, person)),
        "quarantine": [
            {"id": row.id, "at": _time(row.at), "reason": clean_line(row.reason), "file": f"quarantine/{row.id}.eml"}
            for row in aside
        ],
        "named_elsewhere": list(_elsewhere(session, sorted(set(named) - here))),
    }  # fmt: skip
    files = [(f"messages/{one}.eml", "message", one) for one in sorted(with_bytes)]
    files += [(f"quarantine/{row.id}.eml", "quarantine", row.id) for row in aside]
    return Holdings(document, tuple(files))


def content(session: Connection, kind: str, row_id: int) -> bytes:
    """The bytes of one mail that a document names."""
    table, key = (raws, raws.c.message_id) if kind == "message" else (quarantine, quarantine.c.id)
    return codec.unpack(session.execute(select(table.c.data).where(key == row_id)).scalar_one())


def _customer(session: Connection, customer_id: int, person: Person) -> Shape:
    rows = session.execute(
        select(customers).where(customers.c.id.in_(person.customers)).order_by(customers.c.id)
    ).all()
    root = next(row for row in rows if row.merged_into is None)
    return {
        "id": customer_id, "name": clean_line(root.name), "language": root.language,
        "addresses": list(person.addresses),
        "created_at": _time(root.created_at),
        "merged": [
            {"id": row.id, "name": clean_line(row.name), "created_at": _time(row.created_at)}
            for row in rows if row.merged_into is not None
        ],
    }  # fmt: skip


def _cases(session: Connection, theirs: Theirs) -> Iterator[Shape]:
    names = logins(session)
    for part in parts(theirs.cases):
        facts: dict[int, list[Shape]] = {}
        query = select(changes).where(changes.c.case_id.in_(part)).order_by(changes.c.id)
        for row in session.execute(query):
            facts.setdefault(row.case_id, []).append({
                "at": _time(row.at), "actor": names.get(row.agent_id, "system"), "kind": row.kind, "field": row.field,
                "before": row.before, "after": row.after,
            })  # fmt: skip
        for case in heads(session, part):
            yield {
                "number": case.id, "subject": case.subject, "status": case.status.value,
                "priority": case.priority.value, "channel": case.channel, "owner": case.owner, "team": case.team,
                "tags": list(case.tags), "language": case.language, "created_at": iso(case.created_at),
                "updated_at": iso(case.updated_at), "merged_into": case.merged_into, "related": list(case.related),
                "changes": facts.get(case.id, []),
            }  # fmt: skip


def _with_bytes(session: Connection, ids: set[int]) -> set[int]:
    found: set[int] = set()
    for part in parts(ids):
        found.update(session.scalars(select(raws.c.message_id).where(raws.c.message_id.in_(part))))
    return found


def _messages(session: Connection, theirs: Theirs, with_bytes: set[int]) -> Iterator[Shape]:
    query = (
        select(messages, channels.c.name.label("channel"), agents.c.name.label("agent"), outbox.c.state)
        .outerjoin(channels, channels.c.id == messages.c.channel_id)
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .outerjoin(outbox, outbox.c.message_id == messages.c.id)
    )  # fmt: skip
    third = set(theirs.others)
    for part in parts({*theirs.gone, *theirs.others}):
        files = traces.files_of(session, part)
        for row in session.execute(query.where(messages.c.id.in_(part)).order_by(messages.c.id)):
            yield {
                "id": row.id, "case": row.case_id, "kind": row.kind, "channel": row.channel,
                "at": _time(row.at), "sent_at": _time(row.sent_at), "from": _who(row.from_name, row.from_address),
                **{name: _people(getattr(row, name)) for name in ("to", "cc", "bcc")},
                "author": clean_line(row.agent or ""), "subject": clean_line(row.subject), "text": clean(row.text),
                "reply_text": clean(row.text if row.reply_text is None else row.reply_text),
                "message_id": row.message_id, "in_reply_to": list(codec.read_words(row.in_reply_to)),
                "references": list(codec.read_words(row.references)), "marks": list(codec.read_words(row.marks)),
                "facts": json.loads(row.facts), "delivery": row.state, "third_party": row.id in third,
                "attachments": [
                    {"filename": clean_line(one.filename), "content_type": one.content_type, "size": one.size,
                     "inline": one.inline, "sha256": one.sha256}
                    for one in files.get(row.id, [])
                ],
                "file": f"messages/{row.id}.eml" if row.id in with_bytes else None,
            }  # fmt: skip


def _drafts(session: Connection, theirs: Theirs) -> Iterator[Shape]:
    for part in parts(theirs.cases):
        query = select(drafts, agents.c.name).join(agents, agents.c.id == drafts.c.agent_id)
        for row in session.execute(query.where(drafts.c.case_id.in_(part)).order_by(drafts.c.id)):
            yield {
                "case": row.case_id, "kind": row.kind, "author": clean_line(row.name), "to": _people(row.to),
                "cc": _people(row.cc), "subject": clean_line(row.subject), "text": clean(row.body),
                "updated_at": _time(row.updated_at),
            }  # fmt: skip


def _sides(session: Connection, theirs: Theirs) -> Iterator[Shape]:
    for part in parts(theirs.cases):
        for row in session.execute(select(sides).where(sides.c.case_id.in_(part)).order_by(sides.c.id)):
            yield {
                "case": row.case_id, "subject": clean_line(row.subject), "people": _people(row.people),
                "created_at": _time(row.created_at), "closed_at": _time(row.closed_at),
            }  # fmt: skip


def _orders(session: Connection, person: Person) -> Iterator[Shape]:
    query = (
        select(orders, order_sources.c.name.label("source"))
        .join(order_sources, order_sources.c.id == orders.c.source_id)
        .where(orders.c.address.in_(person.addresses)).order_by(orders.c.id)
    )  # fmt: skip
    for row in session.execute(query).all():
        lines = select(order_lines).where(order_lines.c.order_id == row.id).order_by(order_lines.c.position)
        yield {
            "number": row.number, "source": row.source, "customer": _who(row.name, row.address), "status": row.status,
            **{name: _time(getattr(row, name)) for name in ("placed_at", "promised_at", "delivered_at")},
            "total": {"amount": row.total, "currency": row.currency} if row.total else None,
            "carrier": row.carrier, "tracking": row.tracking, "tracking_url": row.tracking_url,
            "lines": [
                {"sku": one.sku, "name": clean_line(one.name), "quantity": one.quantity, "amount": one.amount}
                for one in session.execute(lines)
            ],
        }  # fmt: skip


def _notes(session: Connection, person: Person) -> Iterator[Shape]:
    """Those that were taken away as well: they are held until they are erased."""
    query = (
        select(customer_notes, agents.c.name)
        .outerjoin(agents, agents.c.id == customer_notes.c.agent_id)
        .where(customer_notes.c.customer_id.in_(person.customers)).order_by(customer_notes.c.id)
    )  # fmt: skip
    for row in session.execute(query):
        yield {
            "at": _time(row.at), "author": clean_line(row.name or ""), "text": clean(row.text),
            "removed_at": _time(row.removed_at),
        }  # fmt: skip


def _rows(session: Connection, table: Any, person: Person) -> Iterator[Shape]:
    """Plain rows that hold an address of theirs: the address, when, and the case or message they are about."""
    named = [column for column in (table.c.get("case_id"), table.c.get("message_id")) if column is not None]
    query = select(table.c.address, table.c.at, *named).where(table.c.address.in_(person.addresses))
    for row in session.execute(query.order_by(table.c.at)):
        more = {column.name.removesuffix("_id"): value for column, value in zip(named, row[2:], strict=True)}
        yield {"address": row.address, "at": _time(row.at)} | more


def _quarantine(session: Connection) -> Iterator[Any]:
    ids = session.scalars(select(quarantine.c.id).order_by(quarantine.c.id)).all()
    for row_id in ids:
        yield session.execute(select(quarantine).where(quarantine.c.id == row_id)).one()


def _elsewhere(session: Connection, ids: list[int]) -> Iterator[Shape]:
    """Messages between others that name an address of theirs: that they do, not what they say."""
    for part in parts(ids):
        query = select(messages.c.id, messages.c.case_id, messages.c.at).where(messages.c.id.in_(part))
        for row in session.execute(query.order_by(messages.c.id)):
            yield {"message": row.id, "case": row.case_id, "at": _time(row.at)}


def _who(name: str, address: str) -> Shape:
    return {"name": clean_line(name), "address": clean_line(address)}


def _people(text: str) -> list[Shape]:
    return [_who(one.name, one.address) for one in codec.read_people(text)]


def _time(at: int | None) -> str | None:
    return None if at is None else iso(moment(at))
