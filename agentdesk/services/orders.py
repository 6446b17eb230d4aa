"""Orders come into the store: from a file, from a shop's database, at a desk's wish.

Invariants: an order is one by its source and number, and one that has not changed writes nothing (its digest tells);
what changed for a customer we know leaves one fact with the customer's id; the network is never waited for here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.orders import Order, OrderLine
from agentdesk.domain.problems import Refused
from agentdesk.services import tombstones
from agentdesk.services.leftovers import forgotten_orders, order_word
from agentdesk.store.once import insert_once, inserting
from agentdesk.store.tables import addresses, order_lines, order_sources, order_wishes, orders
from agentdesk.store.unit import UnitOfWork

BATCH: Final = 400
"""Orders of one commit: a database takes a limited number of values in one statement."""
WISH_EVERY: Final = 180_000_000
"""Microseconds between two wishes for the same address."""


@dataclass(slots=True)
class Taken:
    """What became of orders; adds up over batches."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0

    def __iadd__(self, other: "Taken") -> "Taken":
        self.seen += other.seen
        self.new += other.new
        self.changed += other.changed
        self.same += other.same
        return self


def source(unit: UnitOfWork, name: str, kind: str) -> int:
    """The source of that name, made if need be. Raises Refused when it is of another kind."""
    known = select(order_sources).where(order_sources.c.name == name)
    found = unit.session.execute(known).one_or_none()
    if found is None:
        insert_once(unit.session, order_sources, name=name, kind=kind)
        found = unit.session.execute(known).one()
    if found.kind != kind:
        raise Refused(
            _("{name} is a source of another kind already: give these orders another name.").format(name=name)
        )
    return int(found.id)


def take_in(unit: UnitOfWork, source_id: int, told: Sequence[Order]) -> Taken:
    """Keep these orders of one source, at most BATCH of them; what is known and unchanged is left alone."""
    # Whoever takes in orders of this source at the same time waits: two would insert one number twice.
    unit.session.execute(select(order_sources.c.id).where(order_sources.c.id == source_id).with_for_update())
    newest = {order.number: order for order in _not_forgotten(unit, source_id, told)}
    rows = unit.session.execute(
        select(orders.c.id, orders.c.number, orders.c.digest, orders.c.address)
        .where(orders.c.source_id == source_id, orders.c.number.in_(list(newest)))
    )  # fmt: skip
    known = {row.number: row for row in rows}
    fresh: list[tuple[Order, str]] = []
    changed: list[tuple[int, Order, str]] = []
    touched: set[str] = set()
    for number, order in newest.items():
        mark = _digest(order)
        row = known.get(number)
        if row is None:
            fresh.append((order, mark))
        elif row.digest != mark:
            changed.append((row.id, order, mark))
            touched.add(row.address)
    _insert(unit, source_id, fresh)
    _change(unit, changed)
    touched |= {order.address for order, _mark in fresh} | {order.address for _id, order, _mark in changed}
    _tell(unit, touched)
    done = Taken(seen=len(told), new=len(fresh), changed=len(changed))
    done.same = done.seen - done.new - done.changed
    return done


def _not_forgotten(unit: UnitOfWork, source_id: int, told: Sequence[Order]) -> list[Order]:
    """The shop still has the orders of people whom we were to forget."""
    if not tombstones.any_stands(unit.session):
        return list(told)
    name = unit.session.execute(
        select(order_sources.c.name).where(order_sources.c.id == source_id)
    ).scalar_one()
    facts = [(order_word(name, order.number), order.address, _at(order.placed_at)) for order in told]
    gone = forgotten_orders(unit, facts)
    return [order for order, forgotten in zip(told, gone, strict=True) if not forgotten]


def synced(unit: UnitOfWork, source_id: int) -> None:
    """All that the source has was just taken in."""
    unit.session.execute(
        update(order_sources).where(order_sources.c.id == source_id).values(synced_at=unit.at, trouble="")
    )


def wish(unit: UnitOfWork, customer_id: int) -> int:
    """A desk shows this customer: let the shops be asked anew, but not again and again. Returns how many are asked."""
    shops = unit.session.scalars(select(order_sources.c.id).where(order_sources.c.kind != "csv")).all()
    if not shops:
        return 0
    query = select(addresses.c.address).where(addresses.c.customer_id == customer_id)
    known = unit.session.scalars(query).all()
    return sum(_note_wish(unit, source_id, address) for source_id in shops for address in known)


def looked_up(unit: UnitOfWork, source_id: int, address: str, told: Sequence[Order]) -> Taken:
    """The shop was asked for an address, and these are its orders."""
    done = take_in(unit, source_id, told[:BATCH])
    here = (order_wishes.c.source_id == source_id, order_wishes.c.address == address)
    row = unit.session.execute(select(order_wishes).where(*here)).one_or_none()
    values = {"checked_at": unit.at, "trouble": ""}
    if row is None:
        unit.session.execute(insert(order_wishes).values(source_id=source_id, address=address, **values))
    else:
        unit.session.execute(update(order_wishes).where(*here).values(values))
        waited = row.wanted_at is not None and (row.checked_at is None or row.wanted_at > row.checked_at)
        if (waited or row.trouble) and not (done.new or done.changed):
            _tell(unit, {address})
    _heard(unit, source_id, "")
    return done


