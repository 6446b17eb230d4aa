"""A small desk to try the core on: a store at the newest revision, agents, a mailbox, and mail that comes in.

Invariant: time stands still until a test moves it; nothing here reads the clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import Row, text

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse
from agentdesk.queries import cases as case_reads
from agentdesk.services import drafts, intake, outbox, people, replies
from agentdesk.services.drafts import Typed
from agentdesk.store import codec
from agentdesk.store.engine import Store, open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.unit import SYSTEM, Actor, UnitOfWork

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUPPORT = "support@shop.example"
MINUTE = timedelta(minutes=1)


@dataclass
class World:
    """One shop: `anna` and `bo` work here, mail comes to SUPPORT."""

    store: Store
    now: datetime = START
    channel: int = 0
    agents: dict[str, Actor] = field(default_factory=dict)
    _letters: int = 0

    def later(self, **span: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**span)
        return self.now

    @property
    def at(self) -> int:
        """Now, as the store writes it."""
        return int(self.now.timestamp() * 1_000_000)

    @contextmanager
    def unit(self, who: str = "", desk: str = "") -> Iterator[UnitOfWork]:
        """A unit of this agent (of the house when empty), on a desk named after the agent."""
        with self.store.unit(self.agents.get(who, SYSTEM), self.now, desk or who) as unit:
            yield unit

    def agent(self, login: str, *, team: str = "") -> Actor:
        """One more colleague."""
        with self.unit() as unit:
            key = people.add_agent(unit, login, login.capitalize(), team=team)
        self.agents[login] = Actor(key, login)
        return self.agents[login]

    def mailbox(self, name: str = "support", address: str = SUPPORT, **facts: Any) -> int:
        """One more mailbox, or the same with other facts."""
        with self.unit() as unit:
            return people.publish_channel(unit, people.ChannelFacts("email", name, address, **facts))

    # -- mail in ------------------------------------------------------------------------------------------------

    def letter(
        self, body: str = "Where is my order?", *, sender: str = "Karen <karen@example.com>", to: str = SUPPORT,
        subject: str = "Order 17", answers: str = "", references: str = "", message_id: str | None = None,
        headers: dict[str, str] | None = None, sent_by_us: bool = False, at: datetime | None = None,
    ) -> intake.Incoming:  # fmt: skip
        """A mail as a channel would hand it over."""
        self._letters += 1
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = at or self.now
        mail["Message-ID"] = message_id or f"<m{self._letters}@example.com>"
        if answers:
            mail["In-Reply-To"] = f"<{answers}>"
        if references:
            mail["References"] = references
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(body)
        return incoming(bytes(mail), at=at or self.now, sent_by_us=sent_by_us)

    def receive(self, *mails: intake.Incoming, channel: int = 0, cursor: str | None = None) -> intake.Tally:
        """Take mails in as one batch."""
        with self.unit() as unit:
            return intake.receive(unit, channel or self.channel, mails, "INBOX", cursor)

    def comes(self, body: str = "Where is my order?", **facts: Any) -> int:
        """A mail comes in; the case it stands in."""
        mail = self.letter(body, **facts)
        self.receive(mail)
        return int(self.one("select case_id from messages where digest = :d", d=mail.digest).case_id)

    # -- acts ---------------------------------------------------------------------------------------------------

    def typed(self, case_id: int, body: str = "It is on its way.", **facts: Any) -> Typed:
        """What an agent who has seen everything would send to Karen."""
        seen = self.value("select coalesce(max(id), 0) from messages where case_id = :c", c=case_id)
        facts = {"to": (Address("Karen", "karen@example.com"),), "seen_message_id": seen} | facts
        return Typed("reply", case_id, body=body, **facts)

    def replies(
        self, case_id: int, body: str = "It is on its way.", who: str = "anna", **how: Any
    ) -> replies.Sent:
        """An agent answers."""
        sending = {name: how.pop(name) for name in ("resolve", "hold") if name in how}
        with self.unit(who) as unit:
            return replies.send(unit, self.typed(case_id, body, **how), **sending)

    def delivers(self, state: Delivery = Delivery.SENT, reason: str = "", holder: str = "w") -> list[int]:
        """The worker takes what is due and sends it, with this end."""
        with self.unit() as unit:
            taken = outbox.claim_due(unit, holder, 100)
        for one in taken:
            with self.unit() as unit:
                outbox.mark_sending(unit, one.outbox_id, holder)
            with self.unit() as unit:
                outbox.settle(unit, one.outbox_id, state, reason)
        return [one.outbox_id for one in taken]

    def saves(self, typed: Typed, who: str = "anna", terminal: str = "t1") -> drafts.Saved:
        """A composer writes its draft to the store."""
        with self.unit(who) as unit:
            return drafts.save(unit, typed, terminal)

    # -- what stands --------------------------------------------------------------------------------------------

    def rows(self, sql: str, **values: Any) -> list[Row[Any]]:
        """Rows of a SELECT."""
        with self.store.session() as session:
            return list(session.execute(text(sql), values).all())

    def one(self, sql: str, **values: Any) -> Row[Any]:
        """The only row of a SELECT."""
        (row,) = self.rows(sql, **values)
        return row

    def value(self, sql: str, **values: Any) -> Any:
        """The only value of a SELECT."""
        return self.one(sql, **values)[0]

    def case(self, case_id: int) -> Row[Any]:
        """A case's row."""
        return self.one("select * from cases where id = :c", c=case_id)

    def draft_of(self, who: str, case_id: int | None) -> Any:
        """What this agent is writing in a case, None for nothing."""
        with self.store.session() as session:
            found = case_reads.drafts_of(session, case_id, self.agents[who].id)
        return found[0] if found else None

    def snapshot(self) -> dict[str, Any]:
        """Everything an undo must bring back: cases (but for version and time of change), tags, outbox on its way."""
        columns = "id, subject, status, snooze_until, priority, owner_id, team_id, due_at, waiting_since, resolved_at"
        counted = "settled_id, unread, last_outbox_id, merged_into, channel_id, customer_id"
        return {
            "cases": self.rows(
                f"select {columns}, {counted} from cases where status <> 'closed' order by id"
            ),
            "tags": self.rows(
                "select ct.case_id, t.name from case_tags ct join tags t on t.id = ct.tag_id order by 1, 2"
            ),
            "notes": self.rows("select id from messages where kind = 'note' order by id"),
            "leaving": self.rows(
                "select id from outbox where state in ('held', 'queued', 'sent') order by id"
            ),
        }


def incoming(raw: bytes, *, at: datetime | None = None, sent_by_us: bool = False) -> intake.Incoming:
    """Raw bytes as the fence leaves them."""
    message = parse(raw)
    return intake.Incoming(raw, codec.pack(raw), digest(message, raw), "test", at, sent_by_us, message)


def unreadable(raw: bytes) -> intake.Incoming:
    """Something that the fence could not read."""
    return intake.Incoming(raw, codec.pack(raw), f"q{hash(raw)}", "test", None, False, None, "no mail at all")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store at the newest revision."""
    opened = open_store(database_url)
    bring_up_to_date(opened, owner=True)
    yield opened
    opened.close()


@pytest.fixture
def world(store: Store) -> World:
    """A shop with two agents and a mailbox."""
    made = World(store)
    made.channel = made.mailbox()
    made.agent("anna")
    made.agent("bo")
    return made
