"""Selecting cases in the list: one, a range, those like the one in hand, all of a list or of what a query finds.

Invariant: selecting changes no case; every verb in the list then works on all that are selected.
"""

from typing import Any

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.query import parse
from agentdesk.tui import dialogs
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList


async def select(desk: DeskScreen) -> None:
    await desk.selection.toggle()


async def more(desk: DeskScreen) -> None:
    core = await desk.core()
    like = core.picking.Like

    async def take(what: Any) -> None:
        if what == "query":
            await _ask_query(desk)
        elif what == "none":
            desk.selection.drop()
        elif what == "all":
            await _take(desk, await desk.selection.of_list())
        else:
            hand = desk.query_one(QueueList).current
            if hand is not None:
                within = await desk.selection.within()
                await _take(desk, await desk.bridge.read(core.picking.like, within, hand.id, what))

    hand = desk.query_one(QueueList).current
    choices = [
        dialogs.Choice("all", _("All of this list"), "a"),
        dialogs.Choice("query", _("All that a query finds"), "q"),
    ]
    if hand is not None:
        choices[:0] = [
            dialogs.Choice(like.CUSTOMER, _("The rest of this customer"), "c", hand.customer),
            dialogs.Choice(like.SUBJECT, _("The rest with these words in the subject"), "s", hand.subject),
            dialogs.Choice(like.SENDER, _("The rest from this sender"), "f"),
        ]
    if len(desk.selection):
        choices.append(dialogs.Choice("none", _("None: drop the selection"), "n"))
    await desk.house.push_screen(dialogs.ChooseDialog(_("Select which cases?"), choices, take))


async def _ask_query(desk: DeskScreen) -> None:
    core = await desk.core()

    async def take(query: str) -> None:
        within = await desk.selection.within(query)
        await _take(desk, await desk.bridge.read(core.picking.of_view, within))

    def meaning(query: str) -> str:
        parse(query)
        return _("Enter selects what it finds")

    await desk.house.push_screen(dialogs.AskDialog(
        _("Select all cases that this finds"), take, meaning=meaning,
        hint=_("a name, words of the subject, status:open, tag:vip"),
    ))  # fmt: skip


async def _take(desk: DeskScreen, picked: Any) -> None:
    added = desk.selection.take(picked)
    n = len(desk.selection)
    said = ngettext("{more} more; {n} case is selected.", "{more} more; {n} cases are selected.", n)
    desk.say(said.format(more=added, n=n))


def _in_queue_with_row(desk: DeskScreen) -> bool:
    return desk.ready and desk.pane == "queue" and desk.query_one(QueueList).current is not None


COMMANDS = (
    Command("select", "desk", N_("select"), N_("select the row in hand; x x: all from the last one to here"), ("x",),
            select, "view", "selected", when=_in_queue_with_row, footer=19),
    Command("select_more", "desk", N_("select more"), N_("select the rest like this, all of the list or of a query"),
            ("plus", "ctrl+a"), more, "screen", "ChooseDialog", when=lambda desk: desk.ready and desk.pane == "queue"),
)  # fmt: skip
