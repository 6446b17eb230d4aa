"""Finding, files and links of a case, and leaving."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.domain.query import parse
from agentdesk.text.clean import clean
from agentdesk.tui import dialogs
from agentdesk.tui.commands import outside
from agentdesk.tui.commands.acting import has_case
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from agentdesk.domain.rows import FileRow

LINK = re.compile(r"https?://[^\s<>\"')\]]{4,2000}")
SHOWN = 200_000
"""Characters of an attachment that are shown as text."""
ANSWER = 1.0
"""Seconds that a store has to answer before the desk is left all the same."""
QUIT_PAUSE = 0.2
"""Seconds after q in which another key means that somebody is typing, not leaving."""


async def find(desk: DeskScreen) -> None:
    async def show(query: str) -> None:
        await desk.listing.show("found", query)
        desk.focus_pane("queue")

    def meaning(query: str) -> str:
        parse(query)
        return _("Enter finds it")

    await desk.house.push_screen(dialogs.AskDialog(
        _("Find cases"), show, start=desk.listing.query if desk.listing.view == "found" else "", meaning=meaning,
        hint=_("a name, an address, words of the subject, a number, status:resolved, tag:vip"),
    ))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Link:
    url: str


def _found(desk: DeskScreen) -> list[FileRow | _Link]:
    """Attachments and links of the case on screen, newest first."""
    thread = desk.reading.thread
    found: dict[object, FileRow | _Link] = {}
    for message in reversed(thread.messages if thread is not None else ()):
        for file in message.attachments:
            found[file.id] = file
        for url in LINK.findall(message.text):
            found[url] = _Link(url)
    return list(found.values())


async def files(desk: DeskScreen) -> None:
    hand = desk.query_one(QueueList).current
    if desk.pane == "queue" and hand is not None and hand.id != desk.reading.case_id:
        await desk.reading.show(hand.id)
    found = _found(desk)
    if not found:
        desk.say(_("No attachments and no links in this case."))
        return

    async def look(what: FileRow | _Link) -> None:
        if isinstance(what, _Link):
            desk.app.copy_to_clipboard(what.url)
            await desk.house.push_screen(dialogs.PageDialog(_("Link (copied)"), what.url))
        else:
            await _look(desk, what)

    choices = [
        dialogs.Choice(one, one.url, detail=_("link")) if isinstance(one, _Link)
        else dialogs.Choice(one, one.filename, detail=size_word(one.size)) for one in found
    ]  # fmt: skip
    await desk.house.push_screen(dialogs.ChooseDialog(_("Attachments and links"), choices, look))


async def _look(desk: DeskScreen, file: FileRow) -> None:
    async def view() -> None:
        core = await desk.core()
        name, kind, content = await desk.bridge.read(core.lists.file_content, file.id)
        await desk.house.push_screen(dialogs.PageDialog(name, as_text(kind, content)))

    async def save() -> None:
        path = await outside.save(desk, file)
        desk.say(_("Saved: {path}").format(path=path))

    async def do(value: str) -> None:
        await (view() if value == "view" else save())

    choices = [
        dialogs.Choice("view", _("Read it as text"), "v"),
        dialogs.Choice("save", _("Save it and show the full path"), "s"),
    ]
    await desk.house.push_screen(dialogs.ChooseDialog(file.filename, choices, do))


def as_text(kind: str, content: bytes) -> str:
    """What of a file a person can read here."""
    if kind == "text/html":
        from agentdesk.mail.html import to_text  # noqa: PLC0415  only who opens such a file needs it

        return to_text(content[:SHOWN].decode("utf-8", "replace"))
    if kind.startswith("text/") or kind in ("application/json", "application/xml", "message/rfc822"):
        text = content[:SHOWN].decode("utf-8", "replace")
        return clean(text) + (
            _("\n… the rest is not shown; save the file to read it.") if len(content) > SHOWN else ""
        )
    return _("This is {kind}, {size}: it cannot be read as text. Esc goes back, s saves it.").format(
        kind=kind, size=size_word(len(content))
    )


def size_word(size: int) -> str:
    """A size as people read it."""
    if size < 1000:
        return _("{n} B").format(n=size)
    return (
        _("{n} kB").format(n=round(size / 1000))
        if size < 1_000_000
        else _("{n} MB").format(n=round(size / 1e6, 1))
    )


async def why(desk: DeskScreen) -> None:
    hand = desk.query_one(QueueList).current
    if hand is None:
        return
    zone = desk.seat.zone
    due = (
        _("the answer is due {when}").format(when=f"{hand.due_at.astimezone(zone):%d.%m.%Y %H:%M}")
        if hand.due_at else _("no time is set by which to answer")
    )  # fmt: skip
    waits = (
        _("the customer has waited since {when}").format(when=f"{hand.waiting_since.astimezone(zone):%d.%m.%Y %H:%M}")
        if hand.waiting_since else _("nobody outside waits for an answer")
    )  # fmt: skip
    await desk.house.push_screen(dialogs.PageDialog(
        _("Why #{number} stands where it stands").format(number=hand.id),
        _("Cases stand in one order: first what is due soonest, then who has waited longest, then by number.\n\n"
          "For this case: {due}; {waits}.").format(due=due, waits=waits),
    ))  # fmt: skip


def _has_row(desk: DeskScreen) -> bool:
    return desk.pane == "queue" and desk.query_one(QueueList).current is not None


async def copy(desk: DeskScreen) -> None:
    text = desk.get_selected_text()
    if text:
        desk.app.copy_to_clipboard(clean(text))
        desk.say(_("Copied."))
    else:
        desk.say(_("Mark text with the mouse first; q leaves the desk."))


async def leave(desk: DeskScreen) -> None:
    if desk.house.gate.streaming:
        desk.say(_("Many keys came at once, so q was not taken for leaving."))
        return
    if not desk.asked_to_leave:
        why = await _why_stay(desk)
        if why:
            desk.ask_to_leave()
            desk.say(why, "warn")
            return
    await asyncio.sleep(QUIT_PAUSE)
    if not desk.house.keys_waiting():
        await desk.house.leave(0)


async def _why_stay(desk: DeskScreen) -> str:
    if desk.writing.opened and not desk.writing.blank:
        return _("A draft is open; it is kept. q again leaves.")
    if await _reply_is_held(desk):
        return _("A reply is held back and will be sent by the worker. q again leaves.")
    return ""


async def _reply_is_held(desk: DeskScreen) -> bool:
    """Whether one of our replies still waits; a store that does not answer keeps nobody here."""
    if not desk.ready:
        return False
    try:
        core = await desk.core()
        async with asyncio.timeout(ANSWER):
            return bool(await desk.bridge.read(core.lists.held_of, desk.me.id))
    except (Problem, TimeoutError):
        return False


COMMANDS = (
    Command("find", "desk", N_("find"), N_("find cases by words, name, address or number"), ("f", "slash"), find,
            "screen", "AskDialog", when=lambda desk: desk.ready, footer=17),
    Command("files", "desk", N_("files"), N_("attachments and links of this case"), ("o",), files, "screen",
            "ChooseDialog", when=lambda desk: has_case(desk) and bool(_found(desk)), footer=36),
    Command("why", "desk", N_("why here"), N_("why the case stands where it stands"), ("comma",), why, "screen",
            "PageDialog", when=_has_row),
    Command("copy", "desk", N_("copy"), N_("copy the marked text"), ("ctrl+c",), copy, "terminal", "clipboard"),
    Command("leave", "desk", N_("leave"), N_("leave the desk; held replies are sent all the same"), ("q", "ctrl+q"),
            leave, "terminal", "the program ends", footer=90),
)  # fmt: skip
