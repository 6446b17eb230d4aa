"""Mails broken in ways that nobody thought of: a few random changes to hostile and to ordinary mail.

Invariant: mail `number` of a seed is the same bytes in every run, whatever was made before it, and at most LARGEST.
Most changes know what a mail is made of (fields, boundaries, charsets, encoded words, parts); some know bytes only.
"""

# ruff: noqa: E501  tables of what is put in

import base64
import random
import re
from collections.abc import Callable, Sequence
from functools import cache

from bench.corpus import generate
from mail.hostile import kinds
from mail.hostile_bodies import CHARSETS, ENCODINGS, HTML, TYPES
from mail.hostile_headers import ADDRESSES, CONTROLS, DATES, WORDS

LARGEST = 2_000_000
_BOMB = 300_000
_FIELD = re.compile(rb"^[!-9;-~]{1,60}:[^\n]*+\n(?:[ \t][^\n]*+\n)*+", re.MULTILINE)
_BOUNDARY = re.compile(rb"boundary=\"?([^\";\r\n]+)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset=\"?([\w:.-]{1,60})", re.IGNORECASE)
_ENCODING = re.compile(rb"(content-transfer-encoding:[ \t]*)([^\r\n]*)", re.IGNORECASE)
_TYPE = re.compile(rb"(content-type:[ \t]*)([\w/+.-]+)", re.IGNORECASE)
_WORD = re.compile(rb"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\s]{0,200}\?=")
_ADDRESSED = (b"From", b"Sender", b"Reply-To", b"To", b"Cc", b"Delivered-To", b"Return-Path", b"List-Post")
_NAMES = (
    *_ADDRESSED, b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References", b"Content-Type", b"Content-ID",
    b"Content-Transfer-Encoding", b"Content-Disposition", b"MIME-Version", b"Auto-Submitted", b"Precedence", b"List-Id",
    b"X-Failed-Recipients", b"Authentication-Results", b"Received", b"X-Auto-Response-Suppress", b"Comments",
)  # fmt: skip
_PIECES = (
    b"\r\n\r\n", b"\n\n", b"\r\n", b"\r", b"\n", b"\x00", b"\x1b[2J", b"\x9b31m", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b">", b'"',
    b"(", b")", b"@", b";", b":", b",", b"=", b"=?", b"?=", b"--", b"From ", b">From ", b"begin 644 x\n#2&5J\n`\nend\n", b"begin 644 ", b"-- \n", b"> ", b"-----Original Message-----\n",
    b"On 1 May 2026, A <a@b.example> wrote:\n> x\n", b"<blockquote>", b"<div style=\"display:none\">", b"<![CDATA[", b"<!--", b"&#27;", b"&#x202e;", b"cid:x", b"{\\rtf1 ", b"\x78\x9f\x3e\x22",
    b"BEGIN:VCALENDAR\n", b"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n", b"5.1.1", b"Content-Type: message/rfc822\n\n", b"filename*0*=utf-8''%1B", b"; name=\"../x\"",
    b"-----BEGIN PGP MESSAGE-----\n", b"=1B[2J", b"=\r\n", b"=", b"=C3", "\u0661".encode(), "\u2028".encode(), "\U000e0041".encode(), b"+ABs-", b"\x1b$B", b"9" * 400, b" " * 400,
)  # fmt: skip

Change = Callable[[random.Random, bytes], bytes]


def mutation(seed: int, number: int) -> bytes:
    """One broken mail."""
    dice = random.Random(f"{seed}:{number}")
    raw = dice.choice(sources())
    for _change in range(min(1 + int(dice.expovariate(0.5)), 12)):
        raw = dice.choices(_CHANGES, _WEIGHTS)[0](dice, raw)[:LARGEST]
    return raw


@cache
def sources() -> Sequence[bytes]:
    """What is broken: every hostile kind, and as many ordinary mails."""
    hostile = [raw for raw in kinds().values() if len(raw) < 200_000]
    return (*hostile, *(raw for _name, raw in generate(len(hostile), seed=1)))


def _other(dice: random.Random) -> bytes:
    return dice.choice(sources())


def _spot(dice: random.Random, raw: bytes) -> int:
    """A place in the mail; every other time in its header, where most of what is read stands."""
    head = len(raw.partition(b"\r\n\r\n" if b"\r\n" in raw else b"\n\n")[0])
    return dice.randrange((head if dice.random() < 0.5 else len(raw)) + 1)


# -- fields -----------------------------------------------------------------------------------------------------------


def _fields(raw: bytes) -> list[tuple[int, int]]:
    return [found.span() for found in _FIELD.finditer(raw[:100_000])]


