"""Keeps the index of words in step with the messages, in the very unit that changes them.

Invariants: a message that was written is found from the same commit on; before a message is deleted or its words are
taken away (a person is erased), `forget` takes it out of the index while its row still says what was put in.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from agentdesk.store import search
from agentdesk.store.tables import attachments, messages
from agentdesk.store.unit import UnitOfWork

_PART = 400


def put(unit: UnitOfWork, stored: Iterable[tuple[int, Mapping[str, Any], Iterable[str]]]) -> None:
    """Let messages be found that are stored with these values and names of files; lines of the system are not."""
    rows = [one for one in stored if search.is_indexed(one[1]["kind"], one[1].get("agent_id"))]
    search.put_many(unit.session, rows)


def index(unit: UnitOfWork, message_ids: Iterable[int]) -> int:
    """Let stored messages be found that went in by another way, or come back; returns how many. Not for those found."""
    rows = tuple(_stored(unit, message_ids))
    search.put_many(unit.session, rows)
    return len(rows)


def forget(unit: UnitOfWork, message_ids: Iterable[int]) -> int:
    """Let messages be found no more, before their rows are changed or deleted; returns how many."""
    done = 0
    for message_id, row, names in _stored(unit, message_ids):
        search.take_out(unit.session, message_id, row, names)
        done += 1
    return done


def _stored(
    unit: UnitOfWork, message_ids: Iterable[int]
) -> Iterable[tuple[int, Mapping[str, Any], list[str]]]:
    wanted = sorted(set(message_ids))
    for begin in range(0, len(wanted), _PART):
        part = wanted[begin : begin + _PART]
        names: dict[int, list[str]] = {}
        files = select(attachments.c.message_id, attachments.c.filename).where(
            attachments.c.message_id.in_(part)
        )
        for message_id, filename in unit.session.execute(files.order_by(attachments.c.id)):
            names.setdefault(message_id, []).append(filename)
        rows = select(messages).where(messages.c.id.in_(part)).order_by(messages.c.id)
        for row in unit.session.execute(rows).mappings().all():
            if search.is_indexed(row["kind"], row["agent_id"]):
                yield int(row["id"]), dict(row), names.get(row["id"], [])
