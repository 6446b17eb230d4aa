"""Finding, and why a case stands where it stands."""

from __future__ import annotations

from agentdesk.config.language import N_, _
from agentdesk.tui import dialogs
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList


async def why(desk: DeskScreen) -> None:
    hand = desk.query_one(QueueList).current
    if hand is None:
        return
    zone = desk.seat.zone
    due = (
        _("the answer is due {when}").format(when=f"{hand.due_at.astimezone(zone):%d.%m.%Y %H:%M}")
        if hand.due_at else _("no time is set by which to answer")
    )  # fmt: skip
    waits = (
        _("the customer has waited since {when}").format(when=f"{hand.waiting_since.astimezone(zone):%d.%m.%Y %H:%M}")
        if hand.waiting_since else _("nobody outside waits for an answer")
    )  # fmt: skip
    await desk.house.push_screen(dialogs.PageDialog(
        _("Why #{number} stands where it stands").format(number=hand.id),
        _("Cases stand in one order: first what is due soonest, then who has waited longest, then by number.\n\n"
          "For this case: {due}; {waits}.").format(due=due, waits=waits),
    ))  # fmt: skip


def _has_row(desk: DeskScreen) -> bool:
    return desk.pane == "queue" and desk.query_one(QueueList).current is not None


COMMANDS = (
    Command("why", "desk", N_("why here"), N_("why the case stands where it stands"), ("comma",), why, "screen",
            "PageDialog", when=_has_row),
)  # fmt: skip
