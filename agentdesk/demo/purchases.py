"""What the customers of the made-up world have bought: the order that their mail is about, and some before it.

Invariant: number, thing, price, carrier and tracking are those that the mail names, and the status fits its matter.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from agentdesk.demo.telling import Tale
from agentdesk.demo.tongue import Tongue
from agentdesk.domain.mail import Address
from agentdesk.domain.orders import Order, OrderLine

SHOP: Final = "nordbutik"
KIND: Final = "sql"
CURRENCIES: Final = {"da": "DKK", "nb": "NOK", "en": "EUR"}
_STATUS: Final = {
    "late": "shipped", "address": "processing", "cancel": "processing", "stock": "backordered", "invoice": "delivered",
    "twice": "paid", "voucher": "paid", "login": "delivered",
}  # fmt: skip
"""By the matter that the mail is about; everything else was delivered."""
_DAY: Final = timedelta(days=1)
_LONG_AGO: Final = 20 * _DAY
"""By then every order has come to its end."""
_BEFORE: Final = (0, 1, 1, 2, 3)
"""How many orders somebody has made earlier."""


def told_of(tale: Tale, now: datetime) -> Order:
    """The order that the first mail of this tale is about, as it stands now."""
    status = _STATUS.get(tale.matter.topic, "delivered")
    bare, size = tale.places["Bare"], tale.places["size"]
    name = f"{bare} {size}" if tale.matter.worn else bare
    promised = tale.bought + 5 * _DAY
    if promised < now - _LONG_AGO:
        status = "cancelled" if tale.matter.topic == "cancel" else "delivered"
    left = status in ("shipped", "delivered")
    return Order(
        number=tale.order, address=tale.customer.key, name=tale.customer.name, status=status, placed_at=tale.bought,
        promised_at=promised if status != "backordered" else None,
        delivered_at=promised if status == "delivered" else None,
        total=Decimal(tale.amount), currency=CURRENCIES[tale.tongue.code],
        carrier=tale.places["carrier"] if left else "", tracking=tale.places["track"] if left else "",
        lines=(OrderLine(_sku(bare), name, Decimal(1), Decimal(tale.amount)),),
    )  # fmt: skip


def made_before(dice: random.Random, customer: Address, tongue: Tongue, before: datetime) -> Iterator[Order]:
    """What this customer bought earlier, some of it sent back."""
    for _time in range(dice.choice(_BEFORE)):
        before -= dice.randrange(20, 140) * _DAY
        things = dice.sample(tongue.things, dice.choice((1, 1, 2, 3)))
        lines = tuple(
            OrderLine(_sku(bare), bare.capitalize(), Decimal(dice.choice((1, 1, 1, 2))), Decimal(price))
            for bare, _a, _the in things
            for price in (dice.choice((49, 99, 149) if tongue.code == "en" else (199, 299, 499, 899)),)
        )
        yield Order(
            number=str(dice.randrange(10000, 99999)), address=customer.key, name=customer.name,
            status=dice.choice(("delivered", "delivered", "delivered", "returned")), placed_at=before,
            promised_at=before + 4 * _DAY, delivered_at=before + 3 * _DAY,
            total=sum((line.amount for line in lines if line.amount is not None), Decimal(0)),
            currency=CURRENCIES[tongue.code], carrier=dice.choice(tongue.carriers),
            tracking=f"{dice.randrange(10**9, 10**10)}NO", lines=lines,
        )  # fmt: skip


def unsold(these: Iterable[Order], sold: set[str]) -> list[Order]:
    """Those whose number nobody has had yet, which is had then."""
    fresh: list[Order] = []
    for order in these:
        if order.number not in sold:
            sold.add(order.number)
            fresh.append(order)
    return fresh


def _sku(bare: str) -> str:
    return f"NB-{sum(map(ord, bare)) % 900 + 100}"
