"""New text against old: which lines of a mail its writer wrote just now, which are history, which a signature.

Line based: each line is looked at once, clipped, with expressions that cannot backtrack far, so that hostile text takes
linear time. Invariants: `fold` loses no line; `split` never returns nothing for a text that says something; a reply
written between quoted lines is kept whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from agentdesk.mail.phrases import (
    ATTRIBUTION_START,
    CLOSING,
    CONTACT,
    EVIDENCE,
    FIELDS,
    FORWARD_MARK,
    LIST_FOOTER,
    NO_CONTACT,
    ORIGINAL_MARK,
    PHONE_SIGNATURE,
    SPOKEN,
    TIME,
    WROTE,
)

Kind = Literal["text", "quote", "signature"]

_CLIP = 500
_ATTRIBUTION_LINES = 4
_FIELD_LINES = 12
_SHORT_SIGNATURE = 12
_QUOTE = re.compile(r" {0,3}>")
_RULE = re.compile(r"[ \t]*[_*=─-]{5,}[ \t]*")
_ROOM_SIGNATURE = re.compile(r"--[ \t\xa0]?|—|––?|_{2,5}")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one kind that stand together."""

    kind: Kind
    lines: tuple[str, ...]


def split(text: str, *, forwarded: bool = False) -> str:
    """Only what is new. With `forwarded` (the subject says so) a copied message is content, not history."""
    lines = text.split("\n")
    kinds = _kinds(lines, forwarded)
    if _interleaved(lines, kinds):
        kept = [line for line, kind in zip(lines, kinds, strict=True) if kind != "signature"]
    else:
        kept = [line for line, kind in zip(lines, kinds, strict=True) if kind == "text"]
    new = "\n".join(kept).strip("\n").rstrip()
    return new if new.strip() else text


def fold(text: str) -> list[Block]:
    """The whole text as blocks, for a screen that folds quotes and signatures."""
    lines = text.split("\n")
    blocks: list[Block] = []
    start = 0
    kinds = _kinds(lines, forwarded=False)
    for at in range(1, len(lines) + 1):
        if at == len(lines) or kinds[at] != kinds[start]:
            blocks.append(Block(kinds[start], tuple(lines[start:at])))
            start = at
    return blocks


def _kinds(lines: list[str], forwarded: bool) -> list[Kind]:
    """The kind of every line."""
    kinds: list[Kind] = ["text"] * len(lines)
    at, body_start, foreign = 0, 0, forwarded
    while at < len(lines):
        line = lines[at][:_CLIP]
        if _QUOTE.match(line):
            kinds[at] = "quote"
        elif FORWARD_MARK.match(line):
            foreign = True
        elif not foreign and _starts_history(lines, at):
            _mark_signature(lines, kinds, body_start, at)
            kinds[at:] = ["quote"] * (len(lines) - at)
            _blank_before(lines, kinds, at)
            return kinds
        elif line.rstrip().endswith((":", ">", "：")):
            first = _attribution(lines, kinds, at, body_start)
            if first is not None:
                following = _next_said(lines, at + 1)
                bare = following is None or not _QUOTE.match(lines[following])
                if bare and not foreign:
                    _mark_signature(lines, kinds, body_start, first)
                    kinds[first:] = ["quote"] * (len(lines) - first)
                    _blank_before(lines, kinds, first)
                    return kinds
                if not bare:
                    kinds[first : (following or at) + 1] = ["quote"] * ((following or at) + 1 - first)
                    at = following or at
        at += 1
    _close_gaps(lines, kinds)
    for start, end in list(_runs(kinds, "text")):
        if not foreign:
            _mark_signature(lines, kinds, start, end)
    return kinds


def _starts_history(lines: list[str], at: int) -> bool:
    """Whether the copy of an older mail begins here: a mark such as "Original Message", or a block of its fields."""
    line = lines[at][:_CLIP]
    if ORIGINAL_MARK.match(line):
        return True
    if _RULE.fullmatch(line):
        following = _next_said(lines, at + 1)
        return following is not None and following <= at + 3 and _is_field_block(lines, following)
    return _is_field_block(lines, at)


def _is_field_block(lines: list[str], at: int) -> bool:
    """From, Sent, To, Subject as Outlook and its kin write them above what they answer."""
    if not (first := FIELDS.match(lines[at][:_CLIP])) or first.lastgroup not in ("sender", "sent"):
        return False
    kinds = set()
    dated = False
    for line in lines[at : at + _FIELD_LINES]:
        field = FIELDS.match(line[:_CLIP])
        if field and field.lastgroup:
            kinds.add(field.lastgroup)
            dated = dated or (field.lastgroup == "sent" and bool(TIME.search(line[:_CLIP])))
    return "sender" in kinds and len(kinds) >= 3 and ("subject" in kinds or dated)


