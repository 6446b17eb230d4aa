"""A verb on many cases: each whole or not at all, a hundred to a commit, one stroke, taken back case by case."""

import time
from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

import pytest
from services.world import World, store, world
from sqlalchemy import insert

from agentdesk.automation import actions, bulk
from agentdesk.domain.bulk import Picked, Progress, begun
from agentdesk.domain.lifecycle import Priority, Status
from agentdesk.domain.problems import Problem, Refused
from agentdesk.domain.strokes import Stands
from agentdesk.queries import picking, strokes
from agentdesk.queries.picking import Like, Within
from agentdesk.services import triage, undo
from agentdesk.store.tables import cases, messages

__all__ = ["store", "world"]
SPAM = {"kind": "status", "value": "spam"}


def many(world: World, count: int, status: str = "new") -> list[int]:
    """So many cases of nobody, each with a customer's message."""
    with world.unit() as unit:
        start = world.value("select coalesce(max(id), 0) from cases") + 1
        ids = list(range(start, start + count))
        unit.session.execute(
            insert(cases),
            [{"id": one, "subject": f"s{one}", "status": status, "waiting_since": one, "unread": 1, "created_at": 1,
              "channel_id": world.channel} for one in ids],
        )  # fmt: skip
        unit.session.execute(
            insert(messages),
            [{"case_id": one, "kind": "inbound", "person": True, "at": one, "text": "x"} for one in ids],
        )
        if unit.session.dialect.name == "postgresql":
            unit.session.exec_driver_sql("select setval('cases_id_seq', (select max(id) from cases))")
    return ids


def picked(world: World, ids: Sequence[int]) -> tuple[Picked, ...]:
    with world.store.session() as session:
        return picking.these(session, ids)


def run(
    world: World, ids: Sequence[int], *done: dict[str, Any], who: str = "anna", seen: Any = None
) -> bulk.Outcome:
    read = [actions.read(one) for one in done]
    begin = begun(bulk.verb_of(read), seen or picked(world, ids))
    return bulk.run(lambda: world.unit(who), bulk.acts(read, UTC), begin)


def take_back(world: World, stroke: int, who: str = "anna") -> bulk.Outcome:
    with world.store.session() as session:
        begin = bulk.begin_undo(session, stroke)
    return bulk.run(lambda: world.unit(who), bulk.takes_back(stroke), begin)


def stroke_of(done: bulk.Outcome) -> int:
    assert done.progress.stroke is not None
    return done.progress.stroke


def test_one_stroke_in_commits_of_a_hundred_and_back_and_forth(world: World) -> None:
    ids = many(world, 250)
    before = world.snapshot()
    told: list[Progress] = []
    read = [actions.read(SPAM), actions.read({"kind": "tag", "add": ["junk"]})]
    begin = begun(bulk.verb_of(read), picked(world, ids))
    done = bulk.run(lambda: world.unit("anna"), bulk.acts(read, UTC), begin, told.append)
    assert [(one.tried, one.done) for one in told] == [(100, 100), (200, 200), (250, 250)]
    assert world.value("select count(*) from cases where status = 'spam'") == 250
    assert world.value("select count(distinct stroke_id) from changes where agent_id is not null") == 1
    assert world.one("select verb, total, done, ended_at from bulk_runs")[:3] == ("set", 250, 250)
    after = world.snapshot()
    with pytest.raises(undo.Many) as caught, world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert (caught.value.stroke, caught.value.verb) == (stroke_of(done), "set")
    back = take_back(world, stroke_of(done))
    assert (back.progress.done, back.progress.refused, back.trouble) == (250, (), None)
    assert world.snapshot() == before
    again = take_back(world, stroke_of(back))
    assert again.progress.done == 250
    assert world.snapshot() == after
    with world.unit("anna") as unit:
        assert undo.newest(unit) == stroke_of(done)


def test_what_is_refused_is_named_with_its_reason_and_the_rest_goes_on(world: World) -> None:
    ids = many(world, 6)
    closed = many(world, 1, "closed")
    seen = picked(world, [*ids, *closed])
    world.later(minutes=1)
    with world.unit() as unit:
        late = {"case_id": ids[3], "kind": "inbound", "person": True, "at": world.at, "text": "wait!"}
        unit.session.execute(insert(messages), [late])
    done = run(world, [], SPAM, seen=(*seen, Picked(4711), seen[0])).progress
    assert (done.total, done.done) == (8, 5)
    reasons = dict(done.refused)
    assert set(reasons) == {ids[3], closed[0], 4711}
    assert "customer wrote" in reasons[ids[3]]
    assert "cannot become spam" in reasons[closed[0]]
    assert "no case #4711" in reasons[4711]
    assert all("\n" not in one for one in reasons.values())
    assert [world.case(one).status for one in ids] == ["spam", "spam", "spam", "new", "spam", "spam"]
    with world.store.session() as session:
        report = strokes.report(session, done.stroke or 0)
    assert report is not None
    assert (report.done, set(report.refused)) == (
        tuple(one for one in ids if one != ids[3]),
        set(done.refused),
    )


