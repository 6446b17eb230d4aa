"""Where a message that came in belongs: to which case, to whose side of it, and what of its sender is in doubt.

Order: our own signed address (a side conversation's, then a case's); the same mail once more; what it says it answers,
newest reference first; what says that it answers this one; what answers the same mail that has not come; the number in
the subject, for those who take part. A merged case is followed to its target. More than one case: the mail bridges them
(`bridging`).
Invariants: a side conversation is named only by its own address or its own mails, so no customer's mail becomes part of
one and none of its mails becomes a customer's; who takes part with the customer and who in a side is kept apart; by an
id that nobody has seen a mail to us joins only those it has somebody in common with: a mail to thousands has one id.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from agentdesk.domain import replyaddress
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.mail import Message
from agentdesk.domain.takingpart import FROM_CUSTOMER, FROM_US, UNKNOWN, People
from agentdesk.mail import authentication
from agentdesk.mail.addresses import is_own
from agentdesk.services.known import Known, Seen, domain_of, names, parts, person, unseen
from agentdesk.store import takingpart
from agentdesk.store.tables import cases, sides

# A statement that every message needs is built once and gets its values when it is run.
_CASE = select(cases).where(cases.c.id == bindparam("case")).with_for_update()
_CASES = (
    select(cases)
    .where(cases.c.id.in_(bindparam("cases", expanding=True)))
    .order_by(cases.c.id)
    .with_for_update()
)
_HOPS = 50
_TOKEN = re.compile(r"\[#([0-9]{1,15})\]")
_MOST: Final = 5
"""Cases that one id may tie a mail to: what more await is a mail to many, which ties nothing. As many others a mail may
bridge: whoever names the ids of a hundred cases does not get their pairs written down."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs: a case (its row, held until commit) and the side conversation in it, if any."""

    case: Any
    side: int | None
    others: tuple[int, ...] = ()
    """More cases that it answers"""
    apart: bool = False
    """It only names the case: it gets one of its own, linked to it."""


