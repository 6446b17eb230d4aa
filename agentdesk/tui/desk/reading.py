"""The case on screen: the conversation and its customer, always of the case that was asked for last.

Invariants: an answer carries its question and is dropped when another case has been asked for; what was on screen is
what a reply counts as seen; moving over rows loads a case only when the keys rest; of a long case only a part is held.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.parts import Part, Wish
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from textual.timer import Timer

    from agentdesk.domain.customers import Beside
    from agentdesk.domain.parts import Step
    from agentdesk.domain.rows import Thread
    from agentdesk.queries.feed import Fact
    from agentdesk.tui.screens.desk import DeskScreen

REST = 0.08
"""Seconds without another move before a case is loaded."""
WISH_EVERY = timedelta(minutes=3)
"""Between two wishes for the orders of one customer."""


class Reading:
    """Feeds the conversation and the customer pane."""

    def __init__(self, desk: DeskScreen) -> None:
        self._desk = desk
        self.case_id: int | None = None
        self.thread: Thread | None = None
        self.beside: Beside | None = None
        """What stands in the customer pane besides who this is; None until it was read."""
        self._looking = self._look_again = False
        self._wished: dict[int, datetime] = {}
        self._timer: Timer | None = None
        self._one_at_a_time = asyncio.Lock()
        """Around reading the case: an answer never comes after that to a later question."""
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
        await self._read()

    async def step(self, step: Step) -> None:
        """Go on to another part of a long case."""
        if await self._read(step) and step == "first":
            self.widget.home()
        elif step == "newest":
            self.widget.end()

    async def go_to(self, message_id: int) -> None:
        """Show this message of the case in hand."""
        thread = self.thread
        if thread is not None and all(one.id != message_id for one in thread.messages):
            await self._read(at=message_id)
        self.widget.go_to(message_id)

    async def _read(self, step: Step = "stay", at: int | None = None) -> bool:
        """Read the case in hand, and show it if it still is in hand then."""
        async with self._one_at_a_time:
            case_id, before, desk = self.case_id, self.thread, self._desk
            if case_id is None:
                return False
            core = await desk.core()
            fresh = before is None or before.case.id != case_id
            part = Part() if fresh or before is None else before.part
            try:
                wish = Wish(part, step, at)
                thread = await desk.bridge.read(
                    core.cases.thread, case_id, desk.me.id, micros(desk.now()), wish
                )
            except NotFound as problem:
                desk.say(str(problem), "warn")
                return False
            except Problem as problem:
                desk.say(str(problem), "error")
                return False
            if self.case_id != case_id:
                return False
            self.thread = thread
        self._show(before, thread)
        return True

    def _show(self, before: Thread | None, thread: Thread) -> None:
        desk, case_id = self._desk, thread.case.id
        fresh = before is None or before.case.id != case_id
        self.widget.show(
            thread, desk.now(), self._opened_at.get(case_id) if not fresh else self._known(thread)
        )
        if fresh:
            self._forget_beside(before, thread)
        self._show_customer()
        self.look_beside()
        desk.writing.take_drafts(thread)
        desk.refresh_footer()

    def _forget_beside(self, before: Thread | None, thread: Thread) -> None:
        """Another case: what was suggested for the last one is not for this one; a customer keeps their orders."""
        was = before.customer if before is not None else None
        same = was is not None and thread.customer is not None and was.id == thread.customer.id
        self.beside = replace(self.beside, suggestions=()) if same and self.beside is not None else None

    def look_beside(self) -> None:
        """Read orders, notes and suggestions anew, beside the keys: no key ever waits for them."""
        self._look_again = True
        if not self._looking:
            self._looking = True
            self._desk.soon(self._look())

    async def _look(self) -> None:
        try:
            while self._look_again and self.thread is not None:
                self._look_again = False
                await self._look_at(self.thread)
        finally:
            self._looking = False

    async def _look_at(self, thread: Thread) -> None:
        desk, customer = self._desk, thread.customer
        core = await desk.core()
        customer_id = customer.id if customer is not None else None
        beside = await desk.bridge.read(core.customer_reads.beside, customer_id, thread.case.id, desk.me.id)
        if self.thread is None or self.thread.case.id != thread.case.id:
            return
        self.beside = beside
        self._show_customer()
        if customer_id is not None and any(source.kind != "csv" for source in beside.sources):
            await self._wish(customer_id)

    async def _wish(self, customer_id: int) -> None:
        """Let the worker look this customer's orders up; not again and again."""
        desk, now = self._desk, self._desk.now()
        wished = self._wished.get(customer_id)
        if wished is None or now - wished >= WISH_EVERY:
            self._wished[customer_id] = now
            core = await desk.core()
            await desk.bridge.do(core.orders.wish, customer_id)

    def _show_customer(self) -> None:
        thread, desk = self.thread, self._desk
        if thread is not None:
            desk.query_one(CustomerPane).show(
                thread.customer, thread.case.id, desk.now(), _("Nobody has written in this case yet."), self.beside
            )  # fmt: skip
            desk.refresh_footer()

    async def take_facts(self, facts: Sequence[Fact]) -> None:
        """Facts of no case: read again what the customer pane shows, when they are about this customer."""
        customer = self.thread.customer if self.thread is not None else None
        if customer is None:
            return
        mine = [fact for fact in facts if fact.kind == "customer"]
        if any(fact.field != "orders" for fact in mine):
            await self.reload()
        elif any(fact.after == str(customer.id) for fact in mine) or any(
            fact.kind == "source" for fact in facts
        ):
            self.look_beside()

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
        self.case_id = self.thread = self.beside = None
        self.widget.clear(_("Enter opens the case in hand; n takes the next most urgent one."))

    async def _leave(self) -> None:
        thread = self.thread
        if thread is not None:
            self._desk.selection.saw(thread.case.id, self.seen_message_id())
        if thread is not None and thread.messages:
            newest = max(message.id for message in thread.messages)
            self._opened_at[thread.case.id] = max(newest, self._opened_at.get(thread.case.id, 0))
        await self._desk.writing.put_away()

    def _known(self, thread: Thread) -> int | None:
        """Up to which message this agent has seen the case: as it was left, or the last thing the house wrote."""
        case_id = thread.case.id
        if case_id not in self._opened_at:
            ours = [message.id for message in thread.messages if message.kind in ("outbound", "note")]
            self._opened_at[case_id] = max(ours, default=0)
        return self._opened_at[case_id] or None
