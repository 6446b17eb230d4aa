"""Mends what `queries.checking` and its neighbours find, a few rows in each commit, beside desks at work.

Invariants: no text and no mail is thrown away to make a number right: a message whose case is gone gets a case of that
number again, bytes whose message is gone go into quarantine, a draft that answers nowhere becomes a new mail; what is
mended twice is as if mended once; every case that is touched gets its clocks anew and is read again by the desks.
"""

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, text, update

from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.services import clocks, fields, indexing, outbox
from agentdesk.store import codec, search
from agentdesk.store.once import insert_once
from agentdesk.store.tables import (
    addresses,
    agents,
    attachments,
    cases,
    channels,
    customers,
    drafts,
    links,
    merges,
    messages,
    metadata,
    quarantine,
    raws,
)  # fmt: skip
from agentdesk.store.tables import outbox as outbox_rows
from agentdesk.store.unit import UnitOfWork

SHARE: Final = 100
"""Rows mended in one commit."""
_LOST = N_("Its message was lost from the store; agentdesk quarantine retry takes it in again.")
_REMADE: Final = ("cases", "customers")
"""What is made again, empty, under its old number when rows still name it."""
_HANGS_ON: Final = (
    "attachments", "awaited", "bridges", "bulk_runs", "case_tags", "cursors", "links", "macro_files", "macro_texts",
    "memberships", "mentions", "merges", "moves", "order_lines", "order_wishes", "outbox", "article_versions",
    "automatic_answers", "participants",
)  # fmt: skip
"""Rows that say nothing without the one they name."""


def mend(unit: UnitOfWork, look: str, ids: Sequence[int]) -> None:
    """Mend what the look of that name has found; at most SHARE ids."""
    _MENDS[look](unit, ids)


def mend_references(
    unit: UnitOfWork, table: str, column: str, other: str, gone: Collection[int], *, nullable: bool
) -> bool:
    """Rows of a table name others that are gone. False when only a person can tell what should become of them."""
    if table == "raws":
        _into_quarantine(unit, gone)
    elif other in _REMADE and table != "merges" and not nullable and table not in _HANGS_ON:
        _make_again(unit, other, gone)
    elif other == "cases" and table == "outbox":
        _to_their_messages(unit, outbox_rows.c.case_id.in_(gone))
    else:
        rows = metadata.tables[table]
        if nullable and table != "attachments":
            unit.session.execute(update(rows).where(rows.c[column].in_(gone)).values({column: None}))
        elif table in _HANGS_ON:
            unit.session.execute(delete(rows).where(rows.c[column].in_(gone)))
        else:
            return False
    return True


def mend_clocks(unit: UnitOfWork, case_ids: Collection[int]) -> None:
    """Compute anew what these cases show of their messages, and let the desks read them again."""
    _refreshed(unit, case_ids)


def mend_index(unit: UnitOfWork, message_ids: Collection[int]) -> None:
    """Let messages be found that the index lacks, and still lacks now."""
    indexing.index(unit, _still_missing(unit, message_ids))


def empty_index(unit: UnitOfWork) -> None:
    """Begin the index anew; until `mend_index` has put every message in, a search finds only some."""
    search.take_all_out(unit.session)


def next_messages(unit: UnitOfWork, after: int) -> list[int]:
    """The next messages in the order of their numbers, whether the index has them or not."""
    query = select(messages.c.id).where(messages.c.id > after).order_by(messages.c.id).limit(SHARE)
    return list(unit.session.scalars(query))


def _still_missing(unit: UnitOfWork, ids: Collection[int]) -> list[int]:
    there = (
        "search_docsize d where d.id"
        if unit.session.dialect.name == "sqlite"
        else "search d where d.message_id"
    )
    query = text(
        f"select m.id from messages m where m.id in :ids and not exists (select 1 from {there} = m.id)"  # noqa: S608
    ).bindparams(bindparam("ids", expanding=True))  # the names are our own tables'
    return list(unit.session.scalars(query, {"ids": list(ids)}))


# -- one for each look ------------------------------------------------------------------------------------------------


