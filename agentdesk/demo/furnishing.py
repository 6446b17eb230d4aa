"""What stands in the shop besides its cases: orders, and the search index over what is open today.

Invariant: nobody waits for it: it is written behind the first queue, in a few short commits.
"""

from itertools import chain

from sqlalchemy import select

from agentdesk.demo import purchases
from agentdesk.demo.world import World
from agentdesk.services import indexing, orders
from agentdesk.store.tables import messages
from agentdesk.store.unit import SYSTEM


def furnish(world: World) -> None:
    """Put it there."""
    with world.store.unit(SYSTEM, world.now) as unit:
        source = orders.source(unit, purchases.SHOP, purchases.KIND)
        told = [one.order(world.now) for one in world.strands]
        told += chain.from_iterable(one.earlier_orders() for one in world.strands)
        orders.take_in(unit, source, purchases.unsold(told, world.sold))
        orders.synced(unit, source)
    with world.store.unit(SYSTEM, world.now) as unit:
        ours = [one.case_id for one in world.strands]
        indexing.index(
            unit, unit.session.scalars(select(messages.c.id).where(messages.c.case_id.in_(ours))).all()
        )
