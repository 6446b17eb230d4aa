"""One customer whole: notes, orders, cases, who they were merged with, and who may be the same person.

Invariant: what stands here is read anew after each act, and each act is a stroke that `u` takes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from agentdesk.config.language import _, chosen, ngettext
from agentdesk.domain.customers import MergedRow, NoteRow, SameRow, Whole
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.orders import OrderRow, days_late, money, status_words
from agentdesk.domain.parts import Wish
from agentdesk.domain.problems import Problem
from agentdesk.domain.rows import EarlierCase, MessageRow
from agentdesk.text.clean import clean
from agentdesk.tui import dialogs
from agentdesk.tui.desk.reversing import BACK, reverse
from agentdesk.tui.dialogs.order import OrderDialog, page
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.clock import ago, day, moment
from agentdesk.tui.widgets.heading import Heading
from agentdesk.tui.widgets.roster import Item
from agentdesk.tui.widgets.signs import signs
from agentdesk.tui.widgets.words import status_word

if TYPE_CHECKING:
    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen
    from agentdesk.tui.widgets.lines import Span


class CustomerScreen(ListRoom):
    """Everything of a customer in one list, by kind; `first` is the kind that is in hand when it opens."""

    own_context: ClassVar[Context] = "customer"

    def __init__(self, desk: DeskScreen, customer_id: int, *, first: str = "") -> None:
        super().__init__(desk, _("Customer"), empty=_("Nothing is known of this customer."))
        self.customer_id = customer_id
        self.whole: Whole | None = None
        self._first = first

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:  # noqa: ARG002  there is no line to type in
        core = await self.desk.core()
        whole: Whole = await self.desk.bridge.read(core.customer_reads.whole, self.customer_id)
        self.whole = whole
        row = whole.customer
        self.query_one(Heading).title(row.name or _("no name"))
        says = [
            ngettext("{n} case", "{n} cases", row.case_count).format(n=row.case_count),
            ngettext("{n} order", "{n} orders", whole.order_count).format(n=whole.order_count),
            row.language or _("language not known"),
            *row.addresses[:3],
        ]
        return self._items(whole), f" {signs(poor=self.house.poor).dot} ".join(says)

    async def reload(self) -> None:
        await super().reload()
        if self._first:
            found = next((one.key for one in self.roster.items if one.key.startswith(self._first)), "")
            self._first = ""
            if found:
                self.roster.go_to(found)

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        value, now, zone = item.value, self.desk.now(), self.desk.seat.zone
        if isinstance(value, EarlierCase):
            return await self._read_case(value), 0
        if isinstance(value, OrderRow):
            room = max(10, self.reader.columns - 26)
            return [((line, "text"),) for line in page(value, now, zone, room).split("\n")], 0
        if isinstance(value, NoteRow):
            head = f"{value.agent}  {moment(value.at, zone)}".strip()
            hint = _("Enter takes it away.")
            return _paragraphs(
                (head, "dim"), ("", "text"), (value.text, "text"), ("", "text"), (hint, "dim")
            ), 0
        if isinstance(value, MergedRow):
            hint = _("Enter parts them: each gets back what was theirs.")
            return _paragraphs((value.name, "strong"), (hint, "dim")), 0
        if isinstance(value, SameRow):
            hint = _("Enter merges: all of theirs comes to this customer, u takes it back.")
            return _paragraphs((value.name, "strong"), *((one, "text") for one in value.addresses),
                               (value.reason, "dim"), ("", "text"), (hint, "dim")), 0  # fmt: skip
        return (), 0

    async def open(self, item: Item) -> None:
        value = item.value
        if isinstance(value, EarlierCase):
            await self.leave()
            await self.desk.open_case(value.id)
        elif isinstance(value, OrderRow):
            await self.show_order(value)
        elif isinstance(value, NoteRow):
            await self._ask(_("Take this note away?"), lambda core: core.customers.remove_note, value.id)
        elif isinstance(value, MergedRow):
            question = _("Is {name} somebody of their own after all?").format(name=value.name)
            await self._ask(question, lambda core: core.customers.unmerge, value.id)
        elif isinstance(value, SameRow):
            await self.ask_merge(value.id, value.name, value.addresses)

    # -- acts ---------------------------------------------------------------------------------------------------

    async def show_order(self, order: OrderRow) -> None:
        """An order on a page of its own."""
        orders = self.whole.orders if self.whole is not None else (order,)
        at = next((at for at, one in enumerate(orders) if one.id == order.id), 0)
        columns = self.app.size.width
        await self.house.push_screen(OrderDialog(orders, at, self.desk.now(), self.desk.seat.zone, columns))

    async def note(self) -> None:
        """Note something for everybody."""

        async def keep(text: str) -> None:
            core = await self.desk.core()
            await self.act(core.customers.add_note, self.customer_id, text)

        await self.house.push_screen(dialogs.AskDialog(
            _("A note on this customer"), keep, hint=_("every colleague sees it beside each of their cases"),
        ))  # fmt: skip

    async def language(self) -> None:
        """Say which language they speak."""

        async def keep(code: str) -> None:
            core = await self.desk.core()
            await self.act(core.customers.set_language, self.customer_id, code)

        start = self.whole.customer.language if self.whole is not None else ""
        await self.house.push_screen(dialogs.AskDialog(
            _("Which language do they speak?"), keep, start=start, hint=_("da, nb, sv, en, de …"),
        ))  # fmt: skip

    async def merge(self) -> None:
        """Another customer is this one: by their number, an address, or one who looks alike."""
        same = self.whole.same if self.whole is not None else ()
        choices = [
            dialogs.Choice(one.id, one.name or next(iter(one.addresses), ""), detail=one.reason)
            for one in same
        ]

        async def chosen_one(value: object) -> None:
            core = await self.desk.core()
            try:
                found = await self.desk.bridge.read(core.customer_reads.named, str(value))
            except Problem as problem:
                self.say(str(problem), "error")
                return
            await self.ask_merge(found.id, found.name, found.addresses)

        await self.house.push_screen(dialogs.ChooseDialog(
            _("Who is the same person?"), choices, chosen_one, hint=_("or type a number or an address"),
            other=lambda typed: dialogs.Choice(typed, typed), empty=_("Type a number or an address."),
        ))  # fmt: skip

    async def ask_merge(self, other: int, name: str, addresses: Sequence[str]) -> None:
        """All of the other one's comes here."""
        question = _("Is {name} this customer?").format(name=name or other)
        core = await self.desk.core()

        async def do() -> None:
            await self.act(core.customers.merge, other, self.customer_id)

        await self.house.push_screen(dialogs.ConfirmDialog(
            question, do, lines=addresses,
            hint=_("Enter merges: all of theirs comes to this customer, u takes it back."),
        ))  # fmt: skip

    async def undo(self) -> None:
        """Take back the newest stroke of this desk."""
        core = await self.desk.core()
        await reverse(self.desk, self, BACK, core.undo.undo_newest)
        await self.reload()

    async def _ask(self, question: str, verb: Any, key: int) -> None:
        core = await self.desk.core()

        async def do() -> None:
            await self.act(verb(core), key)

        await self.house.push_screen(
            dialogs.ConfirmDialog(question, do, hint=_("Enter does it; u takes it back."))
        )

    # -- what stands in the list --------------------------------------------------------------------------------

    def _items(self, whole: Whole) -> list[Item]:
        groups = (
            (_("NOTES"), [self._note(one) for one in whole.notes]),
            (_("ORDERS"), [self._order(one) for one in whole.orders]),
            (_("CASES"), [self._case(one) for one in whole.cases]),
            (_("MERGED INTO THIS CUSTOMER"), [self._merged(one) for one in whole.merged]),
            (_("MAY BE THE SAME PERSON"), [self._same(one) for one in whole.same]),
        )
        items: list[Item] = []
        for title, rows in groups:
            if rows:
                if items:
                    items.append(Item(None, f"before {title}", (("", "text"),), heading=True))
                items += [Item(None, f"heading {title}", ((title, "strong"),), heading=True), *rows]
        return items

    def _note(self, note: NoteRow) -> Item:
        sign = signs(poor=self.house.poor).note
        words = " ".join(note.text.split())
        return Item(
            note, f"note {note.id}", ((f"{sign} ", "amber"), (words, "text")), ((self._day(note), "dim"),)
        )

    def _order(self, order: OrderRow) -> Item:
        now, zone = self.desk.now(), self.desk.seat.zone
        late = days_late(order, now, zone) > 0
        total = money(order.total, order.currency, language=chosen())
        left = (
            (order.number, "strong"),
            ("  ", "text"),
            (status_words(order, now, zone), "red" if late else "text"),
        )
        return Item(order, f"order {order.id}", left, ((total, "text"),))

    def _case(self, case: EarlierCase) -> Item:
        done = case.status in (Status.RESOLVED, Status.CLOSED)
        sign = signs(poor=self.house.poor).status(case.status)
        left: tuple[Span, ...] = (
            (f"{sign} ", "green" if done else "dim"),
            (case.subject or _("no subject"), "text"),
        )
        right = ((status_word(case.status), "dim"), ("  ", "text"), (self._day(case), "dim"))
        return Item(case, f"case {case.id}", left, right)

    def _merged(self, row: MergedRow) -> Item:
        return Item(row, f"merged {row.id}", ((row.name or str(row.id), "text"),), ((self._day(row), "dim"),))

    def _same(self, row: SameRow) -> Item:
        name = row.name or next(iter(row.addresses), str(row.id))
        address = next((f"  {one}" for one in row.addresses if one != name), "")
        return Item(row, f"same {row.id}", ((name, "text"), (address, "dim")), ((row.reason, "dim"),))

    def _day(self, row: Any) -> str:
        return day(row.at, self.desk.now(), self.desk.seat.zone)

    async def _read_case(self, case: EarlierCase) -> Paragraphs:
        core = await self.desk.core()
        desk = self.desk
        thread = await desk.bridge.read(core.cases.thread, case.id, desk.me.id, desk.micros(), Wish())
        shown: list[tuple[Span, ...]] = [((f"#{case.id}  {case.subject}", "strong"),), (("", "text"),)]
        for message in reversed(thread.messages):
            shown += self._message(message)
        if thread.part.earlier:
            n = thread.part.earlier
            words = ngettext(
                "{n} earlier message: Enter opens the case.", "{n} earlier messages: Enter opens the case.", n
            )
            shown.append(((words.format(n=n), "dim"),))
        return shown

    def _message(self, message: MessageRow) -> list[tuple[Span, ...]]:
        who = message.agent or message.sender.name or message.sender.address
        head = f"{who}  {ago(message.at, self.desk.now())}"
        tone = "amber" if message.kind == "note" else "dim"
        text = clean(message.reply_text or message.text).strip()
        return [((head, tone),), *(((line, "text"),) for line in text.split("\n")), (("", "text"),)]


def _paragraphs(*spans: Span) -> list[tuple[Span, ...]]:
    """A paragraph for each line."""
    return [((line, tone),) for text, tone in spans for line in text.split("\n")]
