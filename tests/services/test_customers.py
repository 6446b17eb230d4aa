"""Customers: noted of, merged and parted, every stroke taken back and done again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from services.test_orders import LAMP
from services.world import World

from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import NotFound, Refused, Usage
from agentdesk.queries import customers as look
from agentdesk.queries import orders as order_reads
from agentdesk.services import customers, orders, triage, undo
from agentdesk.services.intake import Incoming


def everything(world: World) -> dict[str, Any]:
    """All that a merge may touch."""
    return {
        "addresses": world.rows("select address, customer_id from addresses order by 1"),
        "cases": world.rows("select id, customer_id, status from cases order by 1"),
        "customers": world.rows("select id, name, language, merged_into from customers order by 1"),
        "notes": world.rows("select id, customer_id, removed_at is null from customer_notes order by 1"),
    }


def known(world: World, customer_id: int) -> look.Whole:
    with world.store.session() as session:
        return look.whole(session, customer_id)


@pytest.fixture
def two(world: World) -> tuple[int, int]:
    """Karen wrote from two addresses."""
    world.comes(sender="Karen Holm <karen@example.com>")
    world.comes(sender="Karen Holm <karen@work.example>", subject="Again")
    return 1, 2


def test_a_merge_takes_all_along_and_parting_gives_back_just_that(world: World, two: tuple[int, int]) -> None:
    source, target = two
    with world.unit() as unit:
        orders.take_in(unit, orders.source(unit, "shop", "sql"), [LAMP])
    with world.unit("anna") as unit:
        customers.add_note(unit, source, "Rings the bell twice.")
    before = everything(world)
    with world.unit("anna") as unit:
        customers.merge(unit, source, target)
    with world.store.session() as session:
        assert [row.number for row in order_reads.of_customer(session, target)] == ["10231"], (
            "orders follow addresses"
        )
    found = known(world, target)
    assert found.customer.addresses == ("karen@example.com", "karen@work.example")
    assert (len(found.cases), len(found.notes), [one.id for one in found.merged]) == (2, 1, [source])
    third = world.comes(sender="Karen <karen@example.com>", subject="After")
    assert world.case(third).customer_id == target
    with world.unit("bo") as unit:
        customers.unmerge(unit, source)
    after = everything(world)
    assert [row for row in after["cases"] if row.id == third] == [(third, target, "new")]
    after["cases"] = [row for row in after["cases"] if row.id != third]
    assert after == before


def test_a_merge_is_taken_back_and_done_again(world: World, two: tuple[int, int]) -> None:
    before = everything(world)
    with world.unit("anna") as unit:
        customers.merge(unit, *two)
    merged = everything(world)
    assert merged != before
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert everything(world) == before
    with world.unit("anna") as unit:
        undo.redo_newest(unit)
    assert everything(world) == merged
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert everything(world) == before


def test_a_merge_that_was_overtaken_is_not_taken_back(world: World, two: tuple[int, int]) -> None:
    world.comes(sender="Kaja <kaja@example.com>")
    with world.unit("anna") as unit:
        stroke = customers.merge(unit, 1, 2)
    with world.unit("bo") as unit:
        customers.merge(unit, 2, 3)
    for again in (lambda unit: undo.undo(unit, stroke), lambda unit: customers.unmerge(unit, 1)):
        with pytest.raises(Refused, match="merged into 3"), world.unit("anna") as unit:
            again(unit)
    with world.unit("bo") as unit:
        undo.undo_newest(unit)
    with world.unit("anna") as unit:
        undo.undo(unit, stroke)
    assert {row.merged_into for row in everything(world)["customers"]} == {None}


def test_who_is_merged_away_or_nobody_is_refused(world: World, two: tuple[int, int]) -> None:
    with world.unit("anna") as unit:
        customers.merge(unit, *two)
    for pair in ((1, 1), (1, 2), (2, 1)):
        with pytest.raises(Refused), world.unit("anna") as unit:
            customers.merge(unit, *pair)
    with pytest.raises(NotFound), world.unit("anna") as unit:
        customers.merge(unit, 2, 99)
    with pytest.raises(Refused), world.unit("anna") as unit:
        customers.unmerge(unit, 2)
    with pytest.raises(Refused), world.unit("anna") as unit:
        customers.add_note(unit, 1, "x")
    assert known(world, 1).merged_into == 2


def test_the_open_cases_of_a_merge_are_told_and_keep_their_place(world: World, two: tuple[int, int]) -> None:
    with world.unit() as unit:
        triage.set_status(unit, 1, Status.RESOLVED)
    order = world.rows("select id, updated_at, due_key, wait_key from cases order by id")
    with world.unit("anna") as unit:
        customers.merge(unit, 2, 1)
    assert world.rows("select id, updated_at, due_key, wait_key from cases order by id") == order
    told = world.rows("select case_id, field from changes where kind = 'customer' order by id")
    assert told == [(2, "moved"), (None, "merged")]


def test_a_note_is_kept_taken_back_and_given_again(world: World, two: tuple[int, int]) -> None:
    with world.unit("anna") as unit:
        customers.add_note(unit, 1, "  Deaf: write, do not ring.\x1b[2J ")
    (note,) = known(world, 1).notes
    assert (note.text, note.agent) == ("Deaf: write, do not ring.[2J", "Anna")
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert known(world, 1).notes == ()
    with world.unit("anna") as unit:
        undo.redo_newest(unit)
    assert known(world, 1).notes == (note,)
    with world.unit("anna") as unit:
        customers.remove_note(unit, note.id)
    with pytest.raises(NotFound), world.unit("anna") as unit:
        customers.remove_note(unit, note.id)
    with pytest.raises(Usage), world.unit("anna") as unit:
        customers.add_note(unit, 1, " \x00 ")
    stored = world.rows("select before, after from changes where kind = 'customer'")
    assert not any("Deaf" in str(row) for row in stored), "the log holds ids only"


def test_a_language_is_changed_and_taken_back_unless_it_was_changed_since(
    world: World, two: tuple[int, int]
) -> None:
    before = known(world, 1).customer.language
    with world.unit("anna") as unit:
        first = customers.set_language(unit, 1, "SV")
        assert customers.set_language(unit, 1, "sv") is None
    assert known(world, 1).customer.language == "sv"
    with world.unit("bo") as unit:
        customers.set_language(unit, 1, "de")
    with pytest.raises(Refused, match="since"), world.unit("anna") as unit:
        undo.undo(unit, first)
    with world.unit("bo") as unit:
        undo.undo_newest(unit)
    with world.unit("anna") as unit:
        undo.undo(unit, first)
    assert known(world, 1).customer.language == before
    with pytest.raises(Usage), world.unit("anna") as unit:
        customers.set_language(unit, 1, "d3; drop")


def test_who_may_be_the_same_person(world: World, two: tuple[int, int]) -> None:
    world.comes(sender="Somebody <karen@third.example>")
    world.comes(sender="Info <info@example.com>")
    world.comes(sender="Info desk <info@work.example>")
    same = {one.id: one.reason for one in known(world, 1).same}
    assert same == {2: "the same name", 3: "nearly the same address"}
    assert known(world, 4).same == ()


def test_a_mail_that_comes_during_a_merge_is_the_merged_customers(world: World) -> None:
    """Whoever comes first: no case is left with somebody who was merged away."""
    karen, other = (
        world.case(world.comes(sender=f"K <{one}>")).customer_id
        for one in ("karen@example.com", "k@work.example")
    )
    for turn in range(6):
        mails = [world.letter(f"{turn}.{n}", subject=f"New {turn}.{n}") for n in range(3)]
        begin = Barrier(1 + len(mails))

        def merges(turn: int = turn, begin: Barrier = begin) -> None:
            begin.wait()
            with world.unit("anna") as unit:
                if turn % 2:
                    customers.unmerge(unit, karen)
                else:
                    customers.merge(unit, karen, other)

        def comes(mail: Incoming, begin: Barrier = begin) -> None:
            begin.wait()
            world.receive(mail)

        with ThreadPoolExecutor(len(mails) + 1) as threads:
            for done in [threads.submit(merges), *(threads.submit(comes, mail) for mail in mails)]:
                done.result()
        lost = "select c.id from cases c join customers u on u.id = c.customer_id where u.merged_into is not null"
        assert not world.rows(lost)
