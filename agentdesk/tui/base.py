"""What every screen of ours is: a context for keys, a footer of what works here now, a place for notices.

Invariants: a screen never binds a key itself; it only says which context it is in. Focus is set at once
(`set_focus`), never later (`Widget.focus`): the next key of a burst must find it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from agentdesk.config.language import _
from agentdesk.text.cells import fit
from agentdesk.tui.keys import Context, Keymap
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.lines import LinePane
from agentdesk.tui.widgets.notice import Notice, Severity

if TYPE_CHECKING:
    from agentdesk.domain.preferences import Preferences
    from agentdesk.tui.gate import Gate
    from agentdesk.tui.liking import Liking


class House(Protocol):
    """What a screen needs of the app."""

    keymap: Keymap
    gate: "Gate"
    clock: Callable[[], datetime]
    poor: bool
    liking: "Liking"

    def keys_waiting(self) -> bool: ...
    async def passes(self) -> bool: ...
    async def push_screen(self, screen: Any) -> Any: ...
    async def pop_screen(self) -> Any: ...
    async def leave(self, status: int) -> None: ...
    async def prefer(self, chosen: "Preferences") -> None: ...
    def show_theme(self, name: str) -> None: ...


LEAST = (20, 5)
"""Columns and rows below which nothing can be shown whole."""


def cramped(columns: int, rows: int) -> bool:
    """A window of this size is too small."""
    return columns < LEAST[0] or rows < LEAST[1]


class Heard:
    """Mixed into screens: their context, footer and notices."""

    context: Context = "desk"

    @property
    def house(self) -> House:
        """The app, as screens know it."""
        return cast("House", cast("Screen[None]", self).app)

    def on_resize(self, event: Resize) -> None:
        """In a window too small to show anything whole stands one line that says so."""
        cast("Screen[None]", self).set_class(cramped(event.size.width, event.size.height), "cramped")

    def render(self) -> Any:
        """What shows where no widget is."""
        screen = cast("Screen[None]", self)
        if screen.has_class("cramped"):
            return Content(fit(_("Too small: make the window larger."), max(1, screen.size.width)))
        return super().render()  # type: ignore[misc]  # the screen that this is mixed into has one

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """The focus goes where it is sent and is never lost.

        Textual takes it away, some messages later, from what was hidden for a moment (a window made too small), from a
        window that is left for another one, and at a click beside everything; the letters after that would be nobody's.
        """
        screen = cast("Screen[None]", self)
        if widget is not None or screen.focused is None or not screen.focused.is_attached:
            super().set_focus(widget, scroll_visible, from_app_focus)  # type: ignore[misc]  # the screen has it

    def text_field(self) -> Widget | None:
        """The field that takes letters now, if one has the focus."""
        focused = cast("Screen[None]", self).focused
        if focused is None or isinstance(focused, LinePane):
            return None
        from textual.widgets import Input, TextArea  # noqa: PLC0415  no first frame needs a field

        return focused if isinstance(focused, Input | TextArea) else None

    def footer_keys(self) -> Sequence[tuple[str, str]]:
        """The keys that work here and now, most used first; the way to all of them last."""
        commands = [c for c in self.house.keymap.of(self.context) if c.footer and c.when(self)]
        commands.sort(key=lambda command: command.footer)
        return [(command.key, _(command.title)) for command in commands if command.keys]

    def refresh_footer(self) -> None:
        """Draw the footer anew; it costs nothing when nothing changed."""
        for footer in cast("Screen[None]", self).query(Footer):
            footer.show(self.footer_keys())

    def say(self, text: str, severity: Severity = "info") -> None:
        """One calm sentence above the footer."""
        for notice in cast("Screen[None]", self).query(Notice):
            notice.say(text, severity)

    def key_pressed(self) -> None:
        """A key was pressed here."""
        for notice in cast("Screen[None]", self).query(Notice):
            notice.key_pressed()

    async def unbound(self, key: str, character: str | None) -> bool:  # noqa: ARG002  what subclasses hear
        """A key that no command has and no field takes; True if it meant something here."""
        return False


class Room(Heard, Screen[None], inherit_bindings=False):
    """A full screen of ours."""

    DEFAULT_CSS = """
    Room.cramped > * { display: none; }
    """


class Dialog(Heard, ModalScreen[None], inherit_bindings=False):
    """A question over a screen. `accept` answers it, `cancel` leaves it; both end before the next key is read."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog.cramped { background: $background; }
    Dialog.cramped > * { display: none; }
    Dialog > #panel {
        width: 64; max-width: 96%; height: auto; max-height: 90%; background: $surface; padding: 0 1;
    }
    Dialog #question { height: auto; max-height: 6; color: $foreground; text-style: bold; }
    Dialog #hint { height: auto; max-height: 4; color: $foreground-muted; }
    Dialog Input { border: none; height: 1; padding: 0; background: $panel; }
    Dialog Input:focus { border: none; }
    """

    async def accept(self) -> None:
        """Take the answer that stands here."""
        raise AssertionError("a dialog says what accepting means")

    async def cancel(self) -> None:
        """Leave without an answer."""
        await self.leave()

    async def leave(self) -> None:
        """Close this dialog; the screen below has the focus when this returns."""
        await self.house.pop_screen()