def _attribution(lines: list[str], kinds: list[Kind], at: int, floor: int) -> int | None:
    """Where the "On …, … wrote:" that ends on this line begins, or None if this is none."""
    following = _next_said(lines, at + 1)
    quoted_next = following is not None and following <= at + 3 and bool(_QUOTE.match(lines[following]))
    joined = ""
    whole: int | None = None
    for first in range(at, max(floor, at - _ATTRIBUTION_LINES + 1) - 1, -1):
        line = lines[first].strip()[:_CLIP]
        if not line or kinds[first] != "text":
            break
        joined = f"{line} {joined}".rstrip()
        if not _attributes(joined, quoted_next):
            continue
        if ATTRIBUTION_START.match(line):
            return first
        whole = first if whole is None else whole
    return whole


def _attributes(text: str, quoted_next: bool) -> bool:
    """Whether the words attribute what follows to somebody: a verb, and a date or an address, or quoted lines below."""
    if text.endswith(">"):
        return quoted_next and bool(TIME.search(text)) and "@" in text
    if SPOKEN.search(text):
        return False
    verb = WROTE.search(text)
    if verb is None:
        return quoted_next and "@" in text and bool(TIME.search(text))
    return quoted_next or bool(EVIDENCE.search(text))


def _mark_signature(lines: list[str], kinds: list[Kind], start: int, end: int) -> None:
    """Mark the signature at the end of the new text between `start` and `end`."""
    said = [at for at in range(start, end) if lines[at].strip() and kinds[at] == "text"]
    for place, at in enumerate(said):
        line = lines[at][:_CLIP]
        remaining = len(said) - place - 1
        if _begins_signature(line, remaining):
            _mark(kinds, at, end)
            return
    for place in range(max(0, len(said) - _SHORT_SIGNATURE), len(said)):
        if CLOSING.match(lines[said[place]][:_CLIP]):
            contact = said[place + 2 :]  # the closing words and the name under them are the writer's own
            if _is_contact([lines[at][:_CLIP] for at in contact]):
                _mark(kinds, contact[0], end)
            return


def _begins_signature(line: str, remaining: int) -> bool:
    if line in ("-- ", "--\xa0"):
        return True
    if PHONE_SIGNATURE.match(line):
        return remaining <= 3
    if LIST_FOOTER.match(line):
        return remaining <= _SHORT_SIGNATURE
    return bool(_ROOM_SIGNATURE.fullmatch(line)) and 0 < remaining <= _SHORT_SIGNATURE


def _is_contact(lines: list[str]) -> bool:
    """Whether the lines are a block of title, firm, telephone and the like, and nothing that a person meant to say."""
    if len(lines) < 2 or any(NO_CONTACT.search(line) or len(line) > 90 for line in lines):
        return False
    return sum(bool(CONTACT.search(line)) for line in lines) >= 2


def _mark(kinds: list[Kind], start: int, end: int) -> None:
    for at in range(start, end):
        if kinds[at] == "text":
            kinds[at] = "signature"


def _interleaved(lines: list[str], kinds: list[Kind]) -> bool:
    """Whether new text stands between quoted lines, or below some that stand below new text."""
    seen_text = seen_quote = False
    quotes_before_text = 0
    for line, kind in zip(lines, kinds, strict=True):
        if kind == "quote" and _QUOTE.match(line):
            seen_quote = True
        elif kind == "text" and line.strip():
            if seen_quote:
                quotes_before_text += 1
                if seen_text:
                    return True
                seen_quote = False
            seen_text = True
    return quotes_before_text > 1


def _close_gaps(lines: list[str], kinds: list[Kind]) -> None:
    """Blank lines between two quoted ones, and before them, belong to the quote."""
    previous: Kind | None = None
    gap: list[int] = []
    for at, line in enumerate(lines):
        if not line.strip() and kinds[at] == "text":
            gap.append(at)
            continue
        if kinds[at] == "quote" and previous == "quote":
            for blank in gap:
                kinds[blank] = "quote"
        previous, gap = kinds[at], []


def _blank_before(lines: list[str], kinds: list[Kind], at: int) -> None:
    _close_gaps(lines[:at], kinds)


def _runs(kinds: list[Kind], wanted: Kind) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for at, kind in enumerate([*kinds, None]):
        if kind == wanted and start is None:
            start = at
        elif kind != wanted and start is not None:
            yield start, at
            start = None


def _next_said(lines: list[str], at: int) -> int | None:
    """The next line that is not blank, a few lines on at most."""
    for following in range(at, min(len(lines), at + 6)):
        if lines[following].strip():
            return following
    return None
