"""Opens a store and hands out read sessions and units of work.

Invariants: a unit on SQLite begins IMMEDIATE and a read deferred (a deferred read-then-write fails at once in WAL,
whatever the busy timeout); the worker's connections are durable (synchronous FULL / synchronous_commit on).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from agentdesk.store.address import StoreAddress, read
from agentdesk.store.trouble import in_plain_words
from agentdesk.store.unit import Actor, UnitOfWork

PRAGMAS = (
    "pragma journal_mode = wal",
    "pragma foreign_keys = on",
    "pragma cache_size = -65536",
    "pragma temp_store = memory",
    "pragma secure_delete = on",  # what is erased shall not stand in the file's free pages (store/sweep.py)
)
BUSY_MS = 5000
_OPTION = "agentdesk_writes"


class Store:
    """One store, from any thread."""

    def __init__(self, address: StoreAddress, *, durable: bool = False) -> None:
        self.address = address
        self._durable = durable
        self.engine = self._create()

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self.engine.dialect.name

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection to read with; what it sees does not change meanwhile."""
        with in_plain_words(self.address), self.engine.connect() as connection:
            if not self.address.is_file:
                # Read committed would show each SELECT of one read another moment.
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def unit(self, actor: Actor, now: datetime, desk: str = "") -> Iterator[UnitOfWork]:
        """One commit: everything done inside happens, or nothing of it."""
        with in_plain_words(self.address), self.writing() as connection:
            unit = UnitOfWork(connection, actor, now, desk)
            yield unit
            unit.flush()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in a transaction that means to write, committed at the end."""
        with self.engine.connect() as connection:
            connection.execution_options(**{_OPTION: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()

    def _create(self) -> Engine:
        if self.address.is_file:
            engine = create_engine(
                URL.create("sqlite", database=str(self.address.path)),
                connect_args={"timeout": BUSY_MS / 1000},
                pool_size=8,
                hide_parameters=True,
            )
            event.listen(engine, "connect", self._prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(
            self.address.engine_url,
            pool_size=4,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "agentdesk",
                "options": self._postgres_options(),
            },
        )

    def _postgres_options(self) -> str:
        return (
            f"-c timezone=UTC -c lock_timeout=8000 -c synchronous_commit={'on' if self._durable else 'local'}"
        )

    def _prepare_sqlite(self, connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)
        connection.execute(f"pragma synchronous = {'full' if self._durable else 'normal'}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_OPTION, False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def open_store(url: str, *, durable: bool = False) -> Store:
    """The store at this URL, as it is (see `store.migrate` for bringing it up to date).

    Raises Usage for a URL that names no store, StoreTrouble when it cannot be reached.
    """
    return Store(read(url), durable=durable)
