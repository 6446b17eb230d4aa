"""A store is brought up to date once, by whoever may, and never a newer or a foreign one."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from servers.postgres import Postgres
from sqlalchemy import inspect, text

from agentdesk.config.places import resource
from agentdesk.domain.problems import Problem
from agentdesk.store.engine import Store, open_store
from agentdesk.store.migrate import NeedsMigration, bring_up_to_date, revision
from agentdesk.store.revision import HEAD
from agentdesk.store.tables import metadata
from agentdesk.store.trouble import StoreTrouble

_MIGRATE = """
import sys
from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date
sys.stdin.readline()
print(bring_up_to_date(open_store(sys.argv[1]), owner=True))
"""


def test_an_empty_store_gets_every_table_and_nothing_differs_from_the_metadata(
    empty_database_url: str,
) -> None:
    store = open_store(empty_database_url)
    assert revision(store) is None
    assert bring_up_to_date(store, owner=True)
    assert revision(store) == HEAD
    with store.session() as session:
        search = {one for one in inspect(session).get_table_names() if one.split("_")[0] == "search"}
        assert "search" in search
        assert set(inspect(session).get_table_names()) - search == {*metadata.tables, "alembic_version"}
    with store.writing() as connection:
        # SQLite writes a default with and without brackets; the next test compares those.
        options = {
            "compare_type": True, "compare_server_default": store.dialect == "postgresql",
            "include_name": lambda name, kind, _of: kind != "table" or name.split("_")[0] != "search",
        }  # fmt: skip
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    store.close()


def test_the_metadata_and_the_migration_make_the_same_sqlite_schema(tmp_path: Path) -> None:
    made, migrated = (
        open_store(f"sqlite:///{tmp_path}/made.db"),
        open_store(f"sqlite:///{tmp_path}/migrated.db"),
    )
    bring_up_to_date(migrated)
    metadata.create_all(made.engine)
    query = text("select type, name, tbl_name from sqlite_master where name <> 'alembic_version' and name not like"
                 " 'sqlite_autoindex_alembic%' and tbl_name not like 'search%' order by name")  # fmt: skip
    with made.session() as one, migrated.session() as other:
        assert one.execute(query).all() == other.execute(query).all()
        for table in metadata.tables:
            columns = text(
                "select name, type,"
                f" \"notnull\", dflt_value, pk, hidden from pragma_table_xinfo('{table}') order by name"
            )
            wanted, found = one.execute(columns).all(), other.execute(columns).all()
            assert [_plain(row) for row in found] == [_plain(row) for row in wanted], table
    made.close()
    migrated.close()


def _plain(row: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(value.strip("()") if isinstance(value, str) else value for value in row)


def test_the_program_knows_the_newest_revision() -> None:
    assert ScriptDirectory(str(resource("migrations"))).get_heads() == [HEAD]


def test_a_second_start_does_nothing_and_loads_no_alembic(store: Store) -> None:
    code = (
        "import sys\nfrom agentdesk.store.engine import open_store\n"
        "from agentdesk.store.migrate import bring_up_to_date\n"
        "print(bring_up_to_date(open_store(sys.argv[1])), any(m.split('.')[0] == 'alembic' for m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, store.address.url], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_two_programs_that_start_together_migrate_once(empty_database_url: str) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", _MIGRATE, empty_database_url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    ends = [one.communicate(timeout=60) for one in both]
    assert sorted(out.strip() for out, _err in ends) == ["False", "False", "True"], ends


def test_a_newer_store_is_left_alone_in_one_sentence(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Problem) as caught:
        bring_up_to_date(store, owner=True)
    assert str(caught.value).count("\n") == 0
    assert "9999" in str(caught.value)
    assert HEAD in str(caught.value)
    assert revision(store) == "9999"


def test_on_postgresql_only_the_owner_migrates(postgres: Postgres) -> None:
    url = postgres.database()
    store = open_store(url)
    with pytest.raises(NeedsMigration, match="db migrate"):
        bring_up_to_date(store)
    assert revision(store) is None
    store.close()
    postgres.drop(url)


def test_a_role_that_may_not_migrate_gets_one_sentence(postgres: Postgres) -> None:
    url = postgres.database()
    owner = open_store(url)
    with owner.writing() as connection:
        connection.execute(text("drop role if exists reader"))
        connection.execute(text("create role reader login"))
    store = open_store(url.replace("test@", "reader@"))
    with pytest.raises(StoreTrouble) as caught:
        bring_up_to_date(store, owner=True)
    assert str(caught.value).endswith("does not let you do that: ask its owner.")
    assert revision(store) is None
    store.close()
    owner.close()
    postgres.drop(url)


def test_a_migration_that_breaks_leaves_the_store_as_it_was(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(empty_database_url)
    from alembic import operations

    really = operations.Operations.create_table

    def breaks(self: object, name: str, *columns: object, **options: object) -> object:
        if name == "outbox":
            raise OSError(28, "No space left on device")
        return really(self, name, *columns, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(operations.Operations, "create_table", breaks)
    with pytest.raises(StoreTrouble, match="disk is full"):
        bring_up_to_date(store, owner=True)
    monkeypatch.undo()
    with store.session() as session:
        assert inspect(session).get_table_names() == []
    assert bring_up_to_date(store, owner=True)
    store.close()


def test_another_programs_sqlite_file_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "places.sqlite"
    with sqlite3.connect(file) as other:
        other.execute("create table bookmarks (id integer)")
    before = file.read_bytes()
    store = open_store(f"sqlite:///{file}")
    with pytest.raises(Problem, match="is not a store of agentdesk: name another file"):
        bring_up_to_date(store)
    store.close()
    with sqlite3.connect(file) as other:
        assert other.execute("select name from sqlite_master").fetchall() == [("bookmarks",)]
    assert len(before) == file.stat().st_size


def test_a_new_store_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "desk.db"
    store = open_store(f"sqlite:///{file}")
    bring_up_to_date(store)
    with store.writing() as connection:
        connection.execute(text("insert into tags (name) values ('x')"))
        modes = {one.name: one.stat().st_mode & 0o077 for one in file.parent.iterdir()}
    store.close()
    assert set(modes.values()) == {0}, modes
    assert file.parent.stat().st_mode & 0o077 == 0


def test_the_migrations_are_found() -> None:
    assert (resource("migrations") / "env.py").is_file()
    assert list((resource("migrations") / "versions").glob("0001*.py"))
