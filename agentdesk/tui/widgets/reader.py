"""A pane to read in: toned lines, wrapped to its width, scrolled, opened at a place.

Invariant: whatever its length, only the lines in view are drawn; nothing that stands here acts on anything.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from textual.events import Resize

from agentdesk.text.cells import wrap
from agentdesk.tui.widgets.lines import BLANK, Line, LinePane, Span


class Marked(tuple[Span, ...]):
    """A paragraph of several tones that is wrapped like one of a single tone."""

    __slots__ = ()


MOST = 5000
"""Lines that are wrapped; a longer text says that it is cut."""


class Reader(LinePane):
    """Shows paragraphs: each a list of spans (clean text). One of one span or `Marked` is wrapped, others are cut."""

    DEFAULT_CSS = "Reader { height: 1fr; }"

    def __init__(self, *, poor: bool, id: str = "reader") -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._paragraphs: tuple[tuple[Span, ...], ...] = ()
        self._lines: list[Line] = []
        self._at = 0

    def show(self, paragraphs: Sequence[Sequence[Span]], at: int = 0) -> None:
        """Show these from the top, or from paragraph `at` on."""
        self._paragraphs = tuple(one if isinstance(one, Marked) else tuple(one) for one in paragraphs[:MOST])
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
            if isinstance(spans, Marked):
                self._lines += [Line(((" ", "text"), *line)) for line in _wrapped(spans, columns)]
            elif len(spans) == 1:
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


def _wrapped(spans: Marked, columns: int) -> Iterator[list[Span]]:
    """The lines of a paragraph, each with the tones of what stands in it."""
    tones = [tone for text, tone in spans for _sign in text]
    whole, at = "".join(text for text, _tone in spans), 0
    for line in wrap(whole, columns):
        begin = whole.find(line.strip(), at)
        if begin < 0:  # the wrapping changed it: its words are shown all the same
            yield [(line, "text")]
            continue
        at = begin + len(line.strip())
        toned = groupby(zip(whole[begin:at], tones[begin:at], strict=True), key=itemgetter(1))
        yield [("".join(sign for sign, _tone in part), tone) for tone, part in toned]
