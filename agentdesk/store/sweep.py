"""Takes out of a store's files what its rows no longer say.

A deleted row goes on standing in the bytes of a file until something is written over it. On SQLite deleted content is
overwritten with zeros (`secure_delete`, which every connection of ours sets); the index of words keeps what was taken
out until its parts are merged, and pages keep scraps of rows that were moved: so the index is merged into one, the file
is written anew (VACUUM, which takes as long as copying it and needs as much room again), and the write-ahead log is
brought to nothing. On PostgreSQL every table of ours is written anew (VACUUM FULL, which locks them one after another),
and the samples that the planner keeps of their columns are taken anew. What no program can promise there: the segments
of its write-ahead log hold old rows until the server has written over them (`wal_keep_size`, archives and replicas may
keep them longer), and dumps made before hold everything; `remains` says so.
Invariant: nothing here changes what a read would give; it may be run at any time, and again.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from typing import Final

from sqlalchemy import Connection, Text, text
from sqlalchemy.exc import SQLAlchemyError

from agentdesk.config.language import N_, _
from agentdesk.domain.forgetting import Swept
from agentdesk.store.engine import Store
from agentdesk.store.tables import metadata

PATIENCE: Final = 30.0
"""Seconds that readers have to let go of the write-ahead log."""
_PAUSE: Final = 0.1
_PAGES: Final = 500
"""Pages of the index merged in one commit, so that nobody waits long for the next."""
_logger = logging.getLogger(__name__)

IN_USE: Final = N_(
    "Old bytes of it are still in the store's files, because they were in use: run the same command once more."
)
NO_ROOM: Final = N_(
    "Old bytes of it are still in the store's files, because there was no room to write them anew: free as much disk "
    "as the store takes, then run the same command once more."
)
OF_THE_SERVER: Final = N_(
    "The database server's own write-ahead log holds the old rows until it is written over; archives of it, replicas "
    "and backups made before hold them as long as they are kept."
)
OF_MAILBOXES: Final = N_(
    "The mailbox on the mail server still has what was erased: delete it there. The desk does not take it in again."
)
OF_BACKUPS: Final = N_(
    "Backups made before still hold it: a restore erases it again, a copy of the file does not."
)


def sweep(store: Store, pause: Callable[[float], None] = time.sleep) -> Swept:
    """Write the files anew without what was erased. Never raises for a store in use or a full disk: it is told."""
    if store.address.is_file:
        return _sweep_file(store, pause)
    return _sweep_server(store)


# -- SQLite -----------------------------------------------------------------------------------------------------------


def _sweep_file(store: Store, pause: Callable[[float], None]) -> Swept:
    store.engine.dispose()  # connections of ours that rest hold the log open
    with closing(
        sqlite3.connect(str(store.address.path), timeout=PATIENCE, isolation_level=None)
    ) as connection:
        connection.execute("pragma secure_delete = on")
        connection.execute("pragma temp_store = file")  # a store may be larger than the memory
        try:
            merge_index(connection)
            connection.execute("vacuum")
        except sqlite3.OperationalError as error:
            _logger.warning("sweep: %s", type(error).__name__)
            return Swept(
                False, (_(NO_ROOM if "full" in str(error) else IN_USE), _(OF_MAILBOXES), _(OF_BACKUPS))
            )
        if not _empty_log(connection, pause):
            return Swept(False, (_(IN_USE), _(OF_MAILBOXES), _(OF_BACKUPS)))
    return Swept(True, (_(OF_MAILBOXES), _(OF_BACKUPS)))


def merge_index(connection: sqlite3.Connection) -> None:
    """Let the index of words hold nothing that was taken out of it. The connection commits by itself.

    Many small commits instead of one `optimize`, which would hold everybody up on a large store."""
    pages = -_PAGES
    while True:
        before = connection.total_changes
        connection.execute("insert into search (search, rank) values ('merge', ?)", (pages,))
        if connection.total_changes - before < 2:
            return
        pages = _PAGES


def _empty_log(connection: sqlite3.Connection, pause: Callable[[float], None]) -> bool:
    """Whether the write-ahead log is empty now; readers that look at an older state hold it up."""
    for _try in range(int(PATIENCE / _PAUSE)):
        with suppress(sqlite3.OperationalError):
            if connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0] == 0:
                return True
        pause(_PAUSE)
    return False


# -- PostgreSQL -------------------------------------------------------------------------------------------------------


def _sweep_server(store: Store) -> Swept:
    whole = True
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name, columns in _tables():
            try:
                connection.execute(text(f'vacuum (full, analyze) "{name}"'))
            except SQLAlchemyError as error:
                _logger.warning("sweep: %s: %s", name, type(error).__name__)
                whole = False
            _forget_samples(connection, name, columns)
        # Old samples are dead rows of a catalogue, and stand there like any others until it is written anew.
        for statement in ("vacuum full pg_catalog.pg_statistic", "checkpoint"):
            with suppress(SQLAlchemyError):
                connection.execute(text(statement))
    remains = (_(OF_THE_SERVER), _(OF_MAILBOXES), _(OF_BACKUPS))
    return Swept(True, remains) if whole else Swept(False, (_(IN_USE), *remains))


def _tables() -> Iterator[tuple[str, dict[str, str]]]:
    """Every table of ours with its columns of words and their types."""
    for table in metadata.sorted_tables:
        yield table.name, {column.name: "text" for column in table.c if isinstance(column.type, Text)}
    yield "search", {"words": "tsvector"}


def _forget_samples(connection: Connection, name: str, columns: Mapping[str, str]) -> None:
    """ANALYZE leaves the samples of a table that has become empty; giving a column the type it has drops them."""
    with suppress(SQLAlchemyError):
        if connection.execute(text(f'select 1 from "{name}" limit 1')).first() is None:  # noqa: S608  names of ours
            for column, kind in columns.items():
                connection.execute(text(f'alter table "{name}" alter column "{column}" type {kind}'))
