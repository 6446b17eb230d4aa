"""A stroked reply leaves once, to whom it was frozen for, and how it ended stands in the case."""

import email
import email.policy
import threading
import time
from dataclasses import replace
from typing import Any

import pytest
from servers.smtp_sink import Faults
from sqlalchemy import select
from worker.desk import CUSTOMER, QUICK, US, Desk, eventually, mail

from agentdesk.channels.email import sending
from agentdesk.channels.email import smtp as line
from agentdesk.domain.problems import Refused
from agentdesk.services import outbox as way
from agentdesk.services import people, undo
from agentdesk.store import codec
from agentdesk.store.tables import channels, drafts
from agentdesk.store.trouble import StoreTrouble
from agentdesk.store.unit import SYSTEM
from agentdesk.worker.jobs.deliver import Deliver
from agentdesk.worker.work import Served, Work


def test_a_reply_arrives_once_with_a_copy_and_comes_back_as_no_second_message(desk: Desk) -> None:
    case = desk.case_of_new_mail(message_id="first@example.dk")
    desk.reply(case.id, "Den er på vej, hilsen Åse", cc="chef@example.dk", bcc="arkiv@example.dk", hold=0)
    desk.smtp.faults.delay = 0.2
    with desk.working():
        (got,) = desk.smtp.wait(1)
        eventually(lambda: desk.states() == ["sent"])
        (copy,) = eventually(lambda: desk.account.server.mails(desk.account.user, "Sent"))
        eventually(lambda: desk.outbox()[0].copied)
        time.sleep(1.5)  # longer than the pause between two looks into the Sent folder
    assert got.sender == US
    assert set(got.recipients) == {CUSTOMER, "chef@example.dk", "arkiv@example.dk"}
    read_back = email.message_from_bytes(got.content, policy=email.policy.default)
    assert read_back["In-Reply-To"] == "<first@example.dk>"
    assert b"arkiv" not in got.content
    assert b"arkiv" not in copy.read_bytes()
    body = read_back.get_body(("plain",))
    assert body is not None
    assert "Den er på vej, hilsen Åse" in body.get_content()
    assert len(desk.smtp.messages) == 1
    assert [row.kind for row in desk.messages()] == ["inbound", "outbound"]
    assert desk.cases()[0].waiting_since is None


def test_a_held_reply_leaves_when_its_time_has_come_and_not_before(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id)
    assert desk.once("deliver").settled == {}
    assert desk.states() == ["held"]
    desk.later(9)
    desk.once("deliver")
    assert desk.smtp.attempts == 0
    desk.later(1.5)
    assert desk.once("deliver").settled == {"sent": 1}
    assert len(desk.smtp.messages) == 1


