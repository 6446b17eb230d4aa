"""What every source of orders can do, and how each act may end.

Invariant: a shop is only ever read; it raises only what stands here, each with one sentence for a person and never a
secret, a query or a value in it; it knows no store and no clock, and every text of an Order is clean and of bounded
length. One thread uses it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Final, Protocol

from agentdesk.config.language import _
from agentdesk.domain import orders as reading
from agentdesk.domain.orders import Broken, Order, OrderLine
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line

COLUMNS: Final = (
    "number", "address", "name", "status", "placed", "promised", "delivered", "total", "currency", "carrier",
    "tracking", "tracking_url",
)  # fmt: skip
"""What a shop tells of an order, by the names that its columns have."""
LINE_COLUMNS: Final = ("sku", "line", "quantity", "line_amount")
LONGEST_TEXT: Final = 500
MOST_LINES: Final = 500
"""Lines of one order."""


class ShopDown(Problem):
    """The shop cannot be reached or does not answer in time: trying again later may well do."""


class ShopRefused(Problem):
    """The shop, or a setting, says no: trying again changes nothing until a person has mended it."""


class Shop(Protocol):
    """One shop, as its settings or its file describe it."""

    kind: ClassVar[str]
    name: str

    def orders(self, address: str = "") -> Iterator[Order | Broken]:
        """The orders of a mail address, or with none all that there are; what is no order comes as Broken in its place.

        Raises ShopDown, ShopRefused.
        """
        ...

    def close(self) -> None:
        """Hang up. The shop can be used again afterwards."""
        ...


class BadValue(ValueError):  # noqa: N818  read aloud to a person with its column
    """A value that cannot be read, in this column."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def order_of(values: Mapping[str, object], decimal: str = ".", address: str = "") -> Order:
    """The order that these columns tell of, without its lines. Raises BadValue.

    `decimal` is the sign before decimals in texts; `address` is whose it is where no column says so.
    """
    number = _text(values, "number").lstrip("#").strip()
    if not number:
        raise BadValue("number", _("there is no order number"))
    currency = _text(values, "currency").upper()
    if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
        raise BadValue("currency", _("this is no currency; write it like DKK"))
    return Order(
        number=number, address=_address(values) or address, name=_text(values, "name"), status=_text(values, "status"),
        placed_at=_moment(values, "placed"), promised_at=_moment(values, "promised"),
        delivered_at=_moment(values, "delivered"), total=_amount(values, "total", decimal, currency),
        currency=currency, carrier=_text(values, "carrier"), tracking=_text(values, "tracking"),
        tracking_url=_text(values, "tracking_url"),
    )  # fmt: skip


def line_of(values: Mapping[str, object], decimal: str = ".", currency: str = "") -> OrderLine | None:
    """The line that these columns tell of; None when they tell of none. Raises BadValue."""
    sku, name = _text(values, "sku"), _text(values, "line")
    if not sku and not name:
        return None
    quantity = values.get("quantity")
    try:
        count = (
            reading.read_quantity(quantity, decimal)
            if isinstance(quantity, str)
            else reading.as_decimal(quantity)
        )
    except ValueError as reason:
        raise BadValue("quantity", str(reason)) from None
    return OrderLine(
        sku, name, Decimal(1) if count is None else count, _amount(values, "line_amount", decimal, currency)
    )


def _text(values: Mapping[str, object], column: str) -> str:
    value = values.get(column)
    if value is None or value == "":
        return ""
    if type(value) is str and len(value) <= LONGEST_TEXT and value.isascii() and value.isprintable():
        return (
            " ".join(value.split()) if "  " in value else value.strip()
        )  # the everyday case, at a third of the cost
    return clean_line(str(value)[: 2 * LONGEST_TEXT])[:LONGEST_TEXT]


def _address(values: Mapping[str, object]) -> str:
    address = _text(values, "address").lower().removeprefix("mailto:")
    if address and ("@" not in address.strip("@") or " " in address):
        raise BadValue("address", _("this is no mail address"))
    return address


def _moment(values: Mapping[str, object], column: str) -> datetime | None:
    value = values.get(column)
    if value is None or value == "":
        return None
    try:
        return reading.as_moment(value)
    except ValueError as reason:
        raise BadValue(column, str(reason)) from None


def _amount(values: Mapping[str, object], column: str, decimal: str, currency: str) -> Decimal | None:
    value = values.get(column)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, str):
            return reading.read_amount(value, decimal, currency) if value.strip() else None
        return reading.as_decimal(value)
    except ValueError as reason:
        raise BadValue(column, str(reason)) from None
