"""A mail of ours: what it stands under, its bytes, its place in the outbox.

Invariants: bytes, recipients and Message-ID are fixed at the stroke and nothing recomposes them; the draft goes with
the mail it became; what a customer gets is made of the customer's messages alone and what a side conversation gets of
that side's alone: ids, addresses and quotes never cross.
"""

import json
import secrets
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, insert, or_, select

from agentdesk.config.language import _
from agentdesk.domain import replyaddress
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address, Letter
from agentdesk.domain.problems import Problem, Refused, Stale
from agentdesk.domain.takingpart import NOT_ANSWERED
from agentdesk.mail import addresses, compose
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse
from agentdesk.services import drafts, fields, post
from agentdesk.services.drafts import Typed
from agentdesk.services.keys import reply_key
from agentdesk.store import codec
from agentdesk.store.tables import agents, channels, messages, outbox
from agentdesk.store.tables import drafts as draft_rows
from agentdesk.store.unit import UnitOfWork

SECOND: Final = 1_000_000
_LOOKED_AT = 50
"""Newest messages among which the one that is answered is looked for."""


class CaseMoved(Stale):
    """Something arrived since the writer last saw the case; sending again once it has been seen sends all the same."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a send left: the stroke, the case, the message and when it leaves (microseconds)."""

    stroke: int
    case_id: int
    message_id: int
    not_before: int


def in_thread(case_id: int, side_id: int | None) -> ColumnElement[bool]:
    """The messages of a case's customer (None), or of one of its side conversations."""
    return (messages.c.case_id == case_id) & messages.c.side_id.is_not_distinct_from(side_id)


def everybody(typed: Typed) -> tuple[Address, ...]:
    """All recipients that have an address."""
    return tuple(who for who in (*typed.to, *typed.cc, *typed.bcc) if who.address.strip())


def channel_of(unit: UnitOfWork, channel_id: int | None) -> Any:
    """The mailbox it is sent from. Raises Refused."""
    query = select(channels).where(channels.c.active)
    query = (
        query.where(channels.c.id == channel_id) if channel_id is not None else query.order_by(channels.c.id)
    )
    found = unit.session.execute(query.limit(1)).one_or_none()
    if found is None or not found.address:
        raise Refused(_("There is no mailbox to send this from: add one with agentdesk channel add."))
    return found


def send(
    unit: UnitOfWork, typed: Typed, case_id: int, *, channel: Any, stroke: int, hold: int | None
) -> Sent:
    """Compose, keep and queue what is typed, in this case and its own side; the draft goes with it."""
    check(typed)
    draft = _draft(unit, typed)
    files = (*typed.files, *(drafts.files_of(unit, draft.id) if draft is not None else ()))
    raw = compose.compose(replace(_letter(unit, typed, case_id, channel), enclosures=files))
    message = parse(raw)
    message_id = post.store(
        unit, case_id=case_id, channel_id=channel.id, kind="outbound", at=unit.at, message=message,
        raw=codec.pack(raw), digest=digest(message, raw), agent_id=unit.actor.id, bcc=codec.people(typed.bcc),
        side=typed.side_id,
    )  # fmt: skip
    wait = channel.hold if hold is None else hold
    not_before = unit.at + wait * SECOND
    key = unit.session.execute(
        insert(outbox).values(
            message_id=message_id, case_id=case_id, channel_id=channel.id, stroke_id=stroke,
            state=Delivery.HELD if wait else Delivery.QUEUED, not_before=not_before, sender=channel.address,
            recipients=codec.words({who.key: who.address.strip() for who in everybody(typed)}.values()),
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


def check(typed: Typed) -> None:
    """Raises Problem for no text, nobody to send it to, or an address that is none."""
    if not typed.body.strip():
        raise Problem(_("The message is empty: write something first."))
    if not everybody(typed):
        raise Problem(_("Nobody is in To: write the customer's address there."))
    addresses.check(everybody(typed))


def check_moved(unit: UnitOfWork, typed: Typed) -> None:
    """Raises CaseMoved when a newer message stands there than the writer saw."""
    assert typed.case_id is not None
    if typed.seen_message_id and (moved := _moved(unit, typed.case_id, typed.side_id, typed.seen_message_id)):
        raise CaseMoved(moved)


def _answered(unit: UnitOfWork, case_id: int, side_id: int | None) -> Any:
    """The message an answer stands under: the newest of a person, else the newest that did leave."""
    never_left = select(outbox.c.id).where(
        outbox.c.message_id == messages.c.id, outbox.c.state.in_((Delivery.CANCELLED, Delivery.FAILED))
    )
    query = select(messages).where(
        in_thread(case_id, side_id), messages.c.kind.in_(("inbound", "outbound")), ~never_left.exists()
    )
    theirs = messages.c.person if side_id is None else messages.c.kind == "inbound"
    latest = (messages.c.at.desc(), messages.c.id.desc())
    newest = query.order_by(theirs.desc(), *latest)
    if side_id is None:
        # What somebody wrote who is not part of the case is not quoted to those who are.
        doubtful = or_(*(messages.c.marks.like(f'%"{mark}"%') for mark in NOT_ANSWERED))
        for which in (messages.c.person & ~doubtful, ~doubtful):
            found = unit.session.execute(query.where(which).order_by(*latest).limit(1)).one_or_none()
            if found is not None:
                return found
        return unit.session.execute(newest.limit(1)).one_or_none()
    rows = unit.session.execute(newest.limit(_LOOKED_AT)).all()
    return next((row for row in rows if not _automatic(row)), None)


def _automatic(row: Any) -> bool:
    facts = json.loads(row.facts)
    return bool(facts.get("auto_submitted") or facts.get("bounce"))


def _letter(unit: UnitOfWork, typed: Typed, case_id: int, channel: Any) -> Letter:
    last = _answered(unit, case_id, typed.side_id)
    agent = unit.session.execute(select(agents).where(agents.c.id == unit.actor.id)).one_or_none()
    name = agent.name if agent is not None and agent.name else channel.name
    reply_to = None
    if channel.reply_address and channel.reply_verified:
        key = reply_key(unit)
        token = (
            replyaddress.sign(case_id, key)
            if typed.side_id is None
            else replyaddress.sign_side(typed.side_id, key)
        )
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
    same_case = draft_rows.c.case_id.is_not_distinct_from(typed.case_id)
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


def _moved(unit: UnitOfWork, case_id: int, side_id: int | None, seen: int) -> str:
    """What came after the newest message its writer saw, in one sentence; empty for nothing."""
    others = messages.c.kind.in_(("outbound", "note")) & messages.c.agent_id.is_distinct_from(unit.actor.id)
    heard = messages.c.person if side_id is None else messages.c.kind == "inbound"
    gone = select(outbox.c.id).where(
        outbox.c.message_id == messages.c.id, outbox.c.state == Delivery.CANCELLED
    )
    row = unit.session.execute(
        select(messages.c.kind, agents.c.name, agents.c.login)
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(in_thread(case_id, side_id) | ((messages.c.case_id == case_id) & (messages.c.kind == "note")),
               messages.c.id > seen, heard | others, ~gone.exists())
        .order_by(heard.desc(), messages.c.id.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    if row is None:
        return ""
    if row.kind == "inbound":
        if side_id is not None:
            return _("They answered while you were writing.")
        return _("The customer wrote while you were writing.")
    if row.login is None:
        return _("An answer was sent from elsewhere while you were writing.")
    if row.kind == "note":
        return _("{name} left a note while you were writing.").format(name=row.name or row.login)
    return _("{name} answered while you were writing.").format(name=row.name or row.login)
