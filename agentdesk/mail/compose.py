"""Letter -> the bytes that are sent: RFC 5322, CRLF, lines of at most 998 bytes.

Written out by hand rather than by the standard library: its folding loses spaces between encoded words (3.11, 3.12),
and importing it would cost the desk more than composing does. Invariants: there is never a Bcc header; no field of a
Letter can add or end a header; the same Letter gives the same bytes; 7-bit clean, so that any server takes it (but for
an address that is itself not ASCII).
"""

import binascii
import re
from datetime import UTC
from hashlib import sha256

from agentdesk.domain.mail import Address, Enclosure, Letter
from agentdesk.mail.filenames import safe_name
from agentdesk.mail.twin import html_twin
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.hosts import in_ascii

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LINE = 900
_WORD_BYTES = 42  # of UTF-8 in one encoded word: 56 in Base64, with its frame at most 75 characters
_MAX_REFERENCES = 30
_MAX_SUBJECT = 2_000  # longer headers are cut or refused on the way
_MAX_NAME = 300
_PLAIN_NAME = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]*", re.ASCII)
_TYPE = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,60}", re.ASCII)
_QUOTED_LOCAL = re.compile(r'"[^"<>\\]+"@[^\s<>",;:()\[\]\\]+')
_NOT_IN_ADDRESS = re.compile(r'[\s<>(),;:"\\]')
_REPLY_PREFIXES = re.compile(
    r"\s*(?:((?:re|sv|vs|aw|antw|antwort|ref|odp|r)(?:\[\d{1,3}\])?)\s*[:：]\s*)", re.IGNORECASE
)
_NOT_IN_ID = re.compile(r"[\s<>]")


def compose(letter: Letter) -> bytes:
    """The whole mail."""
    text = plain_text(letter)
    boundary = _boundary(letter, text)
    fields = [
        b"From: " + _mailboxes((letter.sender,)),
        b"To: " + (_mailboxes(letter.to) or b"undisclosed-recipients:;"),
    ]
    if letter.cc:
        fields.append(b"Cc: " + _mailboxes(letter.cc))
    if letter.reply_to is not None:
        fields.append(b"Reply-To: " + _mailboxes((letter.reply_to,)))
    fields += [
        b"Subject: " + _unstructured(letter.subject),
        b"Date: " + _date(letter),
        b"Message-ID: " + _id(letter.message_id),
    ]
    answered, references = _ids(letter.in_reply_to or ""), _ids(*letter.references[-2 * _MAX_REFERENCES :])
    if answered:
        fields.append(b"In-Reply-To: " + answered[0])
    if references:
        fields.append(b"References: " + b"\r\n ".join(references))
    if letter.automatic:  # RFC 3834 5; the other one keeps Exchange from answering
        fields += [b"Auto-Submitted: auto-replied", b"X-Auto-Response-Suppress: All"]
    fields.append(b"MIME-Version: 1.0")
    body = _text_part(text, b"plain")
    if letter.html:
        body = _multipart(
            b"alternative", boundary + b"a", [body, _text_part(html_twin(letter, text), b"html")]
        )
    if letter.enclosures:
        enclosed = [_enclosed(one, number) for number, one in enumerate(letter.enclosures, 1)]
        body = _multipart(b"mixed", boundary + b"m", [body, *enclosed])
    return b"\r\n".join(fields) + b"\r\n" + body


def plain_text(letter: Letter) -> str:
    """The text as it stands in the mail: what was written, the signature under its mark, the quoted history."""
    pieces = [_body(letter.text).strip("\n")]
    signature = _body(letter.signature).strip()
    if signature:
        pieces.append(f"-- \n{signature}")
    if letter.quoted.strip():
        pieces.append(quote(letter.quoted, letter.quoted_intro))
    return "\n\n".join(pieces) + "\n"


def quote(text: str, intro: str = "") -> str:
    """The text with `> ` before each line, under its introduction."""
    lines = _body(text).strip("\n").split("\n")
    quoted = "\n".join(_quoted_line(line) for line in lines)
    intro = clean_line(intro)
    return f"{intro}\n{quoted}" if intro else quoted


def reply_subject(subject: str) -> str:
    """The subject of an answer: one mark of a reply, the customer's own where there is one."""
    rest = clean_line(subject)
    first = ""
    while prefix := _REPLY_PREFIXES.match(rest):
        first = first or prefix[1]
        rest = rest[prefix.end() :]
    return f"{first or 'Re'}: {rest}".strip()


def references_for(message_id: str | None, references: tuple[str, ...]) -> tuple[str, ...]:
    """The References of an answer (RFC 5322 3.6.4): the other mail's and its id; of many the first and last."""
    known = dict.fromkeys(one for one in references if one)
    if message_id:
        known.pop(message_id, None)
        known[message_id] = None
    found = tuple(known)
    return found if len(found) <= _MAX_REFERENCES else found[:1] + found[1 - _MAX_REFERENCES :]


def new_message_id(token: str, domain: str) -> str:
    """An id (without angle brackets) from a random token; the randomness is the caller's."""
    return f"{_NOT_IN_ID.sub('', clean_line(token))}@{_ascii_domain(_NOT_IN_ADDRESS.sub('', clean_line(domain)))}"


def _body(text: str) -> str:
    return clean(text)


def _quoted_line(line: str) -> str:
    line = line.rstrip()
    return f">{line}" if line.startswith(">") or not line else f"> {line}"


