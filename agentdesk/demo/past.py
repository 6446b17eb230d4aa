"""The rows of one case that is done, without the verbs that would have written them one by one.

Invariant: every row agrees with the others: counts, clocks, what stands in the log, and what the mail itself says.
"""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from agentdesk.demo.shop import HOLDER, Mailbox
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.mail import Address, Message
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse
from agentdesk.services import post
from agentdesk.store import codec
from agentdesk.store.unit import Actor
from agentdesk.text.fold import fold

Rows = dict[str, list[dict[str, Any]]]
"""Rows by the name of their table."""
HOLD: Final = timedelta(seconds=10)


class Past:
    """Writes one case down; the numbers it may use are handed in."""

    def __init__(self, case_id: int, mailbox: Mailbox, owner: Actor, ids: dict[str, int], rows: Rows) -> None:
        self.case_id = case_id
        self.newest: Message | None = None
        self._mailbox = mailbox
        self._owner = owner
        self._ids = ids
        self._rows = rows
        self._status = Status.NEW
        self._messages = 0
        self._version = 1
        self._last_reply: int | None = None
        self._at = 0

    def received(self, raw: bytes, at: datetime) -> None:
        """The customer wrote."""
        if self._messages == 0:
            self._fact(None, micros(at), "case", "opened", (None, Status.NEW))
        elif self._status is not Status.OPEN:
            self._move(None, micros(at), Status.OPEN)
        stored = self._keep(raw, at, "inbound", person=True)
        self._last_reply = None
        self._fact(None, micros(at), "message", "received", (None, stored))

    def taken(self, at: datetime) -> None:
        """The owner took it in hand."""
        stroke = self._stroke("claim", micros(at))
        self._fact(stroke, micros(at), "case", "owner_id", (None, self._owner.id))
        self._move(stroke, micros(at), Status.OPEN)

    def noted(self, text: str, at: datetime) -> None:
        """The owner left a note."""
        stroke = self._stroke("note", micros(at))
        stored = self._next("messages")
        self._add("messages", {
            "id": stored, "case_id": self.case_id, "channel_id": None, "kind": "note", "at": micros(at),
            "sent_at": micros(at), "agent_id": self._owner.id, "from_name": "", "from_address": "", "to": "[]",
            "cc": "[]", "bcc": "[]", "subject": "", "text": text, "reply_text": None, "message_id": None,
            "in_reply_to": "[]", "references": "[]", "person": False, "marks": "[]", "facts": "{}", "digest": None,
        })  # fmt: skip
        self._messages += 1
        self._fact(stroke, micros(at), "message", "note", (None, stored))

    def answered(self, raw: bytes, body: str, customer: Address, at: datetime) -> None:
        """The owner answered; it was held, left and arrived."""
        stroke, now, left = self._stroke("reply", micros(at)), micros(at), micros(at + HOLD)
        stored = self._keep(raw, at, "outbound", person=False)
        reply = self._next("outbox")
        kept = {
            "kind": "reply", "to": codec.people([customer]), "cc": "[]", "bcc": "[]", "subject": "", "body": body,
            "channel_id": self._mailbox.id, "version": 0, "agent_id": self._owner.id, "seen_message_id": stored - 1,
        }  # fmt: skip
        self._add("outbox", {
            "id": reply, "message_id": stored, "case_id": self.case_id, "channel_id": self._mailbox.id,
            "stroke_id": stroke, "state": Delivery.SENT, "not_before": left, "attempts": 1, "first_try_at": left,
            "holder": HOLDER, "sender": self._mailbox.address.address, "recipients": codec.words([customer.key]),
            "copied": True, "answered_at": now, "draft": json.dumps(kept, ensure_ascii=False),
        })  # fmt: skip
        self._fact(stroke, now, "message", "reply", (None, stored))
        self._fact(stroke, now, "outbox", "queued", (None, reply))
        self._move(stroke, now, Status.PENDING)
        for before, after in ((Delivery.HELD, Delivery.QUEUED), (Delivery.QUEUED, Delivery.SENDING),
                              (Delivery.SENDING, Delivery.SENT)):  # fmt: skip
            self._fact(None, left, "outbox", "state", (before, after))
        self._last_reply = reply

    def ended(
        self, subject: str, customer_id: int, customer: Address, tags: tuple[int, ...], *, at: datetime,
        closed: datetime | None,
    ) -> None:  # fmt: skip
        """It was resolved, and closed long after; the case itself is written down."""
        began = self._rows["messages"][-self._messages]["at"]
        self._move(self._stroke("resolve", micros(at)), micros(at), Status.RESOLVED)
        if closed is not None:
            self._move(None, micros(closed), Status.CLOSED)
        self._add("cases", {
            "id": self.case_id, "subject": post.plain_subject(subject), "status": self._status, "priority": 1,
            "channel_id": self._mailbox.id, "customer_id": customer_id, "owner_id": self._owner.id,
            "team_id": self._mailbox.team_id, "language": self._mailbox.language, "due_at": None,
            "waiting_since": None, "created_at": began, "updated_at": self._at, "resolved_at": micros(at),
            "settled_id": self._ids["messages"],
            "message_count": self._messages, "unread": 0, "last_outbox_id": self._last_reply,
            "version": self._version, "haystack": fold(f"{subject} {customer.name} {customer.address}"),
        })  # fmt: skip
        self._rows["case_tags"] += [{"case_id": self.case_id, "tag_id": one} for one in tags]

    # -- rows ---------------------------------------------------------------------------------------------------

    def _keep(self, raw: bytes, at: datetime, kind: str, *, person: bool) -> int:
        message = parse(raw)
        stored = self._next("messages")
        self._add("messages", {"id": stored} | post.row(
            case_id=self.case_id, channel_id=self._mailbox.id, kind=kind, at=micros(at), message=message,
            digest=digest(message, raw), person=person, agent_id=None if person else self._owner.id,
        ))  # fmt: skip
        self._add("raws", {"message_id": stored, "data": codec.pack(raw)})
        self._rows["attachments"] += [asdict(file) | {"message_id": stored} for file in message.attachments]
        self._messages += 1
        self.newest = message
        return stored

    def _stroke(self, verb: str, at: int) -> int:
        stroke = self._next("strokes")
        self._add("strokes", {"id": stroke, "agent_id": self._owner.id, "desk": "", "verb": verb, "at": at})
        return stroke

    def _move(self, stroke: int | None, at: int, status: Status) -> None:
        if self._status is not status:
            self._fact(stroke, at, "case", "status", (self._status, status))
            self._status = status

    def _fact(
        self, stroke: int | None, at: int, kind: str, field: str, values: tuple[object, object]
    ) -> None:
        self._version += 1
        self._at = max(self._at, at)
        before, after = values
        self._add("changes", {
            "id": self._next("changes"), "stroke_id": stroke, "case_id": self.case_id,
            "agent_id": self._owner.id if stroke is not None else None, "at": at, "kind": kind, "field": field,
            "before": None if before is None else str(before), "after": None if after is None else str(after),
        })  # fmt: skip

    def _next(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table]

    def _add(self, table: str, row: dict[str, Any]) -> None:
        self._rows[table].append(row)
