"""What a store says of itself, held against what it holds: one look for each thing that must be so.

Invariants: looking changes nothing; every look is one statement that both databases understand and gives the ids of
what is wrong (`services.repairing` mends by the look's name); nothing that the house itself writes is ever found.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select, text

from agentdesk.config.language import N_
from agentdesk.domain.people import HERE
from agentdesk.queries.people import WORKER, desks_seen
from agentdesk.store import codec
from agentdesk.store.copying import EPHEMERAL
from agentdesk.store.tables import ON_ITS_WAY, cases, leases, metadata, outbox, quarantine, raws

_ON_THE_WAY = "('held', 'queued', 'sending')"


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that must be so: how it is called, and the query of the ids where it is not."""

    name: str
    title: str
    said: str
    sql: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that names a row of another table, whether the database watches over it or not."""

    table: str
    column: str
    other: str
    key: str
    nullable: bool
    where: str = ""


LOOKS: Final = (
    Look(
        "counts", N_("message counts"), N_("{n} cases count their messages wrongly"),
        "select c.id from cases c left join (select case_id, count(*) as n from messages group by case_id) m"
        " on m.case_id = c.id where c.message_count <> coalesce(m.n, 0)",
    ),
    Look(
        "merged", N_("merged cases"), N_("{n} merged cases are not closed or still hold messages"),
        "select c.id from cases c where c.merged_into is not null and (c.status <> 'closed'"
        " or exists (select 1 from messages m where m.case_id = c.id))",
    ),
    Look(
        "merges", N_("merges"), N_("{n} merges stand although their case stands elsewhere"),
        "select m.id from merges m where m.kind = 'case' and m.undone_at is null and not exists"
        " (select 1 from cases c where c.id = m.source_id and c.merged_into = m.target_id)",
    ),
    Look(
        "merged customers", N_("merged customers"), N_("{n} cases belong to a customer who was merged away"),
        "select c.id from cases c join customers k on k.id = c.customer_id where k.merged_into is not null",
    ),
    Look(
        "addresses", N_("addresses"), N_("{n} customers who were merged away still have an address"),
        "select distinct k.id from customers k join addresses a on a.customer_id = k.id"
        " where k.merged_into is not null",
    ),
    Look(
        "owners", N_("owners"), N_("{n} cases wait for somebody who has left"),
        "select c.id from cases c join agents a on a.id = c.owner_id where c.shelf = 0 and not a.active",
    ),
    Look(
        "next step", N_("next steps"), N_("{n} cases sleep without a time, or ended while somebody waits"),
        "select id from cases where status = 'snoozed' and snooze_until is null"
        " or status = 'resolved' and (resolved_at is null or waiting_since is not null)",
    ),
    Look(
        "outbox cases", N_("outbox, cases"), N_("{n} replies stand in another case than their message"),
        "select o.id from outbox o join messages m on m.id = o.message_id where m.case_id <> o.case_id",
    ),
    Look(
        "outbox bytes", N_("outbox"), N_("{n} replies on their way have no bytes to send"),
        f"select o.id from outbox o where o.state in {_ON_THE_WAY}"  # noqa: S608  the states are ours
        " and not exists (select 1 from raws r where r.message_id = o.message_id)",
    ),
    Look(
        "leases", N_("leases"), N_("{n} replies were being sent by a worker that nobody waits for any more"),
        "select id from outbox where state = 'sending' and lease_until is null",
    ),
    Look(
        "drafts", N_("drafts"), N_("{n} drafts answer in no case"),
        "select id from drafts where case_id is null and kind <> 'new'",
    ),
    Look(
        "files", N_("files"), N_("{n} files hang on no message and no draft"),
        "select id from attachments where message_id is null and draft_id is null",
    ),
    Look(
        "links", N_("links"), N_("{n} cases name another that does not name them"),
        "select distinct l.case_id from links l where not exists"
        " (select 1 from links b where b.case_id = l.other_id and b.other_id = l.case_id)",
    ),
)  # fmt: skip

_UNDECLARED: Final = (
    Reference("agents", "heir_id", "agents", "id", nullable=True),
    Reference("customers", "merged_into", "customers", "id", nullable=True),
    Reference("messages", "origin_case_id", "cases", "id", nullable=True),
    Reference("messages", "side_id", "sides", "id", nullable=True),
    Reference("drafts", "side_id", "sides", "id", nullable=True),
    Reference("outbox", "stroke_id", "strokes", "id", nullable=True),
    Reference("strokes", "undoes", "strokes", "id", nullable=True),
    Reference("strokes", "undone_by", "strokes", "id", nullable=True),
    Reference("participants", "case_id", "cases", "id", nullable=False),
    Reference("awaited", "case_id", "cases", "id", nullable=False),
    Reference("bridges", "case_id", "cases", "id", nullable=False),
    Reference("bridges", "other_id", "cases", "id", nullable=False),
    Reference("bulk_runs", "stroke_id", "strokes", "id", nullable=False),
    Reference("merges", "source_id", "cases", "id", nullable=False, where="t.kind = 'case'"),
    Reference("merges", "target_id", "cases", "id", nullable=False, where="t.kind = 'case'"),
    Reference("merges", "source_id", "customers", "id", nullable=False, where="t.kind = 'customer'"),
    Reference("merges", "target_id", "customers", "id", nullable=False, where="t.kind = 'customer'"),
)
"""What is kept without the database watching: ids that outlive a merge, and the few that are written in bulk. The log
of changes is none of them: it tells of rows that are gone, too."""


def references() -> Iterator[Reference]:
    """Every column of the store that names a row of another table."""
    for table in metadata.sorted_tables:
        if table.name not in EPHEMERAL:
            for column in table.columns:
                for key in column.foreign_keys:
                    nullable = bool(column.nullable)
                    yield Reference(table.name, column.name, key.column.table.name, key.column.name, nullable)
    yield from _UNDECLARED


def found_by(session: Connection, look: Look) -> list[int]:
    """The ids where it is not so."""
    return sorted(int(one) for one in session.scalars(text(look.sql)))


def strays(session: Connection, one: Reference) -> tuple[int, list[int]]:
    """How many rows name one that is gone, and the ids that they name."""
    query = (
        f'select t."{one.column}", count(*) from "{one.table}" t where t."{one.column}" is not null'  # noqa: S608
        f' and not exists (select 1 from "{one.other}" o where o."{one.key}" = t."{one.column}")'
        f"{f' and {one.where}' if one.where else ''} group by 1 order by 1"
    )  # the names are our own tables'
    found = session.execute(text(query)).all()
    return sum(int(row[1]) for row in found), [int(row[0]) for row in found]


def unreadable(session: Connection) -> list[int]:
    """The messages whose kept bytes are damaged."""
    query = select(raws.c.message_id, raws.c.data).order_by(raws.c.message_id)
    rows = session.execute(query, execution_options={"yield_per": 16})
    return [int(row.message_id) for row in rows if not _unpacks(row.data)]


def unreadable_in_quarantine(session: Connection) -> list[int]:
    """The same of what lies in quarantine."""
    rows = session.execute(
        select(quarantine.c.id, quarantine.c.data).order_by(quarantine.c.id),
        execution_options={"yield_per": 16},
    )
    return [int(row.id) for row in rows if not _unpacks(row.data)]


def case_ids(session: Connection, after: int, limit: int) -> list[int]:
    """The cases in the order of their numbers, so many at a time."""
    return list(
        session.scalars(select(cases.c.id).where(cases.c.id > after).order_by(cases.c.id).limit(limit))
    )


def damaged_pages(session: Connection) -> list[str]:
    """What SQLite finds wrong with its file; PostgreSQL keeps its own house."""
    if session.dialect.name != "sqlite":
        return []
    found = [str(row[0]) for row in session.execute(text("pragma integrity_check(20)"))]
    return [] if found == ["ok"] else found


def at_work(session: Connection, now: int) -> bool:
    """Whether a desk or a worker lives on this store."""
    until = session.scalar(select(leases.c.until).where(leases.c.name == WORKER))
    return (until is not None and until > now) or desks_seen(session, now - HERE) > 0


def on_their_way(session: Connection) -> int:
    """How many replies have yet to leave."""
    query = select(func.count()).select_from(outbox).where(ON_ITS_WAY)
    return int(session.execute(query).scalar_one())


def _unpacks(data: bytes) -> bool:
    try:
        codec.unpack(data)
    except zlib.error:
        return False
    return True
