"""What the HTML of a mail says of its own text: which strips of it are old, which a signature, laid over the lines.

Mail programs mark in their HTML where the copy of the older mail stands and where the signature. A strip is the text
between two such marks, condensed to its letters and digits, so that it can be found again in the plain twin, which
breaks its lines elsewhere. Invariants: linear in the text; a strip that is not found again changes nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "quote", "signature"]

_CLIP = 500
_ONLY_RULE = re.compile(r"[ \t]*[-–—_=─]{2,}[ \t]*")
_SURE = 24
"""Letters by which the beginning of old text is known again."""
_PREFIX = re.compile(r"^(?:x_)+|^(?:ydp|yiv)[0-9a-z]{6,14}(?=yahoo)|^ecx", re.IGNORECASE)
_QUOTED = frozenset({
    "gmail_attr", "moz-cite-prefix", "reply-intro", "OLK_SRC_BODY_SECTION", "airmail_on", "mail-quote", "mailru-quote",
    "quoted_header", "elided-text",
})  # fmt: skip
_AROUND = frozenset({
    "gmail_quote", "gmail_quote_container", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "zmail_extra",
    "zmail_extra_hr", "ik_mail_quote", "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message",
    "messageReplySection", "email_quote", "front-blockquote", "freshdesk_quote", "gmx_quote", "AppleOriginalContents",
    "mcnt-quote", "edo-original-message", "bloop_original_html", "quotedMessage", "hm-quote", "BlackBerryQuote",
})  # fmt: skip
_REST = frozenset({"divRplyFwdMsg", "appendonsend", "zwchr", "stopSpelling", "replySplit", "originalMessage"})
_SIGNATURES = frozenset({
    "gmail_signature", "gmail_signature_prefix", "moz-signature", "protonmail_signature_block", "AppleMailSignature",
    "ms-outlook-mobile-signature", "Signature", "signature", "composer_signature", "bloop_sign", "yahoo-signature",
    "messageSignatureSection", "tutanota_signature", "zmail_signature", "mobile-signature",
})  # fmt: skip
_TOP_RULE = re.compile(
    r"border:\s*none;\s*border-top:\s*solid\s+#?\w{3,12}\s+1(?:\.0)?pt;\s*padding:\s*3(?:\.0)?pt\s+0",
    re.IGNORECASE,
)
_INDENTED = re.compile(r"border(?:-left)?:\s*(?:none|medium none|0)", re.IGNORECASE)
Mark = Literal["quote", "around", "rest", "signature"]
_STEMS = (
    b"gmail_", b"yahoo_quoted", b"protonmail_", b"tutanota_", b"zmail_extra", b"divrplyfwdmsg", b"appendonsend",
    b"zwchr", b"olk_src_body", b"moz-", b"reference-message", b"border-top:", b"cite", b"quote", b"ignature",
)  # fmt: skip
_MARKED = re.compile(
    rb"gmail_(?:quote|attr|signature)|yahoo_quoted|protonmail_|tutanota_|zmail_extra|divRplyFwdMsg|appendonsend|zwchr|"
    rb"OLK_SRC_BODY|moz-(?:cite|signature)|reference-message|border-top:\s*solid|type=[\"']?cite|name=[\"']?quote|"
    rb"ignature",
    re.IGNORECASE,
)
"""What stands in HTML that is worth asking."""


def is_marked(html: bytes) -> bool:
    """Whether HTML says anything of old and new. Its stems are looked for first: that costs a tenth of the search."""
    lower = html.lower()
    return any(stem in lower for stem in _STEMS) and _MARKED.search(html) is not None


@dataclass(frozen=True, slots=True)
class Strip:
    """A stretch of the text as the HTML shows it, condensed."""

    kind: Kind
    letters: str


def condensed(text: str) -> str:
    """Only letters and digits: what stays the same however a text is broken, quoted and adorned."""
    return "".join(filter(str.isalnum, text)).casefold()


def mark(tag: str, attributes: Mapping[str, str | None]) -> Mark | None:
    """What an element says of the text in it: old, around old text, all from here on, or a signature."""
    names = [
        *(attributes.get("class") or "").split()[:8],
        attributes.get("id") or "",
        attributes.get("name") or "",
    ]
    for name in (_PREFIX.sub("", one) for one in names if one):
        if name in _QUOTED:
            return "quote"
        if name in _AROUND or name.startswith("yahoo_quoted") or (name == "quote" and tag == "div"):
            return "around"
        if name in _REST:
            return "rest"
        if name in _SIGNATURES or name.startswith("AppleMailSignature"):
            return "signature"
    if tag == "blockquote" and (attributes.get("type") or "").lower() == "cite":
        return "quote"
    style = attributes.get("style") or ""
    if tag == "div" and "border-top" in style and _TOP_RULE.search(style):
        return "rest"
    return None


def is_indented(attributes: Mapping[str, str | None]) -> bool:
    """A block quote that only moves a person's own text to the right."""
    if (attributes.get("type") or "").lower() == "cite" or "quote" in (attributes.get("class") or "").replace(
        "webkit-indent-blockquote", ""
    ):
        return False
    style = attributes.get("style") or ""
    return "webkit-indent-blockquote" in (attributes.get("class") or "") or bool(_INDENTED.search(style))


