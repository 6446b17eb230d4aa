"""A pane to read in: toned lines, wrapped to its width, scrolled, opened at a place.

Invariant: whatever its length, only the lines in view are drawn; nothing that stands here acts on anything.
"""

from collections.abc import Sequence

from textual.events import Resize

from agentdesk.text.cells import wrap
from agentdesk.tui.widgets.lines import BLANK, Line, LinePane, Span

MOST = 5000
"""Lines that are wrapped; a longer text says that it is cut."""


class Reader(LinePane):
    """Shows paragraphs: each a list of spans (clean text). A paragraph of one span is wrapped, others are cut."""

    DEFAULT_CSS = "Reader { height: 1fr; }"

    def __init__(self, *, poor: bool, id: str = "reader") -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._paragraphs: tuple[tuple[Span, ...], ...] = ()
        self._lines: list[Line] = []
        self._at = 0

    def show(self, paragraphs: Sequence[Sequence[Span]], at: int = 0) -> None:
        """Show these from the top, or from paragraph `at` on."""
        self._paragraphs = tuple(tuple(one) for one in paragraphs[:MOST])
        self._at = at
        self._flow()

    def on_resize(self, _event: Resize) -> None:
        self._flow()

    def _flow(self) -> None:
        columns = max(1, self.columns - 2)
        self._lines, top = [], 0
        for number, spans in enumerate(self._paragraphs):
            if number == self._at:
                top = len(self._lines)
            if len(spans) == 1:
                text, tone = spans[0]
                self._lines += [Line(((" ", "text"), (line, tone))) for line in wrap(text, columns)]
            else:
                self._lines.append(Line(((" ", "text"), *spans)))
        self.set_extent(max(1, len(self._lines)))
        self.set_top(max(0, top - 2))
        self.refresh()

    def line(self, y: int) -> Line:
        return self._lines[y] if y < len(self._lines) else BLANK

    def move(self, delta: int) -> None:
        """Scroll by so many lines."""
        self.set_top(self.top + delta)

    def page(self, delta: int) -> None:
        """Scroll by a screenful."""
        self.move(delta * max(1, self.size.height - 1))

    def home(self) -> None:
        """The first line."""
        self.set_top(0)

    def end(self) -> None:
        """The last line."""
        self.set_top(len(self._lines))
