"""One key after another: every key is carried out before the next one is looked at.

Why: keys that arrive in one burst after one that moves the focus (`n`, `r`, a line of text, send) would otherwise go
to the widget that had it before. Invariants: a key meets the screen and the focus that the keys before it have made;
text reaches a field in order, and a command waits until the field has taken what was typed; a failing command never
stops it, and what was typed for the dialog or the composer that it should have opened is no verb.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from textual import events
from textual.message_pump import MessagePump

from agentdesk.domain.problems import Problem

FIELD_TIMEOUT = 2.0
_logger = logging.getLogger(__name__)


class KeyPump:
    """Takes key and paste events in order. `deliver` does one and returns when its effect is there."""

    def __init__(
        self,
        deliver: Callable[[events.Key | events.Paste], Awaitable[None]],
        failed: Callable[[Exception], None],
    ) -> None:
        self._deliver = deliver
        self._failed = failed
        self._queue: asyncio.Queue[events.Key | events.Paste] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; call it from the app's own context."""
        self._task = asyncio.create_task(self._run(), name="key-pump")

    def put(self, event: events.Key | events.Paste) -> None:
        """A key was pressed."""
        self._queue.put_nowait(event)

    @property
    def waiting(self) -> int:
        """Keys not looked at yet."""
        return self._queue.qsize()

    def forget(self) -> None:
        """What was typed ahead was meant for something that did not open: nothing is done with it."""
        while not self._queue.empty():
            self._queue.get_nowait()

    async def stop(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            event = await self._queue.get()
            try:
                await self._deliver(event)
            except Problem as problem:
                _logger.warning("key %s: %s", getattr(event, "key", "paste"), problem)
                self._failed(problem)
            except Exception as error:
                _logger.exception("key %s", getattr(event, "key", "paste"))
                self._failed(error)


async def drained(widget: MessagePump) -> None:
    """Wait until a widget has taken everything that was sent to it."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def reached() -> None:
        if not done.done():
            done.set_result(None)

    widget.call_later(reached)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(done, FIELD_TIMEOUT)
