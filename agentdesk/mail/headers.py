"""The header block of a message: fields as they came, encoded words, ids, parameters.

Invariant: nothing here raises for any bytes, every text handed out is clean and of one line, and time is linear in
the size of the block. The standard library's header classes are not used: they raise on `Message-ID: <>` or `a@[`
when a field is read, and cost more than all the rest of taking a mail in.
"""

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from agentdesk.config.language import N_
from agentdesk.mail.charsets import decode
from agentdesk.text.clean import clean_line

MAX_VALUE = 64_000
MAX_IDS = 200
# Possessive: what has been read is not kept for a second try, which a folded header of megabytes would pay for.
_FIELD = re.compile(rb"([!-9;-~]++)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)\n?")
_KNOWN = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|references|in-reply-to|mime-version|content-[a-z-]+|received|reply-to|"
    rb"return-path|delivered-to|sender|x-[\w-]+):",
    re.IGNORECASE,
)
# A question mark within is let pass, but not the beginning of another word: so each letter is looked at once.
_WORD = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?([^?]*(?:(?<!=)\?(?!=)[^?]*)*)\?(?:=|$)")
_ID = re.compile(r"<+([^<>]*)(?:>|$|(?=<))")
_PARAMETER = re.compile(r";\s*([^\s=;\"]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"?|([^;]*))")
_ESCAPED = re.compile(r'\\(["\\])')
_WHOLE = ("filename", "name", "boundary")
_MAIN = re.compile(r"\s*\"?([^\s;,\"()]*)")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")

RAW_HEADER = N_("A header held bytes outside ASCII that were not encoded.")
LONG_HEADER = N_("A very long header was cut.")
BROKEN_HEADER = N_("A line among the headers was no header.")


class Findings:
    """What a parse had to repair, gathered on the way."""

    def __init__(self) -> None:
        self.replaced = False
        self.charset = ""
        """What the mail says its text is written in; raw header bytes that are no UTF-8 are taken for the same."""
        self.defects: dict[str, None] = {}

    def note(self, defect: str) -> None:
        """Remember one repair; saying it twice counts once."""
        self.defects[defect] = None

    def raw_text(self, data: bytes) -> str:
        """Header bytes that name no charset: UTF-8 if they are, else that of the mail's text."""
        try:
            return data.decode("utf-8") if b"\x1b" not in data else self.text(data)
        except UnicodeDecodeError:
            return self.text(data, self.charset)

    def text(self, data: bytes, charset: str = "") -> str:
        """Decode, remembering whether anything was replaced. The result is not yet cleaned."""
        text, replaced = decode(data, charset)
        self.replaced = self.replaced or replaced
        return text


class Headers:
    """The fields of one header block by lower-case name, in order; bytes until somebody asks."""

    __slots__ = ("_fields", "below_received", "findings")

    def __init__(self, findings: Findings) -> None:
        self._fields: dict[str, list[bytes]] = {}
        self.findings = findings
        self.below_received: list[int] = []
        """Of each Authentication-Results: how many Received stand above it, which tells whose it is."""

    def __bool__(self) -> bool:
        return bool(self._fields)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def add(self, name: bytes, value: bytes) -> None:
        """Keep one more field."""
        key = name.decode("ascii").lower()
        self._fields.setdefault(key, []).append(value)
        if key == "authentication-results":
            self.below_received.append(len(self._fields.get("received", ())))

    def raw(self, name: str) -> str:
        """The first field of this name that says anything, unfolded, encoded words still encoded; else empty."""
        values = self._fields.get(name)
        if values is None:
            return ""
        return self._unfold(values[0]) or next(filter(None, self.each(name)), "")

    def each(self, name: str) -> Iterator[str]:
        """Every field of this name, unfolded, encoded words still encoded."""
        for value in self._fields.get(name, ()):
            yield self._unfold(value)

    def text(self, name: str) -> str:
        """The first field of this name as a person reads it."""
        value = self.raw(name)
        return clean_line(decode_words(value, self.findings)) if value else ""

    def _unfold(self, value: bytes) -> str:
        long = len(value) > MAX_VALUE
        if long:
            value = value[: 4 * MAX_VALUE]
        if b"\n" in value or b"\r" in value:
            value = value.replace(b"\r", b"").replace(b"\n", b"")
        if long and len(value) > MAX_VALUE:  # told without the line ends, which differ on the way
            value = value[:MAX_VALUE]
            self.findings.note(LONG_HEADER)
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii").strip()
        self.findings.note(RAW_HEADER)
        return self.findings.raw_text(value).strip()


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
        boundary = raw.startswith(b"--", at)
        if not headers or not following or boundary or not _KNOWN.match(raw, following, end):
            break
        findings.note(BROKEN_HEADER)
        at = following
    return headers, at


