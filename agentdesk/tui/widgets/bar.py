"""A bar: one line across the screen that is drawn again only when its words change.

Invariant: what it says is clean, whole at any width, and costs no layout to change.
"""

from collections.abc import Sequence

from textual.strip import Strip
from textual.widget import Widget

from agentdesk.text.cells import width
from agentdesk.tui.widgets.lines import Line, Palette, Span
from agentdesk.tui.widgets.signs import signs


class Bar(Widget, inherit_bindings=False):
    """One line; a subclass says what stands in it."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Bar {
        height: 1;
        width: 1fr;
        background: $background;
        color: $foreground;
    }
    """

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self.signs = signs(poor=poor)
        self.palette = Palette(self, poor=poor)

    def spans(self, columns: int) -> Sequence[Span]:
        """What stands in the line."""
        raise KeyError(columns)

    def render_line(self, y: int) -> Strip:
        """The line."""
        columns = self.size.width
        if y or columns <= 0:
            return Strip.blank(max(0, columns), self.palette.style("text"))
        return self.palette.strip(Line(tuple(self.spans(columns))), columns)

    def notify_style_update(self) -> None:
        """Drop the cached styles: the theme has changed."""
        super().notify_style_update()
        self.palette.clear()


def fitting(groups: Sequence[Sequence[Span]], columns: int, gap: str) -> list[Span]:
    """As many whole groups as there is room for, first ones first."""
    shown: list[Span] = []
    used = 0
    for group in groups:
        size = sum(width(text) for text, _tone in group) + (width(gap) if shown else 0)
        if used + size > columns:
            break
        shown += [*([(gap, "dim")] if shown else []), *group]
        used += size
    return shown
