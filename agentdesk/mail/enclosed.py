"""Files that lie within a part: uuencoded in a text, in a winmail.dat, in a mail that S/MIME only wraps.

Such a file has no place of its own in the walk; its number begins at FIRST and counts in the order of reading, which
is the same for the same bytes. Invariants: nothing is raised for any bytes; the files are at most MAX_FILES, and they
are never larger together than a few times the mail.
"""

import binascii
import re
from dataclasses import dataclass

from agentdesk.mail.headers import Findings
from agentdesk.mail.structure import Part

FIRST = 1_000_000
MAX_FILES = 500
_BEGIN = re.compile(rb"^begin [0-7]{3,4} +(\S[^\r\n]{0,300})\r?\n", re.MULTILINE)
_ENDS = re.compile(rb"(?:[ `]?\r?\n)?end[ \t]*(?:\r?\n|$)")
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file within a part. `name` is as it was written; `kind` may be empty."""

    number: int
    name: str
    kind: str
    content: bytes
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What a part holds: files, and either text of its own or a whole mail."""

    files: tuple[tuple[str, str, str, bytes], ...] = ()
    """name, type, content id, content"""
    text: str = ""
    html: bool = False
    mail: bytes = b""
    protection: str = ""
    """"signed" or "encrypted", of S/MIME"""


def may_wrap(part: Part) -> bool:
    """Whether `unwrap` may find anything in the part."""
    return (
        part.content_type in _TNEF_TYPES
        or part.content_type in _SMIME_TYPES
        or part.filename.lower() in ("winmail.dat", "smime.p7m")
    )


def unwrap(data: bytes) -> Wrapped:
    """What a part holds, by what its bytes say they are."""
    from agentdesk.mail import smime, tnef  # noqa: PLC0415  hardly any mail has an envelope

    if data.startswith(tnef.SIGNATURE):
        envelope = tnef.unpack(data)
        files = ((one.name, one.content_type, one.content_id, one.content) for one in envelope.files)
        return Wrapped(tuple(files), envelope.text, envelope.html)
    if data.startswith(b"\x30"):
        protection, mail = smime.unwrap(data)
        return Wrapped(mail=mail, protection=protection)
    return Wrapped()


def cut_uu(data: bytes, findings: Findings) -> tuple[bytes, list[tuple[str, bytes]]]:
    """A text without the uuencoded files in it, and the files by name. Half a file is a file, too."""
    if b"begin " not in data:
        return data, []
    kept: list[bytes] = []
    files: list[tuple[str, bytes]] = []
    end = 0
    for begin in _BEGIN.finditer(data):
        if begin.start() < end or len(files) >= MAX_FILES:
            continue
        content, stop = _uu_lines(data, begin.end())
        if content:
            kept.append(data[end : begin.start()])
            files.append((findings.text(begin[1]), content))
            end = stop
    kept.append(data[end:])
    return b"".join(kept), files


def _uu_lines(data: bytes, at: int) -> tuple[bytes, int]:
    """The bytes of the uuencoded lines that begin here, and where what follows them begins."""
    out = []
    while True:
        stop = data.find(b"\n", at)
        line = data[at : stop if stop >= 0 else len(data)].rstrip(b"\r")
        length = (line[0] - 32) & 63 if line and 32 < line[0] < 96 else 0
        if not length or not (length * 4 + 2) // 3 < len(line) <= length * 4 // 3 + 8:
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            break
        at = stop + 1 if stop >= 0 else len(data)
    ends = _ENDS.match(data, at)
    return b"".join(out), ends.end() if ends else at
