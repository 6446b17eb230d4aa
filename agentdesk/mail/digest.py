"""What makes two mails the same mail, whatever way they came.

Invariant: the same mail fetched from two folders or two mailboxes has one digest (transport headers, line ends and
transfer encodings do not count, not in a file that travels unencoded either); mails that share a Message-ID and say
different things have two. A copy that a list has given a mark in its subject or lines at its end is another mail, kept
too: that nothing was changed between its lines cannot be told.
"""

import re
from hashlib import sha256

from agentdesk.domain.mail import Attachment, Message
from agentdesk.mail.body import LONG_TEXT
from agentdesk.mail.headers import Findings
from agentdesk.mail.structure import Part, beginning, content, readable, walk

_RECEIVED = re.compile(rb"^received:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)


def digest(message: Message, raw: bytes) -> str:
    """The content identity of a message, as 64 hexadecimal digits."""
    seen = sha256()
    cut = LONG_TEXT in message.defects  # where depends on the line ends, and the difference may lie behind
    facts = [
        message.message_id or "",
        message.sender.key if message.sender else "",
        message.date.isoformat() if message.date else "",
        message.subject,
        "" if cut else "\n".join(line.rstrip() for line in message.text.split("\n")),
        *_files(message, raw),
    ]
    for fact in facts:
        data = fact.encode("utf-8", "replace")
        seen.update(b"%d:" % len(data))  # lengths keep one field's end from passing for the next one's start
        seen.update(data)
    if cut:
        seen.update(_body(raw))
    if not message.message_id and message.date is None:
        seen.update(_first_hop(raw))
    return seen.hexdigest()


def _files(message: Message, raw: bytes) -> list[str]:
    """The sum of each attachment; of one that travels unencoded (a report, a mail) with the line ends of a server."""
    if not message.attachments:
        return []
    raw = readable(raw)
    parts = walk(raw, Findings())
    return [
        _sum(one, parts[one.part], raw) if one.part < len(parts) else one.sha256
        for one in message.attachments
    ]


def _sum(one: Attachment, part: Part, raw: bytes) -> str:
    if "base64" in part.encoding or "uu" in part.encoding:
        return one.sha256
    data = content(raw, part, Findings())
    return sha256(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")).hexdigest()


def _first_hop(raw: bytes) -> bytes:
    """The Received line of the server that took the mail in first, its white space single.

    Where nothing else tells one mail from the next (no id, no date: alarms, scanners), the same words sent twice are
    two mails by this line alone, and it is the same in every copy of one.
    """
    plain = raw.replace(b"\r\n", b"\n")
    start = beginning(plain)
    end = plain.find(b"\n\n", start)
    lines = _RECEIVED.findall(plain, start, end if end >= 0 else len(plain))
    return b" ".join(lines[-1].split()) if lines else b""


def _body(raw: bytes) -> bytes:
    """What follows the header block, with plain line ends."""
    plain = raw.replace(b"\r\n", b"\n")
    at = plain.find(b"\n\n", beginning(plain))
    return plain[at:].strip(b"\n") if at >= 0 else plain
