"""A program with a store on each database, and Anna, who works there; and one on SQLite alone where that is enough."""

from pathlib import Path

import pytest
from cli.history import _past, _past_url, other_url, shop, small
from cli.program import Program

__all__ = ["_past", "_past_url", "other_url", "shop", "small"]


def _ready(home: Path, url: str) -> Program:
    home.mkdir()
    program = Program(home, url)
    program("db", "migrate").ok()
    program("agent", "add", "anna", "--name", "Anna Agent").ok()
    return program


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Program:
    """On each database."""
    return _ready(tmp_path / "home", database_url)


@pytest.fixture
def lite(tmp_path: Path) -> Program:
    """On SQLite."""
    return _ready(tmp_path / "home", f"sqlite:///{tmp_path / 'desk.db'}")


@pytest.fixture
def bare(tmp_path: Path) -> Program:
    """A fresh machine: no settings, no store."""
    home = tmp_path / "home"
    home.mkdir()
    return Program(home)
