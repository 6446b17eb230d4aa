"""Answers: a reply in a case, a new mail to a customer, and a note for colleagues.

Invariants: reply, status and owner of one keystroke happen together or not at all; the mail's bytes, recipients and
Message-ID are fixed at the stroke and nothing recomposes them; a reply stops when the case moved since its writer saw
it.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from agentdesk.config.language import _
from agentdesk.domain import replyaddress
from agentdesk.domain.instants import micros, moment
from agentdesk.domain.lifecycle import Delivery, Ends, Status, after_reply, may_move
from agentdesk.domain.mail import Address, Letter
from agentdesk.domain.problems import Problem, Refused, Stale
from agentdesk.mail import compose
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse
from agentdesk.services import clocks, customers, drafts, fields, post
from agentdesk.services.drafts import Typed
from agentdesk.services.keys import reply_key
from agentdesk.store import codec
from agentdesk.store.tables import agents, cases, channels, messages, outbox
from agentdesk.store.tables import drafts as draft_rows
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean
from agentdesk.text.fold import fold

SECOND = 1_000_000


class CaseMoved(Stale):
    """Something arrived since the writer last saw the case; sending again once it has been seen sends all the same."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send left: the stroke, the case, the message and when it leaves (microseconds)."""

    stroke: int
    case_id: int
    message_id: int
    not_before: int


def send(
    unit: UnitOfWork, typed: Typed, *, resolve: bool = False, hold: int | None = None,
    silence: datetime | None = None,
) -> Sent:  # fmt: skip
    """Send what is typed as a reply in its case. Takes the draft away with it.

    `silence`: the case is hidden until then, or until somebody answers.

    Raises CaseMoved when a newer message stands in the case than the writer saw, Refused for a closed case or one
    without a channel to answer on, Stale for a draft that is newer elsewhere or has gone, Problem for no text or
    no recipient, or a `silence` that has passed.
    """
    if silence is not None and silence <= unit.now:
        raise Problem(_("That time has passed already: name one to come."))
    typed = drafts.cleaned(typed)
    assert typed.case_id is not None
    case = fields.lock(unit, typed.case_id)
    while case.merged_into is not None:
        case = fields.lock(unit, case.merged_into)
    if case.status == Status.CLOSED:
        raise Refused(_("Case #{number} is closed: write a new message instead.").format(number=case.id))
    if typed.seen_message_id and (moved := _moved(unit, case.id, typed.seen_message_id)):
        raise CaseMoved(moved)
    channel = _channel(unit, typed.channel_id or case.channel_id)
    stroke = unit.stroke("reply")
    sent = _post(unit, typed, case.id, channel=channel, stroke=stroke, hold=hold)
    status = (
        Status.RESOLVED
        if resolve and may_move(Status(case.status), Status.RESOLVED)
        else after_reply(Status(case.status))
    )
    values: dict[str, Any] = {"status": status}
    if case.owner_id is None and unit.actor.id is not None:
        values["owner_id"] = unit.actor.id
    if status is not Status.SNOOZED and case.snooze_until is not None:
        values["snooze_until"] = None
    if status is Status.RESOLVED:
        values["resolved_at"] = unit.at
    if silence is not None:
        values |= {
            "status": Status.SNOOZED, "snooze_until": micros(silence), "snooze_ends": Ends.ANSWER, "resolved_at": None,
        }  # fmt: skip
    fields.change(unit, case, **values)
    clocks.refresh(unit, [case.id])
    return sent


