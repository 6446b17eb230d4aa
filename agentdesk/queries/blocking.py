"""The senders that are blocked.

Invariant: what was lifted is not listed.
"""

from sqlalchemy import Connection, select

from agentdesk.domain.instants import moment
from agentdesk.domain.joining import BlockRow
from agentdesk.store.tables import agents, blocks
from agentdesk.text.clean import clean_line


def blocked(session: Connection) -> tuple[BlockRow, ...]:
    """All of them by address."""
    query = (
        select(blocks, agents.c.login).outerjoin(agents, agents.c.id == blocks.c.agent_id)
        .where(blocks.c.removed_at.is_(None)).order_by(blocks.c.address)
    )  # fmt: skip
    return tuple(
        BlockRow(row.id, clean_line(row.address), clean_line(row.login or ""), moment(row.at))
        for row in session.execute(query)
    )
