"""A question asked anew while somebody types: the older one is stopped in the database, and nobody else is."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from services.world import World
from sqlalchemy import Connection, text

from agentdesk.bridge import Bridge, Overtaken
from agentdesk.queries import cases
from agentdesk.store.engine import open_store

ENDLESS = {
    "sqlite": "with recursive t (n) as (select 1 union all select n + 1 from t) select count(*) from t",
    "postgresql": "select pg_sleep(100)",
}


@pytest.fixture
def bridge(world: World) -> Iterator[Bridge]:
    opened = Bridge(lambda: open_store(world.store.address.url), lambda: world.now, "desk 1")
    yield opened
    asyncio.run(opened.close())


class Endless:
    """A statement that never ends, and says when it has begun."""

    def __init__(self) -> None:
        self.begun = threading.Event()

    def __call__(self, session: Connection) -> int:
        self.begun.set()
        return int(session.execute(text(ENDLESS[session.dialect.name])).scalar_one())


async def _begun(bridge: Bridge, about: str = "search") -> "asyncio.Task[int]":
    endless = Endless()
    task = asyncio.create_task(bridge.ask(about, endless))
    assert await asyncio.to_thread(endless.begun.wait, 10)
    return task


async def test_a_newer_question_stops_the_older_one(world: World, bridge: Bridge) -> None:
    case_id = world.comes()
    async with asyncio.timeout(20):
        older = await _begun(bridge)
        assert (await bridge.ask("search", cases.case, case_id)).id == case_id
        with pytest.raises(Overtaken):
            await older


async def test_the_connection_of_a_stopped_question_serves_on(world: World, bridge: Bridge) -> None:
    case_id = world.comes()
    async with asyncio.timeout(30):
        tasks = [await _begun(bridge) for _ in range(6)]
        found = await asyncio.gather(*(bridge.read(cases.case, case_id) for _ in range(6)))
        assert [one.id for one in found] == [case_id] * 6
        assert (await bridge.ask("search", cases.case, case_id)).id == case_id
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in ends] == [Overtaken] * 6


async def test_questions_about_other_things_and_plain_reads_are_left_alone(
    world: World, bridge: Bridge
) -> None:
    case_id = world.comes()
    async with asyncio.timeout(20):
        other = await _begun(bridge, "views")
        assert (await bridge.ask("search", cases.case, case_id)).id == case_id
        assert not other.done()
        assert (await bridge.ask("views", cases.case, case_id)).id == case_id
        with pytest.raises(Overtaken):
            await other


async def test_leaving_does_not_wait_for_a_question(world: World) -> None:
    bridge = Bridge(lambda: open_store(world.store.address.url), lambda: world.now, "desk 1")
    async with asyncio.timeout(20):
        task = await _begun(bridge)
        await bridge.close()
        with pytest.raises(Overtaken):
            await task
