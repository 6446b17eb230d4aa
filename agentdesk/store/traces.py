"""Where a person stands in the store: which rows are theirs, which of others name or quote them.

A message is theirs when they wrote it, when it was written to them or about them in one of their cases (replies, notes,
lines of the desk, side conversations, reports of mail servers), or was sent to them alone in somebody else's case. What
another person outside wrote or was sent is that person's, also in a case of theirs; so is what was written in a case of
another customer that was merged into theirs. Invariant: reads only; rehearsal and erasing ask the same questions.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Text, func, or_, select

from agentdesk.domain.forgetting import Person
from agentdesk.store import codec
from agentdesk.store.tables import (
    addresses,
    agents,
    attachments,
    cases,
    channels,
    customers,
    messages,
    metadata,
    orders,
)
from agentdesk.text.blanking import Blanking

PART: Final = 400
_SHORTEST = 3
"""Letters of a name that tells a person from others."""
_NOT_TEXT: Final = frozenset(
    {"keys", "tombstones", "agents", "channels", "leases", "cursors", "strokes", "changes", "messages"}
)
"""Tables that hold nothing a person outside wrote or is called (`changes` by its own rule), and the messages, which
are looked through apart."""
_SEARCHED = (
    messages.c.from_address, messages.c.to, messages.c.cc, messages.c.bcc, messages.c.subject, messages.c.text,
    messages.c.reply_text, messages.c.facts, messages.c.message_id, messages.c.in_reply_to, messages.c.references,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Theirs:
    """Messages and cases by what becomes of them."""

    cases: tuple[int, ...]
    """All of theirs."""
    shells: tuple[int, ...]
    """Those of them in which nobody else has written: nothing of them stays but number, times and counts."""
    touched: tuple[int, ...]
    """Cases of others in which they took part."""
    gone: tuple[int, ...]
    others: tuple[int, ...]
    """Messages of others in all these cases."""


def parts(values: Iterable[int]) -> Iterable[list[int]]:
    """The values in lists that one statement takes."""
    ordered = sorted(set(values))
    return (ordered[begin : begin + PART] for begin in range(0, len(ordered), PART))


def person(session: Connection, customer_id: int) -> Person | None:
    """All that this customer is known by, with those merged into each other; None when there is no such customer."""
    row = session.execute(select(customers).where(customers.c.id == customer_id)).one_or_none()
    if row is None:
        return None
    while row.merged_into is not None:
        row = session.execute(select(customers).where(customers.c.id == row.merged_into)).one()
    family = {row.id: row}
    newest = [row.id]
    while newest:
        found = session.execute(select(customers).where(customers.c.merged_into.in_(newest))).all()
        newest = [one.id for one in found if one.id not in family]
        family |= {one.id: one for one in found}
    known = session.scalars(select(addresses.c.address).where(addresses.c.customer_id.in_(list(family))))
    own = ours(session)
    return Person(
        customers=tuple(sorted(family)), names=_names(one.name for one in family.values()),
        addresses=tuple(sorted({one.lower() for one in known} - own)), erased=row.erased_at is not None,
    )  # fmt: skip


def ours(session: Connection) -> set[str]:
    """The addresses of our mailboxes and colleagues, which are never a customer's to take away."""
    known = (*session.scalars(select(channels.c.address)), *session.scalars(select(agents.c.email)))
    return {one.strip().lower() for one in known if one.strip()}


def named_as(session: Connection, one: Person, named: Collection[int]) -> Person:
    """The person with the names that their mails and orders give them."""
    found = list(one.names)
    for part in parts(named):
        query = select(messages.c.from_name).where(
            messages.c.id.in_(part), func.lower(messages.c.from_address).in_(one.addresses)
        )
        found += session.scalars(query.distinct())
    found += session.scalars(select(orders.c.name).where(orders.c.address.in_(one.addresses)).distinct())
    return Person(one.customers, _names(found), one.addresses, one.erased)


def _names(found: Iterable[str]) -> tuple[str, ...]:
    kept = (" ".join(name.split()) for name in found)
    return tuple(sorted({name for name in kept if len(name) >= _SHORTEST and "@" not in name}))


def holding(session: Connection, column: ColumnElement[Any], patterns: Iterable[str]) -> ColumnElement[bool]:
    """Rows whose text may hold one of these (`Blanking.like`), in any case. SQLite's LIKE knows no case by itself."""
    sqlite = session.dialect.name == "sqlite"
    return or_(
        *(column.like(one, escape="\\") if sqlite else column.ilike(one, escape="\\") for one in patterns)
    )


def naming(session: Connection, blanking: Blanking, after: int = 0) -> list[int]:
    """The messages behind `after` that hold an address of theirs, in whatever field."""
    patterns = blanking.like()
    if not patterns:
        return []
    here = or_(*(holding(session, column, patterns) for column in _SEARCHED))
    rows = session.execute(
        select(messages.c.id, *_SEARCHED).where(messages.c.id > after, here).order_by(messages.c.id)
    )
    return [row[0] for row in rows if any(value and blanking.value(value) != value for value in row[1:])]


def newest(session: Connection) -> int:
    """The highest id of a message."""
    return int(session.scalar(select(func.max(messages.c.id))) or 0)


