"""Dates in every form in which programs write them."""

# ruff: noqa: E501  a table reads best with one case a line

from datetime import UTC, datetime

import pytest

from agentdesk.mail.dates import moment

TEN = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "Sat, 21 Nov 2026 11:00:00 +0100", "Sat,21 Nov 2026 11:00:00 +0100", "Mon, 21 Nov 2026 11:00:00 +0100",
        "21 Nov 2026 10:00 GMT", "21 Nov 26 10:00 UT", "21 Nov 126 10:00:00 Z", "Sat, 21 Nov 2026 10:00:00",
        "Sat, 21 Nov 2026 11:00:00 CET", "Sat, 21 Nov 2026 05:00:00 EST", "Sat, 21 Nov 2026 10:00:00 XYZ",
        "Sat, 21 Nov 2026 11:00:00 GMT+0100", "Sat, 21 Nov 2026 11:00:00 +01:00 (Central European Time)",
        "Sat, 21 Nov 2026 10:00:00 -0000 (CET)", "Sat Nov 21 10:00:00 2026", "Sat Nov 21 11:00:00 CET 2026",
        "Saturday, November 21, 2026 10:00 AM", "November 21st, 2026 10:00", "21-Nov-2026 11:00:00 +0100",
        "2026-11-21T10:00:00Z", "2026-11-21 11:00:00.123456+01:00", "2026-11-21 10:00", "21.11.2026 10:00", "11/21/2026 10:00 AM",
        "lø, 21 nov 2026 11.00.00 +0100", "lørdag den 21. november 2026 kl. 10.00", "Sa, 21. Nov. 2026 10:00",
        "21 novembre 2026 10:00", "\tSat,  21\tNov   2026 11:00:00\t+0100",
    ],
)  # fmt: skip
def test_one_moment_in_many_forms(value: str) -> None:
    assert moment(value) == TEN


@pytest.mark.parametrize(
    ("value", "month"),
    [("1 maj 2026", 5), ("1. März 2026", 3), ("1 mei 2026", 5), ("1 août 2026", 8), ("1 déc 2026", 12), ("1 juil 2026", 7), ("1 juin 2026", 6), ("1 Okt 2026", 10)],
)  # fmt: skip
def test_months_in_the_desks_languages(value: str, month: int) -> None:
    assert moment(value) == datetime(2026, month, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    ["", "i går", "Sat, 32 Nov 2026 10:00", "31 Feb 2026", "21 Nov 2026 25:00", "2026-13-01", "03/04/2026", "1795255200", "Nov 2026",
     "21 Nov 2026 10:00 +9999999", "1 Jan 0000 00:00", "31 Dec 9999 23:00 -2300", "1 Jan 0001 00:00 +2300", "9" * 5000, "21 Foo 2026"],
)  # fmt: skip
def test_what_is_no_day_or_could_be_two_is_not_guessed_at(value: str) -> None:
    assert moment(value) is None