def _counts(unit: UnitOfWork, ids: Sequence[int]) -> None:
    count = select(func.count()).select_from(messages).where(messages.c.case_id == cases.c.id)
    unit.session.execute(
        update(cases).where(cases.c.id.in_(ids)).values(message_count=count.scalar_subquery())
    )
    _refreshed(unit, ids)


def _merged(unit: UnitOfWork, ids: Sequence[int]) -> None:
    """What stands in a case that was merged goes where the case went, and keeps its origin."""
    for case_id in ids:
        case, target = fields.lock(unit, case_id), fields.lock_standing(unit, case_id)
        here = messages.c.case_id == case_id
        origin = func.coalesce(messages.c.origin_case_id, case_id)
        unit.session.execute(update(messages).where(here).values(case_id=target.id, origin_case_id=origin))
        unit.session.execute(
            update(outbox_rows).where(outbox_rows.c.case_id == case_id).values(case_id=target.id)
        )
        ended = case.resolved_at or unit.at
        fields.change(unit, case, status=Status.CLOSED, snooze_until=None, resolved_at=ended)
        _counts(unit, [case_id, target.id])


def _merges(unit: UnitOfWork, ids: Sequence[int]) -> None:
    unit.session.execute(update(merges).where(merges.c.id.in_(ids)).values(undone_at=unit.at))


def _merged_customers(unit: UnitOfWork, ids: Sequence[int]) -> None:
    rows = unit.session.execute(select(cases.c.id, cases.c.customer_id).where(cases.c.id.in_(ids))).all()
    for row in rows:
        unit.session.execute(
            update(cases).where(cases.c.id == row.id).values(customer_id=_alive(unit, row.customer_id))
        )
    _refreshed(unit, ids)


def _addresses(unit: UnitOfWork, ids: Sequence[int]) -> None:
    for customer_id in ids:
        into = {"customer_id": _alive(unit, customer_id)}
        unit.session.execute(update(addresses).where(addresses.c.customer_id == customer_id).values(into))


def _owners(unit: UnitOfWork, ids: Sequence[int]) -> None:
    """The heir has what still comes back of one who left; without one the case is everybody's."""
    heirs = {
        row.id: row for row in unit.session.execute(select(agents.c.id, agents.c.heir_id, agents.c.active))
    }
    for case_id in ids:
        case = fields.lock(unit, case_id)
        owner, seen = case.owner_id, set[int]()
        while owner is not None and not heirs[owner].active and owner not in seen:
            seen.add(owner)
            owner = heirs[owner].heir_id
        fields.change(unit, case, owner_id=owner if owner not in seen else None)


def _next_step(unit: UnitOfWork, ids: Sequence[int]) -> None:
    """Whoever sleeps without an hour, or ended while somebody waits, stands in the queue again."""
    for case_id in ids:
        case = fields.lock(unit, case_id)
        if case.status == Status.RESOLVED and case.waiting_since is None:
            fields.change(unit, case, resolved_at=case.updated_at)
        else:
            fields.change(unit, case, status=Status.OPEN, snooze_until=None, resolved_at=None)
    clocks.refresh(unit, ids)


def _outbox_cases(unit: UnitOfWork, ids: Sequence[int]) -> None:
    _to_their_messages(unit, outbox_rows.c.id.in_(ids))


def _outbox_bytes(unit: UnitOfWork, ids: Sequence[int]) -> None:
    why = _("The store has lost the bytes of this reply, so it was not sent: write it again.")
    for row_id in ids:
        outbox.settle(unit, row_id, Delivery.FAILED, why)


def _leases(unit: UnitOfWork, ids: Sequence[int]) -> None:
    for row_id in ids:
        outbox.settle(unit, row_id, Delivery.UNSURE, _(outbox.STOPPED))


def _drafts(unit: UnitOfWork, ids: Sequence[int]) -> None:
    unit.session.execute(update(drafts).where(drafts.c.id.in_(ids)).values(kind="new", side_id=None))


def _files(unit: UnitOfWork, ids: Sequence[int]) -> None:
    unit.session.execute(delete(attachments).where(attachments.c.id.in_(ids)))


