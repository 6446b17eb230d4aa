"""The house of the kill script: mailbox, mail server, database and workers, each a process that can be killed.

Invariant: what is killed comes up again with the same ports and files; nothing of it lives when the house is closed.
"""

import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from servers.dovecot import Account, Dovecot
from servers.ports import free_port
from servers.postgres import Postgres
from servers.proxy import Proxy

ROOT = Path(__file__).resolve().parents[2]
_MEGABYTES = 300
_PAGE = 4096
_FAIL = """
create or replace function is_full() returns trigger language plpgsql as $$
begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$"""
_TABLES = ("outbox", "changes", "messages", "leases")


class SinkProcess:
    """The SMTP sink: started, stopped at a stage, killed."""

    def __init__(self, folder: Path) -> None:
        self.port, self._control = free_port(), free_port()
        self.log = folder / "sink.jsonl"
        self.log.touch()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._heard = b""

    def start(self) -> None:
        """Run it, and return when it listens."""
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/walk/mail_kills_sink.py"),
             str(self.port), str(self._control), str(self.log)],
            stdin=subprocess.DEVNULL, cwd=ROOT,
        )  # fmt: skip
        end = time.monotonic() + 30
        while True:
            try:
                self._line = socket.create_connection(("127.0.0.1", self._control), 1)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
            else:
                self._heard = b""
                return

    def ask(self, words: str) -> None:
        """Tell it something; what it answers is heard in `heard`."""
        assert self._line
        with contextlib.suppress(OSError):
            self._line.sendall(words.encode() + b"\n")
        if words != "go":
            assert self.heard("ok", 5), words

    def heard(self, words: str, seconds: float) -> bool:
        """Whether it says this within so many seconds."""
        assert self._line
        end = time.monotonic() + seconds
        wanted = words.encode() + b"\n"
        while wanted not in self._heard:
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._line.settimeout(left)
            try:
                piece = self._line.recv(1000)
            except OSError:
                return False
            if not piece:
                return False
            self._heard += piece
        self._heard = self._heard.partition(wanted)[2]
        return True

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait(10)
        if self._line:
            self._line.close()

    def entries(self) -> list[dict[str, Any]]:
        """What it has written, oldest first; the line that a kill broke off stands for nothing."""
        found = []
        for line in self.log.read_text().splitlines():
            with contextlib.suppress(ValueError):
                found.append(json.loads(line))
        return found


