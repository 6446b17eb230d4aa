"""Orders from the store: those of a case, of a customer or of an address, newest first, with their lines.

Invariant: an order belongs to whoever has its address now; however many orders there are, a read gives a bounded
number of them in two statements.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from agentdesk.domain.instants import moment, moment_or_none
from agentdesk.domain.orders import OrderLine, OrderRow, SourceRow
from agentdesk.store.tables import addresses, cases, order_lines, order_sources, order_wishes, orders
from agentdesk.text.clean import clean_line

MOST = 50
"""Orders that one read gives."""


def of_case(session: Connection, case_id: int, limit: int = MOST) -> tuple[OrderRow, ...]:
    """The orders of the case's customer, newest first."""
    mine = (
        select(addresses.c.address).join(cases, cases.c.customer_id == addresses.c.customer_id)
        .where(cases.c.id == case_id)
    )  # fmt: skip
    return _rows(session, orders.c.address.in_(mine), limit)


def of_customer(session: Connection, customer_id: int, limit: int = MOST) -> tuple[OrderRow, ...]:
    """The orders of a customer, newest first."""
    mine = select(addresses.c.address).where(addresses.c.customer_id == customer_id)
    return _rows(session, orders.c.address.in_(mine), limit)


def of_address(session: Connection, address: str, limit: int = MOST) -> tuple[OrderRow, ...]:
    """The orders of a mail address, newest first."""
    return _rows(session, orders.c.address == address.strip().lower(), limit)


def newest(session: Connection, limit: int = MOST) -> tuple[OrderRow, ...]:
    """The newest orders of all."""
    return _rows(session, orders.c.id > 0, limit)


def numbered(session: Connection, number: str) -> tuple[OrderRow, ...]:
    """The orders of this number: one in each shop that has it."""
    return _rows(session, orders.c.number == number.strip().lstrip("#"), MOST)


def count(session: Connection, customer_id: int) -> int:
    """How many orders a customer has."""
    mine = select(addresses.c.address).where(addresses.c.customer_id == customer_id)
    query = select(func.count()).select_from(orders).where(orders.c.address.in_(mine))
    return int(session.scalar(query) or 0)


def sources(session: Connection) -> tuple[SourceRow, ...]:
    """Where orders come from, by name."""
    return tuple(
        _source(row) for row in session.execute(select(order_sources).order_by(order_sources.c.name))
    )


def sources_of(session: Connection, customer_id: int) -> tuple[SourceRow, ...]:
    """Where orders come from, and how old what is known of this customer is."""
    mine = select(addresses.c.address).where(addresses.c.customer_id == customer_id)
    count_ = select(func.count()).select_from(mine.subquery())
    known = session.execute(
        select(order_wishes.c.source_id, func.min(order_wishes.c.checked_at).label("at"),
               func.count(order_wishes.c.checked_at).label("asked"))
        .where(order_wishes.c.address.in_(mine)).group_by(order_wishes.c.source_id)
    )  # fmt: skip
    asked = {row.source_id: row for row in known}
    addresses_known = int(session.scalar(count_) or 0)
    found = []
    for row in session.execute(select(order_sources).order_by(order_sources.c.name)):
        one = _source(row)
        if one.kind != "csv":
            mark = asked.get(one.id)
            whole = mark is not None and mark.asked >= addresses_known
            one = replace(one, as_of=moment_or_none(mark.at) if mark is not None and whole else one.as_of)
        found.append(one)
    return tuple(found)


def due(session: Connection, source_id: int, limit: int) -> tuple[str, ...]:
    """The addresses that desks wait for, longest first; those that failed last time behind all others."""
    query = (
        select(order_wishes.c.address)
        .where(order_wishes.c.source_id == source_id, order_wishes.c.wanted_at.is_not(None),
               or_(order_wishes.c.checked_at.is_(None), order_wishes.c.checked_at < order_wishes.c.wanted_at))
        .order_by(order_wishes.c.trouble != "", order_wishes.c.wanted_at, order_wishes.c.address).limit(limit)
    )  # fmt: skip
    return tuple(session.scalars(query))


def stale(session: Connection, source_id: int, before: int, limit: int) -> tuple[str, ...]:
    """The addresses of customers with open cases that were last looked up before then, or never."""
    asked = order_wishes.alias("asked")
    query = (
        select(addresses.c.address, func.min(asked.c.checked_at), func.min(asked.c.trouble))
        .join(cases, cases.c.customer_id == addresses.c.customer_id)
        .outerjoin(asked, (asked.c.address == addresses.c.address) & (asked.c.source_id == source_id))
        .where(cases.c.shelf == 0, or_(asked.c.checked_at.is_(None), asked.c.checked_at < before))
        .group_by(addresses.c.address)
        .order_by(func.coalesce(func.min(asked.c.trouble), "") != "", func.coalesce(func.min(asked.c.checked_at), 0),
                  addresses.c.address)
        .limit(limit)
    )  # fmt: skip
    return tuple(row.address for row in session.execute(query))


def _source(row: Row[Any]) -> SourceRow:
    return SourceRow(
        row.id, clean_line(row.name), row.kind, moment_or_none(row.synced_at), clean_line(row.trouble)
    )


def _rows(session: Connection, which: ColumnElement[bool], limit: int) -> tuple[OrderRow, ...]:
    query = (
        select(orders, order_sources.c.name.label("source"))
        .join(order_sources, order_sources.c.id == orders.c.source_id)
        .where(which).order_by(func.coalesce(orders.c.placed_at, 0).desc(), orders.c.id.desc()).limit(limit)
    )  # fmt: skip
    rows = session.execute(query).all()
    lines = _lines(session, [row.id for row in rows])
    return tuple(_row(row, tuple(lines[row.id])) for row in rows)


def _lines(session: Connection, ids: Iterable[int]) -> dict[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = defaultdict(list)
    wanted = list(ids)
    if wanted:
        query = select(order_lines).where(order_lines.c.order_id.in_(wanted)).order_by(order_lines.c.position)
        for row in session.execute(query):
            found[row.order_id].append(
                OrderLine(
                    clean_line(row.sku), clean_line(row.name), Decimal(row.quantity), _amount(row.amount)
                )
            )
    return found


def _row(row: Row[Any], lines: tuple[OrderLine, ...]) -> OrderRow:
    return OrderRow(
        id=row.id, source=clean_line(row.source), number=clean_line(row.number), address=clean_line(row.address),
        name=clean_line(row.name), status=clean_line(row.status), placed_at=moment_or_none(row.placed_at),
        promised_at=moment_or_none(row.promised_at), delivered_at=moment_or_none(row.delivered_at),
        total=_amount(row.total), currency=clean_line(row.currency), carrier=clean_line(row.carrier),
        tracking=clean_line(row.tracking), tracking_url=clean_line(row.tracking_url),
        fetched_at=moment(row.fetched_at), lines=lines,
    )  # fmt: skip


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None
