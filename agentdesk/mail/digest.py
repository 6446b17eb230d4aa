"""What makes two mails the same mail, whatever way they came.

Invariant: the same mail fetched from two folders or two mailboxes has one digest (transport headers, line ends and
transfer encodings do not count); mails that share a Message-ID and say different things have two.
"""

from hashlib import sha256

from agentdesk.domain.mail import Message
from agentdesk.mail.body import MAX_TEXT
from agentdesk.mail.structure import beginning


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
    return seen.hexdigest()


def _body(raw: bytes) -> bytes:
    """What follows the header block, with plain line ends."""
    plain = raw.replace(b"\r\n", b"\n")
    at = plain.find(b"\n\n", beginning(plain))
    return plain[at:].strip(b"\n") if at >= 0 else plain
