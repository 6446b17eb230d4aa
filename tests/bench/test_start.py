"""A start costs little more than the floor: CPU until the queue is on screen, on both databases."""

from pathlib import Path

import pytest
from bench import start, store


@pytest.mark.parametrize(("database", "most"), [("sqlite", 1.6), ("postgresql", 2.0)])
def test_a_start_costs_little_more_than_the_floor(
    database: str, most: float, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/desk.db"
    if database == "postgresql":
        url = request.getfixturevalue("postgres").database()
    store.furnish(url, start.CASES)
    found = start.ratios(start.floor(tmp_path), start.desk(tmp_path / "desk", url), most)
    assert min(found) <= most, found
