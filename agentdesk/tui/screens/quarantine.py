"""What came in and is no mail: the reason, its first lines, and another try.

Invariant: nothing leaves the quarantine here but into a case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentdesk.config.language import _, ngettext
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.clock import moment
from agentdesk.tui.widgets.roster import Item

if TYPE_CHECKING:
    from agentdesk.tui.screens.desk import DeskScreen


class QuarantineScreen(ListRoom):
    """Newest last, as it came in."""

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(desk, _("Quarantine"), empty=_("Nothing was set aside: all that came in was mail."))

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:  # noqa: ARG002  there is no line to type in
        core = await self.desk.core()
        rows = await self.desk.bridge.read(core.lists.quarantine_rows)
        zone = self.desk.seat.zone
        items = [
            Item(row.id, str(row.id), ((row.reason, "text"),), ((moment(row.at, zone, short=True), "dim"),))
            for row in rows
        ]
        says = (
            ngettext("{n} was set aside", "{n} were set aside", len(items)).format(n=len(items))
            if items
            else ""
        )
        return items, says

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        core = await self.desk.core()
        text = await self.desk.bridge.read(core.again.text_of, item.value)
        hint = _("Enter reads it again: after an update it may be mail after all.")
        return [((item.left[0][0], "strong"),), ((hint, "dim"),), (("", "text"),),
                *(((line, "text"),) for line in text.split("\n"))], 0  # fmt: skip

    async def open(self, item: Item) -> None:
        core = await self.desk.core()
        read = await self.desk.bridge.read(core.again.look, item.value, self.desk.now())
        case_id = await self.act(core.again.take, item.value, read)
        if case_id is not None:
            self.say(_("It is in case #{number} now.").format(number=case_id))
