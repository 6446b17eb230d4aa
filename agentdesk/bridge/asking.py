"""A question that a newer one may overtake while the database still looks for its answer.

Invariants: only the statements of the overtaken question are stopped, never those of whoever uses the connection next:
it is given back under the very lock under which it would be stopped; an overtaken question ends in Overtaken, whatever
it got.
"""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from sqlalchemy import Connection

R = TypeVar("R")
_PATIENCE = 0.03
"""Seconds between two attempts."""


class Overtaken(Exception):  # noqa: N818  nothing failed
    """A newer question has taken the place of this one; nobody waits for its answer."""


class Question:
    """One question on its way through the store."""

    def __init__(self) -> None:
        self._overtaken = False
        self._lock = threading.Lock()
        self._driver: Any = None
        self._released = threading.Event()

    def answer(self, session: "Connection", query: Callable[[], R]) -> R:
        """Ask it in this session. Raises Overtaken as soon as a newer one has come."""
        from sqlalchemy import event  # noqa: PLC0415  loaded by then; no first frame needs it

        event.listen(session, "before_cursor_execute", self._look)
        with self._lock:
            self._driver = session.connection.driver_connection
        try:
            self._look()
            found = query()
        except Exception as error:
            if self._overtaken:
                raise Overtaken from error
            raise
        finally:
            with self._lock:
                self._driver = None
            self._released.set()
        self._look()
        return found

    def forestall(self) -> None:
        """From now on nobody waits for it: what has not begun does not begin."""
        self._overtaken = True

    def stop(self) -> None:
        """Stop the statement that runs, if one does, and wait until it has ended.

        Asked again and again: a statement that is about to begin does not hear it.
        """
        self.forestall()
        while True:
            with self._lock:
                if self._driver is None:
                    return
                stop = getattr(self._driver, "interrupt", None) or self._driver.cancel
                stop()
            self._released.wait(_PATIENCE)

    def _look(self, *_facts: object) -> None:
        if self._overtaken:
            raise Overtaken