def decode_words(value: str, findings: Findings) -> str:
    """Encoded words (RFC 2047) as text; white space between two of them belongs to the encoding."""
    if "=?" not in value:
        return value
    out: list[str] = []
    run: list[
        tuple[str, str]
    ] = []  # neighbours of one charset: some programs cut a letter in two between them
    charset, end = "", 0
    for word in _WORD.finditer(value):
        gap = value[end : word.start()]
        end = word.end()
        name = word[1].partition("*")[0].lower()
        neighbours = bool(run) and (not gap or gap.isspace())
        if run and (not neighbours or name != charset):
            out.append(_run_text(run, charset, findings))
            run = []
        if not neighbours:
            out.append(gap)
        run.append((word[2].lower(), word[3]))
        charset = name
    if run:
        out.append(_run_text(run, charset, findings))
    out.append(value[end:])
    return "".join(out)


def _run_text(run: list[tuple[str, str]], charset: str, findings: Findings) -> str:
    """Words of one charset as text, their bytes joined before they are decoded."""
    data = b"".join(_word_bytes(kind, content) for kind, content in run)
    if len(run) > 1 and not _is_utf8(data) and all(kind == "b" for kind, _content in run):
        whole = from_base64("".join(content for _kind, content in run).encode("utf-8", "replace"))
        data = whole if _is_utf8(whole) else data  # base64 that was cut within a group of four letters
    return findings.text(data, charset)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _word_bytes(kind: str, content: str) -> bytes:
    plain = content.encode("utf-8", "replace")
    return from_base64(plain) if kind == "b" else binascii.a2b_qp(plain, header=True)


def from_base64(data: bytes) -> bytes:
    """Base64 that may lack its padding or hold foreign characters; what can be read is kept."""
    for padding in (b"", b"=", b"=="):
        try:
            return binascii.a2b_base64(data + padding)
        except binascii.Error:
            continue
    letters = data.translate(None, _NOT_BASE64)  # one stray letter at the end spoils the last group
    return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


def ids(value: str) -> tuple[str, ...]:
    """The message ids of a field, without angle brackets, each once, in order."""
    bare = [] if "<" in value else [word for word in value.replace(",", " ").split() if "@" in word]
    found = bare or _ID.findall(value)
    clean = dict.fromkeys("".join(clean_line(one).replace(">", "").split()) for one in found)
    clean.pop("", None)
    kept = tuple(clean)
    return kept if len(kept) <= MAX_IDS else kept[:1] + kept[1 - MAX_IDS :]


def own_id(headers: Headers) -> str | None:
    """The id of the message itself; programs that know no standard write it without brackets or domain."""
    for value in headers.each("message-id"):
        value = decode_words(value, headers.findings)  # noqa: PLW2901  the value as it is read
        words = clean_line(value).replace(">", "").split()
        found = ids(value) or (tuple(words) if "<" not in value and len(words) == 1 else ())
        if found:
            return found[0]
    return None


def parameters(value: str, findings: Findings) -> tuple[str, dict[str, str]]:
    """A Content-Type or Content-Disposition: its main word in lower case, and its parameters decoded (RFC 2231)."""
    found = _MAIN.match(value)
    assert found  # it matches the empty text, too
    main, rest = found[1].lower(), ";" + value[found.end() :]  # the first semicolon is often forgotten
    if "=" in main:
        main, rest = "", ";" + value
    if "=" not in rest:
        return main, {}
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(rest):
        name, quoted, bare = match[1].lower(), match[2], match[3]
        content = _bare(name, bare) if quoted is None else quoted
        if quoted is not None and "\\" in quoted:
            content = _ESCAPED.sub(r"\1", quoted)
        section = _SECTION.fullmatch(name) if "*" in name else None
        if section:
            pieces.setdefault(section[1], {})[int(section[2] or 0)] = (content, bool(section[3]))
        else:
            plain.setdefault(name, content)
    for name, parts in pieces.items():
        plain[name] = _joined(parts, findings) or plain.get(name, "")
    return main, plain


def _bare(name: str, value: str) -> str:
    """A value without quotes: one word, but a file name that lost its quotes keeps its spaces."""
    value = value.strip()
    if not name.startswith(_WHOLE):
        value = value.split(None, 1)[0] if value else ""
    quoted = len(value) > 1 and value[0] == value[-1] == "'"
    return value[1:-1] if quoted else value


def _joined(parts: dict[int, tuple[str, bool]], findings: Findings) -> str:
    """The sections of one RFC 2231 parameter as text."""
    charset, data = "", b""
    for number in sorted(parts):
        content, encoded = parts[number]
        if encoded and number == min(parts) and content.count("'") >= 2:
            charset, _language, content = content.split("'", 2)
        data += unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace")
    return findings.text(data, charset)
