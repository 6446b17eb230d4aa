"""Moving about: rows, lines, panes, views. Nothing here changes a case."""

from agentdesk.config.language import N_
from agentdesk.tui.desk.listing import TABS
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import PANES, DeskScreen
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane
from agentdesk.tui.widgets.queue import QueueList

ROWS = 3
"""Lines of a conversation that one key scrolls."""


async def _move(desk: DeskScreen, delta: int) -> None:
    if desk.pane == "queue":
        desk.query_one(QueueList).move(delta)
    elif desk.pane == "conversation":
        desk.query_one(Conversation).scroll_lines(delta * ROWS)
    else:
        desk.query_one(CustomerPane).scroll_lines(delta)


async def down(desk: DeskScreen) -> None:
    await _move(desk, 1)


async def up(desk: DeskScreen) -> None:
    await _move(desk, -1)


async def _page(desk: DeskScreen, delta: int) -> None:
    if desk.pane == "queue":
        desk.query_one(QueueList).page(delta)
    elif desk.pane == "conversation":
        desk.query_one(Conversation).page(delta)
    else:
        pane = desk.query_one(CustomerPane)
        pane.scroll_lines(delta * max(1, pane.size.height - 1))


async def page_down(desk: DeskScreen) -> None:
    await _page(desk, 1)


async def page_up(desk: DeskScreen) -> None:
    await _page(desk, -1)


async def first(desk: DeskScreen) -> None:
    if desk.pane == "queue":
        desk.query_one(QueueList).home()
    elif desk.pane == "conversation":
        desk.query_one(Conversation).home()
    else:
        desk.query_one(CustomerPane).set_top(0)


async def last(desk: DeskScreen) -> None:
    if desk.pane == "queue":
        desk.query_one(QueueList).end()
    elif desk.pane == "conversation":
        desk.query_one(Conversation).end()
    else:
        desk.query_one(CustomerPane).scroll_lines(1 << 20)


async def open_(desk: DeskScreen) -> None:
    hand = desk.query_one(QueueList).current
    if hand is not None:
        await desk.open_case(hand.id)


def _in_queue_with_row(desk: DeskScreen) -> bool:
    return desk.pane == "queue" and desk.query_one(QueueList).current is not None


async def next_pane(desk: DeskScreen) -> None:
    desk.focus_pane(PANES[(PANES.index(desk.pane) + 1) % len(PANES)])


async def previous_pane(desk: DeskScreen) -> None:
    desk.focus_pane(PANES[(PANES.index(desk.pane) - 1) % len(PANES)])


async def back(desk: DeskScreen) -> None:
    if desk.pane != "queue":
        desk.focus_pane("queue")
    elif desk.bulking.running is not None:
        desk.bulking.stop()
    elif len(desk.selection):
        desk.selection.drop()
    elif desk.listing.view not in TABS:
        await desk.listing.show("team")


def _can_go_back(desk: DeskScreen) -> bool:
    busy = desk.bulking.running is not None or len(desk.selection) > 0
    return busy or desk.pane != "queue" or desk.listing.view not in TABS


async def _turn(desk: DeskScreen, step: int) -> None:
    at = TABS.index(desk.listing.view) if desk.listing.view in TABS else 0
    await desk.listing.show(TABS[(at + step) % len(TABS)])


async def next_view(desk: DeskScreen) -> None:
    await _turn(desk, 1)


async def previous_view(desk: DeskScreen) -> None:
    await _turn(desk, -1)


def _in_queue(desk: DeskScreen) -> bool:
    return desk.pane == "queue"


async def unfold(desk: DeskScreen) -> None:
    desk.query_one(Conversation).toggle_fold()


def _has_case(desk: DeskScreen) -> bool:
    return desk.reading.thread is not None


COMMANDS = (
    Command("move_down", "desk", N_("down"), N_("the next row, or scroll down"), ("j", "down"), down, "cursor", "down"),
    Command("move_up", "desk", N_("up"), N_("the row before, or scroll up"), ("k", "up"), up, "cursor", "up"),
    Command("page_down", "desk", N_("page down"), N_("one page down"), ("space", "pagedown"), page_down, "cursor",
            "page down"),
    Command("page_up", "desk", N_("page up"), N_("one page up"), ("pageup",), page_up, "cursor", "page up"),
    Command("first", "desk", N_("first"), N_("to the first row or line"), ("home",), first, "cursor", "first"),
    Command("last", "desk", N_("last"), N_("to the last row or line"), ("end",), last, "cursor", "last"),
    Command("open", "desk", N_("show"), N_("open the case in hand"), ("enter",), open_, "focus", "conversation",
            when=_in_queue_with_row, footer=20),
    Command("next_pane", "desk", N_("pane"), N_("go round queue, conversation and customer"), ("tab",), next_pane,
            "focus", "next pane", footer=70),
    Command("previous_pane", "desk", N_("pane back"), N_("go round the other way"), ("shift+tab", "f3"), previous_pane,
            "focus", "previous pane"),
    Command("back", "desk", N_("back"), N_("one step back; never throws text away"), ("escape",), back, "focus",
            "queue", when=_can_go_back, footer=75),
    Command("next_view", "desk", N_("next list"), N_("the next of Mine, Team and Free"), ("right",), next_view, "view",
            "next", when=_in_queue),
    Command("previous_view", "desk", N_("list before"), N_("the one before of Mine, Team and Free"), ("left",),
            previous_view, "view", "previous", when=_in_queue),
    Command("unfold", "desk", N_("quotes"), N_("show quoted text whole, or fold it again"), ("minus",), unfold, "view",
            "folds", when=_has_case),
)  # fmt: skip
