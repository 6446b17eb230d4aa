"""The process of the desk: terminal in, terminal out, whatever happens in between.

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
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textual import events
from textual.app import App
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.widget import Widget

from agentdesk.bridge import Bridge
from agentdesk.config.language import _
from agentdesk.config.places import resource
from agentdesk.config.settings import Settings
from agentdesk.domain.problems import Problem, Refused
from agentdesk.store.address import StoreAddress
from agentdesk.store.first_frame import first_page
from agentdesk.text.clean import clean
from agentdesk.tui.base import Heard
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.desk.listing import FIRST_VIEW, ROWS
from agentdesk.tui.gate import Gate
from agentdesk.tui.keys import Keymap
from agentdesk.tui.pump import KeyPump, drained
from agentdesk.tui.screens.desk import DeskScreen, Seat
from agentdesk.tui.theme import DEFAULT, load_theme
from agentdesk.tui.widgets.footer import Footer

if TYPE_CHECKING:
    from agentdesk.store.engine import Store

_logger = logging.getLogger(__name__)
CRASHED = 1
LAST_WAY_OUT = 12.0
"""Seconds after a signal at which the process ends, whatever still holds it."""


class AgentDesk(App[int], inherit_bindings=False):
    """Textual's app with one screen of ours on it."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: $background; color: $foreground; }
    """

    def __init__(self, seat: Seat, keymap: Keymap, theme: str) -> None:
        super().__init__()
        self.keymap = keymap
        self.gate = Gate()
        self.passable = True
        self.clock = seat.clock
        self.poor = seat.poor
        self.title = "agentdesk"
        self._seat = seat
        self._theme_name = theme
        self._desk: DeskScreen | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._pump = KeyPump(self._deliver, self._failed)

    def on_load(self) -> None:
        """Before anything is styled: a theme chosen later would have all of it styled twice."""
        self._choose_theme()

    def get_default_screen(self) -> Screen[Any]:
        """The desk itself, with nothing behind it that would be laid out too."""
        self._desk = DeskScreen(self._seat, (self.size.width, self.size.height))
        return self._desk

    def on_mount(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end, 128 + number)
        if self.poor:
            from agentdesk.tui.widgets.poor import PlainBar  # noqa: PLC0415  few terminals need it

            ScrollBar.renderer = PlainBar
        self._pump.start()

    def _choose_theme(self) -> None:
        folder = resource("themes")
        path = folder / f"{self._theme_name or DEFAULT}.toml"
        theme = load_theme(path if path.is_file() else folder / f"{DEFAULT}.toml")
        self.register_theme(theme)
        self.theme = theme.name

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

    def on_footer_pressed(self, event: Footer.Pressed) -> None:
        """A footer item was clicked: it is the key."""
        screen = self.screen
        if isinstance(screen, Heard):
            for command in self.keymap.of(screen.context):
                if command.keys and event.key == command.key:
                    self._pump.put(events.Key(command.keys[0], None))
                    return

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
        if screen.context != "writing":
            self.passable = self.gate.press(event.key, event.time)
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
                await command.run(screen)
        elif field is not None:
            await super().on_event(event)
        else:
            await screen.unbound(event.key, event.character)

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


def open_desk(  # noqa: PLR0917  each is a fact of its own that the command line hands down
    address: StoreAddress, settings: Settings, agent_login: str, config_path: Path | None, state_dir: Path,
    clock: Callable[[], datetime], *, worker: bool = True,
) -> int:  # fmt: skip
    """Open the desk and stay until it is left; returns the exit status. Without `worker` it never starts one."""
    for name in ("LINES", "COLUMNS"):  # they would overrule the terminal's real size
        os.environ.pop(name, None)
    first = first_page(address, agent_login, FIRST_VIEW, ROWS + 1)
    terminal = f"{os.uname().nodename}-{os.getpid()}:{os.urandom(4).hex()}"
    bridge = Bridge(lambda: _open_store(address, agent_login), clock, terminal)
    seat = Seat(
        bridge=bridge, login=agent_login, store=address.shown, terminal=terminal, zone=_zone(settings.me.timezone),
        clock=clock, state_dir=state_dir, after_send=settings.me.after_send, poor=_poor(), first=first,
        start_worker=_worker_starter(address, config_path) if worker and address.is_file else None,
    )  # fmt: skip
    app = AgentDesk(seat, Keymap(COMMANDS, settings.me.keys), settings.me.theme)
    status = app.run()
    if app.return_code:
        sys.stderr.write(_("agentdesk had to stop; what was typed is kept, and the log says why.") + "\n")
        return CRASHED
    return status or 0


def _open_store(address: StoreAddress, login: str) -> "Store":
    """The store, ready for this agent. Raises Problem, or Refused when somebody else has signed in to it."""
    from agentdesk.bridge.core import people  # noqa: PLC0415  as below
    from agentdesk.store.engine import Store  # noqa: PLC0415  SQLAlchemy, in the store's own thread
    from agentdesk.store.migrate import bring_up_to_date  # noqa: PLC0415

    store = Store(address)
    try:
        bring_up_to_date(store)
        with store.session() as session:
            if not people.may_act_as(session, login):
                raise Refused(
                    _(
                        "You are signed in to the database as somebody else and may not act as {login}."
                    ).format(login=login)
                )
    except Problem:
        store.close()
        raise
    return store


def _worker_starter(address: StoreAddress, config_path: Path | None) -> Callable[[], None]:
    """Starts a worker at most every ten seconds: two may race, the lease lets one live."""
    last: list[float] = []

    def start() -> None:
        from agentdesk.worker import detached  # noqa: PLC0415  most starts of a desk find one running

        if not last or monotonic() - last[-1] > 10:
            last[:] = [monotonic()]
            detached.start(address.url, config_path, os.environ)

    return start


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


def _zone(name: str) -> tzinfo:
    try:
        return (
            ZoneInfo(name)
            if name
            else ZoneInfo(Path("/etc/localtime").resolve().as_posix().partition("zoneinfo/")[2])
        )
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = datetime.now().astimezone().tzinfo
        assert zone is not None
        return zone


def _poor() -> bool:
    """A terminal or locale that cannot show the signs gets their stand-ins."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return "utf8" not in encoding or os.environ.get("TERM", "") in ("linux", "dumb", "vt100", "vt220")
