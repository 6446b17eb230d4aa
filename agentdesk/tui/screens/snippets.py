"""Snippets: the shortcuts that Tab writes out, one's own, the team's and everyone's.

Invariant: a colleague's own snippets are not shown; nothing is thrown away without a question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.knowledge import Phrase, Scope, SnippetRow, language_code, language_name, shortcut
from agentdesk.text.cells import fit, width
from agentdesk.tui import dialogs
from agentdesk.tui.formroom import FormRoom, Line
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.roster import Item

if TYPE_CHECKING:
    from textual.events import Mount

    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen

_ROOM = 12
"""Cells of a shortcut in the list."""


class SnippetsScreen(ListRoom):
    """All that this agent may use."""

    own_context: ClassVar[Context] = "phrases"
    hint: ClassVar[str] = N_("shortcut or words")

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(desk, _("Snippets"), empty=_("No snippet here. c writes one."))

    async def on_mount(self, event: Mount) -> None:  # type: ignore[override]
        """Letters are keys here from the start; the line to type in is one key away."""
        event.prevent_default()
        await super().on_mount()
        self.set_focus(self.roster)
        self.refresh_footer()

    def on_screen_resume(self) -> None:
        """Back from a form: what was saved there stands here."""
        self.call_later(self.reload)

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        core = await self.desk.core()
        rows = await self.desk.bridge.read(core.knowledge.find_snippets, self.desk.me.id, typed)
        says = ngettext("{n} snippet", "{n} snippets", len(rows)).format(n=len(rows))
        return [_item(row) for row in rows], says

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        row: SnippetRow = item.value
        facts = [row.language or _("any language"), _whose(row)]
        head = [
            ((f"{row.shortcut}  {row.title}".rstrip(), "strong"),),
            ((" · ".join(facts), "dim"),),
            (("", "text"),),
        ]
        return [*head, *(((line, "text"),) for line in row.text.split("\n"))], 0

    async def open(self, item: Item) -> None:
        await self.house.push_screen(SnippetForm(self.desk, item.value))

    async def write(self) -> None:
        """A new snippet."""
        await self.house.push_screen(SnippetForm(self.desk))

    async def throw_away(self) -> None:
        """Ask, then throw the one in hand away."""
        item = self.roster.current
        if item is None:
            return

        async def gone() -> None:
            core = await self.desk.core()
            await self.desk.bridge.do(core.snippets.remove, item.value.id)
            self.say(_("{shortcut} is gone.").format(shortcut=item.value.shortcut))
            await self.reload()

        await self.house.push_screen(dialogs.ConfirmDialog(
            _("Throw {shortcut} away?").format(shortcut=item.value.shortcut), gone,
            hint=_("Enter throws it away for good, Esc keeps it."),
        ))  # fmt: skip


class SnippetForm(FormRoom):
    """A snippet to write: a new one or one that is there."""

    def __init__(self, desk: DeskScreen, row: SnippetRow | None = None) -> None:
        self.row = row
        lines = [
            Line("shortcut", _("Shortcut"), row.shortcut if row else "", _("like ;gls"), _shortcut_means),
            Line("title", _("Title"), row.title if row else "", _("what it says, for the list")),
            Line(
                "language",
                _("Language"),
                row.language if row else "",
                _("da, nb …; empty: any"),
                _language_means,
            ),
            Line("scope", _("For"), _scope_typed(row), "", _scope_means),
        ]
        title = _("New snippet") if row is None else _("Snippet")
        super().__init__(desk, title, lines, body=row.text if row else "")

    async def save(self, values: Mapping[str, str]) -> str:
        core = await self.desk.core()
        scope, team = _scope(values["scope"])
        phrase = Phrase(values["shortcut"], values["body"], values["language"], values["title"], scope, team)
        await self.desk.bridge.do(
            core.snippets.save, phrase, snippet_id=self.row.id if self.row else None,
            seen_version=self.row.version if self.row else 0,
        )  # fmt: skip
        return _("{shortcut} and Tab writes it out from now on.").format(
            shortcut=shortcut(values["shortcut"])
        )


def _item(row: SnippetRow) -> Item:
    said = row.title or row.text.split("\n")[0]
    pad = " " * max(1, _ROOM - width(row.shortcut))
    left = ((fit(row.shortcut, _ROOM) + pad, "strong"), (said, "text"))
    facts = " · ".join(filter(None, (row.language, _whose(row))))
    return Item(row, str(row.id), left, ((f"{facts} ", "dim"),))


def _whose(row: SnippetRow) -> str:
    return {Scope.PERSONAL: _("yours"), Scope.TEAM: row.team, Scope.EVERYONE: _("everyone")}[row.scope]


def _scope_typed(row: SnippetRow | None) -> str:
    if row is None or row.scope is Scope.PERSONAL:
        return _("me")
    return row.team if row.scope is Scope.TEAM else _("everyone")


def _scope(typed: str) -> tuple[Scope, str]:
    """For whom, as somebody typed it: oneself, everyone, or the name of a team."""
    found = typed.casefold()
    if found in ("", "me", _("me").casefold()):
        return Scope.PERSONAL, ""
    if found in ("everyone", _("everyone").casefold()):
        return Scope.EVERYONE, ""
    return Scope.TEAM, typed


def _scope_means(typed: str) -> str:
    scope, team = _scope(typed)
    if scope is Scope.TEAM:
        return _("for the team {team}").format(team=team)
    return _("for you alone") if scope is Scope.PERSONAL else _("for everyone")


def _shortcut_means(typed: str) -> str:
    return _("{shortcut} and Tab will write it out").format(shortcut=shortcut(typed)) if typed else ""


def _language_means(typed: str) -> str:
    return language_name(language_code(typed)) or _("whatever the customer speaks")
