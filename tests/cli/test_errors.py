"""Whatever goes wrong ends in one plain sentence and an exit code; never in a traceback, a prompt or a secret."""

import ctypes
import os
import resource
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import ROOT, Program, mail
from servers.postgres import Postgres
from servers.terminal import Terminal

from agentdesk.domain.problems import Refused
from agentdesk.store.address import read
from agentdesk.tui.opening import _open_store

SECRET = "hunter2hunter2"


def _file(program: Program) -> Path:
    return Path(program.url.removeprefix("sqlite:///"))


def test_a_damaged_store_is_named_and_left_alone(lite: Program) -> None:
    lite.deliver(mail(1))
    file = _file(lite)
    for other in file.parent.glob("desk.db-*"):
        other.unlink()
    whole = file.read_bytes()
    damaged = whole[:100] + os.urandom(len(whole) - 100)
    file.write_bytes(damaged)
    assert "damaged" in lite("case", "list").failed(1).err
    assert lite("doctor", "--offline").code == 1
    assert file.read_bytes() == damaged


def test_a_file_that_is_no_store_is_left_alone(bare: Program) -> None:
    file = bare.home / "letter.db"
    file.write_text("Kære Mette, dette er et brev.\n" * 100)
    bare.url = f"sqlite:///{file}"
    assert "not a store" in bare("case", "list").failed(1).err
    assert file.read_text().startswith("Kære Mette")


def test_a_locked_store_is_waited_for_and_then_named(lite: Program) -> None:
    lite.deliver(mail(1))
    holder = sqlite3.connect(_file(lite), isolation_level=None)
    holder.execute("begin immediate")
    try:
        assert lite.json("case", "list")["total"] == 1
        assert "in use" in lite("case", "claim").failed(1).err
    finally:
        holder.execute("rollback")
        holder.close()
    assert lite.json("case", "claim")["case"]["id"] == 1


def test_a_full_disk_changes_nothing(lite: Program) -> None:
    lite.deliver(mail(1))
    size = max(one.stat().st_size for one in _file(lite).parent.glob("desk.db*"))

    def no_more_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    note = lite.home / "note.txt"
    note.write_text("x" * 2_000_000)
    answer = lite.spawn("case", "note", "1", "--body-file", str(note), preexec_fn=no_more_room)
    answer.failed(1)
    assert lite.json("case", "show", "1")["message_count"] == 1
    assert lite("db", "check").ok()


def test_a_full_output_is_told(lite: Program) -> None:
    with Path("/dev/full").open("w") as full:
        answer = lite.spawn("agent", "list", stdout=full)
    assert "no space" in answer.failed(1).err


def test_a_store_that_cannot_be_made_is_named(bare: Program) -> None:
    bare.url = "sqlite:////proc/agentdesk/desk.db"
    bare("case", "list").failed(1)
    bare.url = ""
    bare.environment["XDG_DATA_HOME"] = "/proc/here"
    bare("case", "list").failed(1)


def test_a_store_that_may_only_be_read_is_named(lite: Program) -> None:
    lite.deliver(mail(1))
    _file(lite).chmod(0o400)
    answer = lite.spawn("case", "claim", preexec_fn=_obey_permissions)
    assert "only be read" in answer.failed(1).err
    assert (
        "only be read"
        in lite.spawn("case", "note", "1", "--text", "x", preexec_fn=_obey_permissions).failed(1).err
    )


def _obey_permissions() -> None:
    """For root, too, what a file's mode says holds: the power to overrule it is dropped before the program starts."""
    if os.getuid() == 0:
        drop_from_bounding_set, overrule_modes = 24, 1
        assert ctypes.CDLL(None).prctl(drop_from_bounding_set, overrule_modes, 0, 0, 0) == 0


def test_a_newer_store_is_left_alone(desk: Program) -> None:
    _sql(desk.url, "update alembic_version set version_num = '9999'")
    assert "newer" in desk("case", "list").failed(1).err
    assert "newer" in desk("db", "migrate").failed(1).err
    assert desk("doctor", "--offline").code == 1


def test_postgresql_is_migrated_only_by_its_owners_word(postgres: Postgres, bare: Program) -> None:
    bare.url = postgres.database()
    assert "db migrate" in bare("case", "list").failed(1).err
    assert bare.json("db", "migrate") == {
        "migrated": True,
        "revision": bare.json("db", "migrate")["revision"],
    }
    bare("agent", "add", "anna").ok()
    assert bare.json("case", "list")["total"] == 0
    postgres.drop(bare.url)
    assert "db migrate" in bare("case", "list").failed(1).err


