"""The stretch of a view that the queue holds: rows in urgency order, each kept at the place it was shown at.

Invariants: `keys` is sorted and has one key per case; the row in hand never moves or leaves by itself: it keeps the key
it was shown at (and is `gone` when it has left the view) until `settle`; what is held is contiguous, so that a key
strictly inside it, or beyond an end that is known to be the view's own, belongs here and any other does not.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable

from agentdesk.domain.queue import Place, QueueRow

MOST = 2048
"""Rows held at once; more are let go at the end that is farther from what is in view."""


class QueueWindow:
    """Rows from `first` (their ordinal in the view) on; `count` is the view's length as far as it is known."""

    def __init__(self) -> None:
        self.keys: list[Place] = []
        self.first = 0
        self.count: int | None = None
        self.at_start = True
        self.at_end = True
        self.gone: set[int] = set()
        self._rows: dict[int, QueueRow] = {}
        self._key: dict[int, Place] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, case: int) -> bool:
        return case in self._rows

    @property
    def total(self) -> int:
        """Rows that the scrollbar stands for: exact when the end is held, else what is known or a little more."""
        held = self.first + len(self.keys)
        return held if self.at_end else max(self.count or 0, held + 1)

    def row(self, index: int) -> QueueRow:
        """The row at this index of the window."""
        return self._rows[self.keys[index].id]

    def get(self, case: int) -> QueueRow | None:
        """The row of this case, if it is held."""
        return self._rows.get(case)

    def index(self, case: int | None) -> int | None:
        """Where the case stands in the window."""
        key = self._key.get(case) if case is not None else None
        return None if key is None else bisect_left(self.keys, key)

    def restart(self, rows: Iterable[QueueRow], first: int, *, at_start: bool, at_end: bool) -> None:
        """Hold these rows instead."""
        self.keys.clear()
        self._rows.clear()
        self._key.clear()
        self.gone.clear()
        self.first, self.at_start, self.at_end = max(0, first), at_start, at_end
        self._take(rows, None)

    def extend(self, rows: Iterable[QueueRow], hand: int | None, *, back: bool, ended: bool) -> None:
        """Take the rows that follow the last one, or with `back` those before the first."""
        before = self.keys[0] if self.keys else None
        self._take(rows, hand)
        if back:
            added = bisect_left(self.keys, before) if before is not None else 0
            self.at_start = ended
            self.first = 0 if ended else max(1, self.first - added)
        else:
            self.at_end = ended

    def pin(self, row: QueueRow) -> bool:
        """Hold at its place a row that has left what is held; False when its place lies elsewhere in the view."""
        if not self._belongs(row.place):
            return False
        self._insert(row)
        self.gone.add(row.id)
        return True

    def update(self, row: QueueRow, hand: int | None) -> bool:
        """Take a newer version of a row of the view; True when an order or a number of rows changed. One that had left
        is back only with another version: the same one brings no more than who is looking at it."""
        key = self._key.get(row.id)
        if key is not None and (row.place == key or row.id == hand):
            if row.id in self.gone and row.version != self._rows[row.id].version:
                self.gone.discard(row.id)
                self.count = None if self.count is None else self.count + 1
            self._rows[row.id] = row
            return False
        if key is not None:
            self._remove(row.id)
        if not self._belongs(row.place):
            return key is not None
        self._insert(row)
        if self.count is not None and key is None:
            self.count += 1
        return True

    def renew(self, row: QueueRow) -> None:
        """Show a row that is held as it is now, where it is."""
        if row.id in self._rows:
            self._rows[row.id] = row

    def drop(self, case: int, hand: int | None) -> bool:
        """The case has left the view; True when its row went with it, False when it stays because it is in hand."""
        if case not in self._rows or case in self.gone:
            return False
        if self.count is not None:
            self.count = max(0, self.count - 1)
        if case == hand:
            self.gone.add(case)
            return False
        self._remove(case)
        return True

    def settle(self, case: int | None) -> bool:
        """The case is no longer in hand: its row goes where it belongs; True when an order changed."""
        row = self._rows.get(case) if case is not None else None
        if row is None or (row.place == self._key[row.id] and row.id not in self.gone):
            return False
        gone = row.id in self.gone
        self._remove(row.id)
        if not gone and self._belongs(row.place):
            self._insert(row)
        return True

    def trim(self, low: int, high: int) -> None:
        """Let rows go that are far from the indexes in view."""
        extra = len(self.keys) - MOST
        if extra <= 0:
            return
        if low > len(self.keys) - high:
            cut = min(extra, low)
            self._forget(self.keys[:cut])
            del self.keys[:cut]
            self.first, self.at_start = self.first + cut, self.at_start and not cut
        else:
            keep = max(MOST, high)
            self._forget(self.keys[keep:])
            self.at_end = self.at_end and len(self.keys) <= keep
            del self.keys[keep:]

    def _belongs(self, place: Place) -> bool:
        if not self.keys:
            return self.at_start and self.at_end
        return (self.at_start or place > self.keys[0]) and (self.at_end or place < self.keys[-1])

    def _take(self, rows: Iterable[QueueRow], hand: int | None) -> None:
        for row in rows:
            if row.id in self._rows:
                if row.id == hand:
                    self._rows[row.id] = row
                    self.gone.discard(row.id)
                    continue
                self._remove(row.id)
            self._insert(row)

    def _insert(self, row: QueueRow) -> None:
        if not self.keys or row.place > self.keys[-1]:
            self.keys.append(row.place)
        else:
            insort(self.keys, row.place)
        self._rows[row.id] = row
        self._key[row.id] = row.place

    def _remove(self, case: int) -> None:
        del self.keys[bisect_left(self.keys, self._key[case])]
        self._forget([self._key[case]])

    def _forget(self, keys: Iterable[Place]) -> None:
        for key in keys:
            del self._rows[key.id], self._key[key.id]
            self.gone.discard(key.id)