def _drop_field(dice: random.Random, raw: bytes) -> bytes:
    start, end = dice.choice(_fields(raw) or [(0, 0)])
    return raw[:start] + raw[end:]


def _double_field(dice: random.Random, raw: bytes) -> bytes:
    fields = _fields(raw) or [(0, 0)]
    start, end = dice.choice(fields)
    at = dice.choice(fields)[0]
    return raw[:at] + raw[start:end] + raw[at:]


def _swap_fields(dice: random.Random, raw: bytes) -> bytes:
    fields = _fields(raw)
    if len(fields) < 2:
        return raw
    (a, b), (c, d) = sorted(dice.sample(fields, 2))
    return raw[:a] + raw[c:d] + raw[b:c] + raw[a:b] + raw[d:]


def _foreign_field(dice: random.Random, raw: bytes) -> bytes:
    """A field of another mail, beside or in place of one of this."""
    other = _other(dice)
    start, end = dice.choice(_fields(other) or [(0, 0)])
    first, last = dice.choice(_fields(raw) or [(0, 0)])
    return raw[:first] + other[start:end] + raw[first if dice.random() < 0.5 else last :]


def _hostile_value(dice: random.Random, raw: bytes) -> bytes:
    name = dice.choice(_NAMES)
    values = dice.choice((ADDRESSES, ADDRESSES if name in _ADDRESSED else CONTROLS, WORDS, DATES))
    value = b" ".join(dice.choice(list(values.values())) for _value in range(dice.randrange(1, 3)))
    at = dice.choice(_fields(raw) or [(0, 0)])[0]
    return raw[:at] + name + b": " + value + b"\r\n" + raw[at:]


def _fold(dice: random.Random, raw: bytes) -> bytes:
    start, end = dice.choice(_fields(raw) or [(0, 0)])
    at = dice.randrange(start, end + 1)
    return raw[:at] + dice.choice((b"\r\n ", b"\n\t", b"\r\n\r\n ", b"\r ", b"\n", b" \r\n \r\n ")) + raw[at:]


def _word(dice: random.Random, raw: bytes) -> bytes:
    """An encoded word cut, with its letters in another charset or way, or with a control within."""
    found = [one.span() for one in _WORD.finditer(raw[:100_000])]
    if not found:
        return _hostile_value(dice, raw)
    start, end = dice.choice(found)
    mark, charset, way, text, _end = raw[start:end].split(b"?")
    charset = dice.choice((charset, dice.choice(CHARSETS).encode()))
    way = dice.choice((way, b"Q", b"b", b"x"))
    text = dice.choice(
        (
            text[: dice.randrange(len(text) + 1)],
            text + dice.choice(_PIECES),
            base64.b64encode(dice.choice(_PIECES)),
        )
    )
    return (
        raw[:start] + b"?".join((mark, charset, way, text, dice.choice((b"=", b"=", b"", b"==")))) + raw[end:]
    )


# -- parts ------------------------------------------------------------------------------------------------------------


def _boundary(dice: random.Random, raw: bytes) -> bytes:
    """A line that divides parts dropped, doubled, closed too early, or the announcement changed."""
    found = _BOUNDARY.search(raw)
    if found is None:
        return _wrap(dice, raw)
    mark = b"--" + found[1]
    places = [one.start() for one in re.finditer(re.escape(mark), raw)]
    if not places or dice.random() < 0.2:
        return (
            raw[: found.start(1)] + dice.choice((b"", b"x", b'"', b" ", mark, b"=_")) + raw[found.start(1) :]
        )
    at = dice.choice(places)
    put = dice.choice(
        (
            b"",
            b"-",
            mark + b"--\r\n",
            mark + b"\r\n\r\n",
            mark + b"\r\n" + mark + b"\r\n",
            b"\r\n",
            b" " + mark,
        )
    )
    return raw[:at] + put + raw[at + dice.choice((0, 1, len(mark))) :]


def _within(pattern: re.Pattern[bytes], group: int, values: Callable[[], Sequence[bytes]]) -> Change:
    """One that puts another value in place of what the group finds."""

    def change(dice: random.Random, raw: bytes) -> bytes:
        found = list(pattern.finditer(raw[:200_000]))
        if not found:
            return _hostile_value(dice, raw)
        one = dice.choice(found)
        return raw[: one.start(group)] + dice.choice(values()) + raw[one.end(group) :]

    return change


_charset = _within(_CHARSET, 1, lambda: [name.encode() for name in CHARSETS])
_encoding = _within(_ENCODING, 2, lambda: [name for name, _data in ENCODINGS.values()])
_type = _within(_TYPE, 2, lambda: [kind.encode() for kind in TYPES])


