"""Dates and opening hours as a customer reads them, in the customer's language whatever the agent's screen speaks.

Invariant: a language that is not known here
is answered in English, never in a mixture.
"""

from collections.abc import Sequence
from datetime import date

from agentdesk.config.hours import Week

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "da": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "nb": "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
}
_TO = {"en": "to", "da": "til", "nb": "til", "sv": "till", "de": "bis"}
_AT = {"en": "", "da": "kl. ", "nb": "kl. ", "sv": "kl. ", "de": ""}
_CLOSED = {"en": "closed", "da": "lukket", "nb": "stengt", "sv": "stängt", "de": "geschlossen"}
_NEAR = {"no": "nb", "nn": "nb"}


def code(language: str) -> str:
    """The two letters of a language: nb for no, nn and nb_NO."""
    short = language.replace("-", "_").partition("_")[0].lower()
    return _NEAR.get(short, short)


def day(when: date, language: str) -> str:
    """A date without its year: 24. november, 24 November."""
    known = code(language) if code(language) in _MONTHS else "en"
    dot = "." if known in ("da", "nb", "de") else ""
    return f"{when.day}{dot} {_MONTHS[known].split()[when.month - 1]}"


def hours_of(week: Week, weekday: int, language: str) -> str:
    """When it is open on that day of the week (0 is Monday): 9–12 and 13–16.30, closed."""
    known = code(language) if code(language) in _DAYS else "en"
    return _spans(week[weekday], known) or _CLOSED[known]


def hours_all(week: Week, language: str) -> str:
    """The whole week, days that are alike taken together: Monday to Friday 9–16, Saturday 10–14."""
    known = code(language) if code(language) in _DAYS else "en"
    days, said, at = _DAYS[known].split(), [], 0
    while at < len(week):
        end = at
        while end + 1 < len(week) and week[end + 1] == week[at]:
            end += 1
        if week[at]:
            name = days[at] if end == at else f"{days[at]} {_TO[known]} {days[end]}"
            said.append(f"{name} {_spans(week[at], known)}")
        at = end + 1
    text = ", ".join(said)
    return text[:1].upper() + text[1:] if known in ("en", "de") else text


def _spans(spans: Sequence[str], known: str) -> str:
    if not spans:
        return ""
    sign = ":" if known in ("en", "de", "sv") else "."
    return _AT[known] + ", ".join(one.replace("-", "–").replace(":", sign) for one in spans)
