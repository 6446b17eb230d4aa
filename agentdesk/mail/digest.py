"""What makes two mails the same mail, whatever way they came.

Invariant: the same mail fetched from two folders or two mailboxes has one digest (transport headers, line ends and
transfer encodings do not count); mails that share a Message-ID and say different things have two. A copy that a list
has given a mark in its subject or lines at its end is another mail, kept too: that nothing was changed between its
lines cannot be told.
"""

import re
from hashlib import sha256

from agentdesk.domain.mail import Message
from agentdesk.mail.body import MAX_TEXT
from agentdesk.mail.structure import beginning

_RECEIVED = re.compile(rb"^received:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)


def digest(message: Message, raw: bytes) -> str:
    """The content identity of a message, as 64 hexadecimal digits."""
    seen = sha256()
    facts = [
        message.message_id or "",
        message.sender.key if message.sender else "",
        message.date.isoformat() if message.date else "",
        message.subject,
        "\n".join(line.rstrip() for line in message.text.split("\n")),
        *(attachment.sha256 for attachment in message.attachments),
    ]
    for fact in facts:
        data = fact.encode("utf-8", "replace")
        seen.update(b"%d:" % len(data))  # lengths keep one field's end from passing for the next one's start
        seen.update(data)
    if len(message.text) >= MAX_TEXT:  # the text was cut there, and the difference may lie behind
        seen.update(_body(raw))
    if not message.message_id and message.date is None:
        seen.update(_first_hop(raw))
    return seen.hexdigest()


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
