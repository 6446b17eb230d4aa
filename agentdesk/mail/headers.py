"""The header block of a message: fields as they came, encoded words, ids, dates, parameters.

Invariant: nothing here raises for any bytes, every text handed out is clean and of one line, and time is linear in
the size of the block. The standard library's header classes are not used: they raise on `Message-ID: <>` or `a@[`
when a field is read, and cost more than all the rest of taking a mail in.
"""

import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_to_bytes

from agentdesk.config.language import N_
from agentdesk.mail.charsets import decode
from agentdesk.text.clean import clean_line

MAX_VALUE = 64_000
MAX_IDS = 200
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)\n?")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|references|in-reply-to|mime-version|content-[a-z-]+|received|reply-to|"
    rb"return-path|delivered-to|sender|x-[\w-]+):",
    re.IGNORECASE,
)
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(r"<([^<>]*)>")
_PARAMETER = re.compile(r";\s*([^\s=;\"]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;\s]*))")
_ISO = re.compile(r"\s*\d{4}-\d\d-\d\d(?:[T ]|\s*$)")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")

RAW_HEADER = N_("A header held bytes outside ASCII that were not encoded.")
LONG_HEADER = N_("A very long header was cut.")
BROKEN_HEADER = N_("A line among the headers was no header.")


class Findings:
    """What a parse had to repair, gathered on the way."""

    def __init__(self) -> None:
        self.replaced = False
        self.defects: dict[str, None] = {}

    def note(self, defect: str) -> None:
        """Remember one repair; saying it twice counts once."""
        self.defects[defect] = None

    def text(self, data: bytes, charset: str = "") -> str:
        """Decode, remembering whether anything was replaced. The result is not yet cleaned."""
        text, replaced = decode(data, charset)
        self.replaced = self.replaced or replaced
        return text


class Headers:
    """The fields of one header block by lower-case name, in order; bytes until somebody asks."""

    __slots__ = ("_fields", "findings")

    def __init__(self, findings: Findings) -> None:
        self._fields: dict[str, list[bytes]] = {}
        self.findings = findings

    def __bool__(self) -> bool:
        return bool(self._fields)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def add(self, name: bytes, value: bytes) -> None:
        """Keep one more field."""
        self._fields.setdefault(name.decode("ascii").lower(), []).append(value)

    def raw(self, name: str) -> str:
        """The first field of this name, unfolded, encoded words still encoded; empty if there is none."""
        values = self._fields.get(name)
        return self._unfold(values[0]) if values else ""

    def each(self, name: str) -> Iterator[str]:
        """Every field of this name, unfolded, encoded words still encoded."""
        for value in self._fields.get(name, ()):
            yield self._unfold(value)

    def text(self, name: str) -> str:
        """The first field of this name as a person reads it."""
        value = self.raw(name)
        return clean_line(decode_words(value, self.findings)) if value else ""

    def _unfold(self, value: bytes) -> str:
        if len(value) > MAX_VALUE:
            value = value[:MAX_VALUE]
            self.findings.note(LONG_HEADER)
        if b"\n" in value or b"\r" in value:
            value = value.replace(b"\r", b"").replace(b"\n", b"")
        if value.isascii():
            return value.decode("ascii").strip()
        self.findings.note(RAW_HEADER)
        return self.findings.text(value).strip()


def read_block(raw: bytes, start: int, end: int, findings: Findings) -> tuple[Headers, int]:
    """The header block that begins at `start`, and where the body begins."""
    headers = Headers(findings)
    at = start
    while at < end:
        if raw.startswith(b"\n", at):
            return headers, at + 1
        if raw.startswith(b"\r\n", at):
            return headers, at + 2
        field = _FIELD.match(raw, at, end)
        if field:
            headers.add(field[1], field[2])
            at = field.end()
            continue
        following = raw.find(b"\n", at, end) + 1
        if not headers or not following or not _KNOWN.match(raw, following, end):
            break
        findings.note(BROKEN_HEADER)
        at = following
    return headers, at


def decode_words(value: str, findings: Findings) -> str:
    """Encoded words (RFC 2047) as text; white space between two of them belongs to the encoding."""
    if "=?" not in value:
        return value
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _WORD.finditer(value):
        gap = value[end : word.start()]
        end = word.end()
        name = word[1].partition("*")[0]
        if gap and (not pending or not gap.isspace()):
            if pending:
                out.append(findings.text(pending, charset))
                pending = b""
            out.append(gap)
        elif pending and name.lower() != charset.lower():
            out.append(findings.text(pending, charset))
            pending = b""
        # Some programs cut a letter in two between words, so bytes are joined before they are decoded.
        pending, charset = pending + _word_bytes(word[2], word[3]), name
    if pending:
        out.append(findings.text(pending, charset))
    out.append(value[end:])
    return "".join(out)


def _word_bytes(encoding: str, data: str) -> bytes:
    plain = data.encode("utf-8", "replace")
    return from_base64(plain) if encoding in "bB" else binascii.a2b_qp(plain, header=True)


def from_base64(data: bytes) -> bytes:
    """Base64 that may lack its padding or hold foreign characters; what can be read is kept."""
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(data + padding)
        except binascii.Error:
            continue
    letters = bytes(
        byte for byte in data if byte in _BASE64
    )  # one stray letter at the end spoils the last group
    return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def ids(value: str) -> tuple[str, ...]:
    """The message ids of a field, without angle brackets, each once, in order."""
    bare = [] if "<" in value else [word for word in value.replace(",", " ").split() if "@" in word]
    found = bare or _ID.findall(value)
    clean = dict.fromkeys("".join(clean_line(one).split()) for one in found)
    clean.pop("", None)
    kept = tuple(clean)
    return kept if len(kept) <= MAX_IDS else kept[:1] + kept[1 - MAX_IDS :]


def moment(value: str) -> datetime | None:
    """A Date field as aware UTC; None when it cannot be read."""
    # It brings sockets and more along, which a desk that only reads an address must not pay for.
    from email.utils import parsedate_tz  # noqa: PLC0415

    value = value[:200]
    try:
        if _ISO.match(value):
            at = datetime.fromisoformat(value.strip())
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        fields = parsedate_tz(value)
        if fields is None:
            return None
        year, month, day, hour, minute, second = fields[:6]
        local = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return local - timedelta(seconds=fields[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError, ArithmeticError, AttributeError):
        return None


def parameters(value: str, findings: Findings) -> tuple[str, dict[str, str]]:
    """A Content-Type or Content-Disposition: its main word in lower case, and its parameters decoded (RFC 2231)."""
    main, separator, _rest = value.partition(";")
    main = main.strip().lower()
    if not separator:
        return main, {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(value):
        name, quoted, bare = match.groups()
        content = bare if quoted is None else re.sub(r'\\(["\\])', r"\1", quoted)
        section = _SECTION.fullmatch(name.lower())
        if section and "*" in name:
            pieces.setdefault(section[1], {})[int(section[2] or 0)] = (content, bool(section[3]))
        else:
            plain.setdefault(name.lower(), content)
    for name, parts in pieces.items():
        plain[name] = _joined(parts, findings)
    return main, plain


def _joined(parts: dict[int, tuple[str, bool]], findings: Findings) -> str:
    """The sections of one RFC 2231 parameter as text."""
    charset, data = "", b""
    for number in sorted(parts):
        content, encoded = parts[number]
        if encoded and number == min(parts) and content.count("'") >= 2:
            charset, _language, content = content.split("'", 2)
        data += unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace")
    return findings.text(data, charset)
