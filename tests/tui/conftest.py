"""The desk's tests: each has a copy of one furnished store."""

import sqlite3
from pathlib import Path

import pytest
from textual import _wait
from tui import rig

_wait.SLEEP_GRANULARITY = (
    0.004  # after each key and pause Textual's pilot looks how busy the process was for so long
)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished store, made once for each test process."""
    path = tmp_path_factory.mktemp("furnished") / "desk.db"
    rig.furnish(f"sqlite:///{path}")
    connection = sqlite3.connect(path)
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    return path


@pytest.fixture
def url(furnished: Path, tmp_path: Path) -> str:
    """A furnished store of this test's own."""
    return rig.copy(furnished, tmp_path)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory of this test's own."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder
