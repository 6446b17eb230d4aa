"""Mail comes in: which case it joins, what becomes of the case, and that nothing is lost or doubled."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from services.world import START, SUPPORT, World, incoming, unreadable
from sqlalchemy import text

from agentdesk.domain import replyaddress
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.services import intake, people, timers, triage
from agentdesk.services.intake import Tally
from agentdesk.services.keys import reply_key

PATTERN = "support+{token}@shop.example"
ELSE = "Someone Else <else@example.org>"


def _message_id(world: World, case_id: int) -> str:
    return str(
        world.value("select message_id from messages where case_id = :c order by id desc limit 1", c=case_id)
    )


def _key(world: World) -> bytes:
    with world.unit() as unit:
        return reply_key(unit)


def _status(world: World, case_id: int, status: Status) -> None:
    with world.unit("anna") as unit:
        if status is Status.SNOOZED:
            triage.snooze(unit, case_id, world.now + timedelta(days=1))
        else:
            triage.set_status(unit, case_id, status)


def test_a_first_mail_opens_a_case_for_a_new_customer(world: World) -> None:
    tally = world.receive(world.letter(subject="Re: Sv: Order 17"))
    assert tally == Tally(seen=1, ingested=1, cases_opened=1, customers_created=1)
    case = world.case(1)
    assert (case.subject, case.status, case.unread, case.message_count) == ("Order 17", "new", 1, 1)
    assert case.waiting_since == world.at
    assert world.one("select * from customers").name == "Karen"
    assert world.value("select address from addresses") == "karen@example.com"
    assert world.value("select kind from messages") == "inbound"


def test_a_second_mail_of_a_customer_without_references_is_another_case(world: World) -> None:
    assert world.comes() != world.comes("Something else", subject="Another thing")
    assert world.value("select count(*) from customers") == 1


@pytest.mark.parametrize("how", ["in-reply-to", "references", "a reference that is not the newest"])
def test_an_answer_joins_its_case(world: World, how: str) -> None:
    case_id = world.comes()
    first = _message_id(world, case_id)
    how_named = {
        "in-reply-to": {"answers": first},
        "references": {"references": f"<unknown@x> <{first}>"},
        "a reference that is not the newest": {"references": f"<{first}> <unknown@x>", "answers": "other@x"},
    }[how]
    assert world.comes("More", **how_named) == case_id
    assert world.case(case_id).message_count == 2


def test_the_signed_reply_address_joins_its_case_and_counts_more_than_references(world: World) -> None:
    world.mailbox(reply_address=PATTERN)
    first, second = world.comes(), world.comes(subject="Second")
    token = replyaddress.sign(first, _key(world))
    address = PATTERN.replace("{token}", token)
    assert world.comes("by address", to=f"Shop <{address.upper()}>") == first
    assert world.comes("both", to=address, answers=_message_id(world, second)) == first


@pytest.mark.parametrize(
    "token", ["1-aaaaaaaa", "1-", "1", "-aaaaaaaa", "٣-aaaaaaaa", "1-ſſſſſſſſ", "99999999-aaaaaaaa"]
)
def test_a_wrong_signature_is_ignored(world: World, token: str) -> None:
    world.mailbox(reply_address=PATTERN)
    first = world.comes()
    raw = f"From: Eve <eve@example.org>\nTo: <support+{token}@shop.example>\nMessage-ID: <e@x>\nSubject: x\n\nhi\n"
    world.receive(incoming(raw.encode()))
    assert world.value("select count(*) from messages where case_id = :c", c=first) == 1
    assert world.value("select count(*) from cases") == 2


def test_a_signature_of_another_store_or_a_case_that_is_none_is_ignored(world: World) -> None:
    world.mailbox(reply_address=PATTERN)
    first = world.comes()
    for token in (replyaddress.sign(first, b"another key"), replyaddress.sign(4711, _key(world))):
        assert world.comes(token, to=PATTERN.replace("{token}", token)) != first


def test_a_closed_case_is_not_opened_again_but_followed_by_a_linked_one(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        triage.assign(unit, case_id, owner=world.agents["anna"].id)
        triage.set_status(unit, case_id, Status.RESOLVED)
    world.later(days=40)
    with world.unit() as unit:
        assert timers.close(unit) == 1
    new = world.comes("Once more", answers=_message_id(world, case_id))
    assert new != case_id
    assert world.case(case_id).status == "closed"
    assert (world.case(new).status, world.case(new).owner_id) == ("new", world.agents["anna"].id)
    assert sorted(tuple(row) for row in world.rows("select * from links")) == [(case_id, new), (new, case_id)]


@pytest.mark.parametrize("status", [Status.PENDING, Status.SNOOZED, Status.RESOLVED, Status.OPEN])
def test_a_persons_mail_opens_the_case_and_keeps_its_owner(world: World, status: Status) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        triage.assign(unit, case_id, owner=world.agents["bo"].id)
    _status(world, case_id, status)
    world.later(minutes=5)
    assert world.comes("More", answers=_message_id(world, case_id)) == case_id
    case = world.case(case_id)
    assert (case.status, case.owner_id, case.snooze_until) == ("open", world.agents["bo"].id, None)
    assert case.resolved_at is None
    assert case.waiting_since is not None


def test_spam_stays_spam_and_waits_for_nobody(world: World) -> None:
    case_id = world.comes()
    _status(world, case_id, Status.SPAM)
    world.comes("Buy more", answers=_message_id(world, case_id))
    case = world.case(case_id)
    assert (case.status, case.waiting_since) == ("spam", None)
    _status(world, case_id, Status.OPEN)
    assert world.case(case_id).waiting_since == world.at


@pytest.mark.parametrize("status", [Status.PENDING, Status.SNOOZED, Status.RESOLVED])
def test_an_automatic_answer_wakes_nothing(world: World, status: Status) -> None:
    case_id = world.comes()
    _status(world, case_id, status)
    before = world.case(case_id)
    world.comes("I am away", answers=_message_id(world, case_id), headers={"Auto-Submitted": "auto-replied"})
    after = world.case(case_id)
    assert (after.status, after.snooze_until, after.waiting_since) == (
        before.status, before.snooze_until, before.waiting_since
    )  # fmt: skip
    assert after.message_count == 2


def test_an_automatic_answer_to_nothing_waits_for_nobody(world: World) -> None:
    case_id = world.comes("I am away", headers={"Auto-Submitted": "auto-replied"})
    assert world.case(case_id).status == "resolved"
    assert world.case(case_id).waiting_since is None


def test_mail_over_a_list_is_a_customers_mail(world: World) -> None:
    case_id = world.comes(headers={"List-Id": "<shop.groups.example>", "Precedence": "list"})
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("new", world.at)


def _bounce(about: str) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\nTo: support@shop.example\nSubject: Undelivered Mail Returned to Sender\n"
        "Message-ID: <bounce@mx.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nIt did not arrive.\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        "Final-Recipient: rfc822; karen@example.com\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{about}>\n\n--b--\n"
    ).encode()


@pytest.mark.parametrize("resolve", [False, True])
def test_a_bounce_puts_the_case_back_and_marks_the_reply(world: World, resolve: bool) -> None:
    case_id = world.comes()
    began = world.at
    world.later(minutes=3)
    world.replies(case_id, resolve=resolve)
    world.later(minutes=1)
    world.delivers()
    assert world.case(case_id).waiting_since is None
    tally = world.receive(incoming(_bounce(_message_id(world, case_id)), at=world.now))
    assert (tally.ingested, tally.cases_opened) == (1, 0)
    case = world.case(case_id)
    assert (case.status, case.waiting_since, case.owner_id) == ("open", began, world.agents["anna"].id)
    row = world.one("select * from outbox")
    assert row.state == "bounced"
    assert "karen@example.com" in row.last_error
    assert "5.1.1" in row.last_error


def test_a_mail_to_a_merged_case_lands_in_its_target(world: World) -> None:
    first, second, third = world.comes(), world.comes(subject="b"), world.comes(subject="c")
    named = _message_id(world, first)
    with world.unit() as unit:
        merge = text("update cases set merged_into = :into, status = 'closed' where id = :id")
        unit.session.execute(merge, [{"into": second, "id": first}, {"into": third, "id": second}])
    assert world.comes("More", answers=named) == third


def test_the_same_mail_twice_is_one_message(world: World) -> None:
    mail = world.letter()
    assert world.receive(mail, mail) == Tally(2, 1, 1, 0, 1, 1)
    assert world.receive(mail) == Tally(1, 0, 1, 0, 0, 0)
    again = incoming(b"Received: from elsewhere\r\n" + mail.raw, at=world.now)
    other = world.mailbox("sales", "sales@shop.example")
    assert world.receive(again, channel=other) == Tally(1, 0, 1, 0, 0, 0)
    assert world.value("select count(*) from messages") == 1


def test_two_mails_with_one_message_id_are_both_kept(world: World) -> None:
    world.receive(world.letter("one", message_id="<same@x>"), world.letter("two", message_id="<same@x>"))
    world.receive(world.letter("three", message_id="<same@x>"))
    assert world.value("select count(*) from messages") == 3


def test_our_own_copy_in_the_sent_folder_is_a_duplicate(world: World) -> None:
    case_id = world.comes()
    world.replies(case_id)
    world.later(minutes=1)
    world.delivers()
    with world.store.session() as session:
        data = session.execute(text("select data from raws order by message_id desc limit 1")).scalar_one()
    import zlib

    copy = incoming(zlib.decompress(data), at=world.now, sent_by_us=True)
    assert world.receive(copy) == Tally(seen=1, duplicate=1)
    assert world.case(case_id).message_count == 2


def test_an_answer_from_a_phone_stands_in_the_case_and_stops_its_clock(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        triage.assign(unit, case_id, owner=world.agents["anna"].id)
    world.later(minutes=5)
    mail = world.letter(
        "On its way", sender=f"Shop <{SUPPORT}>", to="karen@example.com", answers=_message_id(world, case_id),
        sent_by_us=True,
    )  # fmt: skip
    world.receive(mail)
    case = world.case(case_id)
    assert (case.waiting_since, case.status, case.message_count, case.unread) == (None, "pending", 2, 0)
    assert world.value("select kind from messages order by id desc limit 1") == "outbound"


def test_our_own_address_in_a_from_proves_nothing_and_stops_no_clock(world: World) -> None:
    case_id = world.comes()
    waits = world.case(case_id).waiting_since
    world.later(minutes=5)
    world.comes("ok", sender=SUPPORT, to="karen@example.com", answers=_message_id(world, case_id))
    assert (world.case(case_id).waiting_since, world.case(case_id).status) == (waits, "new")
    assert world.value("select marks from messages order by id desc limit 1") == '["from our own address"]'


def test_a_phones_answer_read_late_does_not_hide_who_wrote_after_it(world: World) -> None:
    case_id = world.comes()
    first = _message_id(world, case_id)
    answered = world.later(minutes=5)
    wrote = world.later(minutes=5)
    world.comes("And one more thing", answers=first)
    world.later(minutes=5)
    world.receive(
        world.letter(
            "ok", sender=SUPPORT, to="karen@example.com", answers=first, sent_by_us=True, at=answered
        )
    )
    case = world.case(case_id)
    assert (case.status, case.unread) == ("new", 1)
    assert case.waiting_since == int(wrote.timestamp() * 1_000_000)


def test_a_web_form_that_writes_from_our_own_address_is_a_customers_mail(world: World) -> None:
    case_id = world.comes(sender=SUPPORT, headers={"Reply-To": "Ole <ole@example.net>"})
    case = world.case(case_id)
    assert (case.status, case.waiting_since) == ("new", world.at)
    assert world.value("select name from customers") == "Ole"
    assert world.value("select from_address from messages") == "ole@example.net"


def test_a_mail_that_we_sent_first_is_pending_until_the_customer_answers(world: World) -> None:
    case_id = world.comes("Hello Karen", sender=SUPPORT, to="Karen <karen@example.com>", sent_by_us=True)
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("pending", None)
    assert "karen@example.com" in world.case(case_id).haystack
    assert world.comes("Thanks", answers=_message_id(world, case_id)) == case_id
    assert world.case(case_id).status == "open"


def test_a_stranger_in_a_case_is_marked_and_one_who_was_written_to_is_not(world: World) -> None:
    case_id = world.comes(headers={"Cc": "Friend <friend@example.org>"})
    first = _message_id(world, case_id)
    world.comes("I am the friend", sender="friend@example.org", answers=first)
    world.comes("Me too", sender=ELSE, answers=first)
    marks = [row.marks for row in world.rows("select marks from messages order by id")]
    assert marks == ["[]", "[]", '["unknown participant"]']


def test_what_is_no_mail_is_kept_and_counted(world: World) -> None:
    bad = unreadable(b"\x00\x01")
    assert world.receive(world.letter(), bad, bad) == Tally(3, 1, 1, 1, 1, 1)
    assert world.receive(bad) == Tally(1, 0, 1, 0, 0, 0)
    row = world.one("select * from quarantine")
    assert (row.reason, row.size, row.source) == ("no mail at all", 2, "test")


def test_a_batch_that_is_repeated_after_a_crash_doubles_nothing(world: World) -> None:
    batch = [world.letter(str(n), subject=f"S{n}") for n in range(5)] + [unreadable(b"\x00")]

    def crash() -> None:
        with world.unit() as unit:
            intake.receive(unit, world.channel, batch, "INBOX", "7")
            raise ConnectionResetError

    with pytest.raises(Exception, match=r".*"):
        crash()
    assert world.value("select count(*) from messages") == 0
    assert world.rows("select * from cursors") == []
    tally = world.receive(*batch, cursor="7")
    assert tally == Tally(6, 5, 0, 1, 5, 1)
    again = world.receive(*batch, cursor="8")
    assert again == Tally(6, 0, 6, 0, 0, 0)
    assert tally + again == Tally(12, 5, 6, 1, 5, 1)
    assert world.one("select * from cursors").value == "8"


def test_odd_dates_and_absurd_names_stop_nothing(world: World) -> None:
    long = "x" * 5000
    raw = (
        f"From: <{long}@example.com>\nTo: {SUPPORT}\nMessage-ID: <{long}@x>\nIn-Reply-To: <{long}b@x>\n"
        "Date: Mon, 1 Jan 1950 00:00:00 +0000\nSubject: old\n\nhello\n"
    ).encode()
    assert world.receive(incoming(raw), world.letter()) == Tally(
        2, 2, 0, 0, 2, 1
    )  # nobody has such an address
    future = START + timedelta(days=400)
    case_id = world.comes("from the future", at=future)
    assert world.case(case_id).waiting_since == world.at
    assert world.value("select min(waiting_since) from cases") >= 0
    answer = f"From: karen@example.com\nTo: {SUPPORT}\nMessage-ID: <a@x>\nReferences: <{long}@x>\nSubject: re\n\nyes\n"
    world.receive(incoming(answer.encode()))
    assert world.value("select count(*) from cases") == 3


def test_two_workers_at_once_with_the_same_new_customer_thread_and_mail(world: World) -> None:
    world.mailbox("sales", "sales@shop.example")
    channels = [row.id for row in world.rows("select id from channels order by id")]
    rounds = [
        [world.letter(f"{n}", message_id=f"<r{n}@x>", sender=f"new{n}@example.net") for n in range(20)]
    ] * 2
    ready = threading.Barrier(2)

    def work(number: int) -> Tally:
        total = Tally()
        ready.wait()
        for mail in rounds[number]:
            with world.unit() as unit:
                total += intake.receive(unit, channels[number], [mail], "INBOX", mail.digest)
        return total

    with ThreadPoolExecutor(2) as pool:
        tallies = list(pool.map(work, (0, 1)))
    assert tallies[0] + tallies[1] == Tally(40, 20, 20, 0, 20, 20)
    assert world.value("select count(*) from customers") == 20
    assert world.value("select count(*) from messages") == 20


def test_a_customer_who_writes_while_a_reply_is_held_back_gets_no_reply_that_has_not_read_it(
    world: World,
) -> None:
    case_id = world.comes()
    first = world.at
    world.replies(case_id, "My answer", resolve=True)
    world.later(seconds=3)
    assert world.comes("Wait, one more thing", answers=_message_id(world, case_id)) == case_id
    assert world.value("select state from outbox") == Delivery.CANCELLED
    draft = world.draft_of("anna", case_id)
    assert draft.body == "My answer"
    assert draft.notice
    case = world.case(case_id)
    assert (case.status, case.waiting_since, case.unread) == ("open", first, 2)
    world.later(minutes=1)
    assert world.delivers() == []


def test_a_second_channel_answers_where_the_customer_wrote_last(world: World) -> None:
    case_id = world.comes()
    sales = world.mailbox("sales", "sales@shop.example")
    world.receive(world.letter("to sales", answers=_message_id(world, case_id)), channel=sales)
    assert world.case(case_id).channel_id == sales


def test_a_channels_team_and_language_go_to_its_cases(world: World) -> None:
    with world.unit() as unit:
        key = people.publish_channel(
            unit, people.ChannelFacts("email", "no", "hjelp@shop.example", language="nb", team="Oslo")
        )
    world.receive(world.letter(), channel=key)
    case = world.case(1)
    assert (case.language, case.team_id) == ("nb", world.value("select id from teams where name = 'Oslo'"))


def test_a_customer_is_one_since_they_first_wrote_not_since_the_import(world: World) -> None:
    wrote = world.now - timedelta(days=400)
    world.receive(world.letter("Hello", at=wrote))
    assert world.value("select created_at from customers") == int(wrote.timestamp() * 1_000_000)
