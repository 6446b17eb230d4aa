"""The first page of the queue by the plain driver, before SQLAlchemy is loaded.

Invariant: it reads only, and gives None whenever it is not sure (no store yet, another revision, no such agent): then
the full machinery looks and says what is wrong. An agent who has left is refused before anything is shown.
"""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from agentdesk.config.language import _
from agentdesk.domain import preferences
from agentdesk.domain.preferences import Preferences
from agentdesk.domain.problems import Refused
from agentdesk.domain.queue import QueueRow
from agentdesk.store.address import StoreAddress
from agentdesk.store.queue_sql import page_sql, page_values, queue_row
from agentdesk.store.revision import HEAD
from agentdesk.text.clean import clean_line

_REVISION = "select version_num from alembic_version"
_AGENT = """
select id, name, login, active, language, timezone, theme, signature, preferences from agents where login = :login"""


@dataclass(frozen=True, slots=True)
class First:
    """What the first frame shows: who sits here, how they like it, and the most urgent rows."""

    agent_id: int
    name: str
    rows: tuple[QueueRow, ...]
    preferences: Preferences = field(default_factory=Preferences)


def first_page(address: StoreAddress, login: str, view: str, limit: int) -> First | None:
    """The most urgent rows of a view, or None when the store is not ready for that. Raises Refused for who has left."""
    try:
        return (
            _sqlite(address, login, view, limit)
            if address.is_file
            else _postgres(address, login, view, limit)
        )
    except (sqlite3.Error, OSError, ValueError):
        return None


def _sqlite(address: StoreAddress, login: str, view: str, limit: int) -> First | None:
    assert address.path is not None
    if not address.path.exists():
        return None
    connection = sqlite3.connect(address.path, timeout=1.0)
    try:
        if connection.execute(_REVISION).fetchone() != (HEAD,):
            return None
        agent = _checked(connection.execute(_AGENT, {"login": login}).fetchone())
        if agent is None:
            return None
        found = connection.execute(page_sql(view, "sqlite"), page_values(agent[0], None, limit)).fetchall()
        return _first(agent, found)
    finally:
        connection.close()


def _postgres(address: StoreAddress, login: str, view: str, limit: int) -> First | None:
    import psycopg  # noqa: PLC0415  only where there is a PostgreSQL

    try:
        with psycopg.connect(address.url, connect_timeout=3, autocommit=True) as connection:
            if connection.execute(_REVISION).fetchone() != (HEAD,):
                return None
            agent = _checked(connection.execute(_pyformat(_AGENT), {"login": login}).fetchone())
            if agent is None:
                return None
            values: dict[str, Any] = page_values(agent[0], None, limit)
            found = connection.execute(_pyformat(page_sql(view, "postgresql")), values).fetchall()
            return _first(agent, found)
    except psycopg.Error:
        return None


def _checked(agent: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    """Nobody signs in as somebody who has left."""
    if agent is not None and not agent[3]:
        raise Refused(
            _(
                "{login} has left and cannot sign in: an admin can bring them back with agentdesk agent set."
            ).format(login=clean_line(agent[2]))
        )
    return agent


def _first(agent: tuple[Any, ...], found: Sequence[Sequence[Any]]) -> First:
    rows = tuple(queue_row(row) for row in found)
    return First(agent[0], clean_line(agent[1] or agent[2]), rows, preferences.read(*agent[4:9]))


def _pyformat(sql: str) -> bytes:
    """`:name` as psycopg wants it. The text has no % and no :: of its own."""
    return re.sub(r":([a-z]+)", r"%(\1)s", sql).encode()
