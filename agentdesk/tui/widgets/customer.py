"""The customer pane: who this is, and the earlier cases.

Invariant: it shows the last customer it was given, whole and clean, and never asks for anything itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from textual.events import Resize

from agentdesk.config.language import _, ngettext
from agentdesk.domain.lifecycle import Status
from agentdesk.text.cells import wrap
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.clock import day
from agentdesk.tui.widgets.lines import BLANK, Line, LinePane, Span, cut, spread
from agentdesk.tui.widgets.words import status_word

if TYPE_CHECKING:
    from agentdesk.domain.rows import CustomerRow, EarlierCase

_LANGUAGES = {"da": "dansk", "nb": "norsk", "nn": "norsk", "no": "norsk", "sv": "svenska", "en": "English",
              "de": "Deutsch", "nl": "Nederlands", "fr": "français"}  # fmt: skip

WORDY = 36
"""Columns from which an earlier case says its status in a word beside the sign."""


class CustomerPane(LinePane):
    """Name, addresses, language, since when, how many cases; then the earlier ones, newest first."""

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
        self._case = 0
        self._empty = ""
        self._lines: list[Line] = []

    def show(self, customer: CustomerRow | None, case_id: int, now: datetime, empty: str = "") -> None:
        """Show who wrote the case; without a customer, the words that say so."""
        same = customer is not None and self._customer is not None and customer.id == self._customer.id
        if (customer, case_id, empty) == (self._customer, self._case, self._empty):
            return
        self._customer, self._case, self._now, self._empty = customer, case_id, now, empty
        self._build()
        self.set_top(self.top if same else 0)

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
        columns = max(1, self.columns - 1)
        if self._customer is None:
            lines = [
                Line(((" ", "text"), (text, "dim")), lead=1)
                for text in wrap(clean_line(self._empty), columns)
            ]
        else:
            lines = self._who(self._customer, columns) + self._earlier(self._customer, columns)
        self._lines = lines
        self.set_extent(len(lines))
        self.refresh(self.size.region)

    def _who(self, customer: CustomerRow, columns: int) -> list[Line]:
        dot = f" {self.signs.dot} "
        facts = [
            _("customer since {date}").format(date=day(customer.since, self._now, self.zone)),
            ngettext("{n} case", "{n} cases", customer.case_count).format(n=customer.case_count),
        ]
        if customer.language:
            facts.append(_LANGUAGES.get(customer.language, clean_line(customer.language)))
        name = clean_line(customer.name) or _("no name")
        lines = [self._line([(text, "strong")], columns) for text in wrap(name, columns)[:2]]
        lines += [self._line([(clean_line(address), "text")], columns) for address in customer.addresses]
        lines += [self._line([(text, "dim")], columns) for text in _flow(facts, dot, columns)]
        return lines

    def _earlier(self, customer: CustomerRow, columns: int) -> list[Line]:
        earlier = [case for case in customer.earlier if case.id != self._case]
        if not earlier:
            return []
        rule = self.signs.rule_here if self.has_focus else self.signs.rule
        title = spread([(_("EARLIER CASES"), "strong")], [(str(len(earlier)), "dim")], columns)
        lines = [
            Line(((" ", "text"), (rule * columns, "rule")), lead=1),
            Line(((" ", "text"), *title), lead=1),
        ]
        lines += [self._case_line(case, columns) for case in earlier]
        more = customer.case_count - 1 - len(earlier)
        if more > 0:
            lines.append(
                self._line([(ngettext("and {n} more", "and {n} more", more).format(n=more), "dim")], columns)
            )
        return lines

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
