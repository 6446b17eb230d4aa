"""The conversation: the messages of one case, the newest in view, quotes folded, each with where it stands on its way.

Invariants: nothing that arrives moves what is being read (a line says what waits below); another case costs no layout;
a head line stays above the messages; a long case is made ready a share per frame, and where only a part of it is held,
the rule says which, and the next part is wanted before its end comes into view.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from textual.cache import LRUCache
from textual.events import Resize
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from agentdesk.config.language import ngettext
from agentdesk.text.cells import wrap
from agentdesk.text.clean import clean
from agentdesk.tui.widgets.flow import Flow
from agentdesk.tui.widgets.lines import BLANK, Line, LinePane, cut
from agentdesk.tui.widgets.message_lines import Page, case_head, head_line, rule_line, woke_lines

if TYPE_CHECKING:
    from agentdesk.domain.parts import Step
    from agentdesk.domain.rows import MessageRow, Thread

KEPT = 50
"""Conversations whose lines are kept for coming back."""

SHARE = 400
"""Lines made at once; the rest follows frame by frame."""

FRAME = 0.02
"""Seconds until the next share."""

AHEAD = 2
"""Panes full before the end of what is held at which more is wanted."""


class Conversation(LinePane):
    """One case's messages; see `agentdesk.tui.widgets` for how a screen feeds it."""

    DEFAULT_CSS = "Conversation { padding-left: 1; }"

    class Wanted(Message):
        """Another part of a long case is wanted; whoever gives it calls `show`."""

        def __init__(self, step: Step) -> None:
            super().__init__()
            self.step = step

    def __init__(
        self,
        *,
        now: datetime,
        zone: tzinfo = UTC,
        poor: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
    ) -> None:
        super().__init__(poor=poor, id=id)
        self.zone = zone
        self._now = now
        self._thread: Thread | None = None
        self._words = ""
        self._new_after: int | None = None
        self._seen = 0
        self._last = -1
        """The last message in view."""
        self._opened = False
        """Something of this case has been in view."""
        self._unfolded = False
        self._head: list[Line] = []
        self._flow = Flow((), self._page, 0)
        self._flows: LRUCache[tuple[int, int, int, bool, int], Flow] = LRUCache(KEPT)
        self._timer: Timer | None = None
        self._following = True
        self._goal: tuple[int, int] | None = None
        self._asked = False
        """More was wanted since the last `show`."""

    # What the screen tells

    @property
    def case_id(self) -> int | None:
        """The case that is shown."""
        return None if self._thread is None else self._thread.case.id

    @property
    def seen_message_id(self) -> int:
        """The newest message of this case that has stood on the screen."""
        return self._seen

    @property
    def new_below(self) -> int:
        """Messages that wait below what is being read."""
        later = self._thread.part.later if self._thread is not None else 0
        return later + sum(message.id > self._seen for message in self._flow.messages[self._last + 1 :])

    def show(self, thread: Thread, now: datetime, new_after: int | None = None) -> None:
        """Show a case; messages from outside newer than message `new_after` are marked NEW. The same case again keeps
        what is being read where it is; only who reads the end goes on reading the end."""
        self._now = now
        same = thread.case.id == self.case_id
        following = not same or self._following
        place = self._same_place(thread) if same and not following else None
        self._asked = False
        if not same:
            self._goal = None
            self._new_after, self._unfolded, self._seen, self._opened = None, False, 0, False
        if new_after is not None:
            self._new_after = new_after
        self._thread, self._words = thread, ""
        self._begin(place)

    def look_again(self, zone: tzinfo) -> None:
        """The words or the zone are others: every line is made anew."""
        self.zone = zone
        self._flows.clear()
        self._begin(self._place() if not self._following else None)

    def clear(self, words: str = "") -> None:
        """Show no case, and say why or what to do."""
        self._thread, self._words, self._seen = None, words, 0
        self._begin(None)

    def tick(self, now: datetime) -> None:
        """The time has gone on: draw the head lines that count seconds again."""
        self._now = now
        for y in range(self.sticky, self.size.height):
            at = self.top + y - self.sticky
            drawn = self._flow.lines[at] if at < len(self._flow.lines) else BLANK
            if isinstance(drawn, int) and self._flow.messages[drawn].not_before is not None:
                self.refresh_lines(self.content_y(y))

    # What keys do

    def toggle_fold(self) -> None:
        """Show all quotes and long texts whole, or fold them again; what is being read stays in view."""
        place = self._place()
        self._unfolded = not self._unfolded
        self._begin(place)

    def scroll_lines(self, delta: int) -> None:
        """Scroll by lines."""
        self.set_top(self.top + delta)

    def page(self, delta: int) -> None:
        """Scroll by panes full, one line kept."""
        self.set_top(self.top + delta * max(1, self._room - 1))

    def go_to(self, message_id: int) -> None:
        """Show this message from its first line; as soon as there is room when the pane is not shown yet."""
        messages = () if self._thread is None else self._thread.messages
        at = next((at for at, one in enumerate(messages) if one.id == message_id), None)
        if at is not None:
            self._goal = (at, 0) if self.columns <= 0 else None
            self._begin((at, 0))

    def home(self) -> None:
        """To the first message."""
        if self._thread is not None and self._thread.part.earlier:
            self.post_message(self.Wanted("first"))
            return
        if self._flow.low > 0:
            self._begin((0, 0))
        self.set_top(0)

    def end(self) -> None:
        """To the last line of the newest message."""
        if self._thread is not None and self._thread.part.later:
            self.post_message(self.Wanted("newest"))
            return
        self._begin(None)
        self.set_top(self.max_scroll_y)

    # Drawing

    def line(self, y: int) -> Line:
        """Line `y`: the head first, then the messages."""
        if y < len(self._head):
            return self._head[y]
        if self._thread is None:
            lines = wrap(clean(self._words), max(1, self.columns - 4))
            return Line((("  ", "text"), (lines[y - 1], "dim")), lead=2) if 0 < y <= len(lines) else BLANK
        at = y - self.sticky
        if not 0 <= at < len(self._flow.lines):
            return BLANK
        drawn = self._flow.lines[at]
        if isinstance(drawn, Line):
            return drawn
        message = self._flow.messages[drawn]
        return head_line(message, self._flow.page, self._now, new=self._is_new(message))

    def cursor_line(self) -> tuple[int, int]:
        """The first line of the messages in view."""
        return 0, self.sticky

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolled: what has come into view is seen."""
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def watch_has_focus(self, value: bool) -> None:
        """The rule below the head is heavier while the pane is in hand."""
        super().watch_has_focus(value)
        self._draw_head()

    def on_resize(self, event: Resize) -> None:
        """Another width wraps anew, another height keeps the end in view for who reads it."""
        if event.size.width > 0:
            place, self._goal = self._goal, None
            self._begin(place or (None if self._following else self._place()))

    # Inside

    @property
    def _page(self) -> Page:
        return Page(max(1, self.columns), self.zone, self.signs, self._unfolded)

    @property
    def _room(self) -> int:
        return max(1, self.size.height - self.sticky)

    @property
    def _at_end(self) -> bool:
        if self._thread is not None and self._thread.part.later:
            return False
        return self.top >= self.max_scroll_y and self._flow.high >= len(self._flow.messages) - 1

    def _is_new(self, message: MessageRow) -> bool:
        return self._new_after is not None and message.kind == "inbound" and message.id > self._new_after

    def _place(self) -> tuple[int, int]:
        """What is being read: a message and a line of it."""
        return self._flow.message_at(self.top)

    def _same_place(self, thread: Thread) -> tuple[int, int]:
        """The same message and line of it among the messages that now are held; the nearest where it is not."""
        at, line = self._place()
        if not self._flow.messages:
            return 0, 0
        read = self._flow.messages[at]
        held = [(one.at, one.id) for one in thread.messages]
        found = bisect_left(held, (read.at, read.id))
        return (
            (found, line)
            if found < len(held) and held[found][1] == read.id
            else (min(found, len(held) - 1), 0)
        )

    def _begin(self, place: tuple[int, int] | None) -> None:
        """Make the lines round a place (None: the newest message) and show them there."""
        if not self.is_attached or self.columns <= 0:
            return
        self._draw_head()
        messages = () if self._thread is None else self._thread.messages
        start = len(messages) - 1 if place is None else place[0]
        self._flow = self._made(messages, start)
        self._measure()
        begins = self._flow.start_of(max(0, min(start, len(messages) - 1))) or 0
        if place is not None:
            self.set_top(begins + place[1])
        else:
            self.set_top(min(begins, self.max_scroll_y))
        self._look()
        self.refresh(self.size.region)
        self.place_cursor()
        self._grow_later()

    def _made(self, messages: tuple[MessageRow, ...], start: int) -> Flow:
        case = self._thread.case if self._thread is not None else None
        key = (
            case.id if case else 0,
            case.version if case else 0,
            self.columns,
            self._unfolded,
            max(0, start),
        )
        flow = self._flows.get(key)
        if flow is None or flow.messages != messages:
            flow = self._flows[key] = Flow(messages, self._page, start)
            flow.grow(SHARE)
        return flow

    def _measure(self) -> None:
        self.set_extent(len(self._flow.lines) + self.sticky)

    def _grow_later(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = None if self._flow.done else self.set_timer(FRAME, self._grow)

    def _grow(self) -> None:
        above = self._flow.grow(SHARE)
        self._measure()
        if above:
            self.set_top(self.top + above)
        self.refresh(self.size.region)
        self._grow_later()

    def _draw_head(self) -> None:
        height = self.size.height
        if self._thread is None or height < 6:
            self._head = []
        else:
            self._head = [
                *case_head(self._thread.case, self._thread.present, self._page)[: max(2, height // 3)],
                *woke_lines(self._thread.woke, self._page),
                Line(rule_line(self._thread, self._page, self.has_focus)),
            ]
        self.sticky = len(self._head)

    def _look(self) -> None:
        """Note the newest message that has come into view.

        What stands above it when the case is opened came before that, though it may have been found later, as mail from
        a Sent folder is; what comes in above what is read later on is seen only when it is looked at.
        """
        flow, before = self._flow, self.new_below
        self._following = self._at_end
        if flow.lines:
            last = min(self.top + self._room, len(flow.lines)) - 1
            self._last = flow.message_at(max(0, last))[0]
            first = flow.message_at(self.top)[0] if self._opened else 0
            shown = flow.messages[first : self._last + 1]
            self._seen, self._opened = max(self._seen, *(one.id for one in shown)), True
        if before != self.new_below:
            self.refresh(self.size.region)
        self._want_more()

    def _want_more(self) -> None:
        """Ask for the next part of a long case before its end comes into view."""
        if self._thread is None or self._asked or not self._flow.messages:
            return
        part, near = self._thread.part, AHEAD * self._room
        if part.earlier and self._flow.low == 0 and self.top < near:
            self._asked = True
            self.post_message(self.Wanted("older"))
        elif (
            part.later
            and self._flow.high == len(self._flow.messages) - 1
            and self.top > self.max_scroll_y - near
        ):
            self._asked = True
            self.post_message(self.Wanted("newer"))

    def render_line(self, y: int) -> Strip:
        """One row; the last one says what waits below what is being read."""
        waiting = self.new_below if y == self.size.height - 1 and y > 0 else 0
        if not waiting or self.columns <= 0:
            return super().render_line(y)
        words = ngettext("{n} new below", "{n} new below", waiting).format(n=waiting)
        if self._thread is not None and (later := self._thread.part.later):
            waiting = later + len(self._flow.messages) - 1 - self._last
            words = ngettext(
                "{n} more below; End shows the newest", "{n} more below; End shows the newest", waiting
            ).format(n=waiting)
        spans = cut([(f" {self.signs.down} {words}", "accent strong")], self.columns)[0]
        return self.palette.strip(Line(tuple(spans), "selected"), self.columns)
