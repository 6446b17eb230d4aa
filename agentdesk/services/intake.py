"""Takes mail into the store: one batch, one commit.

Flow for each message, oldest first and none before one it answers: known already? -> duplicate. Names a case of ours
(`belonging`)? -> joins it; a closed case opens a new one that is linked. Else -> a new case. Then customer, clocks,
held-back replies, raw; in the end what one mail answers of two cases (`bridging`). What comes from a blocked sender
lies in a case of its own that is spam; it is kept like all mail.

Invariants: seen = ingested + duplicate + quarantined; the cursor is stored in the same commit as what it stands for, so
a crash repeats a batch and the digest keeps the repetition from doubling anything; batches go in one after another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete, insert, select, text, update

from agentdesk.config.language import N_, _
from agentdesk.domain import replyaddress
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Ends, Status, after_message_of_person
from agentdesk.domain.mail import Address, Message
from agentdesk.domain.takingpart import DOUBTS, FORGED, PASSED_ON, UNKNOWN
from agentdesk.domain.thanks import is_mere_thanks
from agentdesk.mail import authentication
from agentdesk.services import (
    acknowledging,
    bounced,
    bridging,
    clocks,
    known,
    linking,
    outbox,
    post,
    tombstones,
)
from agentdesk.services import customers as people_outside
from agentdesk.services.belonging import Belonging, Place
from agentdesk.services.keys import reply_key
from agentdesk.services.known import parts, person
from agentdesk.store.tables import cases, channels, cursors, links, messages, quarantine
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.fold import fold

INTAKE_LOCK: Final = 0x61646B03
"""The advisory lock on PostgreSQL under which batches go in ("adk" 3)."""
_LONGEST: Final = 500
"""Letters of an id or an address; a PostgreSQL index row holds 2,700 bytes."""
THROUGH_A_LIST: Final = N_("sent through a list")
_OPEN = insert(cases)
"""Every case needs it, so it is built once and gets its values when it is run."""


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
        readable = [_indexable(one.message) for one in batch if one.message is not None]
        self.forgotten = self._forgotten(readable)
        self.known = known.look_up(self.session, readable)
        self.belonging = Belonging(self.session, self.channel, reply_key(unit), self.known)
        self.touched: set[int] = set()
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

    # -- one message --------------------------------------------------------------------------------------------

    def take(self, incoming: Incoming) -> None:
        self.tally.seen += 1
        message = incoming.message and _indexable(incoming.message)
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
        if (missing := bounced.about(self.unit, self.known, message)) is not None:
            message = replace(message, bounced_message_id=missing)
        wrote = not ours and not message.auto_replied and not message.bounce
        at = max(0, min(micros(incoming.at or message.date or self.unit.now), self.unit.at))
        opened = self.tally.cases_opened
        forged = not ours and authentication.fails(message.judgements, self.channel.authserv_id)
        case_id, side, marks = self._case_for(message, ours=ours, wrote=wrote, at=at)
        marks = (*marks, FORGED) if forged else marks
        stored = post.store(
            self.unit, case_id=case_id, channel_id=self.channel.id, kind="outbound" if ours else "inbound", at=at,
            message=message, raw=incoming.packed, digest=incoming.digest, person=wrote and side is None,
            marks=(*marks, *message.marks), side=side,
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
        self.unit.record("message", case_id, "sent elsewhere" if ours else "received", None, stored)
        self.touched.add(case_id)
        if ours and side is None:
            self.answered.add(case_id)
        if ours and (reason := self.early.reason(message.message_id)):
            self.returned[stored] = reason
        self.tally.ingested += 1
        if (
            self.answers
            and wrote
            and not forged
            and self.tally.cases_opened > opened
            and not self.belonging.blocked(message)
        ):
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
            return self._spam_case(place, message, at), None, ()
        if place is None:
            return self._open(message, self._status(ours=ours, wrote=wrote), ours=ours, at=at), None, ()
        if place.apart:
            return self._open_apart(place, message, self._status(ours=ours, wrote=wrote), at), None, ()
        case = place.case
        marks = self.belonging.doubts(place, message) if wrote else ()
        self.bridges += bridging.of(place, message, ours=ours, doubted=bool(marks))
        if not wrote:
            if self._nobody_would_see(case, message):
                related = case if people_outside.stands(self.session, case.customer_id) else None
                return self._open(message, Status.NEW, ours=False, at=at, related=related), None, marks
            return case.id, place.side, marks
        status = after_message_of_person(
            Status(case.status), Ends(case.snooze_ends), thanks=_only_thanks(case, message)
        )
        if status is None:
            marks = tuple(one for one in marks if one != UNKNOWN)  # it is the sender's own case
            related = case if people_outside.stands(self.session, case.customer_id) else None
            return self._open(message, Status.NEW, ours=False, at=at, related=related), None, marks
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

    def _open_apart(self, place: Place, message: Message, status: Status, at: int) -> int:
        """A case for somebody who only names another one in the subject; in it stands why."""
        case_id = self._open(message, status, ours=False, at=at)
        linking.put(self.unit, case_id, place.case.id)
        words = _(
            "The subject names #{number}, but its sender takes no part there: this is a case of its own."
        )
        line = words.format(number=place.case.id)
        post.write(self.unit, case_id=case_id, kind="system", text=line, agent_id=None)
        return case_id

    def _spam_case(self, place: Place | None, message: Message, at: int) -> int:
        """Where a blocked sender's mail lies: with their other spam, never in a case that somebody works on."""
        if place is not None and place.case.status == Status.SPAM:
            return int(place.case.id)
        return self._open(message, Status.SPAM, ours=False, at=at)

    @staticmethod
    def _status(*, ours: bool, wrote: bool) -> Status:
        return Status.NEW if wrote else Status.PENDING if ours else Status.RESOLVED

    def _open(self, message: Message, status: Status, *, ours: bool, at: int, related: Any = None) -> int:
        who = next(iter(message.to), None) if ours else person(message)
        who_writes = None if message.bounce or _is_daemon(who) else who
        told = message.bounce and related is not None
        customer = related.customer_id if told else self._customer_for(who_writes, at)
        owner_id = related.owner_id if related is not None else None
        key = self.session.execute(_OPEN, {
            "subject": post.plain_subject(message.subject), "status": status, "channel_id": self.channel.id,
            "customer_id": customer, "team_id": self.channel.team_id, "owner_id": owner_id,
            "language": self.channel.language, "created_at": at, "updated_at": self.unit.at,
            "haystack": _haystack(message, who),
            "resolved_at": None if status is not Status.RESOLVED else self.unit.at,
        }).inserted_primary_key  # fmt: skip
        assert key is not None
        case_id = int(key[0])
        self.unit.record("case", case_id, "opened", None, status)
        if related is not None:
            self.session.execute(
                insert(links).values([{"case_id": case_id, "other_id": related.id},
                                      {"case_id": related.id, "other_id": case_id}])
            )  # fmt: skip
        self.tally.cases_opened += 1
        return case_id

    def _customer_for(self, who: Address | None, since: int) -> int | None:
        if who is None or not who.key:
            return None
        found = self.known.customers.get(who.key)
        if found is None:
            found, made = people_outside.of_address(self.unit, who, self.channel.language, since)
            self.known.customers[who.key] = found
            self.tally.customers_created += int(made)
        return found

    # -- the end ------------------------------------------------------------------------------------------------

    def _update(self, case_id: int, **values: Any) -> None:
        self.session.execute(update(cases).where(cases.c.id == case_id).values(**values))

    def finish(self) -> None:
        """Count and compute once for each case what the batch changed; a person's words stop what was held back."""
        for part in parts(self.heard):
            outbox.stop_held(self.unit, part)
        for part in parts(self.heard_aside):
            outbox.stop_held_aside(self.unit, part)
        for part in parts(self.touched):
            self.session.execute(
                update(cases)
                .where(cases.c.id.in_(part))
                .values(version=cases.c.version + 1, updated_at=self.unit.at)
            )
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


def _is_daemon(who: Address | None) -> bool:
    """A mail server that tells of other mail is nobody's customer."""
    return who is not None and who.key.partition("@")[0] in ("mailer-daemon", "postmaster")


def _only_thanks(case: Any, message: Message) -> bool:
    """Asked of snoozed cases alone, where it may matter."""
    who = person(message)
    return (
        case.status == Status.SNOOZED
        and not message.attachments
        and is_mere_thanks(message.reply_text, who.name if who is not None else "")
    )


def _haystack(message: Message, who: Address | None) -> str:
    named = f"{who.name} {who.address}" if who else ""
    return fold(f"{message.subject} {named}")


def _indexable(message: Message) -> Message:
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
