"""What is filled into a text about a case: customer, order, agent, mailbox, opening hours; and who else it names.

Invariant: a value comes out clean and on one line, in the reader's language and zone; what is not known is left out,
never made up.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from agentdesk.config import hours
from agentdesk.domain import orders as money
from agentdesk.domain import spoken
from agentdesk.domain.guards import Reader
from agentdesk.domain.macros import first_name
from agentdesk.domain.mail import Address
from agentdesk.domain.orders import OrderRow
from agentdesk.queries import orders
from agentdesk.store.tables import addresses, agents, cases, channels, customers, messages, teams
from agentdesk.store.tables import orders as order_rows
from agentdesk.text import tongue
from agentdesk.text.clean import clean_line

_LOOKED_AT = 5
"""Newest messages in which an order number is looked for."""
_CLIP = 4000
_MOST_NAMES = 60
_NUMBER = re.compile(r"(?<![\w-])#?(\d[\w-]{3,23})(?![\w-])")
_CAPITALS = re.compile(r"[^\W\d_a-zæøåäöü][\w'’-]+(?:[ \u00a0]+[^\W\d_a-zæøåäöü][\w'’-]+){1,3}")


@dataclass(frozen=True, slots=True)
class About:
    """Whom a text is filled in for: a case, or somebody who is written to first."""

    case_id: int | None
    to: Address | None = None
    channel_id: int | None = None


def languages_for(session: Connection, about: About) -> tuple[str, ...]:
    """The languages to look for a text in: what the customer writes, is known to speak, the case's, the mailbox's."""
    found: list[str] = []
    if about.case_id is not None:
        newest = _written(about.case_id).with_only_columns(messages.c.text).limit(_LOOKED_AT)
        heard = tongue.guess("\n".join(text[:_CLIP] for text in session.scalars(newest)))
        row = session.execute(
            select(customers.c.language.label("own"), cases.c.language, channels.c.language.label("of_channel"))
            .select_from(cases).outerjoin(customers, customers.c.id == cases.c.customer_id)
            .outerjoin(channels, channels.c.id == cases.c.channel_id).where(cases.c.id == about.case_id)
        ).one_or_none()  # fmt: skip
        found = [heard, row.own, row.language, row.of_channel] if row is not None else []
    else:
        customer = _customer(session, about)
        channel = _channel(session, about.channel_id)
        found = [customer.language if customer else "", channel.language if channel else ""]
    return tuple(dict.fromkeys(spoken.code(one) for one in found if one))


def values(session: Connection, about: About, me: int | None, now: datetime, language: str) -> dict[str, str]:
    """What may be filled into a text about this case, in a language; what is not known is missing."""
    case = None
    if about.case_id is not None:
        case = session.execute(select(cases).where(cases.c.id == about.case_id)).one_or_none()
    channel = _channel(session, case.channel_id if case is not None else about.channel_id)
    found = _of_customer(session, about) | _of_agent(session, me)
    if case is not None:
        found |= {"case.number": str(case.id), "case.subject": case.subject}
        found["case.team"] = session.scalar(select(teams.c.name).where(teams.c.id == case.team_id)) or ""
    if channel is not None:
        found |= {"channel.name": channel.name, "channel.address": channel.address}
        found |= _hours(channel.hours, now, language)
    order = _order(session, about, case)
    if order is not None:
        found |= _of_order(order, now, language)
    found["date.today"] = spoken.day(now.date(), language)
    return {name: clean_line(value) for name, value in found.items() if value and value.strip()}


def reader(session: Connection, about: About, to: Iterable[Address]) -> Reader:
    """Who is going to read it, and whom and which orders a text may name."""
    people = list(to)
    if about.case_id is not None:
        written = _written(about.case_id).with_only_columns(messages.c.from_name, messages.c.from_address)
        people += [Address(row[0], row[1]) for row in session.execute(written.limit(_MOST_NAMES))]
    row = _customer(session, about)
    name = clean_line(row.name) if row is not None else ""
    return Reader(
        name=name or next((who.name or who.address for who in people), ""),
        known=" ".join(clean_line(f"{who.name} {who.address}") for who in people),
    )


def strangers(session: Connection, text: str, who: Reader) -> tuple[str, ...]:
    """Other customers' whole names that stand in a text."""
    mine = set(re.findall(r"\w+", f"{who.name} {who.known}".casefold()))
    wanted = {
        " ".join(words[at : at + width])
        for match in _CAPITALS.finditer(text)
        for words in [match[0].split()]
        for width in range(2, len(words) + 1)
        for at in range(len(words) - width + 1)
    }
    wanted = {
        name for name in sorted(wanted)[:_MOST_NAMES] if not {*re.findall(r"\w+", name.casefold())} & mine
    }
    if not wanted:
        return ()
    colleagues = set(session.scalars(select(agents.c.name).where(agents.c.name.in_(wanted))))
    found = session.scalars(
        select(customers.c.name).where(customers.c.name.in_(wanted - colleagues)).distinct()
    )
    return tuple(clean_line(name) for name in found)


