"""Mail in over IMAP, against a real Dovecot."""

import threading
import time
from datetime import UTC, datetime

import pytest
from channels.mailboxes import channel_of, imap_of, mail
from imapclient import IMAPClient
from servers.dovecot import Account, Dovecot

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email import EmailChannel
from agentdesk.channels.email import mailbox as mailbox_module
from agentdesk.channels.email.imap import Client
from agentdesk.domain.mail import Batch


def raws(batches: list[Batch]) -> list[bytes]:
    return [raw.raw for batch in batches for raw in batch.messages]


def other_client(account: Account) -> IMAPClient:
    client = IMAPClient("127.0.0.1", account.port, ssl=False, timeout=10)
    client.login(account.user, account.password)
    client.select_folder("INBOX")
    return client


def fetch(channel: EmailChannel, cursor: str | None = None, limit: int = 100) -> list[Batch]:
    return list(channel.fetch("INBOX", cursor, limit))


def test_batches_follow_each_other_and_say_whether_more_comes(account: Account) -> None:
    for number in range(7):
        account.deliver(mail(number), at=datetime(2026, 3, 1, number, tzinfo=UTC))
    batches = fetch(channel_of(imap_of(account)), limit=3)
    assert [len(batch.messages) for batch in batches] == [3, 3, 1]
    assert [batch.more for batch in batches] == [True, True, False]
    assert raws(batches) == [mail(number) for number in range(7)]
    assert [raw.at for raw in batches[0].messages] == [
        datetime(2026, 3, 1, hour, tzinfo=UTC) for hour in range(3)
    ]
    sources = [raw.source for batch in batches for raw in batch.messages]
    assert len(set(sources)) == 7
    assert sources[0].startswith("support/INBOX/")


def test_a_broken_off_fetch_goes_on_from_the_last_cursor_kept(account: Account) -> None:
    for number in range(5):
        account.deliver(mail(number))
    kept = next(channel_of(imap_of(account)).fetch("INBOX", None, 2))
    rest = fetch(channel_of(imap_of(account)), kept.cursor)
    assert raws([kept, *rest]) == [mail(number) for number in range(5)]


def test_reading_marks_nothing_as_seen_and_deletes_nothing(account: Account) -> None:
    account.deliver(mail(1))
    channel = channel_of(imap_of(account))
    fetch(channel)
    channel.wait(0)
    client = other_client(account)
    assert client.search("UNSEEN") == [1]
    assert [path.read_bytes() for path in account.server.mails(account.user)] == [mail(1)]


def test_after_another_uidvalidity_everything_comes_again_and_then_only_what_is_new(account: Account) -> None:
    account.deliver(mail(1))
    channel = channel_of(imap_of(account))
    (before,) = fetch(channel)
    channel.close()
    account.server.forget_uids(account.user)
    account.deliver(mail(2))
    assert channel.wait(0)
    (after,) = fetch(channel, before.cursor)
    assert sorted(raws([after])) == [mail(1), mail(2)]
    assert fetch(channel, after.cursor) == []


def test_a_cursor_nobody_can_read_begins_at_the_start(account: Account) -> None:
    account.deliver(mail(1))
    assert raws(fetch(channel_of(imap_of(account)), "no cursor")) == [mail(1)]


def test_a_large_mail_comes_alone_and_bounds_the_batch(account: Account) -> None:
    sizes = [1_000, 3_000_000, 3_000_000, 3_000_000, 12_000_000, 1_000]
    for number, size in enumerate(sizes):
        account.deliver(mail(number, padding=size))
    batches = fetch(channel_of(imap_of(account)))
    assert [len(batch.messages) for batch in batches] == [3, 1, 1, 1]
    assert raws(batches) == [mail(number, padding=size) for number, size in enumerate(sizes)]


def test_mail_expunged_while_it_is_read_is_left_out_and_the_rest_comes(account: Account) -> None:
    for number in range(6):
        account.deliver(mail(number))
    batches = channel_of(imap_of(account)).fetch("INBOX", None, 2)
    first = next(batches)
    client = other_client(account)
    client.delete_messages([3, 6])
    client.expunge()
    client.logout()
    assert raws([first, *batches]) == [mail(number) for number in (0, 1, 3, 4)]


def test_two_folders_may_be_read_by_turns(account: Account) -> None:
    for number in range(4):
        account.deliver(mail(f"in{number}"))
        account.deliver(mail(f"sent{number}"), "Sent")
    channel = channel_of(imap_of(account))
    assert channel.folders() == ("INBOX", "Sent")
    inbox, sent = channel.fetch("INBOX", None, 2), channel.fetch("Sent", None, 2)
    turns = [next(inbox), next(sent), next(inbox), next(sent)]
    assert raws(turns[0::2]) == [mail(f"in{number}") for number in range(4)]
    assert raws(turns[1::2]) == [mail(f"sent{number}") for number in range(4)]
    assert {raw.sent_by_us for raw in turns[0].messages} == {False}
    assert {raw.sent_by_us for raw in turns[1].messages} == {True}


def test_a_mailbox_with_more_numbers_than_one_line_holds_is_read_whole(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox_module, "_UIDS_AT_ONCE", 3)
    for number in range(10):
        account.deliver(mail(number))
    assert raws(fetch(channel_of(imap_of(account)), limit=4)) == [mail(number) for number in range(10)]


def test_idle_wakes_within_two_seconds(account: Account) -> None:
    channel = channel_of(imap_of(account))
    assert fetch(channel) == []
    delivered: list[float] = []

    def deliver_later() -> None:
        delivered.append(time.monotonic())
        account.deliver(mail(1))

    timer = threading.Timer(1.0, deliver_later)
    timer.start()
    assert channel.wait(30)
    assert time.monotonic() - delivered[0] < 2.0
    assert raws(fetch(channel)) == [mail(1)]


