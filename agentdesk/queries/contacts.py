"""Whom one may write to, as an address or a name is typed: customers, colleagues, and who was written to lately.

Invariant: every read is bounded, however many customers there are and whatever is typed.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from agentdesk.domain.joining import Contact
from agentdesk.domain.mail import Address
from agentdesk.store import codec
from agentdesk.store.tables import addresses, agents, customers, messages
from agentdesk.text.clean import clean_line
from agentdesk.text.fold import fold

LEAST = 2
"""Letters before anybody is suggested."""
_NEAR = 60
"""Addresses read from where the typed letters sort."""
_LATELY = 200
"""Our newest mails whose recipients are known."""
_NAMES = 20


def suggest(session: Connection, typed: str, limit: int = 4) -> tuple[Contact, ...]:
    """People whose address or name begins so, colleagues first, then who was written to lately, then customers."""
    wanted = fold(clean_line(typed))
    if len(wanted) < LEAST:
        return ()
    found: dict[str, Contact] = {}
    for sources in (_colleagues(session), _lately(session), _customers(session, clean_line(typed), wanted)):
        for contact in sources:
            if _fits(contact.who, wanted):
                found.setdefault(contact.who.key, contact)
            if len(found) >= limit:
                return tuple(found.values())
    return tuple(found.values())


def _fits(who: Address, wanted: str) -> bool:
    name = fold(who.name)
    return bool(who.key) and (
        who.key.startswith(wanted)
        or name.startswith(wanted)
        or any(word.startswith(wanted) for word in name.split())
    )


def _colleagues(session: Connection) -> Iterator[Contact]:
    query = select(agents.c.name, agents.c.email).where(agents.c.active, agents.c.email != "")
    for row in session.execute(query.order_by(agents.c.name)):
        yield Contact(Address(clean_line(row.name), clean_line(row.email)), "colleague")


def _lately(session: Connection) -> Iterator[Contact]:
    newest = select(messages.c.id).order_by(messages.c.id.desc()).limit(_LATELY * 4)
    query = select(messages.c.to, messages.c.cc).where(
        messages.c.kind == "outbound", messages.c.id.in_(newest)
    )
    for row in session.execute(query.order_by(messages.c.id.desc()).limit(_LATELY)):
        for text in (row.to, row.cc):
            for who in codec.read_people(text):
                yield Contact(who, "written to")


def _customers(session: Connection, typed: str, wanted: str) -> Iterator[Contact]:
    """By address from the place in the index where it sorts, by name as it is written."""
    both = select(addresses.c.address, customers.c.name).join(
        customers, customers.c.id == addresses.c.customer_id
    )
    near = both.where(addresses.c.address >= wanted).order_by(addresses.c.address).limit(_NEAR)
    upper = typed[:1].upper() + typed[1:]
    named = (
        select(customers.c.id).where(customers.c.name.like(f"{_escape(upper)}%", escape="\\")).limit(_NAMES)
    )
    ids = session.scalars(named).all()
    rows = [*session.execute(near), *session.execute(both.where(addresses.c.customer_id.in_(ids)))]
    for row in rows:
        yield Contact(Address(clean_line(row.name), clean_line(row.address)), "customer")


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
