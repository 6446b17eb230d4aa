"""What taking in a file of orders costs: CPU seconds and memory of `agentdesk order import`, first and again.

    python tests/bench/orders.py [ORDERS]

Invariant: the file and the store lie in a folder of their own that is gone afterwards; the figures are those of the
program's own process, start included.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COUNT = 100_000


@dataclass(frozen=True, slots=True)
class Run:
    """One import."""

    said: dict[str, Any]
    cpu: float
    memory: float
    """megabytes, the most at once of all children so far"""

    @property
    def speed(self) -> float:
        """Orders a second of CPU time."""
        return float(self.said["seen"]) / self.cpu


def write(path: Path, count: int) -> None:
    """A file as a shop exports it: one and a half rows an order, Danish decimals."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "number;address;name;status;placed;promised;total;currency;carrier;tracking;sku;line;quantity;line_amount\n"
        )
        for n in range(count):
            head = (
                f"{100_000 + n};kunde{n % 30_000}@example.com;Kunde Sørensen {n};shipped;2026-11-{1 + n % 28:02};"
                f"2026-11-{1 + (n + 3) % 28:02};1.{n % 1000:03},50;DKK;GLS;T{n}"
            )
            for line in range(1 + n % 2):
                file.write(f"{head};S{line};Lampe Fjord {n % 700};1;{n % 900},00\n")


def take_in(path: Path, url: str) -> Run:
    """The program itself, once."""
    home = {name: str(path.parent) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    out = path.with_suffix(".json")
    with out.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "agentdesk", "--db", url, "order", "import", str(path), "--json"],
            cwd=ROOT, env=os.environ | home, stdout=told,
        )  # fmt: skip
    pid, most = 0, 0.0
    while not pid:  # its own peak: what wait4 tells of it began with the size of whoever started it
        most = max(most, _peak(process.pid))
        time.sleep(0.01)
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    return Run(json.loads(out.read_text()), used.ru_utime + used.ru_stime, most)


def _peak(pid: int) -> float:
    """The most memory that a running process has had, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def main(count: int) -> None:
    """Print the figures."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write(path, count)
        print(f"{count:,} orders, {path.stat().st_size / 1e6:.1f} MB")
        for name in ("first", "again"):
            run = take_in(path, f"sqlite:///{folder}/desk.db")
            what = f"{run.said['new']:,} new, {run.said['changed']:,} changed, {run.said['same']:,} as before"
            print(f"{name:6} {run.cpu:6.2f} s CPU  {run.speed:8,.0f} orders/s  {run.memory:5.0f} MB  {what}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
