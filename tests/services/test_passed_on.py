"""A customer's mail that a colleague passes on is the customer's; a stranger who says the same stays a stranger."""

import pytest
from services.world import SUPPORT, World
from sqlalchemy import text

TEXT = """See below

---------- Forwarded message ---------
From: Karen <karen@example.com>
Date: today

Where is it?"""


def _sent(world: World, sender: str) -> tuple[str, list[str], str]:
    case = world.comes(TEXT, sender=sender, subject="Fwd: Order 17")
    row = world.one(
        "select from_address, marks, customer_id from messages m join cases c on c.id = case_id where c.id = :c",
        c=case,
    )
    who = (
        world.value("select address from addresses where customer_id = :c", c=row.customer_id)
        if row.customer_id
        else ""
    )
    return row.from_address, row.marks, who


@pytest.mark.parametrize("sender", ["Anna <ANNA@shop.example>", f"Us <{SUPPORT}>"])
def test_what_our_own_people_pass_on_is_the_customers(world: World, sender: str) -> None:
    with world.unit() as unit:
        unit.session.execute(text("update agents set email = 'anna@shop.example' where login = 'anna'"))
    address, marks, customer = _sent(world, sender)
    assert (address, customer) == ("karen@example.com", "karen@example.com")
    assert "passed on by a colleague" in marks


def test_a_stranger_cannot_pose_as_a_customer_by_passing_a_mail_on(world: World) -> None:
    known = world.comes("Hello")
    address, marks, customer = _sent(world, "Eve <eve@evil.example>")
    assert (address, customer) == ("eve@evil.example", "eve@evil.example")
    assert "passed on" not in marks
    assert world.value("select count(*) from messages where case_id = :c", c=known) == 1


def test_what_the_agent_should_know_stands_on_the_message(world: World) -> None:
    world.comes("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----")
    assert "encrypted with PGP" in world.value("select marks from messages")
