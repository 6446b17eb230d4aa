"""Words for a time to come, as a table: what stands in the first column means what stands in the last."""

import contextlib
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain import when
from agentdesk.domain.problems import Problem

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 11, 21, 10, 15, tzinfo=COPENHAGEN)  # a Saturday

WORDS = [
    ("tomorrow", "2026-11-22 09:00"),
    ("Tomorrow 9", "2026-11-22 09:00"),
    ("tomorrow at 14:30", "2026-11-22 14:30"),
    ("tomorrow 2pm", "2026-11-22 14:00"),
    ("tomorrow 12 am", "2026-11-22 00:00"),
    ("tomorrow morning", "2026-11-22 09:00"),
    ("tomorrow afternoon", "2026-11-22 14:00"),
    ("day after tomorrow", "2026-11-23 09:00"),
    ("today 15", "2026-11-21 15:00"),
    ("tonight", "2026-11-21 18:00"),
    ("monday", "2026-11-23 09:00"),
    ("next Monday at 8", "2026-11-23 08:00"),
    ("on friday 16:45", "2026-11-27 16:45"),
    ("saturday", "2026-11-28 09:00"),
    ("sat", "2026-11-28 09:00"),
    ("next week", "2026-11-23 09:00"),
    ("next week wednesday 10", "2026-11-25 10:00"),
    ("in 3 days", "2026-11-24 09:00"),
    ("in three days at 16", "2026-11-24 16:00"),
    ("3 days", "2026-11-24 09:00"),
    ("3d", "2026-11-24 09:00"),
    ("1w", "2026-11-28 09:00"),
    ("in a month", "2026-12-21 09:00"),
    ("2h", "2026-11-21 12:15"),
    ("30m", "2026-11-21 10:45"),
    ("1h30m", "2026-11-21 11:45"),
    ("in an hour and 20 minutes", "2026-11-21 11:35"),
    ("in a day and 2 hours", "2026-11-22 12:15"),
    ("at 16", "2026-11-21 16:00"),
    ("at 9", "2026-11-22 09:00"),
    ("11:30", "2026-11-21 11:30"),
    ("9:30", "2026-11-22 09:30"),
    ("i morgen", "2026-11-22 09:00"),
    ("i morgen kl 9", "2026-11-22 09:00"),
    ("i morgen kl. 13.15", "2026-11-22 13:15"),
    ("I morgen tidlig", "2026-11-22 09:00"),
    ("i morgen formiddag", "2026-11-22 09:00"),
    ("i morgen eftermiddag", "2026-11-22 14:00"),
    ("i morgen ettermiddag", "2026-11-22 14:00"),
    ("i overmorgen", "2026-11-23 09:00"),
    ("overmorgen klokken 8", "2026-11-23 08:00"),
    ("i dag kl 12", "2026-11-21 12:00"),
    ("i aften", "2026-11-21 18:00"),
    ("i kveld 19.30", "2026-11-21 19:30"),
    ("mandag", "2026-11-23 09:00"),
    ("på mandag kl 8", "2026-11-23 08:00"),
    ("til tirsdag", "2026-11-24 09:00"),
    ("næste onsdag", "2026-11-25 09:00"),
    ("neste torsdag", "2026-11-26 09:00"),
    ("lørdag", "2026-11-28 09:00"),
    ("søn 11", "2026-11-22 11:00"),
    ("næste uge", "2026-11-23 09:00"),
    ("neste uke tirsdag", "2026-11-24 09:00"),
    ("om 3 dager", "2026-11-24 09:00"),
    ("om 3 dage", "2026-11-24 09:00"),
    ("om tre dage kl 15", "2026-11-24 15:00"),
    ("om en uge", "2026-11-28 09:00"),
    ("om ei uke", "2026-11-28 09:00"),
    ("om en halv time", "2026-11-21 10:45"),
    ("in half an hour", "2026-11-21 10:45"),
    ("om et kvarter", "2026-11-21 10:30"),
    ("halvanden time", "2026-11-21 11:45"),
    ("om et par dager", "2026-11-23 09:00"),
    ("in a couple of hours", "2026-11-21 12:15"),
    ("i eftermiddag", "2026-11-21 14:00"),
    ("i ettermiddag kl 16", "2026-11-21 16:00"),
    ("this evening", "2026-11-21 18:00"),
    ("i formiddag", None),
    ("fredag 14:30", "2026-11-27 14:30"),
    ("neste uke", "2026-11-23 09:00"),
    ("24/12 kl 12", "2026-12-24 12:00"),
    ("om to uker", "2026-12-05 09:00"),
    ("om en time", "2026-11-21 11:15"),
    ("om 2 timer og 30 minutter", "2026-11-21 12:45"),
    ("om 45 minutt", "2026-11-21 11:00"),
    ("om en måned", "2026-12-21 09:00"),
    ("24/12", "2026-12-24 09:00"),
    ("24.12 kl 12", "2026-12-24 12:00"),
    ("24.12. kl. 12", "2026-12-24 12:00"),
    ("d. 24/12 kl 12", "2026-12-24 12:00"),
    ("24.12.2027", "2027-12-24 09:00"),
    ("24/12/27 8", "2027-12-24 08:00"),
    ("den 24. december", "2026-12-24 09:00"),
    ("24. desember kl 18", "2026-12-24 18:00"),
    ("24 dec 10:30", "2026-12-24 10:30"),
    ("Dec 24", "2026-12-24 09:00"),
    ("december 24th, 2027", "2027-12-24 09:00"),
    ("1/3", "2027-03-01 09:00"),
    ("29/2", "2028-02-29 09:00"),
    ("21/11 kl 11", "2026-11-21 11:00"),
    ("2026-11-23", "2026-11-23 09:00"),
    ("2026-11-23 14:00", "2026-11-23 14:00"),
    ("2026-11-23T14:00", "2026-11-23 14:00"),
    ("2026-11-23T14:00:00Z", "2026-11-23 15:00"),
    ("2026-11-23T14:00+05:00", "2026-11-23 10:00"),
    ("", None),
    ("soon", None),
    ("9", None),
    ("day", None),
    ("m", None),
    ("31/2", None),
    ("24/13", None),
    ("tomorrow 25", None),
    ("tomorrow 9:75", None),
    ("tomorrow 13pm", None),
    ("tomorrow tomorrow", None),
    ("monday bananas", None),
    ("in 0 minutes", None),
    ("yesterday", None),
    ("today", None),
    ("today 9", None),
    ("2026-11-21", None),
    ("2025-01-01", None),
    ("1/3/2026", None),
    ("in 9999 months", None),
    ("2099-01-01", None),
    ("9999-12-31", None),
    ("monday" * 40, None),
]


