"""Amounts in any currency, dates as files write them, and what is late."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain.orders import (
    OrderRow,
    as_decimal,
    as_moment,
    days_late,
    minor_units,
    money,
    plain,
    read_amount,
    read_moment,
    status_words,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ROW = OrderRow(1, "shop", "10231", "a@b.example", "A", "shipped", None, NOW - timedelta(days=3), None, Decimal(499),
               "DKK", "GLS", "T1", "", NOW)  # fmt: skip
_WHOLE = st.integers(-(10**12), 10**12)
_PLACES = st.sampled_from([0, 2, 3])


@given(_WHOLE, _PLACES, st.sampled_from([",", "."]))
def test_what_is_written_with_groups_is_read_back(minor: int, places: int, decimal: str) -> None:
    amount = Decimal(minor).scaleb(-places)
    text = f"{amount:,.{places}f}"
    if decimal == ",":
        text = text.translate({ord(","): ".", ord("."): ","})
    assert read_amount(text, decimal, "KWD" if places == 3 else "DKK") == amount
    if places == 2:
        assert read_amount(text) == amount, "two decimals need no word"


@given(_WHOLE, st.sampled_from(["DKK", "EUR", "JPY", "KWD", "CLF", ""]), st.sampled_from(["en", "da", "nb"]))
def test_an_amount_for_people_holds_every_digit(minor: int, currency: str, language: str) -> None:
    amount = Decimal(minor).scaleb(-minor_units(currency))
    shown = money(amount, currency, language=language)
    assert [c for c in shown if c.isdigit()] == [c for c in plain(amount, currency) if c.isdigit()]
    assert money(amount, currency, language=language, short=True).startswith(
        shown[: len(shown.split(",")[0].split(".")[0])] if language == "en" else shown[:1]
    )
    assert Decimal(plain(amount, currency)) == amount


@given(st.text(max_size=30), st.sampled_from(["", ",", "."]))
def test_any_text_is_an_amount_or_is_refused(text: str, decimal: str) -> None:
    with suppress(ValueError):
        assert read_amount(text, decimal).is_finite()


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_nothing_or_is_refused(text: str) -> None:
    with suppress(ValueError):
        found = read_moment(text)
        assert found is None or found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1 234,50", "1234.50"), ("kr 499,-", "499"),
        ("499,00 kr.", "499"), ("-12,5", "-12.5"), ("1.234.567", "1234567"), ("0.500", "0.5"), ("1'234.50", "1234.50"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, value: str) -> None:
    assert read_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.234", "1,234", "1e5", "١٢", "1.2.3", "1,2,3", "--5", "NaN", "9" * 30]
)
def test_what_is_not_certain_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|two ways"):
        read_amount(text)


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        ("1234.5", "DKK", "da", "1.234,50 kr"), ("1234.5", "EUR", "en", "1,234.50 EUR"),
        ("1500", "JPY", "en", "1,500 JPY"),
        ("1.5", "KWD", "en", "1.500 KWD"), ("1234567.8", "NOK", "nb", "1\u00a0234\u00a0567,80 kr"),
        ("-5", "USD", "en", "-5.00 USD"), ("0.123456", "USD", "en", "0.123456 USD"), ("3", "", "en", "3.00"),
    ],
)  # fmt: skip
def test_amounts_as_people_read_them(amount: str, currency: str, language: str, shown: str) -> None:
    assert money(Decimal(amount), currency, language=language) == shown
    assert money(None, currency) == ""


def test_short_amounts_leave_out_what_is_nothing() -> None:
    assert money(Decimal("499.00"), "DKK", short=True) == "499 kr"
    assert money(Decimal("499.50"), "DKK", short=True) == "499.50 kr"


def test_what_databases_give() -> None:
    assert as_decimal(0.1) == Decimal("0.1")
    assert as_decimal(None) is None
    assert as_decimal("1234.50") == Decimal("1234.50")
    for value in (Decimal("1E-999999"), 5e-324, -1.4210854715202004e-14):
        assert f"{as_decimal(value):f}" == "0"
    assert as_decimal(Decimal("9" * 24 + ".50" + "0" * 900)) == Decimal("9" * 24 + ".5")
    assert as_moment(NOW.astimezone(timezone(timedelta(hours=5)))) == NOW
    assert as_moment(NOW.date()) == NOW.replace(hour=12)
    assert as_moment(int(NOW.timestamp())) == NOW
    for value in (float("nan"), float("inf"), Decimal("1e99"), b"x", object()):
        with pytest.raises(ValueError, match="amount"):
            as_decimal(value)
    for value in (10**30, "32-13-2026", datetime(1, 1, 1), b"\x00"):  # noqa: DTZ001  a shop's own time
        with pytest.raises(ValueError, match="date"):
            as_moment(value)


def test_late_is_counted_in_days_of_the_reader_until_something_arrives() -> None:
    assert days_late(ROW, NOW) == 3
    assert status_words(ROW, NOW) == "late 3 days"
    assert days_late(replace(ROW, delivered_at=NOW), NOW) == 0
    assert days_late(replace(ROW, status="Returned"), NOW) == 0
    assert days_late(replace(ROW, promised_at=NOW + timedelta(days=1)), NOW) == 0
    west = timezone(timedelta(hours=-11))
    assert days_late(replace(ROW, promised_at=NOW.replace(hour=1)), NOW.replace(hour=12), west) == 1
    assert status_words(replace(ROW, status="in_transit", promised_at=None), NOW) == "on its way"
    assert status_words(replace(ROW, status="Til afhentning", promised_at=None), NOW) == "Til afhentning"
