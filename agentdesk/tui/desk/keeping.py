"""Keeps what is typed: in the store while it can be written, in a file beside it while it cannot.

Invariants: a draft is stored SAVE_AFTER seconds after the last key and every SAVE_EVERY seconds of typing; a store that
lets itself be waited for, or cannot be written, has the text in a 0600 file meanwhile, and the top line says so;
another terminal's newer text is never overwritten.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem, Stale
from agentdesk.tui.desk.spill import Spill
from agentdesk.tui.widgets.written import Kind, Written

if TYPE_CHECKING:
    from agentdesk.tui.desk.writing import Writing
    from agentdesk.tui.screens.desk import DeskScreen

SAVE_AFTER = 0.5
SAVE_EVERY = 1.5
"""Seconds; a kill may cost two seconds of typing, and to see that it is time and to write take theirs."""
PATIENCE = 0.5
"""Seconds that the store may take before the text is laid in the file."""
AGAIN = 1.0
"""Seconds between two tries while the store cannot be written."""


class Keeping:
    """The stored side of one draft after another."""

    def __init__(self, desk: "DeskScreen", writing: "Writing", spill: Spill) -> None:
        self._desk, self._writing, self._spill = desk, writing, spill
        self.draft_id: int | None = None
        self.version = 0
        self.elsewhere = False
        """Another terminal has written newer text: nothing of here goes into the store until the writer has seen it."""
        self.unsaved = ""
        """Why the store does not hold what is typed; empty when it does."""
        self._dirty_since: float | None = None
        self._last_key = 0.0
        self._not_before = 0.0

    @property
    def dirty(self) -> bool:
        """Something was typed that no store and no file holds yet."""
        return self._dirty_since is not None

    def begin(self, draft_id: int | None, version: int) -> None:
        """Another draft stands in the composer, just as it is stored."""
        self.draft_id, self.version, self.elsewhere, self._dirty_since = draft_id, version, False, None
        self._trouble("")

    def touch(self) -> None:
        """A key changed what stands there."""
        self._last_key = time.monotonic()
        if self._dirty_since is None:
            self._dirty_since = self._last_key

    def lose(self, why: str) -> None:
        """The draft has gone from the store: what stands in the composer is kept, and sent only at a further word."""
        self.elsewhere = True
        self._writing.widget.state(_("{why} ctrl+r goes on with this text as a new one.").format(why=why))

    async def tick(self) -> None:
        """Called every quarter of a second: store what was typed when it is time."""
        now = time.monotonic()
        if self._dirty_since is None or now < self._not_before:
            return
        if now - self._last_key >= SAVE_AFTER or now - self._dirty_since >= SAVE_EVERY:
            await self.save()

    def keep_aside(self) -> None:
        """At once and without the store: lay what is not stored into the file. For ways out that may be cut short."""
        writing = self._writing
        if self.dirty and writing.opened and not writing.blank:
            self._spill.write(*writing.where, writing.widget.written())

    async def save(self) -> bool:
        """Store what is typed now. False: another terminal has newer text, and this one lies in the file."""
        writing = self._writing
        if not writing.opened or self._dirty_since is None or (writing.blank and self.draft_id is None):
            return not self.elsewhere
        where, written = writing.where, writing.widget.written()
        since, self._dirty_since = self._dirty_since, None
        if self.elsewhere:
            self._spill.write(*where, written)
            return False
        try:
            saved = await self._store(where, written)
        except Stale as problem:
            if writing.where == where:
                core = await self._desk.core()
                if isinstance(problem, core.drafts.Gone):
                    self.lose(str(problem))
                else:
                    self.elsewhere = True
                    writing.widget.state(
                        _("{why} ctrl+r shows that version; yours is kept.").format(why=problem)
                    )
            self._spill.write(*where, written)
        except Problem as problem:
            self._dirty_since = since
            self._not_before = time.monotonic() + AGAIN
            self._spill.write(*where, writing.widget.written() if writing.where == where else written)
            self._trouble(str(problem))
        except BaseException:
            self._dirty_since = since
            self._spill.write(*where, written)
            raise
        else:
            if writing.where == where:
                self.draft_id, self.version = saved.id, saved.version
            self._spill.forget(*where)
            self._trouble("")
        return not self.elsewhere

    async def _store(self, where: tuple[Kind, int | None], written: Written) -> Any:
        """Into the store; into the file as well while that takes long."""
        desk, writing = self._desk, self._writing
        core = await desk.core()
        typed = writing.as_typed(written)
        saving = asyncio.ensure_future(desk.bridge.do(core.drafts.save, typed, desk.terminal))
        saving.add_done_callback(lambda done: done.cancelled() or done.exception())
        while not (await asyncio.wait({saving}, timeout=PATIENCE))[0]:
            newest = writing.widget.written() if writing.opened and writing.where == where else written
            self._spill.write(*where, newest)
            self._trouble(_("The store does not take it yet."))
        return saving.result()

    def _trouble(self, why: str) -> None:
        if why != self.unsaved:
            self.unsaved = why
            self._desk.draw_top()
