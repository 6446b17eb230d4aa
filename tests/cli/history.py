"""Stores with a history for the tests of `agentdesk db`: made once, copied for each test; ways to look into them."""

import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli.program import Program, mail
from servers.postgres import Postgres
from sqlalchemy import select, text

from agentdesk.store.engine import open_store
from agentdesk.store.tables import metadata

_MAILBOX = """
[[channel]]
kind = "email"
name = "support"
address = "support@example.dk"
answer_within = 240
"""
NOT_KEPT = {"keys", "leases", "presence"}


def tables(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, also what the database computes of it."""
    with closing(open_store(url)) as store, store.session() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(*table.columns)).all()), key=repr)
            for table in metadata.sorted_tables
        }


def do(url: str, *statements: str) -> None:
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


def value(url: str, query: str) -> Any:
    """The only value of a SELECT."""
    with closing(open_store(url)) as store, store.session() as session:
        return session.execute(text(query)).scalar()


def wrong(program: Program, *options: str) -> dict[str, int]:
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


@pytest.fixture(scope="session")
def _past(tmp_path_factory: pytest.TempPathFactory, _ready_file: Path) -> Program:
    """A store with a history on SQLite, to be copied."""
    folder = tmp_path_factory.mktemp("past")
    shutil.copyfile(_ready_file, folder / "desk.db")
    program = Program(folder, f"sqlite:///{folder / 'desk.db'}")
    program("agent", "add", "anna", "--name", "Anna Agent").ok()
    _history(program)
    return program


@pytest.fixture(scope="session")
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


def rows_of(url: str, query: str) -> list[Any]:
    """The rows of a SELECT."""
    with closing(open_store(url)) as store, store.session() as session:
        return list(session.execute(text(query)).all())


def small_files() -> None:
    """In a child: no file may grow beyond what a little store has."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
