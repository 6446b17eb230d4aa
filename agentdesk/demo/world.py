"""The made-up world as it stands when the desk opens: the open cases first, a year of history behind them.

Invariant: the same seed and time give the same people, words and times; every row agrees with what the house itself
would have written (a test computes the clocks anew).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, text

from agentdesk.demo.past import Rows, write
from agentdesk.demo.shop import FIRST_CASE, KEPT, Shop, open_shop
from agentdesk.demo.strand import Strand
from agentdesk.demo.today import TODAY
from agentdesk.services import clocks
from agentdesk.store.engine import Store
from agentdesk.store.tables import metadata
from agentdesk.store.unit import SYSTEM, UnitOfWork

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
    sold: set[str] = field(default_factory=set)
    """Order numbers that belong to somebody."""
    macros: dict[str, int] = field(default_factory=dict)
    """Macros by their slug, once they are there."""


def open_world(store: Store, now: datetime, seed: int = SEED) -> World:
    """Make the shop and all that is open today."""
    shop = open_shop(store, now, HISTORY)
    now = now.replace(second=0, microsecond=0)
    taken: set[str] = set()
    strands = tuple(Strand(plan, shop, now, taken, f"{seed}/{at}") for at, plan in enumerate(TODAY))
    with store.writing() as connection:
        _tell(connection, now, strands)
        for at, who, act in sorted(
            (step for one in strands for step in one.afterwards()), key=lambda step: step[0]
        ):
            unit = UnitOfWork(connection, who, at, "")
            act(unit)
            unit.flush()
    return World(store, shop, strands, now, seed, taken)


def _tell(connection: Connection, now: datetime, strands: tuple[Strand, ...]) -> None:
    """All cases of today, in the order in which they began, and what their clocks say."""
    rows: Rows = defaultdict(list)
    names = sorted({name for one in strands for name in one.tags})
    tags = {name: number for number, name in enumerate(names, 1)}
    used = connection.execute(text("select name, seq from sqlite_sequence"))
    ids = {name: seq for name, seq in used if name in KEPT}
    for number, strand in enumerate(sorted(strands, key=lambda one: one.begun), FIRST_CASE + HISTORY):
        strand.tell(number, ids, rows, tags)
    connection.execute(
        insert(metadata.tables["tags"]), [{"id": one, "name": name} for name, one in tags.items()]
    )
    write(connection, rows)
    clocks.refresh(UnitOfWork(connection, SYSTEM, now, ""), [strand.case_id for strand in strands])
