"""The desk with a coach beside it: after each key the coach looks, says what to do next, and counts.

Invariant: the desk is the real one; nothing a learner does here works differently in the daily work.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

from textual import events
from textual.screen import Screen

from agentdesk.domain.learning import Seen, Told
from agentdesk.domain.problems import Problem
from agentdesk.tui.app import AgentDesk
from agentdesk.tui.base import Heard
from agentdesk.tui.widgets.coach_bar import CoachBar
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from collections.abc import Callable


LOOK = 0.5
"""Seconds between two looks without a key."""


class Coach(Protocol):
    """Who teaches; handed in by the command line."""

    def hello(self) -> Told: ...
    def swallows(self, key: str) -> bool: ...
    def look(self, session: Any, key: str, seen: Seen) -> Told: ...


class LearningDesk(AgentDesk):
    """Asks the coach after every key."""

    coach: Coach
    _told: Told
    _turn: asyncio.Lock

    @classmethod
    def taught_by(cls, coach: Coach) -> Callable[..., LearningDesk]:
        """Makes the app as `AgentDesk` is made, with this coach."""

        def make(*args: Any, **kwargs: Any) -> LearningDesk:
            app = cls(*args, **kwargs)
            app.coach, app._told, app._turn = coach, coach.hello(), asyncio.Lock()
            return app

        return make

    async def on_mount(self) -> None:
        await super().on_mount()
        await self._sit_beside(self.screen)
        self.set_interval(LOOK, self._look_again)

    async def _look_again(self) -> None:
        """What takes its time is seen when it is done; never while a key is carried out."""
        if self._desk is not None and self._desk.ready and not self._turn.locked():
            async with self._turn:
                await self._ask("")

    async def push_screen(self, screen: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Every screen has the coach on top."""
        answer = await super().push_screen(screen, *args, **kwargs)
        await self._sit_beside(screen)
        return answer

    async def _sit_beside(self, screen: Screen[Any]) -> None:
        if isinstance(screen, Heard) and not screen.query(CoachBar):
            await screen.mount(CoachBar(self._told.task, self._told.hint, poor=self.poor))

    async def _deliver(self, event: events.Key | events.Paste) -> None:
        if isinstance(event, events.Paste) or self._desk is None or not self._desk.ready:
            await super()._deliver(event)
            return
        async with self._turn:
            if not self.coach.swallows(event.key):
                await super()._deliver(event)
            await self._ask(event.key)

    async def _ask(self, key: str) -> None:
        desk = self._desk
        assert desk is not None
        seen = Seen(
            screen=type(self.screen).__name__, case_id=desk.reading.case_id or 0,
            writing=desk.writing.widget.written().body if desk.writing.opened else "",
        )  # fmt: skip
        try:
            told = await desk.bridge.read(self.coach.look, key, seen)
            await self._follow(told)
        except Problem as problem:
            desk.say(str(problem), "error")

    async def _follow(self, told: Told) -> None:
        """Say it, and do what has to be done before the next key."""
        self._told = told
        for screen in self.screen_stack:
            for bar in screen.query(CoachBar):
                bar.say(told.task, told.hint)
        desk = self._desk
        assert desk is not None
        if told.prepare is not None:
            await desk.bridge.do(told.prepare)
        if told.show:
            await self._go_to(told.show)
        if told.select:
            desk.focus_pane("queue")
            await desk.listing.show("waiting")
            ids = list(desk.query_one(QueueList).held_ids[: told.select])
            desk.selection.take(await desk.bridge.read((await desk.core()).picking.these, ids))

    async def _go_to(self, case_id: int) -> None:
        desk = self._desk
        assert desk is not None
        rows = await desk.bridge.read((await desk.core()).queue.rows, [case_id])
        queue = desk.query_one(QueueList)
        if not queue.go_to(case_id, rows[0] if rows else None):
            await desk.listing.show("waiting")
            queue.go_to(case_id, rows[0] if rows else None)
        await desk.open_case(case_id)
