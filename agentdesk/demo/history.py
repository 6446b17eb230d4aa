"""The year behind the open cases: what was asked, answered and settled, written in large pieces.

Invariant: each piece is one short commit with a rest after it, so that nobody at the desk waits for it.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy import select, update

from agentdesk.demo import letters, purchases
from agentdesk.demo.furnishing import USED, furnish
from agentdesk.demo.past import Past, Rows, write
from agentdesk.demo.shop import FIRST_CASE, KEPT, Mailbox, Shop
from agentdesk.demo.telling import TONGUES, Tale, somebody, tell
from agentdesk.demo.world import HISTORY, World
from agentdesk.domain.instants import micros
from agentdesk.domain.mail import Address
from agentdesk.domain.orders import Order
from agentdesk.services import indexing, orders
from agentdesk.services.timers import CLOSE_AFTER
from agentdesk.store import tables
from agentdesk.store.unit import SYSTEM, UnitOfWork

PIECE: Final = 40
"""Cases in one commit."""
REST: Final = 0.04
"""Seconds between two commits, for whoever else wants to write."""
_SUPPORT: Final = ("anna", "bjarke", "camilla")
_OWNERS: Final = {"retur": ("camilla", "daniel", "daniel"), "faktura": ("daniel",)}
_TOPICS: Final = {
    "retur": ("return", "size", "damaged", "missing"),
    "faktura": ("invoice", "twice", "voucher", "cancel"),
    "hej": ("stock", "login", "cancel", "voucher"),
}
_ANYTHING: Final = ("late", "late", "late", "return", "size", "invoice", "voucher", "address", "damaged", "twice",
                    "stock", "login", "cancel", "missing")  # fmt: skip
_MAILBOXES: Final = {
    "da": ("support", "support", "support", "hej", "retur", "retur", "faktura"), "nb": ("hjelp",), "en": ("help",),
}  # fmt: skip
_SPOKEN: Final = ("da", "da", "da", "nb", "nb", "en")
_TIMES: Final = (1, 1, 1, 2, 2, 3, 5)
"""How often somebody has written."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """One case that is done: its number, when it began, who wrote where."""

    case_id: int
    begun: datetime
    customer: Address
    mailbox: str
    open_case: int
    """A case that the same customer has open today, 0 for none."""


def fill(world: World, go_on: Callable[[float], bool]) -> None:
    """Furnish the shop, then write the whole history, as long as `go_on` (which rests for so many seconds) says so.

    What came back to the shop meanwhile is taken in first.
    """
    for strand in world.strands:
        for when, who, act in strand.reports():
            with world.store.unit(who, when) as unit:
                act(unit)
    furnish(world)
    past = sorted(earlier(world), key=lambda one: (not one.open_case, -one.case_id))
    writer = _Writer(world)
    for at in range(0, len(past), PIECE):
        piece = past[at : at + PIECE]
        with world.store.unit(SYSTEM, world.now) as unit:
            writer.write(unit, piece)
        if not go_on(REST):
            return


def earlier(world: World) -> list[Earlier]:
    """What the history consists of, oldest first."""
    dice = random.Random(f"{world.seed}/history")  # noqa: S311  a made-up world, the same for a seed
    found = sorted(islice(_drawn(world, dice), HISTORY), key=lambda one: one[0])
    return [Earlier(FIRST_CASE + at, *one) for at, one in enumerate(found)]


def _drawn(world: World, dice: random.Random) -> Iterator[tuple[datetime, Address, str, int]]:
    taken = set(world.taken)
    for strand in world.strands:
        for _time in range(dice.choice((0, 1, 2, 2, 3, 4))):
            yield _day(world.now, dice), strand.customer, strand.mailbox.name, strand.case_id
    while True:
        language = dice.choice(_SPOKEN)
        customer = somebody(dice, TONGUES[language], taken)
        for _time in range(dice.choice(_TIMES)):
            yield _day(world.now, dice), customer, dice.choice(_MAILBOXES[language]), 0


def _day(now: datetime, dice: random.Random) -> datetime:
    """Some time of a day in the last year, when people write mails."""
    day = now - timedelta(days=dice.randrange(4, 365))
    return day.replace(hour=dice.randrange(6, 21), minute=dice.randrange(60))


class _Writer:
    """Knows which ids are used, who is known already and which tags there are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shop: Shop = world.shop
        self._ids = dict.fromkeys(KEPT, 0)
        self._customers: dict[str, int] = {}
        self._since: dict[str, datetime] = {}
        for one in reversed(earlier(world)):
            self._since[one.customer.key] = one.begun

    def write(self, unit: UnitOfWork, piece: list[Earlier]) -> None:
        """These cases with all that belongs to them; open cases of the same customers are shown anew."""
        rows: Rows = defaultdict(list)
        bought: list[Order] = []
        known = select(tables.tags.c.name, tables.tags.c.id)
        tags = {row.name: row.id for row in unit.session.execute(known)}
        for one in piece:
            self._meet(unit, one, rows)
            bought.append(self._tell(one, rows, tags))
        write(unit.session, rows)
        indexing.index(unit, [row["id"] for row in rows["messages"]])
        source = orders.source(unit, purchases.SHOP, purchases.KIND)
        orders.take_in(unit, source, purchases.unsold(bought, self._world.sold))
        for case_id in sorted({one.open_case for one in piece if one.open_case}):
            unit.record("customer", case_id, "cases")

    def _meet(self, unit: UnitOfWork, one: Earlier, rows: Rows) -> None:
        """Whoever wrote is a customer since the first mail."""
        key = one.customer.key
        if key in self._customers:
            return
        since = micros(self._since[key])
        known = tables.customers.c.id == select(tables.addresses.c.customer_id).where(
            tables.addresses.c.address == key
        ).scalar_subquery()  # fmt: skip
        if one.open_case:
            unit.session.execute(update(tables.customers).where(known).values(created_at=since))
            self._customers[key] = unit.session.execute(
                select(tables.customers.c.id).where(known)
            ).scalar_one()
            return
        self._ids["customers"] += 1
        number = self._customers[key] = self._ids["customers"]
        language = self._shop.mailboxes[one.mailbox].language
        rows["customers"].append(
            {"id": number, "name": one.customer.name, "language": language, "created_at": since}
        )
        rows["addresses"].append({"address": key, "customer_id": number})

    def _tell(self, one: Earlier, rows: Rows, tags: dict[str, int]) -> Order:
        dice = random.Random(f"{self._world.seed}/{one.case_id}")  # noqa: S311
        mailbox = self._shop.mailboxes[one.mailbox]
        tongue = TONGUES[mailbox.language]
        tale = tell(dice, tongue, dice.choice(_TOPICS.get(one.mailbox, _ANYTHING)), one.customer, one.begun)
        login = dice.choice(_OWNERS.get(one.mailbox, _SUPPORT))
        past = Past(one.case_id, mailbox, self._ids, rows)
        telling = _Telling(past, tale, mailbox, self._shop, login, one.begun)
        telling.run()
        done = telling.at + timedelta(minutes=dice.randrange(2, 90))
        closed = done + timedelta(microseconds=CLOSE_AFTER)
        past.ended(
            telling.subject, self._customers[one.customer.key], one.customer,
            tuple(tags[name] for name in tale.matter.tags if name in tags), self._shop.agents[login],
            at=done, closed=closed if closed <= self._world.now else None,
        )  # fmt: skip
        used = self._world.macros.get(dice.choice(USED[tale.matter.topic]))
        if used is not None:
            rows["uses"].append({
                "kind": "macro", "item_id": used, "case_id": one.case_id, "agent_id": self._shop.agents[login].id,
                "at": micros(done),
            })  # fmt: skip
        return purchases.told_of(tale, self._world.now)


