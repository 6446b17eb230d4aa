"""The side conversations of a case.

Invariant: what stands here is for colleagues; nothing that a customer gets is made of it.
"""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from agentdesk.domain.instants import moment
from agentdesk.domain.joining import SideRow
from agentdesk.domain.lifecycle import Delivery
from agentdesk.store import codec
from agentdesk.store.tables import messages, outbox, sides
from agentdesk.text.clean import clean_line


def of_case(session: Connection, case_id: int) -> tuple[SideRow, ...]:
    """Those that can be gone on with, the one that moved last first."""
    cancelled = select(outbox.c.id).where(
        outbox.c.message_id == messages.c.id, outbox.c.state == Delivery.CANCELLED
    )
    query = (
        select(sides, func.max(messages.c.at).label("last_at"), func.count(messages.c.id).label("written"),
               func.max(messages.c.id).label("newest"),
               func.max(messages.c.id).filter(messages.c.kind == "inbound").label("heard"))
        .select_from(sides.outerjoin(
            messages, (messages.c.side_id == sides.c.id) & (messages.c.case_id == sides.c.case_id)
            & ~cancelled.correlate(messages).exists()))
        .where(sides.c.case_id == case_id, sides.c.closed_at.is_(None))
        .group_by(sides.c.id).order_by(func.coalesce(func.max(messages.c.id), 0).desc(), sides.c.id.desc())
    )  # fmt: skip
    return tuple(_row(row) for row in session.execute(query))


def _row(row: Row[Any]) -> SideRow:
    return SideRow(
        id=row.id, case_id=row.case_id, subject=clean_line(row.subject), people=codec.read_people(row.people),
        created_at=moment(row.created_at), last_at=moment(row.last_at or row.created_at), message_count=row.written,
        answered=row.newest is not None and row.newest == row.heard,
    )  # fmt: skip
