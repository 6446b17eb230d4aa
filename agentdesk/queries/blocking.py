"""The senders that are blocked, or would be.

Invariant: what was lifted is not listed.
"""

from sqlalchemy import Connection, select

from agentdesk.domain.instants import moment
from agentdesk.domain.joining import BlockRow
from agentdesk.store.tables import agents, blocks, messages
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


def senders(session: Connection, case_id: int) -> tuple[str, ...]:
    """Whom blocking this case would block: the addresses its customer's side wrote from."""
    query = select(messages.c.from_address).where(
        messages.c.case_id == case_id, messages.c.kind == "inbound", messages.c.side_id.is_(None)
    )
    return tuple(sorted({clean_line(address) for address in session.scalars(query.distinct())}))