class _Telling:
    """How one case went: asked, taken, answered, sometimes asked and answered once more."""

    def __init__(  # noqa: PLR0917  all of them are facts of the one case
        self, past: Past, tale: Tale, mailbox: Mailbox, shop: Shop, login: str, begun: datetime
    ) -> None:
        self.at = begun
        self.subject = ""
        self._past = past
        self._tale = tale
        self._mailbox = mailbox
        self._shop = shop
        self._login = login
        self._who = shop.agents[login]

    def run(self) -> None:
        """From the first mail to the last."""
        tale, past, dice = self._tale, self._past, self._tale.dice
        past.received(letters.first_mail(tale, self._mailbox.address, self.at), self.at)
        assert past.newest is not None
        self.subject = past.newest.subject
        past.taken(self._later(4, 300), self._who)
        if dice.random() < 0.2:
            past.noted(tale.note(), self._later(1, 20), self._who)
        self._answer()
        chance = dice.random()
        if chance < 0.25:
            self._ask(tale.more())
            self._answer(again=True)
        elif chance < 0.4:
            self._ask(tale.thanks())

    def _ask(self, words: str) -> None:
        assert self._past.newest is not None
        at = self._later(30, 1500)
        raw = letters.next_mail(self._tale, words, self._past.newest, self._mailbox.address, at)
        self._past.received(raw, at)

    def _answer(self, *, again: bool = False) -> None:
        newest, tale, at = self._past.newest, self._tale, self._later(3, 60)
        assert newest is not None
        body = tale.answer(again=again)
        who = Address(self._shop.names[self._login], self._mailbox.address.address)
        signature = self._shop.signature(self._login)
        raw = letters.answer(tale, newest, body, who, signature, at, receipt=not again)
        self._past.answered(raw, body, tale.customer, at, self._who)

    def _later(self, least: int, most: int) -> datetime:
        self.at += timedelta(minutes=self._tale.dice.randrange(least, most))
        return self.at
