"""A private Dovecot on a free loopback port, as root or as a plain user: the IMAP server of the tests.

It speaks IDLE, CONDSTORE, MOVE, SPECIAL-USE, and on wish TLS (implicit and STARTTLS) and XOAUTH2. Mail
arrives as an MTA delivers it, by a drop into the Maildir. Invariant: nothing of it survives `close`, and
`kill` is a kill -9 of the whole server, client connections included; `start` then goes on with the same
folder and ports.
"""

import grp
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from servers.certificate import Certificate, make_certificate
from servers.dovecot_config import UNLIMITED, Limits, Owners, config_2_3, config_2_4
from servers.leftovers import end_group, new_folder, note_server
from servers.ports import free_port
from servers.tokens import TokenEndpoint

PASSWORD = "hemmelig 1"
_SPARE_USERS = 1000
_sequence = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Account:
    """One fresh user of a running server."""

    server: "Dovecot"
    user: str
    password: str

    @property
    def host(self) -> str:
        """The name the server's certificate fits."""
        return "localhost"

    @property
    def port(self) -> int:
        """The port for plain connections and STARTTLS."""
        return self.server.port

    def deliver(
        self, raw: bytes, folder: str = "INBOX", *, at: datetime | None = None, seen: bool = False
    ) -> Path:
        """Drop a mail into a folder of this user."""
        return self.server.deliver(self.user, raw, folder, at=at, seen=seen)


