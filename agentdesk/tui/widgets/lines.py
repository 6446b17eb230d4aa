"""Lines of toned text, and the pane that draws them on Textual's Line API with selection by the mouse.

Invariants: a drawn strip is exactly as wide as the pane, whatever the text and the size; a tone becomes a colour only
here, from the theme's variables; no markup is ever read; what the mouse copies is the text without the bars, indents
and line breaks that the pane added.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.color import Color
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from agentdesk.text.cells import fit, width
from agentdesk.text.clean import clean
from agentdesk.tui.widgets.signs import STAND_INS, signs

Span = tuple[str, str]
"""Clean text and its tone: text, strong, dim, accent, amber, red, green, rule, or a tone made strong: "red strong"."""

_TONES: dict[str, tuple[str, str]] = {
    "text": ("foreground", ""), "strong": ("foreground", ""), "dim": ("foreground", "foreground-muted"),
    "accent": ("accent", ""), "amber": ("warning", ""), "red": ("error", ""), "green": ("success", ""),
    "rule": ("foreground", "border-blurred"), "selected": ("panel", ""), "note": ("panel", "warning-muted"),
}  # fmt: skip
"""Each tone's colour in a theme: the attribute, and the variable that says it more exactly where there is one.

Not component classes: styling ten of them for every pane costs a third of the first frame.
"""


def _color(theme: Theme, tone: str, otherwise: Color) -> Color:
    attribute, variable = _TONES[tone]
    value = theme.variables.get(variable) or getattr(theme, attribute)
    return Color.parse(value) if value else otherwise


class Line(NamedTuple):
    """One line as it is drawn. `lead` characters at its start are decoration; `glue` joins it to the line above in a
    copy: a newline, or what the wrapping took away."""

    spans: tuple[Span, ...]
    ground: str = ""
    lead: int = 0
    glue: str = "\n"

    @property
    def text(self) -> str:
        """The line without its tones."""
        return "".join(text for text, _tone in self.spans)


BLANK = Line(())


def spread(left: Sequence[Span], right: Sequence[Span], columns: int) -> tuple[Span, ...]:
    """Spans at both ends of a line of exactly `columns`; the left gives way first, down to a third, then the right."""
    wanted = sum(width(text) for text, _tone in right)
    room = max(columns - wanted, min(columns, columns // 3 + 1) if wanted else columns)
    gap = 1 if right and room > 1 else 0
    shown, used = cut(left, room - gap)
    kept, size = cut(right, columns - used - gap)
    return (*shown, (" " * (columns - used - size), "text"), *kept)


def cut(spans: Iterable[Span], columns: int) -> tuple[list[Span], int]:
    """The spans cut to at most `columns` with … at the end, and the cells that they take."""
    kept: list[Span] = []
    used = 0
    for text, tone in spans:
        size = width(text)
        if used + size > columns:
            text = fit(text, columns - used)  # noqa: PLW2901  the one that is cut is the last
            if text:
                kept.append((text, tone))
            return kept, used + width(text)
        kept.append((text, tone))
        used += size
    return kept, used


class Palette:
    """Rich styles of one widget's tones, kept until its styles change."""

    def __init__(self, widget: Widget, *, poor: bool = False) -> None:
        self._widget = widget
        self._poor = poor
        self._styles: dict[tuple[str, str], Style] = {}

    def clear(self) -> None:
        """Forget all: the theme, the focus or the size has changed."""
        self._styles.clear()

    def style(self, tone: str, ground: str = "") -> Style:
        """The style of a tone on a ground ("", selected or note)."""
        known = self._styles.get((tone, ground))
        if known is None:
            known = self._styles[tone, ground] = self._make(tone, ground)
        return known

    def _make(self, tone: str, ground: str) -> Style:
        widget = self._widget
        theme = widget.app.current_theme
        back = widget.background_colors[1]
        if ground:
            back = _color(theme, ground, back)
        name, _space, weight = tone.partition(" ")
        color = _color(theme, name, widget.styles.color)
        return Style(color=color.rich_color, bgcolor=back.rich_color, bold="strong" in (name, weight))

    def draw(self, text: str) -> str:
        """The text as this terminal can show it; whatever was forgotten to be cleaned is cleaned here."""
        if not text.isprintable():
            text = clean(text).replace("\n", " ")
        return text.translate(STAND_INS) if self._poor else text

    def strip(self, line: Line, columns: int) -> Strip:
        """The line drawn at exactly `columns`."""
        style, ground = self.style, line.ground
        segments = [Segment(self.draw(text), style(tone, ground)) for text, tone in line.spans if text]
        return Strip(segments).adjust_cell_length(max(0, columns), style("text", ground))


