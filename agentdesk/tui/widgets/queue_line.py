"""How one case looks in the queue: two lines in a narrow pane, one line where there is room.

Invariant: pure; the columns (marker, clock, channel, customer, subject, state) stand at the same cells in every row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from agentdesk.config.language import _, ngettext
from agentdesk.domain.lifecycle import ANSWERS, UNDELIVERED, Delivery, Priority, Status
from agentdesk.domain.queue import QueueRow
from agentdesk.text.cells import fit, pad, pad_left, width
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.clock import COLUMN, clock, until
from agentdesk.tui.widgets.lines import Line, Span, cut, spread
from agentdesk.tui.widgets.signs import Signs
from agentdesk.tui.widgets.words import delivery_word, priority_word, status_word

WIDE = 60
"""Columns from which a case takes one line instead of two."""

LEAD = 1 + COLUMN + 1 + 1 + 1
"""Marker, clock, a space, the channel's sign, a space: what the second line is indented by."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the rows of one queue have in common."""

    columns: int
    now: datetime
    zone: tzinfo
    me: int
    signs: Signs


def height(columns: int) -> int:
    """Lines that a case takes in a pane of this width."""
    return 1 if columns >= WIDE else 2


def row_line(row: QueueRow, part: int, look: Look, *, hand: bool, gone: bool, picked: bool = False) -> Line:
    """Line `part` of the case; `hand`: the row in hand; `gone`: it has left the view; `picked`: it is selected."""
    ground = "selected" if hand else ""
    body = ("dim" if gone else "strong" if hand else "text", "dim" if gone else "strong")
    if part:
        subject = fit(clean_line(row.subject), max(0, look.columns - LEAD))
        mark: Span = (look.signs.row if hand else " ", "accent")
        spans: Sequence[Span] = [mark, (" " * (LEAD - 1), "text"), (subject, body[0])]
    else:
        spans = _first_line(row, look, body, hand=hand, gone=gone, picked=picked)
    return Line(tuple(cut(spans, look.columns)[0]), ground, lead=1)


def _first_line(
    row: QueueRow, look: Look, body: tuple[str, str], *, hand: bool, gone: bool, picked: bool
) -> list[Span]:
    text, tone = clock(row, look.now)
    subject, name = body
    spans: list[Span] = [
        (look.signs.row if hand else " ", "accent"),
        (pad_left(text, COLUMN), "dim" if gone else f"{tone} strong" if hand else tone),
        (look.signs.picked if picked else " ", "accent strong"),
        (f"{look.signs.channel(row.channel_kind)} ", "dim"),
    ]
    room = max(0, look.columns - LEAD)
    customer = clean_line(row.customer) or _("nobody")
    if height(look.columns) == 2:
        state = _state(row, look, room * 2 // 5, gone=gone)
        return [*spans, *spread([(customer, name)], state, room)]
    share = min(28, max(14, room // 4))
    spans += [(pad(customer, share), name), ("  ", "text")]
    room -= share + 2
    return [
        *spans,
        *spread([(clean_line(row.subject), subject)], _state(row, look, room * 2 // 5, gone=gone), room),
    ]


def _state(row: QueueRow, look: Look, room: int, *, gone: bool) -> list[Span]:
    """The words at the right end: the most telling one always, others as far as there is room."""
    shown: list[Span] = []
    used = 0
    for word, tone, shorter in _words(row, look, gone=gone):
        text = word if width(word) <= room else fit(shorter or word, max(room, 6))
        size = width(text) + (2 if shown else 0)
        if shown and used + size > room:
            break
        shown = [(text, tone), *((("  ", "text"), *shown) if shown else ())]
        used += size
    return shown


def _words(row: QueueRow, look: Look, *, gone: bool) -> Iterator[tuple[str, str, str]]:
    """Most telling first: the words, their tone, and what to say where they do not fit."""
    if gone:
        yield from _left(row, look)
        return
    if row.delivery in UNDELIVERED and row.delivery is not None:
        yield *delivery_word(row.delivery, look.signs), ""
    if row.presence and row.writing:
        name = clean_line(row.presence)
        yield _("{name} writing…").format(name=name), "amber", _("writing…")
    elif row.presence:
        yield f"{look.signs.present} {clean_line(row.presence)}", "text", ""
    if row.unread > 1 or (row.unread and row.owner_id == look.me):
        yield ngettext("{n} new", "{n} new", row.unread).format(n=row.unread), "accent strong", ""
    answered = row.delivery is not None and row.delivery not in UNDELIVERED
    if row.delivery is not None and answered:
        yield *delivery_word(row.delivery, look.signs), ""
    if row.snooze_until is not None and row.snooze_until > look.now:
        yield until(row.snooze_until, look.now, look.zone), "dim", ""
    elif row.status not in (Status.NEW, Status.OPEN) and not (answered and row.status is Status.PENDING):
        yield status_word(row.status), "dim", ""
    yield from _facts(row, look)


def _left(row: QueueRow, look: Look) -> Iterator[tuple[str, str, str]]:
    """A case that has left the view: where the answer is that took it out, otherwise what it has become."""
    answer = row.delivery if row.delivery in ANSWERS else None
    by_answer = answer is not None and row.status is Status.PENDING
    if answer is not None and (by_answer or answer is not Delivery.SENT):
        yield *delivery_word(answer, look.signs), ""
    if not by_answer:
        yield status_word(row.status), "dim", ""


def _facts(row: QueueRow, look: Look) -> Iterator[tuple[str, str, str]]:
    if row.owner_id == look.me:
        yield _("{sign} you").format(sign=look.signs.present), "green", ""
    elif row.owner_id is not None and (row.owner != row.presence or row.writing):
        yield clean_line(row.owner), "dim", ""
    if row.priority in (Priority.HIGH, Priority.URGENT):
        yield priority_word(row.priority), "strong" if row.priority is Priority.URGENT else "text", ""
    for tag in row.tags:
        yield clean_line(tag), "dim", ""
