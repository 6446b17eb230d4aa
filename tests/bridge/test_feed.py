"""The feed: every change once and in order, soon, through every outage."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from servers.postgres import Postgres
from services.world import World
from sqlalchemy import text

from agentdesk.bridge import Bridge
from agentdesk.bridge import feed as feeds
from agentdesk.bridge.feed import Feed
from agentdesk.queries import feed as log
from agentdesk.queries.feed import Fact
from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date


class _Follower:
    """Collects what a feed tells."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bridge = Bridge(lambda: open_store(world.store.address.url), lambda: world.now, "desk")
        self.feed = Feed(self.bridge)
        self.facts: list[Fact] = []
        self.signs: list[str] = []

    async def __aenter__(self) -> "_Follower":
        self._task = asyncio.create_task(self._collect())
        await self.until(lambda: bool(self.signs))
        return self

    async def __aexit__(self, *_error: object) -> None:
        self.feed.close()
        await asyncio.wait_for(self._task, 5)
        await self.bridge.close()

    async def _collect(self) -> None:
        told: AsyncIterator[tuple[Fact, ...] | None] = self.feed.follow()
        async for facts in told:
            self.signs.append("silent" if facts is None else "news" if facts else "alive")
            self.facts.extend(facts or ())

    async def until(self, true: object, seconds: float = 10) -> float:
        """Wait for a condition; how long it took."""
        assert callable(true)
        began = time.monotonic()
        while not true():
            assert time.monotonic() - began < seconds, (self.signs[-5:], len(self.facts))
            await asyncio.sleep(0.01)
        return time.monotonic() - began

    def says(self, *cases: int) -> None:
        """Somebody else changes these cases."""
        for case_id in cases:
            with self.world.unit("bo") as unit:
                unit.record("case", case_id, "tag", None, "x")


async def test_what_others_do_is_told_within_half_a_second(world: World) -> None:
    async with _Follower(world) as follower:
        took = []
        for number in range(6):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(follower.says, number)
            took.append(await follower.until(lambda number=number: len(follower.facts) == number + 1))
        assert sorted(took)[3] < 0.5, took  # the middle one: a busy machine may hold one up
        assert [fact.case_id for fact in follower.facts] == list(range(6))


async def test_a_change_whose_notify_was_left_out_is_told_soon_all_the_same(world: World) -> None:
    async with _Follower(world) as follower:
        for turn in range(4):
            await asyncio.sleep(0.3)
            await asyncio.to_thread(follower.says, 1, 2, 3, 4, 5)
            assert await follower.until(lambda turn=turn: len(follower.facts) == 5 * (turn + 1)) < 0.9


async def test_what_was_there_before_is_not_told_and_a_long_log_is_told_whole(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "LIMIT", 10)
    with world.unit() as unit:
        unit.record("case", 1, "old", None, None)
    async with _Follower(world) as follower:
        with world.unit("bo") as unit:
            for number in range(95):
                unit.record("case", number, "tag", None, None)
        await follower.until(lambda: len(follower.facts) == 95)
        assert [fact.case_id for fact in follower.facts] == list(range(95))


async def test_a_feed_goes_on_after_a_fault_of_ours(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "SERVER_TICK", 0.1)
    really = log.since

    def breaks(*_anything: object) -> tuple[Fact, ...]:
        raise RuntimeError("a fault")

    async with _Follower(world) as follower:
        monkeypatch.setattr(log, "since", breaks)
        await follower.until(lambda: follower.signs[-1] == "silent")
        follower.says(7)
        monkeypatch.setattr(log, "since", really)
        await follower.until(lambda: bool(follower.facts))
        assert follower.facts[0].case_id == 7


async def test_a_sqlite_store_that_is_away_for_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    if world.store.address.path is None:
        pytest.skip("PostgreSQL has its own outage below")
    monkeypatch.setattr(feeds, "SERVER_TICK", 0.1)
    path = world.store.address.path
    async with _Follower(world) as follower:
        follower.says(1)
        await follower.until(lambda: len(follower.facts) == 1)
        store = await follower.bridge.store()
        store.engine.dispose()
        world.store.engine.dispose()
        away = path.with_suffix(".away")
        path.rename(away)
        path.mkdir()
        await follower.until(lambda: follower.signs[-1] == "silent")
        path.rmdir()
        away.rename(path)
        follower.says(2, 3)
        await follower.until(lambda: len(follower.facts) == 3)
        assert [fact.case_id for fact in follower.facts] == [1, 2, 3]


async def test_a_postgresql_that_dies_and_comes_back_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "SERVER_TICK", 0.3)
    with Postgres(durable=True) as server:
        store = open_store(server.database())
        bring_up_to_date(store, owner=True)
        world = World(store)
        world.agent("bo")
        async with _Follower(world) as follower:
            follower.says(1)
            await follower.until(lambda: len(follower.facts) == 1)
            await asyncio.to_thread(server.kill)
            await follower.until(lambda: follower.signs[-1] == "silent")
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(follower.says, 2, 3)
            await follower.until(lambda: len(follower.facts) == 3)
            assert [fact.case_id for fact in follower.facts] == [1, 2, 3]
            monkeypatch.setattr(feeds, "SERVER_TICK", 30.0)  # from here on only a NOTIFY wakes it
            await asyncio.sleep(1)
            await asyncio.to_thread(follower.says, 4)
            assert await follower.until(lambda: len(follower.facts) == 4) < 5
        store.close()


async def test_a_closed_feed_ends_at_once(world: World) -> None:
    async with _Follower(world) as follower:
        began = time.monotonic()
        follower.feed.close()
        await asyncio.wait_for(follower._task, 2)
        assert time.monotonic() - began < 1.5


async def test_an_idle_feed_writes_nothing(world: World) -> None:
    async with _Follower(world) as follower:
        before = world.value("select max(id) from changes")
        seen = len(follower.signs)
        await follower.until(lambda: len(follower.signs) > seen)
        assert world.value("select max(id) from changes") == before
        with world.store.session() as session:
            assert session.execute(text("select count(*) from presence")).scalar_one() == 0
