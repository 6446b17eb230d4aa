"""A million cases cost no more than the floor: a thousand strings on the bare Line API, measured side by side."""

import sys
from pathlib import Path
from statistics import median

import pytest
from servers.terminal import Terminal

HERE = Path(__file__).parent
FLOOR = HERE.parents[1] / "bench" / "floor.py"
ENV = {"PYTHONPATH": f"{HERE.parents[2]}:{HERE.parents[1]}"}
MOST = 2.0


def cost(terminal: Terminal, key: str, times: int, other: str | None = None) -> float:
    """CPU milliseconds per key, drawing included."""
    terminal.settle()
    before = terminal.cpu_ms()
    for _time in range(times):
        terminal.keys(key, gap=0.03)
        if other:
            terminal.keys(other, gap=0.03)
    terminal.settle()
    return (terminal.cpu_ms() - before) / times


@pytest.mark.xdist_group("measuring")
def test_down_and_end_in_a_million_cases_cost_at_most_twice_the_floor() -> None:
    downs, ends = [], []
    with (
        Terminal([sys.executable, str(FLOOR)], 100, 40) as floor,
        Terminal([sys.executable, str(HERE / "million.py")], 100, 40, env=ENV) as desk,
    ):
        floor.wait("line of the floor")
        desk.wait("Kunde 3 ")
        for _round in range(3):
            downs.append((cost(desk, "down", 25), cost(floor, "down", 25)))
            ends.append((cost(desk, "end", 5, "home"), cost(floor, "end", 5, "home")))
        desk.keys("end")
        desk.wait("Kunde 999999 ")
    for name, pairs in (("down", downs), ("end and home", ends)):
        ours, bare = (median(column) for column in zip(*pairs, strict=True))
        print(f"{name}: {ours:.1f} ms against {bare:.1f} ms, {ours / bare:.2f} times")
        assert ours <= MOST * bare, f"{name}: {pairs}"
