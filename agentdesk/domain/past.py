"""Days in the words of a query: "yesterday", "3d", "i går", "monday", "2026-11", "24/12", and those still to come.

English, Danish and Norwegian are read together. Invariants: what `day` gives is the first moment of a day (of an hour
or minute when one is named), aware, in the zone of `now`; a weekday or a date without a year is the last one gone by.
"""

import re
from datetime import UTC, date, datetime, timedelta

from agentdesk.config.language import _
from agentdesk.domain import when
from agentdesk.domain.problems import Problem

_REFERENCE = datetime(2026, 1, 15, 12, tzinfo=UTC)
_NAMED = {
    "today": 0, "i dag": 0, "idag": 0, "yesterday": 1, "i går": 1, "igår": 1, "i gaar": 1, "i forgårs": 2,
    "i forgaars": 2, "forgårs": 2, "i forgårs.": 2,
}  # fmt: skip
_SPAN = re.compile(r"(?:for\s+)?(\d{1,4})\s*([a-zæøå]+)(?:\s+(?:ago|siden))?$")
_UNITS = {
    "m": "minutes", "min": "minutes", "h": "hours", "hour": "hours", "hours": "hours", "t": "hours", "time": "hours",
    "timer": "hours", "d": "days", "day": "days", "days": "days", "dag": "days", "dage": "days", "dager": "days",
    "w": "weeks", "week": "weeks", "weeks": "weeks", "uge": "weeks", "uger": "weeks", "uke": "weeks",
    "uker": "weeks", "month": "months", "months": "months", "måned": "months", "måneder": "months",
    "maaned": "months", "maaneder": "months", "mnd": "months", "y": "years", "year": "years", "years": "years",
    "år": "years", "aar": "years",
}  # fmt: skip
_WEEKDAYS = (
    "monday mon mandag man", "tuesday tue tirsdag tir", "wednesday wed onsdag ons", "thursday thu torsdag tor",
    "friday fri fredag fre", "saturday sat lørdag lør lordag", "sunday sun søndag søn sondag",
)  # fmt: skip
_YEAR_MONTH = re.compile(r"(\d{4})(?:-(\d{1,2}))?$")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$")
_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?\.?$")
WORDS = ("today", "yesterday", "7d", "30d", "monday", "1y")
"""What completion offers."""


def day(text: str, now: datetime) -> datetime:
    """The moment that the words name, seen from `now` (aware, in the reader's zone). Raises Problem for other words."""
    words = " ".join(text.casefold().split())
    try:
        found = _gone(words, now)
    except (OverflowError, ValueError):  # no such day, or one outside the calendar
        found = None
    if found is not None:
        return found
    try:
        return when.read(words, now)
    except Problem:
        shown = "".join(sign for sign in text if sign.isprintable())[:40]
        raise Problem(
            _(
                "“{text}” is not understood as a day; write for example: yesterday, 3d, monday, 2026-11-21."
            ).format(text=shown)
        ) from None


def check(text: str) -> None:
    """Look whether the words name a day at all, whenever they are asked. Raises Problem."""
    day(text, _REFERENCE)


def _gone(words: str, now: datetime) -> datetime | None:
    if words in _NAMED:
        return _begin(now.date() - timedelta(days=_NAMED[words]), now)
    for back in range(7):
        if words in _WEEKDAYS[(now.weekday() - back) % 7].split():
            return _begin(now.date() - timedelta(days=back), now)
    return _span(words, now) or _date(words, now) or _moment(words, now)


def _span(words: str, now: datetime) -> datetime | None:
    """So long ago: hours to the minute, days and more to the beginning of the day."""
    match = _SPAN.match(words)
    unit = _UNITS.get(match[2]) if match else None
    if match is None or unit is None:
        return None
    number = int(match[1])
    if unit in {"minutes", "hours"}:
        return (now.astimezone(UTC) - timedelta(**{unit: number})).astimezone(now.tzinfo)
    if unit in {"days", "weeks"}:
        return _begin(now.date() - timedelta(**{unit: number}), now)
    months = now.year * 12 + now.month - 1 - number * (12 if unit == "years" else 1)
    for last in range(now.day, now.day - 4, -1):  # the last day of a month that is too short
        try:
            return _begin(date(months // 12, months % 12 + 1, last), now)
        except ValueError:
            continue
    return None


def _date(words: str, now: datetime) -> datetime | None:
    if match := _YEAR_MONTH.match(words):
        return _begin(date(int(match[1]), int(match[2] or 1), 1), now)
    if match := _ISO_DAY.match(words):
        return _begin(date(int(match[1]), int(match[2]), int(match[3])), now)
    match = _DAY.match(words)
    if match is None:
        return None
    number, month, year = int(match[1]), int(match[2]), match[3]
    if year:
        return _begin(date(int(year) + (2000 if len(year) == 2 else 0), month, number), now)
    for back in range(9):  # the 29th of February comes but every few years
        try:
            found = date(now.year - back, month, number)
        except ValueError:
            continue
        if found <= now.date():
            return _begin(found, now)
    return None


def _moment(words: str, now: datetime) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d[t ]", words):
        return None
    found = datetime.fromisoformat(words.upper())
    return found.astimezone(now.tzinfo) if found.tzinfo is not None else found.replace(tzinfo=now.tzinfo)


def _begin(day_: date, now: datetime) -> datetime:
    return datetime(day_.year, day_.month, day_.day, tzinfo=now.tzinfo)
