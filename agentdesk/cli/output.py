"""What a command prints: one JSON document, or lines that read well one by one.

Invariants: a document stands alone on stdout; text from outside goes out clean, in JSON at least escaped; what is
said beside the result goes to stderr. A screen reader hears each line as one fact.
"""

import json
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any

from agentdesk.config.language import N_, _
from agentdesk.text.clean import clean, escaped

_NAMES = (
    N_("new"), N_("open"), N_("pending"), N_("snoozed"), N_("resolved"), N_("closed"), N_("spam"),
    N_("low"), N_("normal"), N_("high"), N_("urgent"),
    N_("held"), N_("queued"), N_("sending"), N_("sent"), N_("failed"), N_("unsure"), N_("cancelled"), N_("bounced"),
    N_("inbound"), N_("outbound"), N_("note"), N_("system"), N_("reply"), N_("agent"), N_("supervisor"), N_("admin"),
    N_("draft"), N_("published"), N_("internal"), N_("public"), N_("personal"), N_("team"), N_("everyone"),
)  # fmt: skip
"""The names that statuses, priorities, deliveries, messages, drafts and roles have in the store."""


def named(name: str) -> str:
    """Such a name as a person reads it."""
    return _(name) if name in _NAMES else name


def document(value: object) -> None:
    """One JSON document."""
    print(_json(value, indent=2))


def json_line(value: object) -> None:
    """One object of a long list, on a line of its own."""
    print(_json(value, indent=None))


def say(text: str = "") -> None:
    """A line, or several, of the result as a person reads it."""
    print(clean(text))


def tell(text: str) -> None:
    """A line beside the result: what is going on, a warning, what went wrong."""
    print(clean(text), file=sys.stderr, flush=True)


def result(as_json: bool, value: Mapping[str, Any], text: str) -> int:
    """The result of an act, for a program or for a person; the exit code."""
    if as_json:
        document(value)
    else:
        say(text)
    return 0


def at(moment: datetime | None, zone: tzinfo) -> str:
    """A time as the reader's clock shows it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment is not None else ""


def span(time: timedelta) -> str:
    """How long, in the two largest units."""
    minutes = max(0, int(time.total_seconds() // 60))
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return _("{days} d {hours} h").format(days=days, hours=hours)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes % 60)
    return _("{minutes} min").format(minutes=minutes)


def _json(value: object, indent: int | None) -> str:
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return escaped(json.dumps(value, ensure_ascii=not utf8, indent=indent))
