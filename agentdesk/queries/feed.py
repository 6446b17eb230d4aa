"""The log of changes from a cursor on: what every desk follows.

Invariant: ids are handed out under one lock, so `id > cursor` misses nothing.
"""

from typing import NamedTuple

from sqlalchemy import Connection, func, select

from agentdesk.store.tables import changes

LIMIT = 500


class Fact(NamedTuple):
    """One change, as far as a screen needs it to know what to read again."""

    id: int
    case_id: int | None
    kind: str
    field: str
    agent_id: int | None
    after: str | None = None


def newest(session: Connection) -> int:
    """The id of the newest change, 0 for none."""
    return int(session.scalar(select(func.max(changes.c.id))) or 0)


def since(session: Connection, cursor: int) -> tuple[Fact, ...]:
    """The changes after a cursor, at most LIMIT of them."""
    query = (
        select(changes.c.id, changes.c.case_id, changes.c.kind, changes.c.field, changes.c.agent_id,
               changes.c.after)
        .where(changes.c.id > cursor).order_by(changes.c.id).limit(LIMIT)
    )  # fmt: skip
    return tuple(Fact(*row) for row in session.execute(query))
