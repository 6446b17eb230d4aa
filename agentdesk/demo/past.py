"""The rows of one case, without the verbs that would have written them one by one.

Invariant: every row agrees with the others: counts, clocks, what stands in the log, and what the mail itself says.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from agentdesk.demo.shop import HOLDER, Mailbox
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.mail import Address, Message
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse
from agentdesk.services import post
from agentdesk.store import codec
from agentdesk.store.tables import metadata
from agentdesk.store.unit import SYSTEM, Actor
from agentdesk.text.fold import fold

Rows = dict[str, list[dict[str, Any]]]
"""Rows by the name of their table."""
HOLD: Final = timedelta(seconds=10)
_TABLES: Final = ("customers", "addresses", "cases", "messages", "raws", "attachments", "case_tags", "strokes",
                  "outbox", "changes", "uses")  # fmt: skip


def write(connection: Connection, rows: Rows) -> None:
    """Write the rows into their tables."""
    for name in _TABLES:
        if rows[name]:
            connection.execute(insert(metadata.tables[name]), rows[name])


class Past:
    """Writes one case down; the numbers it may use are handed in."""

    def __init__(self, case_id: int, mailbox: Mailbox, ids: dict[str, int], rows: Rows) -> None:
        self.case_id = case_id
        self.newest: Message | None = None
        self._mailbox = mailbox
        self._owner: int | None = None
        self._priority = 1
        self._tags: tuple[int, ...] = ()
        self._ids = ids
        self._rows = rows
        self._status = Status.NEW
        self._messages = 0
        self._unread = 0
        self._version = 1
        self._last_reply: int | None = None
        self._at = 0

    def received(self, raw: bytes, at: datetime) -> None:
        """The customer wrote."""
        if self._messages == 0:
            self._fact(None, micros(at), "case", "opened", (None, Status.NEW))
        elif self._status is not Status.NEW:
            self._move(None, micros(at), Status.OPEN)
        stored = self._keep(raw, at, "inbound", None)
        self._unread += 1
        self._last_reply = None
        self._fact(None, micros(at), "message", "received", (None, stored))

    def taken(self, at: datetime, who: Actor) -> None:
        """Somebody took it in hand."""
        stroke = self._stroke("claim", at, who)
        self._fact(stroke, micros(at), "case", "owner_id", (self._owner, who.id), who)
        self._move(stroke, micros(at), Status.OPEN, who)
        self._owner = who.id

    def sorted(self, at: datetime, tags: Mapping[str, int], priority: int) -> None:
        """It got its tags (id by name), and its priority where it is no usual one."""
        stroke = self._stroke("tag", at, SYSTEM)
        for name in tags:
            self._fact(stroke, micros(at), "case", "tag", (None, name), SYSTEM)
        self._tags = tuple(tags.values())
        if priority != self._priority:
            stroke = self._stroke("priority", at, SYSTEM)
            self._fact(stroke, micros(at), "case", "priority", (self._priority, priority), SYSTEM)
            self._priority = priority

    def noted(self, text: str, at: datetime, who: Actor) -> None:
        """Somebody left a note."""
        stroke = self._stroke("note", at, who)
        stored = self._next("messages")
        self._add("messages", {
            "id": stored, "case_id": self.case_id, "channel_id": None, "kind": "note", "at": micros(at),
            "sent_at": micros(at), "agent_id": who.id, "from_name": "", "from_address": "", "to": "[]",
            "cc": "[]", "bcc": "[]", "subject": "", "text": text, "reply_text": None, "message_id": None,
            "in_reply_to": "[]", "references": "[]", "person": False, "marks": "[]", "facts": "{}", "digest": None,
        })  # fmt: skip
        self._messages += 1
        self._unread = 0
        self._fact(stroke, micros(at), "message", "note", (None, stored), who)
        if self._status is Status.NEW:
            self._move(stroke, micros(at), Status.OPEN, who)

    def answered(
        self, raw: bytes, body: str, customer: Address, at: datetime, who: Actor, *, left: bool = True
    ) -> None:
        """Somebody answered; it was held, left and arrived, or still waits to be sent."""
        stroke, now, then = self._stroke("reply", at, who), micros(at), micros(at + HOLD)
        stored = self._keep(raw, at, "outbound", who)
        reply = self._next("outbox")
        kept = {
            "kind": "reply", "to": codec.people([customer]), "cc": "[]", "bcc": "[]", "subject": "", "body": body,
            "channel_id": self._mailbox.id, "version": 0, "agent_id": who.id, "seen_message_id": stored - 1,
        }  # fmt: skip
        self._add("outbox", {
            "id": reply, "message_id": stored, "case_id": self.case_id, "channel_id": self._mailbox.id,
            "stroke_id": stroke, "state": Delivery.SENT if left else Delivery.QUEUED, "not_before": then,
            "attempts": int(left), "first_try_at": then if left else None,
            "holder": HOLDER, "sender": self._mailbox.address.address, "recipients": codec.words([customer.key]),
            "copied": left, "answered_at": now, "draft": json.dumps(kept, ensure_ascii=False),
        })  # fmt: skip
        self._fact(stroke, now, "message", "reply", (None, stored), who)
        self._fact(stroke, now, "outbox", "queued", (None, reply), who)
        self._move(stroke, now, Status.PENDING, who)
        if left:
            for before, after in ((Delivery.HELD, Delivery.QUEUED), (Delivery.QUEUED, Delivery.SENDING),
                                  (Delivery.SENDING, Delivery.SENT)):  # fmt: skip
                self._fact(None, then, "outbox", "state", (before, after))
        self._last_reply = reply
        self._unread = 0

    def ended(
        self, subject: str, customer_id: int, customer: Address, tags: tuple[int, ...], who: Actor, *, at: datetime,
        closed: datetime | None,
    ) -> None:  # fmt: skip
        """It was resolved, and closed long after; the case itself is written down."""
        self._move(self._stroke("resolve", at, who), micros(at), Status.RESOLVED, who)
        if closed is not None:
            self._move(None, micros(closed), Status.CLOSED)
        self._tags = tags
        self._case(subject, customer_id, customer, resolved_at=micros(at), settled_id=self._ids["messages"])

    def stands(self, subject: str, customer_id: int, customer: Address) -> None:
        """It is open; the case itself is written down, its clocks are for `services.clocks` to set."""
        self._case(subject, customer_id, customer, resolved_at=None, settled_id=0)

    # -- rows ---------------------------------------------------------------------------------------------------

    def _case(
        self, subject: str, customer_id: int, customer: Address, *, resolved_at: int | None, settled_id: int
    ) -> None:
        began = self._rows["messages"][-self._messages]["at"]
        self._add("cases", {
            "id": self.case_id, "subject": post.plain_subject(subject), "status": self._status,
            "priority": self._priority, "channel_id": self._mailbox.id, "customer_id": customer_id,
            "owner_id": self._owner, "team_id": self._mailbox.team_id, "language": self._mailbox.language,
            "due_at": None, "waiting_since": None, "created_at": began, "updated_at": self._at,
            "resolved_at": resolved_at, "settled_id": settled_id, "message_count": self._messages,
            "unread": self._unread, "last_outbox_id": self._last_reply, "version": self._version,
            "haystack": fold(f"{subject} {customer.name} {customer.address}"),
        })  # fmt: skip
        self._rows["case_tags"] += [{"case_id": self.case_id, "tag_id": one} for one in self._tags]

    def _keep(self, raw: bytes, at: datetime, kind: str, who: Actor | None) -> int:
        message = parse(raw)
        stored = self._next("messages")
        self._add("messages", {"id": stored} | post.row(
            case_id=self.case_id, channel_id=self._mailbox.id, kind=kind, at=micros(at), message=message,
            digest=digest(message, raw), person=who is None, agent_id=None if who is None else who.id,
        ))  # fmt: skip
        self._add("raws", {"message_id": stored, "data": codec.pack(raw)})
        self._rows["attachments"] += [asdict(file) | {"message_id": stored} for file in message.attachments]
        self._messages += 1
        self.newest = message
        return stored

    def _stroke(self, verb: str, at: datetime, who: Actor) -> int:
        stroke = self._next("strokes")
        self._add("strokes", {"id": stroke, "agent_id": who.id, "desk": "", "verb": verb, "at": micros(at)})
        return stroke

    def _move(self, stroke: int | None, at: int, status: Status, who: Actor = SYSTEM) -> None:
        if self._status is not status:
            self._fact(stroke, at, "case", "status", (self._status, status), who)
            self._status = status

    def _fact(  # noqa: PLR0917  a fact is these
        self, stroke: int | None, at: int, kind: str, field: str, values: tuple[object, object],
        who: Actor = SYSTEM,
    ) -> None:  # fmt: skip
        self._version += 1
        self._at = max(self._at, at)
        before, after = values
        self._add("changes", {
            "id": self._next("changes"), "stroke_id": stroke, "case_id": self.case_id,
            "agent_id": who.id, "at": at, "kind": kind, "field": field,
            "before": None if before is None else str(before), "after": None if after is None else str(after),
        })  # fmt: skip

    def _next(self, table: str) -> int:
        self._ids[table] += 1
        return self._ids[table]

    def _add(self, table: str, row: dict[str, Any]) -> None:
        self._rows[table].append(row)
