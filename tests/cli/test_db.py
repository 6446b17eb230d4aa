"""A store goes into one file and comes out of it, moves from one database to the other, is checked and mended."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli.program import Program, mail
from servers.postgres import Postgres
from sqlalchemy import select, text

from agentdesk.store.engine import open_store
from agentdesk.store.revision import HEAD
from agentdesk.store.tables import metadata

_MAILBOX = """
[[channel]]
kind = "email"
name = "support"
address = "support@example.dk"
answer_within = 240
"""
_NOT_KEPT = {"keys", "leases", "presence"}


def _tables(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, also what the database computes of it."""
    with closing(open_store(url)) as store, store.session() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(*table.columns)).all()), key=repr)
            for table in metadata.sorted_tables
        }


def _do(url: str, *statements: str) -> None:
    """Damage a store by hand, past what the database watches over."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=9)) as raw:
            for one in statements:
                raw.execute(one)
        return
    with closing(open_store(url)) as store, store.writing() as connection:
        connection.execute(text("set local session_replication_role = replica"))
        for one in statements:
            connection.execute(text(one))


def _value(url: str, query: str) -> Any:
    with closing(open_store(url)) as store, store.session() as session:
        return session.execute(text(query)).scalar()


def _wrong(program: Program, *options: str) -> dict[str, int]:
    """What `db check` finds, by name."""
    answer = program("db", "check", *options, "--json")
    found = answer.json
    assert (answer.code, found["ok"]) in ((0, True), (1, False))
    assert all(one["ok"] == (one["n"] == 0) and one["said"] for one in found["checks"])
    return {one["name"]: one["n"] for one in found["checks"] if not one["ok"]}


def _history(program: Program) -> None:
    """A little of everything: threads, replies on their way, a note, a merge, a snooze, tags, a draft, a file."""
    program.settings(_MAILBOX)
    program.deliver(
        *(mail(n, f"Hvor er pakke {n}? Æblegrød \U0001f34e", sender=f"k{n % 4}@example.dk") for n in range(1, 7)),
        mail(7, "Og hvornår?", answers="1@kunde.dk"), b"\x00\x01 no mail at all", channel="support",
    )  # fmt: skip
    program.json("case", "reply", "1", "--text", "Den er sendt.", "--hold", "600")
    program.json("case", "note", "2", "--text", "Ring til GLS")
    program.json("case", "set", "2", "--tag", "+vip,+haster", "--priority", "high", "--owner", "anna")
    program.json("case", "merge", "3", "4")
    program.json("case", "merge", "4", "2")
    program.json("case", "snooze", "5", "--until", "2030-01-01T10:00")
    program.json("case", "set", "6", "--status", "resolved")


@pytest.fixture(scope="module")
def _past(tmp_path_factory: pytest.TempPathFactory, _ready_file: Path) -> Program:
    """A store with a history on SQLite, to be copied."""
    folder = tmp_path_factory.mktemp("past")
    shutil.copyfile(_ready_file, folder / "desk.db")
    program = Program(folder, f"sqlite:///{folder / 'desk.db'}")
    program("agent", "add", "anna", "--name", "Anna Agent").ok()
    _history(program)
    return program


@pytest.fixture(scope="module")
def _past_url(_past: Program, _postgres: Postgres) -> str:
    """The same on PostgreSQL, to be copied."""
    url = _postgres.database()
    _past.json("db", "copy", url)
    return url


@pytest.fixture
def small(_past: Program, tmp_path: Path) -> Program:
    """A store with a history, on SQLite."""
    home = tmp_path / "home"
    shutil.copytree(_past.home, home)
    return Program(home, f"sqlite:///{home / 'desk.db'}")


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, small: Program) -> Iterator[Program]:
    """The same on each database."""
    if request.param == "sqlite":
        yield small
        return
    server: Postgres = request.getfixturevalue("postgres")
    url = server.database(like=request.getfixturevalue("_past_url"))
    yield Program(small.home, url)
    server.drop(url)


@pytest.fixture
def other_url(shop: Program, postgres: Postgres, tmp_path: Path) -> Iterator[str]:
    """An empty place on the other database."""
    if not shop.url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/moved/desk.db"
        return
    url = postgres.database()
    yield url
    postgres.drop(url)


# -- copy --------------------------------------------------------------------------------------------------------------


def test_a_store_moves_to_the_other_database_and_back_with_everything_equal(
    shop: Program, other_url: str, tmp_path: Path
) -> None:
    before = _tables(shop.url)
    assert {name for name, rows in before.items() if rows} >= {
        "cases",
        "messages",
        "raws",
        "merges",
        "outbox",
        "keys",
    }
    there = Program(shop.home, other_url)
    answer = shop("db", "copy", other_url, "--json").ok()
    assert answer.json["rows"] == sum(map(len, before.values()))
    assert "in both stores" in answer.err
    assert _tables(other_url) == before
    assert _wrong(there) == {}
    assert there.json("search", "æblegrød")["total"] == shop.json("search", "æblegrød")["total"] > 0
    back = (
        f"sqlite:///{tmp_path}/back.db" if shop.url.startswith("sqlite") else f"sqlite:///{tmp_path}/third.db"
    )
    there.json("db", "copy", back)
    assert _tables(back) == before
    assert (tmp_path / Path(back).name).stat().st_mode & 0o077 == 0
    fresh = [
        Program(shop.home, url).deliver(mail(50, sender="ny@example.dk"))
        for url in (shop.url, other_url, back)
    ]
    assert [one["cases_opened"] for one in fresh] == [1, 1, 1]
    assert len({_value(url, "select max(id) from cases") for url in (shop.url, other_url, back)}) == 1
    assert "empty" in there("db", "copy", shop.url).failed(3).err or there.url != shop.url


def test_a_copy_goes_into_an_empty_store_only(shop: Program, other_url: str) -> None:
    shop.json("db", "copy", other_url)
    before = _tables(other_url)
    shop("db", "copy", other_url).failed(3)
    shop("db", "copy", shop.url).failed(3)
    shop("db", "copy", "nonsense").failed(2)
    assert _tables(other_url) == before


def test_a_copy_while_a_worker_could_send_twice_is_refused(small: Program, tmp_path: Path) -> None:
    far = int(time.time() * 1e6) + 3600 * 10**6
    _do(small.url, f"insert into leases (name, holder, until, seen_at) values ('worker', 'w', {far}, {far})")
    assert "twice" in small("db", "copy", f"sqlite:///{tmp_path}/b.db").failed(3).err
    assert not (tmp_path / "b.db").exists()
    small.json("outbox", "cancel", "1")
    small.json("db", "copy", f"sqlite:///{tmp_path}/b.db")


def test_a_copy_of_a_store_with_strays_is_refused_and_leaves_the_target_empty(
    small: Program, postgres: Postgres
) -> None:
    _do(small.url, "insert into case_tags (case_id, tag_id) values (999, 1)")
    url = postgres.database()
    assert "db check --repair" in small("db", "copy", url).failed(1).err
    assert _value(url, "select count(*) from cases") == 0
    small("db", "check", "--repair").ok()
    small("db", "copy", url).ok()
    postgres.drop(url)


# -- backup ------------------------------------------------------------------------------------------------------------


def test_a_backup_holds_everything_but_what_is_this_stores_alone(shop: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    said = shop("db", "backup", str(file)).ok().out
    assert str(file) in said
    assert file.stat().st_mode & 0o777 == 0o600
    kept, stands = _tables(f"sqlite:///{file}"), _tables(shop.url)
    assert {name for name in kept if kept[name] != stands[name]} <= _NOT_KEPT
    (secret,) = [row[1] for row in stands["keys"] if row[0] == "reply-address"]
    assert secret.encode() not in file.read_bytes()
    assert kept["presence"] == kept["leases"] == []
    reader = Program(shop.home, f"sqlite:///{file}")
    assert reader.json("search", "æblegrød")["total"] > 0
    before = file.read_bytes()
    assert "exists already" in shop("db", "backup", str(file)).failed(3).err
    assert file.read_bytes() == before
    shop.json("db", "backup", str(file), "--force")
    assert "folder" in shop("db", "backup", str(tmp_path)).failed(3).err
    shop("db", "backup", str(tmp_path / "no" / "folder.db")).failed(1)
    assert not list(tmp_path.glob(".*part*"))


def test_a_backup_is_of_one_moment_while_others_write(small: Program, tmp_path: Path) -> None:
    """Two rows are always written together; no backup has one without the other."""
    code = (
        "import sqlite3, sys, time\nc = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=9)\n"
        "n = 0\nwhile True:\n"
        "    c.execute('begin immediate')\n"
        "    c.execute('insert into tags (name) values (?)', (f'a{n}',))\n"
        "    c.execute('insert into teams (name) values (?)', (f'a{n}',))\n"
        "    c.execute('commit')\n    n += 1\n    n == 1 and print('writes', flush=True)\n"
    )
    path = small.url.removeprefix("sqlite:///")
    writer = subprocess.Popen(["python3", "-c", code, path], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writes\n"
        counts = []
        for n in range(3):
            small.json("db", "backup", str(tmp_path / f"{n}.db"))
            kept = f"sqlite:///{tmp_path}/{n}.db"
            tags, teams = (
                _value(kept, f"select count(*) from {t} where name like 'a%'") for t in ("tags", "teams")
            )
            assert tags == teams
            counts.append(tags)
    finally:
        writer.kill()
        writer.communicate()
    assert counts == sorted(set(counts)), "the writer wrote on between the backups"


def test_a_backup_that_is_killed_leaves_nothing_under_its_name(small: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    leftover = tmp_path / ".backup.db.999999999.part"
    leftover.write_text("of a program that was killed")
    limited = small.spawn("db", "backup", str(file), preexec_fn=_small_files)
    limited.failed(1)
    assert "disk" in limited.err
    assert sorted(one.name for one in tmp_path.glob("*backup.db*")) == []
    small.json("db", "backup", str(file))


def _small_files() -> None:
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


# -- restore -----------------------------------------------------------------------------------------------------------


def test_a_backup_comes_back_and_what_stood_is_kept_aside(shop: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    shop.json("db", "backup", str(file))
    key = dict(_tables(shop.url)["keys"])["reply-address"]
    shop.deliver(mail(60, "Ny sag", sender="ny@example.dk"), channel="support")
    shop.json("case", "note", "1", "--text", "Skrevet siden")
    later = _tables(shop.url)
    done = shop.json("db", "restore", str(file), "--yes")
    assert (done["unsure"], done["signing_key"]) == (1, True)
    aside = Path(done["aside"])
    kept = _tables(f"sqlite:///{aside}")
    assert {name for name in kept if kept[name] != later[name]} <= _NOT_KEPT
    assert aside.stat().st_mode & 0o077 == 0
    now = _tables(shop.url)
    assert dict(now["keys"])["reply-address"] == key
    assert now["messages"] == _tables(f"sqlite:///{file}")["messages"]
    assert _wrong(shop) == {}
    (row,) = shop.json("outbox", "list")
    assert row["state"] == "unsure"
    assert "may have been sent" in row["last_error"]
    assert shop.json("case", "show", "1")["status"] == "open", "it is back in the queue"
    assert shop.json("search", "siden")["total"] == 0
    # A number that a customer was told since is nobody else's, and what came since comes again.
    told = max(row[0] for row in later["cases"])
    assert shop.deliver(mail(60, "Ny sag", sender="ny@example.dk"), channel="support")["ingested"] == 1
    assert _value(shop.url, "select max(id) from cases") > told


def test_a_backup_restores_into_an_empty_store_of_either_kind(
    shop: Program, other_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "backup.db"
    shop.json("db", "backup", str(file))
    there = Program(shop.home, other_url)
    said = there("db", "restore", str(file), "--json").ok().json
    assert (said["aside"], said["signing_key"], said["unsure"]) == (None, False, 1)
    wanted, found = _tables(f"sqlite:///{file}"), _tables(other_url)
    changed = {name for name in found if found[name] != wanted[name]}
    assert changed <= {"outbox", "cases", "changes", *_NOT_KEPT}, changed
    assert _wrong(there) == {}
    there.json("case", "claim")


def test_what_is_no_backup_is_refused_and_the_store_stands(shop: Program, tmp_path: Path) -> None:
    good = tmp_path / "good.db"
    shop.json("db", "backup", str(good))
    whole = good.read_bytes()
    newer = tmp_path / "newer.db"
    shutil.copy(good, newer)
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(newer)) as raw, closing(sqlite3.connect(foreign)) as other:
        raw.execute("update alembic_version set version_num = '9999'")
        raw.commit()
        other.execute("create table bookmarks (id integer)")
        other.commit()
    files = {
        "none.db": None, "letter.txt": b"Dear customer", "empty.db": b"", "cut.db": whole[: len(whole) // 2],
        "page.db": whole[:8192] + os.urandom(8192) + whole[16384:], "header.db": b"x" * 100 + whole[100:],
    }  # fmt: skip
    before = _tables(shop.url)
    for name, data in files.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
        answer = shop("db", "restore", str(tmp_path / name), "--yes").failed(4 if data is None else 1)
        assert len(answer.err.strip().splitlines()) == 1, answer.err
        assert name in answer.err
    assert "newer agentdesk" in shop("db", "restore", str(newer), "--yes").failed(1).err
    assert "no backup of agentdesk" in shop("db", "restore", str(foreign), "--yes").failed(1).err
    assert _tables(shop.url) == before
    assert not list(tmp_path.rglob("*before-restore*"))


def test_nothing_takes_the_place_of_a_store_that_somebody_works_on(small: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    small.json("db", "backup", str(file))
    now = int(time.time() * 1e6)
    for table, row in (
        ("presence", f"(who, case_id, agent_id, at) values ('anna', 0, 1, {now + 10**9})"),
        ("leases", f"(name, holder, until, seen_at) values ('worker', 'w', {now + 10**9}, {now})"),
    ):
        _do(small.url, f"insert into {table} {row}")
        assert "at work" in small("db", "restore", str(file), "--yes").failed(3).err
        _do(small.url, f"delete from {table}")
    _do(
        small.url,
        f"insert into leases (name, holder, until, seen_at) values ('worker', 'w', {now + 10**9}, 0)",
    )
    small.json("db", "restore", str(file), "--yes", "--force")
    small("db", "restore", small.url.removeprefix("sqlite:///"), "--yes").failed(3)


def test_a_damaged_store_gives_way_to_its_backup_and_is_kept(small: Program, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    small.json("db", "backup", str(backup))
    file = Path(small.url.removeprefix("sqlite:///"))
    for end in ("-wal", "-shm"):
        Path(f"{file}{end}").unlink(missing_ok=True)
    damaged = file.read_bytes()[:100] + os.urandom(50_000)
    file.write_bytes(damaged)
    small("case", "list").failed(1)
    aside = small.json("db", "restore", str(backup))["aside"]
    assert Path(aside).read_bytes() == damaged
    assert _wrong(small) == {}
    assert small.json("case", "show", "2")["message_count"] == 6


def test_an_older_backup_is_brought_up_to_date(small: Program, tmp_path: Path) -> None:
    file = tmp_path / "older.db"
    small.json("db", "backup", str(file))
    from alembic import command
    from alembic.config import Config

    from agentdesk.config.places import resource

    with closing(open_store(f"sqlite:///{file}")) as store, store.writing() as connection:
        config = Config()
        config.set_main_option("script_location", str(resource("migrations")))
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    small.json("db", "restore", str(file))
    assert _value(small.url, "select version_num from alembic_version") == HEAD
    assert _wrong(small) == {}


_DIES_AT_HALF = """
import os, sys
from agentdesk.cli import run
from agentdesk.store import keeping
really = keeping.put_in_place
keeping.PAGES = 5
def dies(work, store, step):
    told = []
    def half(pages):
        told.append(pages)
        if len(told) == 4:
            os.kill(os.getpid(), 9)
    really(work, store, half)
