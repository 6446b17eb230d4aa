"""Answers: a reply in a case, a new mail to a customer, and a note for colleagues.

Invariants: reply, status and owner of one keystroke happen together or not at all; the mail's bytes, recipients and
Message-ID are fixed at the stroke and nothing recomposes them; a reply stops when the case moved since its writer saw it.
"""

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, insert, select

from agentdesk.config.language import _
from agentdesk.domain import replyaddress
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Delivery, Status, after_reply, may_move
from agentdesk.domain.mail import Address, Letter
from agentdesk.domain.problems import Problem, Refused, Stale
from agentdesk.mail import compose
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse
from agentdesk.services import clocks, drafts, fields, post
from agentdesk.services.drafts import Typed
from agentdesk.services.keys import reply_key
from agentdesk.store import codec
from agentdesk.store.tables import addresses, agents, cases, channels, customers, messages, outbox
from agentdesk.store.tables import drafts as draft_rows
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.fold import fold

SECOND = 1_000_000


class CaseMoved(Stale):
    """Something arrived since the writer last saw the case; sending again with `anyway` sends all the same."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send left: the stroke, the case, the message and when it leaves (microseconds)."""

    stroke: int
    case_id: int
    message_id: int
    not_before: int


def send(
    unit: UnitOfWork, typed: Typed, *, resolve: bool = False, hold: int | None = None, anyway: bool = False
) -> Sent:
    """Send what is typed as a reply in its case. Takes the draft away with it.

    Raises CaseMoved when a newer message stands in the case than the writer saw, Refused for a closed case or one without
    a channel to answer on, Problem for an empty text or no recipient.
    """
    assert typed.case_id is not None
    case = fields.lock(unit, typed.case_id)
    if case.merged_into is not None:
        case = fields.lock(unit, case.merged_into)
    if case.status == Status.CLOSED:
        raise Refused(_("Case #{number} is closed: write a new message instead.").format(number=case.id))
    if not anyway and typed.seen_message_id and _newest_inbound(unit, case.id) > typed.seen_message_id:
        raise CaseMoved(_("The customer wrote while you were writing."))
    channel = _channel(unit, typed.channel_id or case.channel_id)
    stroke = unit.stroke("reply")
    sent = _post(unit, typed, case.id, channel, stroke, hold)
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
        values |= {"resolved_at": unit.at, "settled_id": sent.message_id}
    fields.change(unit, case, **values)
    clocks.refresh(unit, [case.id])
    return sent


def begin(unit: UnitOfWork, typed: Typed, *, hold: int | None = None) -> Sent:
    """Write to a customer first: a new case, its first message ours. Takes the draft away with it."""
    channel = _channel(unit, typed.channel_id)
    if not typed.to:
        raise Problem(_("Nobody is in To: write the customer's address there."))
    stroke = unit.stroke("new message")
    customer = _customer(unit, typed.to[0], channel)
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
    return _post(unit, typed, case_id, channel, stroke, hold)


def note(unit: UnitOfWork, case_id: int, body: str, draft_id: int | None = None) -> int:
    """Leave a note that only colleagues see; returns the stroke."""
    if not body.strip():
        raise Problem(_("The note is empty: write something first."))
    case = fields.lock(unit, case_id)
    stroke = unit.stroke("note")
    message_id = post.write(unit, case_id=case.id, kind="note", text=body.strip("\n"), agent_id=unit.actor.id)
    unit.record("message", case.id, "note", None, message_id)
    fields.touch(unit, case.id, unread=0)
    if case.status == Status.NEW:
        fields.change(unit, case, status=Status.OPEN)
    if draft_id is not None:
        drafts.discard(unit, draft_id)
    return stroke


