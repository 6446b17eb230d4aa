"""The colleagues: who works here, what is known of them, and the leaving of one, with what goes into whose hands.

Invariants: nothing is handed over that was not shown before; a hand-over goes in shares, and the screen says how far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _, ngettext
from agentdesk.domain.people import ROLES, AgentRow
from agentdesk.domain.problems import Problem
from agentdesk.tui import dialogs
from agentdesk.tui.formroom import FormRoom, Line
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.roster import Item

if TYPE_CHECKING:
    from agentdesk.domain.handover import Estate
    from agentdesk.tui.screens.desk import DeskScreen


class PeopleScreen(ListRoom):
    """By name; those who have left stand last."""

    own_context = "people"

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(desk, _("People"))
        self._teams: Mapping[int, tuple[str, ...]] = {}

    @property
    def in_hand(self) -> AgentRow | None:
        """The colleague in hand."""
        item = self.roster.current
        return item.value if item is not None else None

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:  # noqa: ARG002  there is no line to type in
        core = await self.desk.core()
        rows = await self.desk.bridge.read(core.people.agents_all, gone=True)
        self._teams = await self.desk.bridge.read(core.people.teams_of)
        here = sum(row.active for row in rows)
        return [self._item(row) for row in rows], ngettext("{n} works here", "{n} work here", here).format(
            n=here
        )

    def _item(self, row: AgentRow) -> Item:
        facts = [_(row.role), *self._teams.get(row.id, ())] if row.active else [_("has left")]
        tone = "text" if row.active else "dim"
        return Item(
            row, row.login, ((row.name, tone), (f"  {row.login}", "dim")), ((", ".join(facts) + "  ", "dim"),)
        )

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        row: AgentRow = item.value
        estate = await self._estate(row)
        lines: list[Sequence[tuple[str, str]]] = [((row.name, "strong"),), ((row.email or row.login, "dim"),)]
        lines += [(("", "text"),), *(((text, "text"),) for text in told(estate))]
        return lines, 0

    async def open(self, item: Item) -> None:
        await self.house.push_screen(PersonForm(self.desk, item.value, self._teams.get(item.value.id, ())))

    async def add(self) -> None:
        """A new colleague."""
        await self.house.push_screen(PersonForm(self.desk, None, ()))

    async def come_back(self) -> None:
        """One who has left works here again."""
        row = self.in_hand
        if row is None:
            return
        core = await self.desk.core()
        if await self.act(core.staff.set_agent, row.login, back=True) is not None:
            self.say(_("{name} may work here again.").format(name=row.name))

    async def _estate(self, row: AgentRow) -> Estate:
        core = await self.desk.core()
        found: Estate = await self.desk.bridge.read(core.estates.estate, row.login, self.desk.micros())
        return found

    # -- leaving ------------------------------------------------------------------------------------------------

    async def leave_for_good(self) -> None:
        """The colleague in hand leaves: ask who receives, show what, then do it."""
        row = self.in_hand
        if row is None:
            return
        core = await self.desk.core()
        teams = await self.desk.bridge.read(core.people.teams_all)
        others = [item.value for item in self.roster.items if item.value.active and item.value.id != row.id]
        choices = [
            *(dialogs.Choice({"agent": one.login}, one.name, detail=one.login) for one in others),
            *(dialogs.Choice({"team": team.name}, team.name, detail=_("team")) for team in teams),
        ]

        async def show(to: dict[str, str]) -> None:
            await self._show(row, to)

        await self.house.push_screen(dialogs.ChooseDialog(
            _("{name} leaves. Who receives the cases?").format(name=row.name), choices, show,
            hint=_("An agent gets everything; a team gets the cases, and one of its members the drafts."),
        ))  # fmt: skip

    async def _show(self, row: AgentRow, to: dict[str, str]) -> None:
        estate = await self._estate(row)

        async def do() -> None:
            await self._hand_over(row, to, estate.cases)

        await self.house.push_screen(dialogs.ConfirmDialog(
            _("{name} leaves, and {to} receives:").format(name=row.name, to=next(iter(to.values()))), do,
            lines=[*told(estate), _("What is typed there from here on stays with them.") if estate.desk_open else ""],
            hint=_("Enter hands it over and signs them out, which u does not take back; Esc changes nothing."),
        ))  # fmt: skip

    async def _hand_over(self, row: AgentRow, to: dict[str, str], total: int) -> None:
        core = await self.desk.core()
        after: int | None = 0
        cases, drafts, heir = 0, 0, ""
        while after is not None:
            try:
                done = await self.desk.bridge.do(core.handover.leave_for_good, row.login, after=after, **to)
            except Problem as problem:
                self.say(str(problem), "error")
                break
            cases, drafts, heir, after = cases + done.cases, drafts + done.drafts, done.heir, done.after
            self.say(_("{n} of {total} cases handed over …").format(n=cases, total=total))
        else:
            said = [ngettext("{n} case handed over.", "{n} cases handed over.", cases).format(n=cases)]
            if drafts:
                text = ngettext("{n} draft went to {heir}.", "{n} drafts went to {heir}.", drafts)
                said.append(text.format(n=drafts, heir=heir))
            self.say(" ".join(said))
        await self.reload()


def told(estate: Estate) -> list[str]:
    """What somebody has in hand, line by line; what there is none of is left out."""
    facts = (
        (ngettext("{n} case", "{n} cases", estate.cases), estate.cases),
        (ngettext("{n} of them waits in the queue", "{n} of them wait in the queue", estate.waiting), estate.waiting),
        (ngettext("{n} draft", "{n} drafts", estate.drafts), estate.drafts),
        (ngettext("{n} personal macro", "{n} personal macros", estate.macros), estate.macros),
        (ngettext("{n} personal snippet", "{n} personal snippets", estate.snippets), estate.snippets),
        (ngettext("{n} personal view", "{n} personal views", estate.views), estate.views),
        (ngettext("{n} reply that leaves all the same", "{n} replies that leave all the same", estate.held),
         estate.held),
    )  # fmt: skip
    lines = [text.format(n=count) for text, count in facts if count] or [_("Nothing in hand.")]
    return [*lines, _("Their desk is open now.")] if estate.desk_open else lines


class PersonForm(FormRoom):
    """What is known of a colleague; a new one has a login to fill in, too."""

    def __init__(self, desk: DeskScreen, row: AgentRow | None, teams: Sequence[str]) -> None:
        self._row = row
        lines = [
            Line("name", _("Name"), row.name if row is not None else "", _("as customers read it")),
            Line("email", _("Mail"), row.email if row is not None else ""),
            Line("role", _("Role"), row.role if row is not None else "agent", meaning=_role),
            Line("team", _("Team"), ", ".join(teams), _("made when there is none of that name")),
            Line(
                "capacity",
                _("Cases at a time"),
                str(row.capacity) if row is not None else "6",
                meaning=_capacity,
            ),
        ]
        if row is None:
            lines.insert(0, Line("login", _("Login"), "", _("small letters and digits")))
        super().__init__(desk, row.name if row is not None else _("A new colleague"), lines)

    async def save(self, values: Mapping[str, str]) -> str:
        _role(values["role"])
        _capacity(values["capacity"])
        core = await self.desk.core()
        facts: dict[str, Any] = {name: values[name] for name in ("name", "email", "role")}
        facts["capacity"] = int(values["capacity"])
        teams = [one.strip() for one in values["team"].split(",") if one.strip()]
        if self._row is None:
            await self.desk.bridge.do(
                core.staff.add_agent, values["login"], team=teams[0] if teams else "", **facts
            )
            return _("{login} may work here now.").format(login=values["login"])
        for team in teams or [""]:
            await self.desk.bridge.do(core.staff.set_agent, self._row.login, team=team, **facts)
        return _("{login} is changed.").format(login=self._row.login)

    async def leave(self) -> None:
        await super().leave()
        below = self.app.screen
        if isinstance(below, PeopleScreen):
            await below.reload()


def _role(typed: str) -> str:
    if typed not in ROLES:
        raise Problem(_("A role is one of: {roles}.").format(roles=", ".join(ROLES)))
    return {"agent": _("works on cases"), "supervisor": _("works on cases and leads colleagues"),
            "admin": _("may do everything")}[typed]  # fmt: skip


def _capacity(typed: str) -> str:
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= 1000):
        raise Problem(_("Write a number from 1 to 1000."))
    return ""
