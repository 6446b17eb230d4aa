"""Inserts a row that somebody else may be inserting at this very moment.

Invariant: of all who insert the same key, exactly one is told that it did; on PostgreSQL the others wait for its commit
and see its row from then on, so that nobody's unit breaks.
"""

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(session: Connection, table: Table, **values: Any) -> bool:
    """Insert unless a row with that key stands already; True if it was inserted."""
    build = sqlite.insert if session.dialect.name == "sqlite" else postgresql.insert
    # Told by what is given back: psycopg's count of rows is not kept for such a statement.
    wanted = build(table).values(values).on_conflict_do_nothing().returning(*table.primary_key)
    return session.execute(wanted).first() is not None
