"""The demo shows its queue soon: CPU until the most urgent cases are on screen, against the floor."""

from pathlib import Path

from bench import demo, start

MOST = 4.0


def test_the_demos_first_queue_costs_no_more_than_four_floors(tmp_path: Path) -> None:
    found = start.ratios(start.floor(tmp_path), demo.demo(tmp_path), MOST)
    assert min(found) <= MOST, found
