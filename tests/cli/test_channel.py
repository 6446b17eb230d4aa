"""Mailboxes on the command line: added with the file's comments kept, tried whole, read and sent through."""

import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cli.program import Program, mail
from servers.dovecot import Account
from servers.smtp_sink import SmtpSink

from agentdesk.config import load

SETTINGS = '# mine, do not touch\n[me]\nagent = "anna"  # that is me\n'


def _options(program: Program, account: Account, smtp: SmtpSink) -> list[str]:
    file = program.home / "password"
    file.write_text(f"{account.password}\n")
    file.chmod(0o600)
    return [
        "--address", "support@example.dk", "--imap-host", "127.0.0.1", "--imap-port", str(account.port), "--imap-tls",
        "none", "--imap-user", account.user, "--smtp-host", "127.0.0.1", "--smtp-port", str(smtp.port), "--smtp-user",
        "none", "--password-file", str(file), "--hold", "0",
    ]  # fmt: skip


def test_a_mailbox_is_tried_and_written_beside_what_stands_there(
    lite: Program, account: Account, smtp: SmtpSink
) -> None:
    lite.settings(SETTINGS)
    lite.settings_file.chmod(0o644)
    answer = lite("channel", "add", *_options(lite, account, smtp), "--json").ok()
    assert answer.json["channel"] == {"name": "support", "kind": "email", "address": "support@example.dk"}
    assert "signed in" in answer.err
    text = lite.settings_file.read_text()
    assert text.startswith(SETTINGS)
    assert account.password not in text + answer.out + answer.err + lite.log()
    assert stat.S_IMODE(lite.settings_file.stat().st_mode) == 0o600
    channel = load.read(text, lite.settings_file).channels[0]
    assert (channel.name, channel.hold, channel.imap and channel.imap.user) == ("support", 0, account.user)
    listed = lite.json("channel", "list")["channels"]
    assert [(one["name"], one["in_settings"], one["trouble"]) for one in listed] == [("support", True, "")]
    lite("channel", "add", *_options(lite, account, smtp), "--name", "SUPPORT").failed(3)
    lite("channel", "add", *_options(lite, account, smtp)).failed(1)
    assert lite.settings_file.read_text() == text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--imap-user", "nobody"), "does not accept the password"),
        (("--imap-host", "mail.invalid", "--imap-tls", "implicit"), "no server named"),
        (("--imap-tls", "implicit"), "does not speak TLS"),
        (("--imap-folder", "Nowhere"), "Nowhere"),
        (("--smtp-port", "1"), "cannot be reached"),
    ],
)
def test_a_mailbox_that_does_not_work_is_not_written(
    lite: Program, account: Account, smtp: SmtpSink, change: tuple[str, ...], said: str
) -> None:
    lite.settings(SETTINGS)
    err = lite("channel", "add", *_options(lite, account, smtp), *change).failed(1).err
    assert said in err
    assert account.password not in err + lite.log()
    assert lite.settings_file.read_text() == SETTINGS
    lite("channel", "add", *_options(lite, account, smtp), *change, "--no-test").ok()


def test_mail_comes_and_answers_go_by_commands_alone(desk: Program, account: Account, smtp: SmtpSink) -> None:
    desk("channel", "add", *_options(desk, account, smtp), "--no-test").ok()
    account.deliver(mail(1, cc="Bo <bo@example.dk>"))
    fetched = desk.json("sync", "--once")
    assert (fetched["seen"], fetched["ingested"], fetched["cases_opened"]) == (1, 1, 1)
    assert desk.json("sync", "--once")["ingested"] == 0
    desk.json("case", "reply", "1", "--text", "Kære Mette, den er på vej")
    assert desk.json("outbox", "flush", "--once")["sent"] == 1
    sent = smtp.wait(1)[0]
    assert sent.recipients == ("mette@example.dk", "bo@example.dk")
    assert desk.json("outbox", "list")[0]["state"] == "sent"
    account.deliver(mail(2, answers="1@kunde.dk"))
    assert desk.json("worker", "--once")["ingested"] == 1
    case = desk.json("case", "show", "1")
    assert (case["status"], case["message_count"]) == ("open", 3)
    assert [one["delivery"] for one in case["messages"] if one["kind"] == "outbound"] == ["sent"]


def test_a_server_that_is_away_is_told_and_what_waits_stays(
    desk: Program, account: Account, smtp: SmtpSink
) -> None:
    desk("channel", "add", *_options(desk, account, smtp), "--no-test").ok()
    desk.deliver(mail(1), channel="support")
    desk.json("case", "reply", "1", "--text", "Hej")
    smtp.stop()
    assert "127.0.0.1" in desk("outbox", "flush", "--once").failed(1).err
    assert desk.json("outbox", "list")[0]["state"] == "queued"


def test_the_reply_address_is_used_after_it_has_come_back(
    lite: Program, account: Account, smtp: SmtpSink
) -> None:
    lite(
        "channel", "add", *_options(lite, account, smtp), "--reply-address", "support+{token}@example.dk"
    ).ok()
    account.deliver(mail(1))
    lite.json("sync", "--once")
    lite.json("case", "reply", "1", "--text", "før")
    with _postman(account, smtp):
        tested = lite.json("channel", "test", "support")
    assert tested["ok"] is True
    assert lite.json("channel", "list")["channels"][0]["reply_address_verified"] is True
    lite.json("case", "reply", "1", "--text", "efter")
    smtp.reset()
    assert lite.json("outbox", "flush", "--once")["sent"] == 2
    before, after = (one.content for one in smtp.wait(2))
    assert b"\r\nReply-To:" not in before
    assert b"\r\nReply-To:" in after
    assert b"support+1-" in after
    assert lite.json("sync", "--once")["ingested"] == 0  # the mail that tried the address opens no case


@contextmanager
def _postman(account: Account, smtp: SmtpSink) -> Iterator[None]:
    """Carries the next mail of the sink to the mailbox."""

    def carry() -> None:
        account.deliver(smtp.wait(1, 30)[-1].content)

    postman = threading.Thread(target=carry)
    postman.start()
    yield
    postman.join()


def test_doctor_looks_at_everything(lite: Program, account: Account, smtp: SmtpSink) -> None:
    found = lite("doctor").ok().out
    assert "store" in found
    lite("channel", "add", *_options(lite, account, smtp)).ok()
    assert "mailbox support: ok" in lite("doctor").ok().out
    (lite.home / "password").write_text("wrong\n")
    answer = lite("doctor")
    assert answer.code == 1
    assert "mailbox support: 127.0.0.1 does not accept" in answer.out
    checks = lite("doctor", "--json").json
    assert checks["ok"] is False
    assert {one["name"] for one in checks["checks"] if not one["ok"]} == {"mailbox support"}
    lite.settings_file.write_text("[[channel]\n")
    assert "line 1" in lite("doctor").out


def test_doctor_makes_no_store(bare: Program) -> None:
    answer = bare("doctor")
    assert answer.code == 1
    assert "agentdesk setup" in answer.out
    assert not (bare.home / "data").exists()
