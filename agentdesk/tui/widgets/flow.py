"""The lines of a conversation, made outwards from one message, a share at a time.

Invariants: what is made is contiguous: every line of the messages `low` to `high`, the last of which may still grow; a
share is bounded, however many messages there are and however long one is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from agentdesk.tui.widgets.lines import Line
from agentdesk.tui.widgets.message_lines import Page, body_lines

if TYPE_CHECKING:
    from agentdesk.domain.rows import MessageRow

Drawn = Line | int
"""A line, or the index of the message whose head line stands there: it is drawn anew as the time goes on."""


class Flow:
    """Lines of `messages` for one page, begun at message `start`."""

    def __init__(self, messages: tuple[MessageRow, ...], page: Page, start: int) -> None:
        self.messages = messages
        self.page = page
        self.lines: list[Drawn] = []
        self.low = self.high = max(0, min(start, len(messages) - 1))
        self._counts: dict[int, int] = {}
        self._below: Iterator[Drawn] = self._message(self.high)
        self._below_done = not messages
        self._above: Iterator[Drawn] | None = None
        self._waiting: list[Drawn] = []

    @property
    def done(self) -> bool:
        """True when every line of every message is made."""
        return self._below_done and self.low == 0

    def grow(self, share: int) -> int:
        """Make up to about `share` more lines, below first; returns how many were put above."""
        share -= self._grow_below(share)
        above = 0
        while share > 0 and self.low > 0:
            if self._above is None:
                self._above = self._message(self.low - 1)
            made = list(islice(self._above, share))
            self._waiting += made
            if len(made) < share:
                self.low -= 1
                self._counts[self.low] = len(self._waiting)
                self.lines[0:0] = self._waiting
                above += len(self._waiting)
                self._waiting, self._above = [], None
            share -= max(1, len(made))
        return above

    def start_of(self, index: int) -> int | None:
        """The line at which a message begins, if it is made."""
        if not self.low <= index <= self.high or not self.messages:
            return None
        return sum(self._counts[at] for at in range(self.low, index))

    def message_at(self, y: int) -> tuple[int, int]:
        """The message that line `y` belongs to, and the line's number in it."""
        at = self.low
        while at < self.high and y >= self._counts[at]:
            y -= self._counts[at]
            at += 1
        return at, max(0, y)

    def _grow_below(self, share: int) -> int:
        made = 0
        while made < share and not self._below_done:
            lines = list(islice(self._below, share - made))
            self.lines += lines
            self._counts[self.high] = self._counts.get(self.high, 0) + len(lines)
            made += len(lines)
            if made < share:
                if self.high == len(self.messages) - 1:
                    self._below_done = True
                else:
                    self.high += 1
                    self._below = self._message(self.high)
                    self._counts[self.high] = 0
        return made

    def _message(self, index: int) -> Iterator[Drawn]:
        if self.messages:
            message = self.messages[index]
            if message.kind != "system":
                yield index
            yield from body_lines(message, self.page)
