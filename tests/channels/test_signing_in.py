"""Encryption, passwords and tokens: what works, and one plain sentence for what does not."""

import socket
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from channels.mailboxes import channel_of, imap_of, mail, outgoing, smtp_of
from servers.certificate import make_certificate
from servers.dovecot import Account, Dovecot
from servers.ports import free_port
from servers.smtp_sink import SmtpSink

from agentdesk.channels.contract import ChannelDown, ChannelRefused, TryAgain
from agentdesk.channels.email.credentials import Credentials
from agentdesk.config import log
from agentdesk.config.settings import Imap

SECRET = "a secret that must not be shown"


def refusal(imap: Imap) -> str:
    with pytest.raises(ChannelRefused) as refused:
        list(channel_of(imap).fetch("INBOX", None))
    sentence = str(refused.value)
    assert sentence.endswith(".")
    return sentence


def over_tls(account: Account, **other: Any) -> Imap:
    certificate = account.server.certificate
    assert certificate
    settings = {
        "host": "localhost",
        "port": account.server.imaps,
        "tls": "implicit",
        "ca_file": str(certificate.cert),
    }
    return imap_of(account, **(settings | other))


def test_implicit_tls_and_starttls_read_mail(account: Account) -> None:
    account.deliver(mail(1))
    for imap in (over_tls(account), over_tls(account, tls="starttls", port=account.port)):
        channel = channel_of(imap)
        assert len(list(channel.fetch("INBOX", None))) == 1
        account.deliver(mail(2))
        assert channel.wait(10)
        channel.close()


def test_a_certificate_nobody_vouches_for_is_refused(account: Account) -> None:
    assert "certificate of localhost does not fit" in refusal(over_tls(account, ca_file=""))
    assert "certificate" in refusal(over_tls(account, ca_file="", tls="starttls", port=account.port))


def test_a_certificate_for_another_host_is_refused() -> None:
    with Dovecot(tls=True, tls_names=("mail.example.dk",)) as server:
        assert "does not fit" in refusal(over_tls(server.fresh()))


def test_a_wrong_port_or_way_of_encryption_is_said(account: Account) -> None:
    assert "does not speak TLS" in refusal(over_tls(account, port=account.port))
    assert "ca_file" in refusal(over_tls(account, ca_file="/nowhere/ca.pem"))
    with Dovecot() as server:
        assert "does not offer encryption" in refusal(imap_of(server.fresh(), tls="starttls"))


def test_plain_text_goes_to_loopback_only() -> None:
    sentence = refusal(Imap(host="mail.example.dk", tls="none", user="me", password=SECRET))
    assert "mail.example.dk" in sentence
    assert "allow_plaintext" in sentence
    with SmtpSink() as sink, pytest.raises(TryAgain, match="allow_plaintext") as again:
        channel_of(smtp=smtp_of(sink, host="mail.example.dk")).deliver(outgoing(), lambda: None)
    assert again.value.needs_person


def test_unknown_and_unreachable_hosts_are_down_not_refused() -> None:
    with pytest.raises(ChannelDown, match=r"no server named no-such-host\.invalid"):
        list(channel_of(Imap(host="no-such-host.invalid", user="me", password=SECRET)).fetch("INBOX", None))
    nobody = Imap(host="127.0.0.1", port=free_port(), tls="none", user="me", password=SECRET)
    with pytest.raises(ChannelDown, match="cannot be reached"):
        list(channel_of(nobody).fetch("INBOX", None))


def test_a_server_that_hangs_up_at_once_is_down() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        listener.listen()
        imap = Imap(host="127.0.0.1", port=port, tls="none", user="me", password=SECRET)

        def hang_up() -> None:
            listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(ChannelDown, match="closed the connection"):
            list(channel_of(imap).fetch("INBOX", None))


def test_a_wrong_password_is_one_sentence_without_the_password(account: Account) -> None:
    sentence = refusal(imap_of(account, password=SECRET))
    assert account.user in sentence
    assert "does not accept the password" in sentence
    assert SECRET not in sentence


