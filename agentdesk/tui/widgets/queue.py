"""The queue: a list of cases of any length, of which only a stretch is held, fed page by page by its screen.

Invariants: the cursor is a case, not a position: new rows, other rows and rows that leave never change what is in hand,
and it stays where it is on the screen as far as the list allows. What is asked of the screen is asked once; an answer
that no longer fits the question is dropped. Keys pressed before an answer has come act on the rows it brings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Literal

from textual.events import Click, Resize
from textual.message import Message

from agentdesk.domain.queue import Place, QueuePage, QueueRow
from agentdesk.tui.widgets.queue_pane import QueuePane

PAGE = 128
"""Rows asked for at a time."""

AHEAD = 48
"""So many rows before the end of what is held, the next page is asked for."""

Kind = Literal["more", "back", "home", "end", "jump", "again"]
_JUMPS: frozenset[Kind] = frozenset({"home", "end", "jump"})


@dataclass(frozen=True, slots=True)
class Anchors:
    """Places along the view, `step` rows apart: `after[n]` is the place before row n * step (None before the first)."""

    step: int
    after: Sequence[Place | None]


class QueueList(QueuePane):
    """The list of a view's cases; see `agentdesk.tui.widgets` for how a screen feeds it."""

    @dataclass
    class PageWanted(Message):
        """Rows of `view` are wanted: `limit` of those after `after`, `skip` left out; with `reverse` those before it
        (None: from the end), nearest first. Answer with `put_page`."""

        view: str
        kind: Kind
        after: Place | None
        reverse: bool
        limit: int
        skip: int
        first: int
        serial: int

    @dataclass
    class CursorMoved(Message):
        """Another case is in hand."""

        case_id: int

    @dataclass
    class Opened(Message):
        """The case in hand was opened by Enter or a double click."""

        case_id: int

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo = UTC,
        me: int = 0,
        poor: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
    ) -> None:
        super().__init__(now=now, zone=zone, me=me, poor=poor, id=id)
        self.view = ""
        self._asked: dict[Kind, int] = {}
        self._serial = 0
        self._owed = 0
        self._opening = False
        self._anchors: Anchors | None = None

    # What the screen tells

    def show(self, view: str, page: QueuePage, *, count: int | None = None, empty: str = "") -> None:
        """Show a view from its start. The case in hand stays in hand when it is the same view."""
        hand = self._hand if view == self.view else None
        self.view, self._empty, self._anchors, self._asked = view, empty, None, {}
        self._owed, self._opening = 0, False
        with self._steady():
            self._rows.count = count
            self._rows.restart(page.rows, 0, at_start=True, at_end=page.next is None)
            self._keep(hand)
        if hand is None:
            self.set_top(0)
        self._want_rows()

    def put_page(self, want: "QueueList.PageWanted", page: QueuePage | None) -> None:
        """The answer to a wanted page; None when it could not be read: it is asked for again when it is needed."""
        if want.view != self.view or self._asked.get(want.kind) != want.serial:
            return
        del self._asked[want.kind]
        if want.kind == "again":
            self._asked = {}
        if page is None:
            self._owed, self._opening = 0, False
            return
        with self._steady():
            if want.kind in ("more", "back"):
                self._rows.extend(page.rows, self._hand_id, back=want.reverse, ended=page.next is None)
                self._rows.trim(*self._in_view())
            else:
                self._restart(want, page)
        if want.kind in _JUMPS:
            self._land(want)
        self._pay()
        self._want_rows()

    def update_rows(self, rows: Iterable[QueueRow], gone: Iterable[int] = ()) -> None:
        """Take newer versions of rows of this view, new ones too; `gone` are cases that are in the view no longer (the
        row in hand may be among both: it is shown as it is now, until the hand moves)."""
        rows = tuple(rows)
        dirty = [row.id for row in rows]
        with self._steady() as moved:
            left = set(gone)
            for row in rows:
                if row.id in left and row.id in self._rows.gone:
                    self._rows.renew(row)
                else:
                    moved.append(self._rows.update(row, self._hand_id))
                if row.id == self._hand_id:
                    self._hand = row
            moved += [self._rows.drop(case, self._hand_id) for case in left]
            dirty += left
            if self._hand is None:
                self._keep(None)
                moved.append(self._hand is not None)
        for case in dirty:
            self._refresh_case(case)

    def set_anchors(self, anchors: Anchors | None) -> None:
        """Places along the view from a walk in the background: from now on the scrollbar reaches everywhere at once."""
        self._anchors = anchors

    def reload(self) -> None:
        """Ask again for what is held (after a time without news); it stays shown until the answer comes."""
        first = 0 if self._rows.at_start or not self._rows.keys else self._rows.first
        start = None if first == 0 else self._rows.keys[0]
        after = None if start is None else replace(start, id=start.id - 1)
        self._ask("again", after, limit=max(PAGE, len(self._rows)), first=first)

    # What keys do

    def move(self, delta: int) -> None:
        """The case in hand becomes the one `delta` rows on."""
        if self._jumping:
            self._owed += delta
            return
        index = self._rows.index(self._hand_id)
        if index is None:
            low, high = self._in_view()
            index, delta = (low, 0) if low < high else (0, 0)
        if not len(self._rows):
            return
        target = index + delta
        last = len(self._rows) - 1
        self._owed = 0
        if target > last and not self._rows.at_end:
            self._owed = target - last
        elif target < 0 and not self._rows.at_start:
            self._owed = target
        self._take_in_hand(min(max(target, 0), last))

    def page(self, delta: int) -> None:
        """Move by `delta` panes full."""
        self.move(delta * max(1, self.size.height // self._height - 1))

    def home(self) -> None:
        """To the first case of the view."""
        self._owed, self._opening = 0, False
        if self._rows.at_start:
            self._asked = {}
            self._take_in_hand(0)
        else:
            self._ask("home", None)

    def end(self) -> None:
        """To the last case of the view."""
        self._owed, self._opening = 0, False
        if self._rows.at_end:
            self._asked = {}
            self._take_in_hand(len(self._rows) - 1)
        else:
            self._ask("end", None, reverse=True)

    def go_to(self, case_id: int, row: QueueRow | None = None) -> bool:
        """Take this case in hand. One that is not held needs its row; without it False is the answer."""
        index = self._rows.index(case_id)
        if index is None:
            if row is None:
                return False
            with self._steady() as moved:
                moved.append(True)
                if not self._rows.update(row, None):
                    self._rows.restart([row], 1, at_start=False, at_end=False)
                    self._asked = {}
            index = self._rows.index(case_id) or 0
        self._owed, self._opening = 0, False
        self._take_in_hand(index)
        self._want_rows()
        return True

    def open(self) -> None:
        """Open the case in hand; when moves still wait for rows, the one they lead to."""
        if self._owed or self._jumping:
            self._opening = True
        elif self._hand is not None:
            self.post_message(self.Opened(self._hand.id))

    # What happens to it

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolled: see whether rows are missing."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._want_rows()

    def on_resize(self, event: Resize) -> None:
        """Another size: perhaps another look; the row in hand stays in view."""
        if event.size.width <= 0:
            return
        was = self._drawn_height
        if was not in (0, self._height):
            row = self.top // was
            self._measure()
            self.set_top(row * self._height)
        self._measure()
        self._show_hand()
        self._want_rows()

    def on_click(self, event: Click) -> None:
        """A click takes a case in hand, a double click opens it; the end of a marking does neither."""
        if self.text_selection is not None:
            return
        index = (event.y + self.top) // self._height - self._rows.first
        if 0 <= index < len(self._rows):
            self._owed, self._opening = 0, False
            self._take_in_hand(index)
            if event.chain == 2:
                self.open()

    # Inside

    @property
    def _jumping(self) -> bool:
        return not _JUMPS.isdisjoint(self._asked)

    def _keep(self, hand: QueueRow | None) -> None:
        """Keep the hand on its case after the rows were replaced: pinned where it was, or with the rows round it asked
        for anew when they are others; a hand that holds nothing takes the first row."""
        if hand is not None:
            fresh = self._rows.get(hand.id)
            if fresh is None and not self._rows.pin(hand):
                self._rows.restart([hand], 1, at_start=False, at_end=False)
            self._hand = fresh or hand
        elif len(self._rows):
            self._hand = self._rows.row(0)
            self.post_message(self.CursorMoved(self._hand.id))
        else:
            self._hand = None

    def _restart(self, want: "QueueList.PageWanted", page: QueuePage) -> None:
        rows, ended, was = page.rows, page.next is None, self._rows
        if want.kind == "end":
            known = max(was.count or 0, was.first + len(was))
            was.restart(rows, 0 if ended else known - len(rows), at_start=ended, at_end=True)
        else:
            was.restart(rows, want.first, at_start=want.first == 0, at_end=ended)
        if want.kind == "again":
            self._keep(self._hand)

    def _land(self, want: "QueueList.PageWanted") -> None:
        if want.kind == "home":
            self._take_in_hand(0)
        elif want.kind == "end":
            self._take_in_hand(len(self._rows) - 1)

    def _pay(self) -> None:
        """The moves that were asked for while rows were missing."""
        if self._owed:
            owed, self._owed = self._owed, 0
            self.move(owed)
        if self._opening and not self._owed and not self._jumping:
            self._opening = False
            self.open()

    def _take_in_hand(self, index: int) -> None:
        if not 0 <= index < len(self._rows):
            return
        before, row = self._hand_id, self._rows.row(index)
        self._hand = row
        if before != row.id:
            if self._rows.settle(before):
                self._measure()
                self.refresh(self.size.region)
            elif before is not None:
                self._refresh_case(before)
            self._refresh_case(row.id)
            self.post_message(self.CursorMoved(row.id))
        self._show_hand()
        self._want_rows()

    def _want_rows(self) -> None:
        """Ask for what is missing in view or will be soon."""
        rows, low, high = self._rows, *self._in_view()
        if not rows.keys or self._jumping:
            return
        top = self.top // self._height
        seen = max(1, self.size.height // self._height)
        if self._anchors is not None and (top > rows.first + len(rows) or top + seen < rows.first):
            self._jump(top)
            return
        if not rows.at_end and (high > len(rows) - AHEAD or self._owed > 0):
            self._ask("more", rows.keys[-1])
        if not rows.at_start and (low < AHEAD or self._owed < 0):
            self._ask("back", rows.keys[0], reverse=True)

    def _jump(self, ordinal: int) -> None:
        assert self._anchors is not None
        first = max(0, ordinal - PAGE // 4)
        block = min(first // self._anchors.step, len(self._anchors.after) - 1)
        skip = first - block * self._anchors.step
        self._ask("jump", self._anchors.after[block], skip=skip, first=first)

    def _ask(
        self,
        kind: Kind,
        after: Place | None,
        *,
        reverse: bool = False,
        limit: int = PAGE,
        skip: int = 0,
        first: int = 0,
    ) -> None:
        if kind in self._asked:
            return
        if kind in _JUMPS:
            self._asked.clear()
        self._serial += 1
        self._asked[kind] = self._serial
        self.post_message(self.PageWanted(self.view, kind, after, reverse, limit, skip, first, self._serial))
