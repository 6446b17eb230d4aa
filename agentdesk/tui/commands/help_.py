"""Help and the palette: every command by its name, with the key that works here."""

from typing import Any

from agentdesk.config.language import N_, _
from agentdesk.text.cells import pad
from agentdesk.tui import dialogs
from agentdesk.tui.keys import Command, Context, shown
from agentdesk.tui.screens.desk import DeskScreen

SECTIONS: tuple[tuple[Context, str], ...] = (
    ("desk", N_("At the desk")),
    ("writing", N_("While writing")),
    ("choosing", N_("Choosing")),
    ("reading", N_("Reading a page")),
)
KEYS_WIDTH = 18


def help_text(desk: DeskScreen) -> str:
    """All keys, by where they work; what works now stands first."""
    first = desk.context
    lines: list[str] = []
    for context, title in sorted(SECTIONS, key=lambda one: one[0] != first):
        lines += [f"# {_(title)}"]
        for command in desk.house.keymap.of(context):
            keys = " ".join(shown(key) for key in command.keys)
            lines.append(f"{pad(keys, KEYS_WIDTH)} {_(command.help)}")
        lines.append("")
    return "\n".join(lines)


async def help_(desk: DeskScreen) -> None:
    await desk.house.push_screen(dialogs.PageDialog(_("Keys"), help_text(desk)))


async def palette(desk: DeskScreen) -> None:
    async def run(command: Command) -> None:
        await command.run(desk)

    here: Context = desk.context
    choices = [
        dialogs.Choice(command, _(command.help), detail=shown(command.keys[0]))
        for command in desk.house.keymap.of(here) if command.when(desk) and command.name != "palette"
    ]  # fmt: skip
    await desk.house.push_screen(dialogs.ChooseDialog(_("What do you want to do?"), choices, run))


def _always(_screen: Any) -> bool:
    return True


COMMANDS = (
    Command("palette", "desk", N_("commands"), N_("every command by its name"), ("ctrl+p",), palette, "screen",
            "ChooseDialog", when=_always, footer=80),
    Command("help", "desk", N_("keys"), N_("the keys of this screen"), ("question_mark", "f1"), help_, "screen",
            "PageDialog", when=_always, footer=99),
    Command("help_writing", "writing", N_("keys"), N_("the keys of this screen"), ("f1",), help_, "screen",
            "PageDialog", when=_always, footer=99),
)  # fmt: skip
