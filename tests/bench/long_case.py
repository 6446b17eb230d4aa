"""What a case of 20,000 messages costs to open, to scroll, to answer and to be written in, against one of 20.

PYTHONPATH=tests python -m bench.long_case [--messages 20000]
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import start, store
from servers.postgres import Postgres
from servers.terminal import Terminal
from sqlalchemy import insert, text

from agentdesk.services import clocks
from agentdesk.store.engine import open_store
from agentdesk.store.tables import messages
from agentdesk.store.unit import SYSTEM

SHORT = 20
LONG = 20_000
PAGES = 24
BODY = "Hej igen,\n\nHvor er min pakke? Den skulle være kommet i fredags, og ingen svarer.\n\nVenlig hilsen\nKunden"
MINUTE = 60_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds of the desk: to open the case, for a page up or down in it, to write and send an answer."""

    opened: float
    paged: float
    answered: float

    def __truediv__(self, other: "Cost") -> "Cost":
        return Cost(*(mine / its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        return f"open {self.opened:.1f}, a page {self.paged:.1f}, an answer {self.answered:.1f}"


def furnish(url: str, count: int) -> None:
    """A store with twenty cases, the second of the queue with so many messages."""
    store.furnish(url, 20)
    opened = open_store(url)
    with opened.unit(SYSTEM, datetime.now(UTC)) as unit:
        begun = unit.at - (count + 60) * MINUTE
        rows = [
            {
                "case_id": 1, "channel_id": 1, "at": begun + number * MINUTE, "sent_at": begun + number * MINUTE,
                "kind": "inbound" if number % 2 else "outbound", "agent_id": None if number % 2 else 1,
                "from_name": "Kunde", "from_address": "kunde1@example.com", "subject": "Hvor er min pakke?",
                "to": '[["", "support@nordbutik.example"]]', "text": f"Besked {number}.\n\n{BODY}",
                "person": number % 2 == 1,
                "message_id": f"{number}@long.example.com", "digest": f"long {number}",
            }
            for number in range(2, count + 1)
        ]  # fmt: skip
        for at in range(0, len(rows), 2000):
            unit.session.execute(insert(messages), rows[at : at + 2000])
        unit.session.execute(text("update cases set message_count = :n where id = 1"), {"n": count})
        clocks.refresh(unit, [1])
        second = "update cases set due_at = 1 + (select min(due_at) from cases where shelf = 0 and id > 1) where id = 1"
        unit.session.execute(text(second))
    with opened.writing() as connection:
        connection.execute(text("analyze"))
    opened.close()


@contextmanager
def _desk(home: Path, url: str) -> Iterator[Terminal]:
    opened = start.desk(home, url)
    line = Terminal(opened.argv, 120, 40, env=opened.environment, cwd=opened.home)
    try:
        line.wait_bytes(opened.mark, 60)
        line.settle(0.5, 20)
        yield line
    finally:
        line.close()


def cost(home: Path, url: str, count: int) -> Cost:
    """Play it in a real terminal."""
    with _desk(home, url) as line:
        before = line.cpu_ms()
        line.keys("j")
        line.wait(lambda screen: f"Besked {count}." in screen, 30)
        line.settle(0.4, 20)
        opened = line.cpu_ms() - before
        line.keys("tab")
        line.settle(0.3, 20)
        before = line.cpu_ms()
        for _turn in range(PAGES // 6):
            line.keys("pgup", "pgup", "pgup", gap=0.08)
            line.keys(*(["pgup"] if count > 2 * SHORT else ["pgdn"]) * 3, gap=0.08)
        line.settle(0.4, 20)
        paged = (line.cpu_ms() - before) / PAGES
        line.keys("end")
        line.settle(0.3, 20)
        before = line.cpu_ms()
        line.keys("r")
        line.wait("Reply to")
        line.send("Den kommer i morgen.")
        line.wait("i morgen")
        line.keys("ctrl+s")
        line.wait(r"(?s)Den kommer i morgen\..*leaves in", 20)
        line.settle(0.4, 20)
        return Cost(opened, paged, line.cpu_ms() - before)


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(
        description="CPU of the desk in a case of many messages and in one of few."
    )
    words.add_argument("--messages", type=int, default=LONG)
    many = words.parse_args().messages
    start.compile_all()
    with tempfile.TemporaryDirectory(prefix="adt-long-") as folder, Postgres() as postgres:
        for name in ("SQLite", "PostgreSQL"):
            found: dict[int, list[Cost]] = {SHORT: [], many: []}
            for run in range(3):
                for count, runs in found.items():
                    home = Path(folder) / f"{name}{count}-{run}"
                    url = f"sqlite:///{folder}/{home.name}.db" if name == "SQLite" else postgres.database()
                    furnish(url, count)
                    runs.append(cost(home, url, count))
            middle = {
                count: Cost(*(statistics.median(column) for column in zip(*map(astuple, runs), strict=True)))
                for count, runs in found.items()
            }
            ratio = middle[many] / middle[SHORT]
            print(
                f"{name}: {SHORT} messages: {middle[SHORT]} ms CPU; {many} messages: {middle[many]}; ", end=""
            )
            print(f"times: {ratio}; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
