"""One thing the worker does again and again, in a thread of its own.

Invariant: `do` is called again whatever it raised, after a pause; `wake` ends any rest at once, from any thread.
"""

import logging
import random
import threading
from abc import ABC, abstractmethod

from agentdesk.domain.problems import Problem

_logger = logging.getLogger(__name__)


class Duty(ABC):
    """`do` and `rest` in turns, from one thread."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._woken = threading.Event()

    @abstractmethod
    def do(self) -> float:
        """Do what is due; the seconds until it is worth looking again, 0 when there is more to do at once."""

    def rest(self, seconds: float) -> None:
        """Wait for so long, or less when there is work again sooner."""
        self.pause(seconds)

    def pause(self, seconds: float) -> None:
        """Do nothing for so long, or until the worker ends."""
        self._woken.wait(seconds)

    def wake(self) -> None:
        """The worker ends: no rest and no pause from here on."""
        self._woken.set()

    def close(self) -> None:  # noqa: B027  most duties hold nothing
        """Let go of what this duty holds; called in its thread as the last thing."""


class Backoff:
    """Pauses after failures in a row: from `first` seconds doubling to `most`, never in step with others."""

    def __init__(self, first: float, most: float) -> None:
        self._first = first
        self._most = most
        self._failures = 0

    def after_failure(self) -> float:
        """The next pause."""
        pause = min(self._most, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return pause * random.uniform(0.75, 1.0)  # noqa: S311  no secret hangs on it

    def clear(self) -> None:
        """It worked."""
        self._failures = 0


def keep_doing(duty: Duty, over: threading.Event, backoff: Backoff) -> None:
    """Do and rest until it is over."""
    try:
        while not over.is_set():
            try:
                seconds = duty.do()
                backoff.clear()
                if seconds > 0:
                    duty.rest(seconds)
            except Problem as problem:
                _logger.warning("%s: %s", duty.name, problem)
                duty.pause(backoff.after_failure())
            except Exception:  # a job that ended would be missed by nobody until a customer complains
                _logger.exception("%s: failed and will be tried again", duty.name)
                duty.pause(backoff.after_failure())
    finally:
        duty.close()
