"""The colleagues at their own desks: each is looking at a case of theirs, one is writing.

Invariant: they only show that they are there; they change no case.
"""

from datetime import datetime

from agentdesk.demo.strand import Strand
from agentdesk.demo.world import World
from agentdesk.services import people
from agentdesk.store.engine import Store

_HERE = (("Ola Nordmann", "writing"), ("Søren Kjær", "viewing"), ("Sofie Dam", "writing"))
"""Whose case a colleague has in hand, and how."""


def show(world: World, store: Store, now: datetime) -> None:
    """Say once more that they are there: presence fades after ten seconds."""
    strands: dict[str, Strand] = {strand.plan.customer: strand for strand in world.strands}
    for customer, what in _HERE:
        strand = strands[customer]
        agent = world.shop.agents[strand.plan.owner]
        with store.unit(agent, now) as unit:
            people.show_presence(unit, f"demo:{agent.login}", strand.case_id, what)
