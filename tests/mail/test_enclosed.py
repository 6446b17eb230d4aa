"""Files within parts: uuencode, winmail.dat, S/MIME; and what is said of signatures and encryption."""

# ruff: noqa: E501  a table reads best with one mail a line

import base64
import struct

import pytest

from agentdesk.domain.mail import Message
from agentdesk.mail import calendar
from agentdesk.mail.parse import parse, part_content
from agentdesk.mail.richtext import from_enriched, from_rtf
from agentdesk.mail.smime import unwrap

HEAD = b"From: a@b.example\r\nSubject: x\r\n"


def files(message: Message) -> list[tuple[str, str, int]]:
    return [(one.filename, one.content_type, one.size) for one in message.attachments]


def encoded(kind: str, data: bytes) -> bytes:
    return (
        HEAD
        + f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
        + base64.encodebytes(data)
    )


def test_a_uuencoded_file_leaves_the_text_and_is_an_attachment() -> None:
    raw = (
        HEAD
        + b"\r\nSe her:\r\n\r\nbegin 644 ..\\kvit.pdf\r\n#2&5J\r\n`\r\nend\r\nHilsen\r\n\r\nbegin 644 cut.txt\r\n#2&5J"
    )
    message = parse(raw)
    assert message.text == "Se her:\n\nHilsen"
    assert files(message) == [("kvit.pdf", "application/pdf", 3), ("cut.txt", "text/plain", 3)]
    assert [part_content(raw, one.part) for one in message.attachments] == [b"Hej", b"Hej"]
    assert part_content(raw, 1_000_009) == b""


@pytest.mark.parametrize(
    "text", ["begin 644 is a mode\nand so on\nend", "we begin 2026 with\nbegin 644 x", "begin 644 x\n\nend"]
)
def test_words_that_only_begin_like_a_file_stay(text: str) -> None:
    message = parse(HEAD + b"\r\n" + text.encode())
    assert (message.text, message.attachments) == (text, ())


def tnef(*attributes: tuple[int, bytes]) -> bytes:
    packed = (b"\x02" + struct.pack("<II", name, len(data)) + data + b"\0\0" for name, data in attributes)
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(packed)


def prop(kind: int, name: int, data: bytes) -> bytes:
    return struct.pack("<HHII", kind, name, 1, len(data)) + data + b"\0" * (-len(data) % 4)


def props(*properties: bytes) -> bytes:
    return struct.pack("<I", len(properties)) + b"".join(properties)


RTF = rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \par no\htmlrtf0 Hej d\'f8 {\*\htmltag72 </p>}}"
LITERALS = b"".join(b"\0" + RTF[at : at + 8] for at in range(0, len(RTF), 8))
COMPRESSED = struct.pack("<IIII", len(LITERALS) + 12, len(RTF), 0x75465A4C, 0) + LITERALS


def test_a_winmail_gives_its_text_and_its_files() -> None:
    named = props(
        struct.pack("<HH", 3, 0x8001) + b"\0" * 16 + struct.pack("<III", 0, 7, 9),
        prop(0x1F, 0x3707, "Lång fil.pdf\0".encode("utf-16-le")), prop(0x1E, 0x370E, b"application/pdf\0"),
    )  # fmt: skip
    data = tnef(
        (0x69007, struct.pack("<II", 1252, 0)), (0x69003, props(prop(0x102, 0x1009, COMPRESSED))),
        (0x69002, b"\0" * 14), (0x18010, b"LONG~1.PDF\0"), (0x6800F, b"%PDF-"), (0x69005, named),
        (0x69002, b"\0" * 14), (0x18010, b"..\\con.txt\0"), (0x6800F, b"x"),
    )  # fmt: skip
    raw = encoded("application/ms-tnef; name=winmail.dat", data)
    message = parse(raw)
    assert message.text == "Hej dø"
    assert files(message)[1:] == [("Lång fil.pdf", "application/pdf", 5), ("_con.txt", "text/plain", 1)]
    assert files(message)[0] == ("winmail.dat", "application/ms-tnef", len(data))
    assert part_content(raw, message.attachments[1].part) == b"%PDF-"


def test_the_text_beside_a_winmail_is_the_mails() -> None:
    data = base64.encodebytes(tnef((0x2800C, b"other words\0")))
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHej\r\n--b\r\nContent-Type: application/ms-tnef\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + data + b"--b--"
    )
    assert parse(raw).text == "Hej"


def der(tag: int, *values: bytes) -> bytes:
    value = b"".join(values)
    return bytes((tag, 0x82)) + len(value).to_bytes(2, "big") + value


