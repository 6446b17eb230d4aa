"""New text against old: which lines of a mail its writer wrote just now, which are history, which a signature.

Line based: each line is looked at once, clipped, with expressions that cannot backtrack far, so that hostile text takes
linear time; what the HTML of the mail says of itself (`strips`) is laid over it. Invariants: `fold` loses no line;
`split` never returns nothing for a text that says something; a reply written between quoted lines is kept whole.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agentdesk.mail import signatures, strips
from agentdesk.mail.attributions import ends_like_one, first_line
from agentdesk.mail.phrases import ABOVE_LINE, FIELDS, FORWARD_MARK, ORIGINAL_MARK, TIME, WROTE
from agentdesk.mail.strips import Kind, Strip

_CLIP = 500
_MAX_LINES = 10_000  # no letter is longer; beyond, only quote marks are looked for
_FIELD_LINES = 12
_SOON = 3
"""Lines below an attribution within which the quoted ones begin."""
_QUOTE = re.compile(r" {0,3}>")
_RULE = re.compile(r"[ \t]*[_*=─-]{5,}[ \t]*")
_DEEP = re.compile(r" {0,3}>>>(?: |$)")
_SHALLOW = re.compile(r" {0,3}>(?:$|[^>]|>(?:$|[^>]))")
_SAYS = re.compile(r"[^\s_*=─>-]")
_ESCAPED_FROM = re.compile(r">From \S")

Told = Callable[[bool], Sequence[Strip]]
"""Asks the HTML what of the text is old; with whether the lines of the text have said enough."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one kind that stand together."""

    kind: Kind
    lines: tuple[str, ...]


def split(text: str, *, forwarded: bool = False, told: Told | None = None) -> str:
    """Only what is new. With `forwarded` (the subject says so) a copied message is content, not history."""
    lines = text.split("\n")
    kinds, passed_on = _kinds(lines, forwarded, told)
    if passed_on:
        return text
    if _interleaved(lines, kinds):
        kept = [line for line, kind in zip(lines, kinds, strict=True) if kind != "signature"]
    else:
        kept = [line for line, kind in zip(lines, kinds, strict=True) if kind == "text"]
    new = "\n".join(kept).strip("\n").rstrip()
    return new if _SAYS.search(new) else text


def fold(text: str) -> list[Block]:
    """The whole text as blocks, for a screen that folds quotes and signatures."""
    lines = text.split("\n")
    blocks: list[Block] = []
    start = 0
    kinds, _passed_on = _kinds(lines, forwarded=False, told=None)
    for at in range(1, len(lines) + 1):
        if at == len(lines) or kinds[at] != kinds[start]:
            blocks.append(Block(kinds[start], tuple(lines[start:at])))
            start = at
    return blocks


def _kinds(lines: list[str], forwarded: bool, told: Told | None) -> tuple[list[Kind], bool]:
    """The kind of every line, and whether the text says that another mail is passed on in it."""
    kinds: list[Kind] = ["text"] * len(lines)
    passed_on = _mark_quotes(lines, kinds, forwarded)
    if told is not None and not passed_on and not forwarded:
        strips.lay_over(lines, kinds, told("quote" in kinds))
    _close_gaps(lines, kinds)
    if not passed_on and not forwarded:
        for start, end in list(_runs(kinds))[-signatures.LONGEST :]:
            begins = signatures.start(lines, start, end)
            if begins is not None:
                kinds[begins:end] = ["signature"] * (end - begins)
    return kinds, passed_on


def _mark_quotes(lines: list[str], kinds: list[Kind], forwarded: bool) -> bool:
    """Mark what is history; true at a line that passes another mail on, whose text then is content."""
    passed_on = False
    at = 0
    while at < len(lines):
        line = lines[at][:_CLIP]
        if _QUOTE.match(line):
            at = _mark_marked(lines, kinds, at)
            continue
        if not line or at >= _MAX_LINES:
            pass
        elif FORWARD_MARK.match(line):
            passed_on = True
        elif not (passed_on or forwarded) and _starts_history(lines, at):
            kinds[at:] = ["quote"] * (len(lines) - at)
            break
        elif ends_like_one(line):
            quoted = _quoted_below(lines, at)
            first = first_line(lines, kinds, at, quoted is not None)
            if first is not None and quoted is not None:
                kinds[first:quoted] = ["quote"] * (quoted - first)
                at = quoted
                continue
            if first is not None and not (passed_on or forwarded):
                kinds[first:] = ["quote"] * (len(lines) - first)
                break
        at += 1
    return passed_on


