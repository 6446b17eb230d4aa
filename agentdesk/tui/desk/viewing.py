"""Saved views on screen: choosing one beside the lists of the house, saving one, throwing one away.

Invariant: the queue changes only when a list was chosen; what cannot be saved says why where it was typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _
from agentdesk.domain import query
from agentdesk.domain.people import may_lead
from agentdesk.domain.views import LONGEST_NAME, Counted
from agentdesk.tui import dialogs
from agentdesk.tui.desk.listing import TITLES
from agentdesk.tui.widgets.topline import count_word

if TYPE_CHECKING:
    from agentdesk.tui.base import Room
    from agentdesk.tui.screens.desk import DeskScreen

_LETTERS = {
    "mine": "m", "team": "t", "free": "f", "waiting": "w", "pending": "p", "snoozed": "s", "resolved": "r",
    "closed": "c", "spam": "x",
}  # fmt: skip


async def choose(desk: DeskScreen) -> None:
    """Ask which list to show: those of the house by letter, the first nine saved ones by digit."""
    core = await desk.core()
    counts, saved = await desk.bridge.read(core.views.board, desk.me.id, tuple(_LETTERS), desk.micros())

    async def show(chosen: Any) -> None:
        if isinstance(chosen, Counted):
            await desk.listing.show("saved", chosen.view.query, chosen.view.name)
        else:
            await desk.listing.show(chosen)
        desk.focus_pane("queue")

    own = [
        dialogs.Choice(view, _(TITLES[view]), letter, count_word(counts[view]))
        for view, letter in _LETTERS.items()
    ]
    kept = [
        dialogs.Choice(one, one.view.name, str(at) if at < 10 else "", _count(one))
        for at, one in enumerate(saved, 1)
    ]
    hint = "" if kept else _("A search is saved as a view: f, then ctrl+s.")
    await desk.house.push_screen(dialogs.ChooseDialog(_("Which list?"), [*own, *kept], show, hint=hint))


def _count(one: Counted) -> str:
    whose = one.view.team or ("" if one.view.owner else _("everyone"))
    number = _("not understood") if one.count is None else count_word(one.count)
    return f"{whose}  {number}" if whose else number


async def save(desk: DeskScreen, room: Room, text: str, name: str = "") -> None:
    """Ask for a name, and for whom the view is where there is a choice; then keep it."""
    query.parse(text)
    core = await desk.core()
    teams = await desk.bridge.read(core.views.homes, desk.me.id)
    homes = [dialogs.Choice(("personal", ""), _("for me"), "m")]
    homes += [dialogs.Choice(("team", team), _("for team {name}").format(name=team), str(at))
              for at, team in enumerate(teams[:9], 1)]  # fmt: skip
    if may_lead(desk.me.role):
        homes.append(dialogs.Choice(("everyone", ""), _("for everyone"), "e"))

    async def named(typed: str) -> None:
        async def keep(home: tuple[str, str]) -> None:
            await desk.bridge.do(core.view_verbs.save, typed, text, *home)
            if desk.listing.query == text:
                await desk.listing.show("saved", text, typed)
            room.say(_("The view «{name}» is saved; v shows it.").format(name=typed))

        if len(homes) == 1:
            await keep(homes[0].value)
        else:
            await room.house.push_screen(
                dialogs.ChooseDialog(_("For whom is «{name}»?").format(name=typed), homes, keep)
            )

    def meaning(typed: str) -> str:
        return "" if len(typed) <= LONGEST_NAME else _("A view needs a name of at most {n} characters.").format(
            n=LONGEST_NAME)  # fmt: skip

    await room.house.push_screen(dialogs.AskDialog(
        _("Name of the view"), named, start=name, meaning=meaning, hint=text[:200]))  # fmt: skip


async def throw_away(desk: DeskScreen) -> None:
    """The saved view on screen is one no longer; back to the team's list."""
    core = await desk.core()
    name = desk.listing.name
    found = await desk.bridge.read(core.views.named, desk.me.id, name)
    await desk.bridge.do(core.view_verbs.throw_away, found.id)
    await desk.listing.show("team")
    desk.say(_("The view «{name}» is gone.").format(name=name))
