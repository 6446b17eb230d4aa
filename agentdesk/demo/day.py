"""The day in the shop while the desk is open: post leaves, mail arrives, time passes, colleagues work.

One thread does it all, the history first. Invariant: whatever one turn meets, the next one comes; the worker's lease is
held all the while, so that no real worker is ever missed or started.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

from agentdesk.demo import colleagues, history, post
from agentdesk.demo.arriving import Arriving
from agentdesk.demo.shop import HOLDER, LEASE
from agentdesk.demo.world import World
from agentdesk.domain.instants import micros
from agentdesk.queries.people import WORKER, desks_seen
from agentdesk.services import people, timers
from agentdesk.store.engine import open_store
from agentdesk.store.unit import SYSTEM

_logger = logging.getLogger(__name__)
TURN: Final = 0.25
"""Seconds between two looks at the outbox."""
OPENING: Final = 12
"""Looks at the door until the day begins without a desk."""
SLOW: Final = 12
"""Every so many turns: the lease, the timers, the colleagues."""


class Day:
    """Runs until it is stopped."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self._world = world
        self._clock = clock
        self._store = open_store(world.store.address.url)
        self._arriving = Arriving(world, self._store, clock())
        self._over = threading.Event()
        self._turns = 0
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and let go of the store."""
        self._over.set()
        self._thread.join()
        self._store.close()

    def _run(self) -> None:
        self._let_the_desk_open()
        self._guarded(lambda: history.fill(self._world, self._turn))
        while self._turn(TURN):
            pass

    def _let_the_desk_open(self) -> None:
        """The first frame is worth more than the history: begin when somebody sits at the desk, or after a while."""
        opened = self._clock()
        for _look in range(OPENING):
            with self._store.session() as session:
                seen = desks_seen(session, micros(opened))
            if seen or self._over.wait(TURN):
                return

    def _turn(self, rest: float) -> bool:
        """Do what is due, then rest; False when it is over. Between two pieces of the history the day goes on."""
        if self._turns % SLOW == 0:
            self._guarded(self._slowly)
        self._turns += 1
        self._guarded(self._quickly)
        return not self._over.wait(rest)

    def _quickly(self) -> None:
        now = self._clock()
        for message in post.deliver(self._store, now):
            self._arriving.was_sent(message, now)
        self._arriving.turn(now)

    def _slowly(self) -> None:
        now = self._clock()
        with self._store.unit(SYSTEM, now) as unit:
            people.take_lease(unit, WORKER, HOLDER, LEASE)
            timers.wake(unit)
            timers.close(unit)
        colleagues.show(self._world, self._store, now)

    def _guarded(self, turn: Callable[[], object]) -> None:
        try:
            turn()
        except Exception:  # the made-up day goes on like a real one
            _logger.exception("a turn of the demo failed")
