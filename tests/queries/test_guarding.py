"""What speaks against sending, read from a store: whose case it is, what they write, whose orders are named."""

from typing import Any

import pytest
from services.world import World
from sqlalchemy import insert

from agentdesk.domain.mail import Address
from agentdesk.queries import guarding
from agentdesk.services import replies
from agentdesk.store.tables import order_sources, orders

KAREN = Address("Karen Holm", "karen@example.com")
OLA = Address("Ola", "ola@example.com")
DANISH = (
    "Hej,\n\nJeg har ikke fået min pakke endnu, og jeg vil gerne vide hvornår den kommer.\n\nHilsen Karen"
)
ENGLISH = (
    "Hi Karen, thank you for your message. We have sent the parcel today and it will be there on Monday."
)


@pytest.fixture
def case(world: World) -> int:
    return world.comes(
        DANISH, sender="Karen Holm <karen@example.com>", headers={"Cc": "Chef Lund <chef@example.com>"}
    )


def warned(
    world: World, case_id: int | None, body: str, kind: str = "reply", **facts: Any
) -> tuple[str, ...]:
    facts = {"to": (KAREN,), "subject": ""} | facts
    with world.store.session() as session:
        return guarding.warnings(session, kind, case_id, facts.pop("to"), body=body, **facts)


def order(world: World, number: str, address: str) -> None:
    with world.unit() as unit:
        source = unit.session.scalar(order_sources.select().with_only_columns(order_sources.c.id))
        if source is None:
            key = unit.session.execute(
                insert(order_sources).values(name="shop", kind="csv")
            ).inserted_primary_key
            assert key is not None
            source = key[0]
        unit.session.execute(insert(orders).values(source_id=source, number=number, address=address))


def test_a_good_answer_stays_silent(world: World, case: int) -> None:
    assert warned(world, case, "Hej Karen,\n\nVi har sendt pakken i dag, og du får den på mandag.") == ()
    assert warned(world, case, "Hej chef,") == ()
    assert warned(world, case, "Hej Lund, tak for din mail.") == ()


def test_everything_is_told_at_once(world: World, case: int) -> None:
    order(world, "10231", "ola@example.com")
    body = "Hej Ola,\n\nOrdre 10231 er sendt, fakturaen er vedhæftet, se {{ link }}."
    assert warned(world, case, body, to=(OLA,), files=0)[0] == "Karen Holm is not among the recipients."
    found = " ".join(warned(world, case, body))
    for word in ("greeting says Ola", "Order 10231 belongs", "no file is attached", "{{ link }}"):
        assert word in found


def test_what_is_quoted_or_passed_on_is_nobodys_promise(world: World, case: int) -> None:
    quoted = "Hej Karen,\n\nTak.\n\nDen 1. marts 2026 skrev Ola:\n> Jeg har vedhæftet {{alt}}."
    passed_on = (
        "Hej Karen,\n\nSe.\n\n---------- Forwarded message ---------\nFrom: Ola\n\nI have attached the file."
    )
    assert warned(world, case, quoted) == warned(world, case, passed_on) == ()


def test_a_note_is_looked_at_for_blanks_alone(world: World, case: int) -> None:
    assert warned(world, case, "Hej Ola, fakturaen er vedhæftet.", "note", to=()) == ()
    assert len(warned(world, case, "Ring til {{ name }}", "note", to=())) == 1


def test_a_mail_aside_may_leave_the_customer_out(world: World, case: int) -> None:
    lager = (Address("Lager", "peter@lager.example"),)
    assert warned(world, case, "Hej Peter, hvor er pakken?", "side", to=lager) == ()
    assert warned(world, case, "Hej Jens, hvor er pakken?", "new", to=lager) == ()


def test_orders_of_others_are_told_from_ones_own(world: World, case: int) -> None:
    order(world, "10231", "ola@example.com")
    order(world, "10232", "karen@example.com")
    order(world, "4711", "ola@example.com")
    order(world, "55555", "chef@example.com")
    assert warned(world, case, "Ordre 10231 er sendt.") == ("Order 10231 belongs to another customer.",)
    assert warned(world, case, "Ordre nr. 4711 er sendt.") == ("Order 4711 belongs to another customer.",)
    for fine in (
        "Ordre 10232 er sendt.",
        "Prisen er 4711 kr.",
        "Ordre 55555",
        "Ordre 99999",
        "10.231 kr",
        "tlf. 10231-22",
    ):
        assert warned(world, case, fine) == (), fine
    world.receive(
        world.letter(
            "Det gælder ordre 10231.", sender="Karen Holm <karen@example.com>", answers="m1@example.com"
        )
    )
    assert warned(world, case, "Ordre 10231 er sendt.") == ()


def test_the_language_is_the_customers_own(world: World, case: int) -> None:
    assert warned(world, case, ENGLISH) == ("This is written in English, but the customer writes Danish.",)
    with world.unit("anna") as unit:
        replies.send(unit, world.typed(case, ENGLISH, to=(KAREN,)))
    assert warned(world, case, ENGLISH) == ()  # this case is answered in English already


def test_a_new_mail_knows_its_customer_by_address(world: World, case: int) -> None:
    assert warned(world, None, "Hej Ola, tak", "new", subject="Ordre") != ()
    assert warned(world, None, "Hej Ola, tak", "new", to=(OLA,)) == ()
    assert warned(world, None, ENGLISH, "new") != ()
    assert warned(world, None, "Hej Karen", "new", subject="Ordre {{ number }}") != ()
