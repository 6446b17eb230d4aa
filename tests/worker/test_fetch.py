"""Mail that reaches the mailbox stands in the store: once, in its case, whatever the server does."""

import time
from dataclasses import replace

import pytest
from imapclient import IMAPClient
from servers.dovecot import Account
from servers.odd_imap import OddImap
from servers.proxy import Proxy
from sqlalchemy import select
from worker.desk import QUICK, US, Desk, eventually, mail

from agentdesk.automation import again
from agentdesk.domain.problems import Problem
from agentdesk.services.intake import Tally
from agentdesk.store.tables import quarantine
from agentdesk.worker.work import Pace


def test_mail_appears_as_a_case_while_the_worker_waits(desk: Desk) -> None:
    with desk.working():
        eventually(lambda: desk.channel().heard_at)
        for number in (1, 2, 3):
            began = time.monotonic()
            desk.account.deliver(mail(subject=f"Pakke {number}"))
            case = eventually(lambda wanted=number: (desk.cases() + [None] * 9)[wanted - 1])
            assert time.monotonic() - began < 3
            assert case.subject == f"Pakke {number}"
            assert case.status == "new"
            assert case.waiting_since is not None


def test_reading_again_brings_nothing_twice(desk: Desk) -> None:
    for number in range(5):
        desk.account.deliver(mail(subject=f"Pakke {number}"))
    assert desk.once("fetch").tally.ingested == 5
    assert desk.once("fetch").tally.seen == 0
    desk.account.server.forget_uids(desk.account.user)
    again = desk.once("fetch").tally
    assert (again.seen, again.duplicate) == (5, 5)
    assert len(desk.cases()) == 5


def test_what_is_no_mail_is_set_aside_and_blocks_nothing(desk: Desk) -> None:
    desk.account.deliver(b"\n\n")
    desk.account.deliver(mail())
    tally = desk.once("fetch").tally
    assert (tally.seen, tally.quarantined, tally.ingested) == (2, 1, 1)


def test_an_answer_from_a_phone_stands_in_the_case_and_stops_its_clock(desk: Desk) -> None:
    case = desk.case_of_new_mail(message_id="first@example.dk")
    assert case.waiting_since is not None
    with desk.working():
        desk.account.deliver(
            mail("Fra telefonen", sender=US, to="kunde@example.dk", answers="first@example.dk"),
            "Sent",
            seen=True,
        )
        eventually(lambda: desk.cases()[0].waiting_since is None)
    (only,) = desk.cases()
    assert (only.status, only.message_count) == ("pending", 2)
    assert [message.kind for message in desk.messages()] == ["inbound", "outbound"]


def test_a_wrong_password_is_tried_once_and_named_on_the_channel(desk: Desk) -> None:
    imap = desk.settings.channels[0].imap
    assert imap
    desk.change_channel(imap=replace(imap, password="forkert"))
    before = _refusals(desk.account)
    with desk.working(replace(QUICK, refused=300)):
        trouble = eventually(lambda: desk.channel().trouble)
        time.sleep(1.0)  # ten times the first pause: a storm would show
    assert _refusals(desk.account) - before == 1
    assert "forkert" not in trouble
    assert desk.account.user in trouble
    assert desk.once("fetch").troubles == (f"support: {trouble}",)


def test_a_server_that_comes_back_is_read_on(desk: Desk) -> None:
    desk.account.deliver(mail(subject="Før"))
    with desk.working():
        eventually(lambda: len(desk.cases()) == 1)
        desk.account.server.kill()
        eventually(lambda: desk.channel().trouble)
        desk.account.deliver(mail(subject="Imens"))
        desk.account.server.start()
        eventually(lambda: len(desk.cases()) == 2)
        eventually(lambda: not desk.channel().trouble)
    assert [case.subject for case in desk.cases()] == ["Før", "Imens"]


def test_a_sent_folder_that_is_not_there_is_named_and_does_not_stop_the_inbox(desk: Desk) -> None:
    desk.change_channel(sent_folder="Findes ikke")
    desk.account.deliver(mail())
    with desk.working(replace(QUICK, refused=300)):
        assert "Findes ikke" in eventually(lambda: desk.channel().trouble)
        desk.account.deliver(mail())
        eventually(lambda: len(desk.cases()) == 2)


