"""The bridge: writes in order, reads beside them, and every failure reaches whoever asked."""

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from services.world import World
from sqlalchemy import text

from agentdesk.bridge import Bridge
from agentdesk.domain.problems import Problem, Refused
from agentdesk.queries import cases
from agentdesk.services import triage
from agentdesk.store.engine import Store, open_store
from agentdesk.store.unit import UnitOfWork

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def bridge(world: World) -> Iterator[Bridge]:
    opened = Bridge(lambda: open_store(world.store.address.url), lambda: world.now, "desk 1")
    opened.actor = world.agents["anna"]
    yield opened
    asyncio.run(opened.close())


def _tag(unit: UnitOfWork, name: str, pause: float = 0.0) -> int:
    time.sleep(pause)
    unit.session.execute(text("insert into tags (name) values (:name)"), {"name": name})
    unit.record("case", 1, "tag", None, name)
    return threading.get_ident()


async def test_a_verb_is_committed_as_this_agent_on_this_desk(world: World, bridge: Bridge) -> None:
    case_id = world.comes()
    stroke = await bridge.do(triage.tag, case_id, ("vip",))
    row = world.one("select * from strokes where id = :s", s=stroke)
    assert (row.agent_id, row.desk, row.at) == (world.agents["anna"].id, "desk 1", world.at)
    assert (await bridge.read(cases.case, case_id)).tags == ("vip",)


async def test_writes_happen_one_after_another_in_the_order_they_were_asked_for(
    world: World, bridge: Bridge
) -> None:
    await bridge.store()
    pauses = [0.1, 0.0, 0.05, 0.0, 0.0]
    threads = await asyncio.gather(*(bridge.do(_tag, f"t{n}", pause) for n, pause in enumerate(pauses)))
    assert len(set(threads)) == 1
    rows = world.rows("select after from changes where field = 'tag' order by id")
    assert [row.after for row in rows] == [f"t{n}" for n in range(5)]


async def test_a_read_does_not_wait_for_a_write(world: World, bridge: Bridge) -> None:
    case_id = world.comes()
    await bridge.store()
    entered, go_on = threading.Event(), threading.Event()

    def slow(unit: UnitOfWork) -> None:
        unit.session.execute(text("insert into tags (name) values ('slow')"))
        entered.set()
        assert go_on.wait(10)

    writing = asyncio.create_task(bridge.do(slow))
    await asyncio.to_thread(entered.wait, 10)
    assert (await asyncio.wait_for(bridge.read(cases.case, case_id), 5)).id == case_id
    assert not writing.done()
    go_on.set()
    await writing


async def test_what_a_verb_raises_reaches_the_caller_and_nothing_is_kept(
    world: World, bridge: Bridge
) -> None:
    def breaks(unit: UnitOfWork, problem: Exception) -> None:
        _tag(unit, "half")
        raise problem

    for problem in (Refused("not now"), ValueError("a fault of ours")):
        with pytest.raises(type(problem), match=str(problem)):
            await bridge.do(breaks, problem)
    assert world.value("select count(*) from tags") == 0
    await bridge.do(_tag, "whole")
    assert world.value("select count(*) from tags") == 1


async def test_a_caller_that_gives_up_does_not_stop_a_write(world: World, bridge: Bridge) -> None:
    await bridge.store()
    writing = asyncio.create_task(bridge.do(_tag, "kept", 0.2))
    await asyncio.sleep(0.05)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await bridge.do(_tag, "next")
    assert [row.name for row in world.rows("select name from tags order by id")] == ["kept", "next"]


async def test_closing_finishes_what_is_being_written(world: World) -> None:
    bridge = Bridge(lambda: open_store(world.store.address.url), lambda: world.now, "d")
    await bridge.store()
    writing = [asyncio.ensure_future(bridge.do(_tag, f"t{n}", 0.05)) for n in range(4)]
    await asyncio.sleep(0)
    await asyncio.sleep(0.01)
    await bridge.close()
    await asyncio.gather(*writing)
    assert world.value("select count(*) from tags") == 4


async def test_a_store_that_cannot_be_opened_is_tried_again_at_the_next_use(world: World) -> None:
    tries = 0

    def opening() -> Store:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Problem("not yet")
        return open_store(world.store.address.url)

    bridge = Bridge(opening, lambda: world.now, "d")
    for _ in range(2):
        with pytest.raises(Problem, match="not yet"):
            await bridge.do(_tag, "x")
    await asyncio.gather(*(bridge.do(_tag, f"t{n}") for n in range(3)))
    assert tries == 3
    await bridge.close()


def test_the_bridge_and_the_first_frame_load_no_sqlalchemy(world: World) -> None:
    code = (
        "import sys\nimport agentdesk.bridge, agentdesk.bridge.feed\nfrom agentdesk.store import address, first_frame\n"
        "page = first_frame.first_page(address.read(sys.argv[1]), 'anna', 'mine', 10)\n"
        "assert page is not None\n"
        "heavy = {'sqlalchemy', 'alembic', 'httpx', 'imapclient', 'selectolax', 'email', 'textual'}\n"
        "print(sorted(heavy & {m.split('.')[0] for m in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, world.store.address.url], capture_output=True, text=True, check=True
    )
    # psycopg asks for its own version, and importlib.metadata reads that by `email`.
    assert done.stdout.strip() == ("[]" if world.store.dialect == "sqlite" else "['email']")
