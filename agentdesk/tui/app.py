"""The desk's app: terminal in, terminal out, whatever happens in between.

Invariants: every key goes through the pump; the terminal is restored and the exit status is right on every way out
(exception, SIGTERM, SIGHUP); no traceback and no text from outside is ever printed raw.
"""

import asyncio
import errno
import logging
import os
import signal
import sys
import termios
import threading
from time import monotonic
from typing import Any

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widget import Widget

from agentdesk.config.language import _
from agentdesk.config.settings import Me
from agentdesk.domain.preferences import Preferences
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean
from agentdesk.tui import pasting
from agentdesk.tui.base import Heard
from agentdesk.tui.commands.leaving import leave_from
from agentdesk.tui.gate import REPEAT, Gate
from agentdesk.tui.keys import Command, Keymap, types
from agentdesk.tui.liking import Liking
from agentdesk.tui.pump import KeyPump, drained
from agentdesk.tui.screens.desk import DeskScreen, Seat
from agentdesk.tui.widgets.footer import Footer

_logger = logging.getLogger(__name__)
CRASHED = 1
_OPENING = frozenset({"screen", "focus"})
"""Effects of commands behind which people type ahead: into a dialog, a composer, another pane."""
SIZE_LOOK = 1.0
"""Seconds between two looks whether the window still has the size that was last told: of many quick changes the last
one may be told too early, and nothing more is heard of it."""
LAST_WAY_OUT = 12.0
"""Seconds after a signal at which the process ends, whatever still holds it."""


