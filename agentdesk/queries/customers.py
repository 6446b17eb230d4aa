"""A customer from the store: what the pane shows beside a case, the whole history, and who may be the same person.

Invariant: however long a history is, each read gives a bounded part of it.
"""

import re

from sqlalchemy import Connection, func, select

from agentdesk.config.language import _
from agentdesk.domain.customers import Beside, MergedRow, NoteRow, SameRow, Whole
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import NotFound
from agentdesk.domain.rows import EarlierCase
from agentdesk.queries import orders, suggesting
from agentdesk.queries.cases import customer
from agentdesk.queries.heads import addresses_of
from agentdesk.store.tables import addresses, agents, cases, customer_notes, customers, merges
from agentdesk.text.clean import clean, clean_line

PANE_ORDERS = 8
PANE_NOTES = 5
MOST_CASES = 500
MOST_NOTES = 100
_SAME = 5
_LOCAL = re.compile(r"[^@]{3,64}")


def beside(session: Connection, customer_id: int | None, case_id: int, me: int) -> Beside:
    """What the pane shows of a case's customer besides who they are."""
    suggested = suggesting.suggestions(session, me, case_id)
    if customer_id is None:
        return Beside(suggestions=suggested)
    return Beside(
        orders=orders.of_customer(session, customer_id, PANE_ORDERS), order_count=orders.count(session, customer_id),
        sources=orders.sources_of(session, customer_id), notes=notes_of(session, customer_id, PANE_NOTES),
        suggestions=suggested,
    )  # fmt: skip


def known(session: Connection, customer_id: int) -> None:
    """Raises NotFound unless there is such a customer."""
    if session.scalar(select(customers.c.id).where(customers.c.id == customer_id)) is None:
        raise NotFound(_("There is no customer {number}.").format(number=customer_id))


def named(session: Connection, word: str) -> SameRow:
    """The customer with this number or address. Raises NotFound."""
    typed = word.strip().lstrip("#").lower()
    found = None
    if typed.isascii() and typed.isdigit() and len(typed) < 16:
        found = session.scalar(select(customers.c.id).where(customers.c.id == int(typed)))
    elif typed:
        found = session.scalar(select(addresses.c.customer_id).where(addresses.c.address == typed))
    if found is None:
        raise NotFound(_("There is no customer {word}.").format(word=clean_line(word)))
    return _same_rows(session, {int(found): ""})[0]


def whole(session: Connection, customer_id: int) -> Whole:
    """Everything of a customer. Raises NotFound."""
    row = session.execute(select(customers).where(customers.c.id == customer_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no customer {number}.").format(number=customer_id))
    if row.erased_at is not None:
        raise NotFound(_("Customer {number} was erased.").format(number=customer_id))
    query = (
        select(cases.c.id, cases.c.subject, cases.c.status, cases.c.updated_at)
        .where(cases.c.customer_id == customer_id)
        .order_by(cases.c.updated_at.desc(), cases.c.id.desc()).limit(MOST_CASES)
    )  # fmt: skip
    return Whole(
        customer=customer(session, customer_id, 0), merged_into=row.merged_into,
        cases=tuple(
            EarlierCase(one.id, clean_line(one.subject), Status(one.status), moment(one.updated_at))
            for one in session.execute(query)
        ),
        orders=orders.of_customer(session, customer_id, 2 * orders.MOST),
        order_count=orders.count(session, customer_id), sources=orders.sources_of(session, customer_id),
        notes=notes_of(session, customer_id, MOST_NOTES), merged=merged_of(session, customer_id),
        same=() if row.merged_into is not None else same(session, customer_id),
    )  # fmt: skip


def notes_of(session: Connection, customer_id: int, limit: int = MOST_NOTES) -> tuple[NoteRow, ...]:
    """The notes of a customer, newest first."""
    query = (
        select(customer_notes, agents.c.name, agents.c.login)
        .outerjoin(agents, agents.c.id == customer_notes.c.agent_id)
        .where(customer_notes.c.customer_id == customer_id, customer_notes.c.removed_at.is_(None))
        .order_by(customer_notes.c.id.desc()).limit(limit)
    )  # fmt: skip
    return tuple(
        NoteRow(row.id, clean_line(row.name or row.login or ""), moment(row.at), clean(row.text))
        for row in session.execute(query)
    )


def merged_of(session: Connection, customer_id: int) -> tuple[MergedRow, ...]:
    """Who was merged into this customer, newest first."""
    query = (
        select(merges.c.source_id, merges.c.at, customers.c.name)
        .join(customers, customers.c.id == merges.c.source_id)
        .where(merges.c.kind == "customer", merges.c.target_id == customer_id, merges.c.undone_at.is_(None))
        .order_by(merges.c.id.desc()).limit(MOST_NOTES)
    )  # fmt: skip
    return tuple(
        MergedRow(row.source_id, clean_line(row.name), moment(row.at)) for row in session.execute(query)
    )


def same(session: Connection, customer_id: int) -> tuple[SameRow, ...]:
    """Customers who may be the same person: by their name, or by what stands before the @ of their address."""
    found: dict[int, str] = {}
    name = session.scalar(select(customers.c.name).where(customers.c.id == customer_id)) or ""
    if len(name.split()) > 1:
        query = (
            select(customers.c.id)
            .where(func.lower(customers.c.name) == name.lower(), customers.c.merged_into.is_(None),
                   customers.c.id != customer_id)
            .order_by(customers.c.id).limit(_SAME)
        )  # fmt: skip
        found |= dict.fromkeys(session.scalars(query), _("the same name"))
    for address in addresses_of(session, [customer_id]).get(customer_id, ()):
        local = address.rpartition("@")[0]
        if not _LOCAL.fullmatch(local) or local in _EVERYBODY:
            continue
        alike = (
            select(addresses.c.customer_id)
            .where(addresses.c.address >= f"{local}@", addresses.c.address < f"{local}A",
                   addresses.c.customer_id != customer_id)
            .order_by(addresses.c.address).limit(_SAME)
        )  # fmt: skip
        for one in session.scalars(alike):
            found.setdefault(one, _("nearly the same address"))
    return _same_rows(session, dict(list(found.items())[:_SAME]))


def _same_rows(session: Connection, found: dict[int, str]) -> tuple[SameRow, ...]:
    if not found:
        return ()
    known = addresses_of(session, found)
    names = session.execute(select(customers.c.id, customers.c.name).where(customers.c.id.in_(list(found))))
    named = {row.id: clean_line(row.name) for row in names}
    return tuple(SameRow(one, named.get(one, ""), known.get(one, ()), why) for one, why in found.items())


_EVERYBODY = frozenset(
    {"info", "mail", "post", "kontakt", "contact", "support", "hello", "office", "kontor", "admin"}
)
"""Before the @ of so many addresses that it says nothing of a person."""