def strips_of(lines: Sequence[str], kinds: Sequence[Kind]) -> tuple[Strip, ...]:
    """The lines of one kind that stand together, condensed."""
    found: list[Strip] = []
    start = 0
    for at in range(1, len(lines) + 1):
        if at == len(lines) or kinds[at] != kinds[start]:
            letters = condensed("\n".join(lines[start:at]))
            if letters:
                found.append(Strip(kinds[start], letters))
            start = at
    return tuple(found)


def lay_over(lines: Sequence[str], kinds: list[Kind], told: Sequence[Strip]) -> None:
    """Mark the lines that the strips call old or a signature, where they can be found again for sure."""
    if not any(one.kind != "text" for one in told):
        return
    letters = [condensed(line) for line in lines]
    whole = "".join(letters)
    if whole == "".join(one.letters for one in told):
        _lay_exactly(letters, kinds, told)
        _join_rules(lines, kinds)
        return
    before = "".join(one.letters for one in _up_to_old(told))
    old = next((one for one in told if one.kind == "quote"), None)
    if old is None or len(old.letters) < _SURE or any(one.kind == "text" for one in told[told.index(old) :]):
        return
    opening = old.letters[: 2 * _SURE]
    at = len(before) if whole.startswith(before + opening) else whole.find(opening)
    if at < 0 or (at != len(before) and whole.find(opening, at + 1) >= 0):
        return
    passed = 0
    for number, line in enumerate(letters):
        if passed >= at and line:
            kinds[number:] = ["quote"] * (len(kinds) - number)
            return
        passed += len(line)


def _up_to_old(told: Sequence[Strip]) -> Sequence[Strip]:
    first = next((at for at, one in enumerate(told) if one.kind == "quote"), len(told))
    return told[:first]


def _lay_exactly(letters: Sequence[str], kinds: list[Kind], told: Sequence[Strip]) -> None:
    """Line by line, where both forms say the same: a line takes the kind of the strip it lies in, if in one alone."""
    at = 0
    left = len(told[0].letters)
    for number, line in enumerate(letters):
        if not line:
            continue
        kind = told[at].kind
        alone = len(line) <= left
        if kind != "text" and alone and kinds[number] == "text":
            kinds[number] = kind
        left -= len(line)
        while left <= 0 and at + 1 < len(told):
            at += 1
            left += len(told[at].letters)


def _join_rules(lines: Sequence[str], kinds: list[Kind]) -> None:
    """A line of dashes has no letters that say where it belongs: it goes with what stands below it."""
    below: Kind = "text"
    for number in range(len(lines) - 1, -1, -1):
        if _ONLY_RULE.fullmatch(lines[number][:_CLIP]) and kinds[number] == "text":
            kinds[number] = below
        elif lines[number].strip():
            below = kinds[number]
