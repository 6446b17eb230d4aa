"""How one message of a case is drawn: who and when, what was written, what is folded, what came along.

Invariants: pure; the body is made line by line as it is asked for, so that no mail, however long, costs more than what
is looked at; a note has its word, its bar and its ground on every line, a mail aside its word, its bar and its place
further in; all text is cleaned here again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agentdesk.config.language import _, ngettext
from agentdesk.domain.lifecycle import Delivery, Ends, Status
from agentdesk.text.cells import fit, width, wrap
from agentdesk.text.clean import clean, clean_line
from agentdesk.tui.widgets import advice
from agentdesk.tui.widgets.clock import moment
from agentdesk.tui.widgets.lines import Line, Span, cut, spread
from agentdesk.tui.widgets.signs import Signs
from agentdesk.tui.widgets.words import delivery_word, priority_word, status_word

if TYPE_CHECKING:
    from agentdesk.domain.mail import Address
    from agentdesk.domain.rows import CaseRow, MessageRow, Thread
    from agentdesk.domain.snooze import Woke

LONG = 150
"""A folded message of more lines than this shows its beginning only."""

BEGINNING = 100
"""So much of it."""

MEASURE = 100
"""Text runs no wider than this: longer lines are hard to read."""

_SLICE = 8000
_NARROW = 46


@dataclass(frozen=True, slots=True)
class Page:
    """What the messages of one pane have in common."""

    columns: int
    zone: tzinfo
    signs: Signs
    unfolded: bool


def head_line(message: MessageRow, page: Page, now: datetime, *, new: bool) -> Line:
    """Who wrote, when, and where it stands on its way; NEW until it was looked at."""
    note = message.kind == "note"
    left: list[Span] = (
        [(_lead(message, page.signs), "amber"), (_("note") + "  ", "amber strong")] if note else []
    )
    if message.side is not None:
        left += [(_lead(message, page.signs), "green"), (_("aside") + "  ", "green strong")]
    left.append((_who(message), "strong"))
    if message.side is not None and message.kind == "outbound":
        left.append(("  " + ", ".join(_name(person) for person in message.to), "text"))
    if message.origin is not None:
        left.append((f"  #{message.origin}", "dim"))
    if message.marks and _marks_fit(message, page):
        left += [("  ", "text"), (advice.marks(message), "amber")]
    right: list[Span] = [(moment(message.at, page.zone, short=page.columns < _NARROW), "dim")]
    if message.delivery is not None:
        right += [("  ", "text"), *_delivery(message, page.signs, now)]
    if new:
        right += [("  ", "text"), (_("NEW"), "accent strong")]
    return Line(
        (*spread(left, right, page.columns - 1), (" ", "text")),
        "note" if note else "",
        lead=len(_lead(message, page.signs)) if note or message.side is not None else 0,
    )


def body_lines(message: MessageRow, page: Page) -> Iterator[Line]:
    """Everything below the head line, and one blank line at the end."""
    lead = _lead(message, page.signs)
    ground = "note" if message.kind == "note" else ""
    mark: Span = (lead, "amber" if ground else "green" if message.side is not None else "text")
    room = max(1, min(MEASURE, page.columns - len(lead) - 1))

    def plain(text: str, tone: str) -> Line:
        return Line((mark, *cut([(text, tone)], room)[0]), ground, lead=len(lead))

    if message.cc:
        yield plain(_("cc {people}").format(people=", ".join(_name(person) for person in message.cc)), "dim")
    noted = [] if _marks_fit(message, page) else [(advice.marks(message), "amber")]
    noted += advice.notices(message)
    for words, tone in noted:
        for text in wrap(words, room)[:8]:
            yield plain(text, tone)
    shown, folded = _shown(message, page)
    if noted and message.report is None and (message.text.strip() or message.attachments):
        yield Line((mark,), ground, lead=len(lead))
    for paragraph in shown:
        tone = "dim" if message.kind == "system" or paragraph.startswith(">") else "text"
        for text, glue in wrapped(clean(paragraph), room):
            yield Line((mark, (text, tone)), ground, lead=len(lead), glue=glue)
    for text in folded:
        yield plain(text, "dim")
    if not (message.text.strip() or message.attachments or noted):
        yield plain(_("(no text)"), "dim")
    for file in message.attachments:
        if not file.within_text:
            name, size = clean_line(file.filename) or _("file"), size_word(file.size)
            name = fit(name, max(4, room - width(size) - 4))
            spans = cut([("+ ", "dim"), (name, "accent"), (f"  {size}", "dim")], room)[0]
            yield Line((mark, *spans), ground, lead=len(lead))
    yield Line(())


def case_head(case: CaseRow, present: tuple[tuple[str, str], ...], page: Page) -> list[Line]:
    """The lines that stay above the messages: number and subject, then all the facts and who else is here."""
    columns = page.columns
    title: list[Span] = [
        (f"#{case.id}", "accent strong"),
        ("  ", "text"),
        (clean_line(case.subject) or _("(no subject)"), "strong"),
    ]
    facts = [_standing(case, page), priority_word(case.priority)]
    if case.merged_into is not None:
        facts.append(_("merged into #{number}").format(number=case.merged_into))
    if case.channel:
        facts.append(page.signs.channel(case.channel_kind) + clean_line(case.channel).lstrip("@"))
    if case.owner:
        facts.append(clean_line(case.owner))
    if case.team:
        facts.append(_("team {name}").format(name=clean_line(case.team)))
    facts += [clean_line(tag) for tag in case.tags]
    if case.related:
        facts.append(_("see {cases}").format(cases=", ".join(f"#{one}" for one in case.related)))
    here: list[Span] = []
    for name, doing in present:
        words = _("{name} writing…") if doing == "writing" else page.signs.present + " {name}"
        here += [
            ("  " if here else "", "text"),
            (words.format(name=clean_line(name)), "amber" if doing == "writing" else "text"),
        ]
    *whole, last = _flow(facts, f" {page.signs.dot} ", columns)
    beside = width(last) + 2 + sum(width(text) for text, _tone in here) <= columns
    return [
        Line(tuple(cut(title, columns)[0])),
        *(Line(((text, "dim"),)) for text in whole),
        Line(spread([(last, "dim")], here if beside else (), columns)),
        *(() if beside else (Line(tuple(cut(here, columns)[0])),)),
    ]


def rule_line(thread: Thread, page: Page, in_hand: bool) -> tuple[Span, ...]:
    """The rule between head and messages; of a long case it says which part is held."""
    rule, tone = (page.signs.rule_here, "accent") if in_hand else (page.signs.rule, "rule")
    part, held = thread.part, len(thread.messages)
    if part.whole:
        return ((rule * page.columns, tone),)
    words = " " + _("{first}–{last} of {count} messages").format(
        first=part.earlier + 1, last=part.earlier + held, count=part.earlier + held + part.later
    )  # fmt: skip
    words = fit(words, page.columns)
    return ((rule * (page.columns - width(words)), tone), (words, "dim"))


def _standing(case: CaseRow, page: Page) -> str:
    """The status; of a snoozed case until when, and what opens it before where that is not just any answer."""
    if case.status is not Status.SNOOZED or case.snooze_until is None:
        return status_word(case.status)
    when = _in_words(case.snooze_until, page)
    if case.snooze_ends is Ends.ANSWER:
        return _("snoozed until {when}").format(when=when)
    if case.snooze_ends is Ends.NOT_THANKS:
        return _("snoozed until {when} or more than thanks").format(when=when)
    return _("snoozed until {when}, whatever comes").format(when=when)


def _in_words(at: datetime, page: Page) -> str:
    """A time within a sentence: without the space that lines a column of them up."""
    return " ".join(moment(at, page.zone, short=page.columns < _NARROW).split())


def woke_lines(woke: Woke | None, page: Page) -> list[Line]:
    """Why the case is back, when its time has come."""
    if woke is None:
        return []
    until = _in_words(woke.until, page)
    words = (
        _("Snoozed until {when}; they wrote meanwhile.") if woke.answered
        else _("Snoozed until {when}; nobody answered.")
    )  # fmt: skip
    return [Line(tuple(cut([(words.format(when=until), "amber")], page.columns)[0]))]


def _flow(facts: list[str], gap: str, columns: int) -> list[str]:
    """The facts, as many to a line as fit whole."""
    lines: list[str] = []
    for fact in facts:
        fact = fit(fact, columns)  # noqa: PLW2901  one that no line holds is cut
        if lines and width(lines[-1]) + width(gap) + width(fact) <= columns:
            lines[-1] += gap + fact
        else:
            lines.append(fact)
    return lines


def wrapped(paragraph: str, columns: int) -> Iterator[tuple[str, str]]:
    """The paragraph's lines, each with what joins it to the one above when it is copied."""
    glue = "\n"
    for start in range(0, max(1, len(paragraph)), _SLICE):
        piece, at = paragraph[start : start + _SLICE], 0
        for text in wrap(piece, columns):
            body = text.strip()
            found = piece.find(body, at)
            if glue != "\n":
                glue = "" if found == at else " "
            yield text, glue
            at = found + len(body) if found >= 0 else at
            glue = " "


