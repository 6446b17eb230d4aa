"""A full screen with a list, a pane to read in beside it, and, where a subclass wants it, a line to type in above.

Invariants: what is typed last decides what is shown, whatever answers last; the row in hand stays in hand when the list
is read anew; a refusal stands on this screen, not on the desk below it; Esc goes one step back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line
from agentdesk.tui.base import Room, cramped
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.heading import Heading
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.reader import Reader
from agentdesk.tui.widgets.roster import Item, Roster

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize

    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen
    from agentdesk.tui.widgets.lines import Span

WIDE = 100
"""Columns from which the reading pane stands beside the list."""
_logger = logging.getLogger(__name__)
Paragraphs = Sequence[Sequence["Span"]]


class ListRoom(Room):
    """Subclasses say their own context, title and line, and give `find`, `read` and `open`."""

    own_context: ClassVar[Context] = "list"
    hint: ClassVar[str] = ""
    """What the line to type in asks for, marked for translation; empty: there is no line."""
    DEFAULT_CSS = """
    ListRoom { layers: room notice; layout: vertical; background: $background; }
    ListRoom #typed { border: none; height: 1; padding: 0 1; background: $panel; }
    ListRoom #typed:focus { border: none; }
    ListRoom #beside { height: 1fr; }
    ListRoom #rows { width: 1fr; border-right: solid $border-blurred; }
    ListRoom #reader { width: 1fr; }
    ListRoom.poor #rows { border-right: ascii $border-blurred; }
    ListRoom.narrow #rows { border-right: none; }
    ListRoom.narrow #reader { display: none; }
    ListRoom.narrow.read #rows { display: none; }
    ListRoom.narrow.read #reader { display: block; }
    """

    def __init__(self, desk: DeskScreen, title: str, *, start: str = "", empty: str = "") -> None:
        super().__init__()
        self.desk = desk
        self._title, self._start, self._empty = title, start, empty
        self._finding: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answered = start
        """What the list that is shown was asked for: for other words its first row is in hand."""

    # -- what a subclass says -----------------------------------------------------------------------------------

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        """The rows for what is typed, and what the heading says of them. A Problem is shown where it was typed."""
        raise AssertionError(typed)

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        """What the reading pane shows of a row, and the paragraph it opens at."""
        raise AssertionError(item)

    async def open(self, item: Item) -> None:
        """Enter on a row."""
        raise AssertionError(item)

    # -- how it stands ------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        poor = self.house.poor
        yield Heading(self._title, poor=poor)
        if self.hint:
            yield Input(self._start, placeholder=_(self.hint), id="typed", select_on_focus=False)
        with Horizontal(id="beside"):
            with Vertical(id="rows"):
                yield Roster(poor=poor, empty=self._empty or _("Nothing here yet."))
            yield Reader(poor=poor)
        yield Footer(poor=poor)
        yield Notice(poor=poor)

    @property
    def context(self) -> Context:  # type: ignore[override]
        """Typing while the line has the focus."""
        return "typing" if self.text_field() is not None else self.own_context

    @property
    def roster(self) -> Roster:
        """The list."""
        return self.query_one(Roster)

    @property
    def reader(self) -> Reader:
        """The reading pane."""
        return self.query_one(Reader)

    @property
    def typed(self) -> str:
        """What stands in the line."""
        return clean_line(self.query_one("#typed", Input).value) if self.hint else ""

    async def on_mount(self) -> None:
        self._fit(self.app.size.width, self.app.size.height)
        self.set_focus(self.query_one("#typed") if self.hint else self.roster)
        self.refresh_footer()
        await self.reload()

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size.width, event.size.height)

    def _fit(self, columns: int, rows: int) -> None:
        self.set_class(columns < WIDE, "narrow")
        self.set_class(cramped(columns, rows), "cramped")
        self.set_class(self.house.poor, "poor")

    # -- finding and reading ------------------------------------------------------------------------------------

    async def reload(self) -> None:
        """Read the list anew and wait for it; a newer question takes its place."""
        if self._finding is not None:
            self._finding.cancel()
        task = self._finding = asyncio.create_task(self._guarded(self._find, self.typed))
        await asyncio.wait([task])

    async def _find(self, typed: str) -> None:
        items, says = await self.find(typed)
        self.query_one(Heading).say(says)
        self.roster.put(items, anew=typed != self._answered)
        self._answered = typed

    def on_input_changed(self, event: Input.Changed) -> None:
        """Every letter asks anew; the answer to an older one is not waited for."""
        event.stop()
        if self._finding is not None:
            self._finding.cancel()
        self._finding = asyncio.create_task(self._guarded(self._find, self.typed))

    def on_roster_moved(self, event: Roster.Moved) -> None:
        """What is in hand is read beside the list."""
        event.stop()
        if self._reading is not None:
            self._reading.cancel()
        if event.item is None:
            self.reader.show(())
        else:
            self._reading = asyncio.create_task(self._guarded(self._read, event.item))
        self.refresh_footer()

    async def _read(self, item: Item) -> None:
        paragraphs, at = await self.read(item)
        if self.roster.current is item:
            self.reader.show(paragraphs, at)

    async def _guarded(self, work: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        try:
            await work(*args)
        except Problem as problem:
            self.trouble(problem)
        except Exception:
            _logger.exception("reading a list failed")
            self.say(_("That did not work; the log says why."), "error")

    def trouble(self, problem: Problem) -> None:
        """What could not be read, in one sentence."""
        self.say(str(problem), "error")

    async def settled(self) -> None:
        """Wait until the newest question is answered and its row is read."""
        for task in (self._finding, self._reading):
            if task is not None:
                await asyncio.wait([task])

    async def act(self, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Carry out a verb and read the list anew; None when it was refused, with the reason on this screen."""
        try:
            done = await self.desk.perform_raw(verb, *args, **kwargs)
        except Problem as problem:
            self.say(str(problem), "error")
            return None
        await self.reload()
        return done

    # -- keys ---------------------------------------------------------------------------------------------------

    @property
    def reading_in_hand(self) -> bool:
        """The reading pane has the focus."""
        return self.focused is self.reader

    def step(self, delta: int) -> None:
        """Up or down, in whatever is in hand."""
        (self.reader if self.reading_in_hand else self.roster).move(delta)

    def leaf(self, delta: int) -> None:
        """A page up or down."""
        (self.reader if self.reading_in_hand else self.roster).page(delta)

    def far(self, *, end: bool) -> None:
        """The first or the last."""
        pane = self.reader if self.reading_in_hand else self.roster
        if end:
            pane.end()
        else:
            pane.home()

    def swap(self) -> None:
        """From the line or the list to the list or the reading pane."""
        to_reader = self.focused is self.roster
        self.set_class(to_reader, "read")
        self.set_focus(self.reader if to_reader else self.roster)
        self.refresh_footer()

    def type_on(self) -> None:
        """Back to the line."""
        self.remove_class("read")
        self.set_focus(self.query_one("#typed"))
        self.refresh_footer()

    async def take(self) -> None:
        """Enter: what is asked last is waited for, then its row is opened."""
        if self._finding is not None:
            await asyncio.wait([self._finding])
        current = self.roster.current
        if current is not None:
            await self.open(current)

    async def back(self) -> None:
        """One step back: from the reading pane to the list, from the list to where we came from."""
        if self.reading_in_hand:
            self.swap()
        else:
            await self.leave()

    async def leave(self) -> None:
        """Close this screen."""
        for task in (self._finding, self._reading):
            if task is not None:
                task.cancel()
        await self.house.pop_screen()
