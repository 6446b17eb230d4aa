"""A list of rows of one line each, one of them in hand.

Invariants: the row in hand is kept by its key when the rows are read anew, and is always one that is shown; a list of
nothing says so in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.message import Message

from agentdesk.text.cells import wrap
from agentdesk.tui.widgets.lines import Line, LinePane, Span, cut, spread


@dataclass(frozen=True, slots=True)
class Item:
    """One row: what it stands for, its key, and its spans at the left and at the right (clean text)."""

    value: Any
    key: str
    left: tuple[Span, ...]
    right: tuple[Span, ...] = ()
    heading: bool = False
    """A line between rows that cannot be taken in hand."""


class Roster(LinePane):
    """The rows. Announces `Moved` when another one is in hand."""

    DEFAULT_CSS = "Roster { height: 1fr; }"

    @dataclass
    class Moved(Message):
        """Another row is in hand."""

        item: Item | None

    def __init__(self, *, poor: bool, empty: str = "", id: str = "roster") -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self.items: tuple[Item, ...] = ()
        self.cursor = 0
        self._empty = empty

    @property
    def current(self) -> Item | None:
        """The row in hand."""
        return self.items[self.cursor] if self._may(self.cursor) else None

    def put(self, items: Sequence[Item], empty: str | None = None, *, anew: bool = False) -> None:
        """Show these rows; the one in hand stays in hand if it is still there. `anew`: the first one is in hand."""
        key = self.current.key if self.current is not None and not anew else ""
        self.items = tuple(items)
        self._empty = self._empty if empty is None else empty
        found = next((at for at, one in enumerate(self.items) if one.key == key and not one.heading), None)
        self.cursor = self._near(found if found is not None else 0, 1)
        self.set_extent(max(1, len(self.items)))
        self._show_cursor()
        self.post_message(self.Moved(self.current))

    def go_to(self, key: str) -> bool:
        """Take the row of this key in hand; False when it is not here."""
        found = next((at for at, one in enumerate(self.items) if one.key == key), None)
        if found is None or not self._may(found):
            return False
        self._stand(found)
        return True

    def move(self, delta: int) -> None:
        """Take another row in hand, so many further."""
        if self.items:
            at = max(0, min(len(self.items) - 1, self.cursor + delta))
            self._stand(self._near(at, 1 if delta > 0 else -1))

    def page(self, delta: int) -> None:
        """A screenful further."""
        self.move(delta * max(1, self.size.height - 1))

    def home(self) -> None:
        """The first row."""
        self._stand(self._near(0, 1))

    def end(self) -> None:
        """The last row."""
        self._stand(self._near(len(self.items) - 1, -1))

    def line(self, y: int) -> Line:
        if not self.items:
            said = wrap(self._empty, self.columns - 2)
            return Line(((f" {said[y]}", "dim"),)) if y < len(said) else Line(())
        if y >= len(self.items):
            return Line(())
        item, hand = self.items[y], y == self.cursor and self._may(y)
        if item.heading:
            return Line(tuple(cut(((" ", "text"), *item.left), self.columns)[0]))
        bar: Span = (self.signs.row if hand else " ", "accent")
        return Line(spread([bar, *item.left], item.right, self.columns), "selected" if hand else "")

    def cursor_line(self) -> tuple[int, int]:
        return 0, self.cursor - self.top

    def on_click(self, event: Any) -> None:
        """A click takes the row in hand."""
        at = self.content_y(int(event.y))
        if self._may(at):
            self._stand(at)

    def _may(self, at: int) -> bool:
        return 0 <= at < len(self.items) and not self.items[at].heading

    def _near(self, at: int, step: int) -> int:
        """The row at a place, or the next one that can be taken in hand, looked for this way and then the other."""
        for way in (step, -step):
            place = at
            while 0 <= place < len(self.items):
                if self._may(place):
                    return place
                place += way
        return 0

    def _stand(self, at: int) -> None:
        if at != self.cursor:
            self.cursor = at
            self._show_cursor()
            self.post_message(self.Moved(self.current))

    def _show_cursor(self) -> None:
        height = max(1, self.size.height)
        if not self.top <= self.cursor < self.top + height:
            self.set_top(self.cursor - (0 if self.cursor < self.top else height - 1))
        if all(one.heading for one in self.items[: self.cursor]):
            self.set_top(0)  # what stands above the first row is its heading
        self.place_cursor()
        self.refresh()
