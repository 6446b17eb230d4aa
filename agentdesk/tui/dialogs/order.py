"""An order on a page: where it is, what is in it, what it cost; the same key goes on to the next one.

Invariant: amounts stand right-aligned, in the order's own currency, however wide the page is.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from agentdesk.config.language import _, chosen
from agentdesk.domain.orders import OrderRow, money, status_words
from agentdesk.text.cells import fit, pad, pad_left, width
from agentdesk.tui.dialogs.page import PageDialog
from agentdesk.tui.widgets.clock import ago, day

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDEST = 60
"""Columns of the name of a line."""
NARROW = 30
"""Columns that a page takes for its edges and the amounts."""


class OrderDialog(PageDialog):
    """One of a customer's orders."""

    context = "order"

    def __init__(
        self, orders: Sequence[OrderRow], at: int, now: datetime, zone: tzinfo, columns: int
    ) -> None:
        order = orders[at]
        place = f"{at + 1}/{len(orders)}" if len(orders) > 1 else ""
        title = " ".join(filter(None, (_("Order {number}").format(number=order.number), place)))
        room = max(10, min(WIDEST, columns - NARROW))
        super().__init__(title, page(order, now, zone, room))
        self.orders, self.at = tuple(orders), at
        self._now, self._zone, self._columns = now, zone, columns

    @property
    def order(self) -> OrderRow:
        """The one on the page."""
        return self.orders[self.at]

    async def turn(self) -> None:
        """On to the next one; behind the oldest comes the newest."""
        at = (self.at + 1) % len(self.orders)
        house = self.house
        await self.leave()
        await house.push_screen(OrderDialog(self.orders, at, self._now, self._zone, self._columns))


def page(order: OrderRow, now: datetime, zone: tzinfo, room: int) -> str:
    """The order in lines."""
    parts = ["\n".join(_facts(order, now, zone))]
    if order.lines:
        parts.append("\n".join(_lines(order, room)))
    elif order.total is not None:
        parts.append(_("Total: {amount}").format(amount=_cost(order.total, order.currency)))
    known = _("from {source}, changed {time}").format(source=order.source, time=ago(order.fetched_at, now))
    return "\n\n".join((*parts, known))


def _facts(order: OrderRow, now: datetime, zone: tzinfo) -> list[str]:
    facts = [status_words(order, now, zone)]
    for words, at in (
        (_("placed {date}"), order.placed_at), (_("promised {date}"), order.promised_at),
        (_("delivered {date}"), order.delivered_at),
    ):  # fmt: skip
        if at is not None:
            facts.append(words.format(date=day(at, now, zone)))
    lines = [" · ".join(filter(None, facts))]
    if order.carrier or order.tracking:
        lines.append(f"{order.carrier} {order.tracking}".strip())
    return [*lines, *filter(None, (order.tracking_url, f"{order.name} <{order.address}>".strip()))]


def _lines(order: OrderRow, room: int) -> list[str]:
    """The order's lines as a table, and the total below them."""
    rows = [
        (
            f"{one.quantity.normalize():f} ×",
            f"{one.name} {one.sku}".strip(),
            _cost(one.amount, order.currency),
        )
        for one in order.lines
    ]
    total = _cost(order.total, order.currency)
    count = max(width(row[0]) for row in rows)
    cost = max(width(total), *(width(row[2]) for row in rows))
    named = min(room, max(width(_("total")), *(width(row[1]) for row in rows)))
    table = [
        f"{pad_left(row[0], count)} {pad(fit(row[1], named), named)}  {pad_left(row[2], cost)}"
        for row in rows
    ]
    if order.total is not None:
        table.append(f"{' ' * count} {pad(_('total'), named)}  {pad_left(total, cost)}")
    return [line.rstrip() for line in table]


def _cost(amount: Decimal | None, currency: str) -> str:
    return money(amount, currency, language=chosen())
