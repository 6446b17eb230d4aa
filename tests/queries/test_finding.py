"""What a person may type to find cases: words, numbers and filters; nothing typed is ever more than a value."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.world import World

from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Usage
from agentdesk.queries import finding, queue
from agentdesk.queries.queue import Want
from agentdesk.services import people, triage

HOSTILE = (
    "'; drop table cases; --", "%' or '1'='1", "x' union select value from keys --",
    "\\", "%", "_", "\\%", "' \"", "\"",
    ":me", ":qa", "::text", "a:b:c", "%(me)s", "%s", "?", "\x00", "\ud800", "\x1b[31m", "1 or 1=1", "0x10", "#", "##1",
    "٣", "²", "1e5", "-1", "9" * 30, "tag:", "owner:'", "team:%", "tag::x", "status:open'--",
)  # fmt: skip


def _found(world: World, query: str) -> list[int]:
    with world.store.session() as session:
        rows, more = queue.find(session, query, world.at)
    assert not more
    return [row.id for row in rows]


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


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("rødgrød", {0}), ("rodgrod", {0}), ("RØDGRØD", {0}), ("Soren", {0}), ("aakjær", set()), ("akjaer", {0}),
        ("creme brulee", {1}), ("brulee creme", {1}), ('"creme brulee"', {1}), ('"brulee creme"', set()),
        ("100%", {1}), ("50_50", {1}), ("5_", set()), ("%", {1}), ("l'oreal d'or", {1}), ("aegir@example.is", {1}),
        ("example", {0, 1, 2}), ("4711", {2}), ('"4711:"', {2}), ("", {0, 1, 2}), ("nothing like that", set()),
        ("tag:vip", {0}), ("tag:VIP", set()), ("owner:anna", {0}), ("owner:nobody", set()), ("team:Oslo", {1}),
        ("channel:support", {0, 1, 2}), ("channel:sales", set()), ("status:resolved", {2}), ("status:new", {1}),
        ("is:open", {0, 1}), ("is:waiting", {0, 1}), ("is:unassigned", {1, 2}), ("is:overdue", set()),
        ("is:open tag:vip rødgrød owner:anna", {0}), ("is:open tag:vip creme", set()),
    ],
)  # fmt: skip
def test_words_and_filters(world: World, cases: list[int], query: str, wanted: set[int]) -> None:
    assert set(_found(world, query)) == {cases[n] for n in wanted}


def test_a_number_finds_its_case_and_texts_that_hold_it(world: World, cases: list[int]) -> None:
    assert _found(world, f"#{cases[1]}") == [cases[1]]
    assert cases[0] in _found(world, str(cases[0]))
    assert _found(world, "#4711") == [cases[2]]
    assert _found(world, "999999999999999") == []


def test_overdue_is_what_is_past_its_time(world: World) -> None:
    world.mailbox(answer_within=10)
    case_id = world.comes()
    assert _found(world, "is:overdue") == []
    world.later(minutes=11)
    assert _found(world, "is:overdue") == [case_id]


@pytest.mark.parametrize(
    "query", ["is:nothing", "status:lost", "from:karen", "a:b", "12:30", "https://x.example"]
)
def test_what_is_not_understood_is_named(query: str) -> None:
    with pytest.raises(Usage) as caught:
        finding.clauses(query, 0)
    assert query in str(caught.value)


def test_nothing_is_left_out_in_silence() -> None:
    with pytest.raises(Usage, match="at most 40 words"):
        finding.clauses(" ".join(["word"] * 41), 0)
    text, values = finding.clauses(" ".join(f"w{n}" for n in range(40)), 0)
    assert text.count(" and ") == len(values) == 40


@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_words_are_only_words(world: World, cases: list[int], query: str) -> None:
    with world.store.session() as session:
        for act in (
            lambda: queue.find(session, query, world.at),
            lambda: queue.page(session, 1, Want("all", None, 10), query, world.at),
            lambda: queue.count_query(session, query, world.at, 100),
        ):
            with contextlib.suppress(Usage):
                act()
    assert world.value("select count(*) from cases") == 3


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=st.text(max_size=60))
def test_any_text_finds_or_is_refused(world: World, query: str) -> None:
    with world.store.session() as session:
        try:
            queue.find(session, query, 0)
        except Usage:
            return


@settings(max_examples=200)
@given(query=st.text(st.characters(blacklist_characters=":"), max_size=80))
def test_no_value_stands_in_the_text(query: str) -> None:
    words = [word for word in query.split() if len(word) > 3]
    try:
        text, _values = finding.clauses(query, 0)
    except Usage:
        return
    known = "and c.haystack like escape id or"
    assert not [word for word in words if word in text and word not in known]


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


def test_more_than_can_be_shown_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "FOUND", 3)
    for n in range(4):
        world.later(minutes=1)
        world.comes(f"{n}", subject=f"order {n}")
    with world.store.session() as session:
        rows, more = queue.find(session, "order", world.at)
    assert ([row.subject for row in rows], more) == (["order 3", "order 2", "order 1"], True)