def texts(session: Connection, blanking: Blanking) -> Iterable[tuple[ColumnElement[str], str]]:
    """Every other text with an address of theirs in it, whatever table it stands in: (the column, what stands there).

    Each table is gone through once.
    """
    patterns = blanking.like()
    for table in metadata.sorted_tables if patterns else ():
        columns = [column for column in table.c if isinstance(column.type, Text)]
        if table.name in _NOT_TEXT or not columns:
            continue
        here = or_(*(holding(session, column, patterns) for column in columns))
        for row in session.execute(select(*columns).where(here)).all():
            for column, value in zip(columns, row, strict=True):
                if value and blanking.value(value) != value:
                    yield column, value


def theirs(session: Connection, one: Person, named: Collection[int]) -> Theirs:
    """What of all these is theirs; `named` are the messages that hold an address of theirs."""
    own = set(session.scalars(select(cases.c.id).where(cases.c.customer_id.in_(one.customers))))
    wrote = _cases_with_them(session, one, named) - own
    sort = _Sort(frozenset(one.addresses), frozenset(ours(session)), own)
    touched: set[int] = set()
    for row in _rows(session, own | wrote):
        sort.take(row)
        if row.case_id not in own:
            touched.add(row.case_id)
    alone = [key for key, case_id in sort.others if case_id in own - sort.heard]
    return Theirs(
        cases=tuple(sorted(own)), shells=tuple(sorted(own - sort.heard)), touched=tuple(sorted(touched)),
        gone=tuple(sorted((*sort.gone, *alone))),
        others=tuple(key for key, _case in sort.others if key not in set(alone)),
    )  # fmt: skip


def _cases_with_them(session: Connection, one: Person, named: Collection[int]) -> set[int]:
    """Where they wrote or were written to."""
    found: set[int] = set()
    for part in parts(named):
        query = select(
            messages.c.case_id, messages.c.from_address, messages.c.to, messages.c.cc, messages.c.bcc
        )
        for row in session.execute(query.where(messages.c.id.in_(part))):
            if _people(row).intersection(one.addresses) or row.from_address.lower() in one.addresses:
                found.add(row.case_id)
    return found


def _rows(session: Connection, wanted: Collection[int]) -> Iterable[Any]:
    seen: set[int] = set()
    query = select(
        messages.c.id, messages.c.case_id, messages.c.origin_case_id, messages.c.kind, messages.c.from_address,
        messages.c.to, messages.c.cc, messages.c.bcc, messages.c.side_id, messages.c.facts,
    ).order_by(messages.c.id)  # fmt: skip
    for part in parts(wanted):
        here = messages.c.case_id.in_(part)
        stood = select(messages.c.case_id).where(messages.c.origin_case_id.in_(part)).distinct()
        moved = list(session.scalars(stood)) if _merged(session, part) else []
        for row in session.execute(query.where(or_(here, messages.c.case_id.in_(moved)))):
            if row.id not in seen and (row.case_id in part or row.origin_case_id in part):
                seen.add(row.id)
                yield row


def _merged(session: Connection, part: list[int]) -> bool:
    """Messages are found by their origin only where a case was merged: there is no index for it."""
    query = select(cases.c.id).where(cases.c.id.in_(part), cases.c.merged_into.is_not(None)).limit(1)
    return session.execute(query).first() is not None


class _Sort:
    """Theirs or another's: one message after another."""

    def __init__(self, known: frozenset[str], house: frozenset[str], own: set[int]) -> None:
        self._known, self._house, self._own = known, house, own
        self.gone: list[int] = []
        self.others: list[tuple[int, int]] = []
        self.heard: set[int] = set()
        """Cases in which somebody else has written."""

    def take(self, row: Any) -> None:
        """Put it where it belongs."""
        if self._is_gone(row):
            self.gone.append(row.id)
            return
        self.others.append((row.id, row.case_id))
        if row.kind == "inbound":
            self.heard.add(row.case_id)

    def _is_gone(self, row: Any) -> bool:
        at_home = (row.origin_case_id or row.case_id) in self._own
        if row.kind == "inbound":
            who = row.from_address.lower()
            return who in self._known or (at_home and (row.side_id is not None or self._is_machine(row, who)))
        if row.kind == "outbound":
            people = _people(row)
            if at_home:
                return row.side_id is not None or not people or bool(people & self._known)
            return bool(people) and people <= self._known
        return at_home

    def _is_machine(self, row: Any, who: str) -> bool:
        """Nobody's own words: a form of ours, a mail server's report."""
        return not who or who in self._house or bool(json.loads(row.facts).get("bounce"))


def _people(row: Any) -> set[str]:
    listed = (codec.read_people(column) for column in (row.to, row.cc, row.bcc))
    return {who.address.strip().lower() for people in listed for who in people if who.address.strip()}


def files_of(session: Connection, message_ids: Iterable[int]) -> dict[int, list[Any]]:
    """The attachments of these messages, in their order."""
    found: dict[int, list[Any]] = {}
    for part in parts(message_ids):
        query = select(attachments).where(attachments.c.message_id.in_(part)).order_by(attachments.c.id)
        for row in session.execute(query):
            found.setdefault(row.message_id, []).append(row)
    return found
