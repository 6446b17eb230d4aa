"""Shops: where orders come from. Each kind is one plug-in, listed here and imported when it is first opened.

Invariant: importing this package imports no plug-in and no library of one.
"""

import importlib
from typing import Any

from agentdesk.config.language import _
from agentdesk.shops.contract import ShopRefused

SHOPS: tuple[tuple[str, str], ...] = (
    ("csv", "agentdesk.shops.csvfile:CsvFile"),
    ("sql", "agentdesk.shops.sql:SqlShop"),
)


def plugin(kind: str) -> Any:
    """What opens a shop of this kind; each takes what it needs and keeps to `contract.Shop`. Raises ShopRefused."""
    for name, place in SHOPS:
        if name == kind:
            module, _colon, attribute = place.partition(":")
            return getattr(importlib.import_module(module), attribute)
    kinds = ", ".join(name for name, _place in SHOPS)
    raise ShopRefused(
        _("There is no kind of shop called {kind}; this program knows: {kinds}.").format(
            kind=kind, kinds=kinds
        )
    )