def _post(unit: UnitOfWork, typed: Typed, case_id: int, channel: Any, stroke: int, hold: int | None) -> Sent:
    """Compose, keep and queue the mail; the draft goes with it."""
    if not typed.body.strip():
        raise Problem(_("The message is empty: write something first."))
    if not (typed.to or typed.cc or typed.bcc):
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
            recipients=codec.words(dict.fromkeys(who.key for who in (*typed.to, *typed.cc, *typed.bcc))),
            answered_at=unit.at, draft=_kept(unit, typed),
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    unit.record("message", case_id, "reply", None, message_id)
    unit.record("outbox", case_id, "queued", None, int(key[0]))
    fields.touch(unit, case_id, unread=0, last_outbox_id=int(key[0]))
    if draft is not None:
        drafts.discard(unit, draft.id)
    return Sent(stroke, case_id, message_id, not_before)


def _letter(unit: UnitOfWork, typed: Typed, case_id: int, channel: Any) -> Letter:
    last = unit.session.execute(
        select(messages).where(messages.c.case_id == case_id, messages.c.message_id.is_not(None))
        .order_by((messages.c.kind == "inbound").desc(), messages.c.at.desc(), messages.c.id.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    agent = unit.session.execute(select(agents).where(agents.c.id == unit.actor.id)).one_or_none()
    name = agent.name if agent is not None and agent.name else channel.name
    reply_to = None
    if channel.reply_address and channel.reply_verified:
        token = replyaddress.sign(case_id, reply_key(unit))
        reply_to = Address(name, replyaddress.fill(channel.reply_address, token))
    subject = typed.subject or (compose.reply_subject(last.subject) if last is not None else "")
    if channel.subject_token and f"[#{case_id}]" not in subject:
        subject = f"{subject} [#{case_id}]"
    quoted = last is not None and last.kind == "inbound"
    return Letter(
        sender=Address(name, channel.address), to=typed.to, cc=typed.cc, reply_to=reply_to, subject=subject,
        text=typed.body.strip("\n"), date=unit.now, html=channel.html,
        message_id=compose.new_message_id(secrets.token_hex(12), channel.address.rpartition("@")[2]),
        in_reply_to=last.message_id if last is not None else None,
        references=compose.references_for(last.message_id, codec.read_words(last.references)) if last else (),
        signature=(agent.signature if agent is not None and agent.signature else channel.signature),
        quoted=last.text if quoted else "", quoted_intro=_intro(last, channel.language) if quoted else "",
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


def _kept(unit: UnitOfWork, typed: Typed) -> str:
    kept = json.loads(drafts.packed(typed))
    return json.dumps(
        kept | {"agent_id": unit.actor.id, "seen_message_id": typed.seen_message_id}, ensure_ascii=False
    )


def _draft(unit: UnitOfWork, typed: Typed) -> Any:
    if typed.alone:
        return None
    same_case = (
        draft_rows.c.case_id.is_(None) if typed.case_id is None else draft_rows.c.case_id == typed.case_id
    )
    query = select(draft_rows).where(
        draft_rows.c.agent_id == unit.actor.id, same_case, draft_rows.c.kind == typed.kind
    )
    return unit.session.execute(query).one_or_none()


def _newest_inbound(unit: UnitOfWork, case_id: int) -> int:
    query = select(func.max(messages.c.id)).where(messages.c.case_id == case_id, messages.c.person)
    return int(unit.session.scalar(query) or 0)


def _channel(unit: UnitOfWork, channel_id: int | None) -> Any:
    query = select(channels).where(channels.c.active)
    query = (
        query.where(channels.c.id == channel_id) if channel_id is not None else query.order_by(channels.c.id)
    )
    found = unit.session.execute(query.limit(1)).one_or_none()
    if found is None or not found.address:
        raise Refused(_("There is no mailbox to send this from: add one with agentdesk channel add."))
    return found


def _customer(unit: UnitOfWork, who: Address, channel: Any) -> int:
    query = select(addresses.c.customer_id).where(addresses.c.address == who.key)
    found = unit.session.scalar(query)
    if found is not None:
        return int(found)
    key = unit.session.execute(
        insert(customers).values(name=who.name, language=channel.language, created_at=unit.at)
    ).inserted_primary_key
    assert key is not None
    unit.session.execute(insert(addresses).values(address=who.key, customer_id=int(key[0])))
    return int(key[0])
