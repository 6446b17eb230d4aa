"""Whatever is wrong around it, the program says one plain sentence, loses nothing and leaves the terminal as it was."""

import os
import re
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from servers.dovecot import Account
from servers.postgres import Postgres
from servers.smtp_sink import SmtpSink
from servers.terminal import Terminal
from walk.shop import Shop, eventually, left_in_order, letter, shop

WORDS = "Kære Mette, pakken er på vej"


@pytest.fixture
def house(tmp_path: Path, account: Account, smtp: SmtpSink) -> Iterator[Shop]:
    """A shop with one case."""
    with shop(tmp_path, f"sqlite:///{tmp_path / 'desk.db'}", account, smtp, hold=0) as made:
        made.deliver(letter(), channel="support")
        yield made


def _plain(words: str) -> str:
    """The same words on one line, when they are fit for a person."""
    assert "Traceback" not in words
    assert 'File "' not in words
    assert "hemmelig" not in words
    return re.sub(r"\s*\n\s*", " ", words.strip())


@pytest.mark.parametrize(
    ("imap", "said"),
    [
        ({"password": "hemmelig forkert"}, "does not accept the password"),
        ({"host": "mail.invalid", "tls": "implicit"}, "no server named mail.invalid"),
        ({"port": 1}, "cannot be reached on port 1"),
        ({"host": "localhost", "port": "imaps", "tls": "implicit"}, "certificate of localhost does not fit"),
        (
            {"host": "127.1", "port": "imaps", "tls": "implicit", "ca_file": "own"},
            "certificate of 127.1 does not fit",
        ),
    ],
    ids=["password", "unknown host", "unreachable", "unknown authority", "another name"],
)
def test_a_mailbox_that_cannot_be_read_is_told_everywhere_and_stops_nobody(
    imap: dict[str, Any], said: str, account: Account, smtp: SmtpSink, tmp_path: Path
) -> None:
    server = account.server
    assert server.certificate is not None
    meant = {"imaps": server.imaps, "own": str(server.certificate.cert)}
    given = {name: meant.get(value, value) for name, value in imap.items()}
    account.deliver(letter())
    with shop(tmp_path, f"sqlite:///{tmp_path / 'desk.db'}", account, smtp, hold=0, **given) as house:
        for words in (("sync", "--once"), ("worker", "--once"), ("channel", "test", "support"), ("doctor",)):
            answer = house(*words)
            assert answer.code == 1, (words, answer)
            assert said in _plain(answer.out + answer.err), words
        house.deliver(letter(), channel="support")
        with house.desk() as line:
            eventually(lambda: house.rows("select trouble from channels where trouble <> ''"), 30)
            assert said in house.json("channel", "list")["channels"][0]["trouble"]
            line.wait("0/6", 20)
            _answers(line)
            line.wait(r"@ Mette Sørensen .*sent", 30)
            line.keys("q")
            assert left_in_order(line) == 0
        assert len(smtp.messages) == 1
        assert house.faults() == []


def _answers(line: Terminal) -> None:
    line.keys("r")
    line.wait(r"ctrl\+s send", 10)
    line.send(WORDS)
    line.wait(WORDS, 10)
    line.keys("ctrl+s")


def test_a_locked_store_keeps_the_text_and_takes_it_when_it_is_free(house: Shop, smtp: SmtpSink) -> None:
    @contextmanager
    def locked(_desk: Terminal) -> Iterator[None]:
        with closing(sqlite3.connect(_file(house), isolation_level=None, timeout=30)) as holder:
            holder.execute("begin immediate")
            yield
            holder.execute("rollback")

    _is_kept_while(locked, house, smtp, "Problem: The store /")


def test_a_full_disk_keeps_the_text_and_takes_it_when_there_is_room(
    tmp_path: Path, account: Account, smtp: SmtpSink, disk: Path
) -> None:
    with shop(tmp_path, f"sqlite:///{disk / 'desk.db'}", account, smtp, hold=0) as house:
        house.deliver(letter(), channel="support")

        @contextmanager
        def full(desk: Terminal) -> Iterator[None]:
            with _no_room(house, disk, desk.pid):
                if os.getuid() == 0:
                    refused = house("case", "note", "1", "--text", "x" * 50_000).failed(1).err
                    assert "disk is full" in _plain(refused)
                yield

        _is_kept_while(full, house, smtp, "disk is full|disk does not answer")
        assert house("db", "check").ok()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder; for root, a small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.getuid() != 0:
        yield folder
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