def size_word(size: int) -> str:
    """A file's size: 212 kB."""
    if size < 1000:
        return _("{n} B").format(n=size)
    if size < 1_000_000:
        return _("{n} kB").format(n=round(size / 1000))
    return _("{n} MB").format(n=f"{size / 1_000_000:.1f}")


def _marks_fit(message: MessageRow, page: Page) -> bool:
    """Whether the head line has room for the marks, whole: otherwise they stand below it."""
    if not message.marks:
        return True
    when = moment(message.at, page.zone, short=page.columns < _NARROW)
    beside = [_who(message), advice.marks(message), when, _("NEW")]
    if message.delivery is not None:
        beside.append(delivery_word(message.delivery, page.signs)[0])
    if message.origin is not None:
        beside.append(f"#{message.origin}")
    return sum(width(text) + 2 for text in beside) + len(_lead(message, page.signs)) <= page.columns


def _lead(message: MessageRow, signs: Signs) -> str:
    if message.side is not None:
        return f"  {signs.aside} "
    return f"{signs.note} " if message.kind == "note" else "  "


def _name(person: Address) -> str:
    return clean_line(person.name) or clean_line(person.address)


def _who(message: MessageRow) -> str:
    if message.mine:
        return _("You")
    return clean_line(message.agent) or _name(message.sender) or _("nobody")


