"""What somebody outside may try with a mail they wrote to be read wrongly, and what must not come of it."""

from typing import Any

import pytest
from services.test_bounced import ours, returned
from services.world import SUPPORT, World, incoming
from sqlalchemy import event, text

from agentdesk.domain.courtesy import kin
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address
from agentdesk.domain.takingpart import UNKNOWN
from agentdesk.queries import answering
from agentdesk.queries import outbox as asked
from agentdesk.services import outbox
from agentdesk.store import codec, takingpart

PASSED_ON = """See below

---------- Forwarded message ---------
From: Karen <karen@example.com>
Date: today

Where is it?"""


def test_who_forges_a_colleague_to_pass_a_mail_on_gets_no_answer(world: World) -> None:
    with world.unit() as unit:
        unit.session.execute(text("update agents set email = 'anna@shop.example' where login = 'anna'"))
    headers = {"Reply-To": "eve@evil.example", "Cc": "mallory@evil.example"}
    case_id = world.comes(PASSED_ON, sender="anna@shop.example", subject="Fwd: Order 17", headers=headers)
    with world.store.session() as session:
        to, cc = answering.recipients(session, case_id)
        known = takingpart.read(session, case_id).known
    assert ([one.address for one in to], cc) == (["karen@example.com"], ())
    assert not {"eve@evil.example", "mallory@evil.example"} & known


@pytest.mark.parametrize("words", ["Hello", "-----BEGIN PGP SIGNED MESSAGE-----\n\nHello"])
def test_whom_a_signed_mail_is_addressed_to_takes_part(world: World, words: str) -> None:
    case_id = world.comes(words, headers={"Cc": "lars@example.net"}, message_id="<first@example.com>")
    assert world.comes("Me too", sender="lars@example.net", answers="first@example.com") == case_id
    marks = world.value("select marks from messages where from_address = 'lars@example.net'")
    assert UNKNOWN not in codec.read_words(marks)


def test_a_report_that_is_faster_than_the_word_that_it_was_sent_stands(world: World) -> None:
    case_id = world.comes()
    world.later(minutes=1)
    world.replies(case_id)
    world.later(minutes=1)
    with world.unit() as unit:
        (taken,) = outbox.claim_due(unit, "w")
    with world.unit() as unit:
        outbox.mark_sending(unit, taken.outbox_id, "w")
    world.receive(incoming(returned(ours(world, case_id)), at=world.now))
    with world.unit() as unit:
        outbox.settle(unit, taken.outbox_id, Delivery.SENT, holder="w")
    row = world.one("select * from outbox")
    assert (row.state, row.last_error) == ("bounced", "karen@example.com: 550 no such user (5.1.1)")
    assert world.case(case_id).status == "open"


def test_an_address_that_only_differs_in_dots_is_one_more_of_its_kin() -> None:
    assert kin("k.a.ren@example.com") == kin("karen+x@example.com") == kin("ka_r-en7@example.com")


def test_nobody_answers_an_address_of_our_own_by_itself(world: World) -> None:
    world.mailbox(acknowledgement="We have your mail.")
    world.receive(cursor="1")
    mail = world.letter(sender=SUPPORT.replace("@", "+token@"))
    world.receive(mail, cursor="2")
    assert world.value("select count(*) from automatic_answers") == 0


def test_a_report_about_one_is_told_while_others_are_put_off(world: World) -> None:
    case_id = world.comes(headers={"Cc": "lars@example.net"})
    world.later(minutes=1)
    world.replies(case_id, cc=(Address("", "lars@example.net"),))
    world.later(minutes=1)
    with world.unit() as unit:
        (taken,) = outbox.claim_due(unit, "w")
    with world.unit() as unit:
        outbox.mark_sending(unit, taken.outbox_id, "w")
    with world.unit() as unit:
        outbox.settle_so_far(unit, taken.outbox_id, "w", {}, {"lars@example.net": "busy"})
    assert world.case(case_id).status == "pending"
    world.receive(incoming(returned(ours(world, case_id)), at=world.now))
    assert world.value("select state from outbox") == "queued", "the others still get it"
    assert world.case(case_id).status == "open"
    assert "550 no such user" in world.value("select text from messages where kind = 'system'")


def test_what_the_worker_asks_every_moment_reads_no_more_than_what_is_on_its_way(world: World) -> None:
    plans: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if statement.lstrip().lower().startswith(("select", "update")) and "outbox" in statement:
            raw = connection.connection.dbapi_connection
            plans.extend(row[-1] for row in raw.execute(f"explain query plan {statement}", values))

    if world.store.dialect == "postgresql":
        pytest.skip("its planner looks at the size, and knows the values")
    event.listen(world.store.engine, "before_cursor_execute", explain)
    with world.unit() as unit:
        outbox.claim_due(unit, "w", 1, world.channel)
        outbox.expire(unit, "w")
        outbox.release(unit, "w")
        asked.due_at(unit.session, world.channel)
        asked.free_at(unit.session, world.channel, world.at)
        asked.unserved(unit.session, [world.channel], world.at)
        asked.next_uncopied(unit.session, world.channel, [])
    event.remove(world.store.engine, "before_cursor_execute", explain)
    of_outbox = [plan for plan in plans if "outbox" in plan]
    assert len(of_outbox) >= 7
    assert [plan for plan in of_outbox if "q_outbox" not in plan] == []
