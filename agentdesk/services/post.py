"""Stores a message of a case: its row, its raw bytes, its attachments, and its words in the index.

Invariants: a text that equals the whole is stored once (reply_text NULL); the raw bytes are never changed afterwards;
whoever collects what belongs to many messages (`Rest`) writes it down in the same commit.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import bindparam, insert, text, update

from agentdesk.domain.instants import iso, micros
from agentdesk.domain.mail import Attachment, Message
from agentdesk.services import indexing
from agentdesk.store import codec
from agentdesk.store.tables import attachments, cases, messages, raws
from agentdesk.store.unit import UnitOfWork

# Statements are built once and get their values when they are run: building them anew costs more than running them.
_KEEP = insert(messages)
_RESERVE = text(
    "select nextval(pg_get_serial_sequence('messages', 'id')) from generate_series(1, :count) order by 1"
)
_KEEP_RAW = insert(raws)
_KEEP_FILES = insert(attachments)
_COUNTED = cases.c.message_count + bindparam("more")
_COUNT = update(cases).where(cases.c.id == bindparam("case")).values(message_count=_COUNTED)
_PREFIX = re.compile(r"^\s*(?:(?:re|sv|vs|aw|antw|fw|fwd|vb|wg|tr|ref)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@dataclass(slots=True)
class Rest:
    """What messages have besides their rows. It is collected, so that a few statements do for a whole batch.

    On PostgreSQL, where each statement is a journey, the rows themselves wait as well: whoever reads messages of the
    batch before its end calls `write_rows` first.
    """

    counts: Counter[int] = field(default_factory=Counter)
    """how many came into each case"""
    _ids: list[int] = field(default_factory=list)
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _raws: list[dict[str, Any]] = field(default_factory=list)
    _files: list[dict[str, Any]] = field(default_factory=list)
    _words: list[tuple[int, Mapping[str, Any], Sequence[str]]] = field(default_factory=list)

    def add(
        self, message_id: int, values: Mapping[str, Any], raw: bytes | None, files: Sequence[Attachment]
    ) -> None:
        """A message is stored with these values."""
        self.counts[values["case_id"]] += 1
        self._words.append((message_id, values, [one.filename for one in files]))
        if raw is not None:
            self._raws.append({"message_id": message_id, "data": raw})
        self._files += [asdict(one) | {"message_id": message_id} for one in files]

    def reserve(self, unit: UnitOfWork, count: int) -> None:
        """So many messages are coming, which may have their ids now. SQLite needs none: nothing is far away there."""
        if count and unit.session.dialect.name == "postgresql":
            self._ids += unit.session.scalars(_RESERVE, {"count": count})
            self._ids.reverse()

    def keep(self, unit: UnitOfWork, values: dict[str, Any]) -> int:
        """The id of a message that is stored with these values, now or at the end."""
        if not self._ids:
            key = unit.session.execute(_KEEP, values).inserted_primary_key
            assert key is not None
            return int(key[0])
        self._rows.append(values | {"id": self._ids.pop()})
        return int(self._rows[-1]["id"])

    def write_rows(self, unit: UnitOfWork) -> None:
        """Write down the messages that wait."""
        if self._rows:
            unit.session.execute(_KEEP, self._rows)
            self._rows.clear()

    def write(self, unit: UnitOfWork) -> None:
        """Write down all of it but the counts."""
        self.write_rows(unit)
        if self._raws:
            unit.session.execute(_KEEP_RAW, self._raws)
        if self._files:
            unit.session.execute(_KEEP_FILES, self._files)
        indexing.put(unit, self._words)

    def count(self, unit: UnitOfWork) -> None:
        """Count the messages in their cases."""
        for case_id, more in self.counts.items():
            unit.session.execute(_COUNT, {"case": case_id, "more": more})


def plain_subject(subject: str) -> str:
    """The subject without Re:, SV:, Fwd: and their kin."""
    return _PREFIX.sub("", subject).strip() or subject.strip()


def store(
    unit: UnitOfWork, *, case_id: int, channel_id: int | None, kind: str, at: int, message: Message,
    raw: bytes | None, digest: str | None, person: bool = False, marks: Sequence[str] = (),
    agent_id: int | None = None, bcc: str = "[]", side: int | None = None, rest: Rest | None = None,
) -> int:  # fmt: skip
    """Keep a message that has been read; returns its id. `raw` is packed already (see `codec.pack`).

    `side` is the side conversation it belongs to; its words are nobody's that a customer waits by (`person`). With
    `rest` given, its caller writes down there what the message has besides its row.
    """
    assert side is None or not person
    values = row(
        case_id=case_id, channel_id=channel_id, kind=kind, at=at, message=message, digest=digest, person=person,
        marks=marks, agent_id=agent_id, bcc=bcc,
    )  # fmt: skip
    values["side_id"] = side
    return _insert(unit, values, raw, message.attachments, rest)


def row(
    *, case_id: int, channel_id: int | None, kind: str, at: int, message: Message, digest: str | None,
    person: bool = False, marks: Sequence[str] = (), agent_id: int | None = None, bcc: str = "[]",
) -> dict[str, Any]:  # fmt: skip
    """What the messages table holds of a message that has been read."""
    who = message.original_sender or message.sender
    return {
        "case_id": case_id, "channel_id": channel_id, "kind": kind, "at": at,
        "sent_at": micros(message.date) if message.date else None, "agent_id": agent_id,
        "from_name": who.name if who else "", "from_address": who.address if who else "",
        "to": codec.people(message.to), "cc": codec.people(message.cc), "bcc": bcc, "subject": message.subject,
        "text": message.text, "reply_text": None if message.reply_text == message.text else message.reply_text,
        "message_id": message.message_id, "in_reply_to": codec.words(message.in_reply_to),
        "references": codec.words(message.references), "person": person, "marks": codec.words(marks),
        "facts": _facts(message), "digest": digest,
    }  # fmt: skip


def write(unit: UnitOfWork, *, case_id: int, kind: str, text: str, agent_id: int | None) -> int:
    """Keep words that are no mail: a note, or a line of the system. Returns the message's id."""
    return _insert(
        unit,
        {
            "case_id": case_id,
            "kind": kind,
            "at": unit.at,
            "sent_at": unit.at,
            "text": text,
            "agent_id": agent_id,
        },
    )


def _insert(
    unit: UnitOfWork, values: dict[str, Any], raw: bytes | None = None, files: Sequence[Attachment] = (),
    collected: Rest | None = None,
) -> int:  # fmt: skip
    rest = Rest() if collected is None else collected
    message_id = rest.keep(unit, values)
    rest.add(message_id, values, raw, files)
    if collected is None:
        rest.write(unit)
        rest.count(unit)
    return message_id


def _facts(message: Message) -> str:
    """What `mail parse` says of a message and no column holds; defaults are left out."""
    facts: dict[str, object] = {
        "from": _who(message.sender), "original_sender": _who(message.original_sender),
        "reply_to": [_who(one) for one in message.reply_to], "delivered_to": list(message.delivered_to),
        "date": iso(message.date) if message.date else None, "html_present": message.html_present,
        "auto_submitted": message.auto_submitted, "auto_reason": message.auto_reason, "bounce": message.bounce,
        "bounced_message_id": message.bounced_message_id, "bounced_recipient": message.bounced_recipient,
        "bounce_status": message.bounce_status, "charset_errors": message.charset_errors,
        "defects": list(message.defects),
    }  # fmt: skip
    return json.dumps({name: value for name, value in facts.items() if value}, ensure_ascii=False)


def _who(one: Any) -> dict[str, str] | None:
    return None if one is None else {"name": one.name, "address": one.address}
