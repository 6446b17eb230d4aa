"""Opens a store and hands out read sessions and units of work.

Invariants: a unit on SQLite begins IMMEDIATE and a read deferred (a deferred read-then-write fails at once in WAL,
whatever the busy timeout); the worker's connections are durable (synchronous FULL / synchronous_commit on).
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from agentdesk.store.address import StoreAddress, read
from agentdesk.store.clock import StoreClock
from agentdesk.store.trouble import in_plain_words
from agentdesk.store.unit import Actor, UnitOfWork

_logger = logging.getLogger(__name__)
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

    def __init__(
        self, address: StoreAddress, *, durable: bool = False, clock: Callable[[], datetime] | None = None
    ) -> None:
        """`clock`, if it is a StoreClock, follows the server's from now on; any other stands as it is."""
        self.address = address
        self._durable = durable
        self._clock = clock if isinstance(clock, StoreClock) else None
        self._guard: Callable[[UnitOfWork], None] | None = None
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
    def unit(
        self, actor: Actor, now: datetime, desk: str = "", *, late: bool = False
    ) -> Iterator[UnitOfWork]:
        """One commit: everything done inside happens, or nothing of it. `late`: whoever has lost the right to act may
        still write down how an act of theirs ended (see `guarded`)."""
        with in_plain_words(self.address), self.writing() as connection:
            unit = UnitOfWork(connection, actor, now, desk)
            if self._guard is not None and not late:
                self._guard(unit)
            yield unit
            unit.flush()

    def guarded(self, guard: Callable[[UnitOfWork], None]) -> "Store":
        """The same store for somebody who may lose the right to act: `guard` is the first thing in each of their units,
        and what it raises is the end of it."""
        twin = copy(self)
        twin._guard = guard
        return twin

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
        engine = create_engine(
            self.address.engine_url,
            pool_size=4,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "agentdesk",
                "options": self._postgres_options(),
                # a server that vanished without a word is noticed in a minute, not in the system's two hours
                "keepalives_idle": 20,
                "keepalives_interval": 10,
                "keepalives_count": 3,
                "tcp_user_timeout": 60_000,
            },
        )
        if self._clock is not None:
            event.listen(engine, "checkout", self._compare_clocks)
        return engine

    def _compare_clocks(self, connection: DBAPIConnection, *_pool: object) -> None:
        """Before a connection is used, if the last comparison is old."""
        clock = self._clock
        if clock is None or not clock.wants_comparing():
            return
        try:
            clock.compare(lambda: _seconds(connection))
        except self.engine.dialect.loaded_dbapi.Error as error:  # whoever uses it next is told in plain words
            _logger.info("the server's clock was not told: %s", type(error).__name__)

    def _postgres_options(self) -> str:
        return (
            f"-c timezone=UTC -c lock_timeout=8000 -c synchronous_commit={'on' if self._durable else 'local'}"
            # a worker that is stopped or swapped out in the middle of a unit must not keep its locks from the next one
            + (" -c idle_in_transaction_session_timeout=15000" if self._durable else "")
        )

    def _prepare_sqlite(self, connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)
        connection.execute(f"pragma synchronous = {'full' if self._durable else 'normal'}")


def _seconds(connection: DBAPIConnection) -> float:
    cursor = connection.cursor()
    cursor.execute("select extract(epoch from clock_timestamp())")
    (seconds,) = cursor.fetchone() or (0,)
    cursor.close()
    connection.rollback()
    return float(seconds)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_OPTION, False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def open_store(url: str, *, durable: bool = False, clock: Callable[[], datetime] | None = None) -> Store:
    """The store at this URL, as it is (see `store.migrate` for bringing it up to date), its clock the server's.

    Raises Usage for a URL that names no store, StoreTrouble when it cannot be reached.
    """
    return Store(read(url), durable=durable, clock=clock)
