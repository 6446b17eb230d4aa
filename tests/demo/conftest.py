"""One made-up world for all tests that only look at it, and a fresh one for those that change it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentdesk.demo.history import fill
from agentdesk.demo.world import World, open_world
from agentdesk.store.engine import Store, open_store

NOW = datetime(2026, 11, 23, 10, 52, 30, tzinfo=UTC)


@dataclass
class Demo:
    """A store with the world in it."""

    store: Store
    world: World
    now: datetime = NOW


def made(folder: Path, *, history: bool) -> Demo:
    """A world of NOW."""
    store = open_store(f"sqlite:///{folder / 'demo.db'}")
    world = open_world(store, NOW)
    if history:
        fill(world, lambda _rest: True)
    return Demo(store, world)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The whole world; look, do not touch."""
    demo = made(tmp_path_factory.mktemp("whole"), history=True)
    yield demo
    demo.store.close()


@pytest.fixture
def today(tmp_path: Path) -> Iterator[Demo]:
    """What is open today, without the year behind it."""
    demo = made(tmp_path, history=False)
    yield demo
    demo.store.close()