class LinePane(ScrollView, can_focus=True, inherit_bindings=False):
    """A pane of lines; a subclass says how many there are and what stands in each.

    Keys are bound by the screens' commands, never here. The first `sticky` lines stay in place while the rest scrolls.
    """

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    LinePane {
        background: $background;
        color: $foreground;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(id=id)
        self.signs = signs(poor=poor)
        self.palette = Palette(self, poor=poor)
        self._strips: LRUCache[tuple[Line, int], Strip] = LRUCache(2048)
        self.sticky = 0

    def line(self, y: int) -> Line:
        """The line at content position `y`; blank outside."""
        raise KeyError(y)

    def cursor_line(self) -> tuple[int, int]:
        """Column and line, within the pane, that the terminal's own cursor stands on."""
        return 0, 0

    @property
    def columns(self) -> int:
        """Cells across that a line may take: all but the scrollbar's."""
        return max(0, self.size.width - self.scrollbar_size_vertical)

    @property
    def top(self) -> int:
        """The first content line in view."""
        return int(self.scroll_offset.y)

    def set_extent(self, lines: int) -> None:
        """Say how many lines there are, without the layout of the whole screen that `virtual_size` would cost."""
        size = Size(self.size.width, lines)
        if size != self.virtual_size:
            self.set_reactive(Widget.virtual_size, size)
            if self.is_attached and self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = lines

    def set_top(self, y: int) -> None:
        """Scroll at once so that line `y` is the first in view, as far as there are lines below it."""
        self.scroll_target_y = self.scroll_y = max(0, min(y, self.max_scroll_y))

    def place_cursor(self) -> None:
        """Put the terminal's own cursor on what is in hand, for screen readers and magnifiers."""
        if self.has_focus:
            region = self.content_region
            x, y = self.cursor_line()
            self.app.cursor_position = Offset(
                region.x + max(0, min(x, region.width - 1)), region.y + max(0, min(y, region.height - 1))
            )

    def content_y(self, y: int) -> int:
        """The content line that stands at row `y` of the pane."""
        return y if y < self.sticky else y + self.top

    def render_line(self, y: int) -> Strip:
        """One row of the pane."""
        at, columns = self.content_y(y), self.columns
        if columns <= 0:
            return Strip.blank(0)
        line = self.line(at)
        selection = self.text_selection
        span = selection.get_span(at) if selection is not None else None
        if span is not None:
            return self._marked(line, span, columns).apply_offsets(0, at)
        strip = self._strips.get((line, columns))
        if strip is None:
            strip = self._strips[line, columns] = self.palette.strip(line, columns)
        return strip.apply_offsets(0, at)

    def _marked(self, line: Line, span: tuple[int, int], columns: int) -> Strip:
        mark = self.screen.get_component_rich_style("screen--selection")
        start, end = span
        at, segments = 0, []
        for plain, tone in line.spans:
            text = self.palette.draw(plain)
            style = self.palette.style(tone, line.ground)
            low = max(0, min(start - at, len(text)))
            high = len(text) if end == -1 else max(low, min(end - at, len(text)))
            pieces = ((text[:low], style), (text[low:high], style + mark), (text[high:], style))
            segments += [Segment(piece, look) for piece, look in pieces if piece]
            at += len(text)
        return Strip(segments).adjust_cell_length(columns, self.palette.style("text", line.ground))

    def copied_lines(self) -> range:
        """The content lines that a selection of everything takes."""
        return range(self.sticky + int(self.virtual_size.height))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text under the mouse's selection, as it was written: without bars and without the wrapping."""
        every = self.copied_lines()
        first = every.start if selection.start is None else max(every.start, selection.start.y)
        last = every.stop - 1 if selection.end is None else min(every.stop - 1, selection.end.y)
        pieces: list[str] = []
        for y in range(first, last + 1):
            span = selection.get_span(y)
            if span is None:
                continue
            line = self.line(y)
            text = line.text
            start, end = max(span[0], line.lead), len(text) if span[1] == -1 else span[1]
            pieces.append((line.glue if pieces else "") + text[start:end].rstrip())
        return "".join(pieces), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002  Textual's own signature
        """Draw again what the mouse has marked or let go."""
        self.refresh(self.size.region)

    def notify_style_update(self) -> None:
        """Drop every cached style: the theme or the focus has changed."""
        super().notify_style_update()
        self.palette.clear()
        self._strips.clear()

    def watch_has_focus(self, value: bool) -> None:
        """The pane in hand looks it, and takes the terminal's cursor."""
        super().watch_has_focus(value)
        self.refresh(self.size.region)
        self.place_cursor()
