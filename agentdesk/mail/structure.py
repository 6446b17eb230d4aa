"""The parts of a message: a depth-first walk over offsets into the raw bytes.

Invariants: nothing is copied before a part's content is asked for; a part's number is its place in the walk and stays
the same for the same bytes; the walk is iterative and bounded in depth and number. The standard library's parser is
not used: it recurses (deep nesting ends in RecursionError) and takes most of the time of an everyday mail.
"""

import binascii
import re
from dataclasses import dataclass

from agentdesk.config.language import N_
from agentdesk.mail.headers import Findings, Headers, from_base64, parameters, read_block

MAX_PARTS = 500
MAX_DEPTH = 40
_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)

TOO_MANY_PARTS = N_("The mail has more parts than are read; the rest is only in the raw mail.")
TOO_DEEP = N_("Parts are nested deeper than is read.")
NO_BOUNDARY = N_("A multipart mail did not hold the parts that it announced.")
UNKNOWN_ENCODING = N_("A part was encoded in an unknown way.")
BAD_ENCODING = N_("A part could not be decoded completely.")


@dataclass(slots=True)
class Part:
    """One part. `parent` is the number of the multipart around it (-1 for the message itself)."""

    number: int
    content_type: str
    parameters: dict[str, str]
    disposition: str
    filename: str
    content_id: str
    encoding: str
    headers: Headers
    start: int
    end: int
    parent: int
    depth: int

    @property
    def is_multipart(self) -> bool:
        """Whether it only holds other parts."""
        return self.content_type.startswith("multipart/")


def walk(raw: bytes, findings: Findings) -> list[Part]:
    """All parts, the message itself first."""
    start = beginning(raw)
    parts: list[Part] = []
    todo = [(start, len(raw), -1, 0)]
    while todo:
        start, end, parent, depth = todo.pop()
        if len(parts) >= MAX_PARTS:
            findings.note(TOO_MANY_PARTS)
            break
        in_digest = parent >= 0 and parts[parent].content_type == "multipart/digest"
        part = _part(raw, start, end, in_digest, findings)
        part.number, part.parent, part.depth = len(parts), parent, depth
        parts.append(part)
        if not part.is_multipart:
            continue
        if depth >= MAX_DEPTH:
            findings.note(TOO_DEEP)
            part.content_type = "application/octet-stream"
            continue
        bodies = _split(raw, part, MAX_PARTS - len(parts) + 1)
        if not bodies:
            findings.note(NO_BOUNDARY)
            part.content_type = "text/plain"  # what is there is at least shown
            continue
        todo.extend((first, last, part.number, depth + 1) for first, last in reversed(bodies))
    return parts


def with_line_feeds(raw: bytes) -> bytes:
    """The same mail; one whose lines end in bare carriage returns gets line feeds."""
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def beginning(raw: bytes) -> int:
    """Where the header block begins: behind a byte order mark, blank lines and the line of an mbox."""
    at = 3 if raw.startswith(b"\xef\xbb\xbf") else 0
    while raw[at : at + 1] in (b"\r", b"\n"):
        at += 1
    while raw.startswith((b"From ", b">From "), at):
        following = raw.find(b"\n", at) + 1
        if not following:
            break
        at = following
    return at


def content(raw: bytes, part: Part, findings: Findings, limit: int = -1) -> bytes:
    """The decoded bytes of a part; with a limit, at most about that many."""
    end = part.end if limit < 0 else min(part.end, part.start + 4 * limit)
    data = raw[part.start : end]
    encoding = part.encoding
    if encoding == "base64":
        try:
            data = binascii.a2b_base64(data)
        except binascii.Error:
            findings.note(BAD_ENCODING)
            data = from_base64(data)
    elif encoding == "quoted-printable":
        data = binascii.a2b_qp(data)
    elif encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        data = _from_uu(data, findings)
    elif encoding not in ("", "7bit", "8bit", "binary"):
        findings.note(UNKNOWN_ENCODING)
    return data if limit < 0 else data[:limit]


def _part(raw: bytes, start: int, end: int, in_digest: bool, findings: Findings) -> Part:
    headers, body = read_block(raw, start, end, findings)
    kind = "message/rfc822" if in_digest else "text/plain"
    options: dict[str, str] = {}
    disposition = filename = ""
    if "content-type" in headers:
        kind, options = parameters(headers.raw("content-type"), findings)
        if not _TYPE.fullmatch(kind):
            kind = "text/plain" if kind in ("", "text") else "application/octet-stream"
        filename = options.get("name", "")
    if "content-disposition" in headers:
        disposition, marks = parameters(headers.raw("content-disposition"), findings)
        filename = marks.get("filename", "") or filename
    encoding = headers.raw("content-transfer-encoding").partition(";")[0].strip().lower()
    identity = headers.raw("content-id").strip("<> \t") if "content-id" in headers else ""
    return Part(0, kind, options, disposition, filename, identity, encoding, headers, body, end, -1, 0)


def _split(raw: bytes, part: Part, most: int) -> list[tuple[int, int]]:
    """Where each part of a multipart begins and ends; without the closing line the last one reaches to the end."""
    boundary = part.parameters.get("boundary", "").rstrip()
    if not boundary:
        return []
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    found: list[tuple[int, int]] = []
    begin, at = -1, part.start
    while len(found) < most:
        at = raw.find(mark, at, part.end)
        if at < 0:
            break
        after = at + len(mark)
        if (
            at > part.start and raw[at - 1] != 0x0A
        ):  # asked first: looking for line ends in one long line adds up
            at = after
            continue
        line_end = raw.find(b"\n", after, part.end)
        line_end = part.end if line_end < 0 else line_end
        rest = raw[after : min(line_end, after + 200)].strip()
        if rest and rest != b"--":
            at = after
            continue
        if begin >= 0:
            found.append((begin, _before_line_end(raw, begin, at)))
        begin, at = min(line_end + 1, part.end), line_end
        if rest:
            return found
    if begin >= 0 and len(found) < most:
        found.append((begin, part.end))
    return found


def _before_line_end(raw: bytes, start: int, at: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    if at > start and raw[at - 1] == 0x0A:
        at -= 1
        if at > start and raw[at - 1] == 0x0D:
            at -= 1
    return max(start, at)


def _from_uu(data: bytes, findings: Findings) -> bytes:
    begin = _UU_BEGIN.search(data)
    out = []
    for line in data[begin.end() if begin else 0 :].split(b"\n"):
        line = line.rstrip(b"\r")  # noqa: PLW2901  the line as it counts
        if line == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            findings.note(BAD_ENCODING)
    return b"".join(out)
