"""Follows the log of changes for a face.

Invariants: it goes on from its last id after any failure, so nothing in between is missed; on PostgreSQL a NOTIFY only
wakes it, the data always comes from the log; it re-arms whatever happens.
"""

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agentdesk.bridge import Bridge
from agentdesk.domain.problems import Problem

if TYPE_CHECKING:
    from agentdesk.queries.feed import Fact

FILE_TICK = 0.15
"""Seconds between two looks at a SQLite log, and after news: the NOTIFY of what came right behind it is left out."""
SERVER_TICK = 1.0
"""Seconds between two looks at a PostgreSQL log when no NOTIFY wakes it."""
_logger = logging.getLogger(__name__)


class Feed:
    """`async for facts in feed.follow()`; an empty tuple is a sign of life, None says that the store did not answer."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self._wake = asyncio.Event()
        self._listener: threading.Thread | None = None
        self._stop = threading.Event()
        self.cursor: int | None = None

    async def follow(self) -> AsyncIterator["tuple[Fact, ...] | None"]:
        """Yield what happened, tick by tick, until `close`."""
        tick = FILE_TICK
        while not self._stop.is_set():
            # Before the look: a NOTIFY that comes while it is under way must not be forgotten.
            self._wake.clear()
            try:
                tick = await self._prepare()
                core = await self._bridge.core()
                assert self.cursor is not None
                facts = await self._bridge.read(core.feed.since, self.cursor)
                if facts:
                    self.cursor = facts[-1].id
                yield facts
                if len(facts) == core.feed.LIMIT:
                    continue
                if facts:
                    tick = FILE_TICK
            except Problem as problem:
                _logger.warning("feed: %s", problem)
                tick = SERVER_TICK
                yield None
            except Exception:  # a fault of ours must not leave every screen of the desk standing still
                _logger.exception("feed: a look at the log failed")
                tick = SERVER_TICK
                yield None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), tick)

    async def begin_here(self) -> None:
        """Follow from now on: what is read after this misses nothing."""
        core = await self._bridge.core()
        self.cursor = await self._bridge.read(core.feed.newest)

    def close(self) -> None:
        """End the following."""
        self._stop.set()
        self._wake.set()

    async def _prepare(self) -> float:
        if self.cursor is None:
            await self.begin_here()
        store = await self._bridge.store()
        if store.address.is_file:
            return FILE_TICK
        if self._listener is None or not self._listener.is_alive():
            loop = asyncio.get_running_loop()
            self._listener = threading.Thread(
                target=self._listen, args=(store.address.url, loop), name="feed-listen", daemon=True
            )
            self._listener.start()
        return SERVER_TICK

    def _listen(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        import psycopg  # noqa: PLC0415  only where there is a PostgreSQL

        try:
            with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
                connection.execute("listen agentdesk")
                while not self._stop.is_set():
                    for _notice in connection.notifies(timeout=1.0, stop_after=1):
                        loop.call_soon_threadsafe(self._wake.set)
        except (psycopg.Error, RuntimeError) as error:
            _logger.warning("feed: listening ended: %s", type(error).__name__)
