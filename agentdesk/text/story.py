"""A case told in plain words: as text for paper and screen, as Markdown for whoever keeps notes.

Invariants: everything is clean; in Markdown nobody's words are markup (no picture is fetched, no link hidden); what is
left out is said where it is missing.
"""

import re
from collections.abc import Iterator
from datetime import datetime, tzinfo

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.mail import Address
from agentdesk.domain.rows import MessageRow
from agentdesk.domain.story import Story
from agentdesk.text.clean import clean, clean_line

RULE = "-" * 72
_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~&!])")
_OPENING = re.compile(r"^(\s*)([-+=])")
_NUMBERED = re.compile(r"^(\s*\d+)([.)])")
_KINDS = {"inbound": N_("from"), "outbound": N_("reply of"), "note": N_("note of"), "system": N_("the desk")}
_STATES = {
    "held": N_("held back"), "queued": N_("on its way"), "sending": N_("on its way"), "failed": N_("not sent"),
    "unsure": N_("perhaps not sent"), "cancelled": N_("taken back"), "bounced": N_("bounced"),
}  # fmt: skip


def as_text(story: Story, zone: tzinfo) -> str:
    """For paper and for the screen."""
    lines = [
        _title(story),
        *(f"{name}: {value}" for name, value in _facts(story, zone)),
        *_missing(story),
        "",
    ]
    for row in story.messages:
        lines += [
            RULE,
            _head(row, zone, story),
            *(f"{name}: {value}" for name, value in _more(row, story)),
            "",
        ]
        lines += [*_body(row), ""]
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def as_markdown(story: Story, zone: tzinfo) -> str:
    """For whoever keeps notes; every line of a message is a line there, too."""
    lines = [f"# {_plain(_title(story))}", ""]
    lines += [f"- {_plain(name)}: {_plain(value)}" for name, value in _facts(story, zone)]
    lines += ["", *(f"*{_plain(line)}*" for line in _missing(story))]
    for row in story.messages:
        lines += ["", f"## {_plain(_head(row, zone, story))}", ""]
        lines += [f"- {_plain(name)}: {_plain(value)}" for name, value in _more(row, story)]
        lines += ["", *(_plain(line) + ("  " if line.strip() else "") for line in _body(row))]
    return "\n".join(lines).rstrip() + "\n"


def _title(story: Story) -> str:
    return f"#{story.case.id} {clean_line(story.case.subject) or _('no subject')}"


def _facts(story: Story, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """The customer is told nothing of how we work."""
    case = story.case
    who = ", ".join(dict.fromkeys(one for one in (case.customer, *case.addresses) if one))
    facts = [(_("customer"), who), (_("since"), _when(case.created_at, zone))]
    if not story.for_customer:
        facts += [
            (_("status"), _(case.status.value)), (_("priority"), _(case.priority.value)), (_("owner"), case.owner),
            (_("team"), case.team), (_("tags"), ", ".join(case.tags)),
            (_("merged into"), f"#{case.merged_into}" if case.merged_into else ""),
        ]  # fmt: skip
    return ((name, clean_line(value)) for name, value in facts if value)


def _missing(story: Story) -> list[str]:
    """A colleague is told that something is missing; the customer is not told that there was more."""
    return [] if story.messages else [_("Nobody has written in this case yet.")]


def _head(row: MessageRow, zone: tzinfo, story: Story) -> str:
    who = (
        _person(row.sender)
        if row.kind == "inbound" or story.for_customer
        else row.agent or _person(row.sender)
    )
    when = _when(row.sent_at or row.at, zone)
    parts = [f"{_(_KINDS[row.kind])} {who}".strip() if row.kind != "inbound" else who, when]
    if row.delivery is not None and row.delivery.value in _STATES and not story.for_customer:
        parts.append(_(_STATES[row.delivery.value]))
    if row.side is not None:
        parts.append(_("side conversation"))
    if row.origin is not None and not story.for_customer:
        parts.append(_("from case #{number}").format(number=row.origin))
    return " · ".join(part for part in parts if part)


def _more(row: MessageRow, story: Story) -> Iterator[tuple[str, str]]:
    files = [one for one in row.attachments if not one.within_text]
    facts = [
        (_("To"), ", ".join(_person(one) for one in row.to)), (_("Cc"), ", ".join(_person(one) for one in row.cc)),
        (_("Subject"), row.subject),
        (_("Attachments"), ", ".join(f"{one.filename} ({one.size} B)" for one in files)),
    ]  # fmt: skip
    if not story.for_customer:
        facts.append((_("marks"), ", ".join(_(one) for one in row.marks)))
    return ((name, clean_line(value)) for name, value in facts if value)


def _body(row: MessageRow) -> list[str]:
    """What is new in the message; quotes are in the messages they quote, and their number is said."""
    lines = clean(row.reply_text).rstrip().split("\n")
    quoted = len(clean(row.text).rstrip().split("\n")) - len(lines)
    if quoted > 0:
        said = ngettext("[{n} quoted line left out]", "[{n} quoted lines left out]", quoted)
        lines += ["", said.format(n=quoted)]
    return lines


def _person(who: Address) -> str:
    name, address = clean_line(who.name), clean_line(who.address)
    return f"{name} <{address}>" if name and address else name or address


def _when(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _plain(text: str) -> str:
    """Words as Markdown shows them, whatever signs they hold."""
    text = _NUMBERED.sub(r"\1\\\2", _OPENING.sub(r"\1\\\2", _ACTIVE.sub(r"\\\1", text)))
    start = len(text) - len(text.lstrip(" "))
    return "\u00a0" * start + text[start:]
