"""What stands in the shop besides its cases: orders, macros, articles, snippets, and the search index over today.

Invariant: nobody waits for it: it is written behind the first queue, in a few short commits. The texts are Markdown
files beside this module, as a team keeps them.
"""

from itertools import chain
from pathlib import Path
from typing import Final

from sqlalchemy import select

from agentdesk.automation import article_files, macro_files, macros
from agentdesk.demo import purchases
from agentdesk.demo.world import World
from agentdesk.services import articles, indexing, orders, snippets
from agentdesk.store.tables import messages
from agentdesk.store.unit import SYSTEM

USED: Final = {
    "late": ("delayed-parcel", "parcel-found", "ask-carrier", "delayed-parcel"), "return": ("return-label",),
    "size": ("exchange-size", "size-guide"), "invoice": ("invoice-sent", "invoice-company"),
    "voucher": ("voucher-new-code",), "address": ("address-changed", "address-too-late"),
    "damaged": ("damaged-photo", "damaged-new-one"), "twice": ("charged-twice",), "stock": ("stock-back-soon",),
    "login": ("login-reset",), "cancel": ("cancel-done",), "missing": ("missing-item-sent",),
}  # fmt: skip
"""Which macros answered which matter, so that the past has something to suggest."""
KNOWLEDGE: Final = Path(__file__).with_name("knowledge")


def furnish(world: World) -> None:
    """Put it there: what stands beside the case in hand first."""
    with world.store.unit(SYSTEM, world.now) as unit:
        source = orders.source(unit, purchases.SHOP, purchases.KIND)
        told = [one.order(world.now) for one in world.strands]
        told += chain.from_iterable(one.earlier_orders() for one in world.strands)
        orders.take_in(unit, source, purchases.unsold(told, world.sold))
        orders.synced(unit, source)
    with world.store.unit(SYSTEM, world.now) as unit:
        for macro in macro_files.read_macros(_files("macros"), KNOWLEDGE / "macros"):
            world.macros[macro.slug] = macros.save(unit, macro)
    with world.store.unit(SYSTEM, world.now) as unit:
        articles.take_in(unit, article_files.read_articles(_files("articles")))
        snippets.take_in(unit, article_files.read_snippets(_files("snippets")))
    with world.store.unit(SYSTEM, world.now) as unit:
        ours = [one.case_id for one in world.strands]
        indexing.index(
            unit, unit.session.scalars(select(messages.c.id).where(messages.c.case_id.in_(ours))).all()
        )


def _files(kind: str) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((KNOWLEDGE / kind).glob("*.md"))}