def _delivery(message: MessageRow, signs: Signs, now: datetime) -> list[Span]:
    assert message.delivery is not None
    if message.delivery is Delivery.SENT and message.error:
        return [(_("sent to some"), "amber")]
    word, tone = delivery_word(message.delivery, signs)
    if message.delivery is Delivery.HELD and message.not_before is not None:
        left = max(0, int((message.not_before - now).total_seconds()))
        word = _("{held} {dot} leaves in {n} s").format(held=word, dot=signs.dot, n=left)
    return [(word, tone)]


def _shown(message: MessageRow, page: Page) -> tuple[Iterator[str], list[str]]:
    """The paragraphs to draw, and the lines that stand for what is folded away."""
    folded: list[str] = []
    text = message.text
    if not page.unfolded and message.reply_text.strip():
        text = message.reply_text
        quoted = message.text.rstrip().count("\n") - text.rstrip().count("\n")
        if text.rstrip() != message.text.rstrip():
            quoted = max(1, quoted)
            words = ngettext("{n} quoted line", "{n} quoted lines", quoted).format(n=quoted)
            folded.append(f"{page.signs.folded} {words}")
    text = text.strip("\n").rstrip()
    count = text.count("\n") + 1
    if message.report is not None and not page.unfolded:
        words = ngettext("{n} line of the report", "{n} lines of the report", count).format(n=count)
        return iter(()), [f"{page.signs.folded} {words}"]
    if not page.unfolded and count > LONG:
        rest = count - BEGINNING
        words = ngettext("{n} more line", "{n} more lines", rest).format(n=rest)
        return _paragraphs(text, BEGINNING), [f"{page.signs.folded} {words}", *folded]
    return _paragraphs(text, count if text else 0), folded


def _paragraphs(text: str, count: int) -> Iterator[str]:
    start = 0
    for _number in range(count):
        end = text.find("\n", start)
        if end < 0:
            yield text[start:]
            return
        yield text[start:end]
        start = end + 1