def _mark_marked(lines: list[str], kinds: list[Kind], at: int) -> int:
    """Mark the lines from `at` on that begin with ">" as quoted, unless a person made a list or code of them.

    Returns the line after them.
    """
    end = at
    shallow = False
    while end < len(lines) and (_QUOTE.match(lines[end]) or not lines[end].strip()):
        shallow = shallow or bool(_SHALLOW.match(lines[end]))
        end += 1
    said = [one for one in range(at, end) if lines[one].strip()]
    above = next((one for one in range(at - 1, max(-1, at - 3), -1) if lines[one].strip()), None)
    listed = above is not None and above == at - 1 and kinds[above] == "text" and _opens_list(lines[above])
    code = not shallow and kinds[at - 1 if at else 0] == "text" and bool(_DEEP.match(lines[at]))
    escaped = len(said) == 1 and bool(_ESCAPED_FROM.match(lines[at]))
    if not (listed or code or escaped):
        for one in said:
            kinds[one] = "quote"
    return end


def _opens_list(line: str) -> bool:
    """Whether a person's line, and not a program's attribution, ends in a colon."""
    line = line[:_CLIP].rstrip()
    return line.endswith(":") and "@" not in line and not TIME.search(line) and not WROTE.search(line)


def _quoted_below(lines: list[str], at: int) -> int | None:
    """Where the quoted lines begin that stand right below a line."""
    following = _next_said(lines, at + 1)
    return (
        following
        if following is not None and following <= at + _SOON and _QUOTE.match(lines[following])
        else None
    )


def _starts_history(lines: list[str], at: int) -> bool:
    """Whether the copy of an older mail begins here: a mark such as "Original Message", or a block of its fields."""
    line = lines[at][:_CLIP]
    if ORIGINAL_MARK.match(line) or ABOVE_LINE.match(line):
        return True
    if _RULE.fullmatch(line):
        following = _next_said(lines, at + 1)
        return following is not None and following <= at + _SOON and _is_field_block(lines, following)
    return _is_field_block(lines, at)


def _is_field_block(lines: list[str], at: int) -> bool:
    """From, Sent, To, Subject as Outlook and its kin write them above what they answer."""
    if not (first := FIELDS.match(lines[at][:_CLIP])) or first.lastgroup not in ("sender", "sent", "subject"):
        return False
    kinds = set()
    dated = addressed = False
    for line in lines[at : at + _FIELD_LINES]:
        field = FIELDS.match(line[:_CLIP])
        if field and field.lastgroup:
            kinds.add(field.lastgroup)
            dated = dated or (field.lastgroup == "sent" and bool(TIME.search(line[:_CLIP])))
            addressed = addressed or (field.lastgroup == "sender" and "@" in line[:_CLIP])
    if first.lastgroup == "subject" and not (dated and addressed):
        return False
    if kinds == {"sender", "sent"}:
        return dated and addressed
    return "sender" in kinds and len(kinds) >= 3 and ("subject" in kinds or dated)


def _interleaved(lines: list[str], kinds: list[Kind]) -> bool:
    """Whether new text stands both above and below quoted lines."""
    said = quoted = False
    for line, kind in zip(lines, kinds, strict=True):
        if kind == "quote" and line.strip():
            quoted = said
        elif kind == "text" and line.strip():
            if quoted:
                return True
            said = True
    return False


def _close_gaps(lines: list[str], kinds: list[Kind]) -> None:
    """Blank lines between two quoted ones belong to the quote, and so does a rule right above one."""
    previous: Kind | None = None
    gap: list[int] = []
    rules: list[int] = []
    for at, line in enumerate(lines):
        if kinds[at] == "text" and not line.strip():
            gap.append(at)
            continue
        if kinds[at] == "text" and _RULE.fullmatch(line[:_CLIP]) and not line.lstrip().startswith("*"):
            rules.append(at)
            gap.append(at)
            continue
        if kinds[at] == "quote" and (previous == "quote" or rules):
            for blank in gap if previous == "quote" else rules:
                kinds[blank] = "quote"
        previous, gap, rules = kinds[at], [], []


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
