"""The same walk in every kind of terminal: tmux, GNU screen, xterm, a thin slow line."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from servers.dovecot import Account
from servers.smtp_sink import SmtpSink
from servers.terminal import Terminal
from walk.shop import Shop, left_in_order, letter, say, shop

SLOW = (20_000.0, 0.15)
CASES = 60
FIRST_QUEUE_BYTES = 64_000


@pytest.fixture
def house(tmp_path: Path, account: Account, smtp: SmtpSink) -> Iterator[Shop]:
    """A shop whose replies leave at once."""
    with shop(tmp_path, f"sqlite:///{tmp_path / 'desk.db'}", account, smtp, hold=0) as made:
        yield made


@contextmanager
def _plain(house: Shop) -> Iterator[Terminal]:
    with house.desk(env={"TERM": "xterm", "COLORTERM": ""}) as line:
        yield line


@contextmanager
def _slow(house: Shop) -> Iterator[Terminal]:
    with house.desk(throttle=SLOW) as line:
        yield line


@contextmanager
def _in_tmux(house: Shop) -> Iterator[Terminal]:
    argv, env, folder = _inside(house)
    tmux = ["tmux", "-u", "-L", "walk", "-f", "/dev/null"]
    env |= {"TMUX_TMPDIR": folder}
    try:
        with Terminal([*tmux, "new-session", *argv], 120, 41, env=env, cwd=house.home) as line:
            yield line
    finally:
        subprocess.run([*tmux, "kill-server"], env=env, capture_output=True, check=False, timeout=20)
        shutil.rmtree(folder)


@contextmanager
def _in_screen(house: Shop) -> Iterator[Terminal]:
    argv, env, folder = _inside(house)
    env |= {"SCREENDIR": folder}
    try:
        screen = ["screen", "-U", "-c", "/dev/null", "-S", "walk", *argv]
        with Terminal(screen, 120, 40, env=env, cwd=house.home) as line:
            yield line
    finally:
        quit_ = ["screen", "-S", "walk", "-X", "quit"]
        subprocess.run(quit_, env=env, capture_output=True, check=False, timeout=20)
        shutil.rmtree(folder)


def _inside(house: Shop) -> tuple[list[str], dict[str, str], str]:
    """What to run inside, its environment, and a folder for the socket: a short path, closed to others."""
    folder = tempfile.mkdtemp(prefix="adw-", dir="/tmp")
    return house.argv("--as", "anna"), {**house.environ(), "TERM": "xterm-256color"}, folder


@pytest.mark.parametrize("where", [_plain, _slow, _in_tmux, _in_screen])
def test_the_walk_in_every_terminal(
    house: Shop, smtp: SmtpSink, where: Callable[[Shop], AbstractContextManager[Terminal]]
) -> None:
    house.deliver(letter(cc="Chef Åse <chef@kunde.example>"), channel="support")
    with where(house) as line:
        line.wait("Mette Sørensen", 30)
        line.wait("0/[0-9]", 30)
        line.keys("n")
        line.wait(r"open · normal · .*Anna Ås", 20)
        line.keys("r")
        line.wait("Reply to Mette Sørensen", 20)
        line.send("Æblegrød og rød grød med fløde på vej")
        line.wait("med fløde på vej", 20)
        line.keys("ctrl+s")
        line.wait(r"@ Mette Sørensen .*sent", 40)
        (sent,) = smtp.wait(1)
        assert sent.recipients == ("mette@kunde.example", "chef@kunde.example")
        assert "Æblegrød og rød grød" in house.json("case", "show", "1")["messages"][1]["text"]
        line.keys("q")
        assert left_in_order(line) == 0
    assert house.faults() == []


def test_ten_j_and_an_enter_over_a_slow_line_end_on_the_right_case(house: Shop) -> None:
    mails = [letter(subject=f"Ordre {n}", sender=f"Kunde {n} Ås <k{n}@kunde.example>") for n in range(CASES)]
    house.deliver(*mails, channel="support")
    right = house.json("case", "list", "--limit", "20")["cases"][10]["number"]
    with house.desk(throttle=SLOW) as line:
        line.wait(r"▌ .*Kunde [0-9]+ Ås", 30)
        first = len(line.raw)
        say(f"{first} bytes to the first queue over the slow line")
        assert first <= FIRST_QUEUE_BYTES
        line.wait("0/[0-9]", 30)
        line.settle(0.5, 10)
        begun = time.monotonic()
        line.keys(*"jjjjjjjjjj", "enter")
        line.wait(rf"│ #{right} ", 20)
        seconds = time.monotonic() - begun
        say(f"{seconds:.2f} s for ten j and an Enter over the slow line")
        assert seconds <= 5
        line.settle(1.0, 10)
        assert f"│ #{right} " in line.screen()
