"""Transfer encodings as they really come: base64 with holes and footers, quoted-printable, uuencode.

Invariants: nothing is raised for any bytes; what can be read is kept; time is linear in the bytes, and a large
part is decoded from where it lies without being copied first.
"""

import binascii
import re
from itertools import islice

from agentdesk.config.language import N_
from agentdesk.mail.headers import Findings, from_base64

UNKNOWN_ENCODING = N_("A part was encoded in an unknown way.")
BAD_ENCODING = N_("A part could not be decoded completely.")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LINES = _LETTERS + b"=\r\n"
_PIECE = re.compile(rb"[^=]+=*")
_FOOTER = b"\n_____"
_UU_LINE = re.compile(rb"^([!-_][ -`]{2,90}+)\r?$", re.MULTILINE)
_UU_ENDS = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)
_MOST_UU_LINES = 1_000_000
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\n]*)\n", re.MULTILINE)
_NAMES = {
    "x-uuencode": "uu", "uuencode": "uu", "x-uue": "uu", "uue": "uu", "x-base64": "base64", "base-64": "base64",
    "b64": "base64", "quoted printable": "quoted-printable", "quotedprintable": "quoted-printable",
    "quoted_printable": "quoted-printable", "quoted/printable": "quoted-printable", "qp": "quoted-printable",
}  # fmt: skip
_PLAIN = frozenset({"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none"})


def decoded(raw: bytes, start: int, end: int, encoding: str, *, text: bool, findings: Findings) -> bytes:
    """The bytes from start to end without their transfer encoding; in a text, a footer added below stays."""
    encoding = _NAMES.get(encoding, encoding)
    if encoding == "base64":
        footer = raw.find(_FOOTER, start, end) if text else -1
        if footer >= 0:
            return _from_base64(raw, start, footer, findings) + raw[footer:end]
        return _from_base64(raw, start, end, findings)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(memoryview(raw)[start:end])
    data = raw[start:end]
    if encoding == "uu":
        begin = _BEGIN.search(data)
        return from_uu(data, begin.end() if begin else 0, findings)
    if encoding not in _PLAIN:
        findings.note(UNKNOWN_ENCODING)
    return data


def from_uu(data: bytes, at: int, findings: Findings) -> bytes:
    """The file whose uuencoded lines begin at `at`.

    A line tells how many bytes it stands for, and spaces at its end may have been lost: what is not there is read as
    zeros, but never more of it in all than the bytes that came, for one letter may claim a whole line.
    """
    ends = _UU_ENDS.search(data, at)
    stop = ends.start() if ends else len(data)
    out: list[bytes] = []
    room = stop - at
    for line in islice(_UU_LINE.finditer(data, at, stop), _MOST_UU_LINES):
        try:
            out.append(binascii.a2b_uu(line[1]))
        except binascii.Error:
            findings.note(BAD_ENCODING)
            continue
        room -= len(out[-1])
        if room < 0:
            break
    if room < 0 or not out:
        findings.note(BAD_ENCODING)
    return b"".join(out)


def _from_base64(raw: bytes, start: int, end: int, findings: Findings) -> bytes:
    try:
        data = binascii.a2b_base64(memoryview(raw)[start:end])
    except binascii.Error:
        findings.note(BAD_ENCODING)
        return from_base64(raw[start:end])
    padding = raw.find(b"=", start, end)
    if padding < 0 or end - padding < 6:
        return data
    rest = raw[padding:end].strip(b"=\r\n \t")
    if not rest or rest.translate(None, _LINES):
        return data
    # Some programs encode piece by piece and leave the padding of each piece standing.
    return b"".join(from_base64(piece) for piece in _PIECE.findall(raw[start:end]))
