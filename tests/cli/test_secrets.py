"""No secret leaves by any way out, though everything fails and the servers say aloud what they were told."""

import json
import re
import sqlite3
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cli.program import Program, mail
from servers.telltale import imap, postgres, smtp, telltale

_CANARIES = {
    "file": 'kanarie-fil"1', "command": "kanarie-kommando2", "env": "kanarie-miljø3", "inline": "kanarie\\direkte4",
    "token": "kanarie-token5", "refresh": "kanarie-fornyelse6", "shop": "kanarie-butik7", "url": "kanarie adresse8",
}  # fmt: skip
_COMMANDS = (
    ("doctor",), ("doctor", "--json"), ("sync", "--once"), ("sync", "--once", "--json"), ("worker", "--once"),
    ("channel", "list", "--json"), ("channel", "test", "file"), ("channel", "test", "token"),
    ("order", "sync", "--once"), ("order", "sync", "--once", "--json"), ("outbox", "flush", "--once"),
    ("case", "show", "1", "--json"), ("db", "check"),
)  # fmt: skip


def _channel(name: str, way: str, port: int, out: int) -> str:
    signing = f'user = "desk"\ntls = "none"\nhost = "127.0.0.1"\n{way}\n'
    return (
        f'[[channel]]\nkind = "email"\nname = "{name}"\naddress = "{name}@shop.example"\n'
        f"[channel.imap]\nport = {port}\n{signing}[channel.smtp]\nport = {out}\n{signing}"
    )


def _settings(program: Program, ports: dict[str, int]) -> str:
    secret = program.home / "secret"
    secret.write_text(_CANARIES["file"] + "\n")
    secret.chmod(0o600)
    ways = {
        "file": f'password_file = "{secret}"', "command": f'password_command = "printf %s {_CANARIES["command"]}"',
        "env": 'password_env = "DESK_SECRET"', "inline": f"password = '{_CANARIES['inline']}'",
        "token": f'auth = "xoauth2"\ntoken_command = ["printf", "%s", "{_CANARIES["token"]}"]',
        "refresh": 'auth = "xoauth2"',
    }  # fmt: skip
    boxes = "".join(_channel(name, way, ports["imap"], ports["smtp"]) for name, way in ways.items())
    url = f"postgresql://reader@127.0.0.1:{ports['postgres']}/shop"
    return (
        f'[me]\nagent = "anna"\n{boxes}[channel.oauth]\nprovider = "custom"\nclient_id = "desk"\n'
        f'token_url = "https://127.0.0.1:{ports["smtp"]}/token"\n'
        f'[[shop]]\nname = "one"\nurl = "{url}"\npassword = "{_CANARIES["shop"]}"\n'
        'orders = "select 1 where :address = 1"\n'
        f'[[shop]]\nname = "two"\nurl = "{url.replace("reader@", "reader:kanarie%20adresse8@")}"\n'
        'orders = "select 1 where :address = 1"\n'
    )


@pytest.fixture
def leaky(lite: Program) -> Iterator[tuple[Program, dict[str, list[bytes]], dict[str, int]]]:
    """Six mailboxes and two shops that let nobody in, a case with a reply that waits, and a refresh token."""
    lite.deliver(mail(1))
    with ExitStack() as stack:
        ports: dict[str, int] = {}
        heard: dict[str, list[bytes]] = {}
        for talk in (imap, smtp, postgres):
            ports[talk.__name__], heard[talk.__name__] = stack.enter_context(telltale(talk))
        lite.environment["DESK_SECRET"] = _CANARIES["env"]
        lite.settings(_settings(lite, ports))
        lite.settings_file.chmod(0o600)
        token = lite.home / "state" / "agentdesk" / "oauth-refresh.json"
        token.parent.mkdir(parents=True, exist_ok=True)
        token.write_text(json.dumps({"refresh_token": _CANARIES["refresh"]}))
        token.chmod(0o600)
        yield lite, heard, ports


def _forms(secret: str) -> list[bytes]:
    """How a careless program may write it."""
    data = secret.encode()
    words = re.findall(rb"kanarie\W?[\w-]+", data)
    return [data, *words, b64encode(data)[: len(data) // 3 * 4], repr(secret)[1:-1].encode()]


def test_no_secret_leaves_though_every_server_tells(
    leaky: tuple[Program, dict[str, list[bytes]], dict[str, int]],
) -> None:
    program, heard, ports = leaky
    said = b""
    for words in _COMMANDS:
        answer = program(*words)
        said += (answer.out + answer.err).encode()
        assert "Traceback" not in answer.out + answer.err
    for password in (f":{_CANARIES['shop']}@", ":kanarie%20adresse8@"):
        url = f"postgresql://desk{password}127.0.0.1:{ports['postgres']}/desk"
        for words in (("case", "list"), ("db", "copy", url), ("doctor",)):
            answer = program("--db", url, *words) if words[0] != "db" else program(*words)
            said += (answer.out + answer.err).encode()
    assert said.count(b"you said") > 2, "the servers were quoted"
    told = b"".join(heard["imap"] + heard["smtp"] + heard["postgres"])
    for name in ("imap", "smtp", "postgres"):
        assert heard[name], name
    assert b"kanarie" in told or b64encode(b"kanarie")[:8] in told
    backup = program.home / "backup.db"
    program("db", "backup", str(backup)).ok()
    own = {program.settings_file, program.home / "secret"}
    left = {
        path: path.read_bytes() for path in program.home.rglob("*")
        if path.is_file() and path not in own and not path.name.startswith("oauth-")
    }  # fmt: skip
    assert backup in left
    assert any(path.suffix == ".log" and data for path, data in left.items())
    for path, data in {Path("what was said"): said, **left}.items():
        for name, secret in _CANARIES.items():
            for form in _forms(secret):
                assert form not in data, (path, name, data[max(0, data.find(form) - 200) :][:400])


def test_others_may_not_read_settings_that_hold_a_secret(bare: Program) -> None:
    shop = '[[shop]]\nname = "a"\nurl = "{url}"\norders = "select 1 where :address = 1"\n{more}'
    for text in (
        '[store]\nurl = "postgresql://desk:hemmelig@127.0.0.1:1/desk"\n',
        shop.format(url="postgresql://a@127.0.0.1:1/a", more='password = "hemmelig"\n'),
        shop.format(url="postgresql://a:hemmelig@127.0.0.1:1/a", more=""),
    ):
        bare.settings(text)
        bare.settings_file.chmod(0o644)
        assert "chmod 600" in bare("doctor", "--offline").out
        bare.settings_file.chmod(0o600)
        assert "chmod 600" not in bare("doctor", "--offline").out


def test_a_backup_holds_no_key_of_ours(lite: Program) -> None:
    lite.deliver(mail(1))
    backup = lite.home / "backup.db"
    lite("db", "backup", str(backup)).ok()
    names = [row[0] for row in sqlite3.connect(backup).execute("select name from keys")]
    assert all(name.startswith("tombstones") for name in names)
