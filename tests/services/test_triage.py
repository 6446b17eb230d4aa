"""Take, assign, status, snooze, tags: each case to one agent, each move as the lifecycle says, nobody forgotten."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from services.world import World
from sqlalchemy import insert, text

from agentdesk.domain.lifecycle import MOVES, Priority, Status
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale
from agentdesk.services import people, timers, triage
from agentdesk.store import queue_sql
from agentdesk.store.tables import cases


def _cases(world: World, count: int) -> list[int]:
    dice = random.Random(7)
    with world.unit() as unit:
        unit.session.execute(
            insert(cases),
            [
                {
                    "subject": str(n), "status": dice.choice(["new", "open"]),
                    "due_at": dice.choice([None, 1, 2]), "waiting_since": dice.choice([None, 1, 2]),
                }
                for n in range(count)
            ],
        )  # fmt: skip
    order = "due_at nulls last, waiting_since nulls last, id"
    return [row.id for row in world.rows(f"select id from cases order by {order}")]


def _claim(world: World, who: str = "anna") -> int | None:
    with world.unit(who) as unit:
        found = triage.claim(unit)
    return None if found is None else found[0]


def test_claims_follow_the_one_order(world: World) -> None:
    wanted = _cases(world, 60)
    assert [_claim(world) for _ in range(60)] == wanted
    assert _claim(world) is None
    assert world.value("select count(*) from cases where status = 'open'") == 60


def test_eight_at_once_claim_three_hundred_cases_once_each_and_in_order(world: World) -> None:
    wanted = _cases(world, 300)
    place = {case_id: number for number, case_id in enumerate(wanted)}
    ready = threading.Barrier(8)
    for number in range(8):
        world.agent(f"agent{number}")

    def work(number: int) -> list[int]:
        ready.wait()
        mine = []
        while (case_id := _claim(world, f"agent{number}")) is not None:
            mine.append(case_id)
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(work, range(8)))
    times = Counter(case_id for some in taken for case_id in some)
    assert set(times) == set(wanted)
    assert set(times.values()) == {1}
    for some in taken:
        assert [place[one] for one in some] == sorted(place[one] for one in some)
    for number, some in enumerate(taken):
        owner = world.agents[f"agent{number}"].id
        assert {row.id for row in world.rows("select id from cases where owner_id = :o", o=owner)} == set(
            some
        )


def test_a_claim_respects_teams(world: World) -> None:
    ids = [world.comes(str(n), subject=str(n)) for n in range(4)]
    world.agent("kim", team="Oslo")
    with world.unit() as unit:
        oslo, bergen = people.team_id(unit, "Oslo"), people.team_id(unit, "Bergen")
        triage.assign(unit, ids[0], team=bergen)
        triage.assign(unit, ids[1], team=oslo)
        triage.assign(unit, ids[3], team=bergen)
    assert [_claim(world, "kim") for _ in range(3)] == [ids[1], ids[2], None]
    assert [_claim(world, "anna") for _ in range(3)] == [ids[0], ids[3], None], (
        "who is in no team helps everywhere"
    )


def test_a_claim_walks_the_index_of_free_cases(world: World) -> None:
    if world.store.dialect == "postgresql":
        with world.unit() as unit:
            unit.session.execute(text("""
                insert into cases (subject, status, due_at, waiting_since, owner_id)
                select 'x', case when n % 3 = 0 then 'open' else 'closed' end, n * 1000 % 777777, n,
                    case when n % 5 > 0 then 1 end from generate_series(1, 30000) n"""))  # fmt: skip
        with world.store.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("analyze"))
    explain = "explain query plan " if world.store.dialect == "sqlite" else "explain "
    with world.unit() as unit:
        rows = unit.session.execute(text(explain + queue_sql.claim_sql(world.store.dialect)), {"me": 1}).all()
    plan = "\n".join(str(row[-1]) for row in rows)
    assert "q_free" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan


@pytest.mark.parametrize("status", list(Status))
def test_only_the_moves_of_the_lifecycle_are_made(world: World, status: Status) -> None:
    for to in Status:
        case_id = world.comes(f"{status} {to}", subject=f"{status} {to}")
        with world.unit() as unit:
            unit.session.execute(
                text("update cases set status = :s, snooze_until = :u where id = :c"),
                {"s": status, "c": case_id, "u": 1 if status is Status.SNOOZED else None},
            )
        allowed = to == status or to in MOVES[status]
        try:
            with world.unit("anna") as unit:
                triage.set_status(unit, case_id, to)
        except Refused:
            assert not allowed
        except Problem:
            assert (to, status == to) == (Status.SNOOZED, False), "a snooze needs a time"
        else:
            assert allowed
            assert world.case(case_id).status == to
            assert (world.case(case_id).snooze_until is not None) == (to is Status.SNOOZED)


def test_a_snooze_has_a_time_to_come_and_ends_then(world: World) -> None:
    case_id = world.comes()
    for wrong in (world.now, world.now - timedelta(days=1)):
        with pytest.raises(Problem, match="passed already"), world.unit("anna") as unit:
            triage.snooze(unit, case_id, wrong)
    with pytest.raises(Problem, match="until when"), world.unit("anna") as unit:
        triage.set_status(unit, case_id, Status.SNOOZED)
    with world.unit("anna") as unit:
        triage.snooze(unit, case_id, world.now + timedelta(hours=1))
    world.later(minutes=59)
    with world.unit() as unit:
        assert timers.wake(unit) == 0
    world.later(minutes=1)
    with world.unit() as unit:
        assert timers.wake(unit) == 1
        assert timers.wake(unit) == 0
    case = world.case(case_id)
    assert (case.status, case.snooze_until) == ("open", None)


def test_resolved_closes_after_its_time_and_not_before(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        triage.set_status(unit, case_id, Status.RESOLVED)
    world.later(days=29, hours=23)
    with world.unit() as unit:
        assert timers.close(unit) == 0
    world.later(hours=1)
    with world.unit() as unit:
        assert timers.close(unit) == 1
    assert world.case(case_id).status == "closed"


@pytest.mark.parametrize(
    "name", ["", "two words", "a,b", 'a"b', "a'b", "x" * 41, "tab\there", "\x1b[31m", "\ud800", "\x00"]
)
def test_a_tag_that_cannot_be_typed_again_is_refused(world: World, name: str) -> None:
    case_id = world.comes()
    with pytest.raises(Problem, match="cannot be a tag"), world.unit("anna") as unit:
        triage.tag(unit, case_id, ("fine", name))
    assert world.snapshot()["tags"] == []


def test_many_at_once_may_invent_the_same_tag(world: World) -> None:
    ids = [world.comes(str(n), subject=str(n)) for n in range(8)]
    ready = threading.Barrier(8)

    def work(case_id: int) -> None:
        ready.wait()
        for name in ("a", "b", "c", "d"):
            with world.unit("anna") as unit:
                triage.tag(unit, case_id, (name,))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, ids))
    assert world.value("select count(*) from tags") == 4
    assert world.value("select count(*) from case_tags") == 32


def test_every_change_raises_the_version_and_leaves_a_fact(world: World) -> None:
    case_id = world.comes()
    version = world.case(case_id).version
    with world.unit("anna") as unit:
        triage.set_priority(unit, case_id, Priority.HIGH)
        triage.set_priority(unit, case_id, Priority.HIGH)
    assert world.case(case_id).version == version + 1
    fact = world.one("select * from changes where field = 'priority'")
    assert (fact.before, fact.after, fact.case_id) == ("1", "2", case_id)


def test_names_that_nobody_has(world: World) -> None:
    with world.unit("anna") as unit:
        assert triage.agent_named(unit, "bo") == world.agents["bo"].id
        for verb, words in ((triage.agent_named, "no agent called"), (triage.team_named, "no team called")):
            with pytest.raises(NotFound, match=words):
                verb(unit, "nobody")
        with pytest.raises(NotFound, match="no case #4711"):
            triage.set_priority(unit, 4711, Priority.LOW)


def test_a_team_takes_the_case_from_its_owner(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        triage.assign(unit, case_id, owner=world.agents["anna"].id)
        triage.assign(unit, case_id, team=people.team_id(unit, "Oslo"))
    assert (world.case(case_id).owner_id, world.case(case_id).team_id is not None) == (None, True)
    with world.unit("anna") as unit:
        triage.assign(unit, case_id, owner=world.agents["bo"].id, team=0)
    assert (world.case(case_id).owner_id, world.case(case_id).team_id) == (world.agents["bo"].id, None)


@pytest.mark.parametrize("verb", ["resolve", "pending", "snooze"])
def test_a_message_that_was_not_seen_keeps_its_case_in_the_queue(world: World, verb: str) -> None:
    case_id = world.comes()
    seen = world.value("select max(id) from messages")
    world.comes("One more thing", answers=world.value("select message_id from messages"))

    def hide(seen: int) -> None:
        with world.unit("anna") as unit:
            if verb == "snooze":
                triage.snooze(unit, case_id, unit.now + timedelta(hours=1), seen=seen)
            else:
                triage.set_status(
                    unit, case_id, Status.RESOLVED if verb == "resolve" else Status.PENDING, seen=seen
                )

    with pytest.raises(Stale):
        hide(seen)
    assert world.case(case_id).status == "new"
    hide(world.value("select max(id) from messages"))
    assert world.case(case_id).status in ("resolved", "pending", "snoozed")
