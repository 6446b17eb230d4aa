"""What a person would read of a message: which parts are its text, and that text.

Order of reading: the parts in line; else what is hidden in an envelope (TNEF, a wrapped S/MIME mail); else a text file;
else what a calendar or an RTF document says, which stay attachments.
Invariant: every part is either body (or a twin of it in another form) or an attachment, never both and never neither;
the text is clean and at most MAX_TEXT characters.
"""

import re
from urllib.parse import unquote

from agentdesk.config.language import N_
from agentdesk.mail import enclosed, flowed, protection
from agentdesk.mail.enclosed import Enclosed
from agentdesk.mail.headers import Findings, decode_words
from agentdesk.mail.strips import Strip, is_marked
from agentdesk.mail.structure import Part, content, walk
from agentdesk.text.clean import clean, clean_line

MAX_TEXT = 1_000_000
_BODY_TYPES = frozenset({"text/plain", "text/html"})
_WORDY_TYPES = frozenset(
    {"text/enriched", "text/richtext", "text/markdown", "text/x-markdown", "text/x-web-markdown"}
)
_TWIN_TYPES = _BODY_TYPES | _WORDY_TYPES | {"text/x-amp-html", "text/watch-html", "text/rtf"}
_FILES_OF_TEXT = re.compile(
    r"text/(?:calendar|x-vcalendar|x?-?vcard|directory|csv|rtf|rfc822-headers|tab-|xml|css)"
)
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_STUB = re.compile(
    r"\bhtml\b|\b(?:view|read|open) (?:this|the) (?:e-?mail|message|newsletter)\b|"
    r"\b(?:e-?mail|mail)[ -]?(?:client|program\w*|reader|klient\w*)\b.{0,60}\b(?:not|ikke|inte|nicht|niet|pas|kein)\b",
    re.IGNORECASE,
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
        self.files: list[Enclosed] = []
        self._wrapped: list[str] = []  # protections that the bytes of parts told of
        self._html_within = False
        self.text = self._tidy(self._read(parts[0]))
        for part in self.attachments():
            if enclosed.may_wrap(part):
                self._unwrap(part)
        if not self.text:
            self.text = self._tidy(self._named_text()) or self._tidy(self._last_resort())
        self.html_present = self._html_within or any(
            part.content_type == "text/html" and _in_line(part) for part in parts
        )

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
        if not enough and len(twins) == 1 and is_marked(content(self._raw, twins[0], unseen, MAX_TEXT)):
            self._render(twins[0], unseen)
        return self._strips[0] if self._strips else ()

    def marks(self) -> tuple[str, ...]:
        """Signatures and encryption, for the agent to know of."""
        return protection.marks(self._parts, self.text, self._wrapped)

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
            return self._mixed(children)
        if self._is_text(part) and _in_line(part) and (not part.filename or part.parent < 0):
            self._used.add(part.number)
            return self._leaf(part)
        if part.content_type in ("message/rfc822", "message/global") and _in_line(part):
            return self._forwarded(part)
        return ""

    @staticmethod
    def _is_text(part: Part) -> bool:
        """Whether its words are for reading; alone in a mail, every kind of text is that is no file by nature."""
        if part.content_type in _BODY_TYPES or part.content_type in _WORDY_TYPES:
            return True
        alone = part.parent < 0 and part.content_type.startswith("text/")
        return alone and not _FILES_OF_TEXT.match(part.content_type)

    def _mixed(self, children: list[Part]) -> str:
        """The texts one below the other; HTML that only says the plain text before it again is its twin."""
        texts: list[str] = []
        said, before = "", ""
        for one in children:
            text = self._read(one).strip("\r\n")
            if one.content_type == "text/html" and before == "text/plain" and "".join(text.split()) == said:
                continue
            said, before = "".join(text.split()) if one.content_type == "text/plain" else "", one.content_type
            if text.strip():
                texts.append(text)
        return "\n\n".join(texts)

    def _alternative(self, children: list[Part]) -> str:
        """The plain form if it says anything, else the richest one; the other forms are used up with it."""
        chosen = ""
        plain = [one for one in children if one.content_type == "text/plain" and _in_line(one)]
        others = [one for one in reversed(children) if one not in plain]
        for one in plain:
            text = self._leaf(one)
            stub = others and len(text) < _STUB_SIZE and _STUB.search(text)
            said = text.strip()
            if (len(said) > _STUB_SIZE or clean(said).strip()) and not stub:
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
        if part.content_type == "text/html":
            return self._render(part, self._findings)
        data = content(self._raw, part, self._findings, MAX_TEXT + 1)
        if b"begin " in data:
            data = self._without_files(part)
        if len(data) > MAX_TEXT:
            self._findings.note(LONG_TEXT)
            data = data[:MAX_TEXT]
        text = self._findings.text(data, part.parameters.get("charset", ""))
        if part.content_type in ("text/enriched", "text/richtext"):
            from agentdesk.mail.richtext import from_enriched  # noqa: PLC0415  hardly any mail is written so

            return from_enriched(text)
        if part.parameters.get("format", "").lower() == "flowed":
            return flowed.joined(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        return self._html(text) if _LOOKS_LIKE_HTML.match(text) else text

    def _without_files(self, part: Part) -> bytes:
        """The text of a part; files that stand uuencoded in it are taken out and kept."""
        data, files = enclosed.cut_uu(content(self._raw, part, self._findings), self._findings)
        for name, file in files:
            self._keep(name, "", file)
        return data

    def _keep(self, name: str, kind: str, file: bytes, content_id: str = "", *, inline: bool = False) -> None:
        if len(self.files) < enclosed.MAX_FILES:
            number = enclosed.FIRST + len(self.files)
            self.files.append(Enclosed(number, name, kind, file, content_id, inline))

    def _render(self, part: Part, findings: Findings) -> str:
        data = content(self._raw, part, findings, MAX_TEXT)
        charset = part.parameters.get("charset", "")
        if not charset:
            meta = _META_CHARSET.search(data, 0, 4096)
            charset = meta[1].decode("ascii") if meta else ""
        return self._html(findings.text(data, charset))

    def _html(self, html: str) -> str:
        # Most mail brings its text along: the HTML parser is loaded when the first that does not is read.
        from agentdesk.mail.html import read  # noqa: PLC0415

        text, told = read(html)
        self._strips.append(told)
        return text

    def _named_text(self) -> str:
        """A text part that has a name, where no other says anything."""
        for part in self._parts:
            in_place = _in_line(part) or (part.parent < 0 and not part.filename)
            if part.content_type in _BODY_TYPES and part.number not in self._used and in_place:
                self._used.add(part.number)
                return self._leaf(part)
        return ""

    def _last_resort(self) -> str:
        """What a calendar or an RTF document says where nothing else says anything."""
        for part in self._parts:
            if part.content_type in ("text/calendar", "text/x-vcalendar"):
                from agentdesk.mail import calendar  # noqa: PLC0415  seldom the only word

                data = content(self._raw, part, self._findings, MAX_TEXT)
                return calendar.to_text(self._findings.text(data, part.parameters.get("charset", "")))
            if part.content_type in ("text/rtf", "application/rtf") and _in_line(part):
                from agentdesk.mail.richtext import from_rtf  # noqa: PLC0415  seldom the only word

                text, html = from_rtf(content(self._raw, part, self._findings, MAX_TEXT))
                return self._html(text) if html else text
        return ""

    def _unwrap(self, part: Part) -> None:
        """Take out what a winmail.dat or a wrapped mail holds; its text is read where the mail has no other."""
        found = enclosed.unwrap(content(self._raw, part, self._findings))
        for name, kind, content_id, file in found.files:
            self._keep(name, kind, file, content_id)
        self._wrapped.append(found.protection)
        text = self._html(found.text) if found.html and not self.text else found.text
        if found.mail and not self._nested:
            text = self._inner_mail(found.mail)
        self.text = self.text or self._tidy(text)

    def _inner_mail(self, raw: bytes) -> str:
        """The text of a mail that S/MIME only wraps; its attachments are this mail's."""
        parts = walk(raw, self._findings)
        inner = Body(raw, parts, self._findings, nested=True)
        referred = inner.referred()
        for part in inner.attachments():
            data = content(raw, part, self._findings)
            inline = part.disposition == "inline" or part.content_id in referred
            self._keep(part.filename, part.content_type, data, part.content_id, inline=inline)
        for one in inner.files:
            self._keep(one.name, one.kind, one.content, one.content_id)
        self._wrapped += inner._wrapped
        self._html_within = inner.html_present
        return inner.text

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
    return part.disposition in ("", "inline")  # RFC 2183, 2.8: a word that nobody knows means attachment