INNER = b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/html\r\n\r\n<p>Hej\r\n--i\r\nContent-Type: image/png; name=a.png\r\n\r\nPNG\r\n--i--"
DATA, SIGNED, ENVELOPED = (bytes.fromhex(f"06092a864886f70d0107{kind}") for kind in ("01", "02", "03"))
PIECES = b"\x24\x80" + der(4, INNER[:50]) + der(4, INNER[50:]) + b"\0\0"


@pytest.mark.parametrize("octets", [der(4, INNER), PIECES], ids=["whole", "pieces"])
def test_a_mail_that_is_only_signed_is_read_with_its_files(octets: bytes) -> None:
    inner = der(0x30, DATA, der(0xA0, octets))
    wrapped = der(0x30, SIGNED, der(0xA0, der(0x30, b"\x02\x01\x01", der(0x31), inner)))
    assert unwrap(wrapped) == ("signed", INNER)
    raw = encoded("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", wrapped)
    message = parse(raw)
    assert (message.text, message.html_present) == ("Hej", True)
    assert message.marks == ("signed with S/MIME, not checked",)
    assert files(message) == [
        ("smime.p7m", "application/pkcs7-mime", len(wrapped)),
        ("a.png", "image/png", 3),
    ]
    assert part_content(raw, message.attachments[1].part) == b"PNG"


ARMOUR = "-----BEGIN PGP {}-----\r\n\r\nhQEMA\r\n-----END PGP {}-----"


@pytest.mark.parametrize(
    ("raw", "marks"),
    [
        (encoded("application/pkcs7-mime", der(0x30, ENVELOPED, b"\xa0\0")), ("encrypted with S/MIME",)),
        (encoded("application/pkcs7-mime; smime-type=enveloped-data", b"?"), ("encrypted with S/MIME",)),
        (HEAD + b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b--", ("encrypted with PGP",)),
        (HEAD + b"Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n\r\nHej\r\n--b--", ("signed with PGP, not checked",)),
        (HEAD + b"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n\r\nHej\r\n--b--", ("signed with S/MIME, not checked",)),
        (HEAD + b"\r\n" + ARMOUR.format("MESSAGE", "MESSAGE").encode(), ("encrypted with PGP",)),
        (HEAD + b"\r\n" + ARMOUR.format("SIGNED MESSAGE", "SIGNATURE").encode(), ("signed with PGP, not checked",)),
        (HEAD + b"\r\nHej", ()),
    ],
)  # fmt: skip
def test_signatures_and_encryption_are_named_as_what_they_are(raw: bytes, marks: tuple[str, ...]) -> None:
    assert parse(raw).marks == marks


EVENT = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Møde\\, igen\r\nDTSTART;TZID=Europe/Copen\r\n hagen:20261121T100000\r\n"
    'DTEND:20261121T100000Z\r\nLOCATION:Lager 2\r\nORGANIZER;CN="Bo":mailto:bo@shop.example\r\nDESCRIPTION:Husk\\npakken\r\n'
    "BEGIN:VALARM\r\nSUMMARY:no\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def test_a_calendar_alone_is_told_and_stays_an_attachment() -> None:
    message = parse(HEAD + b"Content-Type: text/calendar\r\n\r\n" + EVENT.encode())
    assert message.text == (
        "Invitation: Møde, igen\nWhen: 2026-11-21 10:00 Europe/Copenhagen – 2026-11-21 10:00 UTC\nWhere: Lager 2\n"
        "Organizer: Bo <bo@shop.example>\n\nHusk\npakken"
    )
    assert [one.content_type for one in message.attachments] == ["text/calendar"]
    assert calendar.to_text("no calendar") == ""


@pytest.mark.parametrize(
    ("rtf", "text"),
    [
        (rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Hej \'e6\u248?!\par To}", "Hej æø!\nTo"),
        (rb"{\rtf1\uc2 a\u248 ??b{\*\generator x}{\pict 00ff}\{c\}\~d}", "aøb{c}\xa0d"),
        (b"{" * 5000 + b"x", "x"), (b"}" * 5000 + b"x", "x"),
    ],
)  # fmt: skip
def test_rtf_is_read(rtf: bytes, text: str) -> None:
    assert from_rtf(rtf) == (text, False)


def test_enriched_text_is_read() -> None:
    assert (
        from_enriched("<bold>a\nb</bold>\n\nc <<d><color><param>red</param>e</color><nofill>\nf\n</nofill>")
        == "a b\nc <d>e\nf\n"
    )
