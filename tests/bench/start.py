"""How much CPU a start costs until the queue is on screen, against the floor, interleaved in one run.

`python tests/bench/start.py [STORE-URL]` prints the medians of nine runs each; `ratio` is what the tests assert on.
CPU is that of all threads of the process at the moment its first rows have been written to the terminal.
"""

import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from servers.terminal import Terminal

ROOT = Path(__file__).resolve().parents[2]
FLOOR = [sys.executable, str(Path(__file__).with_name("floor.py"))]
RUNS = 9


def compile_all() -> None:
    """Byte code is made once, as an installed program has it."""
    subprocess.run(
        [sys.executable, "-m", "compileall", "-q", str(ROOT / "agentdesk"), str(ROOT / "tests/bench")],
        check=True,
    )


def until(argv: list[str], mark: bytes, environment: dict[str, str] | None = None) -> float:
    """CPU milliseconds of one start until the mark has been written."""
    with Terminal(argv, 120, 40, env=environment or {}) as terminal:
        terminal.wait_bytes(mark, 30)
        return terminal.cpu_ms()


def ratio(
    argv: list[str], mark: bytes, runs: int = RUNS, environment: dict[str, str] | None = None
) -> tuple[float, float]:
    """(median of the floor, median of the program), in milliseconds, interleaved."""
    compile_all()
    floor, program = [], []
    for _run in range(runs):
        floor.append(until(FLOOR, b"3  line of the floor"))
        program.append(until(argv, mark, environment))
    return statistics.median(floor), statistics.median(program)


if __name__ == "__main__":
    command = [sys.executable, "-m", "agentdesk", "--db", sys.argv[1], "--as", sys.argv[2]]
    base, desk = ratio(command, sys.argv[3].encode())
    print(f"floor {base:.0f} ms CPU, desk {desk:.0f} ms CPU, ratio {desk / base:.2f}")
