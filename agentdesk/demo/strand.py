"""One case of today as it came about: each step is done by whoever did it at the time it was done.

Invariant: mail comes in as bytes and answers are composed as mail programs compose them, so threads, clocks and files
are those of real mail. What is common is written as rows (`demo.past`), what is rare is done by the house's own verbs.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from agentdesk.config.language import _
from agentdesk.demo import letters, purchases
from agentdesk.demo.past import Past, Rows
from agentdesk.demo.shop import Mailbox, Shop
from agentdesk.demo.telling import TONGUES, known_as, tell
from agentdesk.demo.today import Plan
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address, Message, RawMail
from agentdesk.domain.orders import Order
from agentdesk.store.tables import outbox as outbox_rows
from agentdesk.store.unit import SYSTEM, Actor, UnitOfWork

Step = tuple[datetime, Actor, Callable[[UnitOfWork], object]]
"""When, who, what."""
_MINUTE: Final = timedelta(minutes=1)


class Strand:
    """Follows one plan."""

    def __init__(self, plan: Plan, shop: Shop, now: datetime, taken: set[str], seed: str) -> None:
        self.dice = random.Random(seed)  # noqa: S311  a made-up world, the same for a seed
        self.plan = plan
        self.mailbox: Mailbox = shop.mailboxes[plan.mailbox]
        self.customer: Address = known_as(self.dice, plan.customer, taken)
        self.case_id = 0
        self._shop = shop
        self._now = now
        self._since = now - plan.minutes * _MINUTE
        self._talked = plan.story in ("talk", "talk, noted")
        self.begun = self._since - self.dice.randrange(90, 240) * _MINUTE if self._talked else self._since
        self._tongue = TONGUES[self.mailbox.language]
        self._tale = tell(self.dice, self._tongue, plan.topic, self.customer, self._since)
        self._past: Past | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """What its matter is called."""
        return self._tale.matter.tags

    def order(self, now: datetime) -> Order:
        """What the mail is about."""
        return purchases.told_of(self._tale, now)

    def earlier_orders(self) -> Iterator[Order]:
        """What the customer bought before."""
        return purchases.made_before(self.dice, self.customer, self._tongue, self._tale.bought)

    def tell(self, case_id: int, ids: dict[str, int], rows: Rows, tags: Mapping[str, int]) -> None:
        """Write down what has happened, oldest first, as the case of this number."""
        self.case_id = case_id
        past = self._past = Past(case_id, self.mailbox, ids, rows)
        plan, begun, since, address = self.plan, self.begun, self._since, self.mailbox.address
        span = (since if self._talked else self._now) - begun
        past.received(letters.first_mail(self._tale, address, begun), begun)
        assert past.newest is not None
        subject = past.newest.subject
        past.sorted(begun + _MINUTE, {name: tags[name] for name in self.tags}, plan.priority)
        if plan.owner:
            past.taken(begun + span * 0.3, self._shop.agents[plan.owner])
        if self._talked or plan.story in ("bounced", "failed", "answered"):
            self._answer(past, begun + span * 0.5)
        if plan.story in ("noted", "snoozed", "talk, noted"):
            past.noted(self._tale.note(), begun + span * 0.6, self._colleague())
        if plan.story == "again":
            self._ask(past, self._tale.nudge(), begun + span * 0.6)
        if self._talked:
            self._ask(past, self._tale.more(), since)
        ids["customers"] += 1
        rows["customers"].append({
            "id": ids["customers"], "name": self.customer.name, "language": self.mailbox.language,
            "created_at": micros(begun),
        })  # fmt: skip
        rows["addresses"].append({"address": self.customer.key, "customer_id": ids["customers"]})
        past.stands(subject, ids["customers"], self.customer)

    def afterwards(self) -> Iterator[Step]:
        """What is rare enough to be done by the verbs themselves, once the case stands."""
        span = self._now - self.begun
        if self.plan.story == "snoozed":
            yield self.begun + span * 0.7, self._shop.agents[self.plan.owner], self._snooze
        if self.plan.story == "failed":
            yield self.begun + span * 0.5 + _MINUTE, SYSTEM, self._refused

    def reports(self) -> Iterator[Step]:
        """What comes back by mail; it is taken in as all mail is, which the first queue need not wait for."""
        if self.plan.story == "bounced":
            yield self.begun + (self._now - self.begun) * 0.5 + _MINUTE, SYSTEM, self._came_back

    # -- what people do -----------------------------------------------------------------------------------------

    def _answer(self, past: Past, at: datetime) -> None:
        login = self.plan.owner
        who = Address(self._shop.names[login], self.mailbox.address.address)
        assert past.newest is not None
        body = self._tale.answer()
        raw = letters.answer(
            self._tale, past.newest, body, who, self._shop.signature(login), at, receipt=False
        )
        left = self.plan.story != "failed"
        past.answered(raw, body, self.customer, at, self._shop.agents[login], left=left)

    def _ask(self, past: Past, words: str, at: datetime) -> None:
        assert past.newest is not None
        past.received(letters.next_mail(self._tale, words, past.newest, self.mailbox.address, at), at)

    def _snooze(self, unit: UnitOfWork) -> None:
        from agentdesk.services import triage  # noqa: PLC0415  three cases need it, and the first queue does not

        triage.snooze(unit, self.case_id, self._now + timedelta(hours=self.dice.randrange(9, 30)))

    def _refused(self, unit: UnitOfWork) -> None:
        from agentdesk.services import outbox  # noqa: PLC0415  as above

        words = _("{host} refuses the message (it says: {words}).")
        reason = words.format(host="mail.nordbutik.example", words="552 5.2.2 Mailbox full")
        row = select(func.max(outbox_rows.c.id)).where(outbox_rows.c.case_id == self.case_id)
        outbox.settle(unit, int(unit.session.execute(row).scalar_one()), Delivery.FAILED, reason)

    @property
    def _sent(self) -> Message:
        assert self._past is not None
        assert self._past.newest is not None
        return self._past.newest

    def _came_back(self, unit: UnitOfWork) -> None:
        from agentdesk.automation.intake import read_batch  # noqa: PLC0415  as above
        from agentdesk.services import intake  # noqa: PLC0415

        raw = letters.came_back(self._sent, self.mailbox.address, unit.now)
        intake.receive(unit, self.mailbox.id, read_batch([RawMail(raw, "demo", unit.now)], unit.now))

    def _colleague(self) -> Actor:
        """Somebody else than the owner, of the same team."""
        other = {"anna": "bjarke", "bjarke": "camilla", "camilla": "bjarke", "daniel": "camilla"}
        return self._shop.agents[other[self.plan.owner or "bjarke"]]