def test_a_running_worker_sends_at_the_end_of_the_hold(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    with desk.working():
        eventually(lambda: desk.channel().heard_at)
        sent = desk.reply(case.id, hold=1)
        (got,) = desk.smtp.wait(1)
    assert 0 <= got.at - sent.not_before / 1e6 < 1.5


def test_undo_in_time_leaves_the_sink_empty(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    sent = desk.reply(case.id)
    desk.later(5)
    with desk.store.unit(desk.anna, desk.clock(), "desk") as unit:
        undo.undo(unit, sent.stroke)
    desk.later(60)
    assert desk.once().settled == {}
    assert desk.smtp.attempts == 0
    assert desk.states() == ["cancelled"]
    assert _drafts(desk)[0].body == "Den er på vej."


def test_the_customers_mail_during_the_hold_stops_the_reply(desk: Desk) -> None:
    case = desk.case_of_new_mail(message_id="first@example.dk")
    desk.reply(case.id)
    desk.account.deliver(mail("Jeg fandt den selv!", answers="first@example.dk"))
    desk.once("fetch")
    desk.later(60)
    desk.once("deliver")
    assert desk.smtp.attempts == 0
    assert desk.states() == ["cancelled"]
    (draft,) = _drafts(desk)
    assert draft.body == "Den er på vej."
    assert "customer wrote" in draft.notice
    (again,) = desk.cases()
    assert again.status == "open"
    assert again.waiting_since is not None


def test_while_the_server_is_down_a_reply_waits_and_then_leaves(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.stop()
    desk.reply(case.id, hold=0)
    desk.once("deliver")
    (row,) = desk.outbox()
    assert row.state == "queued"
    assert row.last_error
    assert desk.channel().trouble == row.last_error
    desk.smtp.start()
    assert desk.once("deliver").settled == {}, "it waits for its next try"
    desk.later(31)
    assert desk.once("deliver").settled == {"sent": 1}
    assert len(desk.smtp.messages) == 1
    assert desk.outbox()[0].last_error == ""
    assert desk.channel().trouble == ""


@pytest.mark.parametrize(
    "faults", [Faults(refuse={CUSTOMER}), Faults(refuse_data=True)], ids=["rcpt", "data"]
)
def test_a_refusal_is_final_and_puts_the_case_back_in_the_queue(desk: Desk, faults: Faults) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults = faults
    desk.reply(case.id, hold=0, resolve=True)
    assert desk.cases()[0].waiting_since is None
    desk.once("deliver")
    (row,) = desk.outbox()
    assert row.state == "failed"
    assert "refuses" in row.last_error
    desk.smtp.faults = Faults()
    desk.later(7200)
    desk.once("deliver")
    assert desk.smtp.messages == []
    (again,) = desk.cases()
    assert again.status == "open"


def test_a_tempfail_is_tried_again_with_the_same_message_id(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults = Faults(tempfail="data", times=1)
    desk.reply(case.id, hold=0)
    desk.once("deliver")
    assert desk.states() == ["queued"]
    assert desk.channel().trouble == "", "the message was put off, not the channel"
    desk.later(31)
    desk.once("deliver")
    (got,) = desk.smtp.messages
    sent_id = desk.messages()[-1].message_id
    assert f"Message-ID: <{sent_id}>".lower().encode() in got.content.lower()


def test_lost_behind_the_final_dot_is_unsure_and_never_sent_again_by_itself(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults = Faults(drop="after", times=1)
    desk.reply(case.id, hold=0)
    assert desk.once("deliver").settled == {"unsure": 1}
    assert desk.cases()[0].status == "open"
    for _attempt in range(3):
        desk.later(7200)
        assert desk.once("deliver").settled == {}
    assert len(desk.smtp.messages) == 1
    assert desk.states() == ["unsure"]


def test_lost_before_the_final_dot_is_tried_again(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults = Faults(drop="before", times=1)
    desk.reply(
        case.id, "lang " * 500_000, hold=0
    )  # a short one would be on its way whole before the line breaks
    desk.once("deliver")
    assert desk.states() == ["queued"]
    desk.later(31)
    desk.once("deliver")
    assert len(desk.smtp.messages) == 1
    assert desk.states() == ["sent"]


def test_a_partial_refusal_is_sent_and_the_case_says_who_got_nothing(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults = Faults(refuse={"chef@example.dk"})
    desk.reply(case.id, hold=0, cc="chef@example.dk")
    assert desk.once("deliver").settled == {"sent": 1}
    assert desk.smtp.messages[0].recipients == (CUSTOMER,)
    (row,) = desk.outbox()
    assert row.state == "sent"
    assert "chef@example.dk" in row.last_error
    line = desk.messages()[-1]
    assert line.kind == "system"
    assert "chef@example.dk" in line.text
    assert desk.cases()[0].status == "open"


def test_who_was_put_off_gets_it_later_and_the_others_not_again(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults = Faults(put_off={"chef@example.dk"}, refuse={"arkiv@example.dk"})
    desk.reply(case.id, hold=0, cc="chef@example.dk", bcc="arkiv@example.dk")
    desk.once("deliver")
    (row,) = desk.outbox()
    assert (row.state, row.reached) == ("queued", 2)
    assert codec.read_words(row.recipients) == (CUSTOMER, "arkiv@example.dk", "chef@example.dk")
    assert "451 4.7.1 greylisted" in row.last_error
    assert [line.kind for line in desk.messages()] == ["inbound", "outbound", "system"]
    assert "arkiv@example.dk" in desk.messages()[-1].text
    assert desk.cases()[0].status == "open"
    with (
        desk.store.unit(desk.anna, desk.clock()) as unit,
        pytest.raises(Refused, match="can no longer be stopped"),
    ):
        way.cancel(unit, row.id)
    desk.smtp.faults = Faults()
    desk.later(31)
    assert desk.once("deliver").settled == {"sent": 1}
    assert [got.recipients for got in desk.smtp.messages] == [(CUSTOMER,), ("chef@example.dk",)]
    assert len({got.content for got in desk.smtp.messages}) == 1


def test_who_was_put_off_for_good_is_named_and_what_the_others_have_is_sent(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults = Faults(put_off={"chef@example.dk"})
    desk.reply(case.id, hold=0, cc="chef@example.dk")
    desk.once("deliver")
    desk.smtp.faults = Faults(refuse={"chef@example.dk"})
    desk.later(31)
    desk.once("deliver")
    (row,) = desk.outbox()
    assert row.state == "sent"
    assert "chef@example.dk: 550" in row.last_error
    assert "chef@example.dk: 550" in desk.messages()[-1].text
    assert desk.cases()[0].status == "open"
    assert len(desk.smtp.messages) == 1


def test_a_wrong_password_for_sending_is_tried_once_however_much_waits(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    smtp = desk.settings.channels[0].smtp
    assert smtp
    desk.change_channel(smtp=replace(smtp, user="me", password_env="NOT_SET"))
    for number in range(3):
        desk.reply(case.id, f"Svar {number}", hold=0)
    with desk.working():
        assert "NOT_SET" in eventually(lambda: desk.channel().trouble)
        time.sleep(0.5)
    assert [row.attempts for row in desk.outbox()] == [1, 0, 0]


def test_an_end_that_cannot_be_written_down_is_written_when_the_store_is_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=0)
    failing = 3
    settle = way.settle

    def away(*facts: Any, **more: Any) -> None:
        nonlocal failing
        failing -= 1
        if failing >= 0:
            raise StoreTrouble("The disk is full.")
        settle(*facts, **more)

    monkeypatch.setattr(way, "settle", away)
    assert desk.once("deliver").settled == {"sent": 1}
    assert desk.states() == ["sent"]
    assert len(desk.smtp.messages) == 1


def test_an_end_is_written_down_by_a_worker_whose_turn_is_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=0)
    work = Work(desk.store, desk.clock, "late", QUICK, threading.Event())
    settle, away = way.settle, [StoreTrouble("away")] * 2

    def another_takes_over(*facts: Any, **more: Any) -> None:
        work.over.set()
        if away:
            raise away.pop()
        settle(*facts, **more)

    monkeypatch.setattr(way, "settle", another_takes_over)
    with work.unit() as unit:
        channel_id = people.publish_channel(unit, people.ChannelFacts.of(desk.settings.channels[0]))
    duty = Deliver(work, Served(channel_id, desk.settings.channels[0], desk.store, desk.clock, {}))
    duty.do()
    duty.close()
    assert desk.states() == ["sent"]


def test_the_leases_outlive_the_slowest_server() -> None:
    assert line.BEFORE_BODY < way.LEASE / 1e6
    assert sending._SECONDS_FOR_BODY + sending._SECONDS_FOR_VERDICT + 60 < way.SENDING_LEASE / 1e6


def test_a_store_that_fails_before_the_body_keeps_it_from_leaving(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=0)

    def away(*_facts: Any) -> None:
        raise StoreTrouble("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(way, "mark_sending", away)
        desk.once("deliver")
    assert desk.smtp.messages == []
    assert desk.states() == ["queued"]
    desk.later(31)
    desk.once("deliver")
    assert len(desk.smtp.messages) == 1


def test_what_somebody_else_has_in_hand_is_left_alone(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=0)
    with desk.store.unit(SYSTEM, desk.clock()) as unit:
        people.take_lease(unit, "worker", "another", 15)
        (theirs,) = way.claim_due(unit, "another")
    assert desk.once("deliver").settled == {}
    with desk.store.unit(SYSTEM, desk.clock()) as unit, pytest.raises(Refused):
        way.mark_sending(unit, theirs.outbox_id, "me")
    desk.later(16)
    assert desk.once("deliver").settled == {"sent": 1}, "its holder is dead and had not begun"


def test_a_lease_that_ends_while_sending_is_unsure(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=0)
    with desk.store.unit(SYSTEM, desk.clock()) as unit:
        (theirs,) = way.claim_due(unit, "killed")
        way.mark_sending(unit, theirs.outbox_id, "killed")
    desk.once("deliver")
    assert desk.states() == ["sending"]
    desk.later(901)
    assert desk.once("deliver").settled == {"unsure": 1}
    assert desk.smtp.messages == []


def test_replies_on_a_channel_that_no_worker_serves_are_named(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=0)
    desk.change_channel(name="another")
    desk.once("deliver")
    assert desk.states() == ["queued"]
    with desk.store.session() as session:
        trouble = session.scalar(select(channels.c.trouble).where(channels.c.name == "support"))
    assert trouble
    assert "no worker" in trouble


def test_a_mailbox_that_is_away_delays_copies_and_no_deliveries(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.account.server.kill()
    with desk.working():
        desk.reply(case.id, "En", hold=0)
        desk.reply(case.id, "To", hold=0)
        desk.smtp.wait(2)
        desk.account.server.start()
        eventually(lambda: len(desk.account.server.mails(desk.account.user, "Sent")) == 2)
        eventually(lambda: all(row.copied for row in desk.outbox()))


def test_without_a_mailbox_there_is_no_copy_to_file(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.change_channel(imap=None)
    desk.reply(case.id, hold=0)
    desk.once()
    assert [(row.state, row.copied) for row in desk.outbox()] == [("sent", True)]


def _drafts(desk: Desk) -> list[Any]:
    with desk.store.session() as session:
        return list(session.execute(select(drafts)).all())
