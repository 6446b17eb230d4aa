"""What the store knows of the ids and people that a batch of mail mentions; kept true while the batch goes in.

Invariants: read in a few statements for the whole batch, by index, however many mails the store holds; an id names
every message that carries it, for different mails may share one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import Connection, delete, insert, select

from agentdesk.domain.instants import micros
from agentdesk.domain.mail import Address, Message
from agentdesk.services import customers
from agentdesk.store.tables import agents, awaited, blocks, channels, messages
from agentdesk.store.unit import UnitOfWork

_LONGEST: Final = 500
"""Letters of an id or an address; a PostgreSQL index row holds 2,700 bytes."""
_LOOKUP = 400
"""Values in one IN list: both databases plan and bind these well."""
_MOST_AWAITED: Final = 100
"""Ids of one mail that are waited for, its newest; a thread whose every mail names more is none."""
T = TypeVar("T")


class Seen(NamedTuple):
    """A stored message by the id it carries."""

    case_id: int
    side_id: int | None
    sender: str
    sent_at: int | None


@dataclass(slots=True)
class Known:
    """What the store knows of the names that a batch mentions."""

    seen: dict[str, list[Seen]] = field(default_factory=dict)
    """the messages that carry an RFC 5322 id, the first one first"""
    awaited: dict[str, list[int]] = field(default_factory=dict)
    """cases whose messages say they answer an id that has not come yet"""
    sides: dict[str, int] = field(default_factory=dict)
    """side conversation by the id of a message in it"""
    ours: dict[str, int] = field(default_factory=dict)
    """our outgoing messages by RFC 5322 id"""
    customers: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    """addresses whose customers were looked for"""
    blocked: set[str] = field(default_factory=set)
    """addresses, and domains as @domain, whose mail is spam"""
    own: set[str] = field(default_factory=set)
    colleagues: set[str] = field(default_factory=set)
    """addresses of agents, who pass customers' mail on"""
    _new: set[tuple[str, int]] = field(default_factory=set)
    _come: set[str] = field(default_factory=set)

    def arrive(self, message: Message, case_id: int, side: int | None, *, waits: bool) -> None:
        """A message of the batch is stored in this case. `waits`: what it answers may still come, and belongs here."""
        who = person(message)
        if message.message_id:
            sent_at = micros(message.date) if message.date else None
            seen = Seen(case_id, side, who.key if who else "", sent_at)
            self.seen.setdefault(message.message_id, []).append(seen)
            if side is not None:
                self.sides[message.message_id] = side
            if self.awaited.pop(message.message_id, None) is not None:
                self._come.add(message.message_id)
        for name in unseen(message, self)[:_MOST_AWAITED] if waits else ():
            waiting = self.awaited.setdefault(name, [])
            if case_id not in waiting:
                waiting.append(case_id)
                self._new.add((name, case_id))

    def keep(self, unit: UnitOfWork) -> None:
        """Write down what is waited for now, and no longer what has come."""
        for part in parts(self._come):
            unit.session.execute(delete(awaited).where(awaited.c.message_id.in_(part)))
        rows = [
            {"message_id": name, "case_id": case}
            for name, case in sorted(self._new)
            if name not in self._come
        ]
        if rows:
            unit.session.execute(insert(awaited), rows)
        self._new.clear()
        self._come.clear()


def look_up(session: Connection, batch: Iterable[Message]) -> Known:
    """What is known of the ids and people in these messages."""
    known = Known()
    read = list(batch)
    ids = {n for m in read for n in (m.message_id, *names(m)) if n}
    _look_up_ids(session, known, ids)
    people = {who.key for m in read for who in _parties(m)}
    known.asked = people
    for part in parts(people):
        known.customers.update(customers.by_address(session, part))
    for part in parts(people | {domain_of(one) for one in people}):
        barred = select(blocks.c.address).where(blocks.c.address.in_(part), blocks.c.removed_at.is_(None))
        known.blocked.update(session.scalars(barred))
    known.own = {address.lower() for address in session.scalars(select(channels.c.address)) if address}
    known.colleagues = {
        address.strip().lower() for address in session.scalars(select(agents.c.email)) if address
    }
    return known


