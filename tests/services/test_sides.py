"""Side conversations: begun, answered, taken back, and forwarded messages, on both databases."""

from email import message_from_bytes
from typing import Any

import pytest
from services.world import SUPPORT, World

from agentdesk.domain import replyaddress
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.queries import answering
from agentdesk.queries import sides as side_reads
from agentdesk.services import drafts, sides, triage, undo
from agentdesk.services.drafts import Typed
from agentdesk.services.keys import reply_key
from agentdesk.services.letters import CaseMoved, Sent

SUPPLIER = Address("Lars Lager", "lars@supplier.example")


def asks(world: World, case_id: int, body: str = "Where is the lamp?", **facts: Any) -> Sent:
    """Anna writes to the supplier."""
    hold = facts.pop("hold", 0)
    who = facts.pop("who", "anna")
    facts = {"to": (SUPPLIER,), "subject": "Lamp 4711", "alone": True} | facts
    with world.unit(who) as unit:
        return sides.send(unit, Typed("side", case_id, body=body, **facts), hold=hold)


def side_of(world: World, sent: Sent) -> int:
    return int(world.value("select side_id from messages where id = :m", m=sent.message_id))


def raw_of(world: World, sent: Sent) -> bytes:
    from agentdesk.store import codec

    return codec.unpack(bytes(world.value("select data from raws where message_id = :m", m=sent.message_id)))


def rfc_id(world: World, message_id: int) -> str:
    return str(world.value("select message_id from messages where id = :m", m=message_id))


def answers(world: World, sent: Sent, body: str = "It leaves on Monday.", **facts: Any) -> int:
    """The supplier answers the mail; the id of the answer."""
    facts = {"sender": "Lars Lager <lars@supplier.example>", "subject": "Re: Lamp 4711"} | facts
    world.comes(body, answers=rfc_id(world, sent.message_id), **facts)
    return int(world.value("select max(id) from messages"))


def test_a_side_mail_stands_on_its_own(world: World) -> None:
    case_id = world.comes("My lamp is broken", subject="Broken lamp")
    sent = asks(world, case_id)
    mail = message_from_bytes(raw_of(world, sent))
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)
    assert mail["Subject"] == "Lamp 4711"
    assert b"broken" not in raw_of(world, sent)
    assert b"karen" not in raw_of(world, sent)
    case = world.case(case_id)
    assert (case.status, case.unread) == ("open", 1)
    assert case.waiting_since is not None
    assert case.last_outbox_id is None


def test_its_answer_comes_into_the_case_and_is_no_customers(world: World) -> None:
    case_id = world.comes("My lamp is broken")
    world.replies(case_id, "We look into it.", hold=0)
    world.delivers()
    sent = asks(world, case_id)
    world.delivers()
    assert world.case(case_id).status == "pending"
    world.later(minutes=1)
    answer = answers(world, sent)
    row = world.one("select case_id, side_id, person from messages where id = :m", m=answer)
    assert (row.case_id, row.side_id, row.person) == (case_id, side_of(world, sent), False)
    case = world.case(case_id)
    assert (case.status, case.waiting_since, case.due_at, case.unread) == ("open", None, None, 1)
    with world.store.session() as session:
        assert [who.address for who in answering.recipients(session, case_id)[0]] == ["karen@example.com"]
        assert answering.side_recipients(session, row.side_id) == ((SUPPLIER,), ())
        (listed,) = side_reads.of_case(session, case_id)
    assert (listed.message_count, listed.answered, listed.people) == (2, True, (SUPPLIER,))


@pytest.mark.parametrize("before", [Status.PENDING, Status.RESOLVED, Status.SNOOZED])
def test_its_answer_wakes_the_case(world: World, before: Status) -> None:
    case_id = world.comes()
    sent = asks(world, case_id)
    with world.unit("anna") as unit:
        if before is Status.SNOOZED:
            triage.snooze(unit, case_id, world.later(hours=1))
        else:
            triage.set_status(unit, case_id, before)
    answers(world, sent)
    assert world.case(case_id).status == "open"


def test_an_automatic_answer_and_a_bounce_of_a_side_belong_to_it_and_wake_nobody(world: World) -> None:
    case_id = world.comes()
    sent = asks(world, case_id)
    world.delivers()
    with world.unit("anna") as unit:
        triage.set_status(unit, case_id, Status.PENDING)
    away = answers(world, sent, "I am away", headers={"Auto-Submitted": "auto-replied"})
    assert world.value("select side_id from messages where id = :m", m=away) == side_of(world, sent)
    assert world.case(case_id).status == "pending"
    with world.store.session() as session:
        assert answering.side_recipients(session, side_of(world, sent))[0] == (SUPPLIER,)