def test_idle_is_renewed_and_news_after_it_still_wakes(account: Account) -> None:
    channel = channel_of(imap_of(account))
    fetch(channel)
    waiting = channel._reader().waiting
    waiting._renew = 0.2
    timer = threading.Timer(1.0, account.deliver, [mail(1)])
    timer.start()
    assert channel.wait(30)
    waiting._renew = 60
    fetch(channel)
    begun = time.monotonic()
    assert not channel.wait(0.5)
    assert 0.5 <= time.monotonic() - begun < 3


def test_mail_that_came_between_reading_and_waiting_counts_as_news(account: Account) -> None:
    channel = channel_of(imap_of(account))
    account.deliver(mail(1))
    (batch,) = fetch(channel)
    account.deliver(mail(2))
    begun = time.monotonic()
    assert channel.wait(30)
    assert time.monotonic() - begun < 1
    assert raws(fetch(channel, batch.cursor)) == [mail(2)]


@pytest.mark.parametrize("encrypted", [False, True])
def test_mail_that_came_right_before_idle_wakes_too(
    account: Account, monkeypatch: pytest.MonkeyPatch, encrypted: bool
) -> None:
    server = account.server
    assert server.certificate
    tls = {
        "host": "localhost",
        "port": server.imaps,
        "tls": "implicit",
        "ca_file": str(server.certificate.cert),
    }
    channel = channel_of(imap_of(account, **(tls if encrypted else {})))
    fetch(channel)
    enter = Client.idle

    def deliver_and_enter(client: Client) -> None:
        if not server.mails(account.user):
            account.deliver(mail(1))
        enter(client)

    monkeypatch.setattr(Client, "idle", deliver_and_enter)
    begun = time.monotonic()
    assert channel.wait(30)
    assert time.monotonic() - begun < 5


def test_another_thread_ends_the_wait(account: Account) -> None:
    channel = channel_of(imap_of(account))
    fetch(channel)
    timer = threading.Timer(0.3, channel.interrupt)
    timer.start()
    begun = time.monotonic()
    assert not channel.wait(60)
    assert time.monotonic() - begun < 5


def test_a_server_without_idle_is_asked_now_and_then() -> None:
    with Dovecot(idle=False) as server:
        account = server.fresh()
        channel = channel_of(imap_of(account))
        fetch(channel)
        waiting = channel._reader().waiting
        assert not waiting.idles()
        waiting._poll = 0.2
        timer = threading.Timer(0.5, account.deliver, [mail(1)])
        timer.start()
        assert channel.wait(30)
        fetch(channel)
        timer = threading.Timer(0.3, channel.interrupt)
        timer.start()
        assert not channel.wait(60)
        assert any("IDLE: no" in line for line in channel._test_reading())


def test_a_killed_server_is_down_and_everything_goes_on_when_it_is_back(account: Account) -> None:
    account.deliver(mail(1))
    channel = channel_of(imap_of(account))
    (batch,) = fetch(channel)
    timer = threading.Timer(0.5, account.server.kill)
    timer.start()
    with pytest.raises(ChannelDown, match=r"127\.0\.0\.1"):
        channel.wait(60)
    timer.join()
    with pytest.raises(ChannelDown, match="cannot be reached"):
        fetch(channel, batch.cursor)
    account.server.start()
    account.deliver(mail(2))
    assert channel.wait(30)
    assert raws(fetch(channel, batch.cursor)) == [mail(2)]


def test_a_server_killed_in_the_middle_of_a_fetch_loses_and_doubles_nothing(account: Account) -> None:
    for number in range(6):
        account.deliver(mail(number))
    channel = channel_of(imap_of(account))
    batches = channel.fetch("INBOX", None, 2)
    first = next(batches)
    account.server.kill()
    with pytest.raises(ChannelDown):
        list(batches)
    account.server.start()
    assert raws([first, *fetch(channel, first.cursor)]) == [mail(number) for number in range(6)]


def test_a_missing_folder_is_named_with_those_that_exist(account: Account) -> None:
    account.deliver(mail(1))
    channel = channel_of(imap_of(account, folder="Kunder"))
    with pytest.raises(ChannelRefused, match=r'"Kunder".*INBOX'):
        list(channel.fetch("Kunder", None))
    with pytest.raises(ChannelRefused, match='"Kunder"'):
        channel.test()


def test_a_sent_mail_is_copied_once_and_read_back_as_ours(account: Account) -> None:
    channel = channel_of(imap_of(account))
    assert channel.append_sent(mail("answer"))
    assert not channel.append_sent(mail("answer"))
    (copy,) = account.server.mails(account.user, "Sent")
    assert copy.name.endswith("S")
    (batch,) = channel.fetch("Sent", None)
    assert [(raw.raw, raw.sent_by_us) for raw in batch.messages] == [(mail("answer"), True)]


def test_the_sent_folder_of_the_settings_goes_before_the_marked_one(account: Account) -> None:
    account.deliver(mail("old"), "Afsendt")
    channel = channel_of(imap_of(account), sent_folder="Afsendt")
    assert channel.folders() == ("INBOX", "Afsendt")
    assert channel.append_sent(mail("answer"))
    assert len(account.server.mails(account.user, "Afsendt")) == 2


def test_a_mail_costs_less_than_half_a_millisecond_of_cpu(account: Account) -> None:
    for number in range(3000):
        account.deliver(mail(number, padding=1500))
    channel = channel_of(imap_of(account))
    begun = time.process_time()
    count = sum(len(batch.messages) for batch in channel.fetch("INBOX", None))
    spent = time.process_time() - begun
    assert count == 3000
    assert spent / count < 0.0005