def test_a_sent_folder_that_cannot_be_read_for_now_does_not_stop_the_inbox_either(desk: Desk) -> None:
    odd = {
        "LIST": b'* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" Sent\r\n{tag} OK done\r\n',
        'EXAMINE "Sent"': b"{tag} NO [UNAVAILABLE] later\r\n",
    }
    with OddImap({1: mail(), 2: mail()}, odd=odd) as server:
        imap = desk.settings.channels[0].imap
        assert imap
        desk.change_channel(imap=replace(imap, port=server.port))
        with desk.working(replace(QUICK, most=60, first=60)):
            assert "[UNAVAILABLE]" in eventually(lambda: desk.channel().trouble)
            server.mails[3] = mail()
            eventually(lambda: len(desk.cases()) == 3)


def test_a_channel_without_a_mailbox_only_sends(desk: Desk) -> None:
    desk.account.deliver(mail())
    desk.change_channel(imap=None)
    assert desk.once() == desk.once("fetch")
    assert desk.cases() == []
    assert desk.channel().trouble == ""


def test_pauses_are_the_ones_the_promise_names() -> None:
    pace = Pace()
    assert pace.refused >= 300
    assert pace.sent <= 60
    assert (pace.first, pace.most) == (1.0, 300.0)
    assert pace.renew * 3 < pace.valid
    assert pace.valid + 2 * pace.renew <= 30, "whoever takes over does so within half a minute"


def _refusals(account: Account) -> int:
    return (account.server.dir / "dovecot.log").read_text(errors="replace").count("auth failed")


def test_lines_that_break_in_the_middle_bring_each_mail_into_the_store_once(desk: Desk) -> None:
    for number in range(12):
        desk.account.deliver(mail("x" * 50 * number**2, subject=f"Pakke {number}"))
    with Proxy(desk.account.port) as proxy:
        imap = desk.settings.channels[0].imap
        assert imap
        desk.change_channel(imap=replace(imap, port=proxy.port))
        tally = Tally()
        for cut in (900, 3_000, 9_000, 15_000):
            proxy.cut_after(cut)
            outcome = desk.once("fetch")
            assert outcome.troubles
            tally += outcome.tally
        while (outcome := desk.once("fetch")).troubles:
            tally += outcome.tally
        tally += outcome.tally
    assert (tally.seen, tally.ingested) == (12, 12)
    assert [case.subject for case in desk.cases()] == [f"Pakke {number}" for number in range(12)]


def test_a_renamed_folder_is_named_on_the_channel_until_it_is_back(desk: Desk) -> None:
    imap = desk.settings.channels[0].imap
    assert imap
    desk.change_channel(imap=replace(imap, folder="Kunder"))
    desk.account.deliver(mail(subject="Før"), "Kunder")
    with (
        IMAPClient("127.0.0.1", desk.account.port, ssl=False, timeout=10) as owner,
        desk.working(replace(QUICK, refused=0.2)),
    ):
        owner.login(desk.account.user, desk.account.password)
        eventually(lambda: len(desk.cases()) == 1)
        owner.rename_folder("Kunder", "Gamle kunder")
        trouble = eventually(lambda: "Gamle kunder" in desk.channel().trouble and desk.channel().trouble)
        assert 'no folder "Kunder"' in trouble
        assert "\n" not in trouble
        owner.rename_folder("Gamle kunder", "Kunder")
        desk.account.deliver(mail(subject="Efter"), "Kunder")
        eventually(lambda: len(desk.cases()) == 2 and not desk.channel().trouble)


def test_mails_the_server_does_not_give_stand_in_the_quarantine_each_with_its_reason(desk: Desk) -> None:
    odd = {
        f"UID FETCH {uids} (INTERNAL": b"{tag} NO [SERVERBUG] broken\r\n" for uids in ("1,2,3,4", "2", "3")
    }
    mails = {uid: mail(subject=f"Pakke {uid}", message_id=f"{uid}@example.dk") for uid in (1, 2, 3, 4)}
    with OddImap(mails, odd=odd) as server:
        imap = desk.settings.channels[0].imap
        assert imap
        desk.change_channel(imap=replace(imap, port=server.port))
        tally = desk.once("fetch").tally
        assert (tally.seen, tally.ingested, tally.quarantined) == (4, 2, 2)
        assert desk.once("fetch").tally.seen == 0
    rows = desk.rows(select(quarantine).order_by(quarantine.c.id))
    assert [row.source for row in rows] == ["support/INBOX/7/2", "support/INBOX/7/3"]
    assert all("SERVERBUG" in row.reason for row in rows)
    with desk.store.session() as session, pytest.raises(Problem, match=r"still cannot.*SERVERBUG"):
        again.look(session, rows[0].id, desk.clock())
