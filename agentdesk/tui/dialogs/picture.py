"""A picture in the terminal's own colours: two pixels to a cell, one above the other, and its facts in words.

Invariant: what is drawn is never wider than the page; a poor terminal gets the words alone.
"""

from collections.abc import Sequence

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.events import Resize
from textual.strip import Strip

from agentdesk.config.language import _
from agentdesk.mail.pictures import Pixels
from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.lines import Line, LinePane
from agentdesk.tui.widgets.notice import Notice

UPPER = "▀"


class Picture(LinePane):
    """The cells of it."""

    DEFAULT_CSS = "Picture { height: 1fr; scrollbar-size-vertical: 0; }"

    def __init__(self, pixels: Pixels, *, poor: bool) -> None:
        super().__init__(poor=poor, id="page")
        self._pixels = pixels
        self._rows: list[Strip] = []

    def on_resize(self, _event: Resize) -> None:
        """Fit it into the page, its sides in proportion, never larger than it is."""
        pixels, ground = self._pixels, self.palette.style("text")
        scale = min(1.0, self.columns / pixels.width, self.size.height * 2 / pixels.height)
        wide, high = max(1, int(pixels.width * scale)), max(2, int(pixels.height * scale) // 2 * 2)
        xs = [min(pixels.width - 1, int(x / scale)) for x in range(wide)]
        ys = [min(pixels.height - 1, int(y / scale)) for y in range(high)]
        self._rows = [
            Strip([self._cell(x, ys[y], ys[y + 1]) for x in xs]).adjust_cell_length(self.columns, ground)
            for y in range(0, high, 2)
        ]
        self.set_extent(len(self._rows))
        self.refresh()

    def _cell(self, x: int, above: int, below: int) -> Segment:
        upper, lower = self._pixels.at(x, above), self._pixels.at(x, below)
        return Segment(UPPER, Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))

    def line(self, y: int) -> Line:  # noqa: ARG002  its lines are pixels
        return Line(())

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        return self._rows[y] if y < len(self._rows) else self.palette.strip(Line(()), self.columns)


class PictureDialog(Dialog):
    """Its name and facts above, the picture below."""

    context = "reading"
    DEFAULT_CSS = """
    PictureDialog > #panel { width: 96%; height: 96%; }
    """

    def __init__(self, title: str, facts: str, pixels: Pixels) -> None:
        super().__init__()
        self._title, self._facts, self._pixels = title, facts, pixels

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._title, id="question")
            yield Label(self._facts, id="hint")
            yield Picture(self._pixels, poor=self.house.poor)
            yield Notice(poor=self.house.poor)
            yield Footer(poor=self.house.poor)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Picture))
        self.refresh_footer()

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """The way back: it is shown whole, so nothing moves."""
        close = self.house.keymap.named("read_close")
        return [(close.key, _(close.title))]

    def move(self, delta: int) -> None:
        """It is shown whole."""

    async def accept(self) -> None:
        """There is no further page."""
