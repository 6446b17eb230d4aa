"""The worker as a program: it works until it is told to stop, and one waits for another."""

import signal
import subprocess
import time
from collections.abc import Iterator

import pytest
from cli.program import Program


@pytest.fixture
def begun(desk: Program) -> Iterator[list["subprocess.Popen[str]"]]:
    """Workers of this test; none outlives it."""
    workers: list[subprocess.Popen[str]] = []
    yield workers
    for one in workers:
        one.kill()
        one.wait(10)


def _begin(desk: Program, *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        desk.argv("worker", *words), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=desk.home,
        env=desk.environ(),
    )  # fmt: skip


def _wait_until_it_works(desk: Program) -> None:
    deadline = time.monotonic() + 30
    while "the worker works" not in desk.log():
        assert time.monotonic() < deadline, desk.log()
        time.sleep(0.05)


def test_it_ends_in_order_when_told_and_a_second_one_takes_over(
    desk: Program, begun: list["subprocess.Popen[str]"]
) -> None:
    begun.append(_begin(desk))
    _wait_until_it_works(desk)
    begun.append(_begin(desk))
    assert begun[1].stderr
    assert "takes over" in begun[1].stderr.readline()
    begun[0].send_signal(signal.SIGTERM)
    assert begun[0].wait(5) == 0
    deadline = time.monotonic() + 20
    while desk.log().count("the worker works") < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    begun[1].send_signal(signal.SIGTERM)
    assert begun[1].wait(5) == 0


def test_one_that_a_desk_started_leaves_the_work_to_another(
    desk: Program, begun: list["subprocess.Popen[str]"]
) -> None:
    begun.append(_begin(desk))
    _wait_until_it_works(desk)
    begun.append(_begin(desk, "--detached"))
    assert begun[1].wait(20) == 0


def test_once_does_what_is_due_and_ends(desk: Program) -> None:
    done = desk.json("worker", "--once")
    assert (done["seen"], done["delivered"]) == (0, {})
