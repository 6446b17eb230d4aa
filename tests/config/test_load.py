"""The settings file: read whole, or refused with every mistake at its line."""

from pathlib import Path

import pytest

from agentdesk.config.load import load, read
from agentdesk.config.settings import Settings
from agentdesk.domain.problems import Problem

FILE = Path("/etc/agentdesk.toml")

WHOLE = """
[store]
url = "postgresql://desk:hunter2@db.example.dk/desk"

[me]
agent = "anna"
language = "da"
theme = "nord"
timezone = "Europe/Oslo"
after_send = "next"
[me.keys]
resolve = "x"

[[channel]]
kind = "email"
name = "support"
address = "support@example.dk"
language = "da"
team = "kundeservice"
reply_address = "support+{token}@example.dk"
subject_token = true
hold = 0
html = false
signature = '''
Venlig hilsen
hold = "not a key"
'''
answer_within = 240
sent_folder = "Sent"
[channel.imap]
host = "mail.example.dk"
user = "support"
password_command = ["pass", "show", "hunter2"]
ca_file = "certificates/own.pem"
folder = "Kunder"
[channel.smtp]
host = "mail.example.dk"
tls = "starttls"
user = "support"
auth = "xoauth2"
token_command = "token --secret hunter2"
[channel.oauth]
provider = "custom"
client_id = "desk"
token_url = "https://login.example.dk/token"

[[channel]]
kind = "email"
name = "faktura"
address = "faktura@example.dk"
imap = {host = "127.0.0.1", port = 1143, tls = "none", user = "f", password = "hunter2"}
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(Problem) as caught:
        read(text, FILE)
    sentences = str(caught.value).split("\n")
    assert all(sentence.startswith("/etc/agentdesk.toml, line ") for sentence in sentences)
    assert all(sentence.endswith(".") for sentence in sentences)
    return [sentence.removeprefix("/etc/agentdesk.toml, line ") for sentence in sentences]


def mailbox(server: str, table: str = "imap") -> str:
    return (
        f'[[channel]]\nkind = "email"\nname = "a"\naddress = "a@example.dk"\n'
        f'[channel.{table}]\nuser = "u"\npassword = "hunter2"\n{server}\n'
    )


def test_everything_in_a_whole_file_arrives() -> None:
    settings = read(WHOLE, FILE)
    assert settings.store.url == "postgresql://desk:hunter2@db.example.dk/desk"
    assert (settings.me.agent, settings.me.language, settings.me.theme) == ("anna", "da", "nord")
    assert (settings.me.timezone, settings.me.after_send) == ("Europe/Oslo", "next")
    assert settings.me.keys == {"resolve": "x"}
    support, faktura = settings.channels
    assert support.signature.splitlines() == ["Venlig hilsen", 'hold = "not a key"']
    assert (support.hold, support.html, support.answer_within) == (0, False, 240)
    assert support.imap is not None
    assert support.imap.password_command == ("pass", "show", "hunter2")
    assert (support.imap.port, support.imap.folder) == (993, "Kunder")
    assert support.smtp is not None
    assert (support.smtp.port, support.smtp.token_command) == (587, "token --secret hunter2")
    assert support.oauth is not None
    assert support.oauth.token_url == "https://login.example.dk/token"
    assert faktura.imap is not None
    assert (faktura.imap.port, faktura.imap.password) == (1143, "hunter2")
    assert faktura.smtp is None


def test_a_relative_file_name_starts_at_the_settings_file() -> None:
    imap = read(WHOLE, FILE).channels[0].imap
    assert imap is not None
    assert imap.ca_file == "/etc/certificates/own.pem"


def test_no_repr_shows_a_secret() -> None:
    assert "hunter2" in WHOLE
    assert "hunter2" not in repr(read(WHOLE, FILE))


def test_all_mistakes_are_told_at_once_each_with_its_line_and_key() -> None:
    text = """[store]
