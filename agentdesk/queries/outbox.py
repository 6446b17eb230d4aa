"""What the worker asks of the outbox before it takes anything in hand.

Invariant: it only reads, so that looking several times a second never keeps a desk from writing.
"""

import zlib
from collections.abc import Collection

from sqlalchemy import Connection, or_, select

from agentdesk.domain.lifecycle import Delivery
from agentdesk.store import codec
from agentdesk.store.tables import ON_ITS_WAY, UNCOPIED, outbox, raws


def due_at(session: Connection, channel_id: int) -> int | None:
    """When the next reply of a channel is due (microseconds), None when none is on its way."""
    query = select(outbox.c.not_before).where(ON_ITS_WAY, outbox.c.channel_id == channel_id)
    return session.scalar(query.order_by(outbox.c.not_before).limit(1))


def free_at(session: Connection, channel_id: int, now: int) -> int | None:
    """When the next reply of a channel that no worker has in hand is due, None when there is none.

    What a dead worker had begun to send stands for a while: whoever may not take it must not ask to write again and
    again because of it.
    """
    query = select(outbox.c.not_before).where(
        ON_ITS_WAY, outbox.c.state != Delivery.SENDING, outbox.c.channel_id == channel_id,
        or_(outbox.c.lease_until.is_(None), outbox.c.lease_until < now),
    )  # fmt: skip
    return session.scalar(query.order_by(outbox.c.not_before).limit(1))


def unserved(session: Connection, served: Collection[int], now: int) -> frozenset[int]:
    """The channels with due replies that are not among those served."""
    query = select(outbox.c.channel_id).where(
        ON_ITS_WAY, outbox.c.not_before <= now, outbox.c.channel_id.not_in(served)
    )
    return frozenset(session.scalars(query.distinct()))


def next_uncopied(session: Connection, channel_id: int, but: Collection[int]) -> tuple[int, bytes] | None:
    """The oldest sent reply without a copy in the mailbox, none of `but`: its outbox row and its bytes. One whose bytes
    are damaged holds up no other."""
    query = (
        select(outbox.c.id, raws.c.data)
        .join(raws, raws.c.message_id == outbox.c.message_id)
        .where(UNCOPIED, outbox.c.channel_id == channel_id)
        .order_by(outbox.c.id).limit(1)
    )  # fmt: skip
    passed = set(but)
    while (row := session.execute(query.where(outbox.c.id.not_in(passed))).one_or_none()) is not None:
        try:
            return row.id, codec.unpack(row.data)
        except zlib.error:
            passed.add(row.id)
    return None
