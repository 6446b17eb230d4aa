"""Reads who takes part in a case, for those who take mail in and for those who answer it.

Invariant: one reading of the case's addresses, and none of its texts.
"""

import json
from typing import Any

from sqlalchemy import Connection, select

from agentdesk.domain.takingpart import DOUBTS, FORGED, PASSED_ON, People
from agentdesk.store import codec
from agentdesk.store.tables import messages, participants

_NOBODY_BY = frozenset(DOUBTS)
_ASKS_NOTHING = frozenset((FORGED, PASSED_ON))


def read(session: Connection, case_id: int, side_id: int | None = None) -> People:
    """Who has to do with the case and its customer, or with one of its side conversations."""
    people = People()
    query = select(
        messages.c.kind, messages.c.person, messages.c.marks, messages.c.from_address, messages.c.to, messages.c.cc,
        messages.c.bcc,
    ).where(
        messages.c.case_id == case_id, messages.c.side_id.is_not_distinct_from(side_id),
        messages.c.kind.in_(("inbound", "outbound")),
    )  # fmt: skip
    # The same people write in most of a long case's messages: each constellation is read once.
    for row in session.execute(query.distinct()):
        ours = row.kind == "outbound"
        doubted = row.marks != "[]" and not _NOBODY_BY.isdisjoint(codec.read_words(row.marks))
        trusted = not doubted and (row.person or side_id is not None)
        people.hear(row.from_address.lower(), _written_to(row), ours=ours, trusted=trusted)
    if side_id is None:
        accepted = select(participants.c.address).where(participants.c.case_id == case_id)
        people.known.update(session.scalars(accepted))
        people.known |= _asked_for(session, case_id)
    return people


def _written_to(row: Any) -> list[str]:
    found = [*codec.read_people(row.to), *codec.read_people(row.cc)]
    if row.kind == "outbound":
        found += codec.read_people(row.bcc)
    return [one.key for one in found]


def _asked_for(session: Connection, case_id: int) -> set[str]:
    """Where the mail that began the case asks for answers."""
    query = select(messages.c.kind, messages.c.facts, messages.c.marks).where(messages.c.case_id == case_id)
    first = session.execute(query.order_by(messages.c.id).limit(1)).one_or_none()
    if (
        first is None
        or first.kind != "inbound"
        or not _ASKS_NOTHING.isdisjoint(codec.read_words(first.marks))
    ):
        return set()
    return {str(one["address"]).strip().lower() for one in json.loads(first.facts).get("reply_to", ())}
