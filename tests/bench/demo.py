"""How much CPU `agentdesk demo` costs until its first usable queue is on screen, against the floor, in one run.

    PYTHONPATH=tests python -m bench.demo [--runs 9]

The shop is made, its sixty open cases are told, and the desk shows the most urgent ones; the year behind them is filled
in afterwards. CPU is that of all threads of the process at the moment the last row that fits has been written.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bench.start import RUNS, Start, floor, medians

ROW = "Silje Hagen"
"""Somebody who stands on the first screen of every demo, far down."""


def demo(home: Path) -> Start:
    """The demo, as whoever is curious starts it."""
    return Start((sys.executable, "-m", "agentdesk", "demo"), ROW.encode(), home)


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description="CPU until the demo's queue is on screen, against the floor.")
    words.add_argument("--runs", type=int, default=RUNS)
    with tempfile.TemporaryDirectory(prefix="adt-demo-") as folder:
        home = Path(folder)
        base, found = medians(floor(home), demo(home), runs=words.parse_args().runs)
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"floor {base:.0f} ms, demo {found:.0f} ms CPU: {found / base:.2f} times the floor")


if __name__ == "__main__":
    main()
