"""SIGTERM and SIGINT end the worker in order.

Invariant: the handler itself takes no lock: the main thread may hold the event's at that very moment.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def ended_by_signals(stop: threading.Event) -> Iterator[None]:
    """While this lasts, the signals that ask a program to end set `stop`. For the main thread."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=stop.set, name="ending", daemon=True).start()

    before = {number: signal.signal(number, ask) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
