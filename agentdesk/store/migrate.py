"""Brings a store up to date with Alembic, under a lock.

Invariants: two programs that start together migrate once; a store newer than the program is left alone; on PostgreSQL
only `db migrate`, run by a role that may, changes the schema. A start needs one SELECT and no Alembic.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from agentdesk.config.language import _
from agentdesk.config.places import resource
from agentdesk.domain.problems import Problem
from agentdesk.store.engine import Store
from agentdesk.store.revision import HEAD
from agentdesk.store.trouble import in_plain_words

MIGRATE_LOCK = 0x61646B02


class NeedsMigration(Problem):
    """The store is older than the program and this face may not migrate it."""


def revision(store: Store) -> str | None:
    """The revision the store stands at, None for an empty one."""
    with store.session() as session:
        return _revision(session)


def bring_up_to_date(store: Store, *, owner: bool = False) -> bool:
    """Migrate if needed; True if something was done. `owner` lets it happen on PostgreSQL (`db migrate`).

    Raises Problem for a store newer than the program, NeedsMigration on PostgreSQL when not owner, StoreTrouble when
    the role may not.
    """
    if store.address.path is not None:
        with in_plain_words(store.address):
            _make_file(store.address.path)
    found = revision(store)
    if found == HEAD:
        return False
    refuse_newer(found)
    if not store.address.is_file and not owner:
        raise NeedsMigration(
            _(
                "The database is not ready for this version of agentdesk: let its owner run agentdesk db migrate."
            )
        )
    with in_plain_words(store.address), _one_at_a_time(store) as connection:
        found = _revision(connection)
        if found == HEAD:
            return False
        refuse_newer(found)
        _refuse_foreign(store, connection, found)
        _upgrade(connection)
    return True


def _make_file(path: Path) -> None:
    """An empty store that only its owner can read: it will hold customers' mail."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def refuse_newer(found: str | None) -> None:
    """Raise Problem for a store of a newer program."""
    if found is not None and found > HEAD:
        raise Problem(
            _(
                "This store belongs to a newer agentdesk ({found}; this one knows {known}): update agentdesk."
            ).format(found=found, known=HEAD)
        )


def _refuse_foreign(store: Store, connection: Connection, found: str | None) -> None:
    """A file with tables and no revision is another program's: it is left alone."""
    if found is None and store.address.is_file and inspect(connection).get_table_names():
        raise Problem(
            _("{store} is not a store of agentdesk: name another file.").format(store=store.address.path)
        )


def _revision(session: Connection) -> str | None:
    if not inspect(session).has_table("alembic_version"):
        return None
    found = session.execute(text("select version_num from alembic_version")).scalar()
    return None if found is None else str(found)


@contextmanager
def _one_at_a_time(store: Store) -> Iterator[Connection]:
    """A connection in a transaction that no other migration shares."""
    if store.address.path is not None:
        lock = os.open(f"{store.address.path}.migrate", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with store.writing() as connection:
                yield connection
        finally:
            os.close(lock)
        return
    with store.writing() as connection:
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATE_LOCK})
        yield connection


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  Alembic costs as much as the whole first frame
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
