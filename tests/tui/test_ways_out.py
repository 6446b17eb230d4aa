"""Every way out leaves the terminal as it was, the right exit status, and one sentence at most."""

import os
import re
import signal
import time
from pathlib import Path

import pytest
from servers.terminal import Terminal
from tui import rig

MODES = {
    b"?1049": b"l",
    b"?1000": b"l",
    b"?1003": b"l",
    b"?1015": b"l",
    b"?1006": b"l",
    b"?2004": b"l",
    b"?25": b"h",
}
"""Alternate screen, mouse, bracketed paste, cursor: how each must stand in the end."""


def ready(line: Terminal) -> None:
    """Until the desk follows its store."""
    line.wait("waiting")
    line.wait("#1 ")


def left_in_order(line: Terminal, status: int) -> str:
    """The program has ended; what it wrote after it had left its screen."""
    assert line.process.wait(20) == status
    line.settle(0.3)
    raw = line.raw
    for mode, wanted in MODES.items():
        found = re.findall(re.escape(b"\x1b[" + mode) + b"([hl])", raw)
        assert not found or found[-1] == wanted, (mode, found[-1:])
    assert b"\x1b[?1049l" in raw
    said = raw[raw.rindex(b"\x1b[?1049l") :].decode(errors="replace")
    plain = re.sub(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[=>]", "", said).strip()
    assert "Traceback" not in raw.decode(errors="replace")
    assert len(plain.splitlines()) <= 1, plain
    return plain


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
def test_leaving_by_key(key: str, url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        line.keys(key)
        assert left_in_order(line, 0) == ""


@pytest.mark.parametrize("place", ["desk", "dialog", "composer"])
def test_leaving_by_sigterm(place: str, url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        if place == "dialog":
            line.keys("t")
            line.wait("Which tag")
        if place == "composer":
            line.keys("r")
            line.wait("Reply to")
            line.send("Husk mig")
            line.wait("Husk mig")
        os.kill(line.pid, signal.SIGTERM)
        assert left_in_order(line, 128 + signal.SIGTERM) == ""
    if place == "composer":
        assert rig.execute(url, "select body from drafts") == [("Husk mig",)]


def test_leaving_by_hang_up_keeps_the_text(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        line.keys("r")
        line.wait("Reply to")
        line.send("Husk mig")
        line.wait("Husk mig")
        assert line.hang_up() == 128 + signal.SIGHUP
    assert rig.execute(url, "select body from drafts") == [("Husk mig",)]


def test_sighup_from_elsewhere(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        os.kill(line.pid, signal.SIGHUP)
        assert left_in_order(line, 128 + signal.SIGHUP) == ""


def test_a_fault_in_a_handler_says_one_sentence_and_keeps_the_text(url: str, state: Path) -> None:
    with rig.terminal(url, state, options={"break": True}) as line:
        ready(line)
        line.keys("r")
        line.wait("Reply to")
        line.send("Husk mig")
        line.wait("Husk mig")
        line.keys("esc", "esc")
        time.sleep(0.2)
        line.keys("j")
        said = left_in_order(line, 1)
        assert said.startswith("agentdesk had to stop")
        assert "hemmelig" not in line.raw.decode(errors="replace")
    log = (state / "desk.log").read_text()
    assert "Traceback" in log
    assert "a broken handler" in log
    kept = [row[0] for row in rig.execute(url, "select body from drafts")] + [
        path.read_text() for path in (state / "drafts").glob("*.json")
    ]
    assert any("Husk mig" in text for text in kept)


async def test_a_fault_in_a_command_is_one_sentence_and_the_desk_goes_on(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with rig.desk(url, state) as r:

        async def broken(*_args: object) -> None:
            raise RuntimeError("hemmelig")

        monkeypatch.setattr(r.desk, "show_effect", broken)
        await r.press("e")
        assert r.said == "That did not work; the log says why."
        assert "hemmelig" in caplog.text
        monkeypatch.undo()
        await r.press("j")
        assert r.app.return_value is None


def test_a_store_that_vanishes_is_told_and_left(url: str, state: Path) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    with rig.terminal(url, state) as line:
        ready(line)
        for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            name.unlink(missing_ok=True)
        path.parent.joinpath("desk.db").mkdir()
        line.keys("e")
        time.sleep(1)
        line.keys("j")
        line.settle(0.3)
        assert line.process.poll() is None
        line.keys("q")
        time.sleep(0.5)
        line.keys("q")
        left_in_order(line, 0)


def test_a_store_that_was_never_there_is_one_sentence_and_q_leaves(state: Path) -> None:
    with rig.terminal(f"sqlite:///{state}/no/such/folder/desk.db", state) as line:
        line.wait("Problem:")
        line.keys("q")
        left_in_order(line, 0)


def test_a_second_signal_does_not_wait_for_the_store(url: str, state: Path) -> None:
    from tui.test_drafts import locked

    with rig.terminal(url, state) as line:
        ready(line)
        line.keys("r")
        line.wait("Reply to")
        with locked(url):
            line.send("Husk mig")
            line.wait("Husk mig")
            begun = time.monotonic()
            os.kill(line.pid, signal.SIGTERM)
            left_in_order(line, 128 + signal.SIGTERM)
            assert time.monotonic() - begun < 15
    assert any("Husk mig" in path.read_text() for path in (state / "drafts").glob("*.json"))
