"""Who a customer is: found by address, made when nobody is known by it.

Invariant: one address is one customer, however many meet it at once.
"""

from sqlalchemy import delete, insert, select

from agentdesk.domain.mail import Address
from agentdesk.store.once import insert_once
from agentdesk.store.tables import addresses, customers
from agentdesk.store.unit import UnitOfWork


def of_address(unit: UnitOfWork, who: Address, language: str, since: int | None = None) -> tuple[int, bool]:
    """The customer with this address, and whether they were made just now. `since` is when they first wrote."""
    known = select(addresses.c.customer_id).where(addresses.c.address == who.key)
    found = unit.session.scalar(known)
    if found is not None:
        return int(found), False
    key = unit.session.execute(
        insert(customers).values(name=who.name, language=language, created_at=since or unit.at)
    ).inserted_primary_key
    assert key is not None
    made = int(key[0])
    if insert_once(unit.session, addresses, address=who.key, customer_id=made):
        return made, True
    unit.session.execute(delete(customers).where(customers.c.id == made))
    return int(unit.session.execute(known).scalar_one()), False
