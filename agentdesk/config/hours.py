"""Opening hours as they are written once in the settings: "mon-fri 9-16:30, sat 10-14".

Invariant: what is read is seven days from Monday on, each with the spans in which somebody is there, in order.
"""

import re

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(
    r"(?P<first>[a-z]{3})(?:\s*-\s*(?P<last>[a-z]{3}))?\s+"
    r"(?P<opens>\d{1,2})(?::(?P<opens_m>[0-5]\d))?\s*-\s*(?P<closes>\d{1,2})(?::(?P<closes_m>[0-5]\d))?"
)

Week = tuple[tuple[str, ...], ...]
"""For each day from Monday on when it is open: ("9-12", "13-16:30"), or () for closed."""


def read(text: str) -> Week:
    """The week; nothing but closed days for no text. Raises ValueError for other words."""
    week: list[list[tuple[int, str]]] = [[] for _day in _DAYS]
    for part in filter(None, (one.strip() for one in text.lower().replace(";", ",").split(","))):
        match = _SPAN.fullmatch(part)
        if match is None or not {match["first"], match["last"] or match["first"]} <= set(_DAYS):
            raise ValueError(part)
        first, last = _DAYS.index(match["first"]), _DAYS.index(match["last"] or match["first"])
        opens, closes = _time(match["opens"], match["opens_m"]), _time(match["closes"], match["closes_m"])
        if last < first or closes[0] <= opens[0] or closes[0] > 24 * 60:
            raise ValueError(part)
        for at in range(first, last + 1):
            week[at].append((opens[0], f"{opens[1]}-{closes[1]}"))
    return tuple(tuple(span for _at, span in sorted(day)) for day in week)


def _time(hour: str, minute: str | None) -> tuple[int, str]:
    """Minutes since midnight, and as it is shown."""
    minutes = int(minute or 0)
    return int(hour) * 60 + minutes, f"{int(hour)}:{minute}" if minutes else str(int(hour))
