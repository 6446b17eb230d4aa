"""Takes mail into the store: one batch, one commit.

Flow for each message, oldest first and none before one it answers: known already? -> duplicate. Names a case of ours
(`belonging`)? -> joins it; a closed case opens a new one that is linked. Else -> a new case (`opening`). Then customer,
clocks, held-back replies, raw; in the end what one mail answers of two cases (`bridging`). What comes from a blocked
sender lies in a case of its own that is spam; it is kept like all mail.

Invariants: seen = ingested + duplicate + quarantined; the cursor is stored in the same commit as what it stands for, so
a crash repeats a batch and the digest keeps the repetition from doubling anything; batches go in one after another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, text, update

from agentdesk.config.language import N_
from agentdesk.domain import replyaddress
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Ends, Status, after_message_of_person
from agentdesk.domain.mail import Message
from agentdesk.domain.takingpart import DOUBTS, FORGED, PASSED_ON, UNKNOWN
from agentdesk.domain.thanks import is_mere_thanks
from agentdesk.mail import authentication
from agentdesk.services import (
    bounced,
    bridging,
    clocks,
    known,
    outbox,
    post,
    tombstones,
)
from agentdesk.services import customers as people_outside
from agentdesk.services.belonging import Belonging
from agentdesk.services.keys import reply_key
from agentdesk.services.known import indexable, parts, person
from agentdesk.services.opening import Opening, first_status
from agentdesk.store.tables import cases, channels, cursors, messages, quarantine
from agentdesk.store.unit import UnitOfWork

INTAKE_LOCK: Final = 0x61646B03
"""The advisory lock on PostgreSQL under which batches go in ("adk" 3)."""
THROUGH_A_LIST: Final = N_("sent through a list")
_TOUCH = (
    update(cases).where(cases.c.id == bindparam("case"))
    .values(version=cases.c.version + 1, updated_at=bindparam("touched_at"),
            message_count=cases.c.message_count + bindparam("more"))
)  # fmt: skip
"""Every case needs these, so they are built once and get their values when they are run."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message as the fence left it: read, or unreadable with its reason."""

    raw: bytes
    packed: bytes
    digest: str
    source: str
    at: datetime | None
    sent_by_us: bool
    message: Message | None
    reason: str = ""


@dataclass(slots=True)
class Tally:
    """What became of a batch; adds up over batches."""

    seen: int = 0
    ingested: int = 0
    duplicate: int = 0
    quarantined: int = 0
    cases_opened: int = 0
    customers_created: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(getattr(self, name) + getattr(other, name) for name in Tally.__slots__))


def receive(
    unit: UnitOfWork, channel_id: int, batch: Sequence[Incoming], folder: str = "", cursor: str | None = None
) -> Tally:
    """Take a batch in and remember the folder's cursor. Returns what became of it."""
    if unit.session.dialect.name == "postgresql":
        # Two batches that hold the same mail, customer or thread would each not see the other's.
        unit.session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": INTAKE_LOCK})
    intake = _Intake(unit, channel_id, batch)
    intake.answers = cursor is not None
    for place in known.parents_first([one.message for one in batch]):
        intake.take(batch[place])
    intake.finish()
    if cursor is not None:
        unit.session.execute(
            delete(cursors).where(cursors.c.channel_id == channel_id, cursors.c.folder == folder)
        )
        unit.session.execute(insert(cursors).values(channel_id=channel_id, folder=folder, value=cursor))
    return intake.tally


