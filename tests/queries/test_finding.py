"""What a person may type to narrow a list of cases; nothing typed is ever more than a value, and a rare word leads."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.world import World
from sqlalchemy import text

from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Usage
from agentdesk.queries import finding, queue
from agentdesk.queries.queue import Want
from agentdesk.services import people, replies, triage, undo

HOSTILE = (
    "'; drop table cases; --", "%' or '1'='1", "x' union select value from keys --",
    "\\", "%", "_", "\\%", "' \"", "\"",
    ":me", ":qa", "::text", "a:b:c", "%(me)s", "%s", "?", "\x00", "\ud800", "\x1b[31m", "1 or 1=1", "0x10", "#", "##1",
    "٣", "²", "1e5", "-1", "9" * 30, "x" * 10_000, "(" * 50, '"' * 51, "- -- -(",
    "NEAR(a b)", "a AND OR NOT", "{subject}: x", "^a", "a + b",
    "subject:(", "rowid:1", "a:*", "tag:", "owner:'", "team:%", "tag::x", "status:open'--",
    "customer:%", "customer:+", "order:''", "customer:a\x00b", "customer:x\ud800", "order:1\ud800", 'order:"\x00"',
)  # fmt: skip


def _found(world: World, query: str, me: str = "anna") -> list[int]:
    with world.store.session() as session:
        return [
            row.id
            for row in queue.page(session, world.agents[me].id, Want("all", None, 50), query, world.at).rows
        ]


@pytest.fixture
def cases(world: World) -> list[int]:
    """Three cases that differ in everything."""
    world.mailbox("sales", "sales@shop.example")
    ids = [
        world.comes(subject="Rødgrød med fløde", sender="Søren Åkjær <soren@example.dk>"),
        world.comes(subject="Crème brûlée 100% 50_50 L'Oréal d'Or", sender="Ægir <aegir@example.is>"),
        world.comes(subject="Bestilling 4711: hva nå?", sender="kari@example.no"),
    ]
    with world.unit("anna") as unit:
        triage.tag(unit, ids[0], ("vip",))
        triage.assign(unit, ids[0], owner=world.agents["anna"].id)
        triage.assign(unit, ids[1], team=people.team_id(unit, "Oslo"))
        triage.set_status(unit, ids[2], Status.RESOLVED)
    return ids


WORDS_AND_FILTERS: tuple[tuple[str, set[int]], ...] = (
    ("rødgrød", {0}), ("rodgrod", {0}), ("RØDGRØD", {0}), ("roedgroed", {0}), ("Soren", {0}), ("aakjær", {0}),
    ("akjaer", {0}), ("creme brulee", {1}), ("brulee creme", {1}), ('"creme brulee"', {1}),
    ('"brulee creme"', set()), ("100%", {1}), ("50_50", {1}), ("l'oreal d'or", {1}), ("aegir@example.is", {1}),
    ("example", {0, 1, 2}), ("4711", {2}), ('"4711:"', {2}), ("", {0, 1, 2}), ("nothing like that", set()),
    ("bestil*", {2}), ("bestil", set()), ("-rødgrød", {1, 2}), ("-example", set()), ("-(rødgrød or:creme)", {2}),
    ("rødgrød or:creme", {0, 1}), ("rødgrød or: bestilling", {0, 2}), ("(rødgrød fløde) or:(creme brûlée)", {0, 1}),
    ("tag:vip", {0}), ("tag:VIP", {0}), ("-tag:vip", {1, 2}), ("tag:none", set()),
    ("owner:anna", {0}), ("owner:ANNA", {0}), ("owner:me", {0}), ("is:mine", {0}), ("owner:nobody", {1, 2}),
    ("owner:bo", set()), ("owner:unknown", set()), ("team:Oslo", {1}), ("team:none", {0, 2}),
    ("channel:support", {0, 1, 2}), ("channel:sales", set()), ("status:resolved", {2}), ("status:new", {1}),
    ("is:open", {0, 1}), ("is:waiting", {0, 1}), ("is:unassigned", {1, 2}), ("is:overdue", set()),
    ("is:done", {2}), ("is:unread", {0, 1, 2}), ("is:open tag:vip rødgrød owner:anna", {0}),
    ("is:open tag:vip creme", set()), ("(tag:vip or:status:resolved) -is:mine", {2}),
    ("from:soren", {0}), ("from:support", set()), ("to:support", {0, 1, 2}), ("subject:brulee", {1}),
    ("subject:soren", set()), ("from:søren@example.dk", {0}), ('from:"Søren Åkjær"', {0}),
    ("customer:ægir", {1}), ("customer:kari@example.no", {2}), ("customer:example.no", {2}), ("customer:sør*", {0}),
    ("order:4711", {2}), ("before:today", set()), ("after:today", {0, 1, 2}), ("after:2027", set()),
    ("before:tomorrow", {0, 1, 2}), ("after:yesterday before:tomorrow", {0, 1, 2}), ("after:\"i går\"", {0, 1, 2}),
)  # fmt: skip


def test_words_and_filters(world: World, cases: list[int]) -> None:
    wrong = {}
    for query, wanted in WORDS_AND_FILTERS:
        found = set(_found(world, query))
        if found != {cases[n] for n in wanted}:
            wrong[query] = {cases.index(one) for one in found}, wanted
    assert not wrong


def test_a_number_finds_its_case_and_texts_that_hold_it(world: World, cases: list[int]) -> None:
    assert _found(world, f"#{cases[1]}") == [cases[1]]
    assert cases[0] in _found(world, str(cases[0]))
    assert _found(world, "#4711") == [cases[2]]
    assert _found(world, "999999999999999") == []


def test_words_may_stand_in_different_messages_of_a_case(world: World, cases: list[int]) -> None:
    with world.unit("anna") as unit:
        replies.note(unit, cases[0], "Gartneren ringer")
    assert _found(world, "gartneren rødgrød") == [cases[0]]
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert _found(world, "gartneren") == []
    with world.unit("anna") as unit:
        undo.redo_newest(unit)
    assert _found(world, "gartneren") == [cases[0]]


def test_overdue_is_what_is_past_its_time(world: World) -> None:
    world.mailbox(answer_within=10)
    case_id = world.comes()
    assert _found(world, "is:overdue") == []
    world.later(minutes=11)
    assert _found(world, "is:overdue") == [case_id]


def test_nothing_is_left_out_in_silence(world: World) -> None:
    with world.store.session() as session:
        with pytest.raises(Usage, match="at most 40 words"):
            finding.clauses(session, " ".join(["word"] * 41), 0)
        sql, values = finding.clauses(session, " ".join(f"w{n}" for n in range(40)), 0)
    assert sql.count(" and c.id in (") == len(values) == 40


def test_hostile_words_are_only_words(world: World, cases: list[int]) -> None:
    for query in HOSTILE:
        _ask_everything(world, cases, query)
    assert world.value("select count(*) from cases") == 3


def _ask_everything(world: World, cases: list[int], query: str) -> None:
    with world.store.session() as session:
        for act in (
            lambda: queue.in_view(session, 1, "all", cases, query=query, now=world.at),
            lambda: queue.page(session, 1, Want("all", None, 10), query, world.at),
            lambda: queue.count_query(session, query, world.at, 100),
        ):
            with contextlib.suppress(Usage):
                act()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=st.text(max_size=60))
def test_any_text_finds_or_is_refused(world: World, query: str) -> None:
    with world.store.session() as session:
        try:
            queue.count_query(session, query, world.at, 10)
        except Usage:
            return


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=st.text(st.characters(blacklist_characters=":", codec="utf-8"), max_size=80))
def test_no_value_stands_in_the_text(world: World, query: str) -> None:
    words = [word for word in query.split() if len(word) > 3]
    with world.store.session() as session:
        try:
            sql, _values = finding.clauses(session, query, 0)
        except Usage:
            return
    known = (
        "and c.id in select m.case_id from search cross join messages on rowid where match kind system"
        " union id cases words cast tsquery not exists message_id"
    )
    assert not [word for word in words if word in sql and word not in known]


def test_a_page_with_words_goes_on_where_it_stopped(world: World) -> None:
    ids = [world.comes(f"{n}", subject=f"order {n}" if n % 2 else "other") for n in range(20)]
    found, after = [], None
    while True:
        with world.store.session() as session:
            page = queue.page(session, 1, Want("waiting", after, 3), "order", world.at)
            assert queue.count_query(session, "order", world.at, 1001) == 10
        found += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    assert found == ids[1::2]


def _plan(world: World, query: str, view: str = "all") -> str:
    from agentdesk.store import queue_sql

    with world.store.session() as session:
        found = finding.narrow(session, query, world.at, world.agents["anna"].id)
        sql = queue_sql.page_sql(view, "sqlite", extra=found.sql, way=found.way)
        values = queue_sql.page_values(1, None, 50) | found.values
        used = {name: value for name, value in values.items() if f":{name}" in sql}
        return "\n".join(row[3] for row in session.execute(text(f"explain query plan {sql}"), used))


WAYS = (
    ("rødgrød", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"),
    ("is:open rødgrød", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"),
    ("tag:vip", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"),
    ("tag:vip status:open", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"),
    ("customer:soren", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"),
    ("owner:anna", "USING INDEX q_owned (owner_id=?"),
    ("is:mine status:pending", "USING INDEX q_owned (owner_id=?"),
    ("status:resolved", "USING INDEX q_status (status=?"),
    ("status:open", "USING INDEX q_waiting"),
    ("is:open is:unassigned", "USING INDEX q_free"),
    ("is:open team:Oslo", "USING INDEX q_team (team_id=?"),
    ("is:overdue -tag:vip", "USING INDEX q_waiting"),
    ("-tag:vip", "USING INDEX q_all"),
)  # fmt: skip


def test_the_way_to_the_cases(world: World, cases: list[int]) -> None:
    if world.store.dialect != "sqlite":
        pytest.skip("PostgreSQL's planner has statistics; bench/search.py measures it")
    for query, led_by in WAYS:
        plan = _plan(world, query)
        assert led_by in plan, (query, plan)
        assert "SCAN m" not in plan, (query, plan)


def test_a_set_that_is_not_small_is_met_on_the_walk(
    world: World, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "FEW", 0)
    with world.store.session() as session:
        assert finding.narrow(session, "example tag:vip", world.at).way is None
    assert _found(world, "example tag:vip") == [cases[0]]
    assert _found(world, "example") == sorted(cases, key=lambda one: one == cases[2])


def test_a_very_common_word_is_met_on_the_walk_and_not_gathered(
    world: World, cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "COMMON", 1)
    assert _found(world, "example rødgrød") == [cases[0]]
    assert _found(world, "-rødgrød") == cases[1:]
    if world.store.dialect == "sqlite":
        plan = _plan(world, "example")
        assert "USING INDEX q_all" in plan, plan
        assert "LIST SUBQUERY" not in plan, plan
