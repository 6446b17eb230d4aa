"""The customer pane: who this is, their orders, their earlier cases, what is noted of them, and what may answer.

Invariant: it shows the last customer it was given, whole and clean, and never asks for anything itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from textual.events import Resize

from agentdesk.config.language import _, chosen, ngettext
from agentdesk.domain.lifecycle import Status
from agentdesk.text.cells import pad, width, wrap
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.clock import ago, day
from agentdesk.tui.widgets.lines import BLANK, Line, LinePane, Span, cut, spread
from agentdesk.tui.widgets.words import status_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentdesk.domain.customers import Beside, NoteRow
    from agentdesk.domain.knowledge import Suggestion
    from agentdesk.domain.orders import OrderRow, SourceRow
    from agentdesk.domain.rows import CustomerRow, EarlierCase

_LANGUAGES = {"da": "dansk", "nb": "norsk", "nn": "norsk", "no": "norsk", "sv": "svenska", "en": "English",
              "de": "Deutsch", "nl": "Nederlands", "fr": "français"}  # fmt: skip

WORDY = 36
"""Columns from which an earlier case says its status in a word beside the sign."""
ORDERS = 4
EARLIER = 5
"""Earlier cases that are shown where suggestions stand below them."""
LINES = 2
"""Lines of the newest order."""
NOTE_LINES = 3


class CustomerPane(LinePane):
    """Name, addresses, language, since when; orders; earlier cases; notes; suggestions. Newest first everywhere."""

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo = UTC,
        poor: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
    ) -> None:
        super().__init__(poor=poor, id=id)
        self.zone = zone
        self._now = now
        self._customer: CustomerRow | None = None
        self._beside: Beside | None = None
        self._case = 0
        self._empty = ""
        self._lines: list[Line] = []

    def show(
        self, customer: CustomerRow | None, case_id: int, now: datetime, empty: str = "", beside: Beside | None = None
    ) -> None:  # fmt: skip
        """Show who wrote the case; without a customer, the words that say so."""
        same = customer is not None and self._customer is not None and customer.id == self._customer.id
        if (customer, case_id, empty, beside) == (self._customer, self._case, self._empty, self._beside):
            return
        self._customer, self._case, self._now, self._empty = customer, case_id, now, empty
        self._beside = beside
        self._build()
        self.set_top(self.top if same else 0)

    def tick(self, now: datetime) -> None:
        """Another minute: what is known is older by so much."""
        if now.replace(second=0, microsecond=0) > self._now:
            self._now = now
            if self._beside is not None and self._beside.sources:
                self._build()

    def look_again(self, zone: tzinfo) -> None:
        """The words or the zone are others: every line is made anew."""
        self.zone = zone
        self._build()

    def line(self, y: int) -> Line:
        """Line `y` of the pane."""
        return self._lines[y] if 0 <= y < len(self._lines) else BLANK

    def scroll_lines(self, delta: int) -> None:
        """Scroll by lines."""
        self.set_top(self.top + delta)

    def on_resize(self, event: Resize) -> None:
        """Wrap again for another width."""
        if event.size.width > 0:
            self._build()

    def _build(self) -> None:
        columns, customer, beside = max(1, self.columns - 1), self._customer, self._beside
        if customer is None:
            lines = self._wrapped(self._empty, "dim", columns)
        else:
            lines = self._who(customer, columns)
            lines += self._orders(beside, columns) if beside is not None else []
            lines += self._earlier(customer, columns)
            lines += self._notes(beside.notes, columns) if beside is not None else []
            lines += self._others(customer.addresses[1:], columns)
        lines += self._suggested(beside.suggestions, columns) if beside is not None else []
        if lines != self._lines:
            self._lines = lines
            self.set_extent(len(lines))
            self.refresh(self.size.region)

    def _who(self, customer: CustomerRow, columns: int) -> list[Line]:
        dot = f" {self.signs.dot} "
        facts = [
            _("customer since {date}").format(date=day(customer.since, self._now, self.zone)),
            ngettext("{n} case", "{n} cases", customer.case_count).format(n=customer.case_count),
        ]
        count = self._beside.order_count if self._beside is not None else 0
        if count:
            facts.append(ngettext("{n} order", "{n} orders", count).format(n=count))
        if customer.language:
            facts.append(_LANGUAGES.get(customer.language, clean_line(customer.language)))
        name = clean_line(customer.name) or (_("erased") if customer.erased else _("no name"))
        lines = [self._line([(text, "strong")], columns) for text in wrap(name, columns)[:2]]
        lines += [self._line([(clean_line(address), "text")], columns) for address in customer.addresses[:1]]
        lines += [self._line([(text, "dim")], columns) for text in _flow(facts, dot, columns)]
        return lines

    # -- orders -------------------------------------------------------------------------------------------------

    def _orders(self, beside: Beside, columns: int) -> list[Line]:
        trouble = [source for source in beside.sources if source.trouble]
        if not beside.orders and not beside.sources:
            return []
        age = self._age(beside.sources)
        lines = self._title(_("ORDERS"), age, columns)
        for source in trouble[:2]:
            lines += self._wrapped(source.trouble, "amber", columns)[:3]
        if not beside.orders:
            unknown = any(source.kind != "csv" and source.as_of is None for source in beside.sources)
            words = _("Not looked up yet.") if unknown else _("No orders.")
            return lines + self._wrapped(words, "dim", columns)
        shown = beside.orders[:ORDERS]
        most = max(width(clean_line(order.number)) for order in shown)
        for place, order in enumerate(shown):
            lines.append(self._order_line(order, min(most, columns // 3), columns))
            if place == 0:
                lines += self._newest(order, columns)
        return lines + self._more(beside.order_count - len(shown), columns)

    def _age(self, sources: Iterable[SourceRow]) -> str:
        """How old the oldest of what is known is."""
        known = [source.as_of for source in sources if source.as_of is not None]
        return _("as of {time}").format(time=ago(min(known), self._now)) if known else ""

    def _order_line(self, order: OrderRow, most: int, columns: int) -> Line:
        from agentdesk.domain.orders import (  # noqa: PLC0415  the first frame shows no order
            days_late,
            money,
            status_words,
        )

        late = days_late(order, self._now, self.zone) > 0
        status = clean_line(status_words(order, self._now, self.zone))
        left: list[Span] = [
            (pad(clean_line(order.number), most), "strong"),
            ("  ", "text"),
            (status, "red" if late else "text"),
        ]
        total = clean_line(money(order.total, order.currency, language=chosen(), short=True))
        return Line(((" ", "text"), *spread(left, [(total, "text")] if total else [], columns)), lead=1)

    def _newest(self, order: OrderRow, columns: int) -> list[Line]:
        """Where the newest order is, and what is in it."""
        dot = f" {self.signs.dot} "
        facts = [clean_line(f"{order.carrier} {order.tracking}")]
        if order.promised_at is not None and order.delivered_at is None:
            facts.append(_("promised {date}").format(date=day(order.promised_at, self._now, self.zone)))
        elif order.delivered_at is not None:
            facts.append(_("delivered {date}").format(date=day(order.delivered_at, self._now, self.zone)))
        flowed = _flow([fact for fact in facts if fact], dot, max(1, columns - 2))
        lines = [self._line([("  ", "text"), (text, "dim")], columns) for text in flowed]
        for one in order.lines[:LINES]:
            words = clean_line(f"{one.quantity.normalize():f} {self.signs.times} {one.name or one.sku}")
            lines.append(self._line([("  ", "text"), (words, "text")], columns))
        left = len(order.lines) - LINES
        if left > 0:
            words = ngettext("and {n} more line", "and {n} more lines", left).format(n=left)
            lines.append(self._line([("  ", "text"), (words, "dim")], columns))
        return lines

    # -- the rest -----------------------------------------------------------------------------------------------

    def _earlier(self, customer: CustomerRow, columns: int) -> list[Line]:
        earlier = [case for case in customer.earlier if case.id != self._case]
        if not earlier:
            return []
        total = customer.case_count - 1
        shown = earlier[:EARLIER] if self._beside is not None and self._beside.suggestions else earlier
        lines = self._title(_("EARLIER CASES"), str(total), columns)
        lines += [self._case_line(case, columns) for case in shown]
        return lines + self._more(total - len(shown), columns)

    def _notes(self, notes: tuple[NoteRow, ...], columns: int) -> list[Line]:
        if not notes:
            return []
        lines = self._title(_("NOTES"), "", columns)
        for note in notes:
            text = wrap(clean_line(note.text), max(1, columns - 2))
            if len(text) > NOTE_LINES:
                text = [*text[: NOTE_LINES - 1], text[NOTE_LINES - 1] + " …"]
            lines += [
                Line(
                    ((" ", "text"), *cut([(f"{self.signs.note} ", "amber"), (one, "text")], columns)[0]),
                    lead=3,
                )
                for one in text
            ]
        return lines

    def _others(self, addresses: tuple[str, ...], columns: int) -> list[Line]:
        if not addresses:
            return []
        lines = self._title(_("ADDRESSES"), "", columns)
        return lines + [self._line([(clean_line(one), "text")], columns) for one in addresses]

    def _suggested(self, suggestions: tuple[Suggestion, ...], columns: int) -> list[Line]:
        if not suggestions:
            return []
        lines = self._title(_("SUGGESTED"), "", columns)
        kinds = {"macro": _("macro"), "article": _("article")}
        for number, one in enumerate(suggestions[:9], 1):
            left: list[Span] = [(f"{number} ", "accent strong"), (clean_line(one.title), "text")]
            right: list[Span] = [(kinds.get(one.kind, one.kind), "dim")]
            lines.append(Line(((" ", "text"), *spread(left, right, columns)), lead=1))
            if number == 1 and one.detail:
                lines.append(self._line([("  ", "text"), (clean_line(one.detail), "dim")], columns))
        return lines

    def _title(self, words: str, right: str, columns: int) -> list[Line]:
        rule = self.signs.rule_here if self.has_focus else self.signs.rule
        title = spread([(words, "strong")], [(right, "dim")] if right else [], columns)
        return [
            Line(((" ", "text"), (rule * columns, "rule")), lead=1),
            Line(((" ", "text"), *title), lead=1),
        ]

    def _case_line(self, case: EarlierCase, columns: int) -> Line:
        sign = self.signs.status(case.status)
        done = case.status in (Status.RESOLVED, Status.CLOSED)
        right: list[Span] = (
            [] if done or columns < WORDY else [(status_word(case.status), "dim"), ("  ", "text")]
        )
        right.append((day(case.at, self._now, self.zone), "dim"))
        left: list[Span] = [
            (sign, "green" if done else "dim"),
            (" ", "text"),
            (clean_line(case.subject), "text"),
        ]
        return Line(((" ", "text"), *spread(left, right, columns)), lead=1)

    def _more(self, left: int, columns: int) -> list[Line]:
        if left <= 0:
            return []
        return [self._line([(ngettext("and {n} more", "and {n} more", left).format(n=left), "dim")], columns)]

    def _wrapped(self, words: str, tone: str, columns: int) -> list[Line]:
        return [Line(((" ", "text"), (text, tone)), lead=1) for text in wrap(clean_line(words), columns)]

    def _line(self, spans: list[Span], columns: int) -> Line:
        return Line(((" ", "text"), *cut(spans, columns)[0]), lead=1)

    def watch_has_focus(self, value: bool) -> None:
        """The rule is heavier while the pane is in hand."""
        super().watch_has_focus(value)
        self._build()


def _flow(facts: list[str], gap: str, columns: int) -> list[str]:
    """The facts, as many to a line as fit whole."""
    lines: list[str] = []
    for fact in facts:
        if lines and len(lines[-1]) + len(gap) + len(fact) <= columns:
            lines[-1] += gap + fact
        else:
            lines.append(fact)
    return lines