class _Intake:
    def __init__(self, unit: UnitOfWork, channel_id: int, batch: Sequence[Incoming]) -> None:
        self.unit = unit
        self.session = unit.session
        self.channel = self.session.execute(select(channels).where(channels.c.id == channel_id)).one()
        self.tally = Tally()
        self.digests = self._known_digests(batch)
        readable = [indexable(one.message) for one in batch if one.message is not None]
        self.forgotten = self._forgotten(readable)
        self.known = known.look_up(self.session, readable)
        self.rest = post.Rest()
        self.belonging = Belonging(self.session, self.channel, reply_key(unit), self.known, self._catch_up)
        self.opening = Opening(unit, self.channel, self.known)
        new = [one.message for one in batch if one.message is not None and one.digest not in self.digests]
        self.rest.reserve(unit, len(new))
        self.belonging.hold(map(indexable, new))
        self.answered: set[int] = set()
        self.returned: dict[int, str] = {}
        """Mails sent elsewhere of which a report had come before them, with its reason."""
        self.early = bounced.Early(unit)
        self.answers = False
        """What a mailbox brings may be answered by itself; not what is imported."""
        self.heard: set[int] = set()
        self.heard_aside: set[int] = set()
        self.bridges: list[bridging.Bridge] = []

    # -- what is known ------------------------------------------------------------------------------------------

    def _known_digests(self, batch: Sequence[Incoming]) -> set[str]:
        found: set[str] = set()
        for part in parts({one.digest for one in batch}):
            found.update(self.session.scalars(select(messages.c.digest).where(messages.c.digest.in_(part))))
            kept = select(quarantine.c.digest).where(quarantine.c.digest.in_(part))
            found.update(self.session.scalars(kept))
        return found | tombstones.known(self.session, {one.digest for one in batch} - found)

    def _forgotten(self, batch: Sequence[Message]) -> set[str]:
        """The ids of mails that were erased here, and of our own ones, whose copies lie in Sent folders still."""
        ours = {one.message_id for one in batch if one.message_id}
        mails = {_identity(one) for one in batch} - {""}
        found = tombstones.standing(self.session, "message id", ours)
        return {*found, *tombstones.standing(self.session, "mail", mails)}

    def _catch_up(self) -> None:
        self.rest.write_rows(self.unit)

    # -- one message --------------------------------------------------------------------------------------------

    def take(self, incoming: Incoming) -> None:
        self.tally.seen += 1
        message = incoming.message and indexable(incoming.message)
        if incoming.digest in self.digests:
            self.tally.duplicate += 1
        elif message is None:
            self._set_aside(incoming)
        elif self._is_our_copy(incoming, message) or _identity(message) in self.forgotten:
            self.tally.duplicate += 1
        else:
            self._keep(incoming, message)
        self.digests.add(incoming.digest)

    def _is_our_copy(self, incoming: Incoming, message: Message) -> bool:
        """The copy of a mail that the desk sent itself: from a Sent folder, or come back over a list with its words."""
        if not (incoming.sent_by_us or self.belonging.named_us(message)):
            return False
        if message.message_id in self.forgotten or replyaddress.is_probe(message.message_id):
            return True
        stored = self.known.ours.get(message.message_id or "")
        if stored is None or incoming.sent_by_us:
            return stored is not None
        ours = self.session.scalar(select(messages.c.text).where(messages.c.id == stored)) or ""
        return "".join(ours.split()) in "".join(message.text.split())

    def _set_aside(self, incoming: Incoming) -> None:
        self.session.execute(
            insert(quarantine).values(
                channel_id=self.channel.id, source=incoming.source, reason=incoming.reason, at=self.unit.at,
                size=len(incoming.raw), digest=incoming.digest, data=incoming.packed,
            )
        )  # fmt: skip
        self.unit.record("quarantine", None, "set aside")
        self.tally.quarantined += 1

    def _keep(self, incoming: Incoming, message: Message) -> None:
        ours = incoming.sent_by_us  # only what lies in our Sent folder proves that we wrote it
        message = message if ours else self._by_form(message)
        if message.bounce:
            self._catch_up()
        if (missing := bounced.about(self.unit, self.known, message)) is not None:
            message = replace(message, bounced_message_id=missing)
        wrote = not ours and not message.auto_replied and not message.bounce
        at = max(0, min(micros(incoming.at or message.date or self.unit.now), self.unit.at))
        opened = self.opening.cases
        forged = not ours and authentication.fails(message.judgements, self.channel.authserv_id)
        case_id, side, marks = self._case_for(message, ours=ours, wrote=wrote, at=at)
        marks = (*marks, FORGED) if forged else marks
        stored = post.store(
            self.unit, case_id=case_id, channel_id=self.channel.id, kind="outbound" if ours else "inbound", at=at,
            message=message, raw=incoming.packed, digest=incoming.digest, person=wrote and side is None,
            marks=(*marks, *message.marks), side=side, rest=self.rest,
        )  # fmt: skip
        self.known.arrive(message, case_id, side, waits=side is None and (ours or wrote))
        doubted = not set(DOUBTS).isdisjoint((*marks, *message.marks))
        self.belonging.hear(case_id, side, message, doubted=doubted, ours=ours, wrote=wrote)
        if wrote and side is None:
            self.heard.add(case_id)
        elif wrote and side is not None:
            self.heard_aside.add(side)
        if message.bounce and message.bounced_message_id in self.known.ours:
            bounced.mark(self.unit, self.known.ours[message.bounced_message_id], bounced.reason_of(message))
            self.belonging.changed()
        self.unit.record("message", case_id, "sent elsewhere" if ours else "received", None, stored)
        if ours and side is None:
            self.answered.add(case_id)
        if ours:
            self._catch_up()
        if ours and (reason := self.early.reason(message.message_id)):
            self.returned[stored] = reason
        self.tally.ingested += 1
        if (
            self.answers
            and self.channel.acknowledgement
            and wrote
            and not forged
            and self.opening.cases > opened
            and not self.belonging.blocked(message)
        ):
            from agentdesk.services import acknowledging  # noqa: PLC0415  few mailboxes answer by themselves

            self._catch_up()
            acknowledging.acknowledge(self.unit, self.channel, case_id, stored, message)

    def _by_form(self, message: Message) -> Message:
        """The person behind our own addresses: who filled in a form, or whose mail a colleague passed on.

        A form names the writer in Reply-To. What a mail says of being passed on is a stranger's word, with which one
        customer could pose as another: it counts from our own people only.
        """
        if message.original_sender is not None:
            return replace(message, marks=(*message.marks, THROUGH_A_LIST))
        ours, sender = self.known.own | self.known.colleagues, message.sender
        passed_on = message.forwarded_from
        if passed_on is not None and passed_on.key not in ours and sender is not None and sender.key in ours:
            return replace(message, original_sender=passed_on, marks=(*message.marks, PASSED_ON))
        if self.belonging.named_us(message):
            outside = next((who for who in message.reply_to if who.key not in self.known.own), None)
            return replace(message, original_sender=outside)
        return message

    # -- which case ---------------------------------------------------------------------------------------------

    def _case_for(
        self, message: Message, *, ours: bool, wrote: bool, at: int
    ) -> tuple[int, int | None, tuple[str, ...]]:
        """The case the message belongs to, opened if need be, its side conversation, the marks the message gets."""
        place = self.belonging.place(message, ours=ours)
        if not ours and self.belonging.blocked(message):
            return self.opening.spam(place, message, at), None, ()
        if place is None:
            return (
                self.opening.open(message, first_status(ours=ours, wrote=wrote), ours=ours, at=at),
                None,
                (),
            )
        if place.apart:
            return self.opening.apart(place, message, first_status(ours=ours, wrote=wrote), at), None, ()
        case = place.case
        marks = self.belonging.doubts(place, message) if wrote else ()
        self.bridges += bridging.of(place, message, ours=ours, doubted=bool(marks))
        if not wrote:
            if self._nobody_would_see(case, message):
                related = case if people_outside.stands(self.session, case.customer_id) else None
                return self.opening.open(message, Status.NEW, ours=False, at=at, related=related), None, marks
            return case.id, place.side, marks
        status = after_message_of_person(
            Status(case.status), Ends(case.snooze_ends), thanks=_only_thanks(case, message)
        )
        if status is None:
            marks = tuple(one for one in marks if one != UNKNOWN)  # it is the sender's own case
            related = case if people_outside.stands(self.session, case.customer_id) else None
            return self.opening.open(message, Status.NEW, ours=False, at=at, related=related), None, marks
        if status != case.status:
            self.unit.record("case", case.id, "status", case.status, status)
        until = case.snooze_until if status is Status.SNOOZED else None
        values: dict[str, Any] = {"status": status, "snooze_until": until, "resolved_at": None}
        if place.side is None:
            values["channel_id"] = self.channel.id
        if any(getattr(case, name) != value for name, value in values.items()):
            self._update(case.id, **values)
        return case.id, place.side, marks

    def _nobody_would_see(self, case: Any, message: Message) -> bool:
        """Whether a report is about a mail of ours in a case that has ended for good, and stays so."""
        ours = message.bounced_message_id in self.known.ours
        return message.bounce and ours and case.status == Status.CLOSED

    # -- the end ------------------------------------------------------------------------------------------------

    def _update(self, case_id: int, **values: Any) -> None:
        self.session.execute(update(cases).where(cases.c.id == case_id).values(**values))
        self.belonging.changed(case_id)

    def finish(self) -> None:
        """Count and compute once for each case what the batch changed; a person's words stop what was held back."""
        self.rest.write(self.unit)
        self.tally.cases_opened, self.tally.customers_created = self.opening.cases, self.opening.customers
        for part in parts(self.heard):
            outbox.stop_held(self.unit, part)
        for part in parts(self.heard_aside):
            outbox.stop_held_aside(self.unit, part)
        touched = sorted(self.rest.counts)
        if touched:
            at = self.unit.at
            rows = [{"case": one, "more": self.rest.counts[one], "touched_at": at} for one in touched]
            self.session.execute(_TOUCH, rows)
        for part in parts(touched):
            clocks.refresh(self.unit, part)
        for part in parts(self.answered):
            answered = select(cases).where(
                cases.c.id.in_(part), cases.c.shelf == 0, cases.c.waiting_since.is_(None)
            )
            for case in self.session.execute(answered).all():
                self.unit.record("case", case.id, "status", case.status, Status.PENDING)
                self._update(case.id, status=Status.PENDING)
        for message_id, reason in self.returned.items():
            bounced.mark(self.unit, message_id, reason)
        self.known.keep(self.unit)
        bridging.settle(self.unit, self.known, self.belonging, self.bridges)


def _identity(message: Message) -> str:
    sent_at = micros(message.date) if message.date else None
    return tombstones.identity(message.message_id, message.sender.key if message.sender else "", sent_at)


def _only_thanks(case: Any, message: Message) -> bool:
    """Asked of snoozed cases alone, where it may matter."""
    who = person(message)
    return (
        case.status == Status.SNOOZED
        and not message.attachments
        and is_mere_thanks(message.reply_text, who.name if who is not None else "")
    )