def begin(unit: UnitOfWork, typed: Typed, *, hold: int | None = None) -> Sent:
    """Write to a customer first: a new case, its first message ours. Takes the draft away with it."""
    typed = drafts.cleaned(typed)
    channel = _channel(unit, typed.channel_id)
    if not typed.to:
        raise Problem(_("Nobody is in To: write the customer's address there."))
    stroke = unit.stroke("new message")
    customer, _made = customers.of_address(unit, typed.to[0], channel.language)
    key = unit.session.execute(
        insert(cases).values(
            subject=typed.subject, status=Status.PENDING, channel_id=channel.id, customer_id=customer,
            owner_id=unit.actor.id, team_id=channel.team_id, language=channel.language, created_at=unit.at,
            updated_at=unit.at, haystack=fold(f"{typed.subject} {typed.to[0].name} {typed.to[0].address}"),
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    case_id = int(key[0])
    unit.record("case", case_id, "opened", None, Status.PENDING)
    sent = _post(unit, typed, case_id, channel=channel, stroke=stroke, hold=hold)
    clocks.refresh(unit, [case_id])
    return sent


def note(unit: UnitOfWork, case_id: int, body: str, draft_id: int | None = None) -> int:
    """Leave a note that only colleagues see; returns the stroke."""
    body = clean(body)
    if not body.strip():
        raise Problem(_("The note is empty: write something first."))
    case = fields.lock(unit, case_id)
    stroke = unit.stroke("note")
    message_id = post.write(unit, case_id=case.id, kind="note", text=body.strip("\n"), agent_id=unit.actor.id)
    unit.record("message", case.id, "note", None, message_id)
    fields.touch(unit, case.id)
    if case.status == Status.NEW:
        fields.change(unit, case, status=Status.OPEN)
    if draft_id is not None and not drafts.discard_as(unit, draft_id, body):
        raise drafts.gone()
    clocks.refresh(unit, [case.id])
    return stroke


def _post(
    unit: UnitOfWork, typed: Typed, case_id: int, *, channel: Any, stroke: int, hold: int | None
) -> Sent:
    """Compose, keep and queue the mail; the draft goes with it."""
    if not typed.body.strip():
        raise Problem(_("The message is empty: write something first."))
    if not _everybody(typed):
        raise Problem(_("Nobody is in To: write the customer's address there."))
    draft = _draft(unit, typed)
    files = drafts.files_of(unit, draft.id) if draft is not None else ()
    letter = _letter(unit, typed, case_id, channel)
    raw = compose.compose(replace(letter, enclosures=files))
    message = parse(raw)
    message_id = post.store(
        unit, case_id=case_id, channel_id=channel.id, kind="outbound", at=unit.at, message=message,
        raw=codec.pack(raw), digest=digest(message, raw), agent_id=unit.actor.id, bcc=codec.people(typed.bcc),
    )  # fmt: skip
    wait = channel.hold if hold is None else hold
    not_before = unit.at + wait * SECOND
    key = unit.session.execute(
        insert(outbox).values(
            message_id=message_id, case_id=case_id, channel_id=channel.id, stroke_id=stroke,
            state=Delivery.HELD if wait else Delivery.QUEUED, not_before=not_before, sender=channel.address,
            recipients=codec.words({who.key: who.address.strip() for who in _everybody(typed)}.values()),
            answered_at=unit.at, draft=drafts.packed(typed, unit.actor.id),
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    unit.record("message", case_id, "reply", None, message_id)
    unit.record("outbox", case_id, "queued", None, int(key[0]))
    fields.touch(unit, case_id)
    if draft is not None:
        drafts.discard(unit, draft.id)
    return Sent(stroke, case_id, message_id, not_before)


def _everybody(typed: Typed) -> tuple[Address, ...]:
    return tuple(who for who in (*typed.to, *typed.cc, *typed.bcc) if who.address.strip())


def _answered(unit: UnitOfWork, case_id: int) -> Any:
    """The message a reply stands under: the newest of a person, else the newest that did leave."""
    never_left = select(outbox.c.id).where(
        outbox.c.message_id == messages.c.id, outbox.c.state.in_((Delivery.CANCELLED, Delivery.FAILED))
    )
    query = select(messages).where(
        messages.c.case_id == case_id, messages.c.kind.in_(("inbound", "outbound")), ~never_left.exists()
    )
    newest = query.order_by(messages.c.person.desc(), messages.c.at.desc(), messages.c.id.desc()).limit(1)
    return unit.session.execute(newest).one_or_none()


def _letter(unit: UnitOfWork, typed: Typed, case_id: int, channel: Any) -> Letter:
    last = _answered(unit, case_id)
    agent = unit.session.execute(select(agents).where(agents.c.id == unit.actor.id)).one_or_none()
    name = agent.name if agent is not None and agent.name else channel.name
    reply_to = None
    if channel.reply_address and channel.reply_verified:
        token = replyaddress.sign(case_id, reply_key(unit))
        reply_to = Address(name, replyaddress.fill(channel.reply_address, token))
    subject = typed.subject or (compose.reply_subject(last.subject) if last is not None else "")
    if channel.subject_token and f"[#{case_id}]" not in subject:
        subject = f"{subject} [#{case_id}]"
    quoted = last if last is not None and last.kind == "inbound" else None
    return Letter(
        sender=Address(name, channel.address), to=typed.to, cc=typed.cc, reply_to=reply_to, subject=subject,
        text=typed.body.strip("\n"), date=unit.now, html=channel.html,
        message_id=compose.new_message_id(secrets.token_hex(12), channel.address.rpartition("@")[2]),
        in_reply_to=last.message_id if last is not None else None,
        references=compose.references_for(last.message_id, codec.read_words(last.references)) if last else (),
        signature=(agent.signature if agent is not None and agent.signature else channel.signature),
        quoted=quoted.text if quoted is not None else "",
        quoted_intro=_intro(quoted, channel.language) if quoted is not None else "",
    )  # fmt: skip


_WROTE = {
    "da": "Den {date} skrev {name}:",
    "nb": "Den {date} skrev {name}:",
    "no": "Den {date} skrev {name}:",
    "sv": "Den {date} skrev {name}:",
    "de": "Am {date} schrieb {name}:",
}
"""The line above quoted text, in the customer's language, in the form that mail programs know to fold."""


def _intro(row: Any, language: str) -> str:
    at = moment(row.sent_at or row.at).strftime("%Y-%m-%d %H:%M")
    pattern = _WROTE.get(language, "On {date}, {name} wrote:")
    return pattern.format(date=at, name=row.from_name or row.from_address)


def _draft(unit: UnitOfWork, typed: Typed) -> Any:
    """The draft that this send takes with it. Raises Stale when another terminal has written on in it, or sent it."""
    if typed.alone:
        return None
    same_case = (
        draft_rows.c.case_id.is_(None) if typed.case_id is None else draft_rows.c.case_id == typed.case_id
    )
    query = select(draft_rows).where(
        draft_rows.c.agent_id == unit.actor.id, same_case, draft_rows.c.kind == typed.kind
    )
    # Held until commit: what another terminal saves meanwhile must not go with it.
    found = unit.session.execute(query.order_by(draft_rows.c.id).limit(1).with_for_update()).one_or_none()
    if found is None and typed.version:
        raise drafts.gone()
    if found is not None and found.version > typed.version and found.body.strip() != typed.body.strip():
        raise Stale(_("This draft is also open in another terminal, and newer there."))
    return found


def _moved(unit: UnitOfWork, case_id: int, seen: int) -> str:
    """What came into the case after the newest message its writer saw, in one sentence; empty for nothing."""
    others = messages.c.kind.in_(("outbound", "note")) & messages.c.agent_id.is_distinct_from(unit.actor.id)
    gone = select(outbox.c.id).where(
        outbox.c.message_id == messages.c.id, outbox.c.state == Delivery.CANCELLED
    )
    row = unit.session.execute(
        select(messages.c.person, messages.c.kind, agents.c.name, agents.c.login)
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(messages.c.case_id == case_id, messages.c.id > seen, messages.c.person | others, ~gone.exists())
        .order_by(messages.c.person.desc(), messages.c.id.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    if row is None:
        return ""
    if row.person:
        return _("The customer wrote while you were writing.")
    if row.login is None:
        return _("An answer was sent from elsewhere while you were writing.")
    if row.kind == "note":
        return _("{name} left a note while you were writing.").format(name=row.name or row.login)
    return _("{name} answered while you were writing.").format(name=row.name or row.login)


def _channel(unit: UnitOfWork, channel_id: int | None) -> Any:
    query = select(channels).where(channels.c.active)
    query = (
        query.where(channels.c.id == channel_id) if channel_id is not None else query.order_by(channels.c.id)
    )
    found = unit.session.execute(query.limit(1)).one_or_none()
    if found is None or not found.address:
        raise Refused(_("There is no mailbox to send this from: add one with agentdesk channel add."))
    return found
