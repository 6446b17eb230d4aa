"""The heads of many cases at once: four statements however many cases a list shows.

Invariant: a head is the same row whether one case is read or a thousand.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from agentdesk.domain.instants import moment, moment_or_none
from agentdesk.domain.lifecycle import Ends, Status
from agentdesk.domain.rows import CaseRow
from agentdesk.store.queue_sql import PRIORITIES
from agentdesk.store.tables import (
    addresses,
    agents,
    case_tags,
    cases,
    channels,
    customers,
    links,
    tags,
    teams,
)  # fmt: skip
from agentdesk.text.clean import clean_line


def heads(session: Connection, ids: Sequence[int]) -> tuple[CaseRow, ...]:
    """The heads of these cases, in the order of the ids; those that are gone are missing."""
    if not ids:
        return ()
    query = (
        select(cases, channels.c.name.label("channel"), channels.c.kind, channels.c.address.label("from_address"),
               customers.c.name.label("customer"), agents.c.name.label("owner_name"), agents.c.login,
               teams.c.name.label("team"))
        .outerjoin(channels, channels.c.id == cases.c.channel_id)
        .outerjoin(customers, customers.c.id == cases.c.customer_id)
        .outerjoin(agents, agents.c.id == cases.c.owner_id)
        .outerjoin(teams, teams.c.id == cases.c.team_id)
        .where(cases.c.id.in_(list(ids)))
    )  # fmt: skip
    rows = {row.id: row for row in session.execute(query)}
    named = _many(session, select(case_tags.c.case_id, tags.c.name).join(tags, tags.c.id == case_tags.c.tag_id)
                  .where(case_tags.c.case_id.in_(list(rows))))  # fmt: skip
    related = _many(session, select(links.c.case_id, links.c.other_id).where(links.c.case_id.in_(list(rows))))
    known = addresses_of(session, {row.customer_id for row in rows.values() if row.customer_id is not None})
    return tuple(
        _head(rows[one], named[one], related[one], known.get(rows[one].customer_id, ()))
        for one in ids
        if one in rows
    )


def addresses_of(session: Connection, customer_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The addresses of these customers."""
    query = (
        select(addresses.c.customer_id, addresses.c.address)
        .where(addresses.c.customer_id.in_(list(customer_ids))).order_by(addresses.c.address)
    )  # fmt: skip
    return {
        customer: tuple(clean_line(one) for one in known) for customer, known in _many(session, query).items()
    }


def logins(session: Connection) -> dict[int, str]:
    """The login of every agent there ever was."""
    query = select(agents.c.id, agents.c.login)
    return {row.id: clean_line(row.login) for row in session.execute(query)}


def _many(session: Connection, query: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in session.execute(query):
        found[key].append(value)
    return found


def _head(row: Row[Any], named: list[str], related: list[int], known: tuple[str, ...]) -> CaseRow:
    return CaseRow(
        id=row.id, version=row.version, subject=clean_line(row.subject), status=Status(row.status),
        snooze_until=moment_or_none(row.snooze_until), priority=PRIORITIES[row.priority], channel_id=row.channel_id,
        channel_kind=row.kind or "email", channel=clean_line(row.channel or ""),
        channel_address=clean_line(row.from_address or ""), customer_id=row.customer_id,
        customer=clean_line(row.customer or "") or next(iter(known), ""), addresses=known, owner_id=row.owner_id,
        owner=clean_line(row.owner_name or row.login or ""), team_id=row.team_id, team=clean_line(row.team or ""),
        tags=tuple(sorted(clean_line(name) for name in named)), due_at=moment_or_none(row.due_at),
        waiting_since=moment_or_none(row.waiting_since), created_at=moment(row.created_at),
        updated_at=moment(row.updated_at), message_count=row.message_count, merged_into=row.merged_into,
        related=tuple(sorted(related)), language=row.language, snooze_ends=Ends(row.snooze_ends),
    )  # fmt: skip
