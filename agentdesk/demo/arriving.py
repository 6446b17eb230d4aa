"""Mail that arrives while the desk is open: now and then from somebody new, and answers to what the agent sent.

Invariant: it comes in as every mail does: as bytes, through the fence and the intake.
"""

import random
from datetime import datetime, timedelta
from typing import Final

from agentdesk.demo import letters
from agentdesk.demo.shop import Mailbox
from agentdesk.demo.telling import TONGUES, Tale, somebody, tell
from agentdesk.demo.world import World
from agentdesk.domain.mail import Address, Message, RawMail
from agentdesk.store.engine import Store

NEW: Final = (20, 60)
"""Seconds between two customers who write for the first time."""
ANSWER: Final = (15, 40)
"""Seconds in which a customer answers."""
_MAILBOXES: Final = ("support", "support", "support", "hjelp", "hjelp", "help", "hej", "retur", "faktura")
_TOPICS: Final = (
    "late",
    "return",
    "size",
    "invoice",
    "voucher",
    "address",
    "damaged",
    "twice",
    "stock",
    "login",
)


class Arriving:
    """Decides who writes next, and when."""

    def __init__(self, world: World, store: Store, now: datetime) -> None:
        self._dice = random.Random(f"{world.seed}/arriving")  # noqa: S311  a made-up world
        self._mailboxes = world.shop.mailboxes
        self._store = store
        self._taken = set(world.taken)
        self._next = now + self._soon(NEW)
        self._answers: list[tuple[datetime, Message]] = []

    def turn(self, now: datetime) -> int:
        """Take in what has arrived by now; how many mails."""
        due = [message for at, message in self._answers if at <= now]
        self._answers = [one for one in self._answers if one[0] > now]
        for message in due:
            self._answer(message, now)
        if now < self._next:
            return len(due)
        self._next = now + self._soon(NEW)
        self._somebody_writes(now)
        return len(due) + 1

    def was_sent(self, message: Message, now: datetime) -> None:
        """The agent has written to a customer, who will answer in a while."""
        if message.to:
            self._answers.append((now + self._soon(ANSWER), message))

    def _somebody_writes(self, now: datetime) -> None:
        mailbox = self._mailboxes[self._dice.choice(_MAILBOXES)]
        tongue = TONGUES[mailbox.language]
        tale = tell(
            self._dice, tongue, self._dice.choice(_TOPICS), somebody(self._dice, tongue, self._taken), now
        )
        self._receive(mailbox, letters.first_mail(tale, mailbox.address, now), now)

    def _answer(self, message: Message, now: datetime) -> None:
        mailbox = self._mailbox(message)
        tongue = TONGUES[mailbox.language]
        customer = message.to[0]
        named = customer if customer.name else Address(customer.address.partition("@")[0], customer.address)
        tale: Tale = tell(self._dice, tongue, "late", named, now)
        words = self._dice.choice(tongue.thanks if self._dice.random() < 0.6 else tongue.asks)
        raw = letters.next_mail(tale, tale.written(words, short=True), message, mailbox.address, now)
        self._receive(mailbox, raw, now)

    def _mailbox(self, message: Message) -> Mailbox:
        """The mailbox that a mail of ours went out from."""
        sender = message.sender.key if message.sender is not None else ""
        found = (one for one in self._mailboxes.values() if one.address.key == sender)
        return next(found, self._mailboxes["support"])

    def _receive(self, mailbox: Mailbox, raw: bytes, now: datetime) -> None:
        # the readers of mail, loaded when the first one comes: nobody waits for them at the start
        from agentdesk.automation.intake import take_in  # noqa: PLC0415

        take_in(self._store, now, mailbox.id, [RawMail(raw, "demo", now)])

    def _soon(self, span: tuple[int, int]) -> timedelta:
        return timedelta(seconds=self._dice.randint(*span))
