"""The servers of the tests do what the tests believe they do."""

import signal
import smtplib
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from imapclient import IMAPClient
from servers.certificate import make_certificate
from servers.dovecot import Account, Dovecot
from servers.dovecot_config import Owners, config_2_4
from servers.postgres import Postgres
from servers.smtp_sink import Faults, SmtpSink
from servers.terminal import Terminal

MAIL = b"From: k@example.dk\r\nTo: s@example.dk\r\nSubject: prove\r\nMessage-ID: <1@x>\r\n\r\nhej\r\n"


def sign_in(account: Account) -> IMAPClient:
    client = IMAPClient("127.0.0.1", account.port, ssl=False, timeout=10)
    client.login(account.user, account.password)
    return client


def test_dovecot_takes_mail_survives_a_kill_and_forgets_uids(account: Account) -> None:
    server = account.server
    account.deliver(MAIL, at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    account.deliver(MAIL, "Sent", seen=True)
    client = sign_in(account)
    assert {b"IDLE", b"UIDPLUS", b"SPECIAL-USE"} <= set(client.capabilities())
    first = client.select_folder("INBOX")
    assert first[b"EXISTS"] == 1
    date = client.fetch(client.search(), ["INTERNALDATE"])[1][b"INTERNALDATE"]
    assert date.astimezone(UTC) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert client.select_folder("Sent")[b"EXISTS"] == 1
    assert len(client.search("SEEN")) == 1
    server.kill()
    with pytest.raises((OSError, client.AbortError)):
        client.noop()
    server.start()
    again = sign_in(account).select_folder("INBOX")
    assert again[b"UIDVALIDITY"] == first[b"UIDVALIDITY"]
    server.forget_uids(account.user)
    assert sign_in(account).select_folder("INBOX")[b"UIDVALIDITY"] != first[b"UIDVALIDITY"]


def test_dovecot_speaks_tls_and_knows_good_from_bad_tokens(account: Account) -> None:
    server = account.server
    assert server.certificate
    assert server.tokens
    server.tokens.users["a-good-token"] = account.user
    trusting = ssl.create_default_context(cafile=str(server.certificate.cert))
    client = IMAPClient("localhost", server.imaps, ssl=True, ssl_context=trusting)
    client.oauth2_login(account.user, "a-good-token")
    assert client.select_folder("INBOX")
    plain = IMAPClient("localhost", server.port, ssl=False)
    plain.starttls(trusting)
    with pytest.raises(plain.Error):
        plain.oauth2_login(account.user, "another-token")


def test_dovecot_can_be_without_idle() -> None:
    with Dovecot(idle=False) as server:
        client = IMAPClient("127.0.0.1", server.port, ssl=False)
        client.login("agent", server.users["agent"])
        assert b"IDLE" not in client.capabilities()


def test_the_configuration_for_dovecot_2_4_is_written(tmp_path: Path) -> None:
    owners = Owners("a", "b", "c", "d", "e")
    files = config_2_4(tmp_path, 1, 2, owners, tls=True, token_url="http://localhost/?t=", idle=False)
    config = files["dovecot.conf"]
    assert config.startswith("dovecot_config_version = 2.4")
    assert config.count("{") == config.count("}")
    assert "mail_location" not in config


def test_postgres_gives_empty_databases_and_keeps_commits_through_a_kill() -> None:
    with Postgres(durable=True) as server:
        one, two = server.database(), server.database()
        with psycopg.connect(one) as connection:
            connection.execute("create table kept (x int)")
        with psycopg.connect(two) as connection:
            assert connection.execute(
                "select count(*) from pg_tables where schemaname = 'public'"
            ).fetchone() == (0,)
        server.kill()
        server.start()
        with psycopg.connect(one) as connection:
            assert connection.execute("select count(*) from kept").fetchone() == (0,)
        server.drop(two)
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(two)


def test_both_kinds_of_database_have_a_fresh_url(empty_database_url: str) -> None:
    assert empty_database_url.startswith(("sqlite:///", "postgresql://"))


def test_the_sink_keeps_mail_and_misbehaves_to_order(smtp: SmtpSink) -> None:
    def send(*to: str) -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP("127.0.0.1", smtp.port, timeout=10) as client:
            return client.sendmail("s@x.dk", to or ("a@x.dk",), MAIL)

    smtp.faults.refuse.add("gone@x.dk")
    assert list(send("a@x.dk", "gone@x.dk")) == ["gone@x.dk"]
    assert smtp.wait(1)[0].recipients == ("a@x.dk",)
    smtp.faults.tempfail, smtp.faults.times = "data", 1
    with pytest.raises(smtplib.SMTPDataError):
        send()
    send()
    for faults, kept in ((Faults(drop="before"), 0), (Faults(drop="after"), 1)):
        smtp.reset()
        smtp.faults = faults
        with pytest.raises((OSError, smtplib.SMTPException)):
            send()
        assert len(smtp.messages) == kept
    smtp.reset()
    smtp.faults.tempfail = "connect"
    with pytest.raises((OSError, smtplib.SMTPException)):
        send()


def test_the_sink_asks_for_a_password_over_tls(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(certificate.cert))
    with SmtpSink(certificate=certificate, credentials={"me": "word"}, tokens={"me": "token"}) as sink:
        with smtplib.SMTP("localhost", sink.port, timeout=10) as client:
            with pytest.raises(smtplib.SMTPSenderRefused):
                client.sendmail("s@x.dk", "a@x.dk", MAIL)
            client.starttls(context=trusting)
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("me", "wrong")
            client.login("me", "word")
            client.sendmail("s@x.dk", "a@x.dk", MAIL)
        with smtplib.SMTP("localhost", sink.port, timeout=10) as client:
            client.starttls(context=trusting)
            client.ehlo()
            client.user = "me"
            client.auth("XOAUTH2", lambda _challenge=None: "user=me\x01auth=Bearer token\x01\x01")
            client.sendmail("s@x.dk", "a@x.dk", MAIL)
        assert [message.user for message in sink.wait(2)] == ["me", "me"]
    with SmtpSink(certificate=certificate, implicit_tls=True) as sink:
        with smtplib.SMTP_SSL("localhost", sink.port, timeout=10, context=trusting) as client:
            client.sendmail("s@x.dk", "a@x.dk", MAIL)
        assert len(sink.messages) == 1


def test_a_terminal_shows_takes_keys_resizes_and_hangs_up() -> None:
    with Terminal(
        ["sh", "-c", "stty size; read x; echo got $x; trap 'stty size' WINCH; while :; do sleep 0.1; done"],
        77,
        11,
    ) as terminal:
        terminal.wait("11 77")
        terminal.keys(*"æble", "enter")
        terminal.wait("got æble")
        assert terminal.cpu_ms() > 0
        terminal.resize(50, 12)
        terminal.wait("12 50")
        terminal.keys("ctrl+c")
        assert terminal.process.wait(10) != 0
    with Terminal(["sleep", "60"]) as terminal:
        assert terminal.hang_up() == -signal.SIGHUP


def test_a_slow_line_delivers_late_and_at_its_rate() -> None:
    with Terminal(
        ["sh", "-c", "printf A; head -c 20000 /dev/zero | tr '\\0' x; printf Z"], throttle=(20_000, 0.15)
    ) as terminal:
        first = terminal.wait_bytes(b"A")
        last = terminal.wait_bytes(b"Z")
    assert first >= 0.15
    assert 0.8 <= last - first <= 3


def test_what_a_killed_run_left_is_ended_by_the_next() -> None:
    program = (
        "import time, sys; sys.path.insert(0, sys.argv[1]); from servers.dovecot import Dovecot; "
        "server = Dovecot().start(); print(server.dir, server.port, flush=True); time.sleep(600)"
    )
    tests = str(Path(__file__).parents[1])
    run = subprocess.Popen([sys.executable, "-c", program, tests], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    folder, port = run.stdout.readline().split()
    run.kill()
    run.wait(10)
    assert Path(folder).exists()
    deadline = time.monotonic() + 10
    with Dovecot():
        while Path(folder).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not Path(folder).exists()
    with pytest.raises(OSError, match=r".*"):
        IMAPClient("127.0.0.1", int(port), ssl=False, timeout=2)
