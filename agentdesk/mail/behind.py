"""Who really wrote a mail that somebody else sends: a list that puts itself into From, a person who passes it on.

Both are the word of whoever sends. A list's rewriting counts where the mail shows that a list was at work; what is
passed on is only named here, and believed later of our own people alone. Invariants: nothing is raised for any text;
only the beginning of a text is looked at, each line once.
"""

import re
from collections.abc import Iterable, Sequence

from agentdesk.domain.mail import Address
from agentdesk.mail.addresses import from_header
from agentdesk.mail.headers import Findings, Headers, read_block
from agentdesk.mail.phrases import FIELDS, FORWARD_MARK, ORIGINAL_MARK
from agentdesk.mail.structure import Part, content

FORWARD_SUBJECT = re.compile(
    r"\s*\[?\s*(?:fwd?|vs|vb|wg|doorst|tr|rv|videresendt?|vidarebefordrat|weitergeleitet|doorgestuurd|transféré)\s*:",
    re.IGNORECASE,
)
_REPLY_SUBJECT = re.compile(r"\s*(?:re|sv|aw|antw|svar|réf)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_VIA = re.compile(r"[\"']?(.*?)[\"']?\s+(?:via|på vegne af|on behalf of)\s+\S", re.IGNORECASE)
_LIST_FIELDS = (
    "list-id",
    "list-post",
    "mailing-list",
    "x-beenthere",
    "x-google-group-id",
    "x-mailman-version",
)
_ORIGINAL_FIELDS = ("x-original-from", "original-from", "x-original-sender")
_ENCODED = re.compile(r"([^=@\s]+)=40([\w-]+(?:\.[\w-]+)+)@.+")
_MAILTO = re.compile(r"[\[<(]\s*mailto:\s*([^\s\]>)]+)\s*[\]>)]", re.IGNORECASE)
_MARKUP = re.compile(r"^[\s>]{0,20}[*_]{0,2}|[*_]{1,2}$")
# Of the forwarders' marks, with any first letter: most mail has none of these words and is not read line by line.
_STEMS = (
    "orwarded", "ORWARDED", "ideresen", "idarebeford", "eitergeleitet", "oorgestuurd", "ransféré", "ransmis",
    "éexpédié",
)  # fmt: skip
_MAX_LINES = 400
_FIELD_LINES = 15
_CLIP = 500
_MAX_INNER = 200_000
_NO_LETTERS = ("multipart/report", "multipart/digest")


def list_writer(
    headers: Headers,
    sender: Address | None,
    reply_to: Sequence[Address],
    cc: Sequence[Address],
    findings: Findings,
) -> Address | None:
    """The person behind a mailing list that put its own address into From."""
    if sender is None:
        return None
    encoded = _ENCODED.fullmatch(sender.address)
    if encoded:
        return Address(sender.name, f"{encoded[1]}@{encoded[2]}")
    via = _VIA.match(sender.name)
    posts = _post_addresses(headers)
    if via is None and not any(name in headers for name in _LIST_FIELDS):
        return None
    for name in _ORIGINAL_FIELDS:
        for value in headers.each(name):
            original = from_header(value, findings)
            if original and original[0].key != sender.key:
                return original[0]
    if via is None and sender.key not in posts:
        return None
    shown = via[1].strip() if via else sender.name
    ours = posts | {sender.key}
    named = [one for one in cc if one.name and one.name.casefold() == shown.casefold()]
    other = next((one for one in (*reply_to, *named) if one.key not in ours), None)
    return other if other is None or other.name or via is None else Address(shown, other.address)


def passed_on(
    raw: bytes, parts: Sequence[Part], text: str, *, subject: str, sender: Address | None, findings: Findings
) -> Address | None:
    """Who wrote the mail that this one passes on, in its text or attached to it."""
    attached = [part for part in parts if part.content_type in ("message/rfc822", "message/global")]
    if len(attached) == 1 and not _is_report(parts, attached[0]):
        data = content(raw, attached[0], findings, _MAX_INNER).lstrip(b"\r\n")
        inner, _body = read_block(data, 0, len(data), Findings())
        found = from_header(inner.raw("from"), Findings())
        if found:
            return found[0]
    told = FORWARD_SUBJECT.match(subject) is not None
    if _REPLY_SUBJECT.match(subject) or (not told and not any(stem in text for stem in _STEMS)):
        return None  # what an answer copies below is history, whoever passed it on before
    lines = [line[:_CLIP] for line in text.split("\n", _MAX_LINES)[:_MAX_LINES]]
    return next((one for one in _named(lines, told) if sender is None or one.key != sender.key), None)


def _is_report(parts: Sequence[Part], part: Part) -> bool:
    return part.parent >= 0 and parts[part.parent].content_type in _NO_LETTERS


def _post_addresses(headers: Headers) -> frozenset[str]:
    found = (
        match for value in headers.each("list-post") for match in re.findall(r"mailto:([^?>\s]+)", value)
    )
    return frozenset(one.lower() for one in found)


def _named(lines: Sequence[str], told: bool) -> Iterable[Address]:
    """The writers of copied mails: behind a forwarder's mark, or where the subject says that one is passed on."""
    marked = -1
    for at, line in enumerate(lines):
        if FORWARD_MARK.match(line) or (told and ORIGINAL_MARK.match(line)):
            marked = at
            continue
        if not told and marked < 0:
            continue
        line = _bare(line)  # noqa: PLW2901  the line as it is read
        field = FIELDS.match(line) if ":" in line[:40] else None
        if field is None or field.lastgroup != "sender":
            continue
        if (marked >= 0 and at - marked <= _FIELD_LINES) or (told and _is_block(lines, at)):
            value = line[field.end() :].strip(" *_\xa0") or next(
                filter(None, map(_bare, lines[at + 1 : at + 3])), ""
            )
            yield from from_header(_MAILTO.sub(r"<\1>", value), Findings())[:1]


def _is_block(lines: Sequence[str], at: int) -> bool:
    """Whether at least two more fields stand right below: a copied header, not a sentence."""
    fields = (FIELDS.match(_bare(line)) for line in lines[at + 1 : at + 1 + _FIELD_LINES])
    return len({field.lastgroup for field in fields if field}) >= 2


def _bare(line: str) -> str:
    """A line without the quote marks and the bold marks around it; Apple quotes what it passes on."""
    return _MARKUP.sub("", line).strip()
