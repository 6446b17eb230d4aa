"""Finding messages and cases, lists of cases and saved views. Nothing here changes a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.tui import dialogs
from agentdesk.tui.desk import viewing
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.tui.screens.search import SearchScreen


async def find(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.search import SearchScreen  # noqa: PLC0415  only who goes there needs it

    start = desk.listing.query if desk.listing.view == "found" else ""
    await desk.house.push_screen(SearchScreen(desk, start))


async def views(desk: DeskScreen) -> None:
    await viewing.choose(desk)


async def keep_view(desk: DeskScreen) -> None:
    await viewing.save(desk, desk, desk.listing.query, desk.listing.name)


async def drop_view(desk: DeskScreen) -> None:
    async def sure() -> None:
        await viewing.throw_away(desk)

    await desk.house.push_screen(dialogs.ConfirmDialog(
        _("Throw the view «{name}» away?").format(name=desk.listing.name), sure,
        hint=_("Its cases stay as they are."),
    ))  # fmt: skip


async def complete(room: SearchScreen) -> None:
    room.complete()


async def order(room: SearchScreen) -> None:
    await room.turn()


async def more(room: SearchScreen) -> None:
    await room.more()


async def keep(room: SearchScreen) -> None:
    await room.keep()


async def as_list(room: SearchScreen) -> None:
    await room.as_list()


def _is_query(desk: DeskScreen) -> bool:
    return desk.ready and bool(desk.listing.query)


def _is_saved(desk: DeskScreen) -> bool:
    return desk.ready and desk.listing.view == "saved"


def _has_more(room: SearchScreen) -> bool:
    return room.has_more


def _has_words(room: SearchScreen) -> bool:
    return bool(room.typed.strip())


COMMANDS = (
    Command("find", "desk", N_("find"), N_("find messages and cases by what they say"), ("f", "slash"),
            find, "screen", "SearchScreen", when=lambda desk: desk.ready, footer=17, letter="f"),
    Command("views", "desk", N_("views"), N_("choose another list of cases, or a saved view"), ("v",), views, "screen",
            "ChooseDialog", when=lambda desk: desk.ready, footer=65, letter="v"),
    Command("keep_view", "desk", N_("save view"), N_("save the query of this list as a view"), (), keep_view, "screen",
            "AskDialog", when=_is_query),
    Command("drop_view", "desk", N_("throw view away"), N_("throw the saved view on screen away"), (), drop_view,
            "screen", "ConfirmDialog", when=_is_saved),
    Command("search_complete", "searching", N_("complete"), N_("complete the word at the cursor; else to the list"),
            ("tab", "ctrl+@"), complete, "text", "typed", footer=2),
    Command("search_order_here", "searching", N_("sort"), N_("the newest first, or what fits best"), ("f4",), order,
            "view", "rows", footer=53),
    Command("search_more_here", "searching", N_("more"), N_("show more of what was found"), ("f5",), more, "view",
            "rows", when=_has_more, footer=54),
    Command("search_list_here", "searching", N_("as a list"), N_("show the cases as a list at the desk"), ("f6",),
            as_list, "view", "found", when=_has_words, footer=55),
    Command("search_keep_here", "searching", N_("save view"), N_("save this search as a view"), ("ctrl+s", "f2"), keep,
            "screen", "AskDialog", when=_has_words, footer=56),
    Command("search_order", "searched", N_("sort"), N_("the newest first, or what fits best"), ("o", "f4"), order,
            "view", "rows", footer=53),
    Command("search_more", "searched", N_("more"), N_("show more of what was found"), ("m", "f5"), more, "view",
            "rows", when=_has_more, footer=54),
    Command("search_list", "searched", N_("as a list"), N_("show the cases as a list at the desk"), ("l", "f6"),
            as_list, "view", "found", when=_has_words, footer=55),
    Command("search_keep", "searched", N_("save view"), N_("save this search as a view"), ("s", "ctrl+s", "f2"), keep,
            "screen", "AskDialog", when=_has_words, footer=56),
)  # fmt: skip
