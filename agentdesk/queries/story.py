"""A case as a story to print or to keep: who is told what, and the messages' own bytes for those who keep mail.

Invariants: for a customer there are no notes, no side conversations, no words of the system and nothing that the
customer neither wrote nor was sent; the bytes of a message that came or left are told as they are.
"""

from collections.abc import Iterator
from datetime import tzinfo

from sqlalchemy import Connection, select

from agentdesk.config.language import _
from agentdesk.domain.instants import iso
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address, Letter
from agentdesk.domain.rows import MessageRow
from agentdesk.domain.story import Form, Story
from agentdesk.mail.compose import compose
from agentdesk.queries import cases
from agentdesk.store import codec
from agentdesk.store.tables import messages, raws
from agentdesk.text.story import as_markdown, as_text

_REACHED = frozenset({Delivery.SENT, Delivery.UNSURE})
"""Replies that the customer has, or may have."""
_NOWHERE = "agentdesk.invalid"
"""The domain of addresses and ids of what never was mail (RFC 2606)."""


def story(session: Connection, case_id: int, *, for_customer: bool = False) -> Story:
    """The case and what of it is told. Raises NotFound."""
    head = cases.case(session, case_id)
    rows = cases.messages_of(session, case_id, 0)
    told = rows
    if for_customer:
        query = select(messages.c.id, messages.c.bcc).where(messages.c.case_id == case_id)
        bcc = {row.id: codec.read_people(row.bcc) for row in session.execute(query)}
        known = {one.casefold() for one in head.addresses}
        told = tuple(row for row in rows if row.side is None and _is_theirs(row, bcc[row.id], known))
    return Story(head, told, for_customer, len(rows) - len(told))


def _is_theirs(row: MessageRow, bcc: tuple[Address, ...], known: set[str]) -> bool:
    if row.kind == "inbound":
        people = (row.sender, *row.to, *row.cc)
    elif row.kind == "outbound" and row.delivery in _REACHED:
        people = (*row.to, *row.cc, *bcc)
    else:
        return False
    return any(one.address.casefold() in known for one in people)


def told(
    session: Connection, case_id: int, form: Form, zone: tzinfo, *, for_customer: bool = False
) -> tuple[str, bytes, Story]:
    """(a name for the file, what stands in it, the story). Raises NotFound."""
    found = story(session, case_id, for_customer=for_customer)
    match form:
        case "eml":
            content = b"".join(as_mail(session, found, zone))
        case "md":
            content = as_markdown(found, zone).encode()
        case _text:
            content = as_text(found, zone).encode()
    return found.file_name(form), content, found


def as_mail(session: Connection, found: Story, zone: tzinfo) -> Iterator[bytes]:
    """One mail (RFC 2046 5.1.5): the story as text, then every message as a message/rfc822 of its own."""
    whole = [_raw(session, row) for row in found.messages if row.kind != "system"]
    number = 0
    while any(b"--" + _boundary(number) in raw for raw in whole):
        number += 1
    boundary = _boundary(number)
    head = Letter(
        sender=Address("agentdesk", f"export@{_NOWHERE}"), to=(),
        subject=f"#{found.case.id} {found.case.subject}", text=as_text(found, zone),
        message_id=f"case-{found.case.id}.{iso(found.case.updated_at)}@{_NOWHERE}".replace(":", ""),
        date=found.case.updated_at, html=False,
    )  # fmt: skip
    fields, _blank, body = compose(head).partition(b"\r\n\r\n")
    keep, _mime, of_text = fields.partition(b"MIME-Version: 1.0\r\n")
    yield keep + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    yield b"--" + boundary + b"\r\n" + of_text + b"\r\n\r\n" + body + b"\r\n"
    yield b"--" + boundary + b'\r\nContent-Type: multipart/digest; boundary="' + boundary + b'd"\r\n\r\n'
    for raw in whole:
        transfer = b"7bit" if raw.isascii() and b"\0" not in raw else b"binary"
        yield (
            b"--" + boundary + b"d\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: " + transfer
        )
        yield b"\r\n\r\n" + raw + b"\r\n"
    yield b"--" + boundary + b"d--\r\n\r\n--" + boundary + b"--\r\n"


def _boundary(number: int) -> bytes:
    return b"=_agentdesk_%d_" % number


def _raw(session: Connection, row: MessageRow) -> bytes:
    """The bytes of a message; a note becomes a mail that says that it is one."""
    data = session.scalar(select(raws.c.data).where(raws.c.message_id == row.id))
    if data is not None:
        return codec.unpack(data)
    name = row.agent if row.kind == "note" else row.sender.name
    title = _("Note") if row.kind == "note" else row.subject
    return compose(
        Letter(
            sender=Address(name, row.sender.address or f"note@{_NOWHERE}"), to=row.to, cc=row.cc, subject=title,
            text=row.text, message_id=row.message_id or f"message-{row.id}@{_NOWHERE}", date=row.sent_at or row.at,
            html=False,
        )
    )  # fmt: skip
