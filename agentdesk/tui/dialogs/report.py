"""What was refused and why: two lines each, Enter opens the one in hand.

Invariant: every line is clean and cut to the width it has; a reason that is cut can be read whole below the list.
"""

from collections.abc import Awaitable, Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from agentdesk.text.cells import fit
from agentdesk.text.clean import clean_line
from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.lines import Line, LinePane
from agentdesk.tui.widgets.notice import Notice

ROWS = 14
"""Lines shown at once."""
TALL = 2
Row = tuple[int, str, str]
"""A case, how it is called, and why it was refused."""


class Refusals(LinePane):
    """The list in the dialog."""

    DEFAULT_CSS = "Refusals { height: auto; scrollbar-size-vertical: 0; }"

    def __init__(self, rows: Sequence[Row], *, poor: bool) -> None:
        super().__init__(poor=poor, id="refusals")
        self.rows = tuple((case, clean_line(name), clean_line(reason)) for case, name, reason in rows)
        self.cursor = 0

    def on_mount(self) -> None:
        self.styles.height = min(ROWS, TALL * len(self.rows))
        self.set_extent(TALL * len(self.rows))

    def move(self, delta: int) -> None:
        """Another one is in hand."""
        self.cursor = max(0, min(len(self.rows) - 1, self.cursor + delta))
        y, height = self.cursor * TALL, max(TALL, self.size.height)
        if not self.top <= y <= self.top + height - TALL:
            self.set_top(y if y < self.top else y - height + TALL)
        self.place_cursor()
        self.refresh()

    def line(self, y: int) -> Line:
        at, part = divmod(y, TALL)
        if at >= len(self.rows):
            return Line(())
        _case, name, reason = self.rows[at]
        hand = at == self.cursor
        bar = (f"{self.signs.row if hand else ' '} ", "accent")
        room = max(0, self.columns - 4)
        span = (f"  {fit(reason, room)}", "dim") if part else (fit(name, room), "strong" if hand else "text")
        return Line((bar, span), "selected" if hand else "")

    def cursor_line(self) -> tuple[int, int]:
        return 0, self.cursor * TALL - self.top


class ReportDialog(Dialog):
    """A title and what was refused."""

    context = "choosing"
    DEFAULT_CSS = """
    ReportDialog > #panel { width: 90; }
    ReportDialog #reason { height: 3; color: $foreground-muted; }
    """

    def __init__(self, title: str, rows: Sequence[Row], then: Callable[[int], Awaitable[None]]) -> None:
        super().__init__()
        self._title, self._rows, self._then = title, rows, then

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._title, id="question")
            yield Refusals(self._rows, poor=self.house.poor)
            yield Label(self._rows[0][2], id="reason")
            yield Notice(poor=self.house.poor)
            yield Footer(poor=self.house.poor)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Refusals))
        self.refresh_footer()

    def move(self, delta: int) -> None:
        """The row in hand goes up or down; its reason stands below, whole."""
        shown = self.query_one(Refusals)
        shown.move(delta)
        self.query_one("#reason", Label).put(shown.rows[shown.cursor][2])

    async def accept(self) -> None:
        """Open the case in hand."""
        shown = self.query_one(Refusals)
        case = shown.rows[shown.cursor][0]
        await self.leave()
        await self._then(case)