url = "mysql://x"
[me]
agent = 5
langauge = "da"
after_send = "jump"
[[channel]]
kind = "email"
name = "a"
address = "a@example.dk"
signature = \"\"\"
hold = 3
\"\"\"
hold = true
[channel.imap] # the mailbox
host = "mail.example.dk"
prot = 993
user = "u"
password_env = "P"
[[channel]]
name = "A"
kind = "email"
imap.host = "localhost"
imap.port = 70000
imap.user = "u"
imap.password = "p"
smtp = {host = "a", tls = "of"}
[[channel]]
kind = "email"
name = "c"
"""
    told = [line.split(": ")[:2] for line in complaints(text)]
    assert told == [
        ["2", "store.url"],
        ["4", "me.agent"],
        ["5", "me.langauge"],
        ["6", "me.after_send"],
        ["14", "channel.hold"],
        ["17", "channel.imap.prot"],
        ["20", "channel"],
        ["21", "channel.name"],
        ["24", "channel.imap.port"],
        ["27", "channel.smtp.tls"],
        ["28", "channel"],
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[me]\nlangauge = "da"', "2: me.langauge: there is no such setting; did you mean language."),
        ("[qqqqqq]\n", "1: qqqqqq: there is no such setting; take the line out."),
        ('[channel]\nname = "a"', "two pairs of brackets"),
        ("me = 3", "1: me: this should be a table."),
        ("[me.keys]\nresolve = 3", "table of texts in quotes"),
        ('[me]\nafter_send = "x"', 'one of "stay" | "next"'),
        ('[me]\ntimezone = "Europe/Kopenhagen"', "no such time zone"),
        ('[me]\ntimezone = "../../etc/passwd"', "no such time zone"),
        ('[me]\nlanguage = "tlh"', "not spoken here"),
        (
            '[[channel]]\nkind = "email"\nname = "a"\naddress = "a@b.dk"\nauthserv_id = "mx x"',
            "5: channel.authserv_id: ",
        ),
        (mailbox('host = "localhost"\nport = "993"'), "9: channel.imap.port: this should be a whole number"),
        (mailbox('host = "localhost"\nport = true'), "a whole number"),
        (mailbox("host = 3"), "a text in quotes"),
        (mailbox('host = "localhost"\nallow_plaintext = 1'), "true or false"),
        (mailbox('host = "localhost"\ntoken_command = [1]'), "or a list of them"),
        (mailbox('host = "localhost"\npassword_env = "P"'), "keep one of password, password_env"),
        (mailbox('host = "localhost"\nauth = "xoauth2"'), "needs token_command here"),
        (mailbox(""), "5: channel.imap: host is missing."),
        (mailbox('host = "localhost"').replace("password =", "# password ="), "no password for this user"),
        (mailbox('host = "localhost"').replace("user =", "# user ="), "add user"),
        (mailbox('host = "localhost"').replace("a@example.dk", "support"), "no mail address"),
        (mailbox('host = "localhost"').replace('"a"', '" "'), "a channel needs a name"),
        (
            mailbox('host = "localhost"') + mailbox('host = "localhost"'),
            "11: channel.name: another channel has this name",
        ),
        (mailbox('host = "h"') + '[channel.oauth]\nprovider = "custom"\nclient_id = "c"', "needs token_url"),
    ],
)
def test_a_mistake_gets_one_plain_sentence(text: str, sentence: str) -> None:
    told = complaints(text)
    assert len(told) == 1
    assert sentence in told[0]


@pytest.mark.parametrize("table", ["imap", "smtp"])
@pytest.mark.parametrize(
    "host", ["mail.example.dk", "192.168.1.4", "127.0.0.1.example.dk", "::2", "localhost.example.dk"]
)
def test_mail_without_tls_is_refused_beyond_this_machine(table: str, host: str) -> None:
    (told,) = complaints(mailbox(f'host = "{host}"\ntls = "none"', table))
    assert told.startswith(f"9: channel.{table}.tls: without TLS")


@pytest.mark.parametrize(
    "server",
    [
        'host = "localhost"',
        'host = "127.0.0.53"',
        'host = "::1"',
        'host = "mail.example.dk"\nallow_plaintext = true',
    ],
)
def test_mail_without_tls_is_taken_on_loopback_or_when_demanded(server: str) -> None:
    imap = read(mailbox(f'{server}\ntls = "none"'), FILE).channels[0].imap
    assert imap is not None
    assert (imap.tls, imap.port) == ("none", 143)


def test_a_key_that_is_wrong_already_is_not_complained_about_twice() -> None:
    told = complaints(mailbox('host = "localhost"').replace('password = "hunter2"', "password = 5"))
    assert [line.split(": ")[1] for line in told] == ["channel.imap.password"]


def test_no_complaint_repeats_a_value() -> None:
    text = WHOLE.replace('auth = "xoauth2"', 'auth = "hunter2"').replace(
        'kind = "email"', "kind = 2\nhunter = 2"
    )
    assert "hunter2" not in "".join(complaints(text))


def test_a_hostile_key_cannot_reach_the_terminal() -> None:
    (told,) = complaints('"\\u001b]0;x\\u0007\\u202e" = 1')
    assert told.isprintable()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\n[b\n", 2),
        ('[me]\nagent = "anna\n', 2),
        ("[me]\nagent = 'a'\nagent = 'b'\n", 3),
        ('a = """\n\n', 3),
    ],
)
def test_a_slip_in_the_syntax_names_its_line(text: str, line: int) -> None:
    (told,) = complaints(text)
    assert told.startswith(f"{line}: this is not TOML (")


def test_a_missing_default_file_means_the_defaults(tmp_path: Path) -> None:
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": "/data", "LANG": "da_DK.UTF-8"}
    settings = load(None, environ)
    assert settings.store.url == "sqlite:////data/agentdesk/agentdesk.db"
    assert settings.me.language == "da_DK.UTF-8"
    assert settings.channels == ()


def test_the_default_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "agentdesk").mkdir()
    (tmp_path / "agentdesk" / "agentdesk.toml").write_text('[me]\nagent = "bjarke"\n')
    assert load(None, {"XDG_CONFIG_HOME": str(tmp_path), "XDG_DATA_HOME": "/data"}).me.agent == "bjarke"


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"There is no settings file .*gone\.toml"):
        load(tmp_path / "gone.toml", {})


def test_a_file_that_is_no_text_gets_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_bytes(b'[me]\nagent = "\xe6"\n')
    with pytest.raises(Problem, match="not UTF-8"):
        load(file, {})


def test_a_folder_in_place_of_the_file_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be read"):
        load(tmp_path, {})


def test_an_empty_file_is_lawful(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("# nothing yet\n")
    settings = load(tmp_path / "a.toml", {"XDG_DATA_HOME": "/data"})
    assert (settings.me.after_send, settings.channels) == (Settings().me.after_send, ())