def test_each_case_is_whole_or_as_it_was(world: World) -> None:
    (one, two) = many(world, 2)
    (shut,) = many(world, 1, "closed")
    before = world.snapshot(), world.case(shut).version
    tags = {"kind": "tag", "add": ["vip"]}
    done = run(
        world,
        [one, shut, two],
        tags,
        {"kind": "priority", "value": "high"},
        {"kind": "status", "value": "pending"},
    )
    assert [refusal.case for refusal in done.progress.refused] == [shut]
    assert (world.snapshot()["tags"][0:], world.case(shut).version)[1] == before[1]
    assert {row.case_id for row in world.snapshot()["tags"]} == {one, two}
    assert world.value("select count(*) from changes where case_id = :c", c=shut) == 0


def test_undo_of_many_leaves_what_was_overtaken_and_says_who(world: World) -> None:
    ids = many(world, 120)
    done = run(world, ids, SPAM)
    with world.unit("bo") as unit:
        triage.set_status(unit, ids[7], Status.OPEN)
        triage.set_priority(unit, ids[8], Priority.HIGH)
    back = take_back(world, stroke_of(done)).progress
    assert (back.done, [one.case for one in back.refused]) == (119, [ids[7]])
    assert back.refused[0].reason.startswith("Bo has changed the status")
    assert world.value("select count(*) from cases where status = 'new'") == 119
    assert world.case(ids[7]).status == "open"
    with pytest.raises(Refused, match="taken back already"), world.unit("anna") as unit:
        undo.undo(unit, stroke_of(done))
    again = take_back(world, back.stroke or 0).progress
    assert (again.done, again.refused) == (119, ())
    assert world.value("select count(*) from cases where status = 'spam'") == 119


def test_what_came_to_nothing_in_the_end_is_taken_back_and_done_again_all_the_same(world: World) -> None:
    ids = many(world, 2)
    done = run(world, ids, {"kind": "priority", "value": "low"}, {"kind": "priority", "value": "normal"})
    for _twice in range(2):
        back = take_back(world, stroke_of(done))
        assert (back.progress.done, back.trouble) == (2, None)
        assert take_back(world, stroke_of(back)).progress.stroke is not None
    with world.unit("anna") as unit:
        assert undo.newest(unit) == stroke_of(done)


def test_only_who_did_it_or_a_supervisor_takes_many_back(world: World) -> None:
    ids = many(world, 3)
    done = run(world, ids, SPAM)
    refused = take_back(world, stroke_of(done), "bo")
    assert isinstance(refused.trouble, Refused)
    assert "not yours: Anna or a supervisor" in str(refused.trouble)
    assert refused.progress.done == 0
    world.agents["bo"] = type(world.agents["bo"])(world.agents["bo"].id, "bo", "supervisor")
    assert take_back(world, stroke_of(done), "bo").progress.done == 3


def test_stopped_half_way_it_goes_on_where_undo_is_asked_again(world: World) -> None:
    ids = many(world, 250)
    before = world.snapshot()
    read = [actions.read(SPAM)]
    work, progress = bulk.acts(read, UTC), begun("spam", picked(world, ids))
    for _twice in range(2):
        with world.unit("anna") as unit:
            progress = bulk.step(unit, work, progress)
    assert progress.stroke is not None
    with world.store.session() as session:
        assert strokes.stopped(session, world.agents["anna"].id, world.at) == (), "it may still be running"
        (row,) = strokes.stopped(session, world.agents["anna"].id, world.at + 11_000_000)
    assert row.bulk is not None
    assert (row.bulk.total, row.bulk.done, row.bulk.untried, row.bulk.ended, row.case_count) == (
        250,
        200,
        50,
        False,
        200,
    )
    with world.unit("anna") as unit:
        bulk.forget(unit, [row.id])
    with world.store.session() as session:
        assert strokes.stopped(session, world.agents["anna"].id, world.at + 11_000_000) == ()
        back = bulk.begin_undo(session, progress.stroke)
    assert back.total == 200
    work = bulk.takes_back(progress.stroke)
    with world.unit("anna") as unit:
        back = bulk.step(unit, work, back)
        bulk.stop(unit, back)
    assert world.value("select count(*) from cases where status = 'spam'") == 100
    rest = take_back(world, progress.stroke).progress
    assert (rest.total, rest.done) == (100, 100)
    assert world.snapshot() == before
    with world.unit("anna") as unit:
        assert undo.newest(unit) is None


