"""How long a delivered mail takes until its row is on the open desk, with IDLE, worker, store and feed in between.

`PYTHONPATH=tests python -m bench.arrival` runs three times on each database and prints the figure beside the load
average and the p95 of a calibrating step of the same kind: an empty durable commit (SQLite) or a bare NOTIFY
(PostgreSQL, fsync on). It is met when the best run is under AIM or under five times the calibration. Dovecot itself
tells of new mail half a second late.
"""

import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from servers.dovecot import Dovecot
from servers.postgres import Postgres
from servers.smtp_sink import SmtpSink
from walk.shop import eventually, letter, shop

from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date

AIM = 3.0
RUNS = 3
STEPS = 100


def arrival(home: Path, url: str, dovecot: Dovecot, smtp: SmtpSink) -> float:
    """Seconds of one delivery, seen on the screen of a desk that was opened before."""
    account = dovecot.fresh()
    store = open_store(url)
    bring_up_to_date(store, owner=True)
    store.close()
    with shop(home, url, account, smtp) as house:
        if not url.startswith("sqlite"):
            house.worker()
        with house.desk() as desk:
            desk.wait("Nothing waits", 30)
            eventually(house.listening, 30)
            account.deliver(letter())
            return desk.wait("Mette Sørensen", AIM * 10)


def p95(step: object, times: int = STEPS) -> float:
    """The 95th percentile of a step, in seconds."""
    assert callable(step)
    taken = []
    for _time in range(times):
        begun = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begun)
    return sorted(taken)[int(times * 0.95)]


def calibrate(url: str) -> float:
    """The p95 of the smallest step of the same kind on this database."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as connection:
            connection.execute("pragma synchronous = full")
            connection.execute("create table if not exists bench (n int)")
            return p95(lambda: connection.execute("insert into bench values (1)"))
    with psycopg.connect(url, autocommit=True) as connection:
        return p95(lambda: connection.execute("notify bench"))


def main() -> int:
    """Print the figures; 0 when every one is met."""
    met = True
    with Dovecot() as dovecot, SmtpSink() as smtp, Postgres(durable=True) as postgres:
        for kind in ("sqlite", "postgresql"):
            figures, steps = [], []
            for run in range(RUNS):
                with tempfile.TemporaryDirectory() as folder:
                    home = Path(folder)
                    url = f"sqlite:///{home / 'desk.db'}" if kind == "sqlite" else postgres.database()
                    figures.append(arrival(home, url, dovecot, smtp))
                    steps.append(calibrate(url))
                print(f"{kind} run {run + 1}: {figures[-1]:.2f} s, calibration p95 {steps[-1] * 1000:.2f} ms,"
                      f" load {os.getloadavg()[0]:.1f}", flush=True)  # fmt: skip
            ok = min(figures) < AIM or min(figures) < 5 * min(steps)
            met = met and ok
            print(f"{kind}: best {min(figures):.2f} s, {'met' if ok else 'missed'} (aim {AIM} s)")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
