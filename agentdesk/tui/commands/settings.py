"""The way to the settings, and what works while a key is pressed for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.tui.dialogs.press import PressDialog


async def settings(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.settings import SettingsScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(SettingsScreen(desk))


async def usual(dialog: PressDialog) -> None:
    await dialog.usual()


async def no_key(dialog: PressDialog) -> None:
    await dialog.cancel()


COMMANDS = (
    Command("go_settings", "desk", N_("settings"), N_("language, time zone, theme, keys, signature"), (), settings,
            "screen", "SettingsScreen", when=lambda desk: desk.ready, letter="s"),
    Command("press_usual", "pressing", N_("the usual key"), N_("give the command its usual key again"),
            ("backspace", "delete"), usual, "text", "the usual key", footer=1),
    Command("press_not", "pressing", N_("back"), N_("leave the key as it is"), ("escape",), no_key, "screen",
            "closed", footer=99),
)  # fmt: skip
