"""A file as text: what of an attachment a person can read in a terminal.

Invariants: every text is clean; only the beginning of a large file is looked at, and that is said; nothing is run.
"""

import csv
import io
import re
from datetime import datetime

from agentdesk.config.language import _
from agentdesk.mail import pictures
from agentdesk.mail.charsets import decode
from agentdesk.text.cells import fit, pad, width
from agentdesk.text.clean import clean, clean_line

SHOWN = 200_000
"""Bytes of a text that are shown."""
_ROWS, _COLUMNS, _CELL = 500, 40, 32
"""Of a table."""
_TEXTS = ("application/json", "application/xml", "application/x-yaml", "application/yaml", "application/sql")
_NAMES = (
    (".csv", "text/csv"), (".tsv", "text/csv"), (".htm", "text/html"), (".html", "text/html"),
    (".eml", "message/rfc822"),
    (".ics", "text/calendar"), (".txt", "text/plain"), (".log", "text/plain"), (".md", "text/plain"),
    (".json", "application/json"), (".xml", "application/xml"), (".pdf", "application/pdf"),
)  # fmt: skip


def kind_of(name: str, content_type: str) -> str:
    """What it is, by its type, or by its name where the type says nothing."""
    if content_type not in ("", "application/octet-stream", "text/plain", "application/vnd.ms-excel"):
        return content_type
    lower = name.lower()
    return next((kind for ending, kind in _NAMES if lower.endswith(ending)), content_type)


def as_text(name: str, content_type: str, content: bytes) -> str | None:
    """The file as text; None when there is none to read."""
    kind = kind_of(name, content_type)
    if kind == "message/rfc822":
        return _mail(content)
    picture = pictures.facts(content)
    if picture is not None:
        return _("{kind} picture, {width} × {height} pixels, {size}").format(
            kind=picture.kind, width=picture.width, height=picture.height, size=size_word(len(content))
        )
    if not (kind.startswith("text/") or kind in _TEXTS or kind.endswith(("+xml", "+json"))):
        return None
    text, _replaced = decode(content[:SHOWN])
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if kind == "text/html":
        from agentdesk.mail.html import to_text  # noqa: PLC0415  only who opens such a file needs it

        shown = to_text(text)
    elif kind in ("text/csv", "text/tab-separated-values"):
        shown = _table(text)
    elif kind == "text/calendar":
        shown = _calendar(text)
    else:
        shown = clean(text)
    return shown + (_("\n… the rest is not shown; save the file to read it.") if len(content) > SHOWN else "")


def size_word(size: int) -> str:
    """A size as people read it."""
    if size < 1000:
        return _("{n} B").format(n=size)
    if size < 1_000_000:
        return _("{n} kB").format(n=round(size / 1000))
    return _("{n} MB").format(n=round(size / 1e6, 1))


def _table(text: str) -> str:
    """Columns side by side, each as wide as it needs."""
    first = text[:4000]
    sign = max(";\t,|", key=first.count)
    try:
        rows = [
            [clean_line(cell) for cell in row[:_COLUMNS]]
            for row, _number in zip(
                csv.reader(io.StringIO(text), delimiter=sign), range(_ROWS + 1), strict=False
            )
        ]
    except csv.Error:
        return clean(text)
    cut = len(rows) > _ROWS
    rows = rows[:_ROWS]
    columns = max(map(len, rows), default=0)
    widths = [min(_CELL, max(width(row[at]) for row in rows if at < len(row))) for at in range(columns)]
    lines = [
        "  ".join(pad(fit(cell, room), room) for cell, room in zip(row, widths, strict=False)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, *([_("… more rows are in the file.")] if cut else [])])


def _mail(raw: bytes) -> str:
    from agentdesk.mail.addresses import show  # noqa: PLC0415  only who opens such a file needs it
    from agentdesk.mail.parse import NotMail, parse  # noqa: PLC0415

    try:
        found = parse(raw)
    except NotMail:
        return clean(decode(raw[:SHOWN])[0])
    head = [
        (_("From"), show((found.sender,)) if found.sender is not None else ""), (_("To"), show(found.to)),
        (_("Cc"), show(found.cc)), (_("Date"), f"{found.date:%Y-%m-%d %H:%M} UTC" if found.date is not None else ""),
        (_("Subject"), found.subject),
        (_("Attachments"), ", ".join(one.filename for one in found.attachments if not one.inline)),
    ]  # fmt: skip
    lines = [f"{name}: {clean_line(value)}" for name, value in head if value]
    return "\n".join([*lines, "", clean(found.text)])


def _calendar(text: str) -> str:
    """What is to take place, when and where: one block for each event."""
    names = {
        "SUMMARY": _("What"), "DTSTART": _("Begins"), "DTEND": _("Ends"), "LOCATION": _("Where"),
        "ORGANIZER": _("Invited by"), "DESCRIPTION": _("More"), "STATUS": _("Status"),
    }  # fmt: skip
    lines: list[str] = []
    for line in re.sub(r"\r?\n[ \t]", "", text).split("\n"):
        head, colon, value = line.strip().partition(":")
        field = head.partition(";")[0].upper()
        if line.strip().upper() == "BEGIN:VEVENT" and lines:
            lines.append("")
        elif colon and field in names and value:
            lines.append(f"{names[field]}: {_calendar_value(field, head, value)}")
    return "\n".join(lines) or clean(text)


def _calendar_value(field: str, head: str, value: str) -> str:
    if field.startswith("DT"):
        zone = " UTC" if value.endswith("Z") else ""
        named = re.search(r"TZID=([\w/+-]+)", head)
        for pattern, shown in (("%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M"), ("%Y%m%d", "%Y-%m-%d")):
            try:
                found = datetime.strptime(value.rstrip("Z"), pattern)  # noqa: DTZ007  its zone is said beside it
            except ValueError:
                continue
            return found.strftime(shown) + zone + (f" ({clean_line(named[1])})" if named else "")
    plain = value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
    return clean(re.sub(r"^mailto:", "", plain, flags=re.IGNORECASE))
