"""Work that is done once, or again after a pause until a signal ends it: fetching mail, looking up orders.

Invariant: a signal ends it between two rounds, never inside one.
"""

import threading
from collections.abc import Callable


def keep_on(turn: Callable[[], int], pause: float, *, once: bool) -> int:
    """Do a round, and others after `pause` seconds each unless it is `once`; the exit code of the last."""
    from agentdesk.worker.signals import ended_by_signals  # noqa: PLC0415  the worker, for whoever runs one

    stop = threading.Event()
    with ended_by_signals(stop):
        code = turn()
        while not once and not stop.wait(pause):
            code = turn()
    return code