def troubled(unit: UnitOfWork, source_id: int, sentence: str, address: str = "") -> None:
    """The shop could not be asked (for this address), and why."""
    if address:
        here = (order_wishes.c.source_id == source_id, order_wishes.c.address == address)
        if not unit.session.execute(update(order_wishes).where(*here).values(trouble=sentence)).rowcount:
            unit.session.execute(
                insert(order_wishes).values(source_id=source_id, address=address, trouble=sentence)
            )
    _heard(unit, source_id, sentence)


def _heard(unit: UnitOfWork, source_id: int, sentence: str) -> None:
    before = unit.session.scalar(select(order_sources.c.trouble).where(order_sources.c.id == source_id))
    if before != sentence:
        unit.session.execute(
            update(order_sources).where(order_sources.c.id == source_id).values(trouble=sentence)
        )
        unit.record("source", None, "trouble", None, source_id)


def _note_wish(unit: UnitOfWork, source_id: int, address: str) -> int:
    wanted = inserting(unit.session, order_wishes).values(
        source_id=source_id, address=address, wanted_at=unit.at
    )
    old = or_(order_wishes.c.wanted_at.is_(None), order_wishes.c.wanted_at <= unit.at - WISH_EVERY)
    wanted = wanted.on_conflict_do_update(
        index_elements=[order_wishes.c.source_id, order_wishes.c.address],
        set_={"wanted_at": wanted.excluded.wanted_at}, where=old,
    )  # fmt: skip
    return 1 if unit.session.execute(wanted.returning(order_wishes.c.source_id)).first() is not None else 0


def _insert(unit: UnitOfWork, source_id: int, fresh: list[tuple[Order, str]]) -> None:
    if not fresh:
        return
    rows = [{"source_id": source_id, **_values(unit, order, mark)} for order, mark in fresh]
    unit.session.execute(insert(orders), rows)
    numbers = [order.number for order, _mark in fresh]
    made = unit.session.execute(
        select(orders.c.number, orders.c.id)
        .where(orders.c.source_id == source_id, orders.c.number.in_(numbers))
    )  # fmt: skip
    ids = {row.number: row.id for row in made}
    _insert_lines(unit, ((ids[order.number], order) for order, _mark in fresh))


def _change(unit: UnitOfWork, changed: list[tuple[int, Order, str]]) -> None:
    if not changed:
        return
    rows = [{"b_id": order_id, **_values(unit, order, mark)} for order_id, order, mark in changed]
    names = [name for name in rows[0] if name != "b_id"]
    unit.session.execute(
        update(orders).where(orders.c.id == bindparam("b_id")).values({name: bindparam(name) for name in names}),
        rows,
    )  # fmt: skip
    ids = [order_id for order_id, _order, _mark in changed]
    unit.session.execute(delete(order_lines).where(order_lines.c.order_id.in_(ids)))
    _insert_lines(unit, ((order_id, order) for order_id, order, _mark in changed))


def _insert_lines(unit: UnitOfWork, these: Iterable[tuple[int, Order]]) -> None:
    rows = [
        {"order_id": order_id, "position": place, "sku": line.sku, "name": line.name,
         "quantity": _text(line.quantity), "amount": _text(line.amount)}
        for order_id, order in these
        for place, line in enumerate(order.lines)
    ]  # fmt: skip
    if rows:
        unit.session.execute(insert(order_lines), rows)


def _values(unit: UnitOfWork, order: Order, mark: str) -> dict[str, Any]:
    return {
        "number": order.number, "address": order.address, "name": order.name, "status": order.status,
        "placed_at": _at(order.placed_at), "promised_at": _at(order.promised_at),
        "delivered_at": _at(order.delivered_at), "total": _text(order.total), "currency": order.currency,
        "carrier": order.carrier, "tracking": order.tracking, "tracking_url": order.tracking_url, "digest": mark,
        "changed_at": unit.at, "fetched_at": unit.at,
    }  # fmt: skip


def _tell(unit: UnitOfWork, touched: Iterable[str]) -> None:
    wanted = sorted(filter(None, touched))
    customers: set[int] = set()
    for begin in range(0, len(wanted), BATCH):
        query = select(addresses.c.customer_id).where(addresses.c.address.in_(wanted[begin : begin + BATCH]))
        customers.update(unit.session.scalars(query))
    for customer_id in sorted(customers):
        unit.record("customer", None, "orders", None, customer_id)


def _digest(order: Order) -> str:
    facts = [
        order.number, order.address, order.name, order.status, order.currency, order.carrier, order.tracking,
        order.tracking_url, _text(order.total), str(_at(order.placed_at)), str(_at(order.promised_at)),
        str(_at(order.delivered_at)),
    ]  # fmt: skip
    for line in order.lines:
        facts += _facts(line)
    return blake2b("\x1f".join(facts).encode(), digest_size=16).hexdigest()


def _facts(line: OrderLine) -> tuple[str, str, str, str]:
    return line.sku, line.name, _text(line.quantity), _text(line.amount)


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"


def _at(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)
