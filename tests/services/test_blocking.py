"""Blocked senders: their mail is kept as spam, and every block is taken back, on both databases."""

import pytest
from services.world import SUPPORT, World

from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.queries import blocking as reads
from agentdesk.services import blocking, triage, undo

PEST = "pest@spam.example"


def blocks(world: World, address: str = PEST) -> int:
    with world.unit("anna") as unit:
        return blocking.block(unit, address)


def listed(world: World) -> list[str]:
    with world.store.session() as session:
        return [row.address for row in reads.blocked(session)]


def undoes(world: World, stroke: int) -> int:
    with world.unit("anna") as unit:
        return undo.undo(unit, stroke)[0]


@pytest.mark.parametrize("barred", [PEST, "Pest@Spam.Example", "@spam.example"])
def test_the_mail_of_a_blocked_sender_is_kept_as_spam_that_waits_for_nobody(
    world: World, barred: str
) -> None:
    blocks(world, barred)
    case_id = world.comes("Buy this", sender=f"Pest <{PEST}>")
    case = world.case(case_id)
    assert (case.status, case.waiting_since, case.due_at) == ("spam", None, None)
    assert world.value("select text from messages").strip() == "Buy this"
    assert world.comes("Where is it?", sender="x@other.example") != case_id


def test_a_blocked_senders_answer_wakes_no_case_and_stops_no_reply(world: World) -> None:
    case_id = world.comes(sender=PEST, message_id="<first@spam.example>")
    world.replies(case_id, hold=60)
    with world.unit("anna") as unit:
        triage.set_status(unit, case_id, Status.RESOLVED)
    blocks(world)
    spam = world.comes("More", sender=PEST, answers="first@spam.example", message_id="<second@spam.example>")
    assert spam != case_id
    assert world.comes("Still more", sender=PEST, answers="second@spam.example") == spam
    assert world.case(case_id).status == "resolved"
    assert world.value("select state from outbox") == "held"
    assert world.value("select count(*) from messages where kind = 'inbound'") == 3


def test_a_case_and_its_sender_are_blocked_in_one_stroke_and_given_back_in_one(world: World) -> None:
    case_id = world.comes(sender=PEST)
    before = world.snapshot()
    with world.unit("anna") as unit:
        stroke = blocking.block_case(unit, case_id)
    assert (world.case(case_id).status, listed(world)) == ("spam", [PEST])
    back = undoes(world, stroke)
    assert (world.snapshot(), listed(world)) == (before, [])
    undoes(world, back)
    assert (world.case(case_id).status, listed(world)) == ("spam", [PEST])
    with world.unit("anna") as unit:
        lifted = blocking.unblock_case(unit, case_id)
    assert (world.case(case_id).status, listed(world)) == ("open", [])
    assert world.case(case_id).waiting_since is not None
    undoes(world, lifted)
    assert (world.case(case_id).status, listed(world)) == ("spam", [PEST])
    assert PEST not in str(world.rows("select before, after from changes"))


def test_a_lifted_block_lets_the_next_mail_in(world: World) -> None:
    stroke = blocks(world)
    with world.unit("anna") as unit:
        blocking.unblock(unit, PEST)
    assert world.case(world.comes(sender=PEST)).status == "new"
    with pytest.raises(Refused):
        undoes(world, stroke)
    with pytest.raises(NotFound), world.unit("anna") as unit:
        blocking.unblock(unit, PEST)
    blocks(world)
    with pytest.raises(Refused, match="already"):
        blocks(world)


@pytest.mark.parametrize(
    "wrong", ["", "pest", "@", "a b@c.example", "@nodot", "a@b@c.example", "x" * 400 + "@c.example"]
)
def test_what_is_no_address_cannot_be_blocked(world: World, wrong: str) -> None:
    with pytest.raises(Problem):
        blocks(world, wrong)
    assert listed(world) == []


@pytest.mark.parametrize(
    "careful", [SUPPORT, "@shop.example", "@gmail.com", "@OUTLOOK.com", "anna@house.example"]
)
def test_the_house_and_everybodys_provider_cannot_be_blocked(world: World, careful: str) -> None:
    with world.unit() as unit:
        unit.session.exec_driver_sql("update agents set email = 'anna@house.example' where login = 'anna'")
    with pytest.raises(Refused):
        blocks(world, careful)


def test_a_mail_server_is_nobodys_customer(world: World) -> None:
    for sender in ("MAILER-DAEMON@mx.example", "postmaster@mx.example"):
        case_id = world.comes(
            "Could not deliver", sender=sender, subject="Undelivered Mail Returned to Sender"
        )
        assert world.case(case_id).customer_id is None
    assert world.rows("select * from customers") == []
