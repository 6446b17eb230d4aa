"""The rows of the queue as they are drawn: which stand where, what is in hand, and how that stays steady.

Invariants: what is in hand, or else what is at the top, stays at its row of the screen whatever changes around it; a
change draws again the lines it concerns and no others.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo

from textual.geometry import Region

from agentdesk.domain.queue import QueueRow
from agentdesk.text.cells import wrap
from agentdesk.text.clean import clean
from agentdesk.tui.widgets.clock import COLUMN, clock
from agentdesk.tui.widgets.lines import BLANK, Line, LinePane
from agentdesk.tui.widgets.queue_line import LEAD, Look, height, row_line
from agentdesk.tui.widgets.queue_window import QueueWindow


class QueuePane(LinePane):
    """Draws a `QueueWindow`; `queue.QueueList` fills it and moves the hand."""

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo = UTC,
        me: int = 0,
        poor: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
    ) -> None:
        super().__init__(poor=poor, id=id)
        self.me = me
        self.zone = zone
        self._now = now
        self._rows = QueueWindow()
        self._hand: QueueRow | None = None
        self._picked: frozenset[int] = frozenset()
        self._empty = ""
        self._drawn_height = 0

    @property
    def current(self) -> QueueRow | None:
        """The row in hand."""
        return self._hand

    @property
    def visible_ids(self) -> list[int]:
        """The cases in view, from the top."""
        low, high = self._in_view()
        return [key.id for key in self._rows.keys[low:high]]

    @property
    def held_ids(self) -> list[int]:
        """Every case that is held, in order: those whose changes are worth telling."""
        return [key.id for key in self._rows.keys]

    def row(self, case_id: int) -> QueueRow | None:
        """The row of a case, if it is held."""
        return self._rows.get(case_id)

    def mark(self, cases: Collection[int]) -> None:
        """These cases are selected, and no others."""
        picked = frozenset(cases)
        changed, self._picked = picked ^ self._picked, picked
        low, high = self._in_view()
        for key in self._rows.keys[low:high]:
            if key.id in changed:
                self._refresh_case(key.id)

    def tick(self, now: datetime) -> None:
        """The time has gone on: draw the clocks whose text is another now, and nothing else."""
        before, self._now = self._now, now
        low, high = self._in_view()
        for index in range(low, high):
            row = self._rows.row(index)
            if clock(row, before) != clock(row, now):
                y = (self._rows.first + index) * self._height - self.top
                self.refresh(Region(1, y, COLUMN, 1))

    def line(self, y: int) -> Line:
        """Line `y` of the list."""
        tall = self._height
        ordinal, part = divmod(y, tall)
        index = ordinal - self._rows.first
        if not 0 <= index < len(self._rows):
            return self._teach(y)
        row = self._rows.row(index)
        look = Look(self.columns, self._now, self.zone, self.me, self.signs)
        hand, gone = row.id == self._hand_id, row.id in self._rows.gone
        return row_line(row, part, look, hand=hand, gone=gone, picked=row.id in self._picked)

    def cursor_line(self) -> tuple[int, int]:
        """The first letter of the customer in hand."""
        index = self._rows.index(self._hand_id)
        return (0, 0) if index is None else (LEAD, (self._rows.first + index) * self._height - self.top)

    def copied_lines(self) -> range:
        """A selection of everything takes the rows that are held."""
        first = self._rows.first * self._height
        return range(first, first + len(self._rows) * self._height)

    # Inside

    @property
    def _height(self) -> int:
        return height(self.columns)

    @property
    def _hand_id(self) -> int | None:
        return None if self._hand is None else self._hand.id

    def _in_view(self) -> tuple[int, int]:
        tall, first, held = self._height, self._rows.first, len(self._rows)
        low = self.top // tall - first
        high = -(-(self.top + max(1, self.size.height)) // tall) - first
        return min(max(0, low), held), min(max(0, high), held)

    def _teach(self, y: int) -> Line:
        if len(self._rows) or self._rows.count or not self._empty:
            return BLANK
        lines = wrap(clean(self._empty), max(1, self.columns - 4))
        return Line((("  ", "text"), (lines[y - 1], "dim")), lead=2) if 0 < y <= len(lines) else BLANK

    def _measure(self) -> None:
        self._drawn_height = self._height
        self.set_extent(self._rows.total * self._height)

    @contextmanager
    def _steady(self) -> "Iterator[list[bool]]":
        """Change rows without moving what is in hand (or, when that is out of view, what is at the top) on the screen.
        At the very top of the list new rows show themselves, as long as the row in hand stays in view."""
        moved: list[bool] = []
        low, high = self._in_view()
        index = self._rows.index(self._hand_id)
        stays = index if index is not None and low <= index < high else low
        anchor = self._rows.keys[stays].id if low < high else None
        was = (self._rows.first + stays) * self._height - self.top
        at_top = self.top == 0
        yield moved
        if moved and not any(moved):
            return
        self._measure()
        index = self._rows.index(anchor)
        if index is not None:
            y = (self._rows.first + index) * self._height
            if not (at_top and self._rows.at_start and y + self._height <= self.size.height):
                self.set_top(y - was)
        else:
            self.set_top(self.top)
        self.refresh(self.size.region)
        self.place_cursor()

    def _show_hand(self) -> None:
        index = self._rows.index(self._hand_id)
        if index is not None:
            tall = self._height
            y = (self._rows.first + index) * tall
            low = y + tall - self.size.height
            self.set_top(min(max(self.top, low), y))
        self.place_cursor()

    def _refresh_case(self, case: int) -> None:
        index = self._rows.index(case)
        if index is not None:
            self.refresh_lines((self._rows.first + index) * self._height, self._height)