@pytest.mark.parametrize(("words", "meant"), WORDS, ids=[words[:30] or "nothing" for words, _meant in WORDS])
def test_words_mean_the_time_beside_them(words: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(Problem):
            when.read(words, NOW)
        return
    found = when.read(words, NOW)
    assert f"{found:%Y-%m-%d %H:%M}" == meant
    assert found.tzinfo is COPENHAGEN


DST = [
    # the night of 29 March 2026: 02:00 becomes 03:00
    ("2026-03-28 10:00", "tomorrow 2:30", "2026-03-29 03:30+02:00"),
    ("2026-03-28 10:00", "tomorrow", "2026-03-29 09:00+02:00"),
    ("2026-03-29 01:30", "1h", "2026-03-29 03:30+02:00"),
    ("2026-03-28 10:00", "in 1 day", "2026-03-29 09:00+02:00"),
    # the night of 25 October 2026: 03:00 becomes 02:00 again
    ("2026-10-24 10:00", "tomorrow 2:30", "2026-10-25 02:30+02:00"),
    ("2026-10-25 01:30", "2h", "2026-10-25 02:30+01:00"),
    ("2026-10-24 23:00", "in 5 hours", "2026-10-25 03:00+01:00"),
    ("2026-10-24 10:00", "i morgen", "2026-10-25 09:00+01:00"),
]


@pytest.mark.parametrize(("now", "words", "meant"), DST)
def test_the_nights_when_clocks_change(now: str, words: str, meant: str) -> None:
    found = when.read(words, datetime.fromisoformat(now).replace(tzinfo=COPENHAGEN))
    assert found.isoformat(" ", "minutes") == meant


def test_the_second_of_two_equal_times_is_meant_when_the_first_has_passed() -> None:
    second_half_past_two = datetime(2026, 10, 25, 2, 10, tzinfo=COPENHAGEN, fold=1)
    assert when.read("2026-10-25 02:30", second_half_past_two).utcoffset() == second_half_past_two.utcoffset()


_PIECES = (
    "tomorrow", "i", "morgen", "kl", "9", "om", "3", "dager", "24/12", ":", ".", "in", "monday", "2h", "og", "pm",
)  # fmt: skip


@given(st.text(max_size=40) | st.lists(st.sampled_from(_PIECES), max_size=6).map(" ".join))
def test_whatever_is_typed_is_a_time_to_come_or_a_problem(words: str) -> None:
    with contextlib.suppress(Problem):
        assert when.read(words, NOW) > NOW
