"""Knowledge: articles at the cursor, snippets, the screens to write them on, and texts worth keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_
from agentdesk.domain.lifecycle import Status
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from agentdesk.tui.screens.knowledge import KnowledgePicker, KnowledgeScreen
    from agentdesk.tui.screens.snippets import SnippetsScreen


async def pick(desk: DeskScreen) -> None:
    from agentdesk.tui.desk import knowing  # noqa: PLC0415  no first frame needs what the team knows
    from agentdesk.tui.screens.knowledge import KnowledgePicker  # noqa: PLC0415

    hand = desk.query_one(QueueList).current
    if (
        desk.context == "desk"
        and desk.pane == "queue"
        and hand is not None
        and hand.id != desk.reading.case_id
    ):
        await desk.reading.show(hand.id)
    await desk.house.push_screen(KnowledgePicker(desk, knowing.case_of(desk)))


async def make(desk: DeskScreen) -> None:
    from agentdesk.tui.desk import knowing  # noqa: PLC0415  see above

    await knowing.ask_what_to_make(desk)


async def go_knowledge(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.knowledge import KnowledgeScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(KnowledgeScreen(desk))


async def go_snippets(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.snippets import SnippetsScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(SnippetsScreen(desk))


async def link(picker: KnowledgePicker) -> None:
    await picker.take_link()


async def insert(picker: KnowledgePicker) -> None:
    await picker.take()


async def write(screen: KnowledgeScreen | SnippetsScreen) -> None:
    await screen.write()


async def publish(screen: KnowledgeScreen) -> None:
    await screen.turn()


async def drafts(screen: KnowledgeScreen) -> None:
    await screen.drafts()


async def versions(screen: KnowledgeScreen) -> None:
    await screen.versions()


async def translate(screen: KnowledgeScreen) -> None:
    await screen.translate()


async def throw_away(screen: SnippetsScreen) -> None:
    await screen.throw_away()


def _ready(desk: DeskScreen) -> bool:
    return desk.ready


def _may_answer(desk: DeskScreen) -> bool:
    """There is a case in hand that an answer may still be written in."""
    if not desk.ready:
        return False
    hand = desk.query_one(QueueList).current if desk.pane == "queue" else None
    thread = desk.reading.thread
    status = hand.status if hand is not None else thread.case.status if thread is not None else None
    return status is not None and status is not Status.CLOSED


def _has_row(screen: KnowledgeScreen | SnippetsScreen | KnowledgePicker) -> bool:
    return screen.roster.current is not None


def _has_link(picker: KnowledgePicker) -> bool:
    current = picker.roster.current
    return current is not None and bool(current.value.has_link)


COMMANDS = (
    Command("knowledge", "desk", N_("knowledge"), N_("find an article and put it into the answer"), ("b",), pick,
            "screen", "KnowledgePicker", when=_may_answer, footer=19),
    Command("knowledge_here", "writing", N_("knowledge"), N_("find an article and put it at the cursor"), ("f5",), pick,
            "screen", "KnowledgePicker", footer=5),
    Command("make_of_text", "writing", N_("keep for later"), N_("make an article, a macro or a snippet of this text"),
            ("f9",), make, "screen", "ChooseDialog", footer=9),
    Command("go_knowledge", "desk", N_("knowledge"), N_("all articles: write, publish, older versions"), (),
            go_knowledge, "screen", "KnowledgeScreen", when=_ready, letter="k"),
    Command("go_snippets", "desk", N_("snippets"), N_("the shortcuts that Tab writes out"), (), go_snippets, "screen",
            "SnippetsScreen", when=_ready, letter="n"),
    Command("picking_insert", "picking", N_("insert"), N_("put its text at the cursor"), ("enter",), insert, "text",
            "body", footer=1),
    Command("picking_link", "picking", N_("insert link"), N_("put the link to it at the cursor"), ("ctrl+l",), link,
            "text", "body", when=_has_link, footer=2),
    Command("picked_insert", "picked", N_("insert"), N_("put its text at the cursor"), ("enter",), insert, "text",
            "body", when=_has_row, footer=1),
    Command("picked_link", "picked", N_("insert link"), N_("put the link to it at the cursor"), ("l",), link, "text",
            "body", when=_has_link, footer=2),
    Command("article_new", "shelf", N_("new"), N_("write an article"), ("c",), write, "screen", "ArticleForm",
            footer=2),
    Command("article_publish", "shelf", N_("publish"), N_("publish it, or take it back to a draft"), ("p",), publish,
            "view", "rows", when=_has_row, footer=3),
    Command("article_drafts", "shelf", N_("drafts"), N_("drafts alone, or all again"), ("d",), drafts, "view", "rows",
            footer=4),
    Command("article_versions", "shelf", N_("versions"), N_("how it read, and bring one back"), ("v",), versions,
            "screen", "VersionsScreen", when=_has_row, footer=5),
    Command("article_translate", "shelf", N_("other language"), N_("write the same in another language"), ("t",),
            translate, "screen", "ArticleForm", when=_has_row, footer=6),
    Command("version_back", "versions", N_("bring back"), N_("let it read so again"), ("enter",), insert, "view",
            "rows", when=_has_row, footer=1),
    Command("snippet_new", "phrases", N_("new"), N_("write a snippet"), ("c",), write, "screen", "SnippetForm",
            footer=2),
    Command("snippet_away", "phrases", N_("throw away"), N_("throw it away; asks first"), ("d",), throw_away, "screen",
            "ConfirmDialog", when=_has_row, footer=3),
)  # fmt: skip