def _wrap(dice: random.Random, raw: bytes) -> bytes:
    """The mail within another, once or some times over."""
    head = b"From: o@b.example\r\nSubject: uden om\r\nContent-Type: "
    mixed = b'; boundary="=_o"\r\n\r\n--=_o\r\nContent-Type: '
    tail = b"\r\n--=_o--\r\n"
    for _again in range(dice.choice((1, 1, 1, 2, 3, 50))):
        if len(raw) > _BOMB:
            break
        way = dice.randrange(5)
        if way == 0:
            raw = head + b"message/rfc822\r\n\r\n" + raw
        elif way == 1:
            raw = (
                head
                + b"message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                + base64.encodebytes(raw)
            )
        elif way == 2:
            raw = head + b"multipart/digest" + mixed[:24] + b"\r\n" + raw + tail
        elif way == 3:
            kind = dice.choice(TYPES).encode() + b"\r\n\r\n"
            raw = head + b"multipart/mixed" + mixed + kind + raw + tail
        else:
            raw = head + b"multipart/alternative" + mixed + b"text/plain\r\n\r\nHej\r\n--=_o\r\n" + raw + tail
    return raw


def _splice(dice: random.Random, raw: bytes) -> bytes:
    """The beginning of this mail and the end of another."""
    other = _other(dice)
    return raw[: _spot(dice, raw)] + other[_spot(dice, other) :]


def _insert_mail(dice: random.Random, raw: bytes) -> bytes:
    at, other = _spot(dice, raw), _other(dice)
    return raw[:at] + other + raw[at:]


def _html(dice: random.Random, raw: bytes) -> bytes:
    at = _spot(dice, raw)
    return (
        raw[:at]
        + b"".join(dice.choice(list(HTML.values())) for _one in range(dice.randrange(1, 6)))
        + raw[at:]
    )


# -- bytes ------------------------------------------------------------------------------------------------------------


def _flip(dice: random.Random, raw: bytes) -> bytes:
    data = bytearray(raw)
    for _bit in range(dice.randrange(1, 12) if data else 0):
        data[min(_spot(dice, raw), len(data) - 1)] ^= 1 << dice.randrange(8)
    return bytes(data)


def _noise(dice: random.Random, raw: bytes) -> bytes:
    at = _spot(dice, raw)
    return raw[:at] + dice.randbytes(dice.randrange(1, 40)) + raw[at + dice.choice((0, 0, 5)) :]


def _piece(dice: random.Random, raw: bytes) -> bytes:
    at = _spot(dice, raw)
    return (
        raw[:at]
        + b"".join(dice.choices(_PIECES, k=dice.randrange(1, 4)))
        + raw[at + dice.choice((0, 0, 1, 9)) :]
    )


def _cut(dice: random.Random, raw: bytes) -> bytes:
    start = _spot(dice, raw)
    return raw[:start] + raw[start + dice.choice((1, 2, 10, 100, len(raw))) :]


def _repeat(dice: random.Random, raw: bytes) -> bytes:
    start = _spot(dice, raw)
    piece = raw[start : start + dice.choice((1, 5, 30, 80, 400))]
    return raw[:start] + piece * dice.choice((2, 3, 10, 100)) + raw[start:]


def _bomb(dice: random.Random, raw: bytes) -> bytes:
    """One piece, very often."""
    start = _spot(dice, raw)
    piece = dice.choice((raw[start : start + dice.choice((1, 3, 12, 40))], dice.choice(_PIECES))) or b"("
    return raw[:start] + piece * (_BOMB // len(piece)) + raw[start:]


def _line_ends(dice: random.Random, raw: bytes) -> bytes:
    plain = raw.replace(b"\r\n", b"\n")
    if dice.random() < 0.5:
        return plain.replace(b"\n", dice.choice((b"\n", b"\r", b"\r\r\n", b"\r\n")))
    return b"".join(line + dice.choice((b"\n", b"\r\n", b"\r\n", b"\r")) for line in plain.split(b"\n"))


_TABLE: tuple[tuple[Change, float], ...] = (
    (_drop_field, 4), (_double_field, 3), (_swap_fields, 2), (_foreign_field, 5), (_hostile_value, 8), (_fold, 4),
    (_word, 5), (_boundary, 6), (_charset, 6), (_encoding, 5), (_type, 6), (_wrap, 3), (_splice, 4), (_insert_mail, 2),
    (_html, 3), (_flip, 5), (_noise, 4), (_piece, 10), (_cut, 6), (_repeat, 3), (_bomb, 0.4), (_line_ends, 2),
)  # fmt: skip
_CHANGES = [change for change, _weight in _TABLE]
_WEIGHTS = [weight for _change, weight in _TABLE]
