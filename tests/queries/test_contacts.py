"""Whom one may write to, by the letters typed: bounded, folded, colleagues first."""

import pytest
from services.world import World
from sqlalchemy import insert

from agentdesk.domain.mail import Address
from agentdesk.queries import contacts
from agentdesk.services import replies
from agentdesk.services.drafts import Typed
from agentdesk.store.tables import addresses, customers


def offered(world: World, typed: str, limit: int = 9) -> list[tuple[str, str]]:
    with world.store.session() as session:
        return [(one.who.address, one.kind) for one in contacts.suggest(session, typed, limit)]


@pytest.fixture
def people(world: World) -> World:
    """Customers, a colleague with an address, and a supplier who was written to."""
    for name, address in (("Mette Sørensen", "mette@example.dk"), ("Jürgen Weiß", "juergen@example.de")):
        world.comes(sender=f"{name} <{address}>")
    with world.unit() as unit:
        unit.session.exec_driver_sql(
            "update agents set email = 'bo@shop.example', name = 'Bo Berg' where login = 'bo'"
        )
    lars, maja = Address("Lars Lager", "lars@supplier.example"), Address("", "maja@gls.example")
    with world.unit("anna") as unit:
        replies.begin(unit, Typed("new", None, to=(lars,), cc=(maja,), subject="Hej", body="Hej", alone=True))
    return world


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mette", ("mette@example.dk", "customer")), ("Mett", ("mette@example.dk", "customer")),
        ("juer", ("juergen@example.de", "customer")), ("Jür", ("juergen@example.de", "customer")),
        ("berg", ("bo@shop.example", "colleague")), ("lar", ("lars@supplier.example", "written to")),
        ("maj", ("maja@gls.example", "written to")),
    ],
)  # fmt: skip
def test_who_begins_so_is_offered(people: World, typed: str, found: tuple[str, str]) -> None:
    assert offered(people, typed)[0] == found


@pytest.mark.parametrize("typed", ["", "m", "zzz", "%", "_e", "\\", "'", "<", "x" * 500])
def test_what_nobody_is_called_offers_nobody(people: World, typed: str) -> None:
    assert offered(people, typed) == []


def test_each_is_offered_once_and_no_more_than_asked(people: World) -> None:
    people.comes(sender="Lars Lager <lars@supplier.example>")
    assert offered(people, "lars") == [("lars@supplier.example", "written to")]
    assert len(offered(people, "ex", 1)) <= 1


def test_many_customers_cost_a_bounded_read(world: World) -> None:
    with world.unit() as unit:
        unit.session.execute(
            insert(customers), [{"name": f"Kunde {n}", "created_at": 1} for n in range(2000)]
        )
        first = world.agents["anna"].id or 1
        unit.session.execute(
            insert(addresses),
            [{"address": f"kunde{n:05}@example.com", "customer_id": first + n} for n in range(1500)],
        )
    assert len(offered(world, "kunde", 5)) == 5
    assert offered(world, "kunde01499") == [("kunde01499@example.com", "customer")]
