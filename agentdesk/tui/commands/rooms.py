"""What works in every list and every form: moving about, opening, going back, saving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_
from agentdesk.tui.keys import Command

if TYPE_CHECKING:
    from agentdesk.tui.formroom import FormRoom
    from agentdesk.tui.listroom import ListRoom


async def down(room: ListRoom) -> None:
    room.step(1)


async def up(room: ListRoom) -> None:
    room.step(-1)


async def page_down(room: ListRoom) -> None:
    room.leaf(1)


async def page_up(room: ListRoom) -> None:
    room.leaf(-1)


async def first(room: ListRoom) -> None:
    room.far(end=False)


async def last(room: ListRoom) -> None:
    room.far(end=True)


async def open_(room: ListRoom) -> None:
    await room.take()


async def swap(room: ListRoom) -> None:
    room.swap()


async def type_on(room: ListRoom) -> None:
    room.type_on()


async def back(room: ListRoom) -> None:
    await room.back()


async def save(form: FormRoom) -> None:
    await form.keep()


async def next_field(form: FormRoom) -> None:
    form.round(1)


async def previous_field(form: FormRoom) -> None:
    form.round(-1)


async def leave_form(form: FormRoom) -> None:
    await form.back()


def _has_row(room: ListRoom) -> bool:
    return room.roster.current is not None


def _has_line(room: ListRoom) -> bool:
    return bool(room.hint)


COMMANDS = (
    Command("list_open", "list", N_("open"), N_("open the row in hand"), ("enter",), open_, "screen", "opened",
            when=_has_row, footer=1),
    Command("list_down", "list", N_("down"), N_("one row down"), ("j", "down"), down, "cursor", "down", footer=50),
    Command("list_up", "list", N_("up"), N_("one row up"), ("k", "up"), up, "cursor", "up"),
    Command("list_page", "list", N_("page"), N_("one page down"), ("space", "pagedown"), page_down, "cursor",
            "page down"),
    Command("list_page_up", "list", N_("page up"), N_("one page up"), ("pageup",), page_up, "cursor", "page up"),
    Command("list_first", "list", N_("first"), N_("the first row"), ("home",), first, "cursor", "first"),
    Command("list_last", "list", N_("last"), N_("the last row"), ("end",), last, "cursor", "last"),
    Command("list_swap", "list", N_("read"), N_("from the list to the text beside it, and back"), ("tab",), swap,
            "focus", "reader", when=_has_row, footer=51),
    Command("list_type", "list", N_("search"), N_("back to the line to type in"), ("slash", "f"), type_on, "focus",
            "typed", when=_has_line, footer=52),
    Command("list_back", "list", N_("back"), N_("one step back"), ("escape", "q"), back, "screen", "closed",
            footer=90),
    Command("typing_open", "typing", N_("open"), N_("open the row in hand"), ("enter",), open_, "screen", "opened",
            footer=1),
    Command("typing_down", "typing", N_("down"), N_("the next row"), ("down", "ctrl+n"), down, "cursor", "down",
            footer=50),
    Command("typing_up", "typing", N_("up"), N_("the row before"), ("up", "ctrl+p"), up, "cursor", "up"),
    Command("typing_page", "typing", N_("page"), N_("one page down"), ("pagedown",), page_down, "cursor", "page down"),
    Command("typing_page_up", "typing", N_("page up"), N_("one page up"), ("pageup",), page_up, "cursor", "page up"),
    Command("typing_swap", "typing", N_("to the list"), N_("from the line to the list, where letters are keys"),
            ("tab",), swap, "focus", "roster", footer=51),
    Command("typing_back", "typing", N_("back"), N_("close this screen"), ("escape",), back, "screen", "closed",
            footer=90),
    Command("save", "form", N_("save"), N_("save what was filled in"), ("ctrl+s", "f2"), save, "screen", "saved",
            footer=1),
    Command("form_next", "form", N_("next"), N_("the next field"), ("tab",), next_field, "focus", "next field",
            footer=2),
    Command("form_previous", "form", N_("before"), N_("the field before"), ("f3", "shift+tab"), previous_field,
            "focus", "field before", footer=3),
    Command("form_back", "form", N_("back"), N_("leave; what is not saved is asked for"), ("escape",), leave_form,
            "screen", "closed", footer=90),
)  # fmt: skip
