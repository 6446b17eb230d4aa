"""The customer of the case in hand: their whole history, their orders' lines, and what is done to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.tui.commands.acting import has_case
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from agentdesk.tui.dialogs.order import OrderDialog
    from agentdesk.tui.screens.customer import CustomerScreen


async def _in_hand(desk: DeskScreen) -> None:
    """Load the case in hand when its row is, but not yet the case itself."""
    hand = desk.query_one(QueueList).current
    if desk.pane == "queue" and hand is not None and hand.id != desk.reading.case_id:
        await desk.reading.show(hand.id)


async def open_customer(desk: DeskScreen, first: str) -> CustomerScreen | None:
    """Everything of the customer of the case in hand; None, said, where nobody has written."""
    await _in_hand(desk)
    thread = desk.reading.thread
    if thread is None or thread.customer is None:
        desk.say(_("Nobody has written in this case yet."))
        return None
    from agentdesk.tui.screens.customer import CustomerScreen  # noqa: PLC0415  only who goes there needs it

    screen = CustomerScreen(desk, thread.customer.id, first=first)
    await desk.house.push_screen(screen)
    return screen


async def history(desk: DeskScreen) -> None:
    await open_customer(desk, "case")


async def customer(desk: DeskScreen) -> None:
    await open_customer(desk, "")


async def note_here(desk: DeskScreen) -> None:
    screen = await open_customer(desk, "note")
    if screen is not None:
        await screen.note()


async def merge_here(desk: DeskScreen) -> None:
    screen = await open_customer(desk, "same")
    if screen is not None:
        await screen.merge()


async def lines(desk: DeskScreen) -> None:
    await _in_hand(desk)
    thread = desk.reading.thread
    if thread is None:
        return
    core = await desk.core()
    orders = await desk.bridge.read(core.order_reads.of_case, thread.case.id)
    if not orders:
        desk.say(_("No orders are known of this customer."))
        return
    from agentdesk.tui.dialogs.order import OrderDialog  # noqa: PLC0415  only who looks at one needs it

    await desk.house.push_screen(OrderDialog(orders, 0, desk.now(), desk.seat.zone, desk.app.size.width))


async def next_order(dialog: OrderDialog) -> None:
    await dialog.turn()


async def note(screen: CustomerScreen) -> None:
    await screen.note()


async def language(screen: CustomerScreen) -> None:
    await screen.language()


async def merge(screen: CustomerScreen) -> None:
    await screen.merge()


async def undo(screen: CustomerScreen) -> None:
    await screen.undo()


def _more(dialog: OrderDialog) -> bool:
    return len(dialog.orders) > 1


COMMANDS = (
    Command("history", "desk", N_("history"), N_("all cases, orders and notes of this customer"), ("h",), history,
            "screen", "CustomerScreen", when=has_case, footer=34),
    Command("order_lines", "desk", N_("order"), N_("the lines of the newest order; again: the one before"), ("l",),
            lines, "screen", "OrderDialog", when=has_case, footer=35),
    Command("go_customer", "desk", N_("customer"), N_("notes, language, merging of this customer"), (),
            customer, "screen", "CustomerScreen", when=has_case, letter="c"),
    Command("note_customer", "desk", N_("note on the customer"), N_("note something that every colleague sees"), (),
            note_here, "screen", "AskDialog", when=has_case),
    Command("merge_customer", "desk", N_("merge the customer"), N_("another customer is the same person as this one"),
            (), merge_here, "screen", "ChooseDialog", when=has_case),
    Command("order_next", "order", N_("next order"), N_("the order before this one"), ("l",), next_order, "screen",
            "OrderDialog", when=_more, footer=1),
    Command("customer_note", "customer", N_("note"), N_("note something for every colleague"), ("i",), note, "screen",
            "AskDialog", footer=2),
    Command("customer_language", "customer", N_("language"), N_("which language they speak"), ("l",), language,
            "screen", "AskDialog", footer=3),
    Command("customer_merge", "customer", N_("merge"), N_("another customer is the same person"), ("d",), merge,
            "screen", "ChooseDialog", footer=4),
    Command("customer_undo", "customer", N_("undo"), N_("take back what was done last"), ("u",), undo, "screen",
            "CustomerScreen", footer=5),
)  # fmt: skip
