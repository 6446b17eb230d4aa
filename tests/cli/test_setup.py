"""From a fresh machine to the first case, by questions at a terminal or by options."""

import re
import stat

from cli.program import Program, mail
from servers.dovecot import Account
from servers.smtp_sink import SmtpSink
from servers.terminal import Terminal

from agentdesk.config import load


def _terminal(program: Program, *words: str) -> Terminal:
    return Terminal(program.argv(*words), cols=100, rows=40, env=program.environment, cwd=program.home)


def _answer(terminal: Terminal, question: str, typed: str) -> None:
    terminal.wait(question, 30)
    terminal.send(f"{typed}\r")


def test_by_questions(bare: Program, account: Account, smtp: SmtpSink) -> None:
    with _terminal(bare, "setup") as terminal:
        _answer(terminal, "Its address", "")
        _answer(terminal, "Your login", "Anna")
        _answer(terminal, "cannot be a login", "anna")
        _answer(terminal, "Your name", "Anna Agent")
        _answer(terminal, "Add it now", "y")
        _answer(terminal, "Address of the mailbox", "support@example.dk")
        _answer(terminal, "Its name", "")
        _answer(terminal, "IMAP server", "127.0.0.1")
        _answer(terminal, "Encryption", "")
        _answer(terminal, "Port", str(account.port))
        _answer(terminal, "User name", account.user)
        _answer(terminal, "Where is the password", "t")
        _answer(terminal, "Password", account.password)
        _answer(terminal, "SMTP server", "")
        _answer(terminal, r"Encryption[^\n]*\n(.*\n)*.*Encryption", "")
        _answer(terminal, r"Port \[25\]", str(smtp.port))
        _answer(terminal, r"User name(.*\n)*.*User name", "none")
        terminal.wait("The settings stand in", 30)
        assert terminal.process.wait(20) == 0
        assert account.password.encode() not in terminal.raw
    text = bare.settings_file.read_text()
    assert account.password not in text
    assert "# language" in text
    assert stat.S_IMODE(bare.settings_file.stat().st_mode) == 0o600
    password = bare.settings_file.parent / "support.password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert account.password not in bare.log()
    account.deliver(mail(1))
    assert bare.json("sync", "--once")["cases_opened"] == 1
    assert bare.json("case", "claim")["case"]["owner"] == "anna"
    assert bare("doctor").ok()


def test_by_options(bare: Program) -> None:
    made = bare.json("setup", "--agent", "anna", "--no-mailbox")
    assert (made["agent"], made["channel"], made["file"]) == ("anna", None, str(bare.settings_file))
    assert bare.json("case", "claim") == {"case": None}
    text = bare.settings_file.read_text()
    bare("setup", "--agent", "bo", "--no-mailbox").failed(3)
    assert bare.settings_file.read_text() == text


def test_every_example_in_the_settings_file_is_lawful(bare: Program) -> None:
    words = ("--agent", "anna", "--address", "a@example.dk", "--imap-host", "imap.example.dk", "--smtp-host",
             "smtp.example.dk", "--password-command", "pass show mail", "--no-test")  # fmt: skip
    bare("setup", *words).ok()
    text = bare.settings_file.read_text()
    examples = re.findall(r"^# (\w+) = ", text, re.MULTILINE)
    assert {"language", "reply_address", "acknowledgement", "answer_within", "authserv_id"} <= set(examples)
    whole = re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE)
    (channel,) = load.read(whole, bare.settings_file).channels
    assert (channel.authserv_id, channel.answer_within) == ("mx.example.dk", 240)
    assert channel.reply_address == "a+{token}@example.dk"


def test_the_settings_may_be_made_elsewhere(bare: Program) -> None:
    file = bare.home / "a folder" / "mine.toml"
    bare(
        "--config",
        str(file),
        "setup",
        "--agent",
        "anna",
        "--no-mailbox",
        "--store",
        f"sqlite:///{bare.home}/b.db",
    ).ok()
    assert bare.json("--config", str(file), "case", "claim") == {"case": None}
    assert not bare.settings_file.exists()
    other = bare.home / "worker.toml"
    words = ("--address", "a@example.dk", "--imap-host", "imap.example.dk", "--smtp-host", "smtp.example.dk",
             "--password-command", 'printf "æ\\t\x07"', "--no-test", "--name", "Støtte \U0001f600")  # fmt: skip
    bare("--config", str(other), "channel", "add", *words).ok()
    channel = load.read(other.read_text(), other).channels[0]
    assert (channel.name, channel.imap and channel.imap.password_command) == (
        "Støtte \U0001f600",
        'printf "æ\\t\x07"',
    )


def test_a_mailbox_that_does_not_answer_leaves_nothing_behind(bare: Program) -> None:
    words = ("--agent", "anna", "--address", "a@example.dk", "--imap-host", "127.0.0.1", "--imap-port", "1",
             "--smtp-host", "127.0.0.1", "--password-command", "echo hemmelig")  # fmt: skip
    assert "127.0.0.1" in bare("setup", *words).failed(1).err
    assert not bare.settings_file.exists()
    assert not (bare.home / "data").exists()


def test_the_first_start_offers_the_demo_or_the_set_up(bare: Program) -> None:
    with _terminal(bare) as terminal:
        terminal.wait("made-up shop", 30)
        _answer(terminal, "What first", "x")
        _answer(terminal, "Type one of", "q")
        assert terminal.process.wait(20) == 0
    assert not bare.settings_file.exists()
    assert not (bare.home / "data").exists()


def test_a_desk_without_a_terminal_says_so(lite: Program) -> None:
    assert "terminal" in lite().failed(2).err
    assert lite.spawn().failed(2).out == ""
    assert lite.spawn("demo").failed(2).out == ""


def test_the_desk_opens_on_the_store_that_is_named(lite: Program) -> None:
    lite.deliver(mail(1, subject="Hvor er min lampe"))
    with _terminal(lite) as terminal:
        terminal.wait("Welcome to the desk", 30)
        terminal.send("\r")
        terminal.wait("Hvor er min lampe", 30)
        terminal.settle()
        terminal.send("q")
        assert terminal.process.wait(20) == 0


def test_the_language_is_that_of_the_settings_then_of_the_system(bare: Program) -> None:
    bare.settings('[me]\nlanguage = "da"\n')
    english = Program(bare.home)
    english.environment["XDG_CONFIG_HOME"] = str(bare.home / "none")
    texts = {english("--help").ok().out, bare("--help").ok().out}
    english.environment["LC_ALL"] = "da_DK.UTF-8"
    assert english("--help").ok().out in texts
