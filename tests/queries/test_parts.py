"""A long case is read in parts: nothing is left out unsaid, and a part costs the same in every case."""

from collections.abc import Iterable
from random import Random

from services.world import World
from sqlalchemy import insert, text

from agentdesk.domain.parts import MOST, PART, Part, Step, Wish
from agentdesk.domain.rows import Thread
from agentdesk.queries import cases, parts
from agentdesk.store.tables import messages


def long_case(world: World, count: int) -> tuple[int, list[int]]:
    """A case of so many messages, some of the same instant, and their ids in the order in which they were written."""
    case_id = world.comes("first")
    dice = Random(count)
    with world.unit() as unit:
        session = unit.session
        rows = [
            {
                "case_id": case_id,
                "kind": "inbound",
                "at": unit.at + dice.randrange(count // 2),
                "digest": f"{count} {n}",
            }
            for n in range(1, count)
        ]
        session.execute(insert(messages), rows)
        session.execute(text("update cases set message_count = :n where id = :c"), {"n": count, "c": case_id})
        found = session.execute(
            text("select id from messages where case_id = :c order by at, id"), {"c": case_id}
        )
        return case_id, [row[0] for row in found]


def read(world: World, case_id: int, part: Part, step: Step = "stay", at: int | None = None) -> Thread:
    with world.store.session() as session:
        return cases.thread(session, case_id, 0, world.at, Wish(part, step, at))


def ids(thread: Thread) -> list[int]:
    return [one.id for one in thread.messages]


def walk(world: World, case_id: int, part: Part, step: Step) -> Iterable[Thread]:
    """Step by step until there is no more that way."""
    thread = read(world, case_id, part)
    while thread.part.earlier if step == "older" else thread.part.later:
        thread = read(world, case_id, thread.part, step)
        yield thread


def test_a_long_case_is_read_from_end_to_end_and_back(world: World) -> None:
    case_id, every = long_case(world, 3 * MOST + 7)
    thread = read(world, case_id, Part())
    assert ids(thread) == every[-PART:]
    assert (thread.part.earlier, thread.part.later, thread.part.last) == (len(every) - PART, 0, None)
    seen = set(ids(thread))
    for step in ("older", "newer"):
        for walked in walk(world, case_id, thread.part, step):
            thread, part, held = walked, walked.part, ids(walked)
            assert held == every[part.earlier : len(every) - part.later]
            assert len(held) <= MOST
            assert seen & set(held), "what is being read stays"
            seen |= set(held)
        assert seen == set(every)
    assert ids(read(world, case_id, thread.part, "first")) == every[:PART]
    assert ids(read(world, case_id, thread.part, "newest")) == every[-PART:]


def test_the_part_round_a_message_and_what_is_gone(world: World) -> None:
    case_id, every = long_case(world, 200)
    thread = read(world, case_id, Part(), at=every[90])
    assert ids(thread) == every[90 - PART // 2 : 91 + PART]
    assert ids(read(world, case_id, thread.part)) == ids(thread), "read again it is the same"
    for gone in (Part(first=987654), Part(first=every[3], last=987654)):
        assert ids(read(world, case_id, gone)) == every[-PART:]
    assert ids(read(world, case_id, Part(), at=987654)) == every[-PART:]


def test_what_is_written_since_joins_a_part_that_reaches_to_the_end(world: World) -> None:
    case_id = world.comes("first")
    begun = read(world, case_id, Part())
    assert begun.part.whole
    world.later(minutes=1)
    world.replies(case_id, "an answer")
    again = read(world, case_id, begun.part)
    assert [one.kind for one in again.messages] == ["inbound", "outbound"]
    assert again.part.whole


def test_a_part_is_found_in_the_index_alone(world: World) -> None:
    """By plan on SQLite; PostgreSQL has the same index and plans by its own statistics."""
    if world.store.dialect != "sqlite":
        return
    case_id, every = long_case(world, 100)
    plans: list[str] = []
    with world.store.session() as session:
        parts_read = parts.part(session, case_id, 100, Wish(Part(every[50]), "older"))
        assert len(parts_read[1]) == 50 + PART
        for ask in (
            "select at, id from messages where case_id = 1 and (at, id) < (5, 5) order by at desc, id desc limit 40",
            "select count(*) from messages where case_id = 1 and (at, id) > (5, 5)",
        ):
            plans += [row[3] for row in session.execute(text(f"explain query plan {ask}"))]
    assert all("COVERING INDEX ix_messages_case_id_at" in plan for plan in plans), plans


def test_every_file_of_a_long_case_and_what_was_merged_into_it(world: World) -> None:
    case_id, every = long_case(world, 60)
    with world.unit() as unit:
        for at, name in ((every[2], "old.pdf"), (every[-1], "new.pdf")):
            unit.session.execute(
                text("insert into attachments (message_id, filename) values (:m, :n)"), {"m": at, "n": name}
            )
        unit.session.execute(
            text("update messages set origin_case_id = 77 where id in (:a, :b)"),
            {"a": every[0], "b": every[1]},
        )
    with world.store.session() as session:
        assert [one.filename for one in cases.files_of(session, case_id)] == ["new.pdf", "old.pdf"]
        assert cases.origins(session, case_id) == {77: 2}
        assert cases.newest(session, case_id) == max(every)
