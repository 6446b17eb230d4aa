"""Where a message that came in belongs: to which case, to whose side of it, and what of its sender is in doubt.

Order: our own signed address (a side conversation's, then a case's), then what the mail says it answers, newest
reference first. A merged case is followed to its target.
Invariants: a side conversation is named only by its own address or its own mails, so no customer's mail becomes part of
one and none of its mails becomes a customer's; who takes part with the customer and who in a side is kept apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, select

from agentdesk.config.language import N_
from agentdesk.domain import replyaddress
from agentdesk.domain.mail import Address, Message
from agentdesk.services import customers
from agentdesk.store.tables import blocks, cases, channels, messages, sides

_LOOKUP = 400
"""Values in one IN list: both databases plan and bind these well."""
# A statement that every message needs is built once and gets its values when it is run.
_CASE = select(cases).where(cases.c.id == bindparam("case")).with_for_update()
_HOPS = 50
T = TypeVar("T")


@dataclass(slots=True)
class Known:
    """What the store knows of the names that a batch mentions; kept true while the batch goes in."""

    cases: dict[str, int] = field(default_factory=dict)
    """case by the RFC 5322 id of a message in it"""
    sides: dict[str, int] = field(default_factory=dict)
    """side conversation by the id of a message in it"""
    ours: dict[str, int] = field(default_factory=dict)
    """our outgoing messages by RFC 5322 id"""
    customers: dict[str, int] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    """addresses, and domains as @domain, whose mail is spam"""
    own: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs: a case (its row, held until commit) and the side conversation in it, if any."""

    case: Any
    side: int | None


def look_up(session: Connection, batch: Iterable[Message]) -> Known:
    """What is known of the ids and people in these messages."""
    known = Known()
    read = list(batch)
    ids = {n for m in read for n in (m.message_id, *m.in_reply_to, *m.references, m.bounced_message_id) if n}
    people = {who.key for m in read for who in _parties(m)}
    for part in parts(ids):
        query = select(
            messages.c.message_id, messages.c.case_id, messages.c.kind, messages.c.id, messages.c.side_id
        )
        for row in session.execute(query.where(messages.c.message_id.in_(part)).order_by(messages.c.id)):
            known.cases[row.message_id] = row.case_id
            if row.side_id is not None:
                known.sides[row.message_id] = row.side_id
            if row.kind == "outbound":
                known.ours[row.message_id] = row.id
    for part in parts(people):
        known.customers.update(customers.by_address(session, part))
    for part in parts(people | {domain_of(one) for one in people}):
        barred = select(blocks.c.address).where(blocks.c.address.in_(part), blocks.c.removed_at.is_(None))
        known.blocked.update(session.scalars(barred))
    known.own = {address.lower() for address in session.scalars(select(channels.c.address)) if address}
    return known


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


class Belonging:
    """Answers for the messages of one batch that came through one channel."""

    def __init__(self, session: Connection, channel: Any, key: bytes, known: Known) -> None:
        self._session, self._channel, self._key, self._known = session, channel, key, known

    def place(self, message: Message) -> Place | None:
        """The case and side that the message names; None: it begins a case of its own."""
        side = self._named_side(message)
        if side is not None:
            found = self._session.scalar(select(sides.c.case_id).where(sides.c.id == side))
            if found is not None:
                return Place(self._follow(found), side)
        case_id = self._named_case(message)
        return None if case_id is None else Place(self._follow(case_id), None)

    def blocked(self, message: Message) -> bool:
        """Is its sender's mail spam, by a colleague's word?"""
        who = person(message)
        return who is not None and not self._known.blocked.isdisjoint((who.key, domain_of(who.key)))

    def named_us(self, message: Message) -> bool:
        """It says that it comes from one of our addresses, which anybody may write into a From."""
        return message.sender is not None and message.sender.key in self._known.own

    def doubts(self, place: Place, message: Message) -> tuple[str, ...]:
        """What the agent should know of who wrote this."""
        if self.named_us(message) and message.original_sender is None:
            return (N_("from our own address"),)
        who = person(message)
        if who is None:
            return ()
        customer = place.case.customer_id
        from_customer = customer is not None and self._known.customers.get(who.key) == customer
        if place.side is not None and from_customer:
            return (N_("from the customer"),)
        if place.side is None and (customer is None or from_customer):
            return ()
        return () if self._takes_part(place, who) else (N_("unknown participant"),)

    def _named_side(self, message: Message) -> int | None:
        if self._channel.reply_address:
            found = replyaddress.find_side(_targets(message), self._channel.reply_address, self._key)
            if found is not None and self._session.scalar(select(sides.c.id).where(sides.c.id == found)):
                return found
        named = [name for name in _names(message) if name in self._known.cases]
        aside = [self._known.sides[name] for name in named if name in self._known.sides]
        # Only who takes part in a side knows its ids: their mail is of it even where it answers the customer's words.
        if not aside or (named[0] not in self._known.sides and self._is_from_customer(message, aside[0])):
            return None
        return aside[0]

    def _is_from_customer(self, message: Message, side: int) -> bool:
        """Does it come from the customer in whose case this side conversation is?"""
        whose = (
            select(cases.c.customer_id).join(sides, sides.c.case_id == cases.c.id).where(sides.c.id == side)
        )
        who = person(message)
        known = None if who is None else self._known.customers.get(who.key)
        return known is not None and known == self._session.scalar(whose)

    def _named_case(self, message: Message) -> int | None:
        if self._channel.reply_address:
            found = replyaddress.find(_targets(message), self._channel.reply_address, self._key)
            if found is not None and self._session.scalar(select(cases.c.id).where(cases.c.id == found)):
                return found
        return next((self._known.cases[name] for name in _names(message) if name in self._known.cases), None)

    def _follow(self, case_id: int) -> Any:
        """The case, or the one it was merged into."""
        for _hop in range(_HOPS):
            case = self._session.execute(_CASE, {"case": case_id}).one()
            if case.merged_into is None:
                break
            case_id = case.merged_into
        return case

    def _takes_part(self, place: Place, who: Address) -> bool:
        query = select(messages.c.from_address, messages.c.to, messages.c.cc).where(
            messages.c.case_id == place.case.id, messages.c.side_id.is_not_distinct_from(place.side)
        )
        return any(
            who.key == row.from_address.lower() or f'"{who.key}"' in (row.to + row.cc).lower()
            for row in self._session.execute(query)
        )


def _targets(message: Message) -> tuple[str, ...]:
    return (*message.delivered_to, *(who.address for who in (*message.to, *message.cc)))


def _names(message: Message) -> Sequence[str]:
    """The ids that the mail says it belongs to, the most telling first."""
    answered = (*message.in_reply_to, *reversed(message.references))
    return (message.bounced_message_id, *answered) if message.bounced_message_id else answered


def _parties(message: Message) -> Iterable[Address]:
    return (
        who for who in (message.sender, message.original_sender, *message.to, *message.cc) if who is not None
    )
