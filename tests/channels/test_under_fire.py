"""Mail in over IMAP while the line and the server fail: each mail exactly once, none holds up the next."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from channels.mailboxes import channel_of, imap_of, mail
from imapclient import IMAPClient
from servers.dovecot import Account
from servers.proxy import Proxy

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email import bodies
from agentdesk.channels.email import imap as imap_module
from agentdesk.domain.mail import RawMail


@pytest.fixture
def proxy(account: Account) -> Iterator[Proxy]:
    """The line to Dovecot."""
    with Proxy(account.port) as line:
        yield line


class Reader:
    """Keeps what a worker keeps: the mails and the cursor of each batch, whatever breaks behind it."""

    def __init__(self, account: Account, port: int, **settings: object) -> None:
        self.channel = channel_of(imap_of(account, port=port, **settings))
        self.cursor: str | None = None
        self.kept: list[RawMail] = []
        self.troubles: list[str] = []

    def read(self, folder: str = "INBOX", limit: int = 4) -> bool:
        """One round; whether it came to its end."""
        try:
            for batch in self.channel.fetch(folder, self.cursor, limit):
                self.kept += batch.messages
                self.cursor = batch.cursor
        except ChannelDown as problem:
            self.troubles.append(str(problem))
            return False
        return True

    def read_to_the_end(self, tries: int = 12) -> None:
        assert any(self.read() for _try in range(tries)), self.troubles

    def raws(self) -> list[bytes]:
        return [one.raw for one in self.kept]


def deliver(account: Account, count: int, first: int = 0) -> list[bytes]:
    mails = [mail(number, padding=200 * (number % 5) ** 3) for number in range(first, first + count)]
    for one in mails:
        account.deliver(one)
    return mails


@pytest.mark.parametrize("up", [False, True], ids=["answers", "questions"])
def test_a_line_cut_at_any_byte_loses_and_doubles_nothing(account: Account, proxy: Proxy, up: bool) -> None:
    mails = deliver(account, 12)
    whole = Reader(account, proxy.port)
    whole.read_to_the_end()
    assert whole.raws() == mails
    total = proxy.up if up else proxy.down
    whole.channel.close()
    for step in range(8):
        reader = Reader(account, proxy.port)
        proxy.cut_after(1 + (total - 40) * step // 8 + step, up=up, reset=step % 2 == 1)
        reader.read_to_the_end()
        assert reader.raws() == mails, f"cut {step}"
        assert reader.troubles
        reader.channel.close()


def test_a_line_that_breaks_on_every_answer_still_brings_mail_by_mail(account: Account, proxy: Proxy) -> None:
    mails = deliver(account, 6)
    reader = Reader(account, proxy.port)
    for _try in range(40):
        proxy.cut_after(18_000)
        if reader.read(limit=100):
            break
    assert reader.raws() == mails
    assert not any(one.trouble for one in reader.kept)


def test_a_mail_the_server_dies_of_is_set_aside_with_its_reason_and_the_next_one_comes(
    account: Account, proxy: Proxy
) -> None:
    mails = deliver(account, 5)
    reader = Reader(account, proxy.port)
    reader.read_to_the_end()
    damaged: Path = account.deliver(mail("damaged"))
    damaged.chmod(0)  # Dovecot hangs up on whoever asks for a mail that it cannot read
    after = deliver(account, 3, first=5)
    reader.read_to_the_end()
    (aside,) = [one for one in reader.kept if one.trouble]
    assert [one.raw for one in reader.kept if one is not aside] == [*mails, *after]
    assert reader.kept.index(aside) == 5
    assert "mailbox" in aside.trouble
    assert len(reader.troubles) <= 8
    assert reader.read()
    assert len(reader.kept) == 9


def test_alone_in_its_mailbox_such_a_mail_is_waited_for(account: Account, proxy: Proxy) -> None:
    path = account.deliver(mail("damaged"))
    path.chmod(0)
    reader = Reader(account, proxy.port)
    for _try in range(9):
        assert not reader.read()
    assert reader.kept == []
    path.chmod(0o644)
    assert reader.read()
    assert reader.raws() == [mail("damaged")]


def test_a_mail_beyond_every_bound_is_set_aside_with_its_reason(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LARGEST", 9_000_000)
    for number, size in enumerate((100, 9_100_000, 100)):
        account.deliver(mail(number, padding=size))
    reader = Reader(account, account.port)
    assert reader.read()
    assert [one.raw for one in reader.kept] == [mail(0, padding=100), b"", mail(2, padding=100)]
    assert "9 MB" in reader.kept[1].trouble


def test_silence_in_the_middle_of_a_mail_is_noticed_and_read_on(
    account: Account, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_module, "_SECONDS", 0.3)
    mails = deliver(account, 6)
    reader = Reader(account, proxy.port)
    batches = reader.channel.fetch("INBOX", None, 2)
    first = next(batches)
    proxy.stall(new=False)
    begun = time.monotonic()
    with pytest.raises(ChannelDown, match="in time"):
        list(batches)
    assert time.monotonic() - begun < 3
    reader.kept, reader.cursor = list(first.messages), first.cursor
    assert reader.read()
    assert reader.raws() == mails


def test_idle_on_a_line_that_was_forgotten_ends_within_its_bound(
    account: Account, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_module, "_SECONDS", 0.3)
    reader = Reader(account, proxy.port)
    assert reader.read()
    proxy.stall(new=False)
    account.deliver(mail(1))
    begun = time.monotonic()
    with pytest.raises(ChannelDown):
        reader.channel.wait(0.4)  # a round of IDLE, then the server has to answer DONE in time
    assert time.monotonic() - begun < 2
    assert reader.read()
    assert reader.raws() == [mail(1)]


def test_a_slow_server_is_read_whole(account: Account, proxy: Proxy) -> None:
    mails = deliver(account, 3)
    proxy.slow(40_000)
    reader = Reader(account, proxy.port)
    assert reader.read()
    assert reader.raws() == mails


def test_what_is_moved_flagged_and_expunged_meanwhile_leaves_the_rest_in_order(
    account: Account, proxy: Proxy
) -> None:
    mails = deliver(account, 8)
    reader = Reader(account, proxy.port)
    batches = reader.channel.fetch("INBOX", None, 2)
    got = [raw.raw for raw in next(batches).messages]
    with IMAPClient("127.0.0.1", account.port, ssl=False, timeout=10) as other:
        other.login(account.user, account.password)
        other.select_folder("INBOX")
        other.move([4], "Archive")
        other.add_flags([1, 5, 6], [b"\\Seen", b"\\Flagged"])
        other.delete_messages([7])
        other.expunge()
        other.select_folder("Archive")
        other.move([1], "INBOX")
        got += [raw.raw for batch in batches for raw in batch.messages]
        other.select_folder("INBOX")
        other.move([1], "Archive")
    rest = [mails[number] for number in (0, 1, 2, 4, 5, 7)]
    assert [raw for raw in got if raw != mails[3]] == rest
    assert got.count(mails[3]) <= 1
    reader.kept = []
    reader.read_to_the_end()
    assert sorted(reader.raws()) == sorted([mails[number] for number in (1, 2, 3, 4, 5, 7)])


def test_a_folder_that_is_renamed_is_named_and_read_on_when_it_is_back(account: Account) -> None:
    with IMAPClient("127.0.0.1", account.port, ssl=False, timeout=10) as other:
        other.login(account.user, account.password)
        other.create_folder("Kunder")
        account.deliver(mail(1), "Kunder")
        reader = Reader(account, account.port, folder="Kunder")
        assert reader.read("Kunder")
        other.rename_folder("Kunder", "Gamle kunder")
        with pytest.raises((ChannelRefused, ChannelDown)):
            reader.channel.wait(0.5)
        with pytest.raises(ChannelRefused, match=r'no folder "Kunder".*Gamle kunder'):
            reader.read("Kunder")
        other.rename_folder("Gamle kunder", "Kunder")
        account.deliver(mail(2), "Kunder")
        assert reader.read("Kunder")
        assert reader.raws() == [mail(1), mail(2)]


def test_reading_leaves_the_mailbox_as_it_was(account: Account) -> None:
    for number in range(4):
        account.deliver(mail(number), seen=number % 2 == 1)
    account.deliver(mail("other"), "Archive")
    account.deliver(mail("answer before"), "Sent")
    channel = channel_of(imap_of(account))
    before = _mailbox(account)
    for folder in channel.folders():
        list(channel.fetch(folder, None))
    channel.wait(0)
    channel.append_sent(mail("answer"))
    channel.append_sent(mail("answer"))
    assert list(channel._test_reading())
    channel.close()
    after = _mailbox(account)
    (copy,) = after.keys() - before.keys()
    assert copy[0] == "Sent"
    assert after.pop(copy) == ((b"\\Seen",), mail("answer"))
    assert after == before


def _mailbox(account: Account) -> dict[tuple[str, int], tuple[tuple[bytes, ...], bytes]]:
    """Everything that lies there: folder and UID -> flags and bytes; looking changes nothing."""
    found = {}
    with IMAPClient("127.0.0.1", account.port, ssl=False, timeout=10) as client:
        client.login(account.user, account.password)
        for _flags, _delimiter, folder in client.list_folders():
            client.select_folder(folder, readonly=True)
            for uid, facts in client.fetch(client.search(), ["FLAGS", "BODY.PEEK[]"]).items():
                flags = tuple(sorted(flag for flag in facts[b"FLAGS"] if flag != b"\\Recent"))
                found[folder, uid] = (flags, facts[b"BODY[]"])
    return found


def test_being_hung_up_on_while_signing_in_is_no_wrong_password(account: Account, proxy: Proxy) -> None:
    for count in (1, 60, 140, 180):
        reader = Reader(account, proxy.port)
        proxy.cut_after(count)
        assert not reader.read()
        assert "password" not in reader.troubles[-1]
        reader.channel.close()
