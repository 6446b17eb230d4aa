"""A full screen to fill in: named lines, a longer text where there is one, and beside it what they will mean.

Invariants: nothing typed is lost by Esc without a question; what is refused stays where it was typed, with the reason;
what a line means is shown while it is typed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, TextArea

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean, clean_line
from agentdesk.tui import dialogs
from agentdesk.tui.base import Room, cramped
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.heading import Heading
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.reader import Reader

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize
    from textual.timer import Timer
    from textual.widget import Widget

    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen
    from agentdesk.tui.widgets.lines import Span

WIDE = 100
"""Columns from which the preview stands beside the fields."""
BODY = "body"
PAUSE = 0.15
"""Seconds after the last letter at which the preview is drawn."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One line to fill in: its name, what it is called, what stands in it, and what it means in words (or Problem)."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    meaning: Callable[[str], str] | None = None


class FormRoom(Room):
    """Subclasses give `save`, and `preview` where there is something to show beside."""

    own_context: ClassVar[Context] = "form"
    DEFAULT_CSS = """
    FormRoom { layers: room notice; layout: vertical; background: $background; }
    FormRoom #beside { height: 1fr; }
    FormRoom #fields { width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    FormRoom .line { height: 1; margin: 1 0 0 0; }
    FormRoom .line > Label { width: 16; color: $foreground-muted; }
    FormRoom .line > Input { border: none; height: 1; padding: 0; width: 1fr; background: $panel; }
    FormRoom .line > Input:focus { border: none; background: $surface; text-style: bold; }
    FormRoom .means { height: 1; margin: 0 0 0 16; color: $foreground-muted; }
    FormRoom TextArea {
        width: 100%; height: 1fr; min-height: 6; margin: 1 0 0 0; padding: 0; border: none; background: $panel;
    }
    FormRoom TextArea:focus { border: none; }
    FormRoom Reader { width: 1fr; border-left: solid $border-blurred; }
    FormRoom.poor Reader { border-left: ascii $border-blurred; }
    FormRoom.narrow Reader, FormRoom.alone Reader { display: none; }
    FormRoom.flat .line { margin: 0; }
    """

    def __init__(
        self, desk: DeskScreen, title: str, lines: Sequence[Line], *, body: str | None = None, says: str = ""
    ) -> None:
        super().__init__()
        self.desk = desk
        self._title, self._lines, self._body, self._says = title, tuple(lines), body, says
        self._began: dict[str, str] = {}
        self._looking: Timer | None = None

    # -- what a subclass says -----------------------------------------------------------------------------------

    async def save(self, values: Mapping[str, str]) -> str:
        """Keep what was filled in; returns what to say of it. Raises Problem, which stays on this screen."""
        raise AssertionError(values)

    async def preview(self, values: Mapping[str, str]) -> Sequence[Sequence[Span]]:  # noqa: ARG002  subclasses'
        """What stands beside the fields."""
        return ()

    # -- how it stands ------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        poor = self.house.poor
        yield Heading(self._title, poor=poor)
        with Horizontal(id="beside"):
            with VerticalScroll(id="fields", can_focus=False):
                for line in self._lines:
                    with Horizontal(classes="line"):
                        yield Label(line.label)
                        yield Input(
                            line.value, placeholder=line.hint, id=f"line-{line.name}", select_on_focus=False
                        )
                    if line.meaning is not None:
                        means = Label(" ", id=f"means-{line.name}")
                        means.add_class("means")
                        yield means
                if self._body is not None:
                    area = TextArea(
                        self._body, id=BODY, soft_wrap=True, tab_behavior="focus", show_line_numbers=False
                    )
                    area.highlight_cursor_line = False
                    yield area
            yield Reader(poor=poor)
        yield Footer(poor=poor)
        yield Notice(poor=poor)

    @property
    def context(self) -> Context:  # type: ignore[override]
        """Every key is heard in a field."""
        return self.own_context

    async def on_mount(self) -> None:
        self.query_one(Heading).say(self._says)
        self.set_class(type(self).preview is FormRoom.preview, "alone")
        self._fit(self.app.size.width, self.app.size.height)
        self._began = self.values()
        self.set_focus(self._ring()[0])
        for line in self._lines:
            self._explain(line)
        self.refresh_footer()
        await self.look()

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size.width, event.size.height)

    def _fit(self, columns: int, rows: int) -> None:
        self.set_class(columns < WIDE, "narrow")
        self.set_class(rows < len(self._lines) * 3 + 8, "flat")
        self.set_class(cramped(columns, rows), "cramped")
        self.set_class(self.house.poor, "poor")

    def values(self) -> dict[str, str]:
        """What stands in the fields now, clean."""
        values = {
            line.name: clean_line(self.query_one(f"#line-{line.name}", Input).value) for line in self._lines
        }
        if self._body is not None:
            values[BODY] = clean(self.query_one(f"#{BODY}", TextArea).text)
        return values

    def put(self, name: str, value: str) -> None:
        """Fill a field in."""
        if name == BODY:
            self.query_one(f"#{BODY}", TextArea).load_text(value)
        else:
            self.query_one(f"#line-{name}", Input).value = value

    @property
    def changed(self) -> bool:
        """Something was typed that is not saved."""
        return self.values() != self._began

    # -- while it is filled in ----------------------------------------------------------------------------------

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        line = next((one for one in self._lines if event.input.id == f"line-{one.name}"), None)
        if line is not None:
            self._explain(line)
        self._look_soon()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._look_soon()

    def _explain(self, line: Line) -> None:
        if line.meaning is None:
            return
        try:
            words = line.meaning(clean_line(self.query_one(f"#line-{line.name}", Input).value))
        except Problem as problem:
            words = str(problem)
        self.query_one(f"#means-{line.name}", Label).put(words or " ")

    def _look_soon(self) -> None:
        """After the last letter of a burst: an older look is not waited for."""
        if self._looking is not None:
            self._looking.stop()
        self._looking = self.set_timer(PAUSE, self.look)

    async def look(self) -> None:
        """Draw what stands beside the fields anew."""
        try:
            paragraphs = await self.preview(self.values())
        except Problem as problem:
            paragraphs = (((str(problem), "amber"),),)
        except Exception:
            _logger.exception("a preview failed")
            return
        self.query_one(Reader).show(paragraphs)

    def _ring(self) -> list[Widget]:
        ring: list[Widget] = [self.query_one(f"#line-{line.name}") for line in self._lines]
        return ring + ([self.query_one(f"#{BODY}")] if self._body is not None else [])

    def round(self, step: int) -> None:
        """The next field, or the one before."""
        ring = self._ring()
        at = ring.index(self.focused) if self.focused in ring else 0
        self.set_focus(ring[(at + step) % len(ring)])

    # -- ending -------------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Save and leave; what is refused stays here with the reason."""
        try:
            said = await self.save(self.values())
        except Problem as problem:
            self.say(str(problem), "error")
            return
        await self.leave()
        below = self.app.screen
        if isinstance(below, Room):
            below.say(said)

    async def back(self) -> None:
        """Leave; what was typed and not saved is asked for first."""
        if not self.changed:
            await self.leave()
            return
        await self.house.push_screen(dialogs.ConfirmDialog(
            _("What you typed here is not saved."), self.leave, hint=_("Enter leaves without it, Esc goes on writing."),
        ))  # fmt: skip

    async def leave(self) -> None:
        """Close this screen."""
        await self.house.pop_screen()
