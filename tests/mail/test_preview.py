"""Files as text: tables, mail, calendars, pages, pictures; and what is none."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.mail import pictures
from agentdesk.mail.preview import as_text, kind_of, size_word
from agentdesk.text.clean import clean

CSV = "navn;pris;antal\r\nLampe Fjord;499,00;1\r\nPære;49,00;12\r\n".encode("cp1252")
ICS = (
    (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Møde om\n  lampen\nDTSTART;TZID=Europe/Copenhagen:20261124T090000\n"
        "DTEND:20261124T090000Z\nLOCATION:Aarhus\\, Danmark\nORGANIZER:mailto:anna@example.dk\nEND:VEVENT\n"
        "BEGIN:VEVENT\nSUMMARY:\x1b[31mAndet\nDTSTART:20261125\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    .replace("\n", "\r\n")
    .encode()
)
MAIL = (
    b"From: Mette <mette@example.dk>\nTo: lager@example.dk\nSubject: =?utf-8?q?P=C3=A6re?=\n\nDen er knust.\n"
)


def png(width: int, height: int, pixel: bytes = b"\xff\x00\x00") -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\x00" + pixel * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_table_stands_in_columns() -> None:
    shown = as_text("priser.csv", "application/octet-stream", CSV)
    assert shown is not None
    assert shown.split("\n")[:3] == [
        "navn         pris    antal",
        "Lampe Fjord  499,00  1",
        "Pære         49,00   12",
    ]
    many = as_text("x.csv", "text/csv", b"a,b\n" * 2000)
    assert many is not None
    assert many.endswith("… more rows are in the file.")
    assert as_text("x.csv", "text/csv", b'"' + b"x" * 150_000) is not None


def test_a_calendar_says_what_when_and_where() -> None:
    shown = as_text("invite.ics", "text/calendar", ICS)
    assert shown == (
        "What: Møde om lampen\nBegins: 2026-11-24 09:00 (Europe/Copenhagen)\nEnds: 2026-11-24 09:00 UTC\n"
        "Where: Aarhus, Danmark\nInvited by: anna@example.dk\n\nWhat: [31mAndet\nBegins: 2026-11-25"
    )


def test_a_mail_is_read_as_mail_and_a_page_as_text() -> None:
    shown = as_text("fwd.eml", "message/rfc822", MAIL)
    assert shown is not None
    assert shown.startswith("From: Mette <mette@example.dk>\nTo: lager@example.dk\nSubject: Pære\n")
    assert "Den er knust." in shown
    assert as_text("a.html", "text/html", b"<p>Hej <b>Mette</b><script>x()</script></p>") == "Hej Mette"


def test_plain_text_is_clean_and_its_end_is_said() -> None:
    assert as_text("a.txt", "text/plain", b"a\x1b]52;c;eA==\x07b") == "a]52;c;eA==b"
    long = as_text("a.txt", "text/plain", b"x" * 300_000)
    assert long is not None
    assert len(long) < 201_000
    assert "the rest is not shown" in long


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"", b"\x00\xff" * 100])
def test_what_is_no_text_is_none(content: bytes) -> None:
    assert as_text("a.bin", "application/octet-stream", content) is None


def test_a_name_says_what_a_type_does_not() -> None:
    assert kind_of("A.PDF", "application/octet-stream") == "application/pdf"
    assert kind_of("a.csv", "application/vnd.ms-excel") == "text/csv"
    assert kind_of("a.csv", "image/png") == "image/png"
    assert [size_word(n) for n in (999, 1500, 2_500_000)] == ["999 B", "2 kB", "2.5 MB"]


def test_a_picture_tells_its_size_without_being_opened() -> None:
    assert pictures.facts(png(640, 480)) == pictures.Facts("PNG", 640, 480)
    assert (
        as_text("a.png", "image/png", png(64, 48))
        == f"PNG picture, 64 × 48 pixels, {size_word(len(png(64, 48)))}"
    )
    assert pictures.facts(b"GIF89a\x10\x00\x20\x00") == pictures.Facts("GIF", 16, 32)
    for cut in (
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x02" * 900,
        b"RIFF\0\0\0\0WEBPVP8X",
        b"BM",
    ):
        assert pictures.facts(cut) is None


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "BMP", "GIF", "PNG"])
def test_every_everyday_kind_is_known_and_small(kind: str) -> None:
    image = pytest.importorskip("PIL.Image")
    out = BytesIO()
    image.new("RGB", (800, 600), (200, 30, 30)).save(out, kind)
    content = out.getvalue()
    found = pictures.facts(content)
    assert found is not None
    assert (found.width, found.height) == (800, 600)
    pixels = pictures.small(content)
    assert pixels is not None
    assert (pixels.width, pixels.height) == (240, 180)
    red, green, _blue = pixels.at(100, 100)
    assert red > 150
    assert green < 80


def test_a_picture_that_is_none_or_too_large_is_not_opened() -> None:
    huge = png(4, 4)[:16] + struct.pack(">II", 60_000, 60_000) + png(4, 4)[24:]
    assert pictures.facts(huge) == pictures.Facts("PNG", 60_000, 60_000)
    assert pictures.small(huge) is None
    assert pictures.small(b"no picture") is None


KINDS = (
    "text/plain",
    "text/html",
    "text/csv",
    "text/calendar",
    "message/rfc822",
    "application/json",
    "image/png",
    "x/y",
)


@given(
    st.sampled_from(KINDS),
    st.binary(max_size=400) | st.text(max_size=300).map(lambda one: one.encode(errors="replace")),
)
@settings(max_examples=150, deadline=None)
def test_whatever_a_file_holds_its_text_is_clean(kind: str, content: bytes) -> None:
    shown = as_text("file", kind, content)
    assert shown is None or clean(shown) == shown


@given(st.integers(0, 99), st.binary(min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_broken_picture_breaks_nothing(at: int, junk: bytes) -> None:
    whole = png(40, 30)
    broken = whole[:at] + junk + whole[at + len(junk) :]
    pictures.facts(broken)
    pictures.small(broken)
