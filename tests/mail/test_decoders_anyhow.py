"""Every decoder of what stands in mail: any bytes give an answer, soon; what a program wrote is read back."""

# ruff: noqa: E501  tables of what is put together

import base64
import binascii
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail.hostile_files import _tnef

from agentdesk.domain.problems import Problem
from agentdesk.mail import (
    addresses,
    calendar,
    charsets,
    dates,
    enclosed,
    flowed,
    html,
    richtext,
    smime,
    tnef,
    transfer,
)
from agentdesk.mail.filenames import MAX_NAME, safe_name
from agentdesk.mail.headers import (
    Findings,
    Headers,
    decode_words,
    from_base64,
    ids,
    own_id,
    parameters,
    read_block,
)
from agentdesk.mail.parse import parse
from agentdesk.mail.quotes import fold, split
from agentdesk.text.clean import clean, clean_line

LETTER = _tnef((0x2800C, b"Hej\0"), (0x69002, b"\0" * 14), (0x18010, b"a.pdf\0"), (0x6800F, b"%PDF"))
RTF = _tnef(
    (
        0x69003,
        b"\x01\0\0\0\x02\x01\x09\x10\x01\0\0\0\x1c\0\0\0\x18\0\0\0\x0c\0\0\0LZFu\0\0\0\0\x00{\\rtf1 Hej",
    )
)
UU = b"".join(binascii.b2a_uu(bytes(range(45))) for _line in range(4))
SIGNED = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80\x04\x08From: a\n"
SEEDS = (
    LETTER, RTF, UU, b"begin 644 a.txt\n" + UU + b"`\nend\n", SIGNED, b"{\\rtf1\\ansi\\fromhtml1 {\\*\\htmltag64 <p>}Hej\\'e6\\u230?\\par}",
    b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY;X=\":\":Hej\\n\\,\nDTSTART;TZID=Europe/Copenhagen:20261122T100000\nEND:VEVENT\nEND:VCALENDAR\n",
    b"=?utf-8?Q?S=C3=B8ren?= =?utf-8?B?w6bDuA==?= =?x?q?a?=", b"attachment; filename*0*=utf-8''a%20; filename*1=b; name=\"\\\"x\"", b"Anna \"B\" (c) <a@b.dk>, Team: d@e.dk;",
    b"Sat, 21 Nov 2026 11:00:00 +0100 (CET)", b"<bold>Hej</bold><<x<param>y</param>", b"> a \n>> b\n-- \nx \ny", b"<p>a<blockquote>b</blockquote><table><tr><td>c", b"\x1b$BF|K\\\x1b(B",
)  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Any bytes, or sound ones with a few places changed, cut or told again."""
    if draw(st.integers(0, 4)) == 0:
        return draw(st.binary(max_size=120))
    data = draw(st.sampled_from(SEEDS))
    for _change in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        put = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from([b"\xff" * 4, b"\x00" * 4, b"\r\n", b"\x1b", b'"', b"("]),
            )
        )
        data = (
            data[:at]
            + put * draw(st.sampled_from([1, 1, 1, 50]))
            + data[at + draw(st.sampled_from([0, 1, 4, 30])) :]
        )
    return data


def _as_text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def _header(data: bytes) -> str:
    return charsets.decode(data)[0].replace("\r", "").replace("\n", " ")


def _encoded(way: str) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        plain = transfer.decoded(data, 0, len(data), way, text=True, findings=Findings())
        assert len(plain) <= len(data) + 63  # a last line that claims more than there is
        return plain

    return read


def _block(data: bytes) -> object:
    headers, at = read_block(data, 0, len(data), Findings())
    assert 0 <= at <= len(data)
    assert isinstance(headers, Headers)
    return [
        clean_line(headers.text(name)) == headers.text(name) for name in ("subject", "from", "content-type")
    ], own_id(headers)


def _typed(text: str) -> object:
    try:
        return addresses.read(text)
    except Problem as problem:
        return str(problem)


def _of_quotes(data: bytes) -> object:
    text = clean(data.decode("utf-8", "replace"))
    assert "\n".join(line for block in fold(text) for line in block.lines) == text
    new = split(text)
    assert bool(new.strip()) == bool(text.strip())
    assert {one.strip() for one in new.split("\n")} <= {one.strip() for one in text.split("\n")}
    return new


def _addresses(data: bytes) -> object:
    found = addresses.from_header(_header(data), Findings())
    assert all(
        one.address and clean_line(one.address) == one.address and clean_line(one.name) == one.name
        for one in found
    )
    assert all(len(one.address) <= addresses.MAX_ADDRESS for one in found)
    return found


def _name(data: bytes) -> object:
    name = safe_name(data.decode("utf-8", "replace"), "text/plain", 1)
    assert 0 < len(name) <= MAX_NAME
    assert not set(name) & set('/\\<>:"|?*\x00\n')
    assert safe_name(name, "text/plain", 1) == name
    return name


def _of_ids(data: bytes) -> object:
    found = ids(_header(data))
    assert all(one and not set(one) & set("<> \t") for one in found)
    return found


DECODERS: dict[str, Callable[[bytes], object]] = {
    "tnef": tnef.unpack, "smime": smime.unwrap, "envelope": enclosed.unwrap, "rtf": richtext.from_rtf, "enriched": _as_text(richtext.from_enriched),
    "uuencode in text": lambda data: enclosed.cut_uu(data, Findings()), "uuencode": lambda data: transfer.from_uu(data, 0, Findings()),
    "base64": from_base64, "way base64": _encoded("base64"), "way qp": _encoded("quoted-printable"), "way uu": _encoded("uu"), "way unknown": _encoded("x-y"),
    "calendar": _as_text(calendar.to_text), "html": _as_text(html.read), "flowed": _as_text(lambda text: flowed.joined(text, delete_space=True)),
    "words": lambda data: decode_words(_header(data), Findings()), "parameters": lambda data: parameters(_header(data), Findings()),
    "header block": _block, "addresses": _addresses, "typed addresses": _as_text(_typed), "dates": lambda data: dates.moment(_header(data)),
    "ids": _of_ids, "names": _name, "quotes": _of_quotes,
}  # fmt: skip


@settings(max_examples=300)
@given(damaged())
def test_any_bytes_give_an_answer(data: bytes) -> None:
    begun = time.process_time()
    for read in DECODERS.values():
        read(data)
    assert time.process_time() - begun < 2


@settings(max_examples=100)
@given(
    data=damaged(),
    charset=st.sampled_from(
        [
            "",
            "utf-8",
            "cp1252",
            "iso-2022-jp",
            "utf-7",
            "hz",
            "utf-16",
            "x-none",
            "gb18030",
            "cp037",
            "unicode_escape",
        ]
    )
    | st.text(max_size=12),
)
def test_any_bytes_in_any_charset_are_text(data: bytes, charset: str) -> None:
    text, _replaced = charsets.decode(data, charset)
    clean(text).encode()


# -- what a program wrote ---------------------------------------------------------------------------------------------

LINES = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("æøå日мü ?=_\"';%"),
    min_size=1,
    max_size=40,
).filter(lambda text: clean_line(text) == text)


def _word(data: bytes, charset: str, way: str) -> str:
    if way == "B":
        return f"=?{charset}?B?{base64.b64encode(data).decode()}?="
    return f"=?{charset}?Q?" + "".join(f"={byte:02X}" for byte in data) + "?="


@settings(max_examples=100)
@given(
    text=LINES,
    charset=st.sampled_from(["utf-8", "UTF-8", "gb18030"]),
    way=st.sampled_from("BQ"),
    size=st.integers(1, 9),
    cut=st.booleans(),
)
def test_encoded_words_are_read_back_even_cut_within_a_letter(
    text: str, charset: str, way: str, size: int, cut: bool
) -> None:
    """RFC 2047; between two words only white space, which is none of the text."""
    if cut:
        data = text.encode(charset)
        pieces = [data[at : at + 3 * size] for at in range(0, len(data), 3 * size)]
    else:
        pieces = [text[at : at + size].encode(charset) for at in range(0, len(text), size)]
    header = " \n ".join(_word(piece, charset, way) for piece in pieces)
    assert decode_words(header, Findings()) == text


@settings(max_examples=100)
@given(text=LINES, size=st.integers(1, 9), turned=st.booleans(), upper=st.booleans())
def test_a_name_in_sections_is_read_back_whatever_their_order(
    text: str, size: int, turned: bool, upper: bool
) -> None:
    """RFC 2231: charset, language, per cent signs and sections."""
    name = "FILENAME" if upper else "filename"
    pieces = [quote(text[at : at + size], safe="") for at in range(0, len(text), size)]
    sections = [
        f"{name}*{at}*={chr(39).join(('UTF-8', 'da', '')) if not at else ''}{piece}"
        for at, piece in enumerate(pieces)
    ]
    for value in (
        "attachment; " + ";\n\t".join(reversed(sections) if turned else sections),
        f"attachment; {name}*=utf-8''{quote(text, safe='')}",
    ):
        main, found = parameters(value, Findings())
        assert (main, found["filename"]) == ("attachment", text)


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"\n", b"\r\n"]), st.sampled_from([b"", b" ", b"`"]))
def test_a_uuencoded_file_is_cut_out_of_its_text_whole(data: bytes, end: bytes, padding: bytes) -> None:
    lines = [
        binascii.b2a_uu(data[at : at + 45], backtick=padding == b"`").rstrip(b"\n")
        for at in range(0, len(data), 45)
    ]
    text = end.join([b"Se her:", b"begin 644 a.txt", *lines, b"`", b"end", b"Hilsen"])
    kept, files = enclosed.cut_uu(text, Findings())
    if data:
        assert files == [("a.txt", data)] or [(name.strip(), found) for name, found in files] == [
            ("a.txt", data)
        ]
        assert kept.split() == [b"Se", b"her:", b"Hilsen"]


@settings(max_examples=60)
@given(words=LINES, name=LINES, content=st.binary(min_size=1, max_size=200))
def test_a_winmail_gives_its_words_and_its_file(words: str, name: str, content: bytes) -> None:
    page = (0x69007, (65001).to_bytes(4, "little") + b"\0" * 4)
    data = _tnef(
        page,
        (0x2800C, words.encode() + b"\0"),
        (0x69002, b"\0" * 14),
        (0x18010, name.encode() + b"\0"),
        (0x6800F, content),
    )
    envelope = tnef.unpack(data)
    assert envelope.text == words
    assert [(one.name, one.content) for one in envelope.files] == [(name, content)]


@pytest.mark.parametrize("line", [b"\n", b"M\n", b"`\n", b"!\n", b"Mab\n", b"!ab\n", b"\xff\n", b"  \n"])
def test_uuencoded_lines_that_claim_more_than_they_hold_make_no_more(line: bytes) -> None:
    head = b"From: a@b.dk\nContent-Type: application/zip\nContent-Transfer-Encoding: x-uuencode\n\n"
    begun = time.process_time()
    message = parse(head + line * (3_000_000 // len(line)))
    assert time.process_time() - begun < 1
    assert message.attachments[0].size < 3_100_000


REPORTED = st.sampled_from(["kunde@example.dk", '"odd one"@example.dk', "a+b@example.dk"])
STATUS = st.from_regex(r"5\.[0-7]\.[0-9]{1,2}", fullmatch=True)


@settings(max_examples=60)
@given(
    who=REPORTED, status=STATUS, own=st.from_regex(r"[a-z0-9]{1,12}@shop\.example", fullmatch=True), junk=st.lists(LINES, max_size=3),
    upper=st.booleans(), end=st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_a_delivery_report_names_who_and_why_whatever_stands_beside_it(
    *, who: str, status: str, own: str, junk: list[str], upper: bool, end: str
) -> None:
    """RFC 3464, with fields that no standard knows."""
    fields = [
        f"Final-Recipient: rfc822; {who}",
        "Action: failed",
        f"Status: {status}",
        *(f"X-Junk-{at}: {one}" for at, one in enumerate(junk)),
    ]
    fields = [
        field.replace(field.partition(":")[0], field.partition(":")[0].upper()) if upper else field
        for field in fields
    ]
    lines = [
        "From: MAILER-DAEMON@mx.example", "Subject: Undelivered", "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "",
        "--b", "", "It could not be delivered.", "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.example", "", *fields, "",
        "--b", "Content-Type: message/rfc822", "", f"Message-ID: <{own}>", "Subject: Svar", "", "Hej", "--b--", "",
    ]  # fmt: skip
    message = parse(end.join(lines).encode())
    assert message.bounce
    assert (message.bounced_recipient, message.bounce_status, message.bounced_message_id) == (
        who,
        status,
        own,
    )


@pytest.mark.parametrize(
    "sign",
    [
        "(",
        '"',
        "<",
        "\\",
        ",",
        ":",
        "@",
        "=?",
        "=?u?q?",
        "[",
        "a@b,",
        "(a(",
        '"\\',
        "=?utf-8?q?a?= ",
        "; a*0*=b",
        '; a="',
        ">",
        "a b@c ",
    ],
)
def test_a_header_of_one_sign_takes_bounded_time(sign: str) -> None:
    value = sign * (64_000 // len(sign))
    begun = time.process_time()
    addresses.from_header(value, Findings())
    parameters(value, Findings())
    decode_words(value, Findings())
    ids(value)
    dates.moment(value)
    assert time.process_time() - begun < 1
