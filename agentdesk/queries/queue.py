"""Pages of the queue and its counts, of a view or of what a query leaves of it.

Invariant: a page is keyset, never OFFSET: its cost does not grow with its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import Connection, text

from agentdesk.domain.instants import moment_or_none
from agentdesk.domain.queue import Counts, Place, QueuePage, QueueRow
from agentdesk.queries import finding
from agentdesk.store import queue_sql

CAP = 1001
LAST = Place(1 << 62, 1 << 62, 1 << 62)
AT_RISK = 3600 * 1_000_000
"""Microseconds ahead within which a due time counts as at risk."""


@dataclass(frozen=True, slots=True)
class Want:
    """Which stretch of a view: `limit` rows after a place (before it, nearest first, when `backwards`), past `skip`."""

    view: str
    after: Place | None
    limit: int
    skip: int = 0
    backwards: bool = False


def page(
    session: Connection, me: int, want: Want, query: str = "", now: int = 0, *, zone: tzinfo = UTC
) -> QueuePage:
    """The rows of a view from a place on, most urgent first; `next` is None at the end."""
    narrowed = finding.narrow(session, query, now, me, zone)
    sql = queue_sql.page_sql(
        want.view, session.dialect.name, extra=narrowed.sql, backwards=want.backwards, way=narrowed.way
    )
    after = want.after or (LAST if want.backwards else None)
    found = _rows(session, sql + " offset :skip", queue_sql.page_values(me, after, want.limit + 1)
                  | {"skip": want.skip} | narrowed.values)  # fmt: skip
    return QueuePage(found[: want.limit], found[want.limit - 1].place if len(found) > want.limit else None)


def rows(session: Connection, ids: Sequence[int]) -> tuple[QueueRow, ...]:
    """These cases as rows, in any order; those that are gone are missing."""
    if not ids:
        return ()
    return _rows(session, queue_sql.by_id_sql(session.dialect.name, ids), {})


def in_view(
    session: Connection,
    me: int,
    view: str,
    ids: Sequence[int],
    *,
    query: str = "",
    now: int = 0,
    zone: tzinfo = UTC,
) -> frozenset[int]:
    """Which of these cases stand in the view, narrowed by a query."""
    if not ids:
        return frozenset()
    narrowed = finding.narrow(session, query, now, me, zone)
    numbers = ",".join(str(int(one)) for one in ids)
    where = f"{queue_sql.VIEWS[view].where} and c.id in ({numbers}){narrowed.sql}"
    sql = f"select c.id from cases c where {where}"  # noqa: S608  ours
    return frozenset(session.execute(text(sql), _used(sql, narrowed.values | {"me": me})).scalars())


def count(session: Connection, me: int, view: str, limit: int = CAP) -> int:
    """How many cases stand in a view, counted up to a limit."""
    sql = queue_sql.count_sql(view, session.dialect.name, limit)
    return int(session.execute(text(sql), {"me": me} if ":me" in sql else {}).scalar_one())


def count_query(
    session: Connection,
    query: str,
    now: int,
    limit: int = CAP,
    *,
    me: int = 0,
    view: str = "all",
    zone: tzinfo = UTC,
) -> int:
    """How many cases of a view a query matches, counted up to a limit."""
    narrowed = finding.narrow(session, query, now, me, zone)
    sql = queue_sql.count_sql(view, session.dialect.name, limit, extra=narrowed.sql, way=narrowed.way)
    return int(session.execute(text(sql), _used(sql, narrowed.values | {"me": me})).scalar_one())


def counts(session: Connection, me: int, now: int) -> Counts:
    """The numbers of the top line."""
    dialect = session.dialect.name
    by = " indexed by q_waiting" if dialect == "sqlite" else ""
    soon = f"select 1 from cases c{by} where c.shelf = 0 and c.due_key < :soon limit {CAP}"  # noqa: S608
    risk = f"select count(*) from ({soon}) capped"  # noqa: S608
    longest = "select min(waiting_since) from cases where shelf = 0 and waiting_since is not null"
    # the index holds shelf <= 1; said so, SQLite sees that it serves, and does not walk through all that wait
    mine = " indexed by q_owner" if dialect == "sqlite" else ""
    in_hand = (
        f"select count(*) from (select 1 from cases c{mine}"  # noqa: S608  ours
        f" where c.owner_id = :me and c.shelf <= 1 and c.shelf = 0 limit {CAP}) capped"
    )
    capacity = "select capacity from agents where id = :me"
    return Counts(
        mine=count(session, me, "mine"), team=count(session, me, "team"), free=count(session, me, "free"),
        waiting=count(session, me, "waiting"),
        at_risk=int(session.execute(text(risk), {"soon": now + AT_RISK}).scalar_one()),
        longest_wait=moment_or_none(session.execute(text(longest)).scalar()),
        in_hand=int(session.execute(text(in_hand), {"me": me}).scalar_one()),
        capacity=int(session.execute(text(capacity), {"me": me}).scalar() or 0),
    )  # fmt: skip


def _rows(session: Connection, sql: str, values: dict[str, Any]) -> tuple[QueueRow, ...]:
    return tuple(queue_sql.queue_row(row) for row in session.execute(text(sql), _used(sql, values)))


def _used(sql: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f":{name}" in sql}
