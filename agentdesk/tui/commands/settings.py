"""The way to the settings, and what works while a key is pressed for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.tui.dialogs.press import PressDialog
    from agentdesk.tui.screens.welcome import WelcomeScreen


async def settings(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.settings import SettingsScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(SettingsScreen(desk))


async def begin(screen: WelcomeScreen) -> None:
    await screen.begin()


async def welcome_language(screen: WelcomeScreen) -> None:
    await screen.choose_language()


async def welcome_zone(screen: WelcomeScreen) -> None:
    await screen.choose_zone()


async def welcome_theme(screen: WelcomeScreen) -> None:
    await screen.choose_theme()


async def usual(dialog: PressDialog) -> None:
    await dialog.usual()


async def no_key(dialog: PressDialog) -> None:
    await dialog.cancel()


COMMANDS = (
    Command("go_settings", "desk", N_("settings"), N_("language, time zone, theme, keys, signature"), (), settings,
            "screen", "SettingsScreen", when=lambda desk: desk.ready, letter="s"),
    Command("welcome_begin", "welcome", N_("begin"), N_("to the desk"), ("enter", "escape", "q"), begin, "screen",
            "DeskScreen", footer=1),
    Command("welcome_language", "welcome", N_("language"), N_("choose another language"), ("l",), welcome_language,
            "screen", "ChooseDialog", footer=2),
    Command("welcome_zone", "welcome", N_("time zone"), N_("choose another time zone"), ("z",), welcome_zone, "screen",
            "ChooseDialog", footer=3),
    Command("welcome_theme", "welcome", N_("theme"), N_("choose another theme"), ("t",), welcome_theme, "screen",
            "ThemeDialog", footer=4),
    Command("press_usual", "pressing", N_("the usual key"), N_("give the command its usual key again"),
            ("backspace", "delete"), usual, "text", "the usual key", footer=1),
    Command("press_not", "pressing", N_("back"), N_("leave the key as it is"), ("escape",), no_key, "screen",
            "closed", footer=99),
)  # fmt: skip
