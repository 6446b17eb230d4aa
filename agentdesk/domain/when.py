"""Words for a time to come: "tomorrow 9", "mandag", "om 3 dager", "24.12 kl 12", "2h", ISO 8601.

English, Danish and Norwegian are read together, whatever the language of the screen. A day without a time means 9:00;
hours and minutes are physical time, days and weeks are days of the calendar. Invariant: what `read` gives lies behind
`now`, exists on the clock (a time in the gap of spring is moved behind it), and is aware, in the zone of `now`.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem

MORNING = 9
_LONGEST = 80
_FARTHEST = timedelta(days=3660)

_WEEKDAYS = (
    "monday mon mandag man",
    "tuesday tue tues tirsdag tir tirs",
    "wednesday wed onsdag ons",
    "thursday thu thur thurs torsdag tor tors",
    "friday fri fredag fre",
    "saturday sat lørdag lør lordag loerdag",
    "sunday sun søndag søn sondag soendag",
)
_MONTHS = (
    "january jan januar", "february feb februar", "march mar marts mars", "april apr", "may maj mai",
    "june jun juni", "july jul juli", "august aug", "september sep sept", "october oct oktober okt",
    "november nov", "december dec desember des",
)  # fmt: skip
_UNITS = {
    "minutes": "m min mins minute minutes minut minutter minutt",
    "hours": "h hr hrs hour hours t time timer",
    "days": "d day days dag dage dager døgn",
    "weeks": "w week weeks uge uger uke uker",
    "months": "month months måned måneder maaned maaneder mnd",
}
_NUMBERS = (
    "", "a an one en et én ett ein ei", "two to", "three tre", "four fire", "five fem", "six seks", "seven syv sju",
    "eight otte åtte", "nine ni", "ten ti",
)  # fmt: skip
_DAYS = (
    (2, "day after tomorrow|the day after tomorrow|i overmorgen|overmorgen|i overmorgon"),
    (1, "tomorrow|i morgen|imorgen|i morgon"),
    (0, "today|i dag|idag"),
)
_PARTS = (
    (9, "in the morning|morning|om morgenen|tidlig|morgen|om formiddagen|formiddag"),
    (12, "at noon|noon|midday|middag"),
    (14, "in the afternoon|afternoon|om eftermiddagen|eftermiddag|om ettermiddagen|ettermiddag"),
    (18, "in the evening|evening|om aftenen|aften|om kvelden|kveld|tonight"),
)
_TODAY_PARTS = (
    (9, re.compile(r"(?:this morning|i formiddag)\b")),
    (14, re.compile(r"(?:this afternoon|i eftermiddag|i ettermiddag)\b")),
    (18, re.compile(r"(?:tonight|this evening|i aften|i kveld)\b")),
)  # fmt: skip
_FRACTIONS = (
    (re.compile(r"\b(?:(?:one and a half|halvanden|halvannen) (?:hours|time)|an hour and a half)\b"), "90 minutes"),
    (re.compile(r"\b(?:(?:en |ein |a )?(?:halv|half) (?:time|hour)|half an hour)\b"), "30 minutes"),
    (re.compile(r"\b(?:(?:et |eit |a )?(?:kvarter\b|quarter of an hour))"), "15 minutes"),
    (re.compile(r"\b(?:et par|a couple of)\b"), "2"),
)  # fmt: skip
_NEXT_WEEK = re.compile(r"(?:next week|(?:i )?næste uge|(?:i )?neste uke)\b")
_BEFORE_DAY = re.compile(
    r"(?:(?:on|next|this|coming|the|på|paa|til|næste|neste|førstkommende|kommende|den|d\.)\s+)+"
)
_TIME = re.compile(
    r"(?:,?\s*(?:at|kl\.?|klokken|klokka)\s*)?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?$"
)
_MARKED_TIME = re.compile(r"(?:at|kl\.?|klokken|klokka)\s*\d|\d{1,2}:\d{2}|\d{1,2}(?:[:.]\d{2})?\s*[ap]\.?m")
_DATE = re.compile(r"(\d{1,2})([/.])(\d{1,2})(?:\2(\d{4}|\d{2}))?\.?(?=$|[\s,])")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th)?\s*(?:of\s+)?([a-zæøå]+)\.?(?:\s+(\d{4}))?(?=$|[\s,])")
_MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?(?=$|[\s,])")
_SPAN = re.compile(r"(\d{1,4}(?=\s*[a-zæøå])|[a-zéæøå]+(?=\s))\s*([a-zæøå]+)\.?")
_AND = re.compile(r"\s*(?:,|and\b|og\b)?\s*")


def read(text: str, now: datetime) -> datetime:
    """The time that the words name, seen from `now` (aware, in the reader's zone). Raises Problem for other words."""
    words = " ".join(text.casefold().split()).strip(" .!")
    for pattern, plain in _FRACTIONS:
        words = pattern.sub(plain, words)
    try:
        found = _understood(words, now) if 0 < len(words) <= _LONGEST else None
    except (OverflowError, ValueError):  # a year beyond the calendar
        found = None
    if found is None:
        raise Problem(
            _(
                "“{text}” is not understood as a time; write for example: tomorrow 9, monday, in 3 days, 24/12."
            ).format(text=text.strip()[:_LONGEST])
        )
    # in UTC: of two times in one zone Python compares the clocks on the wall
    if found.astimezone(UTC) <= now.astimezone(UTC):
        raise Problem(_("That time has passed already: name one to come."))
    if found - now > _FARTHEST:
        raise Problem(_("That is more than ten years ahead: name a time that is nearer."))
    return found


def _understood(words: str, now: datetime) -> datetime | None:
    return _iso(words, now) or _span(words, now) or _clock_alone(words, now) or _day(words, now)


def _iso(words: str, now: datetime) -> datetime | None:
    if not re.match(r"\d{4}-\d\d-\d\d", words):
        return None
    try:
        found = datetime.fromisoformat(words.upper().replace(" KL. ", " ").replace(" KL ", " "))
    except ValueError:
        return None
    if len(words) == len("2026-11-21"):
        return _at(found.date(), MORNING, 0, now)
    return _wall(found, now) if found.tzinfo is None else _physical(found, now)


def _span(words: str, now: datetime) -> datetime | None:
    """So long from now: "in 3 days at 14", "2h", "om en time og 30 minutter"."""
    rest, marked = re.subn(r"^(?:in|om)\s+", "", words)
    total = dict.fromkeys(_UNITS, 0)
    end = 0
    while match := _SPAN.match(rest, end):
        number, unit = _number(match[1]), _unit(match[2])
        if number is None or unit is None:
            break
        total[unit] += number
        joined = _AND.match(rest, match.end())
        end = joined.end() if joined and joined.end() < len(rest) else match.end()
    if not end:
        return None
    clock = _clock(rest[end:].strip(" ,")) if rest[end:] else ()
    if clock is None or (not marked and not rest[0].isdigit() and clock == () and " " not in rest):
        return None
    if total["hours"] or total["minutes"]:
        return None if clock else _later(total, now)
    hour, minute = clock or (MORNING, 0)
    return _at(_ahead(now.date(), total), hour, minute, now)


def _later(total: dict[str, int], now: datetime) -> datetime:
    begin = _wall(datetime.combine(_ahead(now.date(), total), now.time()), now) if any(
        total[unit] for unit in ("days", "weeks", "months")
    ) else now  # fmt: skip
    step = timedelta(hours=total["hours"], minutes=total["minutes"])
    return _physical(begin.astimezone(UTC) + step, now)


def _ahead(day: date, total: dict[str, int]) -> date:
    """So many months, weeks and days on; the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + total["months"], 12)
    year = day.year + years
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)) + timedelta(days=total["days"] + 7 * total["weeks"])


def _clock_alone(words: str, now: datetime) -> datetime | None:
    """A time of day by itself is today's, or tomorrow's when that has passed."""
    if not _MARKED_TIME.match(words):
        return None
    clock = _clock(words)
    if not clock:
        return None
    today = _at(now.date(), *clock, now)
    return today if today > now else _at(now.date() + timedelta(days=1), *clock, now)


def _day(words: str, now: datetime) -> datetime | None:
    """A day, and perhaps a time on it."""
    for day, rest, default in _days(words, now):
        clock = _clock(rest)
        if clock is not None:
            hour, minute = clock or (default, 0)
            return _at(day, hour, minute, now)
    return None


def _days(words: str, now: datetime) -> Iterator[tuple[date, str, int]]:
    """Every way to read the beginning as a day: (day, the rest, the hour when the rest names none)."""
    today = now.date()
    for hour, pattern in _TODAY_PARTS:
        if match := pattern.match(words):
            yield today, words[match.end() :].strip(), hour
    if match := _NEXT_WEEK.match(words):
        monday = today + timedelta(days=7 - today.weekday())
        rest = words[match.end() :].strip()
        yield monday, rest, MORNING
        yield from _weekday(rest, monday - timedelta(days=1))
    for ahead, names in _DAYS:
        if match := re.match(rf"(?:{names})\b", words):
            yield today + timedelta(days=ahead), words[match.end() :].strip(" ,"), MORNING
    plain = _BEFORE_DAY.sub("", words, count=1) if _BEFORE_DAY.match(words) else words
    yield from _weekday(plain, today)
    yield from _dates(plain, today)


def _weekday(words: str, behind: date) -> Iterator[tuple[date, str, int]]:
    first, _space, rest = words.partition(" ")
    number = _place(_WEEKDAYS, first.strip(".,"))
    if number is not None:
        yield behind + timedelta(days=(number - behind.weekday() - 1) % 7 + 1), rest.strip(" ,"), MORNING


def _dates(words: str, today: date) -> Iterator[tuple[date, str, int]]:
    """24/12, 24.12.2026, 24. december, dec 24: the day first, as Danes and Norwegians write it."""
    for pattern, order in ((_DATE, (1, 3, 4)), (_DAY_MONTH, (1, 2, 3)), (_MONTH_DAY, (2, 1, 3))):
        match = pattern.match(words)
        if match is None:
            continue
        day, month, year = (match[place] for place in order)
        number = int(month) if month.isdigit() else _month(month)
        found = _date(int(day), number, year, today) if number else None
        if found is not None:
            yield found, words[match.end() :].strip(" ,"), MORNING


def _date(day: int, month: int, year: str | None, today: date) -> date | None:
    named = int(year) + (2000 if len(year) == 2 else 0) if year else 0
    for one in [named] if year else range(today.year, today.year + 9):
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _clock(words: str) -> tuple[int, int] | tuple[()] | None:
    """The time of day; () for no words at all, None for words that are no time."""
    if not words:
        return ()
    for hour, names in _PARTS:
        if re.fullmatch(rf"(?:{names})", words):
            return hour, 0
    match = _TIME.match(words)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return (hour, minute) if hour < 24 and minute < 60 else None


def _number(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() else _place(_NUMBERS, word)


def _unit(word: str) -> str | None:
    return next((unit for unit, names in _UNITS.items() if word in names.split()), None)


def _month(word: str) -> int | None:
    found = _place(_MONTHS, word)
    return None if found is None else found + 1


def _place(names: tuple[str, ...], word: str) -> int | None:
    return next((place for place, known in enumerate(names) if word in known.split()), None)


def _at(day: date, hour: int, minute: int, now: datetime) -> datetime:
    return _wall(datetime.combine(day, time(hour, minute)), now)


def _wall(naive: datetime, now: datetime) -> datetime:
    """The moment when the clock on the wall shows this: of two the first to come, in a gap the one behind it."""
    first = _physical(naive.replace(tzinfo=now.tzinfo, fold=0), now)
    return (
        first
        if first.astimezone(UTC) > now.astimezone(UTC)
        else _physical(naive.replace(tzinfo=now.tzinfo, fold=1), now)
    )


def _physical(at: datetime, now: datetime) -> datetime:
    return at.astimezone(UTC).astimezone(now.tzinfo)
