"""What a person would read of a message: which parts are its text, and that text.

Invariant: every part is either body (or a twin of it in another form) or an attachment, never both and never neither;
the text is clean and at most MAX_TEXT characters.
"""

import re
from urllib.parse import unquote

from agentdesk.config.language import N_
from agentdesk.mail.headers import Findings, decode_words
from agentdesk.mail.strips import MARKED, Strip
from agentdesk.mail.structure import Part, content, walk
from agentdesk.text.clean import clean, clean_line

MAX_TEXT = 1_000_000
_BODY_TYPES = frozenset({"text/plain", "text/html"})
_TWIN_TYPES = _BODY_TYPES | {"text/x-amp-html", "text/enriched", "text/richtext", "text/watch-html"}
_STUB = re.compile(
    r"\bhtml\b|\b(?:view|read|open) (?:this|the) (?:e-?mail|message|newsletter)\b", re.IGNORECASE
)
_STUB_SIZE = 300
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)
_CID = re.compile(rb"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)
_FORWARDED_FIELDS = ("from", "date", "subject", "to")

LONG_TEXT = N_("The text is longer than is shown; the rest is only in the raw mail.")


class Body:
    """The reading of one message's parts: `text`, and which parts it used up."""

    def __init__(self, raw: bytes, parts: list[Part], findings: Findings, nested: bool = False) -> None:
        self._raw, self._parts, self._findings, self._nested = raw, parts, findings, nested
        self._children: dict[int, list[Part]] = {}
        for part in parts[1:]:
            self._children.setdefault(part.parent, []).append(part)
        self._used: set[int] = set()
        self._strips: list[tuple[Strip, ...]] = []  # of each HTML that was rendered for the text
        self.text = self._tidy(self._read(parts[0]))
        if not self.text:
            self.text = self._tidy(self._named_text())
        self.html_present = any(part.content_type == "text/html" and _in_line(part) for part in parts)

    def attachments(self) -> list[Part]:
        """The parts that are neither the body nor a container."""
        return [part for part in self._parts if part.number not in self._used and not part.is_multipart]

    def told(self, enough: bool) -> tuple[Strip, ...]:
        """What the HTML says of which text is old: the HTML that was shown, else the twin of the text that was.

        The twin has to be read for that: it is not asked when the lines of the text have said `enough`.
        """
        if self._strips:
            return self._strips[0] if len(self._strips) == 1 else ()
        twins = [one for one in self._parts if one.content_type == "text/html" and one.number in self._used]
        unseen = Findings()  # what is wrong with a form that nobody is shown is no defect of the mail
        if not enough and len(twins) == 1 and MARKED.search(content(self._raw, twins[0], unseen, MAX_TEXT)):
            self._render(twins[0], unseen)
        return self._strips[0] if self._strips else ()

    def referred(self) -> frozenset[str]:
        """The content ids that the HTML shows in its text."""
        found: set[str] = set()
        for part in self._parts:
            if part.content_type == "text/html" and part.number in self._used:
                html = content(self._raw, part, self._findings, MAX_TEXT)
                found.update(unquote(match.decode("ascii", "replace")) for match in _CID.findall(html))
        return frozenset(found)

    def _read(self, part: Part) -> str:
        """The text of a part and all below it (at most MAX_DEPTH calls deep)."""
        children = self._children.get(part.number, [])
        if part.content_type == "multipart/alternative":
            return self._alternative(children)
        if part.is_multipart:
            texts = [text for text in map(self._read, children) if text.strip()]
            return "\n\n".join(text.strip("\n") for text in texts)
        if part.content_type in _BODY_TYPES and _in_line(part) and (not part.filename or part.parent < 0):
            self._used.add(part.number)
            return self._leaf(part)
        if part.content_type == "message/rfc822" and part.disposition != "attachment":
            return self._forwarded(part)
        return ""

    def _alternative(self, children: list[Part]) -> str:
        """The plain form if it says anything, else the richest one; the other forms are used up with it."""
        chosen = ""
        plain = [one for one in children if one.content_type == "text/plain" and _in_line(one)]
        others = [one for one in reversed(children) if one not in plain]
        for one in plain:
            text = self._leaf(one)
            stub = others and len(text) < _STUB_SIZE and _STUB.search(text)
            if text.strip() and not stub:
                chosen = text
                break
        if not chosen:
            readings = map(self._read, others)
            chosen = next((text for text in readings if text.strip()), "") or "".join(
                map(self._leaf, plain[:1])
            )
        self._use_twins(children)
        return chosen

    def _use_twins(self, children: list[Part]) -> None:
        for one in children:
            if one.is_multipart:
                self._use_twins(self._children.get(one.number, []))
            elif one.content_type in _TWIN_TYPES and _in_line(one):
                twin = self._parts[one.parent].content_type == "multipart/alternative"
                if twin or not one.filename:
                    self._used.add(one.number)

    def _leaf(self, part: Part) -> str:
        data = content(self._raw, part, self._findings, MAX_TEXT + 1)
        if len(data) > MAX_TEXT:
            self._findings.note(LONG_TEXT)
            data = data[:MAX_TEXT]
        charset = part.parameters.get("charset", "")
        if part.content_type != "text/html":
            text = self._findings.text(data, charset)
            flowed = part.parameters.get("format", "").lower() == "flowed"
            return _unflowed(text, part.parameters.get("delsp", "").lower() == "yes") if flowed else text
        return self._render(part, self._findings)

    def _render(self, part: Part, findings: Findings) -> str:
        data = content(self._raw, part, findings, MAX_TEXT)
        charset = part.parameters.get("charset", "")
        if not charset:
            meta = _META_CHARSET.search(data, 0, 4096)
            charset = meta[1].decode("ascii") if meta else ""
        # Most mail brings its text along: the HTML parser is loaded when the first that does not is read.
        from agentdesk.mail.html import read  # noqa: PLC0415

        text, told = read(findings.text(data, charset))
        self._strips.append(told)
        return text

    def _named_text(self) -> str:
        """The last resort: a text part that has a name but is not marked as an attachment."""
        for part in self._parts:
            if part.content_type in _BODY_TYPES and part.number not in self._used and part.disposition == "":
                self._used.add(part.number)
                return self._leaf(part)
        return ""

    def _forwarded(self, part: Part) -> str:
        """A message shown within this one, under a few of its own header lines. It stays an attachment, too."""
        around = self._parts[part.parent].content_type if part.parent >= 0 else ""
        if self._nested or around in ("multipart/report", "multipart/digest"):
            return ""
        raw = content(self._raw, part, self._findings, 4 * MAX_TEXT)
        parts = walk(raw, self._findings)
        inner = Body(raw, parts, self._findings, nested=True)
        head = [
            f"{name.capitalize()}: {clean_line(decode_words(value, self._findings))}"
            for name in _FORWARDED_FIELDS
            if (value := parts[0].headers.raw(name))
        ]
        return "\n".join(["---------- Forwarded message ----------", *head, "", inner.text])

    def _tidy(self, text: str) -> str:
        text = clean(text[: MAX_TEXT + 1])
        if len(text) > MAX_TEXT:
            self._findings.note(LONG_TEXT)
            text = text[:MAX_TEXT]
        return text.strip("\n").rstrip()


def _in_line(part: Part) -> bool:
    return part.disposition != "attachment"


def _unflowed(text: str, delete_space: bool) -> str:
    """Lines of format=flowed (RFC 3676) joined to the paragraphs they were broken from."""
    out: list[str] = []
    pieces: list[str] = []
    depth_before = 0
    for line in text.replace("\r\n", "\n").split("\n"):
        body = line.lstrip(">")
        depth = len(line) - len(body)
        body = body.removeprefix(" ")
        if pieces and (depth != depth_before or body == "-- "):
            out.append(_quoted(depth_before, pieces))
            pieces = []
        depth_before = depth
        if body.endswith(" ") and body != "-- ":
            pieces.append(body[:-1] if delete_space else body)
            continue
        out.append(_quoted(depth, [*pieces, body]))
        pieces = []
    if pieces:
        out.append(_quoted(depth_before, pieces))
    return "\n".join(out)


def _quoted(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth and text else ">" * depth + text
