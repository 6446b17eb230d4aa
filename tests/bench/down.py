"""What a `down` costs in the real desk against the floor, what an idle desk costs, and a page anywhere in the queue.

PYTHONPATH=tests python -m bench.down [--cases 1000 100000]
"""

import argparse
import os
import re
import statistics
import tempfile
import time
from pathlib import Path

from bench import start, store
from servers.postgres import Postgres
from servers.terminal import Terminal
from sqlalchemy import text

from agentdesk.queries import queue
from agentdesk.queries.queue import Want
from agentdesk.store import queue_sql
from agentdesk.store.engine import Store, open_store

KEYS = 25
"""Keys of one stretch; more than the rows of a screen, so that the list scrolls."""
STRETCHES = 3
GAP = 0.03
"""Seconds between two keys: each is painted by itself, and no case is opened meanwhile."""
REST = 0.6
"""Seconds after a stretch in which the case in hand is opened; that belongs to no key."""


class Driven:
    """A program in a terminal whose list is walked down."""

    def __init__(self, opened: start.Start, marks: list[bytes]) -> None:
        self._terminal = Terminal(opened.argv, 120, 40, env=opened.environment, cwd=opened.home)
        self._marks = marks
        """What the row shows that the cursor stands in after each stretch"""
        self._stretch = 0
        self._terminal.wait_bytes(opened.mark, 60)

    def idle(self, seconds: float) -> float:
        """Percent of one CPU while nobody touches it."""
        before = self._terminal.cpu_ms()
        time.sleep(seconds)
        return (self._terminal.cpu_ms() - before) / seconds / 10

    def down(self) -> float:
        """CPU milliseconds of a `down`, over one stretch."""
        before = self._terminal.cpu_ms()
        self._terminal.keys(*["down"] * KEYS, gap=GAP)
        self._terminal.wait_bytes(self._marks[self._stretch], 60)
        taken = (self._terminal.cpu_ms() - before) / KEYS
        self._stretch += 1
        time.sleep(REST)
        return taken

    def close(self) -> None:
        """End it."""
        self._terminal.close()


def medians(floor: Driven, desk: Driven) -> tuple[float, float]:
    """CPU milliseconds of a `down` in the floor and in the desk, stretch by stretch in turn."""
    taken = [(floor.down(), desk.down()) for _stretch in range(STRETCHES)]
    return statistics.median(one for one, _other in taken), statistics.median(other for _one, other in taken)


def floor(home: Path) -> Driven:
    """The floor, opened."""
    last = [KEYS * (stretch + 1) for stretch in range(STRETCHES)]
    return Driven(start.floor(home), [f"{row:5}  line of the floor".encode() for row in last])


def desk(home: Path, url: str) -> Driven:
    """The desk on a store that is there, opened, with everything loaded."""
    last = [KEYS * (stretch + 1) for stretch in range(STRETCHES)]
    names = store.names(url, last[-1] + 1)
    opened = Driven(start.desk(home, url), [names[row].encode() for row in last])
    opened.idle(3.0)
    return opened


def page_times(opened: Store, view: str, agent_id: int) -> list[float]:
    """Milliseconds of a page at the start, in the middle and at the end of a view."""
    with opened.session() as session:
        half = queue.count(session, agent_id, view, limit=1 << 40) // 2
        middle = queue.page(session, agent_id, Want(view, None, 1, skip=half)).rows[0].place
        end = queue.page(session, agent_id, Want(view, None, 129, backwards=True)).rows[-1].place
        found = []
        for place in (None, middle, end):
            taken = []
            for _run in range(7):
                begun = time.perf_counter()
                rows = queue.page(session, agent_id, Want(view, place, 128)).rows
                taken.append((time.perf_counter() - begun) * 1000)
            assert rows, f"nothing behind {place} in {view}"
            found.append(statistics.median(taken))
        return found


def plan(opened: Store, view: str, agent_id: int) -> str:
    """Which index the database walks through for a page of a view."""
    dialect, ask = ("sqlite", "explain query plan ") if opened.address.is_file else ("postgresql", "explain ")
    sql = queue_sql.page_sql(view, dialect)
    values = queue_sql.page_values(agent_id, None, 128)
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    with opened.session() as session:
        lines = [str(row[-1]) for row in session.execute(text(ask + sql), used)]
    found = [re.search(r"(?:INDEX|using|on) (q_\w+)", line) for line in lines]
    return next((one[1] for one in found if one), "no index of the queue: " + "; ".join(lines))


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description="CPU of a down, of an idle desk, and of a page of the queue.")
    words.add_argument("--cases", type=int, nargs="+", default=[1000, 100_000])
    sizes = words.parse_args().cases
    with tempfile.TemporaryDirectory(prefix="adt-queue-") as folder, Postgres() as postgres:
        home = Path(folder)
        start.compile_all()
        for size in sizes:
            for name, url in (("SQLite", f"sqlite:///{home}/{size}.db"), ("PostgreSQL", postgres.database())):
                store.furnish(url, size)
                low, high = floor(home), desk(home / f"{name}{size}", url)
                try:
                    idle = high.idle(10.0)
                    base, found = medians(low, high)
                finally:
                    low.close()
                    high.close()
                print(
                    f"{size} cases on {name}: down {found:.2f} ms CPU against {base:.2f}, {found / base:.2f} times the"
                    f" floor; idle {idle:.1f} %; load {os.getloadavg()[0]:.1f}"
                )
                opened = open_store(url)
                for view in ("team", "free", "mine", "all"):
                    times = ", ".join(f"{one:.1f}" for one in page_times(opened, view, 1))
                    print(f"  {view}: {times} ms a page at start, middle, end; {plan(opened, view, 1)}")
                opened.close()


if __name__ == "__main__":
    main()
