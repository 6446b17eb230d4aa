"""Offers people while an address is typed: customers, colleagues, who was written to lately.

Invariants: an answer that comes late is dropped; Tab is taken only while somebody is offered, and nothing is ever
filled in by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.domain.problems import Problem

if TYPE_CHECKING:
    from agentdesk.tui.desk.writing import Writing
    from agentdesk.tui.screens.desk import DeskScreen

LEAST = 2
"""Letters before anybody is looked for."""


class Completing:
    """The offer under the lines of people."""

    def __init__(self, desk: DeskScreen, writing: Writing) -> None:
        self._desk, self._writing = desk, writing

    def typed(self) -> None:
        """A key changed what stands there."""
        wanted = self._writing.widget.address_typed()
        if len(wanted) < LEAST or ">" in wanted:
            self._writing.widget.offer(())
        else:
            self._desk.soon(self._look(wanted))

    async def _look(self, wanted: str) -> None:
        from agentdesk.mail.addresses import show  # noqa: PLC0415  only who writes needs it

        desk, widget = self._desk, self._writing.widget
        core = await desk.core()
        try:
            found = await desk.bridge.read(core.contacts.suggest, wanted)
        except Problem:
            return  # nobody is offered while the store does not answer; the top line says so
        if widget.address_typed() == wanted:
            whole = len(found) == 1 and found[0].who.key == wanted.lower()
            widget.offer(() if whole else [show((one.who,)) for one in found])