class House:
    """Everything that runs; `with House(folder, "sqlite") as house`."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        self.server = kind == "postgres"
        self.stack = contextlib.ExitStack()
        self._clock = folder / "clock"
        self._clock.write_text("0")
        self._ahead = 0.0
        self._read_only = folder / "read_only"
        self.worker_log = folder / "worker.log"
        self._errors = (folder / "worker.err").open("wb")
        self._workers: list[subprocess.Popen[bytes]] = []
        self._connection: Any = None
        self.restarts = 0
        """How often a worker ended that nobody had killed."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.dovecot = stack.enter_context(Dovecot())
            self.account: Account = self.dovecot.fresh()
            self.imap = stack.enter_context(Proxy(self.account.port))
            self.sink = SinkProcess(self.folder)
            self.sink.start()
            stack.callback(self.sink.kill)
            if self.server:
                self.postgres = stack.enter_context(Postgres(durable=True))
                self.url = self.postgres.database()
            else:
                self._mounted = stack.enter_context(_small_disk(self.folder / "disk"))
                self.url = f"sqlite:///{self.folder / 'disk' / 'desk.db'}"
            stack.callback(self._end_workers)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stack.close()
        self._errors.close()

    # -- time ---------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The time of the house."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def later(self, seconds: float) -> None:
        """Put the clock on: what waits for its next try is due, a lease of somebody dead ends."""
        self._ahead += seconds
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(str(self._ahead))
        fresh.rename(self._clock)

    # -- workers ------------------------------------------------------------------------------------------------

    def workers(self, count: int = 2) -> None:
        """So many live: one works, the others wait to take over."""
        living = [one for one in self._workers if one.poll() is None]
        self.restarts += len(self._workers) - len(living)
        while len(living) < count:
            facts = {
                "url": self.url, "clock": str(self._clock), "log": str(self.worker_log), "imap": self.imap.port,
                "smtp": self.sink.port, "user": self.account.user, "password": self.account.password,
                "read_only": str(self._read_only),
            }  # fmt: skip
            living.append(subprocess.Popen(
                [sys.executable, str(ROOT / "tests/walk/mail_kills_worker.py"), json.dumps(facts)], cwd=ROOT,
                stdin=subprocess.DEVNULL, stderr=self._errors, env={**os.environ, "PYTHONPATH": str(ROOT)},
                start_new_session=True,
            ))  # fmt: skip
        self._workers = living

    def one_worker(self) -> None:
        """Those that only wait to take over are told to end."""
        worker = self.at_work()
        for process in [one for one in self._workers if worker is not None and one.pid != worker]:
            process.terminate()
            process.wait(10)
            self._workers.remove(process)

    def at_work(self) -> int | None:
        """The process that works: whoever has a reply in hand, or else the lease."""
        rows = self.rows(
            "select holder from outbox where state in ('queued', 'sending') and lease_until is not null"
            " union all select holder from leases where name = 'worker'"
        )
        mine = {one.pid for one in self._workers if one.poll() is None}
        return next((pid for (holder,) in rows if (pid := int(holder.partition("-")[0] or 0)) in mine), None)

    def leaving(self) -> list[tuple[int, bool]]:
        """The outbox rows whose bodies have begun to leave, and whether the worker that has each in hand lives."""
        living = {one.pid for one in self._workers if one.poll() is None}
        rows = self.rows("select id, holder from outbox where state = 'sending'")
        return [(row_id, int(holder.partition("-")[0]) in living) for row_id, holder in rows]

    def any_leaves(self) -> bool:
        """Whether a living worker has a reply in hand whose body has begun to leave."""
        return any(living for _row, living in self.leaving())

    def kill_worker(self, pid: int) -> None:
        """kill -9; another one takes over."""
        process = next(one for one in self._workers if one.pid == pid)
        process.kill()
        process.wait(10)
        self._workers.remove(process)

    def _end_workers(self) -> None:
        for process in self._workers:
            process.kill()
            process.wait(10)
        self._workers = []

    # -- the database -------------------------------------------------------------------------------------------

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the store, read beside the program by the plain driver; none while it is away."""
        for _try in range(2):  # a connection from before the last kill fails once
            try:
                if self._connection is None:
                    self._connection = self._connect()
                return [tuple(row) for row in self._connection.execute(sql).fetchall()]
            except Exception as error:  # whatever the driver calls it: the store is away
                if "column" in str(error) or "syntax" in str(error):
                    raise
                self.forget()
        return []

    def forget(self) -> None:
        """Connect anew at the next look."""
        if self._connection is not None:
            with contextlib.suppress(Exception):
                self._connection.close()
        self._connection = None

    def _connect(self) -> Any:
        if not self.server:
            return sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=5, isolation_level=None)
        import psycopg

        return psycopg.connect(self.url, autocommit=True, connect_timeout=5)

    def writing(self) -> bool:
        """Whether somebody is in the middle of a transaction that writes."""
        if self.server:
            others = "backend_xid is not null and pid <> pg_backend_pid()"
            return bool(self.rows(f"select 1 from pg_stat_activity where {others}"))
        try:
            with contextlib.closing(
                sqlite3.connect(self.url.removeprefix("sqlite:///"), timeout=0)
            ) as connection:
                connection.isolation_level = None
                connection.execute("begin immediate")
                connection.execute("rollback")
        except sqlite3.OperationalError:
            return True
        return False

    def kill_database(self) -> None:
        """The server stops at once; a file is away for a moment: it turns read-only."""
        if self.server:
            self.forget()
            self.postgres.kill()
        else:
            self._read_only.touch()

    def start_database(self) -> None:
        """It is back."""
        if self.server:
            self.postgres.start()
        else:
            self._read_only.unlink(missing_ok=True)

    @contextlib.contextmanager
    def store_turns(self, how: str) -> Iterator[None]:
        """While this lasts it is read-only, or full."""
        if how == "store read-only" and self.server:
            yield from self._by_sql(
                ["alter system set default_transaction_read_only = on", "select pg_reload_conf()"],
                ["alter system reset default_transaction_read_only", "select pg_reload_conf()"],
            )
        elif how == "store read-only":
            self._read_only.touch()
            yield
            self._read_only.unlink()
        elif self.server:
            event = "before insert or update"
            yield from self._by_sql(
                [
                    _FAIL,
                    *(
                        f"create trigger is_full {event} on {one} execute function is_full()"
                        for one in _TABLES
                    ),
                ],
                [f"drop trigger is_full on {one}" for one in _TABLES],
            )
        else:
            yield from self._filled()

    def _by_sql(self, before: list[str], after: list[str]) -> Iterator[None]:
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("set default_transaction_read_only = off")
            for statement in before:
                connection.execute(statement.encode())
            yield
            for statement in after:
                connection.execute(statement.encode())

    def _filled(self) -> Iterator[None]:
        """Not one page more: the write-ahead log begins anew, and the rest of the disk is taken; or no worker may write
        any file any further."""
        if not self._mounted:
            living = [one.pid for one in self._workers if one.poll() is None]
            for pid in living:
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (_PAGE, resource.RLIM_INFINITY))
            yield
            for pid in living:
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(
                        pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                    )
            return
        self.rows("pragma wal_checkpoint(truncate)")
        filler = self.folder / "disk" / "filler"
        with filler.open("wb", buffering=0) as file:
            for size in (1 << 20, 512):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * size)
        yield
        filler.unlink()

    def stop(self, pid: int) -> None:
        """Let a process stand still."""
        os.kill(pid, signal.SIGSTOP)

    def go_on(self, pid: int) -> None:
        """Let it go on."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def _small_disk(folder: Path) -> Iterator[bool]:
    """A file system of its own for the store, so that it can be full; False where we may not mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs", str(folder)]
    mounted = (
        shutil.which("mount") is not None
        and not subprocess.run(mount, check=False, capture_output=True).returncode
    )
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)
