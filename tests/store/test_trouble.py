"""Whatever befalls a store, a person reads one plain sentence, and what was kept stays."""

import contextlib
import logging
import os
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from servers.postgres import Postgres
from sqlalchemy import text

from agentdesk.domain.problems import Problem, Usage
from agentdesk.store import address, engine
from agentdesk.store.engine import Store, open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.trouble import StoreTrouble
from agentdesk.store.unit import SYSTEM

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def _write(store: Store, name: str = "x") -> None:
    with store.unit(SYSTEM, NOW) as unit:
        unit.session.execute(text("insert into tags (name) values (:name)"), {"name": name})


def _tags(store: Store) -> list[str]:
    with store.session() as session:
        return list(session.scalars(text("select name from tags order by name")))


def _refusal(store: Store, name: str = "y") -> str:
    with pytest.raises(StoreTrouble) as caught:
        _write(store, name)
    words = str(caught.value)
    assert "\n" not in words
    assert "insert" not in words.lower()
    return words


@pytest.fixture
def file_store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/desk.db")
    bring_up_to_date(store)
    _write(store)
    yield store
    store.close()


@contextmanager
def _held_by_another_program(path: Path) -> Iterator[None]:
    code = (
        "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('begin exclusive')\nprint('held', flush=True)\nsys.stdin.readline()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    try:
        yield
    finally:
        other.communicate("\n", timeout=10)


def test_a_locked_store(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 200)
    assert file_store.address.path is not None
    impatient = open_store(file_store.address.url)
    with _held_by_another_program(file_store.address.path):
        assert "in use by another program" in _refusal(impatient)
        assert _tags(impatient) == ["x"]
    _write(impatient, "y")
    assert _tags(impatient) == ["x", "y"]
    impatient.close()


def test_a_lock_that_ends_in_time_is_only_a_wait(file_store: Store) -> None:
    assert file_store.address.path is not None
    blocker = sqlite3.connect(file_store.address.path, isolation_level=None, check_same_thread=False)
    blocker.execute("begin immediate")
    threading.Timer(0.5, lambda: blocker.execute("rollback")).start()
    _write(file_store, "y")
    assert _tags(file_store) == ["x", "y"]


def test_a_full_disk(file_store: Store) -> None:
    with file_store.session() as session:
        pages = session.execute(text("pragma page_count")).scalar_one()
        session.execute(text(f"pragma max_page_count = {pages}"))
    with pytest.raises(StoreTrouble, match="disk is full"), file_store.unit(SYSTEM, NOW) as unit:
        unit.session.execute(text("insert into tags (name) values (hex(randomblob(200000)))"))
    assert _tags(file_store) == ["x"]


def _fill(file: Path) -> None:
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as rest:
        while True:
            rest.write(b"x" * 1024)


def test_a_really_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = os.getuid() == 0 and (
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", disk], check=False).returncode == 0
    )
    if not mounted:
        pytest.skip("no right to mount a small disk here")
    try:
        store = open_store(f"sqlite:///{disk}/desk.db")
        bring_up_to_date(store)
        _write(store)
        _fill(disk / "rest")
        said = [_refusal(store, "y" * 3000) for _ in range(2)]
        assert all("disk is full" in words for words in said), said
        assert _tags(store) == ["x"]
        (disk / "rest").unlink()
        _write(store, "y")
        assert _tags(store) == ["x", "y"]
        store.close()
        full = open_store(f"sqlite:///{disk}/more/desk.db")
        left = os.statvfs(disk)
        (disk / "rest").write_bytes(b"x" * (left.f_bavail * left.f_frsize - 100 * 1024))
        with pytest.raises(StoreTrouble) as caught:
            bring_up_to_date(full)
        assert "disk" in str(caught.value)
        full.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_limit_on_the_size_of_files_is_a_full_disk_too(file_store: Store) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    assert file_store.address.path is not None
    size = file_store.address.path.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10_000, limits[1]))
    try:
        said = [_refusal(file_store, "y" * 200_000) for _ in range(2)]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert all("room left" in words or "disk is full" in words for words in said), said
    assert _tags(file_store) == ["x"]
    _write(file_store, "y")
    assert _tags(file_store) == ["x", "y"]


