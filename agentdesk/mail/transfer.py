"""Transfer encodings as they really come: base64 with holes and footers, quoted-printable, uuencode.

Invariants: nothing is raised for any bytes; what can be read is kept; time is linear in the bytes, and a large
part is decoded from where it lies without being copied first.
"""

import binascii
import re

from agentdesk.config.language import N_
from agentdesk.mail.headers import Findings, from_base64

UNKNOWN_ENCODING = N_("A part was encoded in an unknown way.")
BAD_ENCODING = N_("A part could not be decoded completely.")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LINES = _LETTERS + b"=\r\n"
_PIECE = re.compile(rb"[^=]+=*")
_FOOTER = b"\n_____"
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
        return from_uu(data, begin.end() if begin else 0, findings)[0]
    if encoding not in _PLAIN:
        findings.note(UNKNOWN_ENCODING)
    return data


def from_uu(data: bytes, at: int, findings: Findings) -> tuple[bytes, int]:
    """The file whose uuencoded lines begin at `at`, and where the line behind its end begins."""
    out = []
    while at < len(data):
        stop = data.find(b"\n", at)
        stop = len(data) if stop < 0 else stop
        line = data[at:stop].rstrip(b"\r")
        at = stop + 1
        if line == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            findings.note(BAD_ENCODING)
    return b"".join(out), min(at, len(data))


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
