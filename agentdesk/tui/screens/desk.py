"""The desk: queue, conversation and customer side by side, the composer in place under the conversation.

It wires the parts (`tui.desk`) to the widgets and holds what commands need; it decides nothing about cases.
Invariants: only the agent's own key moves the focus; at every size one pane at least is whole.
"""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import Resize

from agentdesk.bridge import Bridge
from agentdesk.config.language import _, ngettext
from agentdesk.domain.instants import micros
from agentdesk.domain.people import AgentRow
from agentdesk.domain.problems import Problem
from agentdesk.tui import dialogs
from agentdesk.tui.base import Room, cramped
from agentdesk.tui.desk.bulking import Bulking
from agentdesk.tui.desk.following import Following
from agentdesk.tui.desk.listing import FIRST_VIEW, Listing
from agentdesk.tui.desk.reading import Reading
from agentdesk.tui.desk.selection import Selection
from agentdesk.tui.desk.spill import Spill
from agentdesk.tui.desk.writing import Writing
from agentdesk.tui.keys import Context
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.topline import TopLine, ViewBar

if TYPE_CHECKING:
    from agentdesk.store.first_frame import First
    from agentdesk.store.unit import UnitOfWork
    from agentdesk.tui.widgets.composer import Composer

P = ParamSpec("P")
R = TypeVar("R")
_logger = logging.getLogger(__name__)
Pane = Literal["queue", "conversation", "customer"]
PANES: tuple[Pane, ...] = ("queue", "conversation", "customer")
WIDE = 118
"""Columns from which all three panes stand side by side."""
MIDDLE = 100
"""Columns from which queue and conversation do."""
HUGE = 180
"""Columns from which the outer panes are wider."""
SETTLE = 0.1
"""Seconds in which the first frame reaches a slow terminal before the rest of the program is loaded."""
PARTING = 7.0
"""Seconds that a store has to take the last words when the desk is left; they lie in a file meanwhile."""
LOW, FLAT, TINY = 30, 16, 8
"""Rows below which the composer is low, scrolls as a whole, and the list of views gives way."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits here, where, and how: all that the desk is given when it opens."""

    bridge: Bridge
    login: str
    store: str
    """The store's address as it may be shown."""
    terminal: str
    zone: tzinfo
    clock: Callable[[], datetime]
    state_dir: Path
    after_send: Literal["stay", "next"]
    poor: bool
    start_worker: Callable[[], None] | None
    first: "First | None"


