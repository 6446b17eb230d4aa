"""Who waits in a case that other cases were merged into.

Nobody is overlooked by a merge: a reply, a note or an end answers what stood in the same case as itself when it was
made. What a customer wrote in one case still waits after a merge, although the other case had been answered; what is
written after the merge answers both.
Invariant: as in `services.clocks`, all of it is computed from the messages and the merges that stand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from agentdesk.domain.courtesy import ANSWERED
from agentdesk.domain.lifecycle import ANSWERS, Status
from agentdesk.store.tables import cases, merges, messages, moves, outbox
from agentdesk.store.unit import UnitOfWork

MARK = "line"
"""The kind of move that names the line a merge wrote into its target: what has a higher id was written after it."""
_NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class _Stay:
    """From which message id on, and before which, what was written in the origin stood in this case."""

    case_id: int
    since: int
    until: int


def refresh(unit: UnitOfWork, case_ids: Sequence[int]) -> None:
    """Compute anew since when a person waits in those of these cases that others were merged into."""
    for case_id, (waiting_since, unread) in computed(unit.session, case_ids).items():
        values = {"waiting_since": waiting_since, "unread": unread}
        unit.session.execute(update(cases).where(cases.c.id == case_id).values(values))


def computed(session: Connection, case_ids: Sequence[int]) -> dict[int, tuple[int | None, int]]:
    """Since when a person waits, and how many messages are unread, in those of these cases that took others in."""
    return {case_id: _computed(session, case_id) for case_id in _targets(session, case_ids)}


def _targets(session: Connection, case_ids: Sequence[int]) -> list[int]:
    query = select(merges.c.target_id).distinct().where(
        merges.c.kind == "case", merges.c.target_id.in_(case_ids), merges.c.undone_at.is_(None)
    )  # fmt: skip
    return sorted(session.scalars(query))


def _computed(session: Connection, case_id: int) -> tuple[int | None, int]:
    case = session.execute(select(cases).where(cases.c.id == case_id)).one()
    rows = _messages(session, case_id)
    waiting: list[int] = []
    unread = _unread_aside(rows)
    for origin in sorted({row.origin for row in rows}):
        stays = _stays(session, origin, case_id)
        answered = _newest(rows, stays, _answers)
        noted = _newest(rows, stays, lambda row: row.kind == "note")
        settled = _settled(session, stays)
        elsewhere = max((row.at for row in rows if _sent_elsewhere(row) and _stood(row, stays)), default=-1)
        for row in rows:
            if row.origin == origin and row.person and row.id > answered and row.at > elsewhere:
                unread += row.id > noted
                waiting += [row.at] if row.id > settled else []
    quiet = case.status in (Status.SPAM, Status.CLOSED)
    return None if quiet else min(waiting, default=None), unread


def _messages(session: Connection, case_id: int) -> Sequence[Any]:
    origin = func.coalesce(messages.c.origin_case_id, messages.c.case_id).label("origin")
    query = (
        select(messages.c.id, messages.c.at, messages.c.kind, messages.c.person, messages.c.side_id, outbox.c.state,
               messages.c.marks.like(f'%"{ANSWERED}"%').label("by_itself"), origin)
        .outerjoin(outbox, outbox.c.message_id == messages.c.id)
        .where(messages.c.case_id == case_id)
    )  # fmt: skip
    return session.execute(query).all()


def _stays(session: Connection, origin: int, case_id: int) -> list[_Stay]:
    """Where what was written in `origin` stood, one case after the other, up to the one it stands in."""
    found: list[_Stay] = []
    here, since = origin, 0
    while here != case_id:
        merge = session.execute(
            select(merges.c.target_id, moves.c.key)
            .join(moves, and_(moves.c.merge_id == merges.c.id, moves.c.what == MARK))
            .where(merges.c.kind == "case", merges.c.source_id == here, merges.c.undone_at.is_(None))
            .order_by(merges.c.id.desc()).limit(1)
        ).one_or_none()  # fmt: skip
        if merge is None:
            break
        found.append(_Stay(here, since, int(merge.key)))
        here, since = merge.target_id, int(merge.key)
    return [*found, _Stay(here, since, _NEVER)]


def _stood(row: Any, stays: Iterable[_Stay]) -> bool:
    """Was this written in the case where the origin's messages stood then?"""
    return any(row.origin == stay.case_id and stay.since <= row.id < stay.until for stay in stays)


def _newest(rows: Sequence[Any], stays: list[_Stay], counts: Any) -> int:
    ids = (row.id for row in rows if row.side_id is None and counts(row) and _stood(row, stays))
    return max(ids, default=0)


def _answers(row: Any) -> bool:
    """What the desk sent by itself answers nobody."""
    return row.kind == "outbound" and row.state in ANSWERS and not row.by_itself


def _sent_elsewhere(row: Any) -> bool:
    return row.kind == "outbound" and row.state is None and row.side_id is None


def _settled(session: Connection, stays: list[_Stay]) -> int:
    """The newest of the origin's messages that somebody had seen when they ended the case it stood in."""
    query = select(cases.c.id, cases.c.settled_id).where(cases.c.id.in_([stay.case_id for stay in stays]))
    ended = {row.id: row.settled_id for row in session.execute(query)}
    return max((ended.get(stay.case_id, 0) for stay in stays
                if stay.since <= ended.get(stay.case_id, 0) < stay.until), default=0)  # fmt: skip


def _unread_aside(rows: Sequence[Any]) -> int:
    """Side conversations stay whole when they move: any later answer or note has seen them."""
    wrote = max((row.id for row in rows if _answers(row)), default=0)
    noted = max((row.id for row in rows if row.kind == "note"), default=0)
    return sum(
        row.side_id is not None and row.kind == "inbound" and row.id > max(wrote, noted) for row in rows
    )
