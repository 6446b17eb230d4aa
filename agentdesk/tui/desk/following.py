"""Keeps the desk true: follows the log, ticks the clocks, shows who is here, watches the store and the worker.

Invariants: every loop goes on whatever one turn of it met; a change is read once however many facts tell of it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from agentdesk.bridge.feed import Feed
from agentdesk.config.language import _
from agentdesk.domain.problems import Problem

if TYPE_CHECKING:
    from agentdesk.queries.feed import Fact
    from agentdesk.tui.screens.desk import DeskScreen

PRESENCE_EVERY = 3.0
HEALTH_EVERY = 3.0
COUNT_EVERY = 1.0
WORKER_SILENT = timedelta(seconds=15)
_logger = logging.getLogger(__name__)


class Following:
    """The desk's background: one task each for log, clocks, presence and health."""

    def __init__(self, desk: "DeskScreen") -> None:
        self._desk = desk
        self._feed = Feed(desk.bridge)
        self._tasks: list[asyncio.Task[None]] = []
        self._count_again = True
        self.store_silent = False
        self.worker_silent = False
        self._called: frozenset[int] = frozenset()
        """Cases with a note that calls this agent."""

    async def begin_here(self) -> None:
        """Miss nothing from now on; what is on screen has to be read after this."""
        await self._feed.begin_here()

    def start(self) -> None:
        """Begin."""
        self._tasks = [
            asyncio.create_task(self._follow(), name="feed"),
            asyncio.create_task(self._every(1.0, self._tick), name="clocks"),
            asyncio.create_task(self._every(0.25, self._desk.writing.keeping.tick), name="drafts"),
            asyncio.create_task(self._every(COUNT_EVERY, self._count), name="counts"),
            asyncio.create_task(self._every(PRESENCE_EVERY, self._presence), name="presence"),
            asyncio.create_task(self._every(HEALTH_EVERY, self._health), name="health"),
        ]

    async def stop(self) -> None:
        """End it all."""
        self._feed.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _every(self, seconds: float, turn: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await turn()
            except Problem as problem:
                _logger.warning("%s", problem)
            except Exception:
                _logger.exception("a turn of the desk's background failed")
            await asyncio.sleep(seconds)

    async def _follow(self) -> None:
        async for facts in self._feed.follow():
            silent = facts is None
            if silent != self.store_silent:
                self.store_silent = silent
                self._desk.draw_top()
            if facts:
                try:
                    await self._take(facts)
                except Problem as problem:
                    _logger.warning("%s", problem)
                except Exception:
                    _logger.exception("changes could not be shown")

    async def _take(self, facts: "tuple[Fact, ...]") -> None:
        desk = self._desk
        cases = {fact.case_id for fact in facts if fact.case_id is not None}
        self._count_again = self._count_again or bool(cases)
        await desk.listing.take_changes(cases)
        if desk.reading.case_id in cases:
            await desk.reading.reload()
        await desk.reading.take_facts(facts)
        for case_id in cases:
            if any((fact.case_id, fact.kind, fact.field) == (case_id, "draft", "restored") for fact in facts):
                await self._tell_back(case_id)
        handed = {fact.case_id for fact in facts if (fact.kind, fact.field) == ("draft", "handed over")}
        if handed:
            await self._tell_handed(handed)
        if desk.house.liking.in_force.bell:
            await self._ring(
                {one.case_id for one in facts if (one.kind, one.field) == ("message", "received")}
            )

        if any(fact.kind == "mention" and fact.agent_id != desk.me.id for fact in facts):
            await self.tell_called()

    async def tell_called(self) -> None:
        """Somebody called this agent in a note: say where, until they have looked."""
        desk = self._desk
        core = await desk.core()
        waiting = await desk.bridge.read(core.called.waiting, desk.me.id)
        self._called = frozenset(one.case_id for one in waiting)
        found = [one for one in waiting if one.case_id != desk.reading.case_id]
        if len(found) == 1:
            desk.say(
                _("{who} calls you in a note in #{number}.").format(who=found[0].who, number=found[0].case_id)
            )
        elif found:
            places = ", ".join(f"#{one.case_id}" for one in found)
            desk.say(_("Notes call you in {places}.").format(places=places))

    async def looked_at(self, case_id: int) -> None:
        """A case is on screen: whoever was called there has looked."""
        if case_id in self._called:
            self._called -= {case_id}
            core = await self._desk.core()
            await self._desk.bridge.do(core.mentions.looked, case_id)

    async def _tell_handed(self, cases: "set[int | None]") -> None:
        """A colleague has left, and what they had begun is this agent's now: say where it is."""
        desk = self._desk
        core = await desk.core()
        mine = [
            _("c, a new message") if case_id is None else f"#{case_id}"
            for case_id in sorted(cases, key=lambda one: one or 0)
            if any(one.notice for one in await desk.bridge.read(core.cases.drafts_of, case_id, desk.me.id))
        ]
        if mine:
            desk.say(
                _("What a colleague who has left had begun is yours now: see {places}.").format(
                    places=", ".join(mine)
                ),
                "warn",
            )

    async def _ring(self, cases: "set[int | None]") -> None:
        """A customer wrote in a case of this agent's, who wants to hear that."""
        desk = self._desk
        wanted = sorted(case_id for case_id in cases if case_id is not None)
        core = await desk.core()
        rows = await desk.bridge.read(core.queue.rows, wanted) if wanted else ()
        if any(row.owner_id == desk.me.id and row.waiting_since is not None for row in rows):
            desk.app.bell()

    async def _tell_back(self, case_id: int) -> None:
        """A reply came back to its writer's composer: say so, wherever the writer is meanwhile."""
        desk = self._desk
        if case_id == desk.reading.case_id:
            return
        core = await desk.core()
        for draft in await desk.bridge.read(core.cases.drafts_of, case_id, desk.me.id):
            if draft.notice:
                desk.say(
                    _("Your reply in #{number} came back: {why}").format(number=case_id, why=draft.notice),
                    "warn",
                )

    async def _tick(self) -> None:
        self._desk.tick()

    async def _count(self) -> None:
        if self._count_again and self._desk.ready:
            self._count_again = False
            await self._desk.listing.count()
            self._desk.draw_top()

    async def _presence(self) -> None:
        desk = self._desk
        if (
            not desk.ready or desk.writing.keeping.unsaved
        ):  # a store that is hard to write has the text to take first
            return
        core = await desk.core()
        await desk.bridge.do(core.staff.show_presence, desk.terminal, 0, "here")
        if desk.reading.case_id is not None:
            what = "writing" if desk.writing.opened and desk.context == "writing" else "viewing"
            await desk.bridge.do(core.staff.show_presence, desk.terminal, desk.reading.case_id, what)
        await desk.listing.show_presence()
        await desk.reading.show_presence()
        self._count_again = True

    async def _health(self) -> None:
        desk = self._desk
        if not desk.ready:
            return
        core = await desk.core()
        health = await desk.bridge.read(core.people.health, desk.micros())
        seen = health.worker_seen
        silent = seen is None or desk.now() - seen > WORKER_SILENT
        if silent and desk.start_worker is not None:
            desk.start_worker()
        if silent != self.worker_silent:
            self.worker_silent = silent
            desk.draw_top()

    def warnings(self) -> list[str]:
        """What the top line should warn of, gravest first."""
        found = []
        if self._desk.writing.keeping.unsaved:
            found.append(_("The store cannot be written; what you type is kept in a file."))
        if self.store_silent:
            found.append(_("The store does not answer; this is the last that was known."))
        elif self.worker_silent and self._desk.start_worker is None:
            found.append(_("No worker has been seen for 15 s: mail neither comes nor leaves."))
        return found