@contextmanager
def _no_room(house: Shop, disk: Path, pid: int) -> Iterator[None]:
    """The disk is full; who is not root and has no disk to fill forbids the desk's files to grow."""
    if os.getuid() == 0:
        rest = disk / "rest"
        with rest.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        yield
        rest.unlink()
        return
    largest = max(one.stat().st_size for one in disk.iterdir())
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def test_postgresql_may_go_and_come_back(
    tmp_path: Path, postgres: Postgres, account: Account, smtp: SmtpSink
) -> None:
    with shop(tmp_path, postgres.database(), account, smtp, hold=0) as house:
        house.deliver(letter(), channel="support")
        house.worker()

        @contextmanager
        def down(_desk: Terminal) -> Iterator[None]:
            postgres.kill()
            try:
                for words in (("case", "list"), ("case", "claim"), ("doctor",)):
                    answer = house(*words)
                    assert answer.code == 1
                    assert "does not answer" in _plain(answer.out + answer.err)
                with house.desk() as other:
                    other.wait("does not answer", 30)
                    other.keys("q")
                    assert left_in_order(other) == 0
                yield
            finally:
                postgres.start()

        _is_kept_while(down, house, smtp, "does not answer|was stopped")


def _is_kept_while(
    trouble: Callable[[Terminal], AbstractContextManager[None]], house: Shop, smtp: SmtpSink, said: str
) -> None:
    """What is typed while the store cannot take it lies in a file, sending says why not, and later all goes on."""
    with house.desk() as line:
        line.wait("0/6", 30)
        eventually(house.listening, 30)
        line.keys("r")
        line.wait(r"ctrl\+s send", 10)
        with trouble(line):
            line.send(WORDS)
            line.wait("! The store", 30)
            (kept,) = eventually(lambda: list((house.home / "state").rglob("drafts/*.json")))
            eventually(lambda: WORDS in kept.read_text())
            assert kept.stat().st_mode & 0o777 == 0o600
            line.keys("ctrl+s")
            line.wait(lambda screen: re.search(said, _plain(screen)) and WORDS in screen, 40)
        line.wait(lambda screen: "! The store" not in screen, 30)
        line.keys("ctrl+s")
        line.wait(r"@ Mette Sørensen .*sent", 60)
        assert not kept.exists()
        line.keys("q")
        assert left_in_order(line) == 0
    assert len(smtp.messages) == 1
    assert house.faults() == []


def test_a_damaged_store_is_named_and_left_alone(house: Shop) -> None:
    with closing(sqlite3.connect(_file(house))) as store:
        store.execute("pragma wal_checkpoint(truncate)")
    whole = _file(house).read_bytes()
    damaged = whole[:100] + b"\xaa" * (len(whole) - 100)
    _file(house).write_bytes(damaged)
    assert "is damaged" in _plain(house("case", "list").failed(1).err)
    with house.desk() as line:
        line.wait("is damaged", 30)
        line.keys("q")
        assert left_in_order(line) == 0
    assert _file(house).read_bytes() == damaged


def test_a_typo_in_the_settings_is_told_with_its_line(house: Shop) -> None:
    text = house.config.read_text()
    house.config.write_text(text.replace("password_file", "pasword_file"))
    with house.desk() as line:
        assert left_in_order(line, 30) == 1
        told = _plain(line.screen())
    number = text[: text.index("password_file")].count("\n") + 1
    assert f"line {number}" in told
    assert "did you mean password_file" in told
    assert "".join(house("case", "list").failed(1).err.split()) == "".join(told.split())
    house.config.write_text(text)
    with house.desk() as line:
        line.wait("Mette Sørensen", 30)


@pytest.mark.parametrize("size", [(1, 1), (19, 24), (80, 4)])
def test_a_terminal_that_is_too_small_says_so_and_goes_on_when_it_is_larger(
    house: Shop, size: tuple[int, int]
) -> None:
    with house.desk(*size) as line:
        if size[0] > 1:
            line.wait("Too small", 30)
        line.settle(0.5, 5)
        line.resize(120, 40)
        line.wait(r"0/6[\s\S]*Mette Sørensen", 30)
        line.keys("q")
        assert left_in_order(line) == 0
    assert house.faults() == []


def _file(house: Shop) -> Path:
    return Path(house.url.removeprefix("sqlite:///"))
