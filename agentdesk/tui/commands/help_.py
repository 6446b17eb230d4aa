"""Help and the palette: every command by its name, with the key that works here."""

from typing import Any

from agentdesk.config.language import N_, _
from agentdesk.text.cells import pad
from agentdesk.tui import dialogs
from agentdesk.tui.base import Heard
from agentdesk.tui.keys import CONTEXTS, Command, Context, Place, shown

EVERYWHERE: tuple[Context, ...] = ("desk", "writing", "choosing", "reading")
"""Contexts that the desk leads to: their keys are explained together."""
KEYS_WIDTH = 20


def help_text(screen: Heard) -> str:
    """The keys that work on this screen, then those of the places that it leads to."""
    here = screen.context
    lines: list[str] = []
    for place in sorted(CONTEXTS, key=lambda one: (one.name != here, one.name not in EVERYWHERE)):
        if place.name == here or (place.name in EVERYWHERE and here in EVERYWHERE):
            lines += _section(screen, place)
    return "\n".join(lines)


def _section(screen: Heard, place: Place) -> list[str]:
    lines = [f"# {_(place.title)}"]
    for command in screen.house.keymap.of(place.name):
        keys = " ".join(shown(key) for key in command.keys) or _way(command)
        lines.append(f"{pad(keys, KEYS_WIDTH)} {_(command.help)}")
    return [*lines, ""]


def _way(command: Command) -> str:
    """How a command without a key of its own is reached: by its letter after `g`, else by its name."""
    return f"g {command.letter}" if command.letter else "ctrl+p"


async def help_(screen: Heard) -> None:
    await screen.house.push_screen(dialogs.PageDialog(_("Keys"), help_text(screen), hang=KEYS_WIDTH + 1))


async def palette(screen: Heard) -> None:
    async def run(command: Command) -> None:
        await command.run(screen)

    choices = [
        dialogs.Choice(command, _(command.help), detail=command.key, also=_(command.title))
        for command in screen.house.keymap.of(screen.context)
        if command.when(screen) and not command.name.startswith("palette")
    ]
    await screen.house.push_screen(dialogs.ChooseDialog(_("What do you want to do?"), choices, run))


async def go(screen: Heard) -> None:
    """`g` and a letter: every screen that there is."""

    async def run(command: Command) -> None:
        await command.run(screen)

    choices = [
        dialogs.Choice(command, _(command.title).capitalize(), command.letter, _(command.help))
        for command in screen.house.keymap.of(screen.context) if command.letter and command.when(screen)
    ]  # fmt: skip
    choices.sort(key=lambda one: one.letter)
    await screen.house.push_screen(dialogs.ChooseDialog(_("Where to?"), choices, run))


def _leads_anywhere(screen: Heard) -> bool:
    return any(one.letter and one.when(screen) for one in screen.house.keymap.of(screen.context))


def _always(_screen: Any) -> bool:
    return True


COMMANDS = (
    Command("palette", "desk", N_("commands"), N_("every command by its name"), ("ctrl+p",), palette, "screen",
            "ChooseDialog", when=_always, footer=80),
    Command("help", "desk", N_("keys"), N_("the keys of this screen"), ("question_mark", "f1"), help_, "screen",
            "PageDialog", when=_always, footer=99),
    Command("help_writing", "writing", N_("keys"), N_("the keys of this screen"), ("f1",), help_, "screen",
            "PageDialog", when=_always, footer=99),
    Command("go", "desk", N_("go"), N_("go to another screen by its letter"), ("g",), go, "screen", "ChooseDialog",
            when=_leads_anywhere, footer=79),
    Command("help_list", "list", N_("keys"), N_("the keys of this screen"), ("question_mark", "f1"), help_, "screen",
            "PageDialog", when=_always, footer=99),
    Command("palette_list", "list", N_("commands"), N_("every command by its name"), ("ctrl+p",), palette, "screen",
            "ChooseDialog", when=_always, footer=80),
    Command("help_typing", "typing", N_("keys"), N_("the keys of this screen"), ("f1",), help_, "screen",
            "PageDialog", when=_always, footer=99),
    Command("help_form", "form", N_("keys"), N_("the keys of this screen"), ("f1",), help_, "screen",
            "PageDialog", when=_always, footer=99),
)  # fmt: skip
