"""The footer: the keys that work here and now, most used first.

Invariant: an item is shown whole or not at all, and the last one (where all the others are explained) always stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.events import Click
from textual.message import Message

from agentdesk.text.cells import width
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.bar import Bar
from agentdesk.tui.widgets.lines import Span


class Footer(Bar):
    """n next  r reply  a assign  t tag  z snooze  ? keys"""

    @dataclass
    class Pressed(Message):
        """An item was clicked."""

        key: str

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._keys: tuple[tuple[str, str], ...] = ()

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """The keys and what they do, in words; the last item is the one that never gives way."""
        cleaned = tuple((clean_line(key), clean_line(title)) for key, title in keys)
        if cleaned != self._keys:
            self._keys = cleaned
            self.refresh()

    def shown(self, columns: int) -> list[tuple[str, str]]:
        """The items that stand in a line of this width."""
        if not self._keys:
            return []
        *others, last = self._keys
        room = columns - 1 - _size(last)
        items: list[tuple[str, str]] = []
        for item in others:
            room -= _size(item) + 2
            if room < 0:
                break
            items.append(item)
        return [*items, last]

    def spans(self, columns: int) -> Sequence[Span]:
        """Each key strong, each verb quiet."""
        spans: list[Span] = [(" ", "text")]
        for at, (key, title) in enumerate(self.shown(columns)):
            spans += [("  " if at else "", "text"), (key, "accent strong"), (f" {title}", "dim")]
        return spans if columns > sum(width(text) for text, _tone in spans) - 1 else spans[:3]

    def on_click(self, event: Click) -> None:
        """A click is the key."""
        at = 1
        for key, title in self.shown(self.size.width):
            end = at + _size((key, title))
            if at <= event.x < end:
                self.post_message(self.Pressed(key))
                return
            at = end + 2


def _size(item: tuple[str, str]) -> int:
    return width(item[0]) + 1 + width(item[1])
