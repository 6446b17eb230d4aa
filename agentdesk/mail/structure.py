"""The parts of a message: a depth-first walk over offsets into the raw bytes.

Invariants: nothing is copied before a part's content is asked for; a part's number is its place in the walk and stays
the same for the same bytes; the walk is iterative and bounded in depth and number. The standard library's parser is
not used: it recurses (deep nesting ends in RecursionError) and takes most of the time of an everyday mail.
"""

import codecs
import re
from dataclasses import dataclass

from agentdesk.config.language import N_
from agentdesk.mail.headers import Findings, Headers, parameters, read_block
from agentdesk.mail.transfer import decoded

MAX_PARTS = 10_001
MAX_DEPTH = 40
TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")
_BLANK = re.compile(rb"(?:[ \t\x00]*\r?\n)+|\x00+")
_GUESS = re.compile(
    rb"^--([^\s-][^\r\n]{0,98}|-{1,60}[^\s-][^\r\n]{0,60})\r?\n(?=content-)", re.MULTILINE | re.IGNORECASE
)
_HEAD = 4096
_STRANGE = bytes({*range(9), *range(14, 27), *range(28, 32), 127})

TOO_MANY_PARTS = N_("The mail has more parts than are read; the rest is only in the raw mail.")
TOO_DEEP = N_("Parts are nested deeper than is read.")
NO_BOUNDARY = N_("A multipart mail did not hold the parts that it announced.")
OTHER_BOUNDARY = N_("The parts were not divided by the line that the mail names.")
NOT_DECLARED = N_("The mail has parts and did not say so.")


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
        if parent < 0 and "content-type" not in part.headers and _GUESS.match(raw, part.start):
            findings.note(NOT_DECLARED)
            part.content_type = "multipart/mixed"
        if not part.is_multipart:
            continue
        if depth >= MAX_DEPTH:
            findings.note(TOO_DEEP)
            part.content_type = "application/octet-stream"
            continue
        if _divides_its_parent(part, parts):
            findings.note(OTHER_BOUNDARY)
            parts[parent].content_type = part.content_type
            continue
        bodies = _bodies(raw, part, MAX_PARTS - len(parts) + 1, findings)
        if not bodies:
            findings.note(NO_BOUNDARY)
            part.content_type = "text/plain"  # what is there is at least shown
            continue
        todo.extend((first, last, part.number, depth + 1) for first, last in reversed(bodies))
    return parts


def _divides_its_parent(part: Part, parts: list[Part]) -> bool:
    """Whether a multipart names the boundary of the one around it, whose parts are then meant to be its own."""
    boundary = part.parameters.get("boundary")
    return part.parent >= 0 and bool(boundary) and boundary == parts[part.parent].parameters.get("boundary")


def readable(raw: bytes) -> bytes:
    """The same mail as bytes of ASCII lines: one written in UTF-16, or with bare carriage returns, becomes that."""
    head = raw[:_HEAD]
    if b"\x00" in head or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raw = _from_wide(raw, head)
        head = raw[:_HEAD]
    if b"\r\r\n" in head:
        return raw.replace(b"\r\r\n", b"\n")
    if b"\r" in head and b"\n" not in head:
        return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def _from_wide(raw: bytes, head: bytes) -> bytes:
    """A file that some editor saved in UTF-16, as UTF-8."""
    name = "utf-16"
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        odd, even = head[1::2].count(0), head[::2].count(0)
        if len(head) < 16 or max(odd, even) * 10 < len(head) * 4 or min(odd, even):
            return raw
        name = "utf-16-le" if odd else "utf-16-be"
    return raw.decode(name, "replace").encode("utf-8", "replace")


def beginning(raw: bytes) -> int:
    """Where the header block begins: behind a byte order mark, blank lines and the line of an mbox."""
    at = 3 if raw.startswith(codecs.BOM_UTF8) else 0
    blank = _BLANK.match(raw, at)
    at = blank.end() if blank else at
    while raw.startswith((b"From ", b">From "), at):
        following = raw.find(b"\n", at) + 1
        if not following:
            break
        at = following
    return at


def is_binary(raw: bytes, at: int) -> bool:
    """Whether these are the bytes of some file that is no text at all."""
    head = raw[at : at + _HEAD]
    strange = len(head) - len(head.translate(None, _STRANGE))
    return strange * 20 > len(head)


def content(raw: bytes, part: Part, findings: Findings, limit: int = -1) -> bytes:
    """The decoded bytes of a part; with a limit, at most about that many."""
    end = part.end if limit < 0 else min(part.end, part.start + 4 * limit)
    text = part.content_type.startswith("text/")
    data = decoded(raw, part.start, end, part.encoding, text=text, findings=findings)
    return data if limit < 0 else data[:limit]


def _part(raw: bytes, start: int, end: int, in_digest: bool, findings: Findings) -> Part:
    headers, body = read_block(raw, start, end, findings)
    kind = "message/rfc822" if in_digest else "text/plain"
    options: dict[str, str] = {}
    disposition = filename = ""
    if "content-type" in headers:
        kind, options = parameters(headers.raw("content-type"), findings)
        filename = options.get("name", "")
        if not TYPE.fullmatch(kind):  # RFC 2045, 5.2: what is no type is plain text, but for a file
            kind = "application/octet-stream" if filename and not kind.startswith("text") else "text/plain"
    if "content-disposition" in headers:
        disposition, marks = parameters(headers.raw("content-disposition"), findings)
        filename = marks.get("filename", "") or filename
    encoding = (
        headers.raw("content-transfer-encoding").partition(";")[0].partition("(")[0].strip(" \t\"'").lower()
    )
    identity = headers.raw("content-id").strip("<> \t") if "content-id" in headers else ""
    return Part(0, kind, options, disposition, filename, identity, encoding, headers, body, end, -1, 0)


def _bodies(raw: bytes, part: Part, most: int, findings: Findings) -> list[tuple[int, int]]:
    """Where each part of a multipart begins and ends, by the boundary it names or else the one that is there."""
    boundary = part.parameters.get("boundary", "").rstrip()
    for named in dict.fromkeys((boundary, boundary.partition(" ")[0])):
        found = _split(raw, part, named.encode("utf-8", "surrogateescape"), most) if named else []
        if found:
            return found
    there = _GUESS.search(raw, part.start, part.end)
    if there is None:
        return []
    findings.note(OTHER_BOUNDARY)
    return _split(raw, part, there[1].rstrip(), most)


def _split(raw: bytes, part: Part, boundary: bytes, most: int) -> list[tuple[int, int]]:
    """The stretches between the lines of a boundary; without the closing line the last one reaches to the end."""
    mark = b"--" + boundary
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
