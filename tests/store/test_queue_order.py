"""The queue stands in one order, on both databases and in every view, and its plans use their indexes."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from services.world import World
from sqlalchemy import insert, text

from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Refused
from agentdesk.domain.queue import FAR, Place
from agentdesk.queries import queue
from agentdesk.queries.queue import Want
from agentdesk.store import first_frame, queue_sql
from agentdesk.store.tables import case_tags, cases, customers, memberships, tags, teams

WHEN = 1_700_000_000_000_000


def fill(world: World, count: int, seed: int = 1) -> None:
    """Cases of every kind, many alike in due and waiting time."""
    dice = random.Random(seed)
    anna, bo = world.agents["anna"].id, world.agents["bo"].id
    with world.unit() as unit:
        unit.session.execute(insert(teams), [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}])
        unit.session.execute(insert(memberships), [{"team_id": 1, "agent_id": anna}])
        unit.session.execute(insert(customers), [{"id": n, "name": f"Customer {n}"} for n in range(1, 6)])
        unit.session.execute(insert(tags), [{"id": 1, "name": "vip"}, {"id": 2, "name": "late, again"}])
        rows = []
        for number in range(1, count + 1):
            status = dice.choices(list(Status), (3, 5, 3, 2, 6, 6, 1))[0]
            waits = status in (Status.NEW, Status.OPEN) and dice.random() < 0.8
            rows.append(
                {
                    "id": number, "subject": f"Case {number}", "status": status, "channel_id": world.channel,
                    "customer_id": dice.choice((None, 1, 2, 3, 4, 5)), "owner_id": dice.choice((None, None, anna, bo)),
                    "team_id": dice.choice((None, 1, 2)), "created_at": WHEN, "updated_at": WHEN + number,
                    "due_at": WHEN + dice.randrange(4) if waits and dice.random() < 0.5 else None,
                    "waiting_since": WHEN + dice.randrange(4) if waits else None, "haystack": f"case {number}",
                }
            )  # fmt: skip
        unit.session.execute(insert(cases), rows)
        tagged = [
            {"case_id": n, "tag_id": t} for n in range(1, count + 1) for t in (1, 2) if dice.random() < 0.2
        ]
        unit.session.execute(insert(case_tags), tagged)


def _whole(world: World, view: str) -> list[int]:
    """The view by one ORDER BY over everything, nulls last by name."""
    me = world.agents["anna"].id
    clause = queue_sql.VIEWS[view].where.replace(":me", str(me))
    order = "c.due_at nulls last, c.waiting_since nulls last, c.id"
    return [row.id for row in world.rows(f"select c.id from cases c where {clause} order by {order}")]


def _pages(world: World, want: Want) -> list[int]:
    me, found = world.agents["anna"].id or 0, []
    while True:
        with world.store.session() as session:
            page = queue.page(session, me, want)
        found += [row.id for row in page.rows]
        assert len(page.rows) <= want.limit
        if page.next is None:
            return found
        want = replace(want, after=page.next)


@pytest.mark.parametrize("limit", [1, 7, 50])
def test_the_pages_of_every_view_are_the_whole_view_in_order(world: World, limit: int) -> None:
    fill(world, 90 if limit == 1 else 300)
    for view in queue_sql.VIEWS:
        whole = _whole(world, view)
        assert whole, view
        assert _pages(world, Want(view, None, limit)) == whole, view
        assert _pages(world, Want(view, None, limit, backwards=True)) == whole[::-1], view


def test_the_order_is_due_then_waiting_then_number_with_what_is_not_set_last(world: World) -> None:
    times = {1: (None, None), 2: (None, 5), 3: (9, 9), 4: (9, 2), 5: (3, None), 6: (None, 5), 7: (9, 2)}
    with world.unit() as unit:
        unit.session.execute(
            insert(cases),
            [
                {"id": n, "subject": "", "due_at": due, "waiting_since": waits}
                for n, (due, waits) in times.items()
            ],
        )
    assert _pages(world, Want("waiting", None, 3)) == [5, 4, 7, 3, 2, 6, 1]
    with world.store.session() as session:
        rows = {row.id: row for row in queue.rows(session, list(times))}
    assert rows[1].place == Place(FAR, FAR, 1)
    assert rows[1].due_at is None
    assert rows[4].place == Place(9, 2, 4)


def test_a_page_may_leave_rows_out_and_begin_anywhere(world: World) -> None:
    fill(world, 200)
    whole = _whole(world, "all")
    with world.store.session() as session:
        page = queue.page(session, 1, Want("all", None, 10, skip=25))
        assert [row.id for row in page.rows] == whole[25:35]
        behind = queue.page(session, 1, Want("all", page.rows[3].place, 5))
        assert [row.id for row in behind.rows] == whole[29:34]
        before = queue.page(session, 1, Want("all", page.rows[3].place, 5, backwards=True))
        assert [row.id for row in before.rows] == whole[23:28][::-1]


def test_a_row_names_customer_owner_and_tags(world: World) -> None:
    fill(world, 50)
    with world.store.session() as session:
        rows = queue.page(session, 1, Want("all", None, 50)).rows
    assert {row.customer for row in rows} <= {"", *(f"Customer {n}" for n in range(1, 6))}
    assert {row.owner for row in rows} == {"", "Anna", "Bo"}
    assert {row.tags for row in rows} == {(), ("vip",), ("late, again",), ("late, again", "vip")}
    assert {row.channel_kind for row in rows} == {"email"}


def test_the_first_frame_shows_what_the_queue_shows(world: World) -> None:
    fill(world, 200)
    me = world.agents["anna"].id or 0
    for view in queue_sql.VIEWS:
        with world.store.session() as session:
            wanted = queue.page(session, me, Want(view, None, 40)).rows
        first = first_frame.first_page(world.store.address, "anna", view, 40)
        assert first is not None
        assert (first.agent_id, first.name, first.rows) == (me, "Anna", wanted), view


def test_the_first_frame_is_silent_when_it_is_not_sure_and_refuses_who_has_left(world: World) -> None:
    assert first_frame.first_page(world.store.address, "nobody", "mine", 10) is None
    with world.unit() as unit:
        unit.session.execute(text("update agents set active = false where login = 'bo'"))
    with pytest.raises(Refused):
        first_frame.first_page(world.store.address, "bo", "mine", 10)
    with world.unit() as unit:
        unit.session.execute(text("update alembic_version set version_num = '9999'"))
    assert first_frame.first_page(world.store.address, "anna", "mine", 10) is None


def test_counts_stop_at_their_limit_and_agree_with_the_lists(world: World) -> None:
    fill(world, 400)
    me = world.agents["anna"].id or 0
    with world.store.session() as session:
        for view in queue_sql.VIEWS:
            whole = _whole(world, view)
            assert queue.count(session, me, view) == len(whole), view
            assert queue.count(session, me, view, 5) == min(5, len(whole)), view
            assert queue.in_view(session, me, view, range(1, 401)) == frozenset(whole), view
        counts = queue.counts(session, me, WHEN)
    assert (counts.mine, counts.team, counts.free, counts.waiting) == tuple(
        len(_whole(world, view)) for view in ("mine", "team", "free", "waiting")
    )
    assert counts.at_risk == world.value("select count(*) from cases where shelf = 0 and due_at is not null")
    assert counts.capacity == 6
    assert counts.longest_wait is not None


def test_more_than_a_thousand_are_said_to_be_more(world: World) -> None:
    with world.unit() as unit:
        unit.session.execute(insert(cases), [{"subject": str(n), "due_at": 1} for n in range(1100)])
    with world.store.session() as session:
        counts = queue.counts(session, 1, WHEN)
    assert (counts.free, counts.waiting, counts.at_risk) == (1001, 1001, 1001)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("view", queue_sql.VIEWS)
def test_on_sqlite_each_view_walks_its_own_index(tmp_path: Path, view: str, backwards: bool) -> None:
    from agentdesk.store.engine import open_store
    from agentdesk.store.migrate import bring_up_to_date

    store = open_store(f"sqlite:///{tmp_path}/plans.db")
    bring_up_to_date(store)
    sql = queue_sql.page_sql(view, "sqlite", backwards=backwards)
    values = queue_sql.page_values(1, Place(5, 5, 5), 50)
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    with store.session() as session:
        plan = [row[3] for row in session.execute(text(f"explain query plan {sql}"), used)]
    store.close()
    walk = next(line for line in plan if line.startswith(("SEARCH c ", "SCAN c ")))
    assert f"USING INDEX {queue_sql.VIEWS[view].index} " in walk + " ", plan
    assert walk.startswith("SEARCH"), plan
    assert not [line for line in plan if "TEMP B-TREE FOR ORDER BY" in line], plan


def test_on_postgresql_pages_counts_and_claims_walk_an_index(world: World) -> None:
    if world.store.dialect != "postgresql":
        pytest.skip("the plans of SQLite are pinned by name")
    with world.unit() as unit:
        unit.session.execute(text("""
            insert into cases (subject, status, due_at, waiting_since, owner_id, team_id)
            select 'x', (array['new','open','pending','snoozed','resolved','closed','closed','closed'])[1 + n % 8],
                case when n % 3 = 0 then n * 1000 % 777777 end, n * 7919 % 1000003,
                case when n % 5 = 0 then :anna when n % 2 = 0 then :bo end, null
            from generate_series(1, 40000) n"""),
            {"anna": world.agents["anna"].id, "bo": world.agents["bo"].id})  # fmt: skip
    with world.store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("analyze"))
    for view in queue_sql.VIEWS:
        sql = queue_sql.page_sql(view, "postgresql")
        values = queue_sql.page_values(world.agents["anna"].id or 0, Place(500, 5, 5), 50)
        with world.store.session() as session:
            plan = "\n".join(row[0] for row in session.execute(text(f"explain {sql}"), values))
        assert " on cases c" in plan
        assert "Index Scan using q_" in plan, (view, plan)
        assert "Sort" not in plan, (view, plan)
