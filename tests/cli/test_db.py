"""A store goes into one file and comes out of it, and moves from one database to the other."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path

from cli.history import NOT_KEPT, do, small_files, tables, value, wrong
from cli.program import Program, mail
from servers.postgres import Postgres

from agentdesk.store.engine import open_store
from agentdesk.store.revision import HEAD

# -- copy --------------------------------------------------------------------------------------------------------------


def test_a_store_moves_to_the_other_database_and_back_with_everything_equal(
    shop: Program, other_url: str, tmp_path: Path
) -> None:
    before = tables(shop.url)
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
    assert tables(other_url) == before
    assert wrong(there) == {}
    assert there.json("search", "æblegrød")["total"] == shop.json("search", "æblegrød")["total"] > 0
    back = (
        f"sqlite:///{tmp_path}/back.db" if shop.url.startswith("sqlite") else f"sqlite:///{tmp_path}/third.db"
    )
    there.json("db", "copy", back)
    assert tables(back) == before
    assert (tmp_path / Path(back).name).stat().st_mode & 0o077 == 0
    fresh = [
        Program(shop.home, url).deliver(mail(50, sender="ny@example.dk"))
        for url in (shop.url, other_url, back)
    ]
    assert [one["cases_opened"] for one in fresh] == [1, 1, 1]
    assert len({value(url, "select max(id) from cases") for url in (shop.url, other_url, back)}) == 1
    assert "empty" in there("db", "copy", shop.url).failed(3).err or there.url != shop.url


def test_a_copy_goes_into_an_empty_store_only(shop: Program, other_url: str) -> None:
    shop.json("db", "copy", other_url)
    before = tables(other_url)
    shop("db", "copy", other_url).failed(3)
    shop("db", "copy", shop.url).failed(3)
    shop("db", "copy", "nonsense").failed(2)
    assert tables(other_url) == before


def test_a_copy_while_a_worker_could_send_twice_is_refused(small: Program, tmp_path: Path) -> None:
    far = int(time.time() * 1e6) + 3600 * 10**6
    do(small.url, f"insert into leases (name, holder, until, seen_at) values ('worker', 'w', {far}, {far})")
    assert "twice" in small("db", "copy", f"sqlite:///{tmp_path}/b.db").failed(3).err
    assert not (tmp_path / "b.db").exists()
    small.json("outbox", "cancel", "1")
    small.json("db", "copy", f"sqlite:///{tmp_path}/b.db")


def test_a_copy_of_a_store_with_strays_is_refused_and_leaves_the_target_empty(
    small: Program, postgres: Postgres
) -> None:
    do(small.url, "insert into case_tags (case_id, tag_id) values (999, 1)")
    url = postgres.database()
    assert "db check --repair" in small("db", "copy", url).failed(1).err
    assert value(url, "select count(*) from cases") == 0
    small("db", "check", "--repair").ok()
    small("db", "copy", url).ok()
    postgres.drop(url)


# -- backup ------------------------------------------------------------------------------------------------------------


def test_a_backup_holds_everything_but_what_is_this_stores_alone(shop: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    said = shop("db", "backup", str(file)).ok().out
    assert str(file) in said
    assert file.stat().st_mode & 0o777 == 0o600
    kept, stands = tables(f"sqlite:///{file}"), tables(shop.url)
    assert {name for name in kept if kept[name] != stands[name]} <= NOT_KEPT
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
                value(kept, f"select count(*) from {t} where name like 'a%'") for t in ("tags", "teams")
            )
            assert tags == teams
            counts.append(tags)
    finally:
        writer.kill()
        writer.communicate()
    assert counts == sorted(set(counts)), "the writer wrote on between the backups"


def test_a_backup_that_is_killed_leaves_nothing_under_its_name(small: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    leftover = tmp_path / ".other.db.999999999.agentdesk-part"
    leftover.write_text("of a program that was killed")
    limited = small.spawn("db", "backup", str(file), preexec_fn=small_files)
    limited.failed(1)
    assert "disk" in limited.err
    assert sorted(one.name for one in tmp_path.glob("*.db*")) == []
    small.json("db", "backup", str(file))


# -- restore -----------------------------------------------------------------------------------------------------------


def test_a_backup_comes_back_and_what_stood_is_kept_aside(shop: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    shop.json("db", "backup", str(file))
    key = dict(tables(shop.url)["keys"])["reply-address"]
    shop.deliver(mail(60, "Ny sag", sender="ny@example.dk"), channel="support")
    shop.json("case", "note", "1", "--text", "Skrevet siden")
    later = tables(shop.url)
    done = shop.json("db", "restore", str(file))  # nobody is there to be asked, and what stood is kept
    assert (done["unsure"], done["signing_key"]) == (1, True)
    aside = Path(done["aside"])
    kept = tables(f"sqlite:///{aside}")
    assert {name for name in kept if kept[name] != later[name]} <= NOT_KEPT
    assert aside.stat().st_mode & 0o077 == 0
    now = tables(shop.url)
    assert dict(now["keys"])["reply-address"] == key
    assert now["messages"] == tables(f"sqlite:///{file}")["messages"]
    assert wrong(shop) == {}
    (row,) = shop.json("outbox", "list")
    assert row["state"] == "unsure"
    assert "may have been sent" in row["last_error"]
    assert shop.json("case", "show", "1")["status"] == "open", "it is back in the queue"
    assert shop.json("search", "siden")["total"] == 0
    # A number that a customer was told since is nobody else's, and what came since comes again.
    told = max(row[0] for row in later["cases"])
    assert shop.deliver(mail(60, "Ny sag", sender="ny@example.dk"), channel="support")["ingested"] == 1
    assert value(shop.url, "select max(id) from cases") > told


def test_what_was_forgotten_since_stays_forgotten(shop: Program, other_url: str, tmp_path: Path) -> None:
    before, after = tmp_path / "before.db", tmp_path / "after.db"
    shop("agent", "set", "anna", "--role", "admin").ok()
    shop.json("db", "backup", str(before))
    said = "Hvor er pakke 2?"
    customer = value(shop.url, "select customer_id from cases where id = 2")
    shop("customer", "erase", str(customer), "--yes").ok()
    assert wrong(shop) == {}
    shop.json("db", "backup", str(after))
    assert shop.json("db", "restore", str(before), "--yes")["forgotten"] > 0
    assert wrong(shop) == {}
    # A store that never knew them learns from one backup what another must not bring back.
    there = Program(shop.home, other_url)
    there.json("db", "restore", str(after))
    assert there.json("db", "restore", str(before), "--yes")["forgotten"] > 0
    assert wrong(there) == {}
    for url in (shop.url, other_url):
        assert said.encode() in before.read_bytes()
        assert value(url, f"select count(*) from messages where text like '%{said}%'") == 0
        if url.startswith("sqlite"):
            assert said.encode() not in Path(url.removeprefix("sqlite:///")).read_bytes()


def test_a_backup_restores_into_an_empty_store_of_either_kind(
    shop: Program, other_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "backup.db"
    shop.json("db", "backup", str(file))
    there = Program(shop.home, other_url)
    said = there("db", "restore", str(file), "--json").ok().json
    assert (said["aside"], said["signing_key"], said["unsure"]) == (None, False, 1)
    wanted, found = tables(f"sqlite:///{file}"), tables(other_url)
    changed = {name for name in found if found[name] != wanted[name]}
    assert changed <= {"outbox", "cases", "changes", *NOT_KEPT}, changed
    assert wrong(there) == {}
    there.json("case", "claim")


def test_what_is_no_backup_is_refused_and_the_store_stands(small: Program, tmp_path: Path) -> None:
    good = tmp_path / "good.db"
    small.json("db", "backup", str(good))
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
    before = tables(small.url)
    for name, data in files.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
        answer = small("db", "restore", str(tmp_path / name), "--yes").failed(4 if data is None else 1)
        assert len(answer.err.strip().splitlines()) == 1, answer.err
        assert name in answer.err
    assert "newer agentdesk" in small("db", "restore", str(newer), "--yes").failed(1).err
    assert "no backup of agentdesk" in small("db", "restore", str(foreign), "--yes").failed(1).err
    assert tables(small.url) == before
    assert not list(tmp_path.rglob("*before-restore*"))


def test_nothing_takes_the_place_of_a_store_that_somebody_works_on(small: Program, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    small.json("db", "backup", str(file))
    now = int(time.time() * 1e6)
    for table, row in (
        ("presence", f"(who, case_id, agent_id, at) values ('anna', 0, 1, {now + 10**9})"),
        ("leases", f"(name, holder, until, seen_at) values ('worker', 'w', {now + 10**9}, {now})"),
    ):
        do(small.url, f"insert into {table} {row}")
        assert "at work" in small("db", "restore", str(file), "--yes").failed(3).err
        do(small.url, f"delete from {table}")
    do(
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
    aside = small.json("db", "restore", str(backup), "--yes")["aside"]
    assert Path(aside).read_bytes() == damaged
    assert wrong(small) == {}
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
    small.json("db", "restore", str(file), "--yes")
    assert value(small.url, "select version_num from alembic_version") == HEAD
    assert wrong(small) == {}


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
    before = {name: rows for name, rows in tables(shop.url).items() if name not in NOT_KEPT}
    code = (
        "import os, sys\nfrom agentdesk.store import {room}\nreally = {room}.{name}\n"
        "def dies(*a, **n):\n    {before}\n    os.kill(os.getpid(), 9)\n{room}.{name} = dies\n"
        "from agentdesk.cli import run\nrun(sys.argv[1:])\n"
    )
    breaks = [("search", "put_all", "really(*a, **n)")]
    if shop.url.startswith("sqlite"):
        breaks = [("keeping", "back_up", "really(*a, **n)"), ("", "", "")]
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
        after = {name: rows for name, rows in tables(shop.url).items() if name not in NOT_KEPT}
        assert after == before
    assert shop.json("db", "restore", str(file), "--yes")["aside"]
    assert not [one for one in tmp_path.rglob(".*") if "restore" in one.name or "part" in one.name], (
        "it tidied up"
    )