def test_nobody_acts_as_somebody_else_on_postgresql(postgres: Postgres, bare: Program) -> None:
    owner = bare.url = postgres.database()
    bare("db", "migrate").ok()
    for login in ("anna", "bjarke"):
        bare("agent", "add", login).ok()
    name = owner.partition("@/")[2].partition("?")[0]
    _sql(owner, f"create role bjarke_{name} login")
    _sql(owner, f"grant select, insert, update on all tables in schema public to bjarke_{name}")
    _sql(owner, f"grant usage on all sequences in schema public to bjarke_{name}")
    bare.url = postgres.url(name, role=f"bjarke_{name}")
    try:
        assert "somebody else" in bare("--as", "anna", "case", "claim").failed(3).err
        with Terminal(bare.argv("--as", "anna"), env=bare.environment, cwd=bare.home) as terminal:
            terminal.wait("somebody else", 30)
            assert terminal.process.wait(10) == 3
        with pytest.raises(Refused, match="somebody else"):
            _open_store(read(bare.url), "anna")
        _sql(owner, f"update agents set login = 'bjarke_{name}' where login = 'bjarke'")
        assert bare.json("--as", f"bjarke_{name}", "case", "claim") == {"case": None}
        _sql(owner, f"update agents set role = 'admin' where login = 'bjarke_{name}'")
        assert bare.json("--as", "anna", "case", "claim") == {"case": None}
    finally:
        _sql(owner, f"drop owned by bjarke_{name}; drop role bjarke_{name}")
        postgres.drop(owner)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://anna:{SECRET}@127.0.0.1:1/desk",
        f"postgresql://anna:{SECRET}@nowhere.invalid/desk",
        f"mysql://anna:{SECRET}@127.0.0.1/desk",
        f"postgresql://anna:{SECRET}@[127.0.0.1/desk",
        f"postgresql://anna:{SECRET}@127.0.0.1:port/desk",
        f"anna:{SECRET}@127.0.0.1/desk",
        "sqlite://relative.db",
        "",
    ],
)
def test_a_store_that_is_not_there_is_told_without_its_password(bare: Program, url: str) -> None:
    answer = bare("--db", url, "case", "list") if url else bare("--db")
    assert answer.code in (1, 2)
    assert answer.err.strip()
    assert "Traceback" not in answer.err
    assert SECRET not in answer.out + answer.err + bare.log()


def test_every_mistake_in_the_settings_is_told_with_its_line(bare: Program) -> None:
    bare.settings('[store]\nurl = 5\n\n[me]\nagnet = "anna"\n')
    for words in (("case", "list"), ("worker", "--once"), ("channel", "list"), ("setup",), ()):
        err = bare(*words).err
        assert "Traceback" not in err
        assert words in ((), ("setup",)) or ("line 2" in err and "line 5" in err)
    bare.settings("[store\n")
    assert "line 1" in bare("case", "list").failed(1).err
    bare("--config", str(bare.home / "gone.toml"), "case", "list").failed(1)
    bare("--help").ok()


def test_nothing_is_asked_where_nobody_can_answer(bare: Program) -> None:
    for words in (
        (),
        ("setup",),
        ("channel", "add"),
        ("channel", "add", "--address", "a@b.dk", "--imap-host", "x"),
    ):
        answer = bare.spawn(*words)
        answer.failed(2)
        assert "[" not in answer.out
    assert not bare.settings_file.exists()


def test_a_fault_of_our_own_goes_to_the_log_and_nowhere_else(
    lite: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_facts: object) -> None:
        raise RuntimeError("a customer's secret words")

    monkeypatch.setattr("agentdesk.queries.queue.page", broken)
    err = lite("case", "list").failed(1).err
    assert "secret words" not in err
    assert "cli.log" in err
    assert "secret words" in lite.log()
    assert "Traceback" in lite.log()


def test_without_a_place_for_the_log_everything_still_works(lite: Program) -> None:
    lite.environment["XDG_STATE_HOME"] = "/proc/here"
    lite("case", "list").ok()
    lite("case", "show", "5").failed(4)


def test_a_reader_that_goes_away_is_no_error(lite: Program) -> None:
    lite.deliver(*(mail(n, text="x" * 5000, sender=f"c{n}@example.dk") for n in range(60)))
    words = " ".join(f"'{one}'" for one in lite.argv("message", "list", "--jsonl"))
    done = subprocess.run(
        ["bash", "-c", f"{words} | head -c 10; exit ${{PIPESTATUS[0]}}"], capture_output=True, check=False, timeout=60,
        cwd=lite.home, env=lite.environ(),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) == 10


def test_a_command_that_does_not_exist_is_told_with_what_is_near(bare: Program) -> None:
    assert "did you mean case" in bare("csae", "list").failed(2).err
    bare("case", "lsit").failed(2)
    bare("--nonsense").failed(2)
    bare("case", "list", "--nonsense").failed(2)


def test_output_that_a_terminal_cannot_show_does_not_stop_it(lite: Program) -> None:
    lite.deliver(mail(1, subject="=?utf-8?b?8J+YgCDDhcOY?="))
    lite.environment |= {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    answer = lite.spawn("case", "list")
    assert "#1" in answer.ok().out
    assert lite.spawn("case", "list", "--json").ok().json["cases"][0]["subject"].endswith("ÅØ")


@pytest.mark.parametrize("words", [["--help"], ["case", "--help"], ["import", "--help"], ["setup", "--help"]])
def test_help_imports_neither_textual_nor_a_database(words: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; from agentdesk.cli import run; code = run(sys.argv[1:]); "
        "bad = {'textual', 'rich', 'sqlalchemy', 'alembic', 'httpx', 'imapclient', 'selectolax', 'psycopg', 'email'}; "
        "print(sorted(bad & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, *words], capture_output=True, text=True, check=False, timeout=60,
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert "agentdesk" in done.stdout


def _sql(url: str, statement: str) -> None:
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute(statement)
        connection.close()
        return
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
