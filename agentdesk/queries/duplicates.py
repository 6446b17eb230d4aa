"""Cases that may be about the matter of the one in hand: same customer, order or subject, or their other address.

Only cases that are still worked on are suggested, and those that one mail answers together with it; no more than a
person looks through. Invariant: one statement for the suggestions, over the open cases alone, however many the store
holds.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, func, literal, or_, select

from agentdesk.config.language import _
from agentdesk.domain.instants import moment
from agentdesk.domain.joining import Duplicate, Moves
from agentdesk.domain.lifecycle import Status
from agentdesk.queries.cases import case, standing
from agentdesk.store.tables import addresses, bridges, cases, customers, drafts, messages, sides
from agentdesk.text.clean import clean_line
from agentdesk.text.fold import fold

MOST = 9
_READ = 300
"""Rows looked at, the newest; a customer with more open cases than that has other troubles."""
_STILL = (Status.NEW, Status.OPEN, Status.PENDING, Status.SNOOZED)
_NUMBER = re.compile(r"(?<![\w-])#?(?=[a-z0-9-]*[0-9]{4})[a-z0-9]+(?:-[a-z0-9]+)*(?![\w-])")
"""What looks like the number of an order: at least four figures, letters and hyphens beside them."""
_MARKS = re.compile(r"^(?:(?:re|sv|vs|aw|antw|fw|fwd|vb|wg|tr|ref)(?:\[\d+\])?\s*:\s*)+")
_SHORT = 8
"""A subject of fewer letters says too little."""


def of_case(session: Connection, case_id: int, limit: int = MOST) -> tuple[Duplicate, ...]:
    """The likeliest first, each with what would move. Raises NotFound."""
    head = case(session, case_id)
    subject = _plain(head.subject)
    numbers = _NUMBER.findall(fold(head.subject))[:3]
    same: list[ColumnElement[bool]] = [
        cases.c.haystack.like(f"%{_escape(number.lstrip('#'))}%", escape="\\") for number in numbers
    ]
    if head.customer_id is not None:
        same.append(cases.c.customer_id == head.customer_id)
    name = "" if head.customer in head.addresses else head.customer
    if " " in name:
        same.append(customers.c.name == name)
    if len(subject) >= _SHORT:
        same.append(cases.c.haystack.like(f"%{_escape(subject)}%", escape="\\"))
    offered = _offered(session, case_id)
    if not same and not offered:
        return ()
    query = (
        select(cases.c.id, cases.c.subject, cases.c.status, cases.c.customer_id, cases.c.updated_at, cases.c.haystack,
               customers.c.name)
        .outerjoin(customers, customers.c.id == cases.c.customer_id)
        .where(cases.c.id != case_id, or_(
            and_(cases.c.status.in_(_STILL), or_(false(), *same)),
            and_(cases.c.id.in_(offered), cases.c.status.not_in((Status.CLOSED, Status.SPAM)))))
        .order_by(cases.c.id.desc()).limit(_READ)
    )  # fmt: skip
    found = []
    for row in session.execute(query):
        why = _why(row, head.customer_id, name, subject, numbers)
        if row.id in offered:
            why.insert(0, (5, _("one mail answers both")))
        if why:
            found.append((-sum(weight for weight, _word in why), -row.id, row, why))
    found.sort(key=lambda one: one[:2])
    return tuple(_duplicate(session, row, why) for _weight, _id, row, why in found[:limit])


def _offered(session: Connection, case_id: int) -> list[int]:
    """Cases that one mail answers together with this one, wherever they were merged to."""
    query = select(bridges.c.other_id).where(bridges.c.case_id == case_id)
    back = select(bridges.c.case_id).where(bridges.c.other_id == case_id)
    return sorted({standing(session, one) for one in session.scalars(query.union(back))} - {case_id})


def moves(session: Connection, case_id: int) -> Moves:
    """What a merge of this case would take along."""

    def count(table: Any, *where: Any) -> int:
        query = select(func.count()).select_from(table).where(table.c.case_id == case_id, *where)
        return int(session.scalar(query) or 0)

    written = messages.c.kind != literal("system")
    return Moves(count(messages, written), count(drafts), count(sides, sides.c.closed_at.is_(None)))


def _why(
    row: Any, customer: int | None, name: str, subject: str, numbers: list[str]
) -> list[tuple[int, str]]:
    """The reasons with their weights, strongest first."""
    found: list[tuple[int, str]] = []
    words = set(_NUMBER.findall(row.haystack))
    number = next((one for one in numbers if one in words), "")
    if number:
        found.append((4, _("same number {number}").format(number=number.lstrip("#"))))
    if customer is not None and row.customer_id == customer:
        found.append((3, _("same customer")))
    elif name and row.name == name:
        found.append((2, _("same name, other address")))
    if len(subject) >= _SHORT and _plain(row.subject) == subject:
        found.append((2 if found else 1, _("same subject")))
    return found


def _duplicate(session: Connection, row: Any, why: list[tuple[int, str]]) -> Duplicate:
    known = session.scalar(
        select(func.min(addresses.c.address)).where(addresses.c.customer_id == row.customer_id)
    )
    return Duplicate(
        case_id=row.id, subject=clean_line(row.subject), status=Status(row.status),
        customer=clean_line(row.name or known or ""), at=moment(row.updated_at),
        why=tuple(word for _weight, word in why), moves=moves(session, row.id),
    )  # fmt: skip


def _plain(subject: str) -> str:
    """The subject as it is compared: folded, without marks of answers, its spaces single."""
    return " ".join(_MARKS.sub("", fold(subject).strip()).split())


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
