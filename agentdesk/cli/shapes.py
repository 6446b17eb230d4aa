"""Rows as the JSON objects of the contract: fields may be added, never renamed.

Invariant: every time is ISO 8601 UTC to the second, every person is {"name", "address"}, what is not known is null.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from agentdesk.domain.instants import iso
from agentdesk.domain.joining import BlockRow, Duplicate, SideRow
from agentdesk.domain.lifecycle import Ends
from agentdesk.domain.mail import Address, Message
from agentdesk.domain.orders import OrderLine, OrderRow, days_late, plain
from agentdesk.domain.people import AgentRow
from agentdesk.domain.rows import (
    CaseRow,
    ChangeRow,
    DraftRow,
    EarlierCase,
    FileRow,
    MessageRow,
    OutboxRow,
    QuarantineRow,
)
from agentdesk.domain.snooze import Woke

Shape = dict[str, Any]

_ENDS = {Ends.ANSWER: "answer", Ends.NOT_THANKS: "thanks", Ends.NOTHING: "never"}
"""As `case snooze --ends` names them."""


def time(moment: datetime | None) -> str | None:
    """A time, or null."""
    return iso(moment) if moment is not None else None


def person(who: Address) -> Shape:
    """A person."""
    return {"name": who.name, "address": who.address}


def people(these: Iterable[Address]) -> list[Shape]:
    """Persons."""
    return [person(one) for one in these]


def case(row: CaseRow, logins: Mapping[int, str]) -> Shape:
    """A case; its owner by login."""
    channel = {"id": row.channel_id, "kind": row.channel_kind, "name": row.channel}
    customer = {
        "id": row.customer_id, "name": row.customer, "addresses": people(Address("", one) for one in row.addresses),
    }  # fmt: skip
    return {
        "id": row.id, "number": row.id, "subject": row.subject, "status": row.status.value,
        "snooze_until": time(row.snooze_until), "snooze_ends": _ENDS[row.snooze_ends], "priority": row.priority.value,
        "channel": channel if row.channel_id is not None else None,
        "customer": customer if row.customer_id is not None else None,
        "owner": logins.get(row.owner_id) if row.owner_id is not None else None, "team": row.team or None,
        "tags": list(row.tags), "due_at": time(row.due_at), "waiting_since": time(row.waiting_since),
        "created_at": time(row.created_at), "updated_at": time(row.updated_at), "message_count": row.message_count,
        "merged_into": row.merged_into, "related": list(row.related), "version": row.version,
        "language": row.language,
    }  # fmt: skip


def message(row: MessageRow, channels: Mapping[str, int]) -> Shape:
    """A message of a case. `channels` gives the ids by name."""
    channel = {"id": channels.get(row.channel), "kind": row.channel_kind, "name": row.channel}
    sender = row.sender if row.sender.address else Address(row.agent or row.sender.name, "")
    return {
        "id": row.id, "kind": row.kind, "channel": channel if row.channel else None,
        "from": person(sender) if sender.address or sender.name else None, "to": people(row.to),
        "cc": people(row.cc), "sent_at": time(row.sent_at or row.at), "subject": row.subject, "text": row.text,
        "reply_text": row.reply_text, "message_id": row.message_id, "in_reply_to": list(row.in_reply_to),
        "references": list(row.references), "delivery": row.delivery.value if row.delivery is not None else None,
        "delivery_error": row.error, "attachments": [file(one) for one in row.attachments], "marks": list(row.marks),
        "side": row.side, "origin": row.origin,
    }  # fmt: skip


def stored(case_id: int, row: MessageRow, facts: Mapping[str, Any], channels: Mapping[str, int]) -> Shape:
    """A stored message with its case and all that `mail parse` says of it."""
    sender = facts.get("from")
    if sender is None and row.sender.address and "original_sender" not in facts:
        sender = person(row.sender)
    parsed = {
        "from": sender, "original_sender": facts.get("original_sender"), "reply_to": facts.get("reply_to", []),
        "delivered_to": facts.get("delivered_to", []), "date": facts.get("date"),
        "html_present": facts.get("html_present", False), "auto_submitted": facts.get("auto_submitted", False),
        "auto_reason": facts.get("auto_reason"), "bounce": facts.get("bounce", False),
        "bounced_message_id": facts.get("bounced_message_id"), "bounced_recipient": facts.get("bounced_recipient"),
        "bounce_status": facts.get("bounce_status"), "charset_errors": facts.get("charset_errors", False),
        "defects": facts.get("defects", []),
    }  # fmt: skip
    return {"case": case_id, **message(row, channels), **parsed}


def parsed(found: Message) -> Shape:
    """What the desk makes of one message. Who stands behind it: a list's writer, or whose mail is passed on."""
    behind = found.original_sender or found.forwarded_from
    return {
        "message_id": found.message_id, "in_reply_to": list(found.in_reply_to), "references": list(found.references),
        "from": person(found.sender) if found.sender is not None else None,
        "original_sender": person(behind) if behind is not None else None,
        "reply_to": people(found.reply_to), "to": people(found.to), "cc": people(found.cc),
        "delivered_to": list(found.delivered_to), "subject": found.subject, "date": time(found.date),
        "text": found.text, "reply_text": found.reply_text, "html_present": found.html_present,
        "attachments": [
            {"filename": one.filename, "content_type": one.content_type, "size": one.size, "inline": one.inline,
             "content_id": one.content_id, "sha256": one.sha256}
            for one in found.attachments
        ],
        "auto_submitted": found.auto_submitted, "auto_reason": found.auto_reason, "bounce": found.bounce,
        "bounced_message_id": found.bounced_message_id, "bounced_recipient": found.bounced_recipient,
        "bounce_status": found.bounce_status, "charset_errors": found.charset_errors, "defects": list(found.defects),
        "marks": list(found.marks),
    }  # fmt: skip


