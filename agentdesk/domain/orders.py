"""Orders as a shop tells them and as the screens show them: values, amounts in any currency, dates, lateness.

Invariants: an amount is a Decimal from text to screen and never a float; what cannot be read for certain is refused
with a ValueError, never guessed; pure, the time is handed in.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache

from agentdesk.config.language import N_, _, ngettext

_BY_DECIMALS = (
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
)
_MINOR = {code: decimals for decimals, codes in _BY_DECIMALS for code in codes.split()}
"""Decimals of a currency by ISO 4217, where they are not two."""
_CROWNS = ("DKK", "NOK", "SEK")
LONGEST_AMOUNT = 24
"""Characters of an amount: more is no price."""
_MOST_DECIMALS = 12
_ROOMY = Context(prec=LONGEST_AMOUNT + _MOST_DECIMALS + 1)
_SPACES = str.maketrans("", "", " \u00a0\u202f'’")
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?")
_GROUPED = {
    ",": re.compile(r"[+-]?\d{1,3}(?:\.\d{3})*(?:,\d+)?"),
    ".": re.compile(r"[+-]?\d{1,3}(?:,\d{3})*(?:\.\d+)?"),
}
_UNCLEAR = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?")
NOON = 12
"""The hour of a date that has no time: in nearly every zone it is still the same date."""

DONE = frozenset({"delivered", "returned", "cancelled", "canceled", "refunded", "picked up"})
_WORDS = {
    "new": N_("new"), "pending": N_("waits for payment"), "paid": N_("paid"), "processing": N_("being packed"),
    "packed": N_("packed"), "shipped": N_("on its way"), "sent": N_("on its way"), "in transit": N_("on its way"),
    "delivered": N_("delivered"), "picked up": N_("picked up"), "returned": N_("returned"),
    "cancelled": N_("cancelled"), "canceled": N_("cancelled"), "refunded": N_("refunded"),
    "backordered": N_("on back order"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order: how many of what, and what they cost together."""

    sku: str
    name: str
    quantity: Decimal
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a shop tells it, clean; not yet in the store."""

    number: str
    address: str
    """In lower case, as addresses are compared."""
    name: str = ""
    status: str = ""
    placed_at: datetime | None = None
    promised_at: datetime | None = None
    delivered_at: datetime | None = None
    total: Decimal | None = None
    currency: str = ""
    carrier: str = ""
    tracking: str = ""
    tracking_url: str = ""
    lines: tuple[OrderLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Broken:
    """Something in a source that is no order: where, and why, as a person reads it."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the store."""

    id: int
    source: str
    number: str
    address: str
    name: str
    status: str
    placed_at: datetime | None
    promised_at: datetime | None
    delivered_at: datetime | None
    total: Decimal | None
    currency: str
    carrier: str
    tracking: str
    tracking_url: str
    fetched_at: datetime
    lines: tuple[OrderLine, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where orders come from, and how old what is known is."""

    id: int
    name: str
    kind: str
    as_of: datetime | None
    """When the shop was last asked; None when it never was."""
    trouble: str
    """One sentence, empty while all is well."""


def minor_units(currency: str) -> int:
    """How many decimals amounts of this currency have."""
    return _MINOR.get(currency.upper(), 2)


def plain(amount: Decimal, currency: str) -> str:
    """An amount for programs: 1234.50, with the currency's own decimals or more where it has more."""
    places = max(minor_units(currency), _places(amount))
    return f"{amount:.{places}f}"


def money(amount: Decimal | None, currency: str, *, language: str = "en", short: bool = False) -> str:
    """An amount for people: 1.234,50 kr in Danish, 1,234.50 kr in English; `short` leaves out decimals that are 0."""
    if amount is None:
        return ""
    places = max(minor_units(currency), _places(amount))
    if short and amount == amount.to_integral_value():
        places = 0
    text = f"{amount:,.{places}f}"
    if not language.startswith("en"):
        group = "." if language.startswith(("da", "de", "nl")) else "\u00a0"
        text = text.translate({ord(","): group, ord("."): ","})
    unit = "kr" if currency.upper() in _CROWNS else currency.upper()
    return f"{text} {unit}".strip()


def _places(amount: Decimal) -> int:
    """Decimals that mean something: 1.500 has one."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@lru_cache(maxsize=4096)
def read_amount(text: str, decimal: str = "", currency: str = "") -> Decimal:
    """An amount as people and programs write it: 1234.5, 1.234,50, 1,234.50, 1 234,50, kr 499,-.

    `decimal` ("," or ".") is the sign of whoever wrote the file; it decides 1.234 alone, which otherwise is refused.
    Raises ValueError with a reason for a person.
    """
    words = text.strip()
    if len(words) > LONGEST_AMOUNT:
        raise ValueError(_("this is too long for an amount"))
    digits = words.translate(_SPACES)
    for unit in ("kr.", "kr", "Kr.", "Kr", currency.upper() or "kr"):
        digits = digits.removeprefix(unit).removesuffix(unit)
    digits = digits.removesuffix(",-").removesuffix(".-").replace("\u2212", "-")
    unclear = _UNCLEAR.fullmatch(digits) is not None and minor_units(currency) != 3
    if unclear and not decimal:
        raise ValueError(_("this can be read in two ways; write it with two decimals"))
    sign = decimal if unclear else _sign_of(digits, decimal)
    if not digits.isascii() or not (
        _GROUPED[sign].fullmatch(digits) or _PLAIN.fullmatch(digits.replace(sign, "."))
    ):
        raise ValueError(_("this is no amount"))
    other = "." if sign == "," else ","
    return Decimal(digits.replace(other, "").replace(sign, "."))


def _sign_of(digits: str, decimal: str) -> str:
    """Which sign stands before the decimals: the last one that occurs, where it occurs once."""
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma < 0 and point < 0:
        return decimal or "."
    last, count = (",", digits.count(",")) if comma > point else (".", digits.count("."))
    if count > 1:  # 1.234.567: then it parts thousands
        return "." if last == "," else ","
    return last


def read_quantity(text: str, decimal: str = "") -> Decimal:
    """How many; nothing means one. Raises ValueError with a reason for a person."""
    if not text.strip():
        return Decimal(1)
    try:
        return read_amount(text, decimal or ",")
    except ValueError:
        raise ValueError(_("this is no quantity")) from None


def as_decimal(value: object) -> Decimal | None:
    """An amount as a database gives it. Raises ValueError with a reason for a person."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return read_amount(value, ".")
    try:
        made = Decimal(repr(value) if isinstance(value, float) else str(value))
    except InvalidOperation:
        raise ValueError(_("this is no amount")) from None
    if not made.is_finite() or made.adjusted() > LONGEST_AMOUNT:
        raise ValueError(_("this is no amount"))
    if int(made.as_tuple().exponent) < -_MOST_DECIMALS:  # what is left over of counting, or a million zeros
        made = made.quantize(Decimal(1).scaleb(-_MOST_DECIMALS), context=_ROOMY).normalize(_ROOMY)
    return made or Decimal(0)  # never -0


@lru_cache(maxsize=1024)
def read_moment(text: str) -> datetime | None:
    """A time as files write it: 2026-11-12, 2026-11-12T09:30:00+01:00, 12-11-2026, 12.11.2026 9:30; nothing is None.

    Without a zone it is UTC; without a time it is noon. Raises ValueError with a reason for a person.
    """
    words = text.strip()
    if not words:
        return None
    try:
        match = _DAY_FIRST.fullmatch(words) if not words[:4].isdigit() else None
        if match is not None:
            day, month, year, time = match.groups()
            words = f"{year}-{month:0>2}-{day:0>2}" + (f"T{time:0>5}" if time else "")
        return _aware(datetime.fromisoformat(words), dated=len(words) == 10)
    except (ValueError, OverflowError):
        raise ValueError(_("this is no date; write it like 2026-11-24")) from None


def as_moment(value: object) -> datetime | None:
    """A time as a database gives it. Raises ValueError with a reason for a person."""
    if value is None:
        return None
    try:
        if isinstance(value, datetime):
            return _aware(value, dated=False)
        if isinstance(value, date):
            return _aware(datetime(value.year, value.month, value.day), dated=True)  # noqa: DTZ001  made aware there
        if isinstance(value, int):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(_("this is no date; write it like 2026-11-24")) from None
    return read_moment(str(value))


def _aware(at: datetime, *, dated: bool) -> datetime:
    if dated:
        at = at.replace(hour=NOON)
    made = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if not 1970 <= made.year <= 9000:
        raise ValueError(made.year)
    return made


def days_late(order: OrderRow | Order, now: datetime, zone: tzinfo = UTC) -> int:
    """How many days the promised date has passed while nothing arrived; 0 when all is well."""
    if order.promised_at is None or order.delivered_at is not None or order.status.casefold() in DONE:
        return 0
    late = (now.astimezone(zone).date() - order.promised_at.astimezone(zone).date()).days
    return max(0, late)


def status_words(order: OrderRow, now: datetime, zone: tzinfo = UTC) -> str:
    """The status as a person says it: late 3 days, on its way, delivered; a shop's own word where it has one."""
    late = days_late(order, now, zone)
    if late:
        return ngettext("late {n} day", "late {n} days", late).format(n=late)
    known = _WORDS.get(order.status.casefold().replace("_", " ").replace("-", " "))
    return _(known) if known is not None else order.status