class AgentDesk(App[int], inherit_bindings=False):
    """Textual's app with one screen of ours on it."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: $background; color: $foreground; }
    """

    def __init__(
        self, seat: Seat, keymap: Keymap, theme: str, liking: Liking | None = None, *, greet: bool = False
    ) -> None:
        super().__init__()
        self.liking = liking or Liking(Preferences(), Me(theme=theme))
        self.keymap = keymap
        self.gate = Gate()
        self.passable = True
        self.clock = seat.clock
        self.poor = seat.poor
        self.title = "agentdesk"
        self._seat = seat
        self._greet = greet
        self._desk: DeskScreen | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._pump = KeyPump(self._deliver, self._failed)

    def on_load(self) -> None:
        """Before anything is styled: a theme chosen later would have all of it styled twice."""
        self.liking.dress(self)

    def get_driver_class(self) -> type[Driver]:
        """Textual's own, with a paste taken for text."""
        pasting.install()
        return super().get_driver_class()

    def get_default_screen(self) -> Screen[Any]:
        """The desk itself, with nothing behind it that would be laid out too."""
        self._desk = DeskScreen(self._seat, (self.size.width, self.size.height))
        return self._desk

    async def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end, 128 + number)
        if self.poor:
            from agentdesk.tui.widgets.poor import PlainBar  # noqa: PLC0415  few terminals need it

            ScrollBar.renderer = PlainBar
        if self._greet and self._desk is not None:
            from agentdesk.tui.screens.welcome import WelcomeScreen  # noqa: PLC0415  seen once in an agent's life

            await self.push_screen(WelcomeScreen(self._desk))
        self._pump.start()
        if not self.is_headless:
            self.set_interval(SIZE_LOOK, lambda: self.fit(_window()))
        self.call_after_refresh(self._tell)

    def fit(self, window: Size | None) -> None:
        """Take the size of the window, if it is another one than is drawn for."""
        if window is not None and window != self.size:
            self.post_message(events.Resize(window, window))

    def _end(self, status: int) -> None:
        """A signal, or the terminal is gone: what is typed is kept first; a second signal does not wait for that."""
        if self._leaving is not None:
            self.exit(status)
            return
        self._leaving = asyncio.create_task(self.leave(status), name="leaving")
        # a terminal that takes no more bytes holds Textual's writer, and with it the whole loop, for ever
        last_way_out = threading.Timer(LAST_WAY_OUT, _stop_at_once, (status,))
        last_way_out.daemon = True
        last_way_out.start()

    async def prefer(self, chosen: Preferences) -> None:
        """The agent's choices are these from now on, and show at once; what of them cannot be used is said."""
        if self._desk is not None:
            await self.liking.take(self, self._desk, chosen)
        self._tell()

    def show_theme(self, name: str) -> None:
        """Wear a theme, to look at it or to keep it. Raises Problem when it cannot be used."""
        self.liking.show_theme(self, name)

    def _tell(self) -> None:
        """What of the agent's choices could not be used."""
        told, self.liking.told = self.liking.told, []
        screen = self.screen
        if isinstance(screen, Heard):
            for sentence in told:
                screen.say(sentence, "warn")

    async def leave(self, status: int) -> None:
        """Keep what is typed, let go of the store, and end."""
        if self._desk is not None:
            await self._desk.close()
        if _terminal_is_gone():
            _stop_at_once(status)
        self.exit(status)

    def panic(self, *_renderables: object) -> None:
        """Textual cannot go on: its input ends when the window is closed. It would print a traceback."""
        if _terminal_is_gone():
            self._end(128 + signal.SIGHUP)
        else:
            self._return_code = CRASHED
            self._fatal_error()

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes wait their turn; everything else is Textual's."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self._pump.put(event)
        else:
            await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Everything that is ever put on the clipboard, by a key or by the mouse, goes through here."""
        from agentdesk.text import clipboard  # noqa: PLC0415  no first frame needs it

        self._clipboard = clean(text)
        if self._driver is None or not clipboard.has_one(os.environ):
            return
        try:
            self._driver.write(clipboard.sequence(text, os.environ))
        except Problem as problem:
            self._failed(problem)

    def on_footer_pressed(self, event: Footer.Pressed) -> None:
        """A footer item was clicked: it is the key."""
        screen = self.screen
        if isinstance(screen, Heard):
            for command in self.keymap.of(screen.context):
                if command.keys and event.key == command.key:
                    self._pump.put(events.Key(command.keys[0], None))
                    return

    async def passes(self) -> bool:
        """A verb may act on the last key; one that may be held down is waited for a moment."""
        if self.gate.doubtful:
            self.gate.doubtful = False
            await asyncio.sleep(REPEAT)
            self.passable = self.passable and not self.keys_waiting()
        return self.passable

    def keys_waiting(self) -> bool:
        """Keys have come that were not looked at yet."""
        return self._pump.waiting > 0

    async def _deliver(self, event: events.Key | events.Paste) -> None:
        """One key or paste, its effect included."""
        screen = self.screen
        if not isinstance(screen, Heard):
            return
        field = screen.text_field()
        if isinstance(event, events.Paste):
            await self._paste(event, screen, field)
            return
        screen.key_pressed()
        if self._desk is not None and len(self.screen_stack) > 1:
            self._desk.count_key()
        if screen.context != "writing":
            self.passable = self.gate.press(event.key, event.time, screen.context)
        try:
            await self._carry_out(event, screen, field)
        finally:
            if self.gate.waiting:
                self.screen.call_after_refresh(lambda: self.gate.shown(monotonic()))

    async def _carry_out(self, event: events.Key, screen: Heard, field: Widget | None) -> None:
        command = self.keymap.find(screen.context, event.key)
        if command is not None:
            if field is not None:
                await drained(field)
            if command.when(screen):
                await self._run(command, screen)
        elif self._desk is not None and not types(event.key) and event.key in self.keymap.named("leave").keys:
            await leave_from(screen, self._desk, event.key)
        elif field is not None:
            await super().on_event(event)
        else:
            await screen.unbound(event.key, event.character)

    async def _run(self, command: Command, screen: Heard) -> None:
        try:
            await command.run(screen)
        except Exception:
            if command.effect in _OPENING:
                self._pump.forget()
            raise

    async def _paste(self, event: events.Paste, screen: Heard, field: Widget | None) -> None:
        if field is None:
            screen.say(_("That was a paste, not keys: nothing was done with it."))
            return
        event.text = clean(event.text)
        await super().on_event(event)

    def _failed(self, error: Exception) -> None:
        screen = self.screen
        if isinstance(screen, Heard):
            words = str(error) if isinstance(error, Problem) else _("That did not work; the log says why.")
            screen.say(words, "error")

    async def on_unmount(self) -> None:
        await self._pump.stop()
        if self._desk is not None:
            await self._desk.close()

    def _fatal_error(self) -> None:
        """Instead of a traceback with its locals (customers' words): the log gets it, the person one sentence."""
        _logger.critical("the desk broke", exc_info=sys.exc_info())
        if self._desk is not None:
            self._desk.writing.keeping.keep_aside()
        self._close_messages_no_wait()


def _window() -> Size | None:
    """How large the terminal's window is; None when nobody can say."""
    try:
        found = os.get_terminal_size(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0)
    except (OSError, ValueError):
        return None
    return Size(found.columns, found.lines) if found.columns and found.lines else None


def _terminal_is_gone() -> bool:
    """The window was closed: nothing can be restored there."""
    if sys.__stdin__ is None:
        return False
    try:
        termios.tcgetattr(sys.__stdin__.fileno())
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    except (OSError, ValueError):
        return False
    return False


def _stop_at_once(status: int) -> None:
    """End the process without another word to the terminal."""
    logging.shutdown()
    os._exit(status)
