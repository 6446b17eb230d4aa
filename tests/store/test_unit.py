"""A unit happens whole or not at all, and the log's ids come in the order in which readers can see them."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from services.world import World
from sqlalchemy import insert, select, text

from agentdesk.domain.problems import Problem
from agentdesk.queries import feed
from agentdesk.store.engine import Store
from agentdesk.store.tables import changes, tags
from agentdesk.store.unit import SYSTEM, UnitOfWork

THREADS = 8
_COUNT = "update keys set value = cast(cast(value as integer) + 1 as text) where name = 'n'"


def _all_at_once(work: Callable[[int], object]) -> None:
    ready = threading.Barrier(THREADS)

    def run(number: int) -> object:
        ready.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(run, number) for number in range(THREADS)]:
            future.result()


def test_what_breaks_inside_a_unit_leaves_nothing(world: World) -> None:
    def breaks() -> None:
        with world.unit("anna") as unit:
            unit.stroke("tag")
            unit.record("case", 1, "tag", None, "x")
            unit.session.execute(text("insert into tags (name) values ('x')"))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        breaks()
    assert world.value("select count(*) from tags") == 0
    assert world.value("select count(*) from strokes") == 0
    assert world.value("select count(*) from changes where field = 'tag'") == 0


def test_a_fact_says_who_when_and_in_which_stroke_and_holds_no_long_text(world: World) -> None:
    with world.unit("anna", "desk 1") as unit:
        stroke = unit.stroke("tag")
        assert unit.stroke("again") == stroke
        unit.record("case", 7, "subject", "before", "x" * 5000)
    fact = world.one("select * from changes where case_id = 7")
    assert (fact.stroke_id, fact.agent_id, fact.at) == (stroke, world.agents["anna"].id, world.at)
    assert len(fact.after) == 200
    row = world.one("select * from strokes")
    assert (row.verb, row.desk, row.agent_id) == ("tag", "desk 1", world.agents["anna"].id)


def test_a_follower_of_the_log_misses_nothing_that_many_write_at_once(world: World) -> None:
    units, stop = 40, threading.Event()
    with world.store.session() as session:
        first = cursor = feed.newest(session)
    seen: list[int] = []

    def follow() -> None:
        nonlocal cursor
        while True:
            ended = stop.is_set()
            with world.store.session() as session:
                facts = feed.since(session, cursor)
            seen.extend(fact.id for fact in facts)
            if facts:
                cursor = facts[-1].id
            elif ended:
                return

    def write(number: int) -> None:
        for turn in range(units):
            with world.store.unit(SYSTEM, world.now) as unit:
                unit.record("case", number, "tag", None, turn)
                unit.record("case", number, "tag", turn, None)

    follower = threading.Thread(target=follow)
    follower.start()
    _all_at_once(write)
    stop.set()
    follower.join()
    written = [
        row.id for row in world.rows("select id from changes where id > :first order by id", first=first)
    ]
    assert len(written) == THREADS * units * 2
    assert seen == written


def test_reading_and_then_writing_never_finds_the_store_locked(store: Store, world: World) -> None:
    with world.unit() as unit:
        unit.session.execute(text("insert into keys (name, value) values ('n', '0')"))

    def count(_number: int) -> None:
        for _turn in range(30):
            with store.unit(SYSTEM, world.now) as unit:
                unit.session.execute(text("select value from keys where name = 'n'")).scalar_one()
                unit.session.execute(text(_COUNT))

    _all_at_once(count)
    assert world.value("select value from keys where name = 'n'") == str(THREADS * 30)


def test_a_read_sees_one_moment(world: World) -> None:
    with world.store.session() as session:
        before = session.execute(text("select count(*) from tags")).scalar_one()
        with world.unit() as unit:
            unit.session.execute(text("insert into tags (name) values ('meanwhile')"))
        assert session.execute(text("select count(*) from tags")).scalar_one() == before
    assert world.value("select count(*) from tags") == before + 1


def test_readers_are_not_kept_waiting_by_a_writer(world: World) -> None:
    with world.unit() as unit:
        unit.session.execute(text("insert into tags (name) values ('slow')"))
        began = time.monotonic()
        assert world.value("select count(*) from tags") == 0
        assert time.monotonic() - began < 1


def test_only_the_durable_store_waits_for_the_disk(database_url: str) -> None:
    query = {"sqlite": "pragma synchronous", "postgresql": "show synchronous_commit"}
    wanted = {"sqlite": {True: 2, False: 1}, "postgresql": {True: "on", False: "local"}}
    for durable in (True, False):
        store = _open(database_url, durable)
        with store.session() as session:
            assert session.execute(text(query[store.dialect])).scalar() == wanted[store.dialect][durable]
        store.close()


def _open(url: str, durable: bool) -> Store:
    from agentdesk.store.engine import open_store

    return open_store(url, durable=durable)


def test_notify_goes_out_at_most_ten_times_a_second(world: World) -> None:
    if world.store.dialect != "postgresql":
        pytest.skip("SQLite has no NOTIFY")
    with psycopg.connect(world.store.address.url, autocommit=True) as listener:
        listener.execute("listen agentdesk")
        began = time.monotonic()
        with world.unit() as unit:
            unit.record("case", 1, "tag", None, "first")
        for number in range(200):
            with world.unit() as unit:
                unit.record("case", number, "tag", None, "x")
        took = time.monotonic() - began
        notices = list(listener.notifies(timeout=0.3))
    assert 1 <= len(notices) <= took * 10 + 2


def test_a_part_that_fails_takes_its_rows_and_its_facts_back_and_leaves_the_rest(world: World) -> None:
    with world.unit("anna") as unit:
        unit.session.execute(insert(tags).values(name="kept"))
        unit.record("tag", None, "kept")
        with pytest.raises(Problem):
            _refused(unit)
        assert unit.stroke_id is None, "a stroke that was taken back with its part must not be gone on with"
        with unit.part():
            unit.session.execute(insert(tags).values(name="after"))
            unit.record("tag", None, "after")
    with world.store.session() as session:
        assert set(session.scalars(select(tags.c.name))) == {"kept", "after"}
        assert list(
            session.scalars(select(changes.c.field).where(changes.c.kind == "tag").order_by(changes.c.id))
        ) == ["kept", "after"]


def _refused(unit: UnitOfWork) -> None:
    with unit.part():
        unit.stroke("tag")
        unit.session.execute(insert(tags).values(name="refused"))
        unit.record("tag", None, "refused")
        raise Problem("no")


def test_a_stroke_goes_on_in_the_next_unit(world: World) -> None:
    with world.unit("anna") as unit:
        stroke = unit.stroke("spam")
        unit.record("case", 1, "status")
    with world.unit("anna") as unit:
        unit.go_on(stroke)
        assert unit.stroke("spam") == stroke
        unit.record("case", 2, "status")
    with world.store.session() as session:
        assert list(session.scalars(select(changes.c.stroke_id).where(changes.c.stroke_id == stroke))) == [
            stroke,
            stroke,
        ]
