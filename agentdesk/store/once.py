"""Inserts a row that somebody else may be inserting at this very moment.

Invariant: of all who insert the same key, exactly one is told that it did; on PostgreSQL the others wait for its commit
and see its row from then on, so that nobody's unit breaks.
"""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Table


def inserting(session: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT, in this database's dialect; the other one costs too much to load."""
    return _insert(session.dialect.name, table)


def insert_once(session: Connection, table: Table, **values: Any) -> bool:
    """Insert unless a row with that key stands already; True if it was inserted."""
    return session.execute(_once(session.dialect.name, table), values).first() is not None


@cache
def _once(dialect: str, table: Table) -> Any:
    # Told by what is given back: psycopg's count of rows is not kept for such a statement.
    return _insert(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)


def _insert(dialect: str, table: Table) -> Any:
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)
