"""A Date field as a moment: the standard's form at once, and every other form in which programs write dates.

What is read: named and missing zones (UTC is meant), years of two and three digits, months in the desk's languages,
ISO 8601, the order of Unix and of the United States, times with dots. What could mean two days (03/04/2026) is not
guessed at. Invariant: nothing is raised for any text, and time is linear in it.
"""

import re
from datetime import UTC, datetime, timedelta

_LONGEST = 200
_STANDARD = re.compile(
    r"\s*(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d\d):(\d\d)(?::(\d\d))?\s+([+-]\d{4})(?!\d)"
)
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)T?")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[\s.,-]*([^\W\d_]{3,9})\.?[\s.,-]*(\d{4}|\d{2,3})(?![\d:])"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?![\d:])")
_FIGURES = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)")
_YEAR = re.compile(r"(?<![\d+:-])((?:19|20)\d\d)(?![\d:])")
_TIME = re.compile(
    r"(?<!\d)(\d{1,2})(?::|\.(?=\d\d))(\d{1,2})(?:[:.](\d{1,2}))?(?:[.,]\d{1,9})?\s*([ap]\.?m)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?(\d*)")
_ZONE = re.compile(r"[A-Za-z]{1,5}")
_MONTHS = {
    "jan": 1, "ene": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrz": 3, "maa": 3, "mrt": 3, "apr": 4,
    "avr": 4, "may": 5, "maj": 5, "mai": 5, "mei": 5, "jun": 6, "juin": 6, "jul": 7, "juil": 7, "aug": 8, "aoû": 8,
    "aou": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12, "déc": 12, "des": 12, "dic": 12,
}  # fmt: skip
_ZONES = {
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "ast": -4, "adt": -3,
    "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "wet": 0, "west": 1, "bst": 1, "cet": 1, "met": 1, "mez": 1,
    "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3, "ist": 5.5, "sgt": 8, "hkt": 8,
    "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip


def moment(value: str) -> datetime | None:
    """The moment as aware UTC; None when it cannot be read."""
    try:
        standard = _STANDARD.match(value)
        if standard:
            day, month, year, hour, minute, second, zone = standard.groups()
            date = int(year), _MONTHS[month.lower()], int(day)
            return _utc(date, (int(hour), int(minute), int(second or 0)), _offset(zone))
        return _freely(value[:_LONGEST])
    except (ValueError, KeyError, OverflowError):  # no such month, day, hour or year
        return None


def _freely(value: str) -> datetime | None:
    date, rest = _date(value)
    if date is None:
        return None
    time = _TIME.search(rest)
    if time is None:
        return _utc(date, (0, 0, 0), timedelta())
    hour, minute, second, half = time.groups()
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    return _utc(date, (hours, int(minute), int(second or 0)), _zone(rest[time.end() :]))


def _utc(date: tuple[int, int, int], time: tuple[int, int, int], offset: timedelta) -> datetime:
    hour, minute, second = time
    return datetime(*date, hour, minute, min(second, 59), tzinfo=UTC) - offset


def _date(value: str) -> tuple[tuple[int, int, int] | None, str]:
    """Year, month and day, and the text without them."""
    iso = _ISO.search(value)
    if iso:
        return (int(iso[1]), int(iso[2]), int(iso[3])), _without(value, iso)
    for found in _DAY_FIRST.finditer(value):
        month = _month(found[2])
        if month:
            return (_year(found[3]), month, int(found[1])), _without(value, found)
    for found in _MONTH_FIRST.finditer(value):
        month, year = _month(found[1]), _YEAR.search(value, found.end())
        if month and year:
            rest = f"{value[found.end() : year.start()]} {value[year.end() :]}"
            return (int(year[1]), month, int(found[2])), rest
    figures = _FIGURES.search(value)
    if figures is None:
        return None, value
    first, second = int(figures[1]), int(figures[3])
    if figures[2] == "/" and first <= 12 and first != second:
        if second <= 12:
            return None, value
        first, second = second, first
    return (int(figures[4]), second, first), _without(value, figures)


def _without(value: str, found: re.Match[str]) -> str:
    return f"{value[: found.start()]} {value[found.end() :]}"


def _month(word: str) -> int | None:
    word = word.lower()
    return _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])


def _year(figures: str) -> int:
    year = int(figures)
    if len(figures) == 4:
        return year
    return year + (2000 if year < 50 else 1900)


def _zone(rest: str) -> timedelta:
    """What the words behind the time say of the zone; a figure says more than a name."""
    found = _OFFSET.search(rest)
    if found:
        return _offset(found[0])
    name = next((word for word in _ZONE.findall(rest) if word.lower() in _ZONES), "")
    return timedelta(hours=_ZONES.get(name.lower(), 0))


def _offset(figures: str) -> timedelta:
    found = _OFFSET.fullmatch(figures)
    if found is None or found[4]:
        raise ValueError(figures)
    east = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -east if found[1] == "-" else east
