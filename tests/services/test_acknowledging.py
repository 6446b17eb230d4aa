"""`services.acknowledging`: who gets an automatic answer and who never does; no loop lasts; no clock stops."""

from datetime import timedelta
from typing import Any

import pytest
from services.world import SUPPORT, World

from agentdesk.domain.problems import Problem
from agentdesk.mail.parse import parse
from agentdesk.services import acknowledging
from agentdesk.store import codec

WORDS = "Hello {{ customer.first_name|default('there') }}, your mail is case #{{ case.number }}."


@pytest.fixture
def desk(world: World) -> World:
    """A mailbox that answers by itself."""
    world.mailbox(acknowledgement=WORDS, signature="The shop")
    return world


def comes(desk: World, *facts: dict[str, Any], cursor: str | None = "1") -> int:
    """Mails come in by the mailbox; how many automatic answers there are now."""
    for one in facts:
        desk.receive(desk.letter(**one), cursor=cursor)
    return answers(desk)


def answers(desk: World) -> int:
    return int(desk.value("select count(*) from automatic_answers"))


def test_a_persons_new_case_is_answered_once_and_the_customer_still_waits(desk: World) -> None:
    assert comes(desk, {"subject": "Lamp"}) == 1
    row = desk.one("select o.*, m.marks, m.text, m.kind, r.data from outbox o join messages m on m.id = o.message_id "
                   "join raws r on r.message_id = m.id")  # fmt: skip
    assert (row.state, row.not_before, row.recipients, row.sender) == (
        "queued", desk.at, '["karen@example.com"]', SUPPORT,
    )  # fmt: skip
    assert (row.kind, row.marks) == ("outbound", '["answered automatically"]')
    assert row.text.startswith(f"Hello Karen, your mail is case #{row.case_id}.")
    sent = parse(codec.unpack(row.data))
    assert (sent.auto_reason, sent.auto_replied) == ("Auto-Submitted: auto-replied", True)
    assert (sent.in_reply_to, sent.references, sent.subject) == (
        ("m1@example.com",),
        ("m1@example.com",),
        "Re: Lamp",
    )
    assert b"X-Auto-Response-Suppress: All" in codec.unpack(row.data)
    began = desk.at
    desk.later(minutes=1)
    desk.delivers()
    case = desk.case(row.case_id)
    assert (case.status, case.waiting_since, case.unread, case.last_outbox_id) == ("new", began, 1, None)
    assert (
        comes(desk, {"answers": "m1@example.com"}, {"subject": "another"}) == 1
    )  # the same case; the same day
    assert desk.case(row.case_id).waiting_since == began
    desk.later(hours=25)
    assert comes(desk, {"subject": "a day later"}) == 2


NEVER: dict[str, dict[str, Any]] = {
    "a list": {"headers": {"List-Id": "<l.example>"}},
    "bulk": {"headers": {"Precedence": "bulk"}},
    "a machine": {"headers": {"Auto-Submitted": "auto-generated"}},
    "an answer": {"headers": {"Auto-Submitted": "auto-replied"}},
    "who asks for silence": {"headers": {"X-Auto-Response-Suppress": "All"}},
    "a newsletter": {"headers": {"List-Unsubscribe": "<mailto:x@y.example>"}},
    "an address of a machine": {"sender": "noreply@example.com"},
    "a server": {"sender": "MAILER-DAEMON@example.com", "subject": "Undeliverable: x"},
    "a report": {"headers": {"Return-Path": "<>"}},
    "ourselves": {"sender": SUPPORT},
    "our own copy": {"sender": SUPPORT, "sent_by_us": True, "to": "karen@example.com"},
    "away": {"subject": "Out of office"},
    "old mail": {"at": "old"},
}


def test_nobody_else_is_answered(desk: World) -> None:
    old = desk.now - timedelta(hours=25)
    for name, told in NEVER.items():
        facts = told | {"at": old} if "at" in told else told
        assert comes(desk, {"subject": name, **facts}) == 0, name
    assert comes(desk, {"subject": "imported"}, cursor=None) == 0
    with desk.unit() as unit:
        from agentdesk.services import blocking

        blocking.block(unit, "spam@example.com")
    assert comes(desk, {"sender": "spam@example.com"}) == 0


def test_what_came_before_the_words_were_set_is_not_answered(world: World) -> None:
    before = world.now
    world.later(minutes=5)
    world.mailbox(acknowledgement=WORDS)
    assert comes(world, {"at": before}) == 0
    world.later(minutes=1)
    world.mailbox(acknowledgement=WORDS + " Bye.")  # other words are no other beginning
    assert comes(world, {"at": before + timedelta(minutes=5), "subject": "new"}) == 1


def test_a_robot_that_marks_nothing_gets_few_answers(desk: World) -> None:
    for turn in range(8):  # another address each time, as robots make them up
        comes(desk, {"sender": f"robot+{turn}@example.net", "subject": f"got it {turn}"})
    for turn in range(8):
        comes(desk, {"sender": f"robot{turn}@example.net", "subject": f"got it again {turn}"})
    assert answers(desk) <= 5
    for turn in range(7):  # and one that sends case after case is a machine by its haste
        desk.later(minutes=1)
        comes(desk, {"sender": "eager@example.org", "subject": f"case {turn}"})
    assert desk.value("select count(*) from automatic_answers where address = 'eager@example.org'") == 1

    before = answers(desk), desk.value("select count(*) from cases")
    comes(desk, {"sender": "support@other.example"})  # a desk that acknowledges every mail, too
    for _turn in range(3):
        ours = desk.value("select message_id from messages where kind = 'outbound' order by id desc limit 1")
        comes(desk, {"sender": "support@other.example", "subject": "Re: case", "answers": ours})
    assert (answers(desk), desk.value("select count(*) from cases")) == (before[0] + 1, before[1] + 1)


def test_words_that_could_not_be_sent_to_everybody_are_refused() -> None:
    for words in (
        "{{ customer.first_name }}",
        "{{ order.number }}",
        "{{ case.number",
        "{{ agent.name }}",
        "{% for x in y %}",
    ):
        with pytest.raises(Problem, match="acknowledgement of shop"):
            acknowledging.check(words, "shop")
    acknowledging.check(WORDS, "shop")
