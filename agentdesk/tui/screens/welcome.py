"""The first screen of somebody who has never sat at the desk: three choices, and where help is.

Invariants: Enter goes past it at once, whatever the store does; it is shown once; all of it can be chosen again later.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from agentdesk.config.language import LANGUAGES, _, chosen
from agentdesk.domain.problems import Problem
from agentdesk.tui import dialogs
from agentdesk.tui.base import Room
from agentdesk.tui.desk.preferring import SPOKEN, keep, zones
from agentdesk.tui.theme import DEFAULT
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.heading import Heading
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.reader import Reader

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from agentdesk.tui.screens.desk import DeskScreen


class WelcomeScreen(Room):
    """A few lines to read; letters choose, Enter begins."""

    context = "welcome"
    DEFAULT_CSS = """
    WelcomeScreen { layers: room notice; layout: vertical; background: $background; }
    WelcomeScreen Reader { height: 1fr; margin: 1 2; }
    """

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__()
        self.desk = desk

    def compose(self) -> ComposeResult:
        poor = self.house.poor
        yield Heading(_("Welcome"), poor=poor)
        yield Reader(poor=poor)
        yield Footer(poor=poor)
        yield Notice(poor=poor)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Reader))
        self.refresh_footer()
        self.draw()

    def draw(self) -> None:
        """What is chosen now, in the language that is chosen now."""
        likes = self.house.liking.in_force
        rows = (
            ("l", _("Language"), SPOKEN[chosen()]), ("z", _("Time zone"), likes.timezone or _("that of this machine")),
            ("t", _("Theme"), likes.theme or DEFAULT),
        )  # fmt: skip
        width = max(len(title) for _key, title, _value in rows) + 3
        helps = (
            _(
                "n takes the most urgent case, r answers it, e resolves it, and u takes back what you did last."
            ),
            _(
                "? shows the keys of every screen, ctrl+p finds every command by its name, g s leads back to this."
            ),
            _(
                "What you write is kept while you write it; what you send waits ten seconds, in which u takes it back."
            ),
        )
        self.query_one(Reader).show((
            ((_("Welcome to the desk, {name}.").format(name=self.desk.me.name), "strong"),), (("", "text"),),
            ((_("Is this right? A letter changes it, Enter begins."), "text"),), (("", "text"),),
            *(((f"  {key}  ", "accent strong"), (title.ljust(width), "text"), (value, "strong"))
              for key, title, value in rows),
            *(line for words in helps for line in ((("", "text"),), ((words, "dim"),))),
        ))  # fmt: skip

    async def choose_language(self) -> None:
        """Another language, at once."""
        choices = [dialogs.Choice(code, SPOKEN[code], SPOKEN[code][0].lower()) for code in LANGUAGES]
        await self.house.push_screen(
            dialogs.ChooseDialog(_("Which language?"), choices, self._taker("language"))
        )

    async def choose_zone(self) -> None:
        """Another time zone."""
        await self.house.push_screen(
            dialogs.ChooseDialog(_("Which time zone?"), zones(), self._taker("timezone"))
        )

    async def choose_theme(self) -> None:
        """Another theme, worn while it is looked at."""
        await self.house.push_screen(dialogs.ThemeDialog(self.house.liking, self._taker("theme")))

    async def begin(self) -> None:
        """To the desk, for good."""
        await self.house.pop_screen()
        self.desk.soon(keep(self.desk, greeted=True))

    def _taker(self, name: str) -> Callable[[str], Awaitable[None]]:
        async def take(value: str) -> None:
            try:
                await keep(self.desk, **{name: value})
            except Problem as problem:
                self.say(str(problem), "error")
            self.query_one(Heading).title(_("Welcome"))
            self.draw()
            self.refresh_footer()

        return take