def _look_up_ids(session: Connection, known: Known, ids: Iterable[str]) -> None:
    for part in parts(ids):
        query = select(
            messages.c.message_id, messages.c.case_id, messages.c.kind, messages.c.id, messages.c.side_id,
            messages.c.from_address, messages.c.sent_at,
        )  # fmt: skip
        for row in session.execute(query.where(messages.c.message_id.in_(part)).order_by(messages.c.id)):
            seen = Seen(row.case_id, row.side_id, row.from_address.lower(), row.sent_at)
            known.seen.setdefault(row.message_id, []).append(seen)
            if row.side_id is not None:
                known.sides[row.message_id] = row.side_id
            if row.kind == "outbound":
                known.ours[row.message_id] = row.id
        waiting = select(awaited).where(awaited.c.message_id.in_(part)).order_by(awaited.c.case_id)
        for row in session.execute(waiting):
            known.awaited.setdefault(row.message_id, []).append(row.case_id)


def names(message: Message) -> tuple[str, ...]:
    """The ids that the mail says it belongs to, the most telling first."""
    answered = (*message.in_reply_to, *reversed(message.references))
    about = message.bounced_message_id or message.about
    return (about, *answered) if about else answered


def parents_first(batch: Sequence[Message | None]) -> list[int]:
    """The places of a batch's messages in the order to take them: as they came, but none before one it answers.

    In a mailbox an answer may lie before its question; taken in that way each would begin a case of its own.
    """
    where: dict[str, int] = {}
    for place, message in enumerate(batch):
        if message is not None and message.message_id:
            where.setdefault(message.message_id, place)
    order: list[int] = []
    taken = [False] * len(batch)
    for first in range(len(batch)):
        waiting = [first]
        begun = set[int]()
        while waiting:
            place = waiting.pop()
            if taken[place]:
                continue
            message = batch[place]
            parents = [where[name] for name in (names(message) if message else ()) if name in where]
            later = [one for one in parents if not taken[one] and one not in begun and one != place]
            if later and place not in begun:
                begun.add(place)
                waiting += [place, *later]
            else:
                taken[place] = True
                order.append(place)
    return order


def unseen(message: Message, known: Known) -> list[str]:
    """Those of its names that no stored message carries. An address that stands among them is none."""
    people = {who.key for who in _parties(message)}
    return [
        name
        for name in dict.fromkeys((*message.in_reply_to, *reversed(message.references)))
        if name not in known.seen and name.lower() not in people and name != message.message_id
    ]


def parts(values: Iterable[T]) -> Iterable[list[T]]:
    """The values in lists that one statement takes."""
    ordered = list(values)
    return (ordered[i : i + _LOOKUP] for i in range(0, len(ordered), _LOOKUP))


def person(message: Message) -> Address | None:
    """Who really wrote: the person behind a list's rewriting, else the sender."""
    return message.original_sender or message.sender


def domain_of(address: str) -> str:
    """The domain of an address as a block names it."""
    return "@" + address.rpartition("@")[2]


def _parties(message: Message) -> Iterable[Address]:
    named = (message.sender, message.original_sender, message.forwarded_from, *message.to, *message.cc)
    return (who for who in named if who is not None)


def indexable(message: Message) -> Message:
    """The message with ids and addresses that an index can hold: an absurdly long one must not stop its batch."""
    if (
        max(map(len, (message.message_id or "", *message.in_reply_to, *message.references)), default=0)
        > _LONGEST
    ):
        message = replace(
            message,
            message_id=message.message_id and _short(message.message_id),
            in_reply_to=tuple(map(_short, message.in_reply_to)),
            references=tuple(map(_short, message.references)),
        )
    sender, original = message.sender, message.original_sender
    if any(who is not None and len(who.address) > _LONGEST for who in (sender, original)):
        message = replace(message, sender=_short_address(sender), original_sender=_short_address(original))
    return message


def _short(name: str) -> str:
    """What is cut keeps its difference."""
    return name if len(name) <= _LONGEST else name[:400] + sha256(name.encode("utf-8", "replace")).hexdigest()


def _short_address(who: Address | None) -> Address | None:
    return who and Address(who.name, _short(who.address))
