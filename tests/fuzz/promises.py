"""What holds of every mail, however broken: of what is read of it, and of an answer to it.

Invariant: each function tells what is wrong as short texts that begin with the name of the broken promise; nothing
told, nothing wrong.
"""

import email
import email.policy
import email.utils
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from bench.hostile import faults_of

from agentdesk.domain.mail import Address, Enclosure, Letter, Message
from agentdesk.domain.problems import Problem
from agentdesk.mail import addresses
from agentdesk.mail.compose import compose, references_for, reply_subject
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import NotMail, parse, part_content
from agentdesk.mail.preview import as_text
from agentdesk.mail.quotes import fold
from agentdesk.mail.structure import TYPE
from agentdesk.text.clean import clean
from agentdesk.text.hosts import in_ascii

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHOP = Address("Kundeservice", "support@shop.example")
ANSWER = "Tak for din mail.\n\nVi ser på det, og du hører fra os i morgen."
HEADERS = frozenset({
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
    "content-type", "content-transfer-encoding",
})  # fmt: skip
_ID = re.compile(r"[^\s<>]+")
_MOST_QUOTED = 20_000
_NOT_ASCII = re.compile(rb"cp037|utf[-_]?(?:16|32)|\xff\xfe|\xfe\xff", re.IGNORECASE)


def of_message(message: Message, raw: bytes) -> list[str]:
    """What is wrong with what was read of a mail."""
    told = [f"shape: {one}" for one in faults_of(message, raw)]
    return told + [f"{name}: broken" for name, holds in _FACTS.items() if not holds(message, raw)]


def _ids_are_bare(message: Message, _raw: bytes) -> bool:
    own = [one for one in (message.message_id, message.bounced_message_id) if one is not None]
    return all(_ID.fullmatch(one) for one in (*own, *message.in_reply_to, *message.references))


def _addresses_are_addresses(message: Message, _raw: bytes) -> bool:
    named = (*message.to, *message.cc, *message.reply_to, message.sender, message.original_sender)
    return all(one is None or (one.address and len(one.address) <= addresses.MAX_ADDRESS) for one in named)


def _new_text_is_of_the_text(message: Message, _raw: bytes) -> bool:
    lines = {line.strip() for line in message.text.split("\n")}
    new = message.reply_text
    return (
        bool(new.strip()) == bool(message.text.strip()) and {one.strip() for one in new.split("\n")} <= lines
    )


def _files_are_what_is_kept(message: Message, raw: bytes) -> bool:
    """The bytes that would be saved have the sum that was told; as text they are clean."""
    for one in message.attachments[:2]:
        content = part_content(raw, one.part)
        shown = as_text(one.filename, one.content_type, content)
        if sha256(content).hexdigest() != one.sha256 or (shown is not None and clean(shown) != shown):
            return False
    return all(TYPE.fullmatch(one.content_type) for one in message.attachments)


def _comes_by_another_way(message: Message, raw: bytes) -> bool:
    """The same mail out of a file with other line ends, and behind one more server."""
    wide = b"\x00" in raw[:4096] or _NOT_ASCII.search(raw)
    if wide or b"\r" in raw.replace(b"\r\n", b""):
        return True  # there line ends say something
    plain = raw.replace(b"\r\n", b"\n")
    twin = plain if plain != raw else plain.replace(b"\n", b"\r\n")
    mixed = raw not in {plain, plain.replace(b"\n", b"\r\n")}
    try:
        return mixed or digest(message, raw) == digest(parse(twin), twin)
    except NotMail:  # bytes of which some share is no text: the line ends count in it
        return True


_FACTS: dict[str, Callable[[Message, bytes], bool]] = {
    "ids": _ids_are_bare,
    "addresses": _addresses_are_addresses,
    "reply text": _new_text_is_of_the_text,
    "files": _files_are_what_is_kept,
    "other line ends": _comes_by_another_way,
    "date": lambda message, _raw: message.date is None or message.date.utcoffset() is not None,
    "folded lines": lambda message, _raw: (
        "\n".join(line for block in fold(message.text) for line in block.lines) == message.text
    ),
}


def letter_to(message: Message) -> Letter | None:
    """An answer to a mail, with all of it that an answer repeats; none where there is nobody to answer."""
    named = (*message.reply_to, *filter(None, [message.sender]), *message.to, *message.cc)
    people = tuple({one.key: one for one in filter(_is_sendable, named)}.values())[:20]
    if not people:
        return None
    return Letter(
        SHOP, people[:1], reply_subject(message.subject), ANSWER, "answer@shop.example", NOW, cc=people[1:],
        reply_to=Address(message.subject, "support+token@shop.example"), in_reply_to=message.message_id,
        references=references_for(message.message_id, message.references), signature=people[0].name,
        quoted=message.text[:_MOST_QUOTED], quoted_intro=f"Den 2026-11-21 10:12 skrev {people[0].name or 'Mette'}:",
        enclosures=tuple(Enclosure(one.filename, one.content_type, b"x") for one in message.attachments[:3]),
    )  # fmt: skip


def _fits(name: str) -> bool:
    return len(name.encode()) < 899


def _is_sendable(one: Address) -> bool:
    try:
        addresses.check([one])
    except Problem:
        return False
    return True


def of_answering(message: Message) -> list[str]:
    """What is wrong with our answer to a mail, as other programs and as the desk itself read it."""
    letter = letter_to(message)
    if letter is None:
        return []
    raw = compose(letter)
    ours = parse(raw)
    told = list(of_a_mail_of_ours(raw, ours, (*letter.to, *letter.cc)))
    if ours.reply_text != ANSWER:
        told.append(f"answer: its own words are {ours.reply_text[:200]!a}")
    if ours.subject != letter.subject[:2000].rstrip():
        told.append(f"subject: {ours.subject[:200]!a} for {letter.subject[:200]!a}")
    if [one.filename for one in ours.attachments] != [one.filename for one in letter.enclosures]:
        told.append("enclosures: other names")
    if (ours.message_id, ours.references) != (letter.message_id, tuple(filter(_fits, letter.references))):
        told.append("references: others")
    return told


def of_a_mail_of_ours(raw: bytes, ours: Message, chosen: tuple[Address, ...]) -> Iterator[str]:
    """What is wrong with bytes (and how we read them) that are to be sent to the chosen people and nobody else."""
    lines = raw.split(b"\r\n")
    if b"\r" in b"".join(lines) or b"\n" in b"".join(lines):
        yield "line ends: a bare one"
    if max(map(len, lines)) > 998:
        yield "lines: longer than SMTP takes"
    found = email.message_from_bytes(raw, policy=email.policy.compat32)
    names = [name.lower() for name in found.keys()]  # noqa: SIM118  each as often as it stands there
    if set(names) - HEADERS or len(names) != len(set(names)):
        yield f"header: {sorted(names)}"
    stands = email.utils.getaddresses(
        [str(value) for name in ("to", "cc") for value in found.get_all(name, [])]
    )
    theirs = {one.key for one in chosen}
    plain = {key for key in theirs if key.isascii() and '"' not in key}
    if not plain <= {address.lower() for _name, address in stands} and len(stands) <= len(theirs):
        yield f"recipients: {stands} for {sorted(theirs)}"
    if {one.key for one in (*ours.to, *ours.cc)} != {_as_sent(key) for key in theirs}:
        yield f"recipients: as read {ours.to} for {sorted(theirs)}"


def _as_sent(key: str) -> str:
    local, _at, domain = key.rpartition("@")
    return f"{local}@{in_ascii(domain) or domain}"
