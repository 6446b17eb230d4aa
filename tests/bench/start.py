"""How much CPU a start costs until the queue is on screen, against the floor, interleaved in one run.

    PYTHONPATH=tests python -m bench.start [--runs 9]

The desk opens a seeded store of 1,000 cases with the settings file of a typical desk. CPU is that of all threads of the
process at the moment its first rows have been written to the terminal. The byte code is made beforehand.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from servers.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
FLOOR = (sys.executable, str(Path(__file__).with_name("floor.py")))
CASES = 1000
RUNS = 9
TRIES = 3
ROW = 12
"""The row that has to be on screen, of the floor and of the desk alike."""


def compile_all() -> None:
    """Byte code is made once, as an installed program has it."""
    folders = [str(ROOT / "agentdesk"), str(ROOT / "tests/bench")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *folders], check=False)


@dataclass(frozen=True, slots=True)
class Start:
    """What to start, and what is on screen when it has."""

    argv: Sequence[str]
    mark: bytes
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """A home of its own, and byte code that is used."""
        return {
            "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"), "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "",
        }  # fmt: skip

    def cpu(self) -> float:
        """CPU milliseconds of one start until the mark has been written."""
        with Terminal(self.argv, 120, 40, env=self.environment, cwd=self.home) as terminal:
            terminal.wait_bytes(self.mark, 60)
            return terminal.cpu_ms()


def floor(home: Path) -> Start:
    """The floor."""
    return Start(FLOOR, f"{ROW}  line of the floor".encode(), home)


def desk(home: Path, url: str) -> Start:
    """The desk on a furnished store: `agentdesk` and not a word more, as an agent opens it every morning."""
    from bench import store

    store.settings_file(home / "config" / "agentdesk", url)
    return Start((sys.executable, "-m", "agentdesk"), store.names(url, ROW + 1)[ROW].encode(), home)


def medians(*starts: Start, runs: int = RUNS) -> list[float]:
    """The median of each, interleaved."""
    compile_all()
    taken: list[list[float]] = [[] for _start in starts]
    for _run in range(runs):
        for start, found in zip(starts, taken, strict=True):
            found.append(start.cpu())
    return [statistics.median(found) for found in taken]


def ratios(base: Start, other: Start, enough: float) -> list[float]:
    """How many times the base the other costs: tried until it is enough, as other programs only ever make it worse."""
    found: list[float] = []
    while len(found) < TRIES and min(found, default=enough + 1) > enough:
        below, above = medians(base, other)
        found.append(above / below)
    return found


def main() -> None:
    """Measure on both databases and print."""
    from bench import store
    from servers.postgres import Postgres

    words = argparse.ArgumentParser(description="CPU until the queue is on screen, against the floor.")
    words.add_argument("--runs", type=int, default=RUNS)
    runs = words.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="adt-start-") as folder, Postgres() as postgres:
        home = Path(folder)
        urls = {"SQLite": f"sqlite:///{home}/desk.db", "PostgreSQL": postgres.database()}
        for url in urls.values():
            store.furnish(url, CASES)
        starts = (floor(home), *(desk(home / name, url) for name, url in urls.items()))
        base, *rest = medians(*starts, runs=runs)
        print(f"median of {runs} runs; load {os.getloadavg()[0]:.1f}")
        for name, found in zip(("floor", *urls), (base, *rest), strict=True):
            print(f"{name}: {found:.0f} ms CPU, {found / base:.2f} times the floor")


if __name__ == "__main__":
    main()