class Dovecot:
    """`users` maps names to passwords; besides, `fresh()` hands out users that nobody has used yet."""

    def __init__(
        self,
        users: Mapping[str, str] | None = None,
        *,
        tls: bool = False,
        tls_names: tuple[str, ...] = ("localhost", "127.0.0.1"),
        oauth: bool = False,
        idle: bool = True,
        limits: Limits = UNLIMITED,
    ) -> None:
        self.users = dict(users or {"agent": PASSWORD})
        self._spare = iter([f"user{number}" for number in range(1, _SPARE_USERS + 1)])
        self.dir = new_folder("dc")
        self.port = free_port()
        self.imaps = free_port() if tls else 0
        self.tokens = TokenEndpoint() if oauth else None
        self._process: subprocess.Popen[bytes] | None = None
        self._root = os.getuid() == 0
        me, mine = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name
        # Dovecot refuses to run mail processes as root: then its own service users do the work
        self._owners = Owners("dovecot", "dovecot", "dovenull", "mail", "mail") if self._root else Owners(
            me, mine, me, me, mine
        )  # fmt: skip
        for name in ("run", "state", "mail"):
            (self.dir / name).mkdir()
        self._own(self.dir / "mail")
        self.certificate: Certificate | None = make_certificate(self.dir, tls_names) if tls else None
        self._write_users()
        self._write_config(limits, idle=idle)

    def _write_users(self) -> None:
        spare = {f"user{number}": PASSWORD for number in range(1, _SPARE_USERS + 1)}
        path = self.dir / "users"
        path.write_text(
            "".join(f"{user}:{{PLAIN}}{word}\n" for user, word in {**spare, **self.users}.items())
        )
        path.chmod(0o600)
        if self._root:
            shutil.chown(path, self._owners.user, self._owners.group)

    def _write_config(self, limits: Limits, *, idle: bool) -> None:
        version = subprocess.run(
            ["dovecot", "--version"], check=True, capture_output=True, text=True, env=_ENV
        ).stdout
        write = config_2_4 if _at_least_2_4(version) else config_2_3
        token_url = self.tokens.url if self.tokens else None
        tls = self.certificate is not None
        config = write(
            self.dir,
            self.port,
            self.imaps,
            self._owners,
            tls=tls,
            token_url=token_url,
            idle=idle,
            limits=limits,
        )
        for name, content in config.items():
            (self.dir / name).write_text(content)
            (self.dir / name).chmod(0o644)

    def start(self) -> Self:
        """Run it, and return when it greets."""
        for lock in self.dir.glob("mail/*/Maildir/**/dovecot-uidlist.lock"):
            lock.unlink()  # a killed server leaves its lock files, and the next one respects them for two minutes
        with (self.dir / "out").open("wb") as out:
            self._process = subprocess.Popen(
                ["dovecot", "-F", "-c", str(self.dir / "dovecot.conf")],
                env=_ENV,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its own group: kill() reaches the processes of the sessions too
            )
        note_server(self.dir, self._process.pid)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self._process.poll() is None:
            if _greets(self.port):
                return self
            time.sleep(0.02)
        why = self.logs()
        self.kill()
        message = f"Dovecot did not answer:\n{why}"
        raise RuntimeError(message)

    def running(self) -> bool:
        """Whether the master process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """Kill the whole server: a SIGTERM of the master alone would leave clients' connections alive."""
        if self._process is not None:
            end_group(self._process.pid)
            self._process.wait(10)

    def close(self) -> None:
        """End it and remove all it wrote."""
        self.kill()
        if self.tokens:
            self.tokens.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def logs(self) -> str:
        """The end of what it wrote about itself."""
        files = (self.dir / "out", self.dir / "dovecot.log")
        return "".join(file.read_text(errors="replace") for file in files if file.exists())[-3000:]

    def fresh(self) -> Account:
        """A user with an empty mailbox."""
        return Account(self, next(self._spare), PASSWORD)

    def deliver(
        self, user: str, raw: bytes, folder: str = "INBOX", *, at: datetime | None = None, seen: bool = False
    ) -> Path:
        """Drop a mail into a folder's Maildir as an MTA does; `at` becomes the INTERNALDATE."""
        maildir = self.maildir(user, folder)
        name = f"{time.time():.6f}".replace(".", ".M") + f"P{os.getpid()}Q{next(_sequence)}.test,S={len(raw)}"
        draft = maildir / "tmp" / name
        draft.write_bytes(raw)
        if at is not None:
            os.utime(draft, (at.timestamp(), at.timestamp()))
        self._own(draft)
        return draft.rename(maildir / "cur" / f"{name}:2,S" if seen else maildir / "new" / name)

    def mails(self, user: str, folder: str = "INBOX") -> list[Path]:
        """The files of a folder's mails; a seen one's name ends in flags with an S."""
        maildir = self.maildir(user, folder)
        return sorted([*(maildir / "new").iterdir(), *(maildir / "cur").iterdir()])

    def forget_uids(self, user: str, folder: str = "INBOX") -> None:
        """Number the mails anew under another UIDVALIDITY, as a server does that was restored."""
        maildir = self.maildir(user, folder)
        numbers = maildir / "dovecot-uidlist"
        version, validity, following, *rest = numbers.read_text().splitlines()[0].split(" ")
        later = [version, f"V{int(validity[1:]) + 1}", f"N{int(following[1:]) + 1000}", *rest]
        numbers.write_text(" ".join(later) + "\n")
        for index in maildir.glob("dovecot.index*"):
            index.unlink()

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """The Maildir of a folder, made when there is none."""
        root = self.dir / "mail" / user / "Maildir"
        maildir = root if folder == "INBOX" else root / f".{folder.replace('/', '.')}"
        if not (maildir / "new").exists():
            for path in (root.parent, root, maildir, *(maildir / part for part in ("tmp", "cur", "new"))):
                path.mkdir(exist_ok=True)
                self._own(path)
        return maildir

    def _own(self, path: Path) -> None:
        if self._root:
            shutil.chown(path, self._owners.mail_user, self._owners.mail_group)

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_error: object) -> None:
        self.close()


_ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"}


def _at_least_2_4(version: str) -> bool:
    major, minor = version.split(".")[:2]
    return (int(major), int(minor)) >= (2, 4)


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.settimeout(5)
            return connection.recv(200).startswith(b"* OK")
    except OSError:
        return False
