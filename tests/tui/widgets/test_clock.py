"""Clocks and dates in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tui.widgets.world import NOW, row

from agentdesk.tui.widgets.clock import COLUMN, clock, day, lasting, moment, until

ZONE = ZoneInfo("Europe/Copenhagen")


@pytest.mark.parametrize(
    ("due", "text", "tone"),
    [
        (0, "0:00", "amber"), (130, "2:10", "amber"), (599, "9:59", "amber"), (600, "10 m", "amber"),
        (3599, "59 m", "amber"), (3600, "1 h 00", "text"), (4800, "1 h 20", "text"), (36_000, "10 h", "text"),
        (86_400 * 2, "2 d", "text"), (-1, "-0:01", "red"), (-41 * 60, "-41 m", "red"), (-7200, "-2 h", "red"),
        (-86_400 * 4000, "-999 d", "red"),
    ],
)  # fmt: skip
def test_time_left_and_time_over(due: float, text: str, tone: str) -> None:
    assert clock(row(1, due=due), NOW) == (text, tone)


@pytest.mark.parametrize(
    ("waits", "text"), [(0, "w 0 m"), (2460, "w 41 m"), (3 * 3600, "w 3 h"), (86_400 * 99, "w 99 d")]
)
def test_the_wait_without_a_due_time(waits: float, text: str) -> None:
    assert clock(row(1, waits=waits), NOW) == (text, "text")


def test_snoozed_done_and_impossible_times() -> None:
    assert clock(row(1, snoozed=60, due=-5), NOW) == ("snooze", "dim")
    assert clock(row(1, snoozed=-60, due=60), NOW) == ("1:00", "amber")
    assert clock(row(1, waits=None), NOW) == ("", "dim")
    assert clock(row(1, waits=-500), NOW) == ("w 0 m", "text")


def test_a_clock_is_never_wider_than_its_column() -> None:
    for power in range(40):
        for due in (3**power % 10**10, -(3**power % 10**10)):
            assert len(clock(row(1, due=due), NOW)[0]) <= COLUMN


def test_how_long_in_one_rough_unit() -> None:
    assert [lasting(n) for n in (-3, 8, 60, 7200, 86_400 * 3)] == ["0 s", "8 s", "1 min", "2 h", "3 d"]


def test_dates_are_local_to_the_agent() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert moment(late, ZONE) == "tue 24 nov 00:30"
    assert moment(late, ZONE, short=True) == "24 nov 00:30"
    assert day(late, NOW, ZONE) == "24 nov"
    assert day(late - timedelta(days=800), NOW, ZONE) == "sep 2024"
    assert until(NOW + timedelta(hours=2), NOW, ZONE) == "13:52"
    assert until(NOW + timedelta(hours=22), NOW, ZONE) == "tue 09:52"
    assert until(NOW + timedelta(days=30), NOW, ZONE) == "23 dec"
