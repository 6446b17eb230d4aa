"""Orders in the store: one by source and number, nothing written for what is known, whose they are by address."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from services.world import World

from agentdesk.domain.orders import Order, OrderLine
from agentdesk.domain.problems import Refused
from agentdesk.queries import orders as look
from agentdesk.services import orders

KAREN = "karen@example.com"
LAMP = Order(
    "10231", KAREN, "Karen", "shipped", datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 2, 27, 12, tzinfo=UTC), None,
    Decimal("1499.50"), "DKK", "GLS", "T8841", "https://gls.example/T8841",
    (OrderLine("L1", "Lampe Fjord", Decimal(1), Decimal("1400.00")), OrderLine("P2", "Pære", Decimal(2), None)),
)  # fmt: skip


def taken(world: World, *told: Order, source: str = "shop", kind: str = "sql") -> orders.Taken:
    with world.unit() as unit:
        return orders.take_in(unit, orders.source(unit, source, kind), told)


def facts(world: World, kind: str) -> list[tuple[str, str | None]]:
    rows = world.rows("select field, after from changes where kind = :k order by id", k=kind)
    return [(row.field, row.after) for row in rows]


def test_an_order_comes_back_as_it_was_told(world: World) -> None:
    case = world.comes(sender=f"Karen <{KAREN}>")
    taken(world, LAMP)
    with world.store.session() as session:
        (row,) = look.of_case(session, case)
    assert (row.number, row.total, row.currency, row.lines) == ("10231", LAMP.total, "DKK", LAMP.lines)
    assert (row.placed_at, row.promised_at, row.delivered_at) == (LAMP.placed_at, LAMP.promised_at, None)
    assert (row.source, row.tracking, row.fetched_at) == ("shop", "T8841", world.now)


def test_what_is_known_writes_nothing_and_what_changed_is_told_once(world: World) -> None:
    world.comes(sender=f"Karen <{KAREN}>")
    customer = str(world.value("select customer_id from addresses where address = :a", a=KAREN))
    other = replace(LAMP, number="2", address="nobody@example.com")
    assert taken(world, LAMP, other) == orders.Taken(2, new=2)
    assert facts(world, "customer") == [("orders", customer)]
    before = world.rows("select * from orders order by id"), world.rows("select * from order_lines")
    world.later(hours=1)
    assert taken(world, LAMP, other) == orders.Taken(2, same=2)
    assert (world.rows("select * from orders order by id"), world.rows("select * from order_lines")) == before
    assert facts(world, "customer") == [("orders", customer)]
    sent = replace(LAMP, status="delivered", lines=LAMP.lines[:1])
    assert taken(world, sent, other) == orders.Taken(2, changed=1, same=1)
    assert facts(world, "customer") == [("orders", customer)] * 2
    with world.store.session() as session:
        (row,) = look.of_address(session, KAREN)
    assert (row.status, row.lines) == ("delivered", LAMP.lines[:1])


def test_an_order_that_goes_to_another_address_is_told_to_both(world: World) -> None:
    world.comes(sender=f"Karen <{KAREN}>")
    world.comes(sender="Ib <ib@example.com>")
    taken(world, LAMP)
    taken(world, replace(LAMP, address="ib@example.com"))
    assert {after for _field, after in facts(world, "customer")} == {"1", "2"}


def test_one_number_in_two_shops_is_two_orders_and_twice_in_one_batch_is_one(world: World) -> None:
    taken(world, LAMP, replace(LAMP, status="delivered"))
    taken(world, LAMP, source="other")
    with world.store.session() as session:
        found = look.numbered(session, "#10231")
    assert sorted((row.source, row.status) for row in found) == [("other", "shipped"), ("shop", "delivered")]


def test_orders_stand_newest_first_and_bounded(world: World) -> None:
    taken(
        world,
        *(replace(LAMP, number=str(n), placed_at=datetime(2026, 1, n, tzinfo=UTC)) for n in range(1, 10)),
    )
    with world.store.session() as session:
        assert [row.number for row in look.of_address(session, KAREN.upper(), 3)] == ["9", "8", "7"]


def test_a_name_is_one_source_of_one_kind(world: World) -> None:
    taken(world, LAMP)
    with pytest.raises(Refused, match="shop"), world.unit() as unit:
        orders.source(unit, "shop", "csv")


def test_a_wish_is_asked_once_in_a_while_and_answered(world: World) -> None:
    world.comes(sender=f"Karen <{KAREN}>")
    with world.unit() as unit:
        assert orders.wish(unit, 1) == 0  # there is no shop to ask
        shop = orders.source(unit, "shop", "sql")
        orders.source(unit, "csv", "csv")
        assert orders.wish(unit, 1) == 1
        assert orders.wish(unit, 1) == 0
    with world.store.session() as session:
        assert look.due(session, shop, 10) == (KAREN,)
        assert [one.as_of for one in look.sources_of(session, 1)] == [None, None]
    world.later(seconds=5)
    with world.unit() as unit:
        orders.looked_up(unit, shop, KAREN, [LAMP])
    with world.store.session() as session:
        assert look.due(session, shop, 10) == ()
        assert look.sources_of(session, 1)[1].as_of == world.now
    world.later(minutes=4)
    with world.unit() as unit:
        assert orders.wish(unit, 1) == 1
    before = len(facts(world, "customer"))
    with world.unit() as unit:
        orders.looked_up(unit, shop, KAREN, [LAMP])
    assert len(facts(world, "customer")) == before + 1, "whoever waits is told that nothing has changed"


def test_who_has_an_open_case_is_looked_up_and_trouble_goes_last(world: World) -> None:
    for name in ("a", "b", "c"):
        world.comes(sender=f"{name} <{name}@example.com>")
    with world.unit() as unit:
        shop = orders.source(unit, "shop", "sql")
        orders.troubled(unit, shop, "The shop shop does not answer.", "a@example.com")
        orders.looked_up(unit, shop, "b@example.com", [])
    with world.store.session() as session:
        assert look.stale(session, shop, world.at - 60_000_000, 9) == ("c@example.com", "a@example.com")
        assert len(look.stale(session, shop, world.at + 1, 9)) == 3
    assert facts(world, "source") == [("trouble", str(shop)), ("trouble", str(shop))]
    with world.unit() as unit:
        orders.troubled(unit, shop, "again", "a@example.com")
        orders.troubled(unit, shop, "again", "a@example.com")
    assert len(facts(world, "source")) == 3