def _boundary(letter: Letter, text: str) -> bytes:
    """Two letters never share one, and none can be foreseen from the text alone; `=_` stands in no encoded part."""
    seen = sha256(f"{letter.message_id}\n{letter.date.isoformat()}\n{text}".encode("utf-8", "replace"))
    return b"=_" + seen.hexdigest()[:32].encode("ascii")


def _multipart(kind: bytes, boundary: bytes, parts: list[bytes]) -> bytes:
    head = b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n\r\n'
    between = b"\r\n--" + boundary + b"\r\n"
    return (
        head
        + between[2:]
        + between.join(part.removesuffix(b"\r\n") for part in parts)
        + b"\r\n--"
        + boundary
        + b"--\r\n"
    )


def _text_part(text: str, kind: bytes) -> bytes:
    head = b"Content-Type: text/" + kind + b"; charset=utf-8\r\nContent-Transfer-Encoding: "
    lines = text.split("\n")
    plain = text.isascii() and all(len(line) <= _LINE and not line.startswith("From ") for line in lines)
    if plain and not any(line.startswith("--=_") for line in lines):
        return head + b"7bit\r\n\r\n" + text.encode("ascii").replace(b"\n", b"\r\n")
    encoded = binascii.b2a_qp(text.encode("utf-8", "replace"), istext=True)
    return head + b"quoted-printable\r\n\r\n" + _QP_START.sub(_escape_start, encoded).replace(b"\n", b"\r\n")


_QP_START = re.compile(rb"^(?:From |--=_)", re.MULTILINE)


def _escape_start(found: re.Match[bytes]) -> bytes:
    """A line that a mailbox file or a boundary could be mistaken for begins with an escape instead."""
    return b"=%02X" % found[0][0] + found[0][1:]


def _enclosed(enclosure: Enclosure, number: int) -> bytes:
    kind = enclosure.content_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"  # those two may not be sent in Base64
    name = safe_name(enclosure.filename, kind, number)
    lines = [
        b"Content-Type: " + kind.encode("ascii"),
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment;" + _filename(name),
        b"",
    ]
    content = enclosure.content
    encoded = [binascii.b2a_base64(content[at : at + 57], newline=False) for at in range(0, len(content), 57)]
    return b"\r\n".join([*lines, *encoded, b""])


def _filename(name: str) -> bytes:
    if name.isascii() and '"' not in name and "\\" not in name and len(name) < 60:
        return b'\r\n filename="' + name.encode("ascii") + b'"'
    encoded = "".join(
        chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in name.encode("utf-8")
    )
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,20}", encoded)
    if len(pieces) == 1:
        return b"\r\n filename*=utf-8''" + encoded.encode("ascii")
    sections = [
        f"\r\n filename*{at}*={'' if at else chr(39).join(('utf-8', '', ''))}{piece}"
        for at, piece in enumerate(pieces)
    ]
    return ";".join(sections).encode("ascii")


_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


def _date(letter: Letter) -> bytes:
    at = letter.date
    offset = at.utcoffset()
    if offset is None:
        at = at.replace(tzinfo=UTC)
    minutes = int((at.utcoffset() or at - at).total_seconds() // 60)
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02d} {month} {at.year:04d} {at:%H:%M:%S} {zone}".encode("ascii")


def _id(value: str) -> bytes:
    return b"<" + _NOT_IN_ID.sub("", clean_line(value)).encode("utf-8", "replace") + b">"


def _ids(*values: str) -> list[bytes]:
    """The ids of other people's mails; one that no line can hold is left out, for it can be neither folded nor cut."""
    return [one for one in map(_id, values) if 2 < len(one) <= _LINE]


def _mailboxes(addresses: tuple[Address, ...]) -> bytes:
    return b",\r\n ".join(_mailbox(one) for one in addresses if one.address)


def _mailbox(one: Address) -> bytes:
    address = clean_line(one.address)
    if not _QUOTED_LOCAL.fullmatch(address):
        address = _NOT_IN_ADDRESS.sub("", address)
    local, at, domain = address.rpartition("@")
    spec = (local + at + _ascii_domain(domain)).encode("utf-8", "replace")
    name = clean_line(one.name)[:_MAX_NAME].rstrip()
    if not name:
        return spec
    if name.isascii() and "=?" not in name and len(name) < 200:
        shown = (
            name
            if _PLAIN_NAME.fullmatch(name)
            else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        )
        return shown.encode("ascii") + b" <" + spec + b">"
    return _encoded_words(name) + b"\r\n <" + spec + b">"


def _ascii_domain(domain: str) -> str:
    return in_ascii(domain) or domain


def _unstructured(text: str) -> bytes:
    text = clean_line(text)[:_MAX_SUBJECT].rstrip()
    if text.isascii() and "=?" not in text and len(text) <= _LINE:
        return text.encode("ascii")
    return _encoded_words(text)


def _encoded_words(text: str) -> bytes:
    """The whole text as encoded words of whole characters; the breaks between them are no part of it."""
    chunks: list[bytes] = []
    chunk = b""
    for character in text:
        piece = character.encode("utf-8", "replace")
        if len(chunk) + len(piece) > _WORD_BYTES:
            chunks.append(chunk)
            chunk = b""
        chunk += piece
    chunks.append(chunk)
    return b"\r\n ".join(b"=?utf-8?B?" + binascii.b2a_base64(one, newline=False) + b"?=" for one in chunks)