class Belonging:
    """Answers for the messages of one batch that came through one channel."""

    def __init__(
        self, session: Connection, channel: Any, key: bytes, known: Known, catch_up: Callable[[], None]
    ) -> None:
        """`catch_up` writes down the messages of the batch that are stored so far: called before they are read."""
        self._session, self._channel, self._key, self._known = session, channel, key, known
        self._catch_up = catch_up
        self._rows: dict[int, Any] = {}
        """Cases as they stand, held until commit"""
        self._people: dict[tuple[int, int | None], People] = {}
        self._domains = {domain_of(one)[1:] for one in known.own}

    def hold(self, batch: Iterable[Message]) -> None:
        """Hold the cases that these messages answer, all at once and in their order."""
        named = {
            one.case_id
            for message in batch
            for name in names(message)
            for one in self._known.seen.get(name, ())
        }
        for part in parts(sorted(named)):
            self._rows.update((row.id, row) for row in self._session.execute(_CASES, {"cases": part}))

    def changed(self, *case_ids: int) -> None:
        """These cases, or without any all, are no longer as they stood: they are read anew."""
        for case_id in case_ids or tuple(self._rows):
            self._rows.pop(case_id, None)

    def place(self, message: Message, *, ours: bool = False) -> Place | None:
        """The case and side that the message names; None: it begins a case of its own."""
        side = self._named_side(message)
        if side is not None:
            found = self._session.scalar(select(sides.c.case_id).where(sides.c.id == side))
            if found is not None:
                return Place(self._follow(found), side)
        tied = list(dict.fromkeys(self._ties(message)))[: _MOST + 1]
        if not tied:
            return self._by_token(message, ours=ours)
        if len(tied) == 1:
            return Place(self._follow(tied[0]), None)
        rows = {row.id: row for row in map(self._follow, tied)}
        case = next((row for row in rows.values() if row.status != Status.CLOSED), next(iter(rows.values())))
        machine = message.auto_replied or message.bounce
        return Place(case, None, () if machine else tuple(one for one in rows if one != case.id))

    def blocked(self, message: Message) -> bool:
        """Is its sender's mail spam, by a colleague's word?"""
        who = person(message)
        return who is not None and not self._known.blocked.isdisjoint((who.key, domain_of(who.key)))

    def named_us(self, message: Message) -> bool:
        """It says that it comes from one of our addresses, which anybody may write into a From."""
        return message.sender is not None and is_own(message.sender.key, self._known.own)

    def doubts(self, place: Place, message: Message) -> tuple[str, ...]:
        """What the agent should know of who wrote this."""
        if self.named_us(message) and message.original_sender is None:
            return (FROM_US,)
        who = person(message)
        if who is None:
            return ()
        customer = place.case.customer_id
        from_customer = customer is not None and self._known.customers.get(who.key) == customer
        if place.side is not None and from_customer:
            return (FROM_CUSTOMER,)
        if place.side is None and (customer is None or from_customer):
            return ()
        return () if who.key in self.people(place.case.id, place.side).known else (UNKNOWN,)

    def people(self, case_id: int, side: int | None = None) -> People:
        """Who has to do with the case, or with a side conversation of it."""
        found = self._people.get((case_id, side))
        if found is None:
            self._catch_up()
            found = self._people[case_id, side] = takingpart.read(self._session, case_id, side)
        return found

    def hear(
        self,
        case_id: int,
        side: int | None,
        message: Message,
        *,
        doubted: bool,
        ours: bool,
        wrote: bool,
    ) -> None:
        """A message is stored: whoever it introduces takes part from now on."""
        people = self._people.get((case_id, side))
        who = person(message)
        if people is not None:
            trusted = not doubted and (wrote or side is not None)
            people.hear(who.key if who else "", _written_to(message), ours=ours, trusted=trusted)

    def forget(self, *case_ids: int) -> None:
        """Cases were merged: they and who takes part in them are read anew."""
        self.changed(*case_ids)
        for key in [key for key in self._people if key[0] in case_ids]:
            del self._people[key]

    # -- a side -------------------------------------------------------------------------------------------------

    def _named_side(self, message: Message) -> int | None:
        if self._channel.reply_address:
            found = replyaddress.find_side(_targets(message), self._channel.reply_address, self._key)
            if found is not None and self._session.scalar(select(sides.c.id).where(sides.c.id == found)):
                return found
        if not self._known.sides:
            return None
        named = [name for name in names(message) if name in self._known.seen]
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

    # -- a case -------------------------------------------------------------------------------------------------

    def _ties(self, message: Message) -> Iterator[int]:
        """The cases that the mail is tied to, the most telling first."""
        if self._channel.reply_address:
            found = replyaddress.find(_targets(message), self._channel.reply_address, self._key)
            if found is not None and self._session.scalar(select(cases.c.id).where(cases.c.id == found)):
                yield found
        if message.message_id in self._known.seen:
            yield from self._once_more(message, self._known.seen[message.message_id])
        for name in names(message):
            if name in self._known.seen:
                yield self._meant(message, self._known.seen[name])
        if not self._known.awaited:
            return
        for name in (message.message_id or "", *unseen(message, self._known)):
            waiting = self._known.awaited.get(name, ())
            if len(waiting) <= _MOST:
                yield from (case_id for case_id in waiting if self._in_common(message, case_id))

    @staticmethod
    def _once_more(message: Message, seen: Iterable[Seen]) -> Iterator[int]:
        """The same mail another way (over a list, which adds its own lines): same id, writer and date."""
        who = person(message)
        if who is not None and message.date is not None:
            at = micros(message.date)
            yield from (one.case_id for one in seen if one.sent_at == at and one.sender == who.key)

    def _meant(self, message: Message, seen: list[Seen]) -> int:
        """The case of the message that an id names; where several carry it, the one whose people this mail is of."""
        found = list(dict.fromkeys(one.case_id for one in seen))
        if len(found) == 1:
            return found[0]
        who = person(message)
        among = who.key if who else ""
        return next((one for one in found if among and among in self.people(one).known), found[0])

    def _in_common(self, message: Message, case_id: int) -> bool:
        """Whether an id that nobody has seen may tie this mail to the case.

        A mail to us does so only with somebody in common: what two customers answer may be a mail to thousands. On a
        list, which is not written to us, whoever answers the same mail talks of the same matter.
        """
        written = _written_to(message)
        if not any(self._is_to_us(one) for one in (*written, *message.delivered_to)):
            return True
        who = person(message)
        people = self.people(self._follow(case_id).id)
        return people.has_in_common(who.key if who else "", written, self._known.own, self._domains)

    def _is_to_us(self, address: str) -> bool:
        low = address.lower()
        return is_own(low, self._known.own) or low.rpartition("@")[2] in self._domains

    def _by_token(self, message: Message, *, ours: bool) -> Place | None:
        """The case whose number stands in the subject, which anybody may write there."""
        if not self._channel.subject_token:
            return None
        for number in dict.fromkeys(int(one) for one in _TOKEN.findall(message.subject)):
            if self._session.scalar(select(cases.c.id).where(cases.c.id == number)) is None:
                continue
            place = Place(self._follow(number), None)
            if ours or (place.case.customer_id is not None and not self._is_doubtful(place, message)):
                return place
            return Place(place.case, None, apart=True)
        return None

    def _is_doubtful(self, place: Place, message: Message) -> bool:
        return bool(self.doubts(place, message)) or authentication.fails(
            message.judgements, self._channel.authserv_id
        )

    def _follow(self, case_id: int) -> Any:
        """The case, or the one it was merged into."""
        for _hop in range(_HOPS):
            case = self._rows.get(case_id)
            if case is None:
                case = self._rows[case_id] = self._session.execute(_CASE, {"case": case_id}).one()
            if case.merged_into is None:
                break
            case_id = case.merged_into
        return case


def _targets(message: Message) -> tuple[str, ...]:
    return (*message.delivered_to, *(who.address for who in (*message.to, *message.cc)))


def _written_to(message: Message) -> list[str]:
    return [who.key for who in (*message.to, *message.cc)]