def file(row: FileRow) -> Shape:
    """An attachment."""
    return {
        "id": row.id, "filename": row.filename, "content_type": row.content_type, "size": row.size,
        "inline": row.inline, "content_id": row.content_id, "sha256": row.sha256,
    }  # fmt: skip


def draft(row: DraftRow, logins: Mapping[int, str]) -> Shape:
    """What somebody is writing."""
    return {
        "id": row.id, "case": row.case_id or None, "agent": logins.get(row.agent_id), "kind": row.kind,
        "to": people(row.to), "cc": people(row.cc), "bcc": people(row.bcc), "subject": row.subject,
        "text": row.body, "updated_at": time(row.updated_at), "attachments": [file(one) for one in row.files],
        "notice": row.notice, "version": row.version, "side": row.side,
    }  # fmt: skip


def earlier(row: EarlierCase) -> Shape:
    """Another case of the same customer."""
    return {
        "id": row.id, "number": row.id, "subject": row.subject, "status": row.status.value, "updated_at": time(row.at),
    }  # fmt: skip


def woke(row: Woke | None) -> Shape | None:
    """Why a case is back; null when it did not wake by its time."""
    return None if row is None else {"snoozed_until": time(row.until), "answered": row.answered}


def change(row: ChangeRow) -> Shape:
    """A fact of the log."""
    return {
        "id": row.id, "at": time(row.at), "actor": row.actor, "kind": row.kind, "field": row.field,
        "before": row.before, "after": row.after, "stroke": row.stroke,
    }  # fmt: skip


def reply(row: OutboxRow) -> Shape:
    """A reply on its way."""
    return {
        "id": row.id, "case": row.case_id, "message_id": row.message_id, "state": row.state.value,
        "attempts": row.attempts, "not_before": time(row.not_before), "last_error": row.last_error,
    }  # fmt: skip


def set_aside(row: QuarantineRow) -> Shape:
    """Something in the quarantine."""
    return {"id": row.id, "reason": row.reason, "source": row.source, "at": time(row.at), "size": row.size}


def agent(row: AgentRow) -> Shape:
    """A colleague."""
    return {
        "id": row.id, "login": row.login, "name": row.name, "role": row.role, "capacity": row.capacity,
        "language": row.language, "timezone": row.timezone, "active": row.active,
    }  # fmt: skip


def money(amount: Decimal | None, currency: str) -> Shape | None:
    """An amount, or null."""
    return None if amount is None else {"amount": plain(amount, currency), "currency": currency or None}


def order(row: OrderRow, now: datetime) -> Shape:
    """An order with its lines."""
    return {
        "id": row.id, "number": row.number, "source": row.source, "customer": person(Address(row.name, row.address)),
        "status": row.status, "late_days": days_late(row, now), "placed_at": time(row.placed_at),
        "promised_at": time(row.promised_at), "delivered_at": time(row.delivered_at),
        "total": money(row.total, row.currency), "carrier": row.carrier, "tracking": row.tracking,
        "tracking_url": row.tracking_url, "changed_at": time(row.fetched_at),
        "lines": [_order_line(one, row.currency) for one in row.lines],
    }  # fmt: skip


def _order_line(row: OrderLine, currency: str) -> Shape:
    return {
        "sku": row.sku, "name": row.name, "quantity": f"{row.quantity.normalize():f}",
        "amount": money(row.amount, currency),
    }  # fmt: skip


def side(row: SideRow) -> Shape:
    """A side conversation."""
    return {
        "id": row.id, "case": row.case_id, "subject": row.subject, "people": people(row.people),
        "created_at": time(row.created_at), "last_at": time(row.last_at), "message_count": row.message_count,
        "answered": row.answered,
    }  # fmt: skip


def duplicate(row: Duplicate) -> Shape:
    """A case that may be about the same matter, and what a merge of it would move."""
    return {
        "number": row.case_id, "subject": row.subject, "status": row.status.value, "customer": row.customer,
        "updated_at": time(row.at), "why": list(row.why),
        "moves": {"messages": row.moves.messages, "drafts": row.moves.drafts, "sides": row.moves.sides},
    }  # fmt: skip


def block(row: BlockRow) -> Shape:
    """A blocked sender."""
    return {"id": row.id, "address": row.address, "agent": row.agent or None, "at": time(row.at)}
