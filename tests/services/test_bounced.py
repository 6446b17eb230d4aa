"""`services.bounced`: a report marks the mail it is about, wherever that left from, and somebody sees it."""

# ruff: noqa: E501  a table of mails reads best unbroken

from typing import Any

from services.world import SUPPORT, World, incoming

PHONE = "phone1@shop.example"


def returned(
    about: str = "", *, recipient: str = "karen@example.com", number: int = 1, action: str = "failed"
) -> bytes:
    """A report; without an id in its copy of the headers when `about` is empty."""
    copied = f"Message-ID: <{about}>\n" if about else ""
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {SUPPORT}\nSubject: Undelivered\nMessage-ID: <bounce{number}@mx.example>\n"
        "Auto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\nIt did not arrive.\n'
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such user\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nSubject: x\n{copied}\n\n--b--\n"
    ).encode()


def ours(world: World, case_id: int) -> str:
    return str(
        world.value("select message_id from messages where case_id = :c and kind = 'outbound'", c=case_id)
    )


def comes(world: World, raw: bytes, **facts: Any) -> Any:
    return world.receive(incoming(raw, at=world.now, **facts))


def sent(world: World) -> int:
    case_id = world.comes()
    world.later(minutes=1)
    world.replies(case_id)
    world.later(minutes=1)
    world.delivers()
    return case_id


def test_the_message_says_who_did_not_get_it_and_why(world: World) -> None:
    case_id = sent(world)
    comes(world, returned(ours(world, case_id)))
    row = world.one("select * from outbox")
    assert (row.state, row.last_error) == ("bounced", "karen@example.com: 550 no such user (5.1.1)")
    assert world.case(case_id).status == "open"
    comes(world, returned(ours(world, case_id), recipient="bo@example.com", number=2))
    assert world.value("select last_error from outbox").endswith("bo@example.com: 550 no such user (5.1.1)")
    assert world.value("select count(*) from cases") == 1
    assert world.value("select count(*) from customers") == 1  # a mail server is nobody's customer


def test_a_report_without_an_id_is_told_by_its_recipient_only_when_that_is_certain(world: World) -> None:
    case_id = sent(world)
    comes(world, returned(recipient="Karen@Example.com"))
    assert (world.case(case_id).status, world.value("select state from outbox")) == ("open", "bounced")
    second = world.comes(subject="other")
    world.replies(second)
    world.later(minutes=1)
    world.delivers()
    comes(world, returned(number=2))
    assert world.case(second).status == "pending"  # it may be either of two: nothing is guessed
    world.later(days=6)
    third = sent(world)
    comes(world, returned(recipient="stranger@example.com", number=3))
    assert world.case(third).status == "pending"
    comes(world, returned(number=4))
    assert world.case(third).status == "open"


def phone(world: World, **facts: Any) -> Any:
    answer = world.letter("From my phone", sender=SUPPORT, to="karen@example.com", message_id=f"<{PHONE}>",
                          sent_by_us=True, **facts)  # fmt: skip
    return world.receive(answer)


def test_a_mail_sent_elsewhere_bounces_too(world: World) -> None:
    case_id = world.comes()
    began = world.at
    world.later(minutes=1)
    phone(world, answers="m1@example.com")
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("pending", None)
    world.later(minutes=1)
    comes(world, returned(PHONE))
    case = world.case(case_id)
    assert (case.status, case.waiting_since) == ("open", began)
    assert world.one("select state, last_error from outbox").state == "bounced"


def test_a_report_that_is_read_before_the_sent_folder_is_not_lost(world: World) -> None:
    case_id = world.comes()
    began = world.at
    world.later(minutes=2)
    comes(world, returned(PHONE))
    world.later(minutes=1)
    phone(world, answers="m1@example.com")
    case = world.case(case_id)
    assert (case.status, case.waiting_since) == ("open", began)
    assert world.one("select state, last_error from outbox") == ("bounced", "karen@example.com 5.1.1")


def test_a_late_report_about_a_closed_case_is_seen_by_somebody(world: World) -> None:
    case_id = sent(world)
    with world.unit("anna") as unit:
        from agentdesk.services import triage

        triage.set_status(unit, case_id, triage.Status.CLOSED)
    comes(world, returned(ours(world, case_id)))
    new = world.one("select * from cases where id <> :c", c=case_id)
    assert (new.status, new.customer_id, new.owner_id) == (
        "new",
        world.case(case_id).customer_id,
        world.agents["anna"].id,
    )
    assert (
        world.value("select count(*) from links where case_id = :c and other_id = :o", c=new.id, o=case_id)
        == 1
    )
    assert (world.case(case_id).status, world.value("select state from outbox")) == ("closed", "bounced")


def test_a_delay_and_who_is_away_wake_nobody_and_a_list_wakes(world: World) -> None:
    case_id = sent(world)
    comes(world, returned(ours(world, case_id), action="delayed"))
    assert (world.case(case_id).status, world.value("select state from outbox")) == ("pending", "sent")
    assert (
        world.value("select count(*) from messages where case_id = :c", c=case_id) == 3
    )  # it stands there to be read
    for header in ({"Auto-Submitted": "auto-replied"}, {"X-Autoreply": "yes"}):
        world.comes("I am away", answers=ours(world, case_id), headers=header)
    world.comes("I am away", answers=ours(world, case_id), subject="Automatic reply: Order 17")
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("pending", None)
    world.comes(
        "Still broken", answers=ours(world, case_id), headers={"List-Id": "<l.example>", "Precedence": "bulk"}
    )
    assert world.case(case_id).status == "open"