def _links(unit: UnitOfWork, ids: Sequence[int]) -> None:
    for row in unit.session.execute(select(links).where(links.c.case_id.in_(ids))).all():
        insert_once(unit.session, links, case_id=row.other_id, other_id=row.case_id)


_MENDS: Mapping[str, Callable[[UnitOfWork, Sequence[int]], None]] = {
    "counts": _counts, "merged": _merged, "merges": _merges, "merged customers": _merged_customers,
    "addresses": _addresses, "owners": _owners, "next step": _next_step, "outbox cases": _outbox_cases,
    "outbox bytes": _outbox_bytes, "leases": _leases, "drafts": _drafts, "files": _files, "links": _links,
}  # fmt: skip


# -- what they share --------------------------------------------------------------------------------------------------


def _refreshed(unit: UnitOfWork, case_ids: Collection[int]) -> None:
    unit.session.execute(
        update(cases).where(cases.c.id.in_(case_ids)).values(version=cases.c.version + 1, updated_at=unit.at)
    )
    clocks.refresh(unit, case_ids)
    for case_id in sorted(case_ids):
        unit.record("case", case_id, "checked")


def _alive(unit: UnitOfWork, customer_id: int) -> int:
    """Whom this customer was merged into, however long the way; a way that leads round ends where it began."""
    way = [customer_id]
    while (
        into := unit.session.scalar(select(customers.c.merged_into).where(customers.c.id == way[-1]))
    ) is not None:
        if into in way:
            unit.session.execute(update(customers).where(customers.c.id == into).values(merged_into=None))
            return int(into)
        way.append(into)
    return way[-1]


def _to_their_messages(unit: UnitOfWork, which: Any) -> None:
    case_id = select(messages.c.case_id).where(messages.c.id == outbox_rows.c.message_id).scalar_subquery()
    touched = set(unit.session.scalars(select(outbox_rows.c.case_id).where(which)))
    unit.session.execute(update(outbox_rows).where(which).values(case_id=case_id))
    standing = (
        select(messages.c.case_id).join(outbox_rows, outbox_rows.c.message_id == messages.c.id).where(which)
    )
    touched |= set(unit.session.scalars(standing))
    _refreshed(unit, touched)


def _make_again(unit: UnitOfWork, table: str, gone: Collection[int]) -> None:
    """A case, open, or a customer without a name, under the number that others still name."""
    for number in sorted(gone):
        if table == "customers":
            insert_once(unit.session, customers, id=number, created_at=unit.at)
            continue
        first = unit.session.execute(
            select(messages).where(messages.c.case_id == number).order_by(messages.c.id).limit(1)
        ).one_or_none()
        values: dict[str, Any] = {"subject": "", "channel_id": None, "created_at": unit.at}
        if first is not None:
            values = {"subject": first.subject, "channel_id": first.channel_id, "created_at": first.at}
        made = insert_once(unit.session, cases, id=number, status=Status.OPEN, updated_at=unit.at, **values)
        if made:
            unit.record("case", number, "opened", None, Status.OPEN)
            _counts(unit, [number])


def _into_quarantine(unit: UnitOfWork, gone: Collection[int]) -> None:
    """Whole mails whose rows are lost can be taken in again."""
    rows = unit.session.execute(select(raws).where(raws.c.message_id.in_(gone))).all()
    for row in rows:
        values = {
            "source": "db check",
            "reason": _(_LOST),
            "at": unit.at,
            "size": _size(row.data),
            "data": row.data,
        }
        digest = sha256(row.data).hexdigest()
        # Which mailbox it came to went with its row; the first one takes it, its case is found by what it answers.
        values["channel_id"] = unit.session.scalar(select(func.min(channels.c.id)).where(channels.c.active))
        known = select(quarantine.c.id).where(quarantine.c.digest == digest)
        if unit.session.execute(known).first() is None:
            unit.session.execute(insert(quarantine).values(digest=digest, **values))
    unit.session.execute(delete(raws).where(raws.c.message_id.in_(gone)))


def _size(data: bytes) -> int:
    try:
        return len(codec.unpack(data))
    except zlib.error:
        return len(data)
