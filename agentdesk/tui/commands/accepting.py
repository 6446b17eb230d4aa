"""Lets somebody take part in the case in hand who wrote into it without having been part of it.

Invariant: until then no answer goes to them by itself; u takes it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.text.clean import clean_line
from agentdesk.tui import dialogs
from agentdesk.tui.commands.acting import case_in_hand, has_case
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.domain.mail import Address


async def accept(desk: DeskScreen) -> None:
    """Let somebody take part who wrote here without having been part of the case."""
    case_id = case_in_hand(desk)
    assert case_id is not None
    core = await desk.core()
    found: tuple[Address, ...] = await desk.bridge.read(core.answering.unaccepted, case_id)

    async def let_in(address: str) -> None:
        if await desk.perform(core.participants.accept, case_id, address) is None:
            return
        await desk.show_effect(case_id)
        desk.say(_("{who} takes part now: answers go there too. u takes it back.").format(who=address))

    if len(found) == 1:
        await let_in(clean_line(found[0].address))
        return
    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Who takes part in #{case} from now on?").format(case=case_id),
        [dialogs.Choice(clean_line(one.address), clean_line(one.address), detail=clean_line(one.name))
         for one in found], let_in,
        hint=_("They wrote here without having been part of it; answers to all go to them too then."),
        empty=_("Everybody who wrote here takes part already."),
    ))  # fmt: skip


COMMANDS = (
    Command("accept", "desk", N_("accept"), N_("let somebody who wrote here take part: answers go to them too"), (),
            accept, "screen", "ChooseDialog", when=has_case),
)  # fmt: skip
