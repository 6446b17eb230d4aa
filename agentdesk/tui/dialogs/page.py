"""A page to read: help, an attachment as text, why a case stands where it stands.

Invariant: it shows clean lines, cut to the width it has, and scrolls whatever its length.
"""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize

from agentdesk.text.cells import wrap
from agentdesk.text.clean import clean
from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.lines import Line, LinePane

MOST = 5000
"""Lines wrapped at once; a longer text says that it is cut."""


class Page(LinePane):
    """The lines. A line that begins with a tab-free "# " is a heading."""

    DEFAULT_CSS = "Page { height: 1fr; }"

    def __init__(self, text: str, *, poor: bool, hang: int = 0) -> None:
        super().__init__(poor=poor, id="page")
        self._text, self._hang = clean(text), hang
        self._lines: list[str] = []

    def on_resize(self, _event: Resize) -> None:
        self._lines = [line for one in self._text.split("\n")[:MOST] for line in self._wrapped(one)]
        self.set_extent(len(self._lines))
        self.refresh()

    def _wrapped(self, line: str) -> list[str]:
        """The line in as many as it takes; what stands in a second column goes on in that column."""
        columns, hang = max(1, self.columns - 1), self._hang
        if not hang or len(line) <= hang or columns < 2 * hang or line.startswith("#"):
            return wrap(line, columns)
        first, *rest = wrap(line[hang:], columns - hang)
        return [line[:hang] + first, *(" " * hang + one for one in rest)]

    def line(self, y: int) -> Line:
        if y >= len(self._lines):
            return Line(())
        text = self._lines[y]
        return Line(((text.removeprefix("# "), "accent strong" if text.startswith("# ") else "text"),))

    def move(self, delta: int) -> None:
        """Scroll by so many lines."""
        most = max(0, len(self._lines) - self.size.height)
        self.set_top(max(0, min(most, self.top + delta)))

    def cursor_line(self) -> tuple[int, int]:
        return self.top, 0


class PageDialog(Dialog):
    """A titled page."""

    context = "reading"
    DEFAULT_CSS = """
    PageDialog > #panel { width: 90; height: 90%; }
    """

    def __init__(self, title: str, text: str, *, extra: Sequence[str] = (), hang: int = 0) -> None:
        super().__init__()
        self._title, self._text, self._hang = title, "\n".join((text, *extra)), hang

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._title, id="question")
            yield Page(self._text, poor=self.house.poor, hang=self._hang)
            yield Footer(poor=self.house.poor)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Page))
        self.refresh_footer()

    def move(self, delta: int) -> None:
        """Scroll."""
        self.query_one(Page).move(delta)

    async def accept(self) -> None:
        """Reading on is one page further."""
        page = self.query_one(Page)
        page.move(max(1, page.size.height - 1))