def test_the_signed_address_of_a_side_names_it_without_any_reference(world: World) -> None:
    world.mailbox(reply_address="support+{token}@shop.example")
    with world.unit() as unit:
        unit.session.exec_driver_sql("update channels set reply_verified = true")
        key = reply_key(unit)
    case_id = world.comes()
    sent = asks(world, case_id)
    side = side_of(world, sent)
    address = f"support+{replyaddress.sign_side(side, key)}@shop.example"
    assert address.encode() in raw_of(world, sent)
    assert world.comes("By address", sender="x@supplier.example", to=address) == case_id
    newest = world.one("select side_id, person, marks from messages order by id desc limit 1")
    assert (newest.side_id, newest.person, newest.marks) == (side, False, '["unknown participant"]')
    assert world.comes("Forged", to=address.replace(f"s{side}-", f"s{side + 1}-")) != case_id


def test_the_customer_writing_into_a_side_is_marked_and_stays_in_it(world: World) -> None:
    case_id = world.comes()
    sent = asks(world, case_id)
    answers(world, sent, "They sent me this", sender="Karen <karen@example.com>")
    newest = world.one("select side_id, marks from messages order by id desc limit 1")
    assert (newest.side_id, newest.marks) == (side_of(world, sent), '["from the customer"]')


def test_who_knows_the_ids_of_both_parts_writes_in_the_side_unless_they_are_the_customer(
    world: World,
) -> None:
    """Passed on at the supplier's, an answer may name the customer's mail first: its words are no customer's."""
    case_id = world.comes("My lamp is broken")
    both = {"answers": "m1@example.com", "references": f"<{rfc_id(world, asks(world, case_id).message_id)}>"}
    for sender, aside in (("Stock <stock@supplier.example>", True), ("Karen <karen@example.com>", False)):
        assert world.comes("The lamp was dropped", sender=sender, **both) == case_id
        newest = world.one("select side_id, person from messages order by id desc limit 1")
        assert (newest.side_id is not None, newest.person) == (aside, not aside)


def test_a_further_mail_stands_under_their_answer_and_quotes_it_alone(world: World) -> None:
    case_id = world.comes("My lamp is broken")
    sent = asks(world, case_id)
    answer = answers(world, sent)
    seen = world.value("select max(id) from messages")
    more = asks(world, case_id, "Thank you", subject="", side_id=side_of(world, sent), seen_message_id=seen)
    mail = message_from_bytes(raw_of(world, more))
    assert mail["In-Reply-To"] == f"<{rfc_id(world, answer)}>"
    assert mail["Subject"] == "Re: Lamp 4711"
    assert b"> It leaves on Monday." in raw_of(world, more)
    assert b"broken" not in raw_of(world, more)
    assert world.case(case_id).unread == 1  # the customer's, which nobody has answered


def test_a_reply_to_the_customer_knows_nothing_of_a_side(world: World) -> None:
    case_id = world.comes("My lamp is broken")
    sent = asks(world, case_id)
    answer = answers(world, sent)
    reply = world.replies(case_id, "It leaves on Monday, we hear.")
    raw = raw_of(world, reply)
    for secret in ("supplier", "Lars", "4711", rfc_id(world, answer), rfc_id(world, sent.message_id)):
        assert secret.encode() not in raw
    assert message_from_bytes(raw)["In-Reply-To"] == "<m1@example.com>"


def test_addresses_of_the_two_parts_are_not_mixed_by_anybody(world: World) -> None:
    case_id = world.comes()
    asks(world, case_id)
    for field in ("to", "cc", "bcc"):
        with pytest.raises(Refused, match="side conversation"):
            world.replies(case_id, **{field: (Address("", "LARS@supplier.example"),)})
        with pytest.raises(Refused, match="customer"):
            asks(world, case_id, **{field: (Address("", "Karen@example.com"),)})
    with pytest.raises(NotFound):
        asks(world, world.comes("Another"), side_id=1)


def test_who_the_customer_named_themselves_is_no_secret(world: World) -> None:
    case_id = world.comes(headers={"Cc": "lars@supplier.example"})
    asks(world, case_id)
    assert world.replies(case_id, cc=(SUPPLIER,)).message_id


def test_a_side_needs_text_somebody_and_at_its_beginning_a_subject(world: World) -> None:
    case_id = world.comes()
    for facts in ({"body": " "}, {"to": ()}, {"subject": ""}):
        with pytest.raises(Problem):
            asks(world, case_id, **facts)
    assert world.rows("select * from sides") == []


def test_a_side_mail_is_taken_back_to_the_composer_and_sent_again(world: World) -> None:
    case_id = world.comes()
    before = world.snapshot()
    sent = asks(world, case_id, hold=10)
    with world.unit("anna") as unit:
        back = undo.undo(unit, sent.stroke)[0]
    assert world.snapshot() == before
    draft = world.draft_of("anna", case_id)
    assert (draft.kind, draft.side, draft.body) == ("side", side_of(world, sent), "Where is the lamp?")
    with world.store.session() as session:
        assert side_reads.of_case(session, case_id) == ()
    with world.unit("anna") as unit:
        undo.undo(unit, back)
    assert world.draft_of("anna", case_id) is None
    with world.store.session() as session:
        assert len(side_reads.of_case(session, case_id)) == 1