def test_the_password_comes_from_the_first_source_named(tmp_path: Path, account: Account) -> None:
    def password(**sources: Any) -> str:
        return Credentials(
            imap_of(account, password="last", **sources), {"THE_PASSWORD": "environment"}
        ).secret()

    file = tmp_path / "password"
    file.write_text("file\nsecond line\n")
    file.chmod(0o600)
    command = (sys.executable, "-c", "print('command'); print('more')")
    assert password() == "last"
    assert password(password_file=str(file)) == "file"
    assert password(password_file=str(file), password_env="THE_PASSWORD") == "environment"
    assert password(password_env="THE_PASSWORD", password_command=command) == "command"
    assert password(password_command="printf 'by the shell\\r\\n'") == "by the shell"


def test_the_log_is_told_every_secret_that_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: set[str] = set()
    monkeypatch.setattr(log, "hide", told.add)
    monkeypatch.setattr(log, "hide_passing", lambda secret, _owner: told.add(secret))
    file = tmp_path / "password"
    file.write_text("of-the-file\n")
    file.chmod(0o600)
    sources: list[dict[str, Any]] = [
        {"password": "plain"},
        {"password_file": str(file)},
        {"password_env": "THE_PASSWORD"},
        {"password_command": ("echo", "of-the-command")},
        {"auth": "xoauth2", "token_command": ("echo", "a-token")},
    ]
    for source in sources:
        server = Imap(host="localhost", user="anna", **source)
        Credentials(server, {"THE_PASSWORD": "of-the-environment"}).secret()
    assert told == {"plain", "of-the-file", "of-the-environment", "of-the-command", "a-token"}


def test_a_password_file_others_can_read_is_refused(tmp_path: Path, account: Account) -> None:
    file = tmp_path / "password"
    file.write_text(SECRET)
    file.chmod(0o640)
    sentence = refusal(imap_of(account, password="", password_file=str(file)))
    assert "chmod 600" in sentence
    assert "cannot be read" in refusal(imap_of(account, password="", password_file=str(tmp_path / "none")))


def test_a_command_that_fails_or_a_missing_variable_is_said_without_its_output(account: Account) -> None:
    sentence = refusal(imap_of(account, password="", password_command=f"echo '{SECRET}'; exit 3"))
    assert "exit code 3" in sentence
    assert SECRET not in sentence
    assert "NOT_THERE" in refusal(imap_of(account, password="", password_env="NOT_THERE"))
    assert "name no password" in refusal(imap_of(account, password=""))


def test_a_command_is_asked_once_and_again_after_a_refusal(tmp_path: Path, account: Account) -> None:
    log, word = tmp_path / "log", tmp_path / "word"
    word.write_text(account.password)
    imap = imap_of(account, password="", password_command=f"echo asked >> {log}; cat {word}")
    channel = channel_of(imap)
    for _time in range(2):
        list(channel.fetch("INBOX", None))
        channel._reader().connection.drop()
    assert log.read_text().count("asked") == 1
    word.write_text("changed meanwhile")
    channel = channel_of(imap)
    with pytest.raises(ChannelRefused):
        list(channel.fetch("INBOX", None))
    word.write_text(account.password)
    list(channel.fetch("INBOX", None))
    assert log.read_text().count("asked") == 3


def test_xoauth2_signs_in_with_the_token_of_the_command(account: Account) -> None:
    assert account.server.tokens
    account.server.tokens.users["good-token"] = account.user
    account.deliver(mail(1))
    imap = imap_of(account, password="", auth="xoauth2", token_command=("echo", "good-token"))
    assert len(list(channel_of(imap).fetch("INBOX", None))) == 1
    expired = imap_of(account, password="", auth="xoauth2", token_command=("echo", SECRET.replace(" ", "")))
    sentence = refusal(expired)
    assert "does not accept the access token" in sentence
    assert SECRET.replace(" ", "") not in sentence
    assert "token_command" in refusal(imap_of(account, password="", auth="xoauth2"))