def test_a_disk_that_may_only_be_read(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)]
    if os.getuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("no right to mount a small disk here")
    try:
        store = open_store(f"sqlite:///{disk}/desk.db")
        bring_up_to_date(store)
        _write(store)
        store.close()
        before = (disk / "desk.db").read_bytes()
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        said = []
        for act in (bring_up_to_date, _write, _tags):
            try:
                act(open_store(f"sqlite:///{disk}/desk.db"))
            except StoreTrouble as trouble:
                said.append(str(trouble))
        assert said
        assert all("may only be read" in one or "cannot be opened" in one for one in said), said
        assert (disk / "desk.db").read_bytes() == before
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        _write(store, "y")
        assert _tags(store) == ["x", "y"]
        store.close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def _as_somebody_else(folder: Path, code: str) -> str:
    """Run code as a user who owns nothing; its modules are loaded while it still may read them."""
    whole = (
        "import os, sys\nfrom datetime import UTC, datetime\nimport agentdesk.store.migrate as m\n"
        "from agentdesk.store.engine import open_store\nfrom agentdesk.store.unit import SYSTEM\n"
        "from sqlalchemy import text, select\nimport sqlalchemy.dialects.sqlite.pysqlite\n"
        "warm = open_store('sqlite:////tmp/' + str(os.getpid()) + '.warm')\nm.bring_up_to_date(warm)\nwarm.close()\n"
        "for end in ('', '-wal', '-shm', '.migrate'):\n"
        "    path = '/tmp/' + str(os.getpid()) + '.warm' + end\n    os.path.exists(path) and os.unlink(path)\n"
        "os.setuid(65534)\n"
        "try:\n" + "".join(f"    {line}\n" for line in code.splitlines()) + "    print('fine')\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", whole, str(folder)], capture_output=True, text=True, check=False, timeout=60
    )
    assert not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder that another user can reach."""
    if os.getuid() != 0:
        pytest.skip("needs root to become another user")
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_store_that_may_only_be_read(open_folder: Path) -> None:
    store = open_store(f"sqlite:///{open_folder}/desk.db")
    bring_up_to_date(store)
    _write(store)
    assert store.address.path is not None
    store.address.path.chmod(0o644)
    for name in ("desk.db-wal", "desk.db-shm"):
        (open_folder / name).chmod(0o666)
    said = _as_somebody_else(
        open_folder,
        "s = open_store('sqlite:///' + sys.argv[1] + '/desk.db')\n"
        "with s.unit(SYSTEM, datetime.now(UTC)) as unit:\n"
        "    unit.session.execute(text(\"insert into tags (name) values ('y')\"))",
    )
    assert said.startswith("StoreTrouble"), said
    assert "may only be read" in said or "cannot be opened" in said, said
    assert _tags(store) == ["x"]
    store.close()


def test_a_folder_that_may_not_be_written(open_folder: Path) -> None:
    for path in ("desk.db", "new/folder/desk.db"):
        said = _as_somebody_else(
            open_folder, f"m.bring_up_to_date(open_store('sqlite:///' + sys.argv[1] + '/{path}'))"
        )
        assert said == (
            f"StoreTrouble {open_folder}/{path} cannot be opened: check that its folder exists and that you may "
            "write there."
        )
    assert list(open_folder.iterdir()) == []


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = open_store(f"sqlite:///{tmp_path}/file/desk.db")
    with pytest.raises(StoreTrouble, match="cannot be opened"):
        bring_up_to_date(store)
    folder = open_store(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreTrouble, match="cannot be opened"):
        bring_up_to_date(folder)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_bytes(b"Dear customer, " * 1000)
    store = open_store(f"sqlite:///{file}")
    with pytest.raises(StoreTrouble, match="is not a store of agentdesk"):
        bring_up_to_date(store)
    assert file.read_bytes() == b"Dear customer, " * 1000


def test_a_damaged_file(file_store: Store) -> None:
    path = file_store.address.path
    assert path is not None
    for n in range(300):
        _write(file_store, f"tag {n}")
    file_store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x99" * (len(data) - 4096)
    path.write_bytes(data)
    store = open_store(f"sqlite:///{path}")
    for act in (lambda: bring_up_to_date(store), lambda: _tags(store), lambda: _write(store, "y")):
        with pytest.raises(StoreTrouble, match="is damaged"):
            act()
    store.close()
    assert path.read_bytes() == bytes(data)


def test_postgresql_that_is_down_and_comes_back() -> None:
    with Postgres(durable=True) as server:
        store = open_store(server.database())
        bring_up_to_date(store, owner=True)
        _write(store)
        server.kill()
        for _ in range(2):
            assert "does not answer: try again" in _refusal(store)
        server.start()
        _write(store, "y")
        assert _tags(store) == ["x", "y"]
        store.close()


def test_postgresql_that_stops_in_the_middle_of_a_unit() -> None:
    with Postgres(durable=True) as server:
        store = open_store(server.database())
        bring_up_to_date(store, owner=True)

        def breaks() -> None:
            with store.unit(SYSTEM, NOW) as unit:
                unit.session.execute(text("insert into tags (name) values ('half')"))
                server.kill()

        with pytest.raises(StoreTrouble) as caught:
            breaks()
        assert str(caught.value).endswith("try again in a moment.") or "was stopped" in str(caught.value)
        server.start()
        assert _tags(store) == []
        store.close()


def test_postgresql_that_does_not_let_in(postgres: Postgres, tmp_path: Path) -> None:
    folder = postgres.dir
    said = {
        f"postgresql://test@/nowhere?host={folder}&port=5432": "There is no database",
        f"postgresql://stranger@/postgres?host={folder}&port=5432": "refused the sign-in",
        f"postgresql://test@/postgres?host={tmp_path}&port=5432": "does not answer",
        "postgresql://test:verysecret@127.0.0.1:1/desk": "does not answer",
        "postgresql://test:verysecret@no.such.host.invalid/desk": "does not answer",
    }
    for url, words in said.items():
        store = open_store(url)
        with pytest.raises(StoreTrouble, match=words) as caught:
            bring_up_to_date(store)
        assert "\n" not in str(caught.value)
        assert "verysecret" not in str(caught.value)
        store.close()


def test_postgresql_that_is_full_may_only_be_read_or_has_no_place_left(postgres: Postgres) -> None:
    url = postgres.database()
    owner = open_store(url)
    bring_up_to_date(owner, owner=True)
    _write(owner)
    with owner.writing() as connection:
        connection.execute(text("drop role if exists few"))
        connection.execute(text("create role few login superuser connection limit 1"))
        connection.execute(text("alter role few set default_transaction_read_only = on"))
        connection.execute(text("alter role few nosuperuser"))
        connection.execute(text("grant all on all tables in schema public to few"))
        connection.execute(text("grant all on all sequences in schema public to few"))
    few = open_store(url.replace("test@", "few@"))
    assert "may only be read now" in _refusal(few)
    with few.session() as session:
        session.execute(text("select 1"))
        other = open_store(url.replace("test@", "few@"))
        assert "too many connections" in _refusal(other)
        other.close()
    few.close()
    # What a full or a broken disk makes the server say; its own is not ours to fill.
    for code, words in (
        ("53100", "is full"),
        ("58030", "disk"),
        ("XX001", "damaged"),
        ("57P03", "does not answer"),
    ):
        raised = text(
            "do $$ begin insert into tags (name) values ('half');"
            f" raise exception using errcode = '{code}', message = 'secret words'; end $$"
        )
        with pytest.raises(StoreTrouble, match=words) as caught, owner.unit(SYSTEM, NOW) as unit:
            unit.session.execute(raised)
        assert "secret" not in str(caught.value)
    assert _tags(owner) == ["x"]
    owner.close()
    postgres.drop(url)


def test_a_wrong_password() -> None:
    with Postgres() as server:
        url = server.database()
        owner = open_store(url)
        with owner.writing() as connection:
            connection.execute(text("create role kim login password 'right'"))
        owner.close()
        rules = server.dir / "d" / "pg_hba.conf"
        rules.write_text("local all test trust\nlocal all kim scram-sha-256\n")
        server.kill()
        server.start()
        store = open_store(url.replace("test@", "kim:wrong@"))
        with pytest.raises(StoreTrouble, match="refused the password") as caught:
            bring_up_to_date(store)
        assert "wrong" not in str(caught.value)
        nobody = open_store(url.replace("test@", "kim@"))
        with pytest.raises(StoreTrouble, match="refused the password"):
            bring_up_to_date(nobody)


def test_tables_that_are_not_there_yet(empty_database_url: str) -> None:
    store = open_store(empty_database_url)
    with pytest.raises(StoreTrouble) as caught:
        _tags(store)
    if store.dialect == "postgresql":
        assert "agentdesk db migrate" in str(caught.value)
    store.close()


def test_what_has_no_sentence_is_in_the_log_without_values(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(database_url)
    bring_up_to_date(store, owner=True)
    _write(store, "karen@example.com")
    with caplog.at_level(logging.ERROR):
        assert _refusal(store, "karen@example.com").endswith("could not do that; the log says why.")
    assert "unique" in caplog.text.lower()
    assert "karen@" not in caplog.text
    store.close()


@pytest.mark.parametrize(
    "url",
    ["", "desk.db", "sqlite://", "sqlite:///", "mysql://root:verysecret@h/x", "postgresql:/x", "postgresql://h:port/x",
     "postgresql://[::1/x", "postgresql://u:verysecret@h/x?port=abc", "http://h/x"],
)  # fmt: skip
def test_what_is_no_address_of_a_store(url: str) -> None:
    with pytest.raises(Usage, match="is not the address of a store") as caught:
        open_store(url)
    assert "verysecret" not in str(caught.value)


def test_an_address_is_shown_without_its_password() -> None:
    assert address.read("postgresql://anna:verysecret@db.example:5433/desk?sslmode=require").shown == (
        "postgresql://anna@db.example:5433/desk"
    )
    assert address.read("postgres://db/desk").engine_url == "postgresql+psycopg://db/desk"


@pytest.mark.parametrize("name", ["a b.db", "a?b=c.db", "æøå.db", "50%25.db", "a#b.db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    store = open_store(f"sqlite:///{tmp_path}/{name}")
    bring_up_to_date(store)
    store.close()
    assert (tmp_path / name).is_file()


def test_a_problem_of_ours_is_not_reworded(database_url: str) -> None:
    store = open_store(database_url)
    with pytest.raises(Problem, match=r"^ours$"), store.session():
        raise Problem("ours")
    store.close()
