"""A shop as its people have it: settings, a mailbox, a mail server, the program in a terminal, its worker beside.

Invariant: the program itself is driven, by keys and commands; every process that a shop started, the worker of its desk
included, has ended when the shop closes.
"""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Any, TypeVar

from cli.program import Program
from servers.dovecot import Account
from servers.smtp_sink import SmtpSink
from servers.terminal import Terminal

from agentdesk.domain.preferences import Preferences
from agentdesk.queries import people as queries
from agentdesk.services import people
from agentdesk.store.engine import open_store
from agentdesk.store.unit import SYSTEM

SUPPORT = "support@nordbutik.example"
METTE = "mette@kunde.example"
SETTINGS = """[store]
url = "{url}"

[me]
agent = "anna"

[[channel]]
kind = "email"
name = "support"
address = "{address}"
hold = {hold}
signature = "Venlig hilsen\\nAnna, Nordbutik"

[channel.imap]
host = "{host}"
port = {imap}
tls = "{tls}"
{ca}
user = "{user}"
password_file = "password"

[channel.smtp]
host = "127.0.0.1"
port = {smtp}
tls = "none"
"""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Imap:
    """How the settings file says the mailbox is reached."""

    host: str
    port: int
    user: str
    password: str
    tls: str = "none"
    ca_file: str = ""


def greeted(url: str, login: str) -> None:
    """Somebody who has sat at the desk before: no first screen stands before it."""
    store = open_store(url)
    try:
        with store.unit(SYSTEM, datetime.now(UTC)) as unit:
            agent_id = queries.agent(unit.session, login).id
            people.set_preferences(unit, agent_id, Preferences(greeted=True))
    finally:
        store.close()


class Shop(Program):
    """`hold` is the channel's hold-back; the store is made and Anna works here."""

    def __init__(self, home: Path, url: str, imap: Imap, smtp: SmtpSink, *, hold: int = 10) -> None:
        home.mkdir()
        super().__init__(home, url)
        self._workers: list[subprocess.Popen[bytes]] = []
        (home / "password").write_text(imap.password + "\n")
        (home / "password").chmod(0o600)
        self.config = home / "shop.toml"
        ca = f'ca_file = "{imap.ca_file}"' if imap.ca_file else ""
        self.config.write_text(SETTINGS.format(
            url=url, address=SUPPORT, hold=hold, host=imap.host, imap=imap.port, tls=imap.tls, ca=ca, user=imap.user,
            smtp=smtp.port,
        ))  # fmt: skip
        self.config.chmod(0o600)
        self("db", "migrate").ok()
        self("agent", "add", "anna", "--name", "Anna Ås").ok()
        greeted(url, "anna")

    def words(self, arguments: tuple[str, ...]) -> list[str]:
        """As a person with settings calls it."""
        return ["--db", self.url, "--config", str(self.config), *arguments]

    def desk(self, cols: int = 120, rows: int = 40, **named: Any) -> Terminal:
        """The program in a terminal."""
        env = {**self.environ(), **named.pop("env", {})}
        return Terminal(self.argv("--as", "anna"), cols, rows, env=env, cwd=self.home, **named)

    def worker(self) -> subprocess.Popen[bytes]:
        """The worker as a service runs it."""
        process = subprocess.Popen(
            self.argv("worker"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self.environ(), cwd=self.home, start_new_session=True,
        )  # fmt: skip
        self._workers.append(process)
        return process

    def worker_pid(self) -> int | None:
        """Which process holds the worker's lease."""
        found = self.rows("select holder from leases where name = 'worker'")
        return int(found[0][0].partition("-")[0]) if found and found[0][0] else None

    def close(self) -> None:
        """End the workers: those started here, and the one that a desk of this shop has started."""
        for process in self._workers:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        for pid in self._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not self._processes())

    def _processes(self) -> list[int]:
        """Whatever still runs with this shop's settings file on its command line."""
        mark = str(self.config).encode()
        found = []
        for line in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                if mark in line.read_bytes().split(b"\0"):
                    found.append(int(line.parts[2]))
        return found

    def rows(self, sql: str) -> list[Any]:
        """Rows of the store, read beside the program by the plain driver."""
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=10)) as connection:
                return connection.execute(sql).fetchall()
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()

    def faults(self) -> list[str]:
        """What the program logged as a fault of its own."""
        lines = [json.loads(line) for line in self.log().splitlines()]
        return [str(line["message"]) for line in lines if line["level"] in ("error", "critical")]

    def listening(self) -> bool:
        """The worker has read the whole mailbox once and waits for news."""
        return bool(self.rows("select 1 from channels where heard_at is not null and trouble = ''"))


@contextmanager
def shop(
    folder: Path, url: str, account: Account, smtp: SmtpSink, *, hold: int = 10, **imap: Any
) -> Iterator[Shop]:
    """A shop over this mailbox; its processes end with it."""
    given = {
        "host": "127.0.0.1",
        "port": account.port,
        "user": account.user,
        "password": account.password,
    } | imap
    made = Shop(folder / "shop", url, Imap(**given), smtp, hold=hold)
    try:
        yield made
    finally:
        made.close()


def letter(
    text: str = "Hej, jeg bestilte en lampe. Hvor er den?", *, subject: str = "Hvor er min pakke? Ærø, Øster Å",
    sender: str = f"Mette Sørensen <{METTE}>", cc: str = "", message_id: str = "", answers: tuple[str, ...] = (),
) -> bytes:  # fmt: skip
    """A customer's mail. `answers` are the ids before it, oldest first."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, f"Nordbutik <{SUPPORT}>", subject
    if cc:
        mail["Cc"] = cc
    mail["Date"] = formatdate(localtime=False)
    mail["Message-ID"] = f"<{message_id or f'{time.time_ns()}@kunde.example'}>"
    if answers:
        mail["In-Reply-To"] = f"<{answers[-1]}>"
        mail["References"] = " ".join(f"<{one}>" for one in answers)
    mail.set_content(text)
    return mail.as_bytes()


def eventually(ask: Callable[[], T], timeout: float = 10.0) -> T:
    """The first answer that is true."""
    deadline = time.monotonic() + timeout
    while not (answer := ask()):
        if time.monotonic() > deadline:
            message = f"still {answer!r} after {timeout} s"
            raise AssertionError(message)
        time.sleep(0.02)
    return answer


def left_in_order(line: Terminal, timeout: float = 15.0) -> int:
    """Wait for the program's end; its exit code. The terminal must be as it was: cursor, screen, mouse, paste."""
    code = line.process.wait(timeout)
    line.settle(0.1, 2)
    raw = line.raw
    for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1000h", b"\x1b[?1000l"),
                    (b"\x1b[?2004h", b"\x1b[?2004l")):  # fmt: skip
        assert raw.rfind(off) >= raw.rfind(on), f"{on!r} was not taken back"
    return code


def say(words: str) -> None:
    """A figure for whoever runs the tests with -s."""
    sys.stderr.write(f"walk: {words}\n")
