"""Words for the clipboard: of the customer, of the order, of a message; what the mouse has marked.

Invariant: everything goes through the app's one writer of OSC 52, clean; where the terminal has no clipboard the words
are shown instead, to be marked with the mouse.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.text import clipboard, links
from agentdesk.text.clean import clean
from agentdesk.tui import dialogs
from agentdesk.tui.commands.acting import has_case
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from agentdesk.domain.rows import MessageRow, Thread

SHOWN = 44
"""Letters of what would be copied that stand beside its name."""


def put_on_clipboard(desk: DeskScreen, text: str) -> str:
    """Copy it; what else there is to say, empty for nothing. Raises Problem for more than terminals take."""
    clipboard.sequence(text, os.environ)
    desk.app.copy_to_clipboard(clean(text))
    if not clipboard.has_one(os.environ):
        return _("This terminal has no clipboard: mark the words with the mouse.")
    return clipboard.advice(os.environ)


async def copy_what(desk: DeskScreen) -> None:
    """Ask by letter what to copy."""
    hand = desk.query_one(QueueList).current
    if desk.pane == "queue" and hand is not None and hand.id != desk.reading.case_id:
        await desk.reading.show(hand.id)
    thread = desk.reading.thread
    if thread is None:
        return
    core = await desk.core()
    orders = await desk.bridge.read(core.order_reads.of_case, thread.case.id, 1)
    order = orders[0] if orders else None
    message = _newest(thread)
    link = await newest_link(desk, thread)
    wanted = [
        ("a", _("Address"), next(iter(thread.case.addresses), "")),
        ("o", _("Order number"), order.number if order is not None else ""),
        ("t", _("Tracking number"), order.tracking if order is not None else ""),
        (
            "l",
            _("Link"),
            order.tracking_url if order is not None and links.is_web(order.tracking_url) else link,
        ),
        ("m", _("Message"), message.reply_text.strip() if message is not None else ""),
        ("n", _("Name"), thread.case.customer),
        ("c", _("Case number"), f"#{thread.case.id}"),
    ]

    async def copy(value: tuple[str, str]) -> None:
        name, text = value
        await _copy(desk, name, text)

    choices = [
        dialogs.Choice((name, text), name, letter, _beginning(text)) for letter, name, text in wanted if text
    ]
    await desk.house.push_screen(dialogs.ChooseDialog(_("Copy what?"), choices, copy))


async def _copy(desk: DeskScreen, name: str, text: str) -> None:
    try:
        more = put_on_clipboard(desk, text)
    except Problem as problem:
        desk.say(str(problem), "warn")
        return
    if not clipboard.has_one(os.environ):
        await desk.house.push_screen(dialogs.PageDialog(more, text))
        return
    desk.say(" ".join(filter(None, (_("Copied: {what}.").format(what=name), more))))


def _beginning(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _newest(thread: Thread) -> MessageRow | None:
    """What the customer wrote last; where they wrote nothing, the newest message."""
    outside = [one for one in thread.messages if one.kind == "inbound"]
    return next(reversed(outside or thread.messages), None)


async def newest_link(desk: DeskScreen, thread: Thread) -> str:
    """The first link of the newest message that has one, whole; empty for none."""
    for one in reversed(thread.messages):
        for url in links.found(one.text):
            return await whole_link(desk, one.id, url)
    return ""


async def whole_link(desk: DeskScreen, message_id: int, url: str) -> str:
    """The link itself where the message's text shows it cut."""
    if "…" not in url:
        return url
    core = await desk.core()
    return await desk.bridge.read(core.lists.link_behind, message_id, url)


async def copy_marked(desk: DeskScreen) -> None:
    """Copy what the mouse has marked."""
    text = desk.get_selected_text()
    if text:
        await _copy(desk, _("the marked text"), text)
    else:
        desk.say(_("Mark text with the mouse first; q leaves the desk."))


COMMANDS = (
    Command("copy_what", "desk", N_("copy"), N_("copy the address, order, tracking number, link or message"), ("y",),
            copy_what, "screen", "ChooseDialog", when=has_case, footer=37),
    Command("copy", "desk", N_("copy marked"), N_("copy the marked text"), ("ctrl+c",), copy_marked, "terminal",
            "clipboard"),
)  # fmt: skip
