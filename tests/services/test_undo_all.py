"""Whatever was done in whatever order: taken back newest first, every case is as it was; done again, as it became."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.world import World

from agentdesk.automation import actions, bulk
from agentdesk.domain.bulk import Picked, begun
from agentdesk.domain.problems import Problem
from agentdesk.services import people, replies, triage, undo
from agentdesk.store.engine import open_store

CASES = 3
ACTIONS: list[dict[str, Any]] = [
    *({"kind": "status", "value": one} for one in ("open", "pending", "resolved", "spam", "closed")),
    *({"kind": "owner", "value": one} for one in ("me", "bo", "nobody")),
    {"kind": "team", "value": "Oslo"}, {"kind": "team", "value": "none"},
    {"kind": "priority", "value": "low"}, {"kind": "priority", "value": "urgent"},
    {"kind": "snooze", "value": "tomorrow 9"}, {"kind": "snooze", "value": "in 3 days", "ends": "nothing"},
    {"kind": "tag", "add": ["vip"], "drop": ["old"]}, {"kind": "tag", "add": ["old"], "drop": []},
    {"kind": "note", "text": "look"},
]  # fmt: skip
one_of = st.sampled_from(range(len(ACTIONS)))
STEP = st.one_of(
    st.tuples(st.just("one"), st.integers(1, CASES), st.lists(one_of, min_size=1, max_size=3)),
    st.tuples(
        st.just("many"), st.lists(st.integers(1, CASES), min_size=2, max_size=CASES),
        st.lists(one_of, min_size=1, max_size=2),
    ),
    st.tuples(st.sampled_from(["claim", "note"]), st.integers(1, CASES), st.just([])),
)  # fmt: skip


def do(world: World, step: tuple[str, Any, Sequence[int]]) -> int | None:
    """One step of a story; its stroke, None when it was refused."""
    kind, where, which = step
    done = [actions.read(ACTIONS[one]) for one in which]
    world.later(seconds=30)
    try:
        if kind == "many":
            begin = begun(bulk.verb_of(done), [Picked(one) for one in where])
            return bulk.run(lambda: world.unit("anna"), bulk.acts(done, UTC), begin).progress.stroke
        with world.unit("anna") as unit:
            if kind == "one":
                return bulk.on_one(unit, Picked(where), done, UTC)
            if kind == "claim":
                return (triage.claim(unit) or (0, None))[1]
            return replies.note(unit, where, "typed")
    except Problem:
        return None


def reverse(world: World, stroke: int) -> int:
    """Take it back as the desk does, and it has to be possible."""
    world.later(seconds=1)
    try:
        with world.unit("anna") as unit:
            return undo.undo(unit, stroke)[0]
    except undo.Many:
        with world.store.session() as session:
            begin = bulk.begin_undo(session, stroke)
        done = bulk.run(lambda: world.unit("anna"), bulk.takes_back(stroke), begin)
    assert (done.progress.refused, done.trouble) == ((), None)
    return done.progress.stroke or 0


def stands(world: World) -> Any:
    return world.snapshot() | {"ends": world.rows("select id, snooze_ends, status from cases order by id")}


def story(world: World, steps: Sequence[tuple[str, Any, Sequence[int]]]) -> None:
    """Do it all, take it all back, do it all again, take it back once more."""
    was = [stands(world)]
    strokes = []
    for step in steps:
        stroke = do(world, step)
        changed = stroke and world.value("select count(*) from changes where stroke_id = :s", s=stroke)
        if stroke and changed:
            strokes.append(stroke)
            was.append(stands(world))
        else:
            assert stands(world) == was[-1], step
    backs = []
    for number in reversed(range(len(strokes))):
        backs.append(reverse(world, strokes[number]))
        assert stands(world) == was[number]
    for number, back in enumerate(reversed(backs)):
        reverse(world, back)
        assert stands(world) == was[number + 1]
    for number in reversed(range(len(strokes))):
        reverse(world, strokes[number])
    assert stands(world) == was[0]


def begin(url: str) -> Iterator[World]:
    """A small shop with three cases, one of them tagged."""
    with closing(open_store(url)) as store:
        world = World(store)
        world.channel = world.mailbox(answer_within=60)
        world.agent("anna")
        world.agent("bo")
        with world.unit() as unit:
            people.team_id(unit, "Oslo")
        for number in range(CASES):
            world.comes(f"q{number}", subject=f"s{number}", sender=f"k{number}@example.com")
        with world.unit("bo") as unit:
            triage.tag(unit, 1, ("old",))
        world.later(minutes=5)
        yield world


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=8))
def test_taken_back_newest_first_everything_is_as_it_was(
    _ready_file: Path,  # noqa: PT019  its value is wanted
    steps: list[tuple[str, Any, list[int]]],
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        path.write_bytes(_ready_file.read_bytes())
        for world in begin(f"sqlite:///{path}"):
            story(world, steps)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_same_on_postgresql(database_url: str) -> None:
    for world in begin(database_url):
        story(world, [
            ("many", [1, 2, 3], [1, 14]), ("claim", 1, []), ("one", 2, [12, 5]), ("many", [3, 1], [3]), ("note", 2, []),
            ("one", 1, [8, 11]), ("many", [1, 2], [2, 6]), ("one", 3, [0]),
        ])  # fmt: skip
