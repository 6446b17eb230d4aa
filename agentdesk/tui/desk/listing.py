"""The queue on screen: which view, its pages, and what changes in it.

Invariants: an answer that belongs to another view is dropped; only the agent's own keys move the row in hand; rows that
change are read again by id, never the whole list.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.domain.instants import micros
from agentdesk.domain.problems import Problem
from agentdesk.domain.queue import Counts, QueuePage, QueueRow
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.topline import ViewBar

if TYPE_CHECKING:
    from agentdesk.tui.screens.desk import DeskScreen

TITLES = {
    "mine": N_("Mine"), "team": N_("Team"), "free": N_("Free"), "waiting": N_("All waiting"),
    "pending": N_("Pending"), "snoozed": N_("Snoozed"), "resolved": N_("Resolved"), "closed": N_("Closed"),
    "spam": N_("Spam"), "found": N_("Found"),
}  # fmt: skip
TABS = ("mine", "team", "free")
FIRST_VIEW = "team"
EMPTY = {
    "mine": N_("Nothing is in your hands. n takes the next most urgent case."),
    "team": N_("Nothing waits. f finds a case, c writes to a customer."),
    "free": N_("Every case has somebody. f finds a case, v shows other lists."),
    "found": N_("Nothing was found. f searches again, Esc goes back to the queue."),
}
ROWS = 128


class Listing:
    """Feeds the queue widget."""

    def __init__(self, desk: "DeskScreen", view: str) -> None:
        self._desk = desk
        self.view = view
        self.query = ""
        self.counts: Counts | None = None

    @property
    def widget(self) -> QueueList:
        """The queue."""
        return self._desk.query_one(QueueList)

    def paint_first(self, rows: tuple[QueueRow, ...] | None) -> None:
        """Show the page that was read before anything else was loaded."""
        if rows is not None:
            page = QueuePage(rows[:ROWS], rows[ROWS - 1].place if len(rows) > ROWS else None)
            self.widget.show(self.view, page, empty=self._empty())
        self.draw_bar()

    async def show(self, view: str, query: str = "") -> None:
        """Show another view from its start; with cases selected that is said first, and done when asked for again."""
        if (view, query) != (self.view, self.query) and not self._desk.selection.may_leave(view, query):
            return
        self.view, self.query = view, query
        core = await self._desk.core()
        now = micros(self._desk.now())
        if view == "found":
            rows, more = await self._desk.bridge.read(core.queue.find, query, now)
            if (self.view, self.query) != (view, query):
                return
            self.widget.show(view, QueuePage(rows, None), count=len(rows), empty=self._empty())
            if more:
                self._desk.say(
                    _("These are the {n} newest; add a word to see others.").format(n=core.queue.FOUND),
                    "warn",
                )
        else:
            page = await self._desk.bridge.read(
                core.queue.page, self._desk.me.id, core.queue.Want(view, None, ROWS)
            )
            if self.view == view:
                self.widget.show(view, page, empty=self._empty())
        self.draw_bar()
        self._desk.refresh_footer()

    async def answer(self, want: QueueList.PageWanted) -> None:
        """Read the stretch that the widget asks for."""
        if want.view == "found":
            self.widget.put_page(want, QueuePage((), None))
            return
        try:
            core = await self._desk.core()
            wanted = core.queue.Want(want.view, want.after, want.limit, want.skip, want.reverse)
            self.widget.put_page(
                want, await self._desk.bridge.read(core.queue.page, self._desk.me.id, wanted)
            )
        except Problem as problem:
            self.widget.put_page(want, None)
            self._desk.say(str(problem), "error")

    async def take_changes(self, case_ids: Iterable[int]) -> None:
        """Cases have changed: read those that matter here again."""
        wanted = sorted(set(case_ids))
        if not wanted:
            return
        core, view = await self._desk.core(), self.view
        rows = await self._desk.bridge.read(core.queue.rows, wanted)
        if view == "found":
            held = set(self.widget.held_ids)
            self.widget.update_rows([row for row in rows if row.id in held])
            return
        here = await self._desk.bridge.read(core.queue.in_view, self._desk.me.id, view, wanted)
        if self.view == view:
            hand = self.widget.current
            kept = [row for row in rows if row.id in here or (hand is not None and row.id == hand.id)]
            self.widget.update_rows(kept, [one for one in wanted if one not in here])

    async def show_presence(self) -> None:
        """Who of the colleagues is in the cases on screen."""
        core = await self._desk.core()
        visible = self.widget.visible_ids
        here = await self._desk.bridge.read(
            core.cases.present_in, visible, self._desk.me.id, micros(self._desk.now())
        )
        changed = []
        for case_id in visible:
            row = self.widget.row(case_id)
            who, writing = here.get(case_id, ("", False))
            if row is not None and (row.presence, row.writing) != (who, writing):
                changed.append(replace(row, presence=who, writing=writing))
        if changed:
            self.widget.update_rows(changed)

    async def count(self) -> None:
        """Read the numbers of the top line."""
        core = await self._desk.core()
        self.counts = await self._desk.bridge.read(
            core.queue.counts, self._desk.me.id, micros(self._desk.now())
        )
        self.draw_bar()

    def draw_bar(self) -> None:
        """The views with their counts."""
        numbers = {} if self.counts is None else {
            "mine": self.counts.mine, "team": self.counts.team, "free": self.counts.free,
            "waiting": self.counts.waiting,
        }  # fmt: skip
        shown = TABS if self.view in TABS else (*TABS, self.view)
        title = f"«{self.query}»" if self.view == "found" else ""
        views = [(title if title and one == "found" else _(TITLES[one]), numbers.get(one)) for one in shown]
        self._desk.query_one(ViewBar).show(views, shown.index(self.view))

    def _empty(self) -> str:
        return _(EMPTY.get(self.view, N_("Nothing is here. v shows other lists.")))