def test_letters_beyond_ascii_in_a_password_sign_in(tmp_path: Path) -> None:
    with Dovecot({"ase": "blåbærgrød"}) as server, SmtpSink(credentials={"åse": "blåbærgrød"}) as sink:
        server.deliver("ase", mail(1))
        account = Account(server, "ase", "blåbærgrød")
        smtp = smtp_of(sink, user="åse", password="blåbærgrød")
        channel = channel_of(imap_of(account), smtp)
        assert len(list(channel.fetch("INBOX", None))) == 1
        channel.deliver(outgoing(), lambda: None)
        assert sink.messages[0].user == "åse"


def test_smtp_signs_in_over_starttls_and_implicit_tls_with_password_and_token(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    for way in ("starttls", "implicit"):
        with SmtpSink(
            certificate=certificate,
            implicit_tls=way == "implicit",
            credentials={"me": SECRET},
            tokens={"me": "good-token"},
        ) as sink:
            secure = {"host": "localhost", "tls": way, "ca_file": str(certificate.cert), "user": "me"}
            channel_of(smtp=smtp_of(sink, **secure, password=SECRET)).deliver(outgoing(), lambda: None)
            token = {"auth": "xoauth2", "token_command": ("echo", "good-token")}
            channel_of(smtp=smtp_of(sink, **secure, **token)).deliver(outgoing(), lambda: None)
            assert [kept.user for kept in sink.messages] == ["me", "me"]
            wrong = ({"password": "wrong"}, {"auth": "xoauth2", "token_command": ("echo", "bad-token")})
            for settings in (*wrong, {"password": SECRET, "ca_file": ""}):
                with pytest.raises(TryAgain) as again:
                    channel_of(smtp=smtp_of(sink, **(secure | settings))).deliver(outgoing(), _never)
                assert again.value.needs_person
                assert not any(word in str(again.value) for word in ("wrong", "bad-token", SECRET))
            assert len(sink.messages) == 2


def test_smtp_without_the_starttls_it_should_have_sends_nothing(smtp: SmtpSink) -> None:
    with pytest.raises(TryAgain, match="does not offer encryption") as again:
        channel_of(smtp=smtp_of(smtp, tls="starttls", user="me", password=SECRET)).deliver(outgoing(), _never)
    assert again.value.needs_person


def test_channel_test_says_each_step(account: Account, tmp_path: Path) -> None:
    account.deliver(mail(1))
    with SmtpSink() as sink:
        seen: list[str] = []
        lines = channel_of(over_tls(account), smtp_of(sink)).test(seen.append)
    assert seen == lines
    expected = (
        "connected to localhost",
        f"signed in as {account.user}",
        "INBOX: 1 mail",
        "IDLE: yes",
        "Sent",
        "SMTP",
    )
    assert len(lines) == len(expected)
    assert all(part in line for part, line in zip(expected, lines, strict=True))


def test_nothing_secret_reaches_a_log(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    assert account.server.tokens
    account.server.tokens.users["good-token-for-log"] = account.user
    with SmtpSink(credentials={"me": SECRET}) as sink:
        channel = channel_of(imap_of(account), smtp_of(sink, user="me", password=SECRET))
        channel.test()
        channel.close()
        token = imap_of(account, auth="xoauth2", token_command=("echo", "good-token-for-log"))
        list(channel_of(token).fetch("INBOX", None))
    ours = [record for record in caplog.records if not record.name.startswith("mail")]  # the sink's own log
    text = "\n".join(record.getMessage() for record in ours)
    assert account.password not in text
    assert SECRET not in text
    assert "good-token-for-log" not in text
    assert "Z29vZC10b2tlb" not in text  # the token in base64 begins so


def _never() -> None:
    pytest.fail("the body was about to be sent")
