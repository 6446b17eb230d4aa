"""The case on screen: the conversation and its customer, always of the case that was asked for last.

Invariants: an answer carries its question and is dropped when another case has been asked for; what was on screen is
what a reply counts as seen; moving over rows loads a case only when the keys rest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane

if TYPE_CHECKING:
    from textual.timer import Timer

    from agentdesk.domain.rows import Thread
    from agentdesk.tui.screens.desk import DeskScreen

REST = 0.08
"""Seconds without another move before a case is loaded."""


class Reading:
    """Feeds the conversation and the customer pane."""

    def __init__(self, desk: DeskScreen) -> None:
        self._desk = desk
        self.case_id: int | None = None
        self.thread: Thread | None = None
        self._timer: Timer | None = None
        self._opened_at: dict[int, int] = {}
        """newest message of a case when it was last left: newer ones are NEW"""

    @property
    def widget(self) -> Conversation:
        """The conversation."""
        return self._desk.query_one(Conversation)

    def rest_on(self, case_id: int) -> None:
        """The cursor came to a case: load it when the keys rest there."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._desk.set_timer(REST, lambda: self._desk.soon(self.show(case_id)))

    async def show(self, case_id: int) -> None:
        """Load a case and show it; drafts of this agent come with it."""
        if self._timer is not None:
            self._timer.stop()
        if self.case_id not in (None, case_id):
            await self._leave()
        self.case_id = case_id
        await self.reload()
        await self._desk.following.looked_at(case_id)

    async def reload(self) -> None:
        """Read the case in hand again."""
        case_id = self.case_id
        if case_id is None:
            return
        desk = self._desk
        core = await desk.core()
        try:
            thread = await desk.bridge.read(core.cases.thread, case_id, desk.me.id, micros(desk.now()))
        except NotFound as problem:
            desk.say(str(problem), "warn")
            return
        except Problem as problem:
            desk.say(str(problem), "error")
            return
        if self.case_id != case_id:
            return
        fresh = self.thread is None or self.thread.case.id != case_id
        self.thread = thread
        self.widget.show(
            thread, desk.now(), self._opened_at.get(case_id) if not fresh else self._known(thread)
        )
        pane = desk.query_one(CustomerPane)
        pane.show(thread.customer, case_id, desk.now(), _("Nobody has written in this case yet."))
        desk.writing.take_drafts(thread)
        desk.refresh_footer()

    async def show_presence(self) -> None:
        """Who of the colleagues is in the case on screen; that is no change and comes by no log."""
        thread, desk = self.thread, self._desk
        if thread is None:
            return
        core = await desk.core()
        present = await desk.bridge.read(core.cases.present, thread.case.id, desk.me.id, micros(desk.now()))
        if self.thread is thread and present != thread.present:
            self.thread = replace(thread, present=present)
            self.widget.show(self.thread, desk.now())

    def seen_message_id(self) -> int:
        """The newest message that stood on screen."""
        return self.widget.seen_message_id

    def clear(self) -> None:
        """Nothing is in hand."""
        self.case_id = self.thread = None
        self.widget.clear(_("Enter opens the case in hand; n takes the next most urgent one."))

    async def _leave(self) -> None:
        thread = self.thread
        if thread is not None and thread.messages:
            self._opened_at[thread.case.id] = max(message.id for message in thread.messages)
        await self._desk.writing.put_away()

    def _known(self, thread: Thread) -> int | None:
        """Up to which message this agent has seen the case: as it was left, or the last thing the house wrote."""
        case_id = thread.case.id
        if case_id not in self._opened_at:
            ours = [message.id for message in thread.messages if message.kind in ("outbound", "note")]
            self._opened_at[case_id] = max(ours, default=0)
        return self._opened_at[case_id] or None