class DeskScreen(Room):
    """The agent's workplace."""

    DEFAULT_CSS = """
    DeskScreen { layers: desk notice; layout: vertical; background: $background; }
    DeskScreen #panes { height: 1fr; }
    DeskScreen #left { width: 40; }
    DeskScreen #middle { width: 1fr; }
    DeskScreen #right { width: 32; }
    DeskScreen QueueList, DeskScreen Conversation, DeskScreen CustomerPane { height: 1fr; }
    DeskScreen.wide #left, DeskScreen.wide #middle, DeskScreen.middle #left { border-right: solid $border-blurred; }
    DeskScreen.poor #left, DeskScreen.poor #middle { border-right: ascii $border-blurred; }
    DeskScreen.poor Composer { border: ascii $accent; }
    DeskScreen.poor Composer.note { border: ascii $warning; }
    DeskScreen.poor Composer .head, DeskScreen.poor Composer .files { text-overflow: clip; }
    DeskScreen.middle #right, DeskScreen.narrow #right { display: none; }
    DeskScreen.narrow #left, DeskScreen.narrow #middle { width: 1fr; display: none; }
    DeskScreen.narrow.on-queue #left, DeskScreen.narrow.on-conversation #middle { display: block; }
    DeskScreen.narrow.on-customer #right, DeskScreen.middle.on-customer #right { display: block; width: 1fr; }
    DeskScreen.middle.on-customer #middle { display: none; }
    DeskScreen.huge #left { width: 56; }
    DeskScreen.huge #right { width: 44; }
    DeskScreen.tiny ViewBar { display: none; }
    """

    def __init__(self, seat: Seat, size: tuple[int, int]) -> None:
        super().__init__(classes=" ".join(self.classes_for(*size, "queue", poor=seat.poor)))
        self.seat = seat
        self.bridge = seat.bridge
        self.me = _known_so_far(seat)
        self.terminal = seat.terminal
        self.after_send = seat.after_send
        self.start_worker = seat.start_worker
        self.ready = False
        self.composer_mounted = False
        self._mounting = asyncio.Lock()
        self.pane: Pane = "queue"
        self.last_act: Callable[[], Awaitable[None]] | None = None
        self.closed = False
        self._keys = 0
        self._leave_asked_at = -1
        self.listing = Listing(self, FIRST_VIEW)
        self.reading = Reading(self)
        self.writing = Writing(self, Spill(seat.state_dir / "drafts", seat.login, seat.store, seat.terminal))
        self.following = Following(self)
        self.selection = Selection(self)
        self.bulking = Bulking(self)
        self._soon: set[asyncio.Task[None]] = set()

    # -- what stands on the screen ------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        now, zone, poor = self.now(), self.seat.zone, self.seat.poor
        yield TopLine(poor=poor)
        with Horizontal(id="panes"):
            with Vertical(id="left"):
                yield ViewBar(poor=poor)
                yield QueueList(now=now, zone=zone, me=self.me.id, poor=poor, id="queue")
            with Vertical(id="middle"):
                yield Conversation(now=now, zone=zone, poor=poor, id="conversation")
            with Vertical(id="right"):
                yield CustomerPane(now=now, zone=zone, poor=poor, id="customer")
        yield Footer(poor=poor)
        yield Notice(poor=poor)

    def on_mount(self) -> None:
        self.query_one(QueueList).focus()
        self.draw_top()
        self.reading.clear()
        self.listing.paint_first(self.seat.first.rows if self.seat.first is not None else None)
        self.refresh_footer()
        self.call_after_refresh(lambda: self.set_timer(SETTLE, lambda: self.soon(self._begin())))

    async def _begin(self) -> None:
        """After the first frame: open the store for good, then follow it."""
        gc.enable()
        gc.freeze()
        try:
            core = await self.core()
            self.me = await self.bridge.read(core.people.agent, self.seat.login)
            self.bridge.actor = core.Actor(self.me.id, self.me.login, self.me.role)
            await self.house.prefer(await self.bridge.read(core.people.preferences_of, self.me.id))
            await self.following.begin_here()
        except Problem as problem:
            self.say(str(problem), "error")
            self.set_timer(2.0, lambda: self.soon(self._begin()))
            return
        self.query_one(QueueList).me = self.me.id
        self.ready = True
        await self.listing.show(self.listing.view)  # the first frame's rows may be some changes old
        self.following.start()
        hand = self.query_one(QueueList).current
        if hand is not None and self.reading.case_id is None:
            await self.reading.show(hand.id)
        self.writing.tell_kept()
        await self.bulking.tell_stopped()
        await self.following.tell_called()

    async def close(self) -> None:
        """Keep what is being written and let go of everything, whatever state the store is in."""
        if self.closed:
            return
        self.closed = True
        self.writing.keeping.keep_aside()
        await self.following.stop()
        try:
            async with asyncio.timeout(PARTING):
                await self.writing.keeping.save()
                if self.ready:
                    core = await self.core()
                    await self.bridge.do(core.staff.leave, self.terminal)
        except (Problem, TimeoutError) as problem:
            _logger.warning("leaving: %s", problem)
        for task in tuple(self._soon):
            task.cancel()
        await self.bridge.close()

    # -- time and store -----------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The time, aware, UTC."""
        return self.seat.clock()

    def micros(self) -> int:
        """The time as the store compares it."""
        return micros(self.now())

    async def core(self) -> Any:
        """The verbs and reads; loaded in the store's thread."""
        return await self.bridge.core()

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the keys; a problem becomes a notice."""

        async def guarded() -> None:
            try:
                await work
            except Problem as problem:
                self.say(str(problem), "error")
            except Exception:
                _logger.exception("something beside the keys failed")
                self.say(_("That did not work; the log says why."), "error")

        task = asyncio.create_task(guarded())
        self._soon.add(task)
        task.add_done_callback(self._soon.discard)

    async def perform(
        self, verb: "Callable[Concatenate[UnitOfWork, P], R]", *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """Carry out a verb on a case: one stroke. None when it was refused, with the reason on screen."""
        try:
            return await self.perform_raw(verb, *args, **kwargs)
        except Problem as problem:
            self.say(str(problem), "error")
            return None

    async def perform_raw(
        self, verb: "Callable[Concatenate[UnitOfWork, P], R]", *args: P.args, **kwargs: P.kwargs
    ) -> R | None:
        """The same for who wants the Problem itself."""
        if not await self.house.passes():
            self.say(_("That key came before the last act was on screen, so nothing was done."))
            return None
        self.house.gate.begin()
        return await self.bridge.do(verb, *args, **kwargs)

    async def show_effect(self, case_id: int) -> None:
        """A case was changed by this desk: read it again before the next key."""
        await self.listing.take_changes([case_id])
        if self.reading.case_id == case_id:
            await self.reading.reload()
        await self.listing.count()
        self.draw_top()
        self.refresh_footer()

    # -- focus and sizes ----------------------------------------------------------------------------------------

    @property
    def context(self) -> Context:  # type: ignore[override]
        """Writing while a field of the composer has the focus."""
        return "writing" if self.text_field() is not None else "desk"

    def focus_pane(self, pane: Pane) -> None:
        """Another pane is in hand."""
        self.pane = pane
        self._fit(self.app.size.width, self.app.size.height)
        self.set_focus(self.query_one(f"#{pane}"))
        self.refresh_footer()

    async def mount_composer(self) -> None:
        """The composer is there from its first use on, whoever asks first: a key, or a draft that is shown again."""
        async with self._mounting:
            if not self.composer_mounted:
                from agentdesk.tui.widgets.composer import Composer  # noqa: PLC0415  no first frame needs it

                await self.query_one("#middle").mount(Composer())
                self.composer_mounted = True
                self._fit(self.app.size.width, self.app.size.height)

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size.width, event.size.height)

    @staticmethod
    def classes_for(columns: int, rows: int, pane: Pane, *, poor: bool) -> list[str]:
        """What the style sheet needs to know of the size, the terminal and the pane in hand."""
        width = "wide" if columns >= WIDE else "middle" if columns >= MIDDLE else "narrow"
        facts = {
            "huge": columns >= HUGE,
            "tiny": rows < TINY,
            "cramped": cramped(columns, rows),
            "poor": poor,
        }
        return [width, f"on-{pane}", *(name for name, true in facts.items() if true)]

    def _fit(self, columns: int, rows: int) -> None:
        wanted = self.classes_for(columns, rows, self.pane, poor=self.seat.poor)
        if self.classes != frozenset(wanted):
            self.set_classes(wanted)
        if self.composer_mounted:
            self.query_one("#composer").set_class(rows < LOW, "low").set_class(rows < FLAT, "flat")

    def tick(self) -> None:
        """A second has passed."""
        now = self.now()
        self.query_one(QueueList).tick(now)
        self.query_one(Conversation).tick(now)
        self.query_one(CustomerPane).tick(now)
        self.draw_top()

    def draw_top(self) -> None:
        """The top line."""
        if self.is_mounted:
            self.query_one(TopLine).show(
                _("Desk"), self.me.name, self.listing.counts, self.now(), self.following.warnings()
            )

    # -- leaving ------------------------------------------------------------------------------------------------

    def key_pressed(self) -> None:
        """Count: only the key right after a warning repeats it."""
        super().key_pressed()
        self.count_key()

    def count_key(self) -> None:
        """A key was pressed, here or on a screen above."""
        self._keys += 1

    def ask_to_leave(self) -> None:
        """Something speaks against leaving; the same key again leaves."""
        self._leave_asked_at = self._keys

    @property
    def asked_to_leave(self) -> bool:
        """The key before this one asked."""
        return self._keys == self._leave_asked_at + 1

    # -- what the widgets say -----------------------------------------------------------------------------------

    async def on_queue_list_page_wanted(self, event: QueueList.PageWanted) -> None:
        if self.ready:
            self.soon(self.listing.answer(event))

    def on_queue_list_cursor_moved(self, event: QueueList.CursorMoved) -> None:
        self.refresh_footer()
        if self.ready and self.pane == "queue":
            self.reading.rest_on(event.case_id)

    async def on_conversation_wanted(self, event: Conversation.Wanted) -> None:
        """The end of what is held of a long case came near: read on."""
        await self.reading.step(event.step)

    async def on_queue_list_opened(self, event: QueueList.Opened) -> None:
        if self.ready:
            await self.open_case(event.case_id)

    def on_composer_typed(self, _event: "Composer.Typed") -> None:
        self.writing.typed()

    def on_descendant_focus(self) -> None:
        focused = self.focused
        if focused is not None and focused.id in PANES and focused.id != self.pane:
            self.pane = focused.id
            self._fit(self.app.size.width, self.app.size.height)
        self.refresh_footer()

    # -- going about --------------------------------------------------------------------------------------------

    async def open_case(self, case_id: int) -> None:
        """Show a case and take its conversation in hand."""
        await self.reading.show(case_id)
        self.focus_pane("conversation")

    async def next_case(self) -> None:
        """After a send, where the settings say so: on to the next row of the queue."""
        self.query_one(QueueList).move(1)
        hand = self.query_one(QueueList).current
        if hand is not None:
            await self.reading.show(hand.id)

    async def ask_despite(self, found: Sequence[str], send: Callable[[], Awaitable[None]]) -> None:
        """Something speaks against sending: Enter sends it all the same, Esc goes back to the text."""
        question = ngettext("Look at this first:", "Look at these first:", len(found))
        await self.house.push_screen(dialogs.ConfirmDialog(
            question, send, lines=found, hint=_("Enter sends it as it is, Esc goes back to the text."),
        ))  # fmt: skip

    async def ask_send_anyway(self, why: str, again: Callable[[], Awaitable[None]]) -> None:
        """The case moved while the reply was written: show the new lines, Enter sends when they are all there is."""
        await self.reading.step("newest")
        thread = self.reading.thread
        seen = self.writing.seen
        new = (
            [
                m
                for m in thread.messages
                if m.kind == "inbound" and m.id > seen and m.side == self.writing.side
            ]
            if thread is not None
            else []
        )
        lines = [f"{m.sender.name or m.sender.address}: {m.reply_text.strip()[:400]}" for m in new[-3:]]

        newest = max((m.id for m in thread.messages), default=seen) if thread is not None else seen

        async def send() -> None:
            self.writing.seen = newest
            await again()

        await self.house.push_screen(dialogs.ConfirmDialog(
            why, send, lines=lines, hint=_("Enter sends the reply as it is, Esc goes back to the text."),
        ))  # fmt: skip


def _known_so_far(seat: Seat) -> AgentRow:
    """Who sits here, as far as the first frame knows."""
    first = seat.first
    return AgentRow(
        id=first.agent_id if first is not None else 0, login=seat.login,
        name=first.name if first is not None else seat.login, role="agent", capacity=0, language="", timezone="",
        signature="", theme="", active=True,
    )  # fmt: skip
