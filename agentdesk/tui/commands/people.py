"""The way to the colleagues, and what can be done with them, for supervisors and admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_
from agentdesk.domain.people import may_lead
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.tui.screens.people import PeopleScreen


async def people(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.people import PeopleScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(PeopleScreen(desk))


async def add(screen: PeopleScreen) -> None:
    await screen.add()


async def leave(screen: PeopleScreen) -> None:
    await screen.leave_for_good()


async def come_back(screen: PeopleScreen) -> None:
    await screen.come_back()


def _leads(desk: DeskScreen) -> bool:
    return desk.ready and may_lead(desk.me.role)


def _works_here(screen: PeopleScreen) -> bool:
    """Nobody signs themselves out of the desk they sit at."""
    who = screen.in_hand
    return who is not None and who.active and who.id != screen.desk.me.id


def _has_left(screen: PeopleScreen) -> bool:
    return screen.in_hand is not None and not screen.in_hand.active


COMMANDS = (
    Command("go_people", "desk", N_("people"), N_("colleagues: add, change, hand over the work of one who leaves"), (),
            people, "screen", "PeopleScreen", when=_leads, letter="p"),
    Command("person_add", "people", N_("add"), N_("add a colleague"), ("a",), add, "screen", "PersonForm", footer=2),
    Command("person_leave", "people", N_("hand over"), N_("the colleague leaves: hand everything over"), ("l",), leave,
            "screen", "ChooseDialog", when=_works_here, footer=3),
    Command("person_back", "people", N_("comes back"), N_("one who has left works here again"), ("b",), come_back,
            "store", "agent", when=_has_left, footer=4),
)  # fmt: skip
