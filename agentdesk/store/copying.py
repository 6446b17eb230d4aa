"""Copies every row of one store into another, whichever of the two databases each of them is.

Invariants: what is read is one moment of the source, what is written is one commit of the target, so a copy that is
broken off leaves nothing; a generated column is left to the database; an id that was given once in either store is
never given again; memory holds a few rows at a time, however large their mails are.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Column, Connection, LargeBinary, Table, bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.store import search
from agentdesk.store.address import StoreAddress
from agentdesk.store.tables import metadata
from agentdesk.store.trouble import in_plain_words

Step = Callable[[int], None]
"""Told how many more rows are done."""
EPHEMERAL: Final = ("presence", "leases")
"""Who is here now and who holds which duty: nothing that makes a store anybody's."""
_AT_ONCE = 500
_LARGE = 8
"""Rows fetched at once of a table that holds whole mails."""
_BYTES = 8_000_000


def silent(_rows: int) -> None:
    """Nobody looks."""


def count_rows(session: Connection) -> int:
    """How many rows a store holds."""
    return sum(_count(session, table) for table in metadata.sorted_tables)


def is_empty(session: Connection) -> bool:
    """Whether nobody has begun to use this store."""
    lasting = (table for table in metadata.sorted_tables if table.name not in EPHEMERAL)
    return not any(session.execute(select(1).select_from(table).limit(1)).first() for table in lasting)


def copy_rows(source: Connection, target: Connection, address: StoreAddress, step: Step = silent) -> int:
    """Put every row of the source into the empty target, at `address`, and make its index; returns how many.

    Raises Problem when the source names rows that are gone or when the target does not hold what was read.
    """
    done = 0
    for table in metadata.sorted_tables:
        copied = _copy_table(source, target, table, address, step)
        if copied != _count(source, table) or copied != _count(target, table):
            raise Problem(
                _(
                    "The copy of {table} is not whole, so nothing was kept of it: look at the store with "
                    "agentdesk db check."
                ).format(table=table.name)
            )
        done += copied
    with in_plain_words(address):
        raise_sequences(target, sequences(source))
        search.put_all(target, step)
    return done


def empty(target: Connection) -> None:
    """Take every row of a PostgreSQL store away, in the transaction that puts others in."""
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    target.execute(text(f"truncate {names}, search"))


def sequences(session: Connection) -> dict[str, int]:
    """The highest id that each table has ever given."""
    if session.dialect.name == "sqlite":
        known = session.execute(text("select name, seq from sqlite_sequence")).all()
        return {row.name: int(row.seq) for row in known}
    found = {}
    for name in _numbered():
        query = text("select pg_sequence_last_value(cast(pg_get_serial_sequence(:name, 'id') as regclass))")
        found[name] = int(session.execute(query, {"name": f'"{name}"'}).scalar() or 0)
    return found


def raise_sequences(session: Connection, wanted: dict[str, int]) -> None:
    """Give no id again that was given elsewhere: numbers of cases were told to customers."""
    standing = sequences(session)
    for name in _numbered():
        highest = wanted.get(name, 0)
        if highest <= standing.get(name, 0):
            continue
        if session.dialect.name != "sqlite":
            statement = text("select setval(pg_get_serial_sequence(:name, 'id'), :highest)")
            session.execute(statement, {"name": f'"{name}"', "highest": highest})
            continue
        values = {"name": name, "highest": highest}
        statement = text("update sqlite_sequence set seq = :highest where name = :name")
        if not session.execute(statement, values).rowcount:
            session.execute(text("insert into sqlite_sequence (name, seq) values (:name, :highest)"), values)


def _numbered() -> Iterator[str]:
    return (
        table.name for table in metadata.sorted_tables if table.dialect_options["sqlite"]["autoincrement"]
    )


def _count(session: Connection, table: Table) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def _copy_table(
    source: Connection, target: Connection, table: Table, address: StoreAddress, step: Step
) -> int:
    columns = [column for column in table.columns if column.computed is None]
    later = [column for column in columns if any(key.column.table is table for key in column.foreign_keys)]
    # A row may name one of its own table that comes behind it.
    named: dict[str, list[dict[str, Any]]] = {column.name: [] for column in later}
    done = 0
    for rows in _read(source, table, columns):
        for column in later:
            pairs = ((row["id"], row[column.name]) for row in rows if row[column.name] is not None)
            named[column.name] += [{"its_id": its, "other": other} for its, other in pairs]
            rows = [row | {column.name: None} for row in rows]  # noqa: PLW2901  without what comes later
        _write(target, insert(table), rows, address)
        done += len(rows)
        step(len(rows))
    for column in later:
        into = update(table).where(table.c.id == bindparam("its_id")).values({column: bindparam("other")})
        _write(target, into, named[column.name], address)
    return done


def _read(source: Connection, table: Table, columns: list[Column[Any]]) -> Iterator[list[dict[str, Any]]]:
    """The rows, so many at a time that they fit into memory."""
    large = any(isinstance(column.type, LargeBinary) for column in columns)
    options = {"yield_per": _LARGE if large else _AT_ONCE}
    rows: list[dict[str, Any]] = []
    size = 0
    for row in source.execute(
        select(*columns).order_by(*_order(table)), execution_options=options
    ).mappings():
        rows.append(dict(row))
        size += sum(len(value) for value in row.values() if isinstance(value, bytes | str))
        if size > _BYTES or len(rows) == _AT_ONCE:
            yield rows
            rows, size = [], 0
    if rows:
        yield rows


def _order(table: Table) -> Iterable[Column[Any]]:
    return table.primary_key.columns or list(table.columns)[:1]


def _write(target: Connection, statement: Any, rows: list[dict[str, Any]], address: StoreAddress) -> None:
    if not rows:
        return
    if target.dialect.name == "postgresql":
        rows = [
            {name: _without_nul(value) if isinstance(value, str) else value for name, value in row.items()}
            for row in rows
        ]
    try:
        with in_plain_words(address):
            target.execute(statement, rows)
    except Problem as problem:
        if isinstance(problem.__cause__, IntegrityError):
            raise Problem(
                _(
                    "A row of the store names another that is gone, so nothing was copied: mend it with agentdesk db "
                    "check --repair first."
                )
            ) from problem
        raise


def _without_nul(value: str) -> str:
    """PostgreSQL keeps no such character; clean text has none, an old hand-made row may."""
    return value.replace("\x00", "\ufffd") if "\x00" in value else value
