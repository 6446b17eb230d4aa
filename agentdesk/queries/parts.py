"""The ids of a part of a case, found in the index (case, at, id) alone.

Invariant: what is read does not grow with the case, but for the count of what was left out, which the index gives.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from agentdesk.domain.parts import MOST, PART, Part, Wish
from agentdesk.store.tables import messages

_written = tuple_(messages.c.at, messages.c.id)
Place = tuple[int, int]


def part(session: Connection, case_id: int, total: int, wish: Wish) -> tuple[Part, list[int]]:
    """The part that is wished for of a case with so many messages, and the ids of its messages, oldest first."""
    begun, step = wish.begun, wish.step
    if wish.at is not None and (place := _place(session, case_id, wish.at)) is not None:
        before = _run(session, case_id, place, back=True)[-PART // 2 :]
        return _measured(session, case_id, total, [*before, place, *_run(session, case_id, place)])
    kept = [] if step in ("first", "newest") else _in_hand(session, case_id, begun)
    if step == "first":
        kept = _run(session, case_id)
    elif not kept:
        kept = _run(session, case_id, back=True)
    elif step == "older":
        kept = [*_run(session, case_id, kept[0], back=True), *kept][:MOST]
    elif step == "newer":
        kept = [*kept, *_run(session, case_id, kept[-1])][-MOST:]
    return _measured(session, case_id, total, kept)


def _in_hand(session: Connection, case_id: int, begun: Part) -> list[Place]:
    """The places of what is in hand, with what has been written since where it reaches to the newest."""
    first = None if begun.first is None else _place(session, case_id, begun.first)
    if first is None:
        return []
    if begun.last is None:
        return _places(session, _written >= tuple_(*first), case_id=case_id, limit=2 * MOST, back=True)
    last = _place(session, case_id, begun.last)
    if last is None:
        return []
    return _places(
        session, (_written >= tuple_(*first)) & (_written <= tuple_(*last)), case_id=case_id, limit=2 * MOST
    )


def _run(
    session: Connection, case_id: int, beside: Place | None = None, *, back: bool = False
) -> list[Place]:
    """The next messages before or behind a place; from the very end or beginning without one."""
    beyond: list[ColumnElement[bool]] = []
    if beside is not None:
        beyond.append(_written < tuple_(*beside) if back else _written > tuple_(*beside))
    return _places(session, *beyond, case_id=case_id, limit=PART, back=back)


def _places(session: Connection, *which: Any, case_id: int, limit: int, back: bool = False) -> list[Place]:
    order = (messages.c.at.desc(), messages.c.id.desc()) if back else (messages.c.at, messages.c.id)
    query = select(messages.c.at, messages.c.id).where(messages.c.case_id == case_id, *which)
    found = [(row.at, row.id) for row in session.execute(query.order_by(*order).limit(limit))]
    return found[::-1] if back else found


def _place(session: Connection, case_id: int, message_id: int) -> Place | None:
    query = select(messages.c.at, messages.c.id).where(
        messages.c.id == message_id, messages.c.case_id == case_id
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found.at, found.id)


def _measured(session: Connection, case_id: int, total: int, kept: list[Place]) -> tuple[Part, list[int]]:
    """The part that these make up, with what is before and behind."""
    ids = [one[1] for one in kept]
    if len(kept) >= total or not kept:
        return Part(ids[0] if ids else None), ids
    behind = select(func.count()).where(messages.c.case_id == case_id, _written > tuple_(*kept[-1]))
    later = int(session.scalar(behind) or 0)
    return Part(ids[0], ids[-1] if later else None, max(0, total - len(ids) - later), later), ids
