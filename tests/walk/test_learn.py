"""The twelve everyday tasks, played in a real terminal as `agentdesk learn` teaches them: no more keys than promised.

Each is taken back, and the store is then as it was. What the README promises is what is counted here.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from servers.terminal import Terminal
from tui import rig

from agentdesk.demo.lessons import LESSONS, Lesson

ROOT = Path(__file__).parents[2]
COLUMNS, ROWS = 80, 24
"""The narrowest desk: what it takes there is enough everywhere."""
PACE = 0.3
"""Seconds between two keys: a verb is on screen before the next one is read."""


def _dump(home: Path) -> dict[str, list[Any]]:
    (store,) = home.glob("agentdesk-demo-*/nordbutik.db")
    return rig.dump(f"sqlite:///{store}")


def _says(number: int, words: str) -> Callable[[str], object]:
    head = f"{number}/{len(LESSONS)} · "
    return lambda screen: any(line.strip().startswith(head) and words in line for line in screen.splitlines())


def _play(terminal: Terminal, keys: tuple[str, ...]) -> None:
    for key in keys:
        terminal.keys("esc" if key == "escape" else key)
        terminal.settle(quiet=PACE, timeout=10)


def _learn(terminal: Terminal, home: Path, number: int, lesson: Lesson, before: dict[str, list[Any]]) -> int:
    """Play one lesson; how many keys the coach counted."""
    _play(terminal, lesson.keys)
    if not lesson.keys:
        terminal.keys("space")
        return 0
    terminal.wait(_says(number, "Done in"), 20)
    (count,) = re.findall(rf"{number}/{len(LESSONS)} · Done in (\d+) key", terminal.screen())
    if lesson.undo:
        assert lesson.undo != ("u",) or _dump(home) != before
        _play(terminal, lesson.undo)
    else:
        terminal.keys("space")
    if number < len(LESSONS):
        terminal.wait(_says(number + 1, ""), 20)
    else:
        terminal.wait("That was all", 20)
    if not any(one.prepare for one in LESSONS[number : number + 1]):
        assert _dump(home) == before, lesson.name
    return int(count)


def test_the_twelve_tasks_take_no_more_keys_than_promised_and_are_all_taken_back(tmp_path: Path) -> None:
    environment = {
        "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"), "PYTHONPATH": str(ROOT), "LANGUAGE": "en",
    }  # fmt: skip
    counted: dict[str, int] = {}
    command = (sys.executable, "-m", "agentdesk", "learn")
    with Terminal(command, COLUMNS, ROWS, env=environment, cwd=tmp_path) as terminal:
        terminal.wait("Space begins", 60)
        terminal.wait("waiting", 30)
        terminal.settle(quiet=1.0, timeout=20)
        before = _dump(tmp_path)
        terminal.keys("space")
        for number, lesson in enumerate(LESSONS, 1):
            terminal.wait(_says(number, lesson.task[:40]), 20)
            terminal.settle(quiet=0.6, timeout=10)
            counted[lesson.name] = _learn(terminal, tmp_path, number, lesson, before)
        terminal.keys("q")
        terminal.process.wait(20)
    assert counted == {lesson.name: len(lesson.keys) for lesson in LESSONS}
    assert all(counted[lesson.name] <= lesson.most for lesson in LESSONS)
