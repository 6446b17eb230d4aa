"""Who is told what of a case: the customer only what they wrote or were sent."""

from datetime import UTC

from services.world import World

from agentdesk.domain.mail import Address
from agentdesk.queries import story

SUPPLIER = Address("GLS", "drift@gls.example")


def told(world: World, case_id: int, *, for_customer: bool) -> tuple[list[str], int, str]:
    """(the kinds of what is told, how many are not, the text)."""
    with world.store.session() as session:
        _name, content, found = story.told(session, case_id, "text", UTC, for_customer=for_customer)
    return [row.kind for row in found.messages], found.left_out, content.decode()


def test_a_side_conversation_is_told_to_us_alone_and_named(world: World) -> None:
    case_id = world.comes("Where is my parcel?")
    world.replies(case_id, "It is on its way.")
    world.later(minutes=1)
    world.delivers()
    # what a side conversation is made of; services.sides proves how it comes about
    with world.unit() as unit:
        unit.session.exec_driver_sql("insert into sides (case_id, subject, created_at) values (1, 'GLS', 1)")
        unit.session.exec_driver_sql(
            'insert into messages (case_id, kind, at, from_address, "to", text, person, side_id)'
            " values (1, 'inbound', 2000000000000000, 'karen@example.com', '[]', 'Indkøbspris 12 kr', false, 1)"
        )
    kinds, left_out, text = told(world, case_id, for_customer=False)
    assert (kinds, left_out) == (["inbound", "outbound", "inbound"], 0)
    assert "Indkøbspris" in text
    assert "side conversation" in text
    kinds, left_out, text = told(world, case_id, for_customer=True)
    assert (kinds, left_out) == (["inbound", "outbound"], 1)
    assert "Indkøbspris" not in text


def test_a_third_party_who_wrote_without_the_customer_is_left_out(world: World) -> None:
    case_id = world.comes("Where is my parcel?")
    reference = world.value("select message_id from messages")
    for cc, body in (("", "Between us: she is difficult"), ("karen@example.com", "Dear Karen, too")):
        headers = {"Cc": cc} if cc else {}
        same = world.comes(body, sender="Chef <chef@example.org>", answers=reference, headers=headers)
        assert same == case_id
    _kinds, left_out, text = told(world, case_id, for_customer=True)
    assert left_out == 1
    assert "Dear Karen, too" in text
    assert "Between us" not in text


def test_a_reply_that_never_left_is_not_told_to_the_customer(world: World) -> None:
    case_id = world.comes("Where is my parcel?")
    world.replies(case_id, "Still held")
    assert "Still held" not in told(world, case_id, for_customer=True)[2]
    assert "held back" in told(world, case_id, for_customer=False)[2]
    world.later(minutes=1)
    world.delivers()
    assert "Still held" in told(world, case_id, for_customer=True)[2]
