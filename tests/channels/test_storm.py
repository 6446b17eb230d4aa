"""A wrong password, counted over hours of simulated time: no lock-out storm, whoever uses the mailbox."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from channels.mailboxes import channel_of, imap_of, mail, outgoing, smtp_of
from servers.dovecot import Account
from servers.proxy import Proxy
from servers.smtp_sink import SmtpSink

from agentdesk.channels.contract import ChannelRefused, TryAgain
from agentdesk.channels.email import EmailChannel
from agentdesk.channels.refusals import Refusals, SignInRefused
from agentdesk.config.settings import Imap


def refusals_in_log(account: Account) -> int:
    log = (account.server.dir / "dovecot.log").read_text(errors="replace")
    return sum("auth failed" in line and f"user=<{account.user}>" in line for line in log.splitlines())


def with_memory(imap: Imap, refusals: Refusals) -> EmailChannel:
    channel = channel_of(imap)
    channel._refusals = refusals
    return channel


def test_of_all_threads_together_few_sign_in_with_a_refused_password(account: Account) -> None:
    now = [0.0]
    refusals = Refusals(lambda: now[0])
    with Proxy(account.port) as proxy:
        imap = imap_of(account, port=proxy.port, password="forkert")
        reading, filing = with_memory(imap, refusals), with_memory(imap, refusals)
        tried = []
        for minute in range(0, 3 * 60, 5):  # the worker's own pause after a refusal
            now[0] = minute * 60.0
            before = proxy.connections
            with pytest.raises(ChannelRefused, match="does not accept the password"):
                list(reading.fetch("INBOX", None))
            with pytest.raises(ChannelRefused, match="does not accept the password"):
                filing.append_sent(mail(1))
            tried += [minute] * (proxy.connections - before)
    assert (
        len(tried) - 1 <= refusals_in_log(account) <= len(tried)
    )  # Dovecot tells of the last one a moment later
    assert len([minute for minute in tried if minute <= 10]) == 2
    assert len([minute for minute in tried if minute < 60]) <= 4
    assert 5 <= len(tried) <= 8


def test_another_password_is_tried_at_once_and_the_right_one_ends_it(account: Account) -> None:
    refusals = Refusals(lambda: 0.0)
    tried = []
    with Proxy(account.port) as proxy:
        for password in ("forkert", "forkert", account.password, "forkert"):
            channel = with_memory(imap_of(account, port=proxy.port, password=password), refusals)
            before = proxy.connections
            if password == account.password:
                assert list(channel.fetch("INBOX", None)) == []
            else:
                with pytest.raises(SignInRefused):
                    list(channel.fetch("INBOX", None))
            tried.append(proxy.connections - before)
            channel.close()
    assert tried == [1, 0, 1, 1]


def test_a_password_changed_in_its_file_is_found_without_a_restart(account: Account, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("forkert")
    file.chmod(0o600)
    imap = replace(imap_of(account), password="", password_file=str(file))
    channel = with_memory(imap, Refusals(lambda: 0.0))
    with pytest.raises(SignInRefused):
        list(channel.fetch("INBOX", None))
    file.write_text(account.password)
    assert list(channel.fetch("INBOX", None)) == []


def test_sending_shows_a_refused_password_once_for_each_pause_too(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    with SmtpSink(credentials={"anna": "rigtig"}) as sink:
        shown: list[float] = []
        look_at = sink._authenticate

        def counted(*facts: Any) -> Any:
            shown.append(now[0])
            return look_at(*facts)

        monkeypatch.setattr(sink, "_authenticate", counted)
        sink_settings = smtp_of(sink, user="anna", password="forkert")
        channel = channel_of(smtp=sink_settings)
        channel._refusals = Refusals(lambda: now[0])
        for minute in range(0, 60, 5):
            now[0] = minute * 60.0
            with pytest.raises(TryAgain, match="does not accept the password") as told:
                channel.deliver(outgoing(), lambda: None)
            assert told.value.needs_person
    assert len(shown) <= 4
