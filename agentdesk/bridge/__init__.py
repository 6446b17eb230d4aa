"""The one place that knows both asyncio and the synchronous core: read, do, and the feed.

Invariants: rows that leave are frozen; the store is opened in a thread, so that the first frame never waits for
SQLAlchemy; writes go one after another, reads beside them.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from agentdesk.bridge.asking import Overtaken, Question

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.engine import Store
    from agentdesk.store.unit import Actor, UnitOfWork

__all__ = ["Bridge", "Overtaken"]

P = ParamSpec("P")
R = TypeVar("R")


class Bridge:
    """Reads and acts for one face. `open_store` is called once, in a thread, at the first use."""

    def __init__(self, open_store: Callable[[], "Store"], clock: Callable[[], datetime], desk: str) -> None:
        self._open = open_store
        self._clock = clock
        self._desk = desk
        self._writer = ThreadPoolExecutor(1, "store-write")
        self._readers = ThreadPoolExecutor(3, "store-read")
        self._stopping = ThreadPoolExecutor(1, "store-stop")
        self._store: Store | None = None
        self._opening = asyncio.Lock()
        self._asked: dict[str, Question] = {}
        self.actor: Actor | None = None

    async def read(
        self, query: "Callable[Concatenate[Connection, P], R]", /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a read in a session of its own."""
        store = await self.store()

        def work() -> R:
            with store.session() as session:
                return query(session, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def ask(
        self,
        about: str,
        query: "Callable[Concatenate[Connection, P], R]",
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """The same for a question that is asked anew while somebody types: a newer one about the same stops this one.

        Raises Overtaken when that has happened.
        """
        before, this = self._asked.get(about), Question()
        self._asked[about] = this
        if before is not None:
            before.forestall()
            self._stopping.submit(before.stop)

        def work(session: "Connection") -> R:
            return this.answer(session, lambda: query(session, *args, **kwargs))

        try:
            return await self.read(work)
        except asyncio.CancelledError:  # whoever asked has gone
            this.forestall()
            self._stopping.submit(this.stop)
            raise
        finally:
            if self._asked.get(about) is this:
                del self._asked[about]

    async def do(
        self, verb: "Callable[Concatenate[UnitOfWork, P], R]", /, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a verb in a unit of its own and commit it."""
        store = await self.store()
        actor = self.actor
        if actor is None:
            from agentdesk.store.unit import SYSTEM  # noqa: PLC0415  SQLAlchemy comes with it

            actor = SYSTEM

        def work() -> R:
            with store.unit(actor, self._clock(), self._desk) as unit:
                return verb(unit, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def carry_out(
        self,
        act: "Callable[Concatenate[Store, Actor, Callable[[], datetime], P], R]",
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run an act that makes its own commits (and more: it sweeps the store's files), between the other writes."""
        store, actor = await self.store(), self.actor
        assert actor is not None
        return await asyncio.get_running_loop().run_in_executor(
            self._writer, lambda: act(store, actor, self._clock, *args, **kwargs)
        )

    async def store(self) -> "Store":
        """The open store. Raises Problem when it cannot be opened."""
        if self._store is None:
            async with self._opening:
                if self._store is None:
                    self._store = await asyncio.get_running_loop().run_in_executor(
                        self._writer, self._prepare
                    )
        return self._store

    def _prepare(self) -> "Store":
        import agentdesk.bridge.core  # noqa: F401, PLC0415  slow, and so not in the faces' own thread

        return self._open()

    async def core(self) -> Any:
        """The module `bridge.core`: verbs and reads by name, loaded in the store's thread."""
        await self.store()
        from agentdesk.bridge import core  # noqa: PLC0415  loaded by then

        return core

    async def close(self) -> None:
        """Finish what is being written, then let go of the store."""

        def finish() -> None:
            self._writer.shutdown(wait=True)
            for question in tuple(self._asked.values()):
                question.stop()
            self._readers.shutdown(wait=True, cancel_futures=True)
            self._stopping.shutdown(wait=True)
            if self._store is not None:
                self._store.close()

        await asyncio.get_running_loop().run_in_executor(None, finish)
