"""The queue's SQL, once, as text: for the plain connection that paints the first frame and for SQLAlchemy alike.

Order (PRODUCT.md): due_at, waiting_since, id, all ascending, nulls last; `due_key` and `wait_key` make "last" a number.
Every view names its index on SQLite, whose planner without statistics prefers another (a test pins the plans).
Invariant: no value is ever written into the text; only the view's own clauses are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agentdesk.domain.instants import moment_or_none
from agentdesk.domain.lifecycle import Delivery, Priority, Status
from agentdesk.domain.queue import Place, QueueRow
from agentdesk.text.clean import clean_line

PRIORITIES = tuple(Priority)
_SPACE = "\x1f"

_COLUMNS = """
select c.id, c.version, c.subject, c.status, c.priority,
    coalesce(nullif(u.name, ''), (select min(d.address) from addresses d where d.customer_id = u.id), '') as customer,
    coalesce(h.kind, 'email') as kind, c.owner_id, coalesce(nullif(a.name, ''), a.login, '') as owner,
    coalesce((select {concat}(t.name, '\x1f') from case_tags ct join tags t on t.id = ct.tag_id
              where ct.case_id = c.id), '') as tags,
    c.due_at, c.waiting_since, c.snooze_until, c.due_key, c.wait_key, o.state, c.unread
from cases c{by}
left join customers u on u.id = c.customer_id
left join channels h on h.id = c.channel_id
left join agents a on a.id = c.owner_id
left join outbox o on o.id = c.last_outbox_id
where {where}"""

_AFTER = " and (c.due_key, c.wait_key, c.id) > (:due, :wait, :id) order by c.due_key, c.wait_key, c.id limit :limit"
_BEFORE = (
    " and (c.due_key, c.wait_key, c.id) < (:due, :wait, :id)"
    " order by c.due_key desc, c.wait_key desc, c.id desc limit :limit"
)

_MY_TEAMS = (
    "(c.team_id is null or c.team_id in (select team_id from memberships where agent_id = :me)"
    " or not exists (select 1 from memberships where agent_id = :me))"
)


@dataclass(frozen=True, slots=True)
class View:
    """A list of cases that the house knows by itself: its clause and the index that serves it."""

    name: str
    where: str
    index: str


VIEWS = {
    view.name: view
    for view in (
        View("mine", "c.owner_id = :me and c.shelf <= 1", "q_owner"),
        View("team", f"c.shelf = 0 and {_MY_TEAMS}", "q_waiting"),
        View("free", f"c.shelf = 0 and c.owner_id is null and {_MY_TEAMS}", "q_free"),
        View("waiting", "c.shelf = 0", "q_waiting"),
        View("pending", "c.status = 'pending'", "q_status"),
        View("snoozed", "c.status = 'snoozed'", "q_status"),
        View("resolved", "c.status = 'resolved'", "q_status"),
        View("closed", "c.status = 'closed'", "q_status"),
        View("spam", "c.status = 'spam'", "q_status"),
        View("all", "1 = 1", "q_all"),
    )
}
FIRST = Place(-1, -1, -1)


def page_sql(
    view: str, dialect: str, *, extra: str = "", backwards: bool = False, way: str | None = None
) -> str:
    """The text of one keyset page of a view; `extra` are further clauses, each beginning with and.

    `way` is how SQLite comes to the cases when those clauses know better than the view (`queries.finding`).
    """
    chosen = VIEWS[view]
    head = _COLUMNS.format(
        concat="group_concat" if dialect == "sqlite" else "string_agg",
        by=_way(chosen, dialect, way), where=chosen.where,
    )  # fmt: skip
    return head + extra + (_BEFORE if backwards else _AFTER)


def by_id_sql(dialect: str, ids: Sequence[int]) -> str:
    """The text that reads these cases, in any order. The ids are whole numbers of ours and stand in the text."""
    return _COLUMNS.format(
        concat="group_concat" if dialect == "sqlite" else "string_agg", by="",
        where=f"c.id in ({','.join(str(int(one)) for one in ids)})",
    )  # fmt: skip


def count_sql(view: str, dialect: str, limit: int, *, extra: str = "", way: str | None = None) -> str:
    """The text that counts a view up to a limit; `extra` and `way` as in `page_sql`."""
    chosen = VIEWS[view]
    where = f"{chosen.where}{extra} limit {int(limit)}"
    return f"select count(*) from (select 1 from cases c{_way(chosen, dialect, way)} where {where}) capped"  # noqa: S608  the clauses are ours


def _way(view: View, dialect: str, way: str | None) -> str:
    return f" {way or f'indexed by {view.index}'}" if dialect == "sqlite" else ""


def claim_sql(dialect: str) -> str:
    """The text that finds the most urgent case free for `:me`; on PostgreSQL it passes over what others are taking."""
    chosen = VIEWS["free"]
    by, lock = (
        (f" indexed by {chosen.index}", "") if dialect == "sqlite" else ("", " for update of c skip locked")
    )
    order = "order by c.due_key, c.wait_key, c.id limit 1"
    return f"select c.id from cases c{by} where {chosen.where} {order}{lock}"  # noqa: S608  the clauses are ours


def page_values(me: int, after: Place | None, limit: int) -> dict[str, Any]:
    """The bound values of a page."""
    place = after or FIRST
    return {"me": me, "due": place.due, "wait": place.waiting, "id": place.id, "limit": limit}


def queue_row(row: Sequence[Any]) -> QueueRow:
    """A row of `_COLUMNS` as the screens know it."""
    return QueueRow(
        id=row[0], version=row[1], subject=clean_line(row[2]), status=Status(row[3]), priority=PRIORITIES[row[4]],
        customer=clean_line(row[5]), channel_kind=row[6], owner_id=row[7], owner=clean_line(row[8]),
        tags=tuple(sorted(clean_line(tag) for tag in row[9].split(_SPACE) if tag)),
        due_at=moment_or_none(row[10]), waiting_since=moment_or_none(row[11]), snooze_until=moment_or_none(row[12]),
        place=Place(row[13], row[14], row[0]), delivery=Delivery(row[15]) if row[15] else None, unread=row[16],
    )  # fmt: skip
