"""A private PostgreSQL on a unix socket, as root or as a plain user: the second database of the tests.

Invariant: `database()` gives a database nobody has used; nothing of the server survives `close`. With
durable=True a commit survives `kill`, as in production; without, the server is as fast as it can be.
"""

import itertools
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any, Self

from servers.leftovers import new_folder, note_server

_sequence = itertools.count(1)


class Postgres:
    """One server; `url()` is that of its maintenance database, signed in as the superuser `test`."""

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        self.dir = new_folder("pg")
        self._data = self.dir / "d"
        self._bin = _binaries()
        self._as: dict[str, Any] = {}
        if os.getuid() == 0:  # it refuses to run as root
            service = pwd.getpwnam("postgres")
            self._as = {"user": service.pw_uid, "group": service.pw_gid, "extra_groups": []}
            os.chown(self.dir, service.pw_uid, service.pw_gid)
        self._env = {"PATH": f"{self._bin}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.dir)}

    def create(self) -> None:
        """Lay the server's files."""
        self._run("initdb", "-D", self._data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                  "--no-sync", "--no-instructions")  # fmt: skip

    def start(self) -> Self:
        """Run it, and return when it takes connections."""
        safe = "on" if self.durable else "off"
        settings = {
            "listen_addresses": "''",
            "port": 5432,
            "unix_socket_directories": self.dir,
            "fsync": safe,
            "recovery_init_sync_method": "syncfs",  # thousands of files one by one take seconds
            "synchronous_commit": safe,
            "full_page_writes": "off",
            "shared_buffers": "64MB",
            "max_connections": 200,
            "autovacuum": "off",  # it would hold the database that is to be copied
            "log_min_messages": "warning",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run(
            "pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", self.dir / "log", "-o", options, "start"
        )
        note_server(self.dir, int((self._data / "postmaster.pid").read_text().split()[0]))
        return self

    def running(self) -> bool:
        """Whether the server's process lives."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return False
        return Path(f"/proc/{pid}").exists()

    def kill(self) -> None:
        """As a kill -9: no checkpoint, recovery at the next start."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def close(self) -> None:
        """End it and remove all it wrote."""
        try:
            if self.running():
                self.kill()
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)

    def logs(self) -> str:
        """The end of what it wrote about itself."""
        log = self.dir / "log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""

    def url(self, database: str = "postgres", *, role: str = "test") -> str:
        """Where a database is; the port stands there because otherwise PGPORT of the environment counts."""
        return f"postgresql://{role}@/{database}?host={self.dir}&port=5432"

    def database(self, like: str = "") -> str:
        """The URL of a fresh database: an empty one, or a copy of one that nobody is connected to."""
        name = f"t{os.getpid()}_{next(_sequence)}"
        self._sql(f"create database {name} template {name_of(like) or 'template0'} strategy file_copy")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database given by `database()`, whoever is still connected."""
        self._sql(f"drop database if exists {name_of(url)} with (force)")

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: object) -> None:
        subprocess.run(
            [str(self._bin / program), *map(str, arguments)],
            check=True,
            cwd=self.dir,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **self._as,
        )

    def __enter__(self) -> Self:
        try:
            self.create()
            return self.start()
        except BaseException as error:
            error.add_note(self.logs())
            self.close()
            raise

    def __exit__(self, *_error: object) -> None:
        self.close()


def _binaries() -> Path:
    """Debian keeps them beside each other by version, outside PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    program = found[-1] if found else Path(shutil.which("initdb") or "")
    if not program.is_file():
        message = "no PostgreSQL server here: apt-get install postgresql"
        raise RuntimeError(message)
    return program.resolve().parent


def name_of(url: str) -> str:
    """The database that a URL of ours names."""
    return url.partition("@/")[2].partition("?")[0]