def foreign_orders(session: Connection, about: About, text: str) -> tuple[str, ...]:
    """Numbers in a text that are orders of somebody else."""
    wanted = list(dict.fromkeys(match[1] for match in _NUMBER.finditer(text)))[:_MOST_NAMES]
    if not wanted:
        return ()
    theirs = {clean_line(number) for number in session.scalars(
        select(order_rows.c.number).where(order_rows.c.number.in_(wanted)).distinct())}  # fmt: skip
    own = {one.number for one in _orders(session, about)}
    return tuple(number for number in wanted if number in theirs and number not in own)


def _orders(session: Connection, about: About) -> tuple[OrderRow, ...]:
    if about.case_id is not None:
        return orders.of_case(session, about.case_id)
    return orders.of_address(session, about.to.address) if about.to is not None else ()


def _order(session: Connection, about: About, case: Row[Any] | None) -> OrderRow | None:
    """The order that the customer named last, else the newest."""
    rows = _orders(session, about)
    if not rows or case is None:
        return rows[0] if rows else None
    newest = _written(case.id).with_only_columns(messages.c.subject, messages.c.text).limit(_LOOKED_AT)
    for row in [*session.execute(newest), (case.subject, "")]:
        said = {match[1].casefold() for match in _NUMBER.finditer(f"{row[0]} {row[1][:_CLIP]}")}
        for one in rows:
            if one.number.lstrip("#").casefold() in said:
                return one
    return rows[0]


def _of_order(order: OrderRow, now: datetime, language: str) -> dict[str, str]:
    def day(at: datetime | None) -> str:
        return spoken.day(at.astimezone(now.tzinfo).date(), language) if at is not None else ""

    late = money.days_late(order, now, now.tzinfo) if now.tzinfo is not None else 0
    return {
        "order.number": order.number, "order.status": order.status, "order.placed": day(order.placed_at),
        "order.promised": day(order.promised_at), "order.delivered": day(order.delivered_at),
        "order.days_late": str(late) if late else "", "order.carrier": order.carrier, "order.tracking": order.tracking,
        "order.tracking_url": order.tracking_url,
        "order.total": money.money(order.total, order.currency, language=language),
        "order.items": ", ".join(
            one.name if one.quantity == 1 else f"{one.quantity.normalize():f} × {one.name}" for one in order.lines[:10]
        ),
    }  # fmt: skip


def _hours(text: str, now: datetime, language: str) -> dict[str, str]:
    try:
        week = hours.read(text)
    except ValueError:
        return {}
    if not any(week):
        return {}
    return {
        "hours.today": spoken.hours_of(week, now.weekday(), language),
        "hours.week": spoken.hours_all(week, language),
    }


def _of_customer(session: Connection, about: About) -> dict[str, str]:
    row, to = _customer(session, about), about.to
    address = to.address if to is not None else ""
    if about.case_id is not None:
        newest = _written(about.case_id).with_only_columns(messages.c.from_address).limit(1)
        address = session.scalar(newest) or ""
        if not address and row is not None:
            own = select(func.min(addresses.c.address)).where(addresses.c.customer_id == row.id)
            address = session.scalar(own) or ""
    name = clean_line(row.name) if row is not None else ""
    name = name or (clean_line(to.name) if to is not None else "")
    name = "" if "@" in name else name
    return {"customer.name": name, "customer.first_name": first_name(name), "customer.address": address}


def _of_agent(session: Connection, me: int | None) -> dict[str, str]:
    row = session.execute(select(agents).where(agents.c.id == me)).one_or_none()
    if row is None:
        return {}
    return {"agent.name": row.name, "agent.first_name": first_name(row.name), "agent.email": row.email}


def _written(case_id: int) -> Any:
    """What the customer wrote in the case, newest first; nobody of a side conversation."""
    mine = (messages.c.case_id == case_id, messages.c.person, messages.c.side_id.is_(None))
    return select(messages).where(*mine).order_by(messages.c.id.desc())


def _customer(session: Connection, about: About) -> Row[Any] | None:
    if about.case_id is not None:
        query = select(customers).join(cases, cases.c.customer_id == customers.c.id)
        return session.execute(query.where(cases.c.id == about.case_id)).one_or_none()
    if about.to is None:
        return None
    query = select(customers).join(addresses, addresses.c.customer_id == customers.c.id)
    return session.execute(query.where(addresses.c.address == about.to.key)).one_or_none()


def _channel(session: Connection, channel_id: int | None) -> Row[Any] | None:
    query = select(channels).where(channels.c.active).order_by(channels.c.id).limit(1)
    if channel_id is not None:
        query = select(channels).where(channels.c.id == channel_id)
    return session.execute(query).one_or_none()
