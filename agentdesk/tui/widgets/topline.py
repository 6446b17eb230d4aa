"""The top line (where am I, what waits, who am I) and the view bar (which list, how many in each).

Invariant: a warning stands before the figures and is never cut before they are left out; a figure is shown whole.
"""

from collections.abc import Sequence
from datetime import datetime

from agentdesk.config.language import _, ngettext
from agentdesk.domain.queue import Counts
from agentdesk.text.cells import fit, width
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.bar import Bar, fitting
from agentdesk.tui.widgets.clock import lasting
from agentdesk.tui.widgets.lines import Span, cut, spread

CAPPED = 1000
"""Counts stop here; one more means "and more"."""


def count_word(count: int) -> str:
    """A count as it is shown: 12, or 1000+ where counting stopped."""
    return f"{CAPPED}+" if count > CAPPED else str(count)


def figures(counts: Counts, now: datetime) -> list[list[Span]]:
    """12 waiting, longest 3 h, 3 at risk: each whole, most important first."""
    parts: list[list[Span]] = [[(_("{n} waiting").format(n=count_word(counts.waiting)), "text")]]
    if counts.longest_wait is not None:
        time = lasting((now - counts.longest_wait).total_seconds())
        parts.append([(_("longest {time}").format(time=time), "text")])
    if counts.at_risk:
        parts.append([(_("{n} at risk").format(n=count_word(counts.at_risk)), "amber")])
    return parts


class TopLine(Bar):
    """agentdesk  Desk          12 waiting · longest 3 h · 3 at risk          Anna ● 4/6"""

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._place = ""
        self._agent = ""
        self._counts: Counts | None = None
        self._now: datetime | None = None
        self._warnings: tuple[str, ...] = ()

    def show(
        self, place: str, agent: str, counts: Counts | None, now: datetime, warnings: Sequence[str] = ()
    ) -> None:
        """Say where we are, who works here, what waits, and what is wrong (the gravest first)."""
        before = self._facts()
        self._place, self._agent = clean_line(place), clean_line(agent)
        self._counts, self._now = counts, now
        self._warnings = tuple(clean_line(warning) for warning in warnings)
        if self._facts() != before:
            self.refresh()

    def spans(self, columns: int) -> Sequence[Span]:
        """Name and place at the left, the agent at the right, the figures or a warning before the agent."""
        left: list[Span] = [(" agentdesk", "strong"), ("  ", "text"), (self._place, "text")]
        right: list[Span] = self._who()
        named = columns >= 100
        if not named:
            left = [(f" {self._place}", "strong")]
        room = columns - sum(width(text) for text, _tone in (*left, *right)) - 4
        middle = self._middle(room)
        if self._warnings and not middle:
            return cut([(" ", "text"), (f"! {self._warnings[0]}", "amber strong")], columns)[0]
        if not middle and room < -4:
            return spread(left, (), columns)
        return spread(left, [*middle, ("   ", "text"), *right] if middle else right, columns)

    def _middle(self, room: int) -> list[Span]:
        dot = f" {self.signs.dot} "
        if self._warnings:
            words = f"! {self._warnings[0]}"
            if room < min(width(words), 24):
                return []
            words = fit(words, room)
            rest = fitting(self._figures(), room - width(words) - 3, dot)
            return [(words, "amber strong"), *([("   ", "text"), *rest] if rest else [])]
        return fitting(self._figures(), room, dot)

    def _who(self) -> list[Span]:
        who: list[Span] = [(self._agent, "strong")] if self._agent else []
        if self._counts is not None:
            hand = f"{self._counts.in_hand}/{self._counts.capacity}"
            full = self._counts.in_hand >= self._counts.capacity
            who += [(f" {self.signs.present} ", "green"), (hand, "text")]
            if full:
                who.append((" " + _("full"), "amber"))
        return [*who, (" ", "text")]

    def _figures(self) -> list[list[Span]]:
        return figures(self._counts, self._now) if self._counts is not None and self._now is not None else []

    def _facts(self) -> tuple[object, ...]:
        return self._place, self._who(), self._figures(), self._warnings


class ViewBar(Bar):
    """Mine 4   Team 31   Free 18        due ↓"""

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._views: tuple[tuple[str, int | None, bool], ...] = ()
        self._order = ""
        self._selected = 0

    def show(self, views: Sequence[tuple[str, int | None]], active: int, order: str = "") -> None:
        """The views with their counts (None: not known), which of them is shown, and what it is sorted by."""
        facts = tuple((clean_line(title), count, at == active) for at, (title, count) in enumerate(views))
        if (facts, order) != (self._views, self._order):
            self._views, self._order = facts, clean_line(order)
            self.refresh()

    def select(self, count: int) -> None:
        """How many cases are selected."""
        if count != self._selected:
            self._selected = count
            self.refresh()

    def spans(self, columns: int) -> Sequence[Span]:
        """The active view is bold and underlined by the accent; the order stands at the right end where it fits."""
        groups: list[list[Span]] = []
        for title, count, active in self._views:
            number = "" if count is None else f" {count_word(count)}"
            groups.append(
                [(title, "accent strong" if active else "dim"), (number, "strong" if active else "dim")]
            )
        if self._selected:
            words = ngettext("{n} selected", "{n} selected", self._selected).format(n=self._selected) + " "
            shown = fitting(groups, columns - 2 - width(words), "   ")
            return spread([(" ", "text"), *shown], [(words, "accent strong")], columns)
        shown = fitting(groups, columns - 1, "   ")
        left: list[Span] = [(" ", "text"), *shown]
        order = f"{self._order} {self.signs.down} " if self._order else ""
        used = sum(width(text) for text, _tone in left)
        return spread(left, [(order, "dim")] if order and used + width(order) < columns else (), columns)
