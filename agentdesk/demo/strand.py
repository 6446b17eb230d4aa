"""One case of today as it came about: each step is a verb of the house, done by whoever did it at the time it was done.

Invariant: mail comes in as bytes and answers are composed as the desk composes them, so threads, clocks and files are
those of real mail.
"""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from agentdesk.automation.intake import read_batch
from agentdesk.config.language import _
from agentdesk.demo import letters
from agentdesk.demo.shop import Mailbox, Shop
from agentdesk.demo.telling import TONGUES, known_as, tell
from agentdesk.demo.today import Plan
from agentdesk.domain.lifecycle import Delivery, Priority
from agentdesk.domain.mail import Address, Message, RawMail
from agentdesk.mail.parse import parse
from agentdesk.services import intake, outbox, replies, triage
from agentdesk.services.drafts import Typed
from agentdesk.store import codec
from agentdesk.store.tables import messages, raws
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
        self._tongue = TONGUES[self.mailbox.language]
        self._tale = tell(self.dice, self._tongue, plan.topic, self.customer, self._since)
        self._newest: Message | None = None

    def steps(self) -> Iterator[Step]:
        """All that has happened, oldest first."""
        plan, since, owner = self.plan, self._since, self._shop.agents.get(self.plan.owner, SYSTEM)
        talked = plan.story in ("talk", "talk, noted")
        begun = since - self.dice.randrange(90, 240) * _MINUTE if talked else since
        yield begun, SYSTEM, self._first(begun)
        yield begun + _MINUTE, SYSTEM, self._sort
        span = (since if talked else self._now) - begun
        if plan.owner:
            yield begun + span * 0.3, owner, self._take
        if talked or plan.story in ("bounced", "failed", "answered"):
            yield begun + span * 0.5, owner, self._answer
        if plan.story in ("noted", "snoozed", "talk, noted"):
            yield begun + span * 0.6, self._colleague(), self._note
        if plan.story == "snoozed":
            yield begun + span * 0.7, owner, self._snooze
        if plan.story in ("bounced", "failed"):
            yield begun + span * 0.5 + _MINUTE, SYSTEM, self._undelivered
        if plan.story == "again":
            later = begun + span * 0.6
            yield later, SYSTEM, self._next(later)
        if talked:
            yield since, SYSTEM, self._next(since)

    # -- what people do -----------------------------------------------------------------------------------------

    def _first(self, at: datetime) -> Callable[[UnitOfWork], object]:
        def do(unit: UnitOfWork) -> None:
            self._newest = self._receive(unit, letters.first_mail(self._tale, self.mailbox.address, at))
            self.case_id = unit.session.execute(
                select(messages.c.case_id).where(messages.c.message_id == self._newest.message_id)
            ).scalar_one()

        return do

    def _next(self, at: datetime) -> Callable[[UnitOfWork], object]:
        def do(unit: UnitOfWork) -> None:
            assert self._newest is not None
            words = self._tale.nudge() if self.plan.story == "again" else self._tale.more()
            self._receive(unit, letters.next_mail(self._tale, words, self._newest, self.mailbox.address, at))

        return do

    def _receive(self, unit: UnitOfWork, raw: bytes) -> Message:
        incoming = read_batch([RawMail(raw, "demo", unit.now)], unit.now)
        intake.receive(unit, self.mailbox.id, incoming)
        assert incoming[0].message is not None
        return incoming[0].message

    def _sort(self, unit: UnitOfWork) -> None:
        """Whoever reads the mail first gives it its tags and says whether it is urgent."""
        triage.tag(unit, self.case_id, self._tale.matter.tags)
        if self.plan.priority != 1:
            triage.set_priority(unit, self.case_id, tuple(Priority)[self.plan.priority])

    def _take(self, unit: UnitOfWork) -> None:
        assert unit.actor.id is not None
        triage.assign(unit, self.case_id, owner=unit.actor.id)

    def _answer(self, unit: UnitOfWork) -> None:
        newest = unit.session.scalar(
            select(func.max(messages.c.id)).where(messages.c.case_id == self.case_id)
        )
        typed = Typed(
            "reply", self.case_id, to=(self.customer,), body=self._tale.answer(), seen_message_id=int(newest or 0),
            channel_id=self.mailbox.id,
        )  # fmt: skip
        sent = replies.send(unit, typed, hold=0)
        raw = unit.session.execute(
            select(raws.c.data).where(raws.c.message_id == sent.message_id)
        ).scalar_one()
        self._newest = parse(codec.unpack(raw))
        if self.plan.story != "failed":
            row = self._reply(unit)
            outbox.settle(unit, row, Delivery.SENT)
            outbox.mark_copied(unit, row)

    def _note(self, unit: UnitOfWork) -> None:
        replies.note(unit, self.case_id, self._tale.note())

    def _snooze(self, unit: UnitOfWork) -> None:
        triage.snooze(unit, self.case_id, self._now + timedelta(hours=self.dice.randrange(9, 30)))

    def _undelivered(self, unit: UnitOfWork) -> None:
        assert self._newest is not None
        if self.plan.story == "bounced":
            self._receive(unit, letters.came_back(self._newest, self.mailbox.address, unit.now))
            return
        words = _("{host} refuses the message (it says: {words}).")
        reason = words.format(host="mail.nordbutik.example", words="552 5.2.2 Mailbox full")
        outbox.settle(unit, self._reply(unit), Delivery.FAILED, reason)

    def _reply(self, unit: UnitOfWork) -> int:
        query = select(func.max(outbox_rows.c.id)).where(outbox_rows.c.case_id == self.case_id)
        return int(unit.session.execute(query).scalar_one())

    def _colleague(self) -> Actor:
        """Somebody else than the owner, of the same team."""
        other = {"anna": "bjarke", "bjarke": "camilla", "camilla": "bjarke", "daniel": "camilla"}
        return self._shop.agents[other[self.plan.owner or "bjarke"]]