def test_a_store_that_fails_leaves_what_was_committed_and_says_so(world: World) -> None:
    ids = many(world, 150)
    calls = 0

    def work(unit: Any, case: Picked) -> None:
        nonlocal calls
        calls += 1
        if calls > 120:
            unit.session.exec_driver_sql("select 1 from nowhere")
        triage.set_status(unit, case.id, Status.SPAM)

    done = bulk.run(lambda: world.unit("anna"), work, begun("spam", picked(world, ids)))
    assert isinstance(done.trouble, Problem)
    assert (done.progress.done, world.value("select count(*) from cases where status = 'spam'")) == (100, 100)


def test_a_thousand_cases_cost_three_milliseconds_each_at_most(world: World) -> None:
    if world.store.dialect != "sqlite":
        pytest.skip("CPU of one's own process is measured where the store is in it")
    ids = many(world, 1000)
    whole = picked(world, ids)
    start = time.process_time()
    done = run(world, [], SPAM, seen=whole)
    forth = time.process_time() - start
    back = take_back(world, stroke_of(done))
    both = time.process_time() - start
    assert (done.progress.done, back.progress.done) == (1000, 1000)
    assert forth < 3.0, forth
    assert both - forth < 4.5, both - forth


def test_what_is_like_this_one(world: World) -> None:
    first = world.comes("a", subject="Re: Ordre 17 mangler", sender="Karen <karen@example.com>")
    second = world.comes("b", subject="ordre 18 MANGLER", sender="Bo <bo@kunde.example>")
    third = world.comes("c", subject="Faktura", sender="Karen <Karen@example.com>")
    within = Within(world.agents["anna"].id, "team", "", world.at)
    with world.store.session() as session:
        found = {how: [one.id for one in picking.like(session, within, first, how)] for how in Like}
        assert [one.id for one in picking.of_view(session, within)] == [first, second, third]
        none = Within(within.me, "resolved", "", world.at)
        assert picking.like(session, none, first, Like.CUSTOMER) == ()
    assert found == {
        Like.CUSTOMER: [first, third],
        Like.SENDER: [first, third],
        Like.SUBJECT: [first, second],
    }


def test_my_strokes_say_how_they_stand(world: World) -> None:
    ids = [world.comes(str(n), subject=f"s{n}") for n in range(3)]
    with world.unit("anna", "command line") as unit:
        triage.set_status(unit, ids[0], Status.PENDING)
    with world.unit("anna") as unit:
        triage.tag(unit, ids[1], ("vip",))
    done = run(world, ids[1:], {"kind": "snooze", "value": "tomorrow 9"})
    with world.unit("bo") as unit:
        triage.tag(unit, ids[1], (), ("vip",))
        triage.set_status(unit, ids[0], Status.OPEN)
        triage.set_status(unit, ids[0], Status.PENDING)
    world.later(minutes=1)
    take_back(world, stroke_of(done))
    with world.store.session() as session:
        page = strokes.mine(session, world.agents["anna"].id, 3)
        rest = strokes.mine(session, world.agents["anna"].id, 3, page.next)
    back, snooze, tag = page.rows
    (status,) = rest.rows
    assert rest.next is None
    assert (back.verb, back.undoes, back.redoes, back.case_count) == ("snooze", snooze.id, False, 2)
    assert (snooze.verb, snooze.stands, snooze.cases) == ("snooze", Stands.UNDONE, tuple(ids[1:]))
    assert tag.stands is Stands.OVERTAKEN
    assert tag.overtaken is not None
    assert (tag.overtaken.case, tag.overtaken.field, tag.overtaken.who) == (ids[1], "tag", "Bo")
    assert (status.desk, status.stands, status.subject) == ("command line", Stands.DONE, "s0")
    with world.store.session() as session:
        assert strokes.mine(session, world.agents["bo"].id, 9).rows[-1].cases == (ids[0], ids[1])


def test_two_bulks_on_the_same_cases_both_end(world: World) -> None:
    from threading import Thread

    ids = many(world, 200)
    world.later(seconds=1)
    ends: list[bulk.Outcome] = []
    threads = [
        Thread(
            target=lambda who=who, tag=tag: ends.append(
                run(world, ids, {"kind": "tag", "add": [tag]}, who=who)
            )
        )
        for who, tag in (("anna", "one"), ("bo", "two"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timedelta(seconds=60).total_seconds())
    assert [(one.progress.done, one.trouble) for one in ends] == [(200, None), (200, None)]
    assert world.value("select count(*) from case_tags") == 400