keeping.put_in_place = dies
run(sys.argv[1:])
"""


def test_a_restore_that_is_killed_leaves_the_old_store(shop: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    shop.json("db", "backup", str(file))
    shop.json("case", "note", "1", "--text", "Skrevet siden")
    before = {name: rows for name, rows in _tables(shop.url).items() if name not in _NOT_KEPT}
    code = (
        "import os, sys\nfrom agentdesk.store import {room}\nreally = {room}.{name}\n"
        "def dies(*a, **n):\n    {before}\n    os.kill(os.getpid(), 9)\n{room}.{name} = dies\n"
        "from agentdesk.cli import run\nrun(sys.argv[1:])\n"
    )
    breaks = [("keeping", "back_up", "really(*a, **n)")]
    if shop.url.startswith("sqlite"):
        breaks.append(("sqlite3", "", ""))
    else:
        breaks.append(("search", "put_all", "really(*a, **n)"))
    for room, name, first in breaks:
        program = code.format(room=room, name=name, before=first) if name else _DIES_AT_HALF
        words = [*shop.words(("db", "restore", str(file), "--yes"))]
        ended = subprocess.run(
            [shop.argv()[0], "-c", program, *words],
            env=shop.environ(),
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
        after = {name: rows for name, rows in _tables(shop.url).items() if name not in _NOT_KEPT}
        assert after == before
    assert shop.json("db", "restore", str(file), "--yes")["aside"]


# -- trouble -----------------------------------------------------------------------------------------------------------


def test_whatever_befalls_the_file_is_one_sentence_and_the_file_stays(small: Program) -> None:
    file = Path(small.url.removeprefix("sqlite:///"))
    whole = file.read_bytes()
    broken = {
        "a page written over": whole[: 40 * 4096] + b"\x99" * 8192 + whole[42 * 4096 :],
        "the schema written over": whole[:100] + b"\x99" * 3996 + whole[4096:],
        "the header written over": b"\x99" * 100 + whole[100:],
        "cut in half": whole[: len(whole) // 2],
        "cut within a page": whole[: 4096 * 9 + 100],
        "cut behind the header": whole[:100],
    }
    acts = (
        ("case", "list"),
        ("case", "note", "1", "--text", "x"),
        ("db", "check"),
        ("db", "backup", "backup.db"),
    )
    for name, data in broken.items():
        file.write_bytes(data)
        failed = 0
        for act in acts:
            words = (*act[:2], str(small.home / f"{len(data)}.db"), "--force") if "backup" in act else act
            answer = small(*words)
            assert answer.code in (0, 1), (name, act, answer)
            assert "fault of its own" not in answer.err, (name, act)
            assert "Traceback" not in answer.err + answer.out
            assert len(answer.err.strip().splitlines()) <= 1, (name, act, answer.err)
            failed += answer.code
            for end in ("-wal", "-shm"):
                Path(f"{file}{end}").unlink(missing_ok=True)
        assert failed, f"{name}: nobody noticed"
        if name != "a page written over":
            assert file.read_bytes() == data, f"{name}: the file was changed"
    file.write_bytes(whole)
    assert _wrong(small) == {}


def test_a_damaged_log_beside_the_store_costs_no_more_than_its_last_words(small: Program) -> None:
    file = Path(small.url.removeprefix("sqlite:///"))
    Path(f"{file}-wal").write_bytes(b"\x99" * 20_000)
    assert _wrong(small) == {}
    small.json("case", "note", "1", "--text", "Stadig her")
    assert _wrong(small) == {}


def test_a_store_without_room_says_so_and_keeps_what_it_had(small: Program) -> None:
    before = _tables(small.url)
    text_ = "Lang note. " * 30_000
    (small.home / "long.txt").write_text(text_)
    words = ("case", "reply", "2", "--body-file", str(small.home / "long.txt"))
    assert "room left" in small.spawn(*words, preexec_fn=_small_files).failed(1).err
    assert _tables(small.url) == before
    assert _wrong(small) == {}
    small.spawn(*words).ok()


# -- check -------------------------------------------------------------------------------------------------------------


_DAMAGE = {
    "message counts": ("update cases set message_count = 99 where id = 1",),
    "merged cases": (
        "update messages set case_id = 3 where id = (select min(id) from messages where origin_case_id = 3)",
        "update cases set message_count = message_count - 1 where id = 2",
        "update cases set message_count = message_count + 1 where id = 3",
    ),
    "owners": (
        "insert into agents (login, active, heir_id) values ('gone', false, 1)",
        "update cases set owner_id = (select id from agents where login = 'gone') where id = 2",
    ),
    "next steps": (
        "update cases set snooze_until = null where id = 5",
        "update cases set resolved_at = null where id = 6",
    ),
    "outbox": ("delete from raws where message_id = (select message_id from outbox where id = 1)",),
    "outbox, cases": ("update outbox set case_id = 6 where id = 1",),
    "leases": ("update outbox set state = 'sending', lease_until = null where id = 1",),
    "drafts": ("insert into drafts (agent_id, kind, body) values (1, 'reply', 'Kære kunde')",),
    "files": ("insert into attachments (filename) values ('a.pdf')",),
    "links": ("insert into links (case_id, other_id) values (1, 2)",),
    "clocks": ("update cases set waiting_since = null, due_at = null, unread = 7 where id = 2",),
}


def test_a_sound_store_is_found_sound_and_each_damage_is_named_and_mended(shop: Program) -> None:
    assert _wrong(shop) == {}
    before = _tables(shop.url)
    for round_ in (0, 1):
        damage = {name: done for place, (name, done) in enumerate(_DAMAGE.items()) if place % 2 == round_}
        _do(shop.url, *(statement for done in damage.values() for statement in done))
        assert set(_wrong(shop)) >= set(damage)
        mended = shop("db", "check", "--repair", "--json").ok().json["checks"]
        assert {one["name"] for one in mended if one["repaired"]} >= set(damage)
        assert _wrong(shop) == {}
    after = _tables(shop.url)
    assert [row[:2] for row in after["messages"]] == [row[:2] for row in before["messages"]], (
        "no message is lost"
    )
    assert after["raws"] == [row for row in before["raws"] if row in after["raws"]]
    assert _value(shop.url, "select body from drafts where kind = 'new'") == "Kære kunde"
    assert _value(shop.url, "select status from cases where id = 5") == "open"


def test_what_names_rows_that_are_gone_is_mended_without_losing_mail(shop: Program) -> None:
    texts = sorted(row[0] for row in _rows_of(shop.url, "select text from messages where kind = 'inbound'"))
    _do(
        shop.url,
        "delete from cases where id = 1",
        "update cases set owner_id = 77, channel_id = 78 where id = 5",
        "insert into case_tags (case_id, tag_id) values (5, 79)",
        "update cases set customer_id = 80 where id = 6",
        "delete from messages where id = (select max(id) from messages where kind = 'inbound')",
    )
    found = shop("db", "check")
    assert found.code == 1
    assert (
        "rows of messages name cases that are gone (1): agentdesk db check --repair mends that" in found.out
    )
    shop("db", "check", "--repair").ok()
    assert _wrong(shop) == {}
    assert shop.json("case", "show", "1")["status"] == "open"
    (lost,) = [one for one in shop.json("quarantine", "list") if "lost" in one["reason"]]
    shop.json("quarantine", "retry", str(lost["id"]))
    now = sorted(row[0] for row in _rows_of(shop.url, "select text from messages where kind = 'inbound'"))
    assert now == texts


def _rows_of(url: str, query: str) -> list[Any]:
    with closing(open_store(url)) as store, store.session() as session:
        return list(session.execute(text(query)).all())


def test_the_index_is_held_against_the_messages_and_made_anew(shop: Program) -> None:
    assert shop.json("search", '"pakke 6"')["total"] == 1
    _do(shop.url, "insert into messages (case_id, kind, at, text) values (1, 'note', 1, 'zeppelin')",
        "update cases set message_count = message_count + 1 where id = 1")  # fmt: skip
    found = {one["name"]: one for one in shop("db", "check", "--json").json["checks"]}
    assert "1 messages are missing" in found["search"]["said"]
    shop("db", "check", "--repair").ok()
    assert shop.json("search", "zeppelin")["total"] == 1
    _do(shop.url, "update messages set text = 'to helt andre ord' where text like 'Hvor er pakke 6%'")
    assert _wrong(shop) == {"search": 1}
    extra = "insert into search (rowid, words) values (9999, 'spøgelse')"
    if not shop.url.startswith("sqlite"):
        extra = "insert into search (message_id, words) values (9999, to_tsvector('simple', 'spøgelse'))"
    _do(shop.url, extra)
    assert _wrong(shop)["search"] == 2
    shop("db", "check", "--repair").ok()
    assert _wrong(shop) == {}
    assert [shop.json("search", word)["total"] for word in ("andre", '"pakke 6"', "spøgelse")] == [1, 0, 0]


def test_mails_that_cannot_be_unpacked_stay_wrong_and_are_named(shop: Program) -> None:
    blob = "x'00'" if shop.url.startswith("sqlite") else "'\\x00'"
    _do(shop.url, f"update raws set data = {blob} where message_id = 1")
    assert _wrong(shop) == {"mails": 1}
    answer = shop("db", "check", "--repair")
    assert answer.code == 1
    assert "1 mails are damaged (1): their text stands" in answer.out


def test_checking_changes_nothing(small: Program) -> None:
    _do(small.url, *_DAMAGE["message counts"], *_DAMAGE["clocks"])
    file = Path(small.url.removeprefix("sqlite:///"))
    before = _tables(small.url)
    small("db", "check")
    assert _tables(small.url) == before
    assert json.loads(small("doctor", "--offline", "--json").out)["ok"] is False
    assert file.exists()
