"""The made-up world as it stands when the desk opens: the open cases first, a year of history behind them.

Invariant: the same seed and time give the same people, words and times; every row agrees with what the house itself
would have written (a test computes the clocks anew).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agentdesk.demo.shop import Shop, open_shop
from agentdesk.demo.strand import Strand
from agentdesk.demo.today import TODAY
from agentdesk.store.engine import Store
from agentdesk.store.unit import UnitOfWork

CASES: Final = 2_000
HISTORY: Final = CASES - len(TODAY)
SEED: Final = 7


@dataclass(frozen=True, slots=True)
class World:
    """What is known of the world besides what stands in its store."""

    store: Store
    shop: Shop
    strands: tuple[Strand, ...]
    now: datetime
    seed: int
    taken: set[str]
    """Addresses that belong to somebody."""


def open_world(store: Store, now: datetime, seed: int = SEED) -> World:
    """Make the shop and all that is open today."""
    shop = open_shop(store, now, HISTORY)
    now = now.replace(second=0, microsecond=0)
    taken: set[str] = set()
    strands = tuple(Strand(plan, shop, now, taken, f"{seed}/{at}") for at, plan in enumerate(TODAY))
    steps = sorted((step for strand in strands for step in strand.steps()), key=lambda step: step[0])
    with store.writing() as connection:
        for at, who, act in steps:
            unit = UnitOfWork(connection, who, at, "")
            act(unit)
            unit.flush()
    return World(store, shop, strands, now, seed, taken)
