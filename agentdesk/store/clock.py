"""The store's clock: leases, hold-backs, due times and presence are counted by it, on whichever machine.

On PostgreSQL several machines share a store, and a worker whose clock goes an hour wrong would take another's lease or
hold its own an hour too long. So each counts by the server's clock: its own, plus by how much the server is ahead. On
SQLite the clock of the one machine is the store's.
Invariant: the difference is found again within a minute of work after either clock was set; one that is shorter than
half a second is none, so that times do not jump about by what a question takes.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

_SAME: Final = 0.5
_SLOW: Final = 2.0
"""Seconds; an answer that took longer tells too little."""
_AGAIN: Final = 60.0


class StoreClock:
    """Call it for the time. Hand it to the Store that it is to follow (`engine.Store`)."""

    def __init__(self, local: Callable[[], datetime], machine: Callable[[], float]) -> None:
        """`local` tells the time; `machine` gives this machine's seconds since 1970, to compare with the server's."""
        self._local = local
        self._machine = machine
        self._ahead = timedelta()
        self._compared: float | None = None

    def __call__(self) -> datetime:
        """The store's time."""
        return self._local() + self._ahead

    def wants_comparing(self) -> bool:
        """Whether it is time to ask the server again."""
        return self._compared is None or time.monotonic() - self._compared > _AGAIN

    def compare(self, server: Callable[[], float]) -> None:
        """Ask the server for its seconds since 1970 and follow it from now on."""
        began = self._machine()
        told = server()
        ended = self._machine()
        if 0 <= ended - began <= _SLOW:
            ahead = told - (began + ended) / 2
            self._ahead = timedelta(seconds=ahead) if abs(ahead) >= _SAME else timedelta()
            self._compared = time.monotonic()
