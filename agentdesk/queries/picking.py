"""Which cases a selection takes: all of a list, those that a query finds, those that are like one case.

Invariant: with each case comes the newest message that it had when it was picked, read at the same moment: a customer
who writes after that is not overlooked by what is then done to all of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from agentdesk.domain.bulk import Picked
from agentdesk.queries import finding
from agentdesk.store import queue_sql
from agentdesk.text.fold import fold

_SEEN = "coalesce((select max(m.id) from messages m where m.case_id = c.id), 0)"
_ORDER = " order by c.due_key, c.wait_key, c.id"
_REPLY = re.compile(r"^\s*(?:(?:re|sv|vs|aw|antw|fw|fwd|wg|tr|rv)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_WORD = re.compile(r"\w+")


class Like(StrEnum):
    """In what another case is like the one in hand."""

    CUSTOMER = "customer"
    SUBJECT = "subject"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Within:
    """The list that a selection is made in: a view of this agent, narrowed by a query (empty: not at all)."""

    me: int
    view: str
    query: str
    now: int
    zone: tzinfo = UTC


def of_view(session: Connection, within: Within) -> tuple[Picked, ...]:
    """Every case of the list, in its order. Raises Usage for a query that is not understood."""
    return _picked(session, *_clauses(session, within))


def these(session: Connection, ids: Sequence[int]) -> tuple[Picked, ...]:
    """These cases, in the order they were named; those that are gone are missing."""
    numbers = ",".join(str(int(one)) for one in ids)
    found = {one.id: one for one in _picked(session, f"c.id in ({numbers})", {})} if ids else {}
    return tuple(found[one] for one in ids if one in found)


def like(session: Connection, within: Within, case_id: int, how: Like) -> tuple[Picked, ...]:
    """The cases of the list that have the customer, the words of the subject, or the sender of this one."""
    where, values = _clauses(session, within)
    values |= {"case": case_id}
    match how:
        case Like.CUSTOMER:
            same = "c.customer_id = (select x.customer_id from cases x where x.id = :case)"
            return _picked(session, f"{where} and {same}", values)
        case Like.SENDER:
            values["address"] = _sender(session, case_id)
            same = (
                "exists (select 1 from messages s where s.case_id = c.id and s.kind = 'inbound'"
                " and lower(s.from_address) = :address and s.from_address <> '')"
            )
            return _picked(session, f"{where} and {same}", values)
        case Like.SUBJECT:
            subject = session.scalar(text("select subject from cases where id = :case"), {"case": case_id})
            wanted = subject_words(subject or "")
            rows = _rows(session, where, values) if wanted else ()
            return tuple(Picked(row[0], row[1]) for row in rows if subject_words(row[2]) == wanted)


def subject_words(subject: str) -> frozenset[str]:
    """What a subject says: its words without "Re:", case, accents and numbers, in whatever order."""
    words = _WORD.findall(fold(_REPLY.sub("", subject)))
    return frozenset(one for one in words if not any(sign.isdigit() for sign in one))


def _clauses(session: Connection, within: Within) -> tuple[str, dict[str, Any]]:
    extra, values = finding.clauses(session, within.query, within.now, within.me, within.zone)
    return queue_sql.VIEWS[within.view].where + extra, values | {"me": within.me}


def _sender(session: Connection, case_id: int) -> str:
    sql = (
        "select lower(from_address) from messages where case_id = :case and kind = 'inbound' and from_address <> ''"
        " order by id desc limit 1"
    )
    return str(session.scalar(text(sql), {"case": case_id}) or "")


def _picked(session: Connection, where: str, values: dict[str, Any]) -> tuple[Picked, ...]:
    return tuple(Picked(row[0], row[1]) for row in _rows(session, where, values))


def _rows(session: Connection, where: str, values: dict[str, Any]) -> Sequence[Any]:
    sql = f"select c.id, {_SEEN}, c.subject from cases c where {where}{_ORDER}"  # noqa: S608  the clauses are ours
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    return session.execute(text(sql), used).all()
