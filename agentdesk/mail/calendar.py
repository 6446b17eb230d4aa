"""What a calendar object (RFC 5545) says, in a few lines a person can read.

Invariants: nothing is raised for any text; only the first event is told, and only so much of a text is looked at.
"""

import re

_LONGEST = 200_000
_MOST_LINES = 5000
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z-]+)((?:;[^:;\"]*(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)")
_ZONE = re.compile(r"TZID=\"?([^;\":]+)", re.IGNORECASE)
_NAME = re.compile(r"CN=\"?([^;\":]+)", re.IGNORECASE)
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?")
_ESCAPE = re.compile(r"\\(.)")
_METHODS = {
    "REQUEST": "Invitation", "PUBLISH": "Event", "CANCEL": "Cancelled", "REPLY": "Answer to an invitation",
    "COUNTER": "Another time proposed",
}  # fmt: skip


def to_text(calendar: str) -> str:
    """Title, time, place, organiser and description; empty if there is no event."""
    fields: dict[str, tuple[str, str]] = {}
    method = "PUBLISH"
    inside = ""
    for line in _FOLD.sub("", calendar[:_LONGEST]).splitlines()[:_MOST_LINES]:
        found = _LINE.fullmatch(line.strip()[:10_000])
        if found is None:
            continue
        name, options, value = found[1].upper(), found[2], found[3]
        if name == "METHOD":
            method = value.strip().upper()
        elif name == "BEGIN":
            inside = inside or (value.upper() if value.upper() in ("VEVENT", "VTODO") else "")
        elif name == "END" and value.upper() == inside:
            break
        elif inside:
            fields.setdefault(name, (options, value))
    return _told(fields, method) if fields else ""


def _told(fields: dict[str, tuple[str, str]], method: str) -> str:
    def said(name: str) -> str:
        return _ESCAPE.sub(
            lambda sign: "\n" if sign[1] in "nN" else sign[1], fields.get(name, ("", ""))[1]
        ).strip()

    starts, ends = _time(fields.get("DTSTART")), _time(fields.get("DTEND") or fields.get("DUE"))
    options, organizer = fields.get("ORGANIZER", ("", ""))
    named = _NAME.search(options)
    address = organizer.lower().removeprefix("mailto:")
    lines = [
        f"{_METHODS.get(method, 'Event')}: {said('SUMMARY')}".rstrip(": "),
        f"When: {' – '.join(filter(None, (starts, ends)))}" if starts or ends else "",
        f"Where: {said('LOCATION')}" if said("LOCATION") else "",
        f"Organizer: {named[1]} <{address}>" if named else f"Organizer: {address}" if address else "",
    ]
    facts = "\n".join(line for line in lines if line)
    return f"{facts}\n\n{said('DESCRIPTION')}".strip()


def _time(field: tuple[str, str] | None) -> str:
    found = _STAMP.match(field[1].strip()) if field else None
    if found is None or field is None:
        return ""
    year, month, day, hour, minute, utc = found.groups()
    zone = _ZONE.search(field[0])
    clock = f" {hour}:{minute}" if hour else ""
    return f"{year}-{month}-{day}{clock}" + (" UTC" if utc else f" {zone[1]}" if zone and hour else "")
