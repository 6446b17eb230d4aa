"""What else the store holds of a person who is erased, beside their messages: rows of theirs go, texts lose addresses.

Invariant: whatever table of the store has a column of text, an address of theirs is replaced there
(`store.traces.texts`), so that a table added tomorrow is not forgotten.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, select, update

from agentdesk.domain.forgetting import Person
from agentdesk.services import tombstones
from agentdesk.store import codec, traces
from agentdesk.store.tables import (
    addresses,
    attachments,
    automatic_answers,
    awaited,
    blocks,
    bridges,
    customer_notes,
    drafts,
    moves,
    order_lines,
    order_sources,
    order_wishes,
    orders,
    participants,
    presence,
    quarantine,
    sides,
)
from agentdesk.store.traces import Theirs, parts
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.blanking import Blanking

_MANY = 400


class Leftovers:
    """Goes through the store for one person; `counts` says what went, by kind (`domain.forgetting.KINDS`)."""

    def __init__(self, unit: UnitOfWork, person: Person, blanking: Blanking) -> None:
        self._unit, self._person, self._blanking = unit, person, blanking
        self.counts: dict[str, int] = {}

    def forget(self, theirs: Theirs) -> None:
        """All of it."""
        self._drafts(theirs)
        self._orders()
        self._quarantine()
        self._sides(theirs)
        for part in parts(theirs.shells):
            for table in (presence, awaited, bridges):
                self._unit.session.execute(delete(table).where(table.c.case_id.in_(part)))
        known = self._person.addresses
        self._delete("customer", addresses, addresses.c.customer_id.in_(self._person.customers))
        self._delete("note", customer_notes, customer_notes.c.customer_id.in_(self._person.customers))
        self._delete("wish", order_wishes, order_wishes.c.address.in_(known))
        self._delete("participant", participants, participants.c.address.in_(known))
        self._delete("answer", automatic_answers, automatic_answers.c.address.in_(known))
        self._delete("block", blocks, blocks.c.address.in_(known))
        self._delete("move", moves, (moves.c.what == "address") & moves.c.key.in_(known))
        self._texts()

    def _delete(self, kind: str, table: Table, which: ColumnElement[bool]) -> None:
        self._count(kind, self._unit.session.execute(delete(table).where(which)).rowcount)

    def _count(self, kind: str, number: int) -> None:
        if number > 0:
            self.counts[kind] = self.counts.get(kind, 0) + number

    def _drafts(self, theirs: Theirs) -> None:
        """What is being written to them or about them goes, and its writer is told at the next key; what is written to
        somebody else in a case of theirs loses their words."""
        shells, home = set(theirs.shells), set(theirs.cases)
        going: list[int] = []
        for row in self._unit.session.execute(select(drafts)).all():
            people = [who.address for text in (row.to, row.cc, row.bcc) for who in codec.read_people(text)]
            known = [one for one in people if self._blanking.is_theirs(one)]
            at_home = row.case_id in home and (known or not people or row.kind == "side")
            if row.case_id in shells or at_home or (known and len(known) == len(people)):
                going.append(row.id)
            elif row.case_id in home or row.case_id in theirs.touched:
                left, _new = self._blanking.body(row.body, None)
                self._unit.session.execute(update(drafts).where(drafts.c.id == row.id).values(body=left))
        for part in parts(going):
            self._unit.session.execute(delete(attachments).where(attachments.c.draft_id.in_(part)))
            self._delete("draft", drafts, drafts.c.id.in_(part))
        hanging = select(attachments.c.id, attachments.c.content).where(attachments.c.content.is_not(None))
        named = [row.id for row in self._unit.session.execute(hanging) if self._blanking.holds(row.content)]
        for part in parts(named):
            self._delete("attachment", attachments, attachments.c.id.in_(part))

    def _orders(self) -> None:
        query = (
            select(orders.c.id, orders.c.number, order_sources.c.name)
            .join(order_sources, order_sources.c.id == orders.c.source_id)
            .where(orders.c.address.in_(self._person.addresses))
        )  # fmt: skip
        rows = self._unit.session.execute(query).all()
        tombstones.bury(self._unit, "order", (order_word(row.name, row.number) for row in rows))
        self._count("order", _delete_orders(self._unit, (row.id for row in rows)))

    def _quarantine(self) -> None:
        """Mails that could not be read: whoever stands in their bytes."""
        rows = self._unit.session.execute(select(quarantine.c.id, quarantine.c.digest)).all()
        for row in rows:
            data = self._unit.session.scalar(select(quarantine.c.data).where(quarantine.c.id == row.id))
            if data is not None and self._blanking.holds(codec.unpack(data)):
                tombstones.bury(self._unit, "digest", [row.digest])
                self._delete("quarantine", quarantine, quarantine.c.id == row.id)

    def _sides(self, theirs: Theirs) -> None:
        for part in parts(theirs.cases):
            values: dict[str, Any] = {"subject": "", "people": "[]", "closed_at": self._unit.at}
            done = self._unit.session.execute(update(sides).where(sides.c.case_id.in_(part)).values(values))
            self._count("side", done.rowcount)

    def _texts(self) -> None:
        done: set[tuple[Any, str]] = set()
        for column, before in traces.texts(self._unit.session, self._blanking):
            if (column, before) not in done:
                done.add((column, before))
                table: Any = column.table
                changed = update(table).where(column == before)
                changed = changed.values({column.name: self._blanking.value(before)})
                self._count("text", self._unit.session.execute(changed).rowcount)


def forget_orders_again(unit: UnitOfWork) -> int:
    """Orders whose tombstone stands, or their buyer's, go once more; returns how many."""
    query = select(
        orders.c.id, orders.c.number, orders.c.address, orders.c.placed_at, order_sources.c.name
    ).join(order_sources, order_sources.c.id == orders.c.source_id)
    going: list[int] = []
    for rows in unit.session.execute(query).partitions(_MANY):
        facts = [(order_word(row.name, row.number), row.address, row.placed_at) for row in rows]
        going += [row.id for row, gone in zip(rows, forgotten_orders(unit, facts), strict=True) if gone]
    return _delete_orders(unit, going)


def order_word(source: str, number: str) -> str:
    """By what an order is known."""
    return f"{source}\n{number}"


def forgotten_orders(unit: UnitOfWork, told: Collection[tuple[str, str, int | None]]) -> list[bool]:
    """Whether each of these orders (its word, its address, when it was placed) is one that was forgotten.

    An order that somebody places after they were erased is a new one.
    """
    by_word = tombstones.standing(unit.session, "order", {word for word, _address, _at in told})
    by_address = tombstones.standing(
        unit.session, "address", {address for _word, address, _at in told if address}
    )
    return [
        word in by_word or (address in by_address and (at is None or at <= by_address[address]))
        for word, address, at in told
    ]


def _delete_orders(unit: UnitOfWork, ids: Iterable[int]) -> int:
    done = 0
    for part in parts(ids):
        unit.session.execute(delete(order_lines).where(order_lines.c.order_id.in_(part)))
        done += unit.session.execute(delete(orders).where(orders.c.id.in_(part))).rowcount
    return done
