"""A SQLite store's file is written anew: for a backup, and to hold nothing of what was erased."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from agentdesk.store import keeping
from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.sweep import sweep

_REALLY = sqlite3.connect


def _checked(*where: object, **how: object) -> sqlite3.Connection:
    """A connection that has looked at every page, as `db check` does: it holds what it found out of the tables."""
    connection: sqlite3.Connection = _REALLY(*where, **how)  # type: ignore[call-overload]
    assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
    return connection


@pytest.mark.parametrize("mode", ["ro", "rw"])
def test_a_store_is_swept_and_kept_whole_whatever_its_connection_has_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    file, backup = tmp_path / "store.db", tmp_path / "backup.db"
    really = keeping.plain

    def plain(path: Path) -> sqlite3.Connection:
        if path != file:
            return really(path)
        return _checked(f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None)

    with closing(open_store(f"sqlite:///{file}")) as store:
        bring_up_to_date(store)
        with store.writing() as connection:
            connection.exec_driver_sql("insert into tags (name) values ('kept')")
        with store.session() as session:
            session.exec_driver_sql("pragma integrity_check").all()
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", _checked)
            assert sweep(store).clean
        with monkeypatch.context() as patch:
            patch.setattr(keeping, "plain", plain)
            with keeping.new_file(backup) as part:
                keeping.write_whole(store, part)
    with closing(_checked(backup)) as kept:
        assert kept.execute("select name from tags").fetchall() == [("kept",)]
        assert kept.execute("pragma journal_mode").fetchone() == ("delete",)
    assert sorted(one.name for one in tmp_path.glob("*backup*")) == ["backup.db"]
