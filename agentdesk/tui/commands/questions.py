"""What works in a dialog: up, down, yes, back."""

from typing import TYPE_CHECKING

from agentdesk.config.language import N_
from agentdesk.tui.base import Dialog
from agentdesk.tui.keys import Command

if TYPE_CHECKING:
    from agentdesk.tui.dialogs import ChooseDialog, PageDialog

PAGE = 10


async def accept(dialog: Dialog) -> None:
    await dialog.accept()


async def cancel(dialog: Dialog) -> None:
    await dialog.cancel()


async def down(dialog: "ChooseDialog | PageDialog") -> None:
    dialog.move(1)


async def up(dialog: "ChooseDialog | PageDialog") -> None:
    dialog.move(-1)


async def page_down(dialog: "ChooseDialog | PageDialog") -> None:
    dialog.move(PAGE)


async def page_up(dialog: "ChooseDialog | PageDialog") -> None:
    dialog.move(-PAGE)


COMMANDS = (
    Command("choose", "choosing", N_("choose"), N_("take the row in hand"), ("enter",), accept, "screen", "answered",
            footer=1),
    Command("choice_down", "choosing", N_("down"), N_("the next choice"), ("down", "ctrl+n"), down, "cursor", "down",
            footer=2),
    Command("choice_up", "choosing", N_("up"), N_("the choice before"), ("up", "ctrl+p"), up, "cursor", "up"),
    Command("choose_not", "choosing", N_("back"), N_("leave without choosing"), ("escape",), cancel, "screen", "closed",
            footer=99),
    Command("fill_in", "asking", N_("go on"), N_("take what is typed"), ("enter",), accept, "screen", "answered",
            footer=1),
    Command("fill_in_not", "asking", N_("back"), N_("leave without an answer"), ("escape",), cancel, "screen", "closed",
            footer=99),
    Command("confirm", "confirming", N_("yes"), N_("do it"), ("enter",), accept, "screen", "answered", footer=1),
    Command("confirm_not", "confirming", N_("no"), N_("leave it"), ("escape",), cancel, "screen", "closed", footer=99),
    Command("read_down", "reading", N_("down"), N_("one line down"), ("j", "down"), down, "cursor", "down", footer=2),
    Command("read_up", "reading", N_("up"), N_("one line up"), ("k", "up"), up, "cursor", "up", footer=3),
    Command("read_page", "reading", N_("page"), N_("one page down"), ("space", "pagedown"), page_down, "cursor",
            "page down", footer=4),
    Command("read_page_up", "reading", N_("page up"), N_("one page up"), ("pageup",), page_up, "cursor", "page up"),
    Command("read_close", "reading", N_("back"), N_("close the page"), ("escape", "q", "enter"), cancel, "screen",
            "closed", footer=99),
)  # fmt: skip
