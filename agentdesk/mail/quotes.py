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
_MAX_LINES = 10_000  # no letter is longer; beyond, only quote marks are looked for
_ATTRIBUTION_LINES = 4
_FIELD_LINES = 12
_SHORT_SIGNATURE = 12
_LONG_SIGNATURE = 100  # with disclaimers in three languages; a mark further up is part of the text
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
    kinds, passed_on = _kinds(lines, forwarded)
    if passed_on:
        return text
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
    kinds, _passed_on = _kinds(lines, forwarded=False)
    for at in range(1, len(lines) + 1):
        if at == len(lines) or kinds[at] != kinds[start]:
            blocks.append(Block(kinds[start], tuple(lines[start:at])))
            start = at
    return blocks


def _kinds(lines: list[str], forwarded: bool) -> tuple[list[Kind], bool]:
    """The kind of every line, and whether the text says that another mail is passed on in it."""
    kinds: list[Kind] = ["text"] * len(lines)
    passed_on = _mark_quotes(lines, kinds, forwarded)
    _close_gaps(lines, kinds)
    if not passed_on and not forwarded:
        for start, end in list(_runs(kinds))[-_LONG_SIGNATURE:]:
            _mark_signature(lines, kinds, start, end)
    return kinds, passed_on


def _mark_quotes(lines: list[str], kinds: list[Kind], forwarded: bool) -> bool:
    """Mark what is history; true at a line that passes another mail on, whose text then is content."""
    passed_on = False
    at = 0
    while at < len(lines):
        line = lines[at][:_CLIP]
        if _QUOTE.match(line):
            kinds[at] = "quote"
        elif not line or at >= _MAX_LINES:
            pass
        elif FORWARD_MARK.match(line):
            passed_on = True
        elif not (passed_on or forwarded) and _starts_history(lines, at):
            kinds[at:] = ["quote"] * (len(lines) - at)
            break
        elif line.rstrip().endswith((":", ">")):
            first = _attribution(lines, kinds, at)
            quoted = _next_said(lines, at + 1)
            if first is not None and quoted is not None and _QUOTE.match(lines[quoted]):
                kinds[first:quoted] = ["quote"] * (quoted - first)
                at = quoted - 1
            elif first is not None and not (passed_on or forwarded):
                kinds[first:] = ["quote"] * (len(lines) - first)
                break
        at += 1
    return passed_on


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


def _attribution(lines: list[str], kinds: list[Kind], at: int) -> int | None:
    """Where the "On …, … wrote:" that ends on this line begins, or None if this is none."""
    following = _next_said(lines, at + 1)
    quoted_next = following is not None and following <= at + 3 and bool(_QUOTE.match(lines[following]))
    lowest = max(0, at - _ATTRIBUTION_LINES + 1)
    if not quoted_next and not WROTE.search(" ".join(line[:_CLIP] for line in lines[lowest : at + 1])):
        return None
    joined = ""
    whole: int | None = None
    for first in range(at, lowest - 1, -1):
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
    start = max(start, end - _LONG_SIGNATURE)
    said = [at for at in range(start, end) if lines[at].strip()]
    for place, at in enumerate(said):
        line = lines[at][:_CLIP]
        remaining = len(said) - place - 1
        if _begins_signature(line, remaining):
            kinds[at:end] = ["signature"] * (end - at)
            return
    for place in range(max(0, len(said) - _SHORT_SIGNATURE), len(said)):
        if CLOSING.match(lines[said[place]][:_CLIP]):
            contact = said[place + 2 :]  # the closing words and the name under them are the writer's own
            if _is_contact([lines[at][:_CLIP] for at in contact]):
                kinds[contact[0] : end] = ["signature"] * (end - contact[0])
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


def _interleaved(lines: list[str], kinds: list[Kind]) -> bool:
    """Whether new text stands both above and below quoted lines."""
    said = quoted = False
    for line, kind in zip(lines, kinds, strict=True):
        if kind == "quote" and _QUOTE.match(line):
            quoted = said
        elif kind == "text" and line.strip():
            if quoted:
                return True
            said = True
    return False


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


def _runs(kinds: list[Kind]) -> Iterator[tuple[int, int]]:
    """Where lines of new text begin and end."""
    start: int | None = None
    for at, kind in enumerate([*kinds, None]):
        if kind == "text" and start is None:
            start = at
        elif kind != "text" and start is not None:
            yield start, at
            start = None


def _next_said(lines: list[str], at: int) -> int | None:
    """The next line that is not blank, a few lines on at most."""
    for following in range(at, min(len(lines), at + 6)):
        if lines[following].strip():
            return following
    return None
