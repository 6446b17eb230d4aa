"""The queue on screen: which view, its pages, and what changes in it.

Invariants: an answer that belongs to another view is dropped; only the agent's own keys move the row in hand; rows that
change are read again by id, never the whole list.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from agentdesk.config.language import N_, _
from agentdesk.domain.instants import micros
from agentdesk.domain.problems import Problem
from agentdesk.domain.queue import Counts, QueuePage, QueueRow
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.topline import ViewBar

if TYPE_CHECKING:
    from agentdesk.queries.queue import Want
    from agentdesk.tui.screens.desk import DeskScreen

TITLES = {
    "mine": N_("Mine"), "team": N_("Team"), "free": N_("Free"), "waiting": N_("All waiting"),
    "pending": N_("Pending"), "snoozed": N_("Snoozed"), "resolved": N_("Resolved"), "closed": N_("Closed"),
    "spam": N_("Spam"),
}  # fmt: skip
TABS = ("mine", "team", "free")
FIRST_VIEW = "team"
EMPTY = {
    "mine": N_("Nothing is in your hands. n takes the next most urgent case."),
    "team": N_("Nothing waits. f finds a case, c writes to a customer."),
    "free": N_("Every case has somebody. f finds a case, v shows other lists."),
    "found": N_("Nothing was found. f searches again, Esc goes back to the queue."),
    "saved": N_("No case is in this view now. v shows other lists."),
}
ROWS = 128


class Listing:
    """Feeds the queue widget."""

    def __init__(self, desk: "DeskScreen", view: str) -> None:
        self._desk = desk
        self.view = view
        self.query = ""
        self.name = ""
        """What a saved view is called."""
        self.size: int | None = None
        """How many cases a query finds, once they are counted; 1001 stands for more than a thousand."""
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

    async def show(self, view: str, query: str = "", name: str = "") -> None:
        """Show another view from its start; with cases selected that is said first, and done when asked for again."""
        if (view, query) != (self.view, self.query) and not self._desk.selection.may_leave(view, query):
            return
        same = (view, query) == (self.view, self.query)
        self.view, self.query, self.name, self.size = view, query, name or (self.name if same else ""), None
        key = self.key
        core = await self._desk.core()
        page = await self._page(core.queue.Want(self._base, None, ROWS))
        if self.key != key:
            return
        self.widget.show(key, page, empty=self._empty())
        self.draw_bar()
        self._desk.refresh_footer()
        if query:
            await self._measure(key)

    @property
    def key(self) -> str:
        """What tells this list from every other one."""
        return f"{self.view}: {self.query}" if self.query else self.view

    @property
    def _base(self) -> str:
        """The list that the store knows, which a query narrows."""
        return "all" if self.query else self.view

    async def _page(self, want: "Want") -> QueuePage:
        desk = self._desk
        core = await desk.core()
        return cast("QueuePage", await desk.bridge.read(
            core.queue.page, desk.me.id, want, self.query, micros(desk.now()), zone=desk.seat.zone
        ))  # fmt: skip

    async def _measure(self, key: str) -> None:
        """How many cases a query finds, up to a thousand: counted after they are shown."""
        desk = self._desk
        core = await desk.core()
        found = await desk.bridge.read(
            core.queue.count_query, self.query, micros(desk.now()), me=desk.me.id, zone=desk.seat.zone
        )
        if self.key == key:
            self.size = found
            self.draw_bar()

    async def answer(self, want: QueueList.PageWanted) -> None:
        """Read the stretch that the widget asks for."""
        if want.view != self.key:
            return
        try:
            core = await self._desk.core()
            wanted = core.queue.Want(self._base, want.after, want.limit, want.skip, want.reverse)
            self.widget.put_page(want, await self._page(wanted))
        except Problem as problem:
            self.widget.put_page(want, None)
            self._desk.say(str(problem), "error")

    async def take_changes(self, case_ids: Iterable[int]) -> None:
        """Cases have changed: read those that matter here again."""
        wanted = sorted(set(case_ids))
        if not wanted:
            return
        core, key = await self._desk.core(), self.key
        rows = await self._desk.bridge.read(core.queue.rows, wanted)
        here = await self._desk.bridge.read(
            core.queue.in_view, self._desk.me.id, self._base, wanted, query=self.query,
            now=micros(self._desk.now()), zone=self._desk.seat.zone,
        )  # fmt: skip
        if self.key == key:
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
        views = [(self._title(one), self.size if one not in TITLES else numbers.get(one)) for one in shown]
        self._desk.query_one(ViewBar).show(views, shown.index(self.view))

    def _title(self, view: str) -> str:
        return _(TITLES[view]) if view in TITLES else self.name or f"«{self.query}»"

    def _empty(self) -> str:
        return _(EMPTY.get(self.view, N_("Nothing is here. v shows other lists.")))
