"""What was refused and why: each with its whole reason, Enter opens the one in hand.

Invariant: every line is clean; a reason is wrapped to the width there is and cut only beyond MOST lines.
"""

from collections.abc import Awaitable, Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize

from agentdesk.text.cells import fit, wrap
from agentdesk.text.clean import clean_line
from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.lines import BLANK, Line, LinePane
from agentdesk.tui.widgets.notice import Notice

ROWS = 15
"""Lines shown at once."""
MOST = 3
"""Lines that a reason may take."""
Row = tuple[int, str, str]
"""A case, how it is called, and why it was refused."""


class Refusals(LinePane):
    """The list in the dialog; every row is as tall as the longest reason needs."""

    DEFAULT_CSS = "Refusals { height: auto; scrollbar-size-vertical: 0; }"

    def __init__(self, rows: Sequence[Row], *, poor: bool) -> None:
        super().__init__(poor=poor, id="refusals")
        self.rows = tuple((case, clean_line(name), clean_line(reason)) for case, name, reason in rows)
        self.cursor = 0
        self._reasons: list[list[str]] = [[] for _row in self.rows]
        self._tall = 2

    def on_mount(self) -> None:
        self.styles.height = min(ROWS, (1 + MOST) * len(self.rows))

    def on_resize(self, _event: Resize) -> None:
        room = max(1, self.columns - 4)
        self._reasons = [wrap(reason, room)[:MOST] for _case, _name, reason in self.rows]
        self._tall = 1 + max(len(lines) for lines in self._reasons)
        self.styles.height = min(ROWS, self._tall * len(self.rows))
        self.set_extent(self._tall * len(self.rows))
        self.refresh()

    def move(self, delta: int) -> None:
        """Another one is in hand."""
        self.cursor = max(0, min(len(self.rows) - 1, self.cursor + delta))
        y, height = self.cursor * self._tall, max(self._tall, self.size.height)
        if not self.top <= y <= self.top + height - self._tall:
            self.set_top(y if y < self.top else y - height + self._tall)
        self.place_cursor()
        self.refresh()

    def line(self, y: int) -> Line:
        at, part = divmod(y, self._tall)
        if at >= len(self.rows):
            return BLANK
        hand = at == self.cursor
        bar = (f"{self.signs.row if hand else ' '} ", "accent")
        if not part:
            name = fit(self.rows[at][1], max(0, self.columns - 3))
            return Line((bar, (name, "strong" if hand else "text")), "selected" if hand else "")
        reason = self._reasons[at][part - 1] if part <= len(self._reasons[at]) else ""
        return Line((bar, (f"  {reason}", "dim")), "selected" if hand else "")

    def cursor_line(self) -> tuple[int, int]:
        return 0, self.cursor * self._tall - self.top


class ReportDialog(Dialog):
    """A title and what was refused."""

    context = "choosing"
    DEFAULT_CSS = """
    ReportDialog > #panel { width: 90; }
    """

    def __init__(self, title: str, rows: Sequence[Row], then: Callable[[int], Awaitable[None]]) -> None:
        super().__init__()
        self._title, self._rows, self._then = title, rows, then

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._title, id="question")
            yield Refusals(self._rows, poor=self.house.poor)
            yield Notice(poor=self.house.poor)
            yield Footer(poor=self.house.poor)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Refusals))
        self.refresh_footer()

    def move(self, delta: int) -> None:
        """The row in hand goes up or down."""
        self.query_one(Refusals).move(delta)

    async def accept(self) -> None:
        """Open the case in hand."""
        shown = self.query_one(Refusals)
        case = shown.rows[shown.cursor][0]
        await self.leave()
        await self._then(case)
