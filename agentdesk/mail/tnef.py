"""winmail.dat: Microsoft's TNEF (MS-OXTNEF), the envelope in which Outlook hides a letter's text and files.

Invariants: nothing is raised for any bytes; every step goes forward, files and text are capped, and no length that the
bytes claim is believed beyond what is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import error as StructError  # noqa: N812  the name the module should have given it
from struct import unpack_from

from agentdesk.mail.charsets import decode
from agentdesk.mail.richtext import MAX_RTF, from_rtf

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_FILES = 200
_MAX_PROPERTIES = 5000
_BODY, _PROPERTIES, _PAGE = 0x0002800C, 0x00069003, 0x00069007
_NEXT_FILE, _FILE_DATA, _FILE_NAME, _FILE_PROPERTIES = 0x00069002, 0x0006800F, 0x00018010, 0x00069005
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = (0x0D, 0x1E, 0x1F, 0x102)
_UNICODE, _OBJECT = 0x1F, 0x0D
_COMPRESSED, _STORED = 0x75465A4C, 0x414C454D
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


@dataclass(slots=True)
class File:
    """A file that lies in the envelope."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Envelope:
    """What the envelope holds. `html` says of `text` whether it is HTML."""

    text: str = ""
    html: bool = False
    files: list[File] = field(default_factory=list)


def unpack(data: bytes) -> Envelope:
    """The text and the files; what cannot be read is left out."""
    envelope = Envelope()
    charset = ""
    properties: dict[int, tuple[int, bytes]] = {}
    for name, value in _attributes(data):
        if name == _PAGE and len(value) >= 4:
            charset = f"cp{unpack_from('<I', value)[0]}"
        elif name == _BODY:
            envelope.text = _string(value, charset)
        elif name == _PROPERTIES:
            properties = dict(_properties(value))
        elif name == _NEXT_FILE:
            if len(envelope.files) >= MAX_FILES:
                break
            envelope.files.append(File())
        elif envelope.files:
            _add(envelope.files[-1], name, value, charset)
    _read_text(envelope, properties, charset)
    envelope.files = [one for one in envelope.files if one.content]
    return envelope


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while data.startswith(SIGNATURE) and at + 9 <= len(data):
        _level, name, length = unpack_from("<BII", data, at)
        yield name, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _add(file: File, name: int, value: bytes, charset: str) -> None:
    if name == _FILE_DATA:
        file.content = value
    elif name == _FILE_NAME:
        file.name = file.name or _string(value, charset)
    elif name == _FILE_PROPERTIES:
        found = dict(_properties(value))
        file.name = _text(found, charset, 0x3707) or _text(found, charset, 0x3704) or file.name
        file.content_type = _text(found, charset, 0x370E).lower()
        file.content_id = _text(found, charset, 0x3712)
        kind, content = found.get(0x3701, (0, b""))
        if content and not file.content:  # a message within lies behind the 16 bytes that name its kind
            file.content = content[16:] if kind == _OBJECT else content


def _read_text(envelope: Envelope, properties: dict[int, tuple[int, bytes]], charset: str) -> None:
    html = properties.get(0x1013, (0, b""))[1]
    rtf = properties.get(0x1009, (0, b""))[1]
    plain = _text(properties, charset, 0x1000)
    if plain or envelope.text:
        envelope.text = plain or envelope.text
    elif html:
        envelope.text, envelope.html = decode(html[:MAX_RTF], charset)[0], True
    elif rtf:
        envelope.text, envelope.html = from_rtf(_decompressed(rtf))


def _text(properties: dict[int, tuple[int, bytes]], charset: str, name: int) -> str:
    kind, value = properties.get(name, (0, b""))
    return (
        decode(value[:MAX_RTF], "utf-16-le")[0].rstrip("\x00")
        if kind == _UNICODE
        else _string(value, charset)
    )


def _string(value: bytes, charset: str) -> str:
    return decode(value.rstrip(b"\x00")[:MAX_RTF], charset)[0]


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """The MAPI properties of a block, each with its type; ends where the block makes no sense."""
    at = 4
    try:
        for _number in range(min(unpack_from("<I", data)[0], _MAX_PROPERTIES)):
            kind, name = unpack_from("<HH", data, at)
            at += 4
            if name >= 0x8000:
                at = _behind_name(data, at)
            many, kind = kind & 0x1000, kind & 0x0FFF
            if kind not in _VARIABLE:
                count = unpack_from("<I", data, at)[0] if many else 1
                at += (4 if many else 0) + count * _SIZES[kind]
                continue
            count = unpack_from("<I", data, at)[0]
            at += 4
            for _value in range(min(count, _MAX_PROPERTIES)):
                length = unpack_from("<I", data, at)[0]
                yield name, (kind, data[at + 4 : at + 4 + length])
                at += 4 + (length + 3) // 4 * 4
    except (StructError, KeyError):
        return


def _behind_name(data: bytes, at: int) -> int:
    """Where the value of a named property begins."""
    at += 16
    if unpack_from("<I", data, at)[0] == 0:
        return at + 8
    length = unpack_from("<I", data, at + 4)[0]
    return int(at + 8 + (length + 3) // 4 * 4)


def _decompressed(data: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP)."""
    if len(data) < 16:
        return b""
    kind = unpack_from("<I", data, 8)[0]
    if kind != _COMPRESSED:
        return data[16:] if kind == _STORED else b""
    window = bytearray(_DICTIONARY.ljust(4096, b" "))
    write, at = len(_DICTIONARY), 16
    out = bytearray()
    while at < len(data) and len(out) < MAX_RTF // 2:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                run = data[at : at + 1]
                at += 1
            else:
                pair = int.from_bytes(data[at : at + 2], "big")
                at += 2
                start, length = pair >> 4, (pair & 15) + 2
                if start == write or at > len(data):
                    return bytes(out)
                run = b""
                for step in range(length):  # it may read what it has just written
                    letter = window[(start + step) % 4096]
                    window[(write + step) % 4096] = letter
                    run += bytes((letter,))
            for step, letter in enumerate(run):
                window[(write + step) % 4096] = letter
            write = (write + len(run)) % 4096
            out += run
            if at >= len(data):
                break
    return bytes(out)