def test_an_answer_stops_what_is_held_back_in_its_side_and_a_customer_what_is_held_for_them(
    world: World,
) -> None:
    case_id = world.comes()
    sent = asks(world, case_id)
    world.replies(case_id, "To the customer", hold=60)
    asks(world, case_id, "More to the supplier", side_id=side_of(world, sent), hold=60, who="bo")
    answers(world, sent)
    states = {row.kind: row.state for row in world.rows(
        "select case when m.side_id is null then 'reply' else 'side' end as kind, o.state from outbox o"
        " join messages m on m.id = o.message_id order by o.id")}  # fmt: skip
    assert states == {"side": "cancelled", "reply": "held"}
    assert "They answered" in world.draft_of("bo", case_id).notice


def test_a_side_mail_stops_when_they_answered_meanwhile_and_not_when_the_customer_wrote(world: World) -> None:
    case_id = world.comes(message_id="<first@example.com>")
    sent = asks(world, case_id)
    side, seen = side_of(world, sent), sent.message_id
    world.comes("Hello?", answers="first@example.com")
    assert asks(world, case_id, "Also", side_id=side, seen_message_id=seen)
    answers(world, sent)
    with pytest.raises(CaseMoved):
        asks(world, case_id, "Also", side_id=side, seen_message_id=seen)
    newest_of_customer = world.value("select max(id) from messages where person")
    assert world.replies(case_id, seen_message_id=newest_of_customer)


def test_a_side_mail_that_fails_puts_the_case_back_and_shows(world: World) -> None:
    case_id = world.comes()
    world.replies(case_id, hold=0)
    world.delivers()
    asks(world, case_id)
    assert world.case(case_id).last_outbox_id == 1
    world.delivers(Delivery.FAILED)
    case = world.case(case_id)
    assert (case.status, case.last_outbox_id, case.waiting_since) == ("open", 2, None)


def test_a_message_is_forwarded_with_its_head_and_its_files(world: World) -> None:
    from email.message import EmailMessage

    from services.world import incoming

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Karen <karen@example.com>", SUPPORT, "Broken lamp"
    mail["Message-ID"] = "<f@example.com>"
    mail.set_content("See the picture.")
    mail.add_attachment(b"picture", maintype="image", subtype="png", filename="lamp.png")
    world.receive(incoming(bytes(mail), at=world.now))
    with world.unit("anna") as unit:
        saved = sides.forward(unit, 1)
    draft = world.draft_of("anna", 1)
    assert (draft.id, draft.kind, draft.side, draft.subject) == (saved.id, "side", None, "Fwd: Broken lamp")
    assert "From: Karen <karen@example.com>" in draft.body
    assert draft.body.endswith("See the picture.")
    assert [file.filename for file in draft.files] == ["lamp.png"]
    typed = Typed("side", 1, to=(SUPPLIER,), subject=draft.subject, body=draft.body, version=draft.version)
    with world.unit("anna") as unit:
        sent = sides.send(unit, typed)
    raw = message_from_bytes(raw_of(world, sent))
    assert [part.get_filename() for part in raw.walk() if part.get_filename()] == ["lamp.png"]
    assert raw["References"] is None
    assert world.draft_of("anna", 1) is None


def test_a_forward_waits_for_the_side_mail_that_is_being_written(world: World) -> None:
    case_id = world.comes()
    sent = asks(world, case_id)
    with world.unit("anna") as unit:
        drafts.save(unit, Typed("side", case_id, body="Half", side_id=side_of(world, sent)), "t1")
    with pytest.raises(Refused), world.unit("anna") as unit:
        sides.forward(unit, 1)
    with world.unit("bo") as unit:
        drafts.save(unit, Typed("side", case_id, to=(SUPPLIER,), body="Look at this:"), "t2")
        sides.forward(unit, 1)
    assert world.draft_of("bo", case_id).body.startswith("Look at this:\n\n---------- Forwarded")


def test_a_side_answer_to_a_merged_case_lands_in_the_target(world: World) -> None:
    from agentdesk.services import joining

    first, second = world.comes("One"), world.comes("Two")
    sent = asks(world, second)
    with world.unit("anna") as unit:
        joining.merge(unit, second, first)
    answer = answers(world, sent)
    assert world.value("select case_id from messages where id = :m", m=answer) == first
    more = asks(world, second, "Thanks", side_id=side_of(world, sent))
    assert more.case_id == first
    with world.unit("anna") as unit:
        joining.unmerge(unit, second)
    assert world.value("select case_id from sides") == second
