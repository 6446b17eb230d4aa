"""A person is erased, and one message: nothing of them is anywhere, everything of the others is, nothing comes back."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from services.tale import KAREN, OLE, Tale, contents, erase, everything, line, mail, of, order, tell
from services.world import START, SUPPORT, World, incoming, unreadable
from sqlalchemy import insert, select, text

from agentdesk.automation import erasing
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.queries import cases as case_reads
from agentdesk.queries import holdings, traces
from agentdesk.services import (
    blocking,
    customers,
    drafts,
    forgetting,
    joining,
    orders,
    outbox,
    tombstones,
    undo,
)
from agentdesk.services.drafts import Typed
from agentdesk.store import codec
from agentdesk.store.sweep import sweep
from agentdesk.store.tables import metadata, participants, quarantine, snippets
from agentdesk.store.unit import SYSTEM


@pytest.mark.parametrize("seed", [1])
def test_nothing_of_the_erased_is_anywhere_and_all_of_the_other_is(world: World, seed: int) -> None:
    tale = Tale(world, seed)
    tell(tale)
    world.receive(unreadable(f"From {KAREN.address} {tale.word(KAREN)}".encode()))
    before = everything(world)
    assert [one for who in tale.said for one in tale.said[who] if one not in before] == []
    counts = ("select count(*) from cases", "select count(*) from messages",
              "select count(*) from messages where kind = 'outbound'",
              "select sum(message_count) from cases")  # fmt: skip
    counted = [world.value(one) for one in counts]
    done = erase(world, of(world, KAREN))
    after = everything(world)
    left = [one for one in (*tale.said[KAREN], KAREN.address, "quist.example", "quistgaard") if one in after]
    assert left == [], f"seed {seed}"
    theirs = [one for one in (*tale.said[OLE], OLE.address, "ole munk") if one not in after]
    assert theirs == [], f"seed {seed}"
    assert [world.value(one) for one in counts] == counted
    assert world.rows("select id from cases where status <> 'closed' and id in (select case_id from changes "
                      "where kind = 'erased' and field = 'case')") == []  # fmt: skip
    assert done.messages
    assert erase(world, done.customers[0]).messages == 0, "once more does nothing"


# -- who, when, what is refused ---------------------------------------------------------------------------------------


def test_a_reply_that_waits_is_stopped_and_one_that_leaves_stops_the_erasing(world: World) -> None:
    case = world.comes(sender=line(KAREN))
    world.replies(case, to=(KAREN,), hold=0)
    with world.unit() as unit:
        (taken,) = outbox.claim_due(unit, "w")
        outbox.mark_sending(unit, taken.outbox_id, "w")
    before = world.rows("select * from messages")
    with pytest.raises(Refused, match="try again in a minute"):
        erase(world, of(world, KAREN))
    assert world.rows("select * from messages") == before
    with world.unit() as unit:
        outbox.settle(unit, taken.outbox_id, Delivery.FAILED, f"refused {KAREN.address}")
    world.replies(case, to=(KAREN,), hold=600)
    erase(world, of(world, KAREN))
    assert [row.state for row in world.rows("select state from outbox order by id")] == [
        "failed",
        "cancelled",
    ]
    for row in world.rows("select id from outbox"):
        with world.unit("anna") as unit, pytest.raises(Refused):
            outbox.retry(unit, row.id)
    assert world.delivers() == []
    with world.unit("anna", "anna") as unit, pytest.raises(Refused, match="erased since"):
        undo.undo_newest(unit)


def test_only_who_leads_may_where_somebody_does(world: World) -> None:
    case = world.comes(sender=line(KAREN))
    world.receive(world.letter("Mere", sender=line(KAREN)))
    with world.unit() as unit:
        unit.session.execute(text("update agents set role = 'supervisor' where login = 'bo'"))
    message = world.value("select min(id) from messages where case_id = :c", c=case)
    with pytest.raises(Refused, match="supervisor"):
        erase(world, of(world, KAREN), "anna")
    with world.unit("anna") as unit, pytest.raises(Refused, match="supervisor"):
        forgetting.redact(unit, message)
    with world.unit() as unit:
        unit.session.execute(text("update agents set role = 'agent'"))
    erase(world, of(world, KAREN), "anna")
    with pytest.raises(NotFound):
        erase(world, 999)


def test_what_was_open_in_a_composer_does_not_come_back(world: World) -> None:
    case = world.comes(sender=line(KAREN))
    saved = world.saves(Typed("reply", case, to=(KAREN,), body="Hej Karen"))
    erase(world, of(world, KAREN))
    for version in (saved.version, 0):
        with pytest.raises(drafts.Gone):
            world.saves(Typed("reply", case, to=(KAREN,), body="Hej Karen igen", version=version))
    assert world.rows("select * from drafts") == []


def test_the_ones_merged_go_together_and_another_ones_merged_case_stays(world: World) -> None:
    other = Address("K. Q.", "kq@arbejde.example")
    theirs, work, oles = (
        world.comes("første ord", sender=line(KAREN)), world.comes("andet ord", sender=line(other)),
        world.comes("Oles ord", sender=line(OLE), subject="Giraf"),
    )  # fmt: skip
    with world.unit("anna") as unit:
        customers.merge(unit, of(world, other), of(world, KAREN))
        joining.merge(unit, theirs, oles)
    erased = of(world, KAREN)
    done = erase(world, erased)
    assert len(done.customers) == 2
    assert set(done.cases) == {theirs, work}
    text_ = everything(world)
    assert "quist" not in text_
    assert "arbejde.example" not in text_
    assert "oles ord" in text_
    assert world.case(oles).status == "new"
    assert world.case(oles).subject == "Giraf"
    with world.unit("anna") as unit, pytest.raises(NotFound, match="erased"):
        customers.unmerge(unit, done.customers[1])


def test_a_case_in_which_another_wrote_is_theirs_from_now_on(world: World) -> None:
    case = world.comes(
        "Min zebralampe er knust", sender=line(KAREN), subject="Zebra", message_id="<k@quist.example>"
    )
    world.later(minutes=3)
    world.receive(world.letter("Min også", sender=line(OLE), subject="Sv: Zebra", answers="k@quist.example"))
    world.comes("En anden sag", sender=line(OLE))
    erase(world, of(world, KAREN))
    row = world.case(case)
    assert (row.customer_id, row.subject, row.status) == (of(world, OLE), "", "new")
    assert row.waiting_since == world.at, "who is left waits since they wrote"
    with world.store.session() as session:
        shown = case_reads.messages_of(session, case, 0)
    assert [one.text for one in shown] == ["This message was erased.", "Min også"]
    assert shown[1].marks[-1:] == ("partly erased",)


def test_our_own_addresses_are_nobodys_to_take_away(world: World) -> None:
    world.comes("Test", sender=f"Os selv <{SUPPORT}>", to="nogen@example.com")
    world.comes("Skriv til os", sender=line(KAREN))
    for row in world.rows("select id from customers"):
        erase(world, row.id)
    assert world.value("select address from channels") == SUPPORT


# -- what comes again -------------------------------------------------------------------------------------------------


def test_no_fetch_brings_it_back_and_what_they_write_anew_is_a_new_beginning(world: World) -> None:
    first = mail(world, KAREN, "Min zebralampe", file=b"zebrafil", message_id="<k1@quist.example>")
    world.receive(first)
    case = world.value("select max(id) from cases")
    world.replies(case, "Hej", to=(KAREN,), hold=0)
    world.delivers()
    ours = codec.unpack(world.one("select data from raws order by message_id desc limit 1").data)
    aside = unreadable(f"{KAREN.address} roder".encode())
    world.receive(aside)
    with world.unit() as unit:
        orders.take_in(unit, orders.source(unit, "butik", "csv"), [order("10231", KAREN)])
    world.later(minutes=5)
    erase(world, of(world, KAREN))
    resent = replace(first, digest="0" * 64)  # a newer reader may see another text in the same mail
    tally = world.receive(first, resent, incoming(ours, sent_by_us=True), aside)
    assert (tally.seen, tally.duplicate) == (4, 4)
    with world.unit() as unit:
        taken = orders.take_in(unit, 1, [order("10231", KAREN), order("10232", KAREN)])
        world.later(days=1)
        later = replace(order("10233", KAREN), placed_at=world.now)
        assert orders.take_in(unit, 1, [later]).new == 1
    assert taken.new == 0
    answer = world.letter(
        "Hej igen", sender=line(KAREN), answers="k1@quist.example", references="<k1@quist.example>"
    )
    tally = world.receive(answer)
    assert (tally.ingested, tally.cases_opened, tally.customers_created) == (1, 1, 1)
    assert world.rows("select * from links") == []


def test_a_restored_store_forgets_again_and_keeps_what_came_after(world: World) -> None:
    world.comes("Min zebralampe", sender=line(KAREN), message_id="<k1@quist.example>")
    case = world.comes("Pinkode 1234 haster", sender=line(OLE), message_id="<o1@munk.example>")
    world.receive(unreadable(f"{KAREN.address} roder".encode()))
    with world.store.session() as session:
        rows = {
            one.name: [dict(row) for row in session.execute(select(one)).mappings()]
            for one in metadata.sorted_tables
        }
    world.later(minutes=1)
    with world.unit() as unit:
        forgetting.redact(unit, world.value("select id from messages where case_id = :c", c=case))
    erase(world, of(world, KAREN))
    world.comes("Hej igen", sender=line(KAREN), message_id="<k2@quist.example>")
    with world.store.session() as session:
        carried = tombstones.all_of(session)
    after = world.at
    with world.unit() as unit:
        assert forgetting.again(unit) == 0, "nothing is here that was forgotten"
    _restore(world, rows)
    assert "zebralampe" in everything(world)
    with world.unit() as unit:
        assert tombstones.put_up(unit, carried) > 0
        assert tombstones.put_up(unit, carried) == 0
    with world.unit() as unit:
        assert forgetting.again(unit) == 2
    found = everything(world)
    for word in ("zebralampe", "quist", "pinkode", "roder"):
        assert word not in found
    assert "ole@munk.example" in found
    assert world.at == after


def _restore(world: World, rows: dict[str, list[dict[str, Any]]]) -> None:
    """The rows of an older day, as from a backup."""
    from agentdesk.store import search

    with world.unit() as unit:
        names = {"sqlite": "delete from search", "postgresql": "truncate search"}
        if unit.session.dialect.name == "sqlite":
            unit.session.execute(text("insert into search (search) values ('delete-all')"))
        else:
            unit.session.execute(text(names["postgresql"]))
        unit.session.execute(text("update cases set merged_into = null"))
        for table in reversed(metadata.sorted_tables):
            unit.session.execute(table.delete())
        for table in metadata.sorted_tables:
            made = {column.name for column in table.c if column.computed is not None}
            kept = [
                {name: value for name, value in row.items() if name not in made} for row in rows[table.name]
            ]
            if kept:
                unit.session.execute(insert(table), kept)
        search.put_all(unit.session)


# -- one message ------------------------------------------------------------------------------------------------------


def test_one_message_says_nothing_any_more_and_nor_do_its_quotes(world: World) -> None:
    case = world.comes(
        "Mit kort er 4571 0000 zebrakort", sender=line(KAREN), subject="Betaling", message_id="<k1@q.example>"
    )
    world.replies(case, "Tak, det er slettet", to=(KAREN,), hold=600)
    message = world.value("select min(id) from messages")
    reply = world.value("select max(id) from messages")
    with world.unit() as unit, pytest.raises(Refused, match="has not left"):
        forgetting.redact(unit, reply)
    world.later(minutes=20)
    world.delivers()
    with world.unit() as unit:
        assert forgetting.redact(unit, message) == case
    found = everything(world)
    assert "zebrakort" not in found
    assert "4571" not in found
    assert "det er slettet" in found
    assert KAREN.address in found
    row = world.one("select * from messages where id = :m", m=message)
    assert (row.from_address, row.message_id, json.loads(row.marks)) == (
        KAREN.address,
        "k1@q.example",
        ["erased"],
    )
    world.receive(world.letter("Så godt", sender=line(KAREN), answers="k1@q.example"))
    assert world.value("select count(*) from messages where case_id = :c", c=case) == 3, "its thread goes on"


# -- what is shown before, what is given ------------------------------------------------------------------------------


def test_the_rehearsal_names_every_trace_and_changes_nothing(world: World) -> None:
    case = world.comes("Min zebralampe\nRing 28 11 22 33", sender=line(KAREN), subject="Zebra")
    world.comes(
        "Karen Quistgaard bad mig ringe 28 11 22 33 om 10231; karen.q@quist.example", sender=line(OLE)
    )
    with world.unit("anna") as unit:
        customers.add_note(unit, of(world, KAREN), "Flink")
        customers.add_note(unit, of(world, OLE), "Gift med Karen Quistgaard")
        orders.take_in(unit, orders.source(unit, "butik", "csv"), [order("10231", KAREN)])
        unit.session.execute(insert(snippets).values(shortcut=";k", text=f"Skriv til {KAREN.address}"))
        blocking.block(unit, KAREN.address)
        unit.session.execute(insert(participants).values(case_id=case, address=KAREN.address, at=1))
    world.saves(Typed("reply", case, to=(KAREN,), body="Hej"))
    before = everything(world)
    with world.store.session() as session:
        found = traces.of(session, of(world, KAREN))
    assert everything(world) == before
    counted = {(one.kind, one.act): one.count for one in found.traces}
    expected = {
        ("case", "erased"): 1, ("message", "erased"): 1, ("raw", "erased"): 1, ("draft", "erased"): 1,
        ("customer", "erased"): 1, ("note", "erased"): 1, ("order", "erased"): 1, ("participant", "erased"): 1,
        ("block", "erased"): 1, ("address", "replaced"): 1, ("name", "listed"): 2, ("phone", "listed"): 1,
        ("number", "listed"): 1,
    }  # fmt: skip
    assert {key: counted.get(key) for key in expected} == expected
    assert {one.place.rsplit(" ", 1)[0] for one in found.finds} == {"message", "note on customer"}
    done = dict(erase(world, of(world, KAREN)).counts)
    assert {kind: done[kind] for kind in ("draft", "note", "order", "participant", "block")} == dict.fromkeys(
        ("draft", "note", "order", "participant", "block"), 1
    )
    assert KAREN.address not in everything(world)
    assert "gift med karen quistgaard" in everything(world), "a person decides about names in free text"


def test_all_that_is_held_is_in_the_document(world: World) -> None:
    tale = Tale(world, 3)
    tell(tale)
    with world.store.session() as session:
        held = holdings.of(session, of(world, KAREN), world.now)
        mails = b"".join(holdings.content(session, kind, row) for _name, kind, row in held.bytes_of)
        attached = "".join(
            one.decode("utf-8", "replace") for _n, kind, row in held.bytes_of
            for one in contents(holdings.content(session, kind, row))
        )  # fmt: skip
    told = json.dumps(held.document, ensure_ascii=False) + attached
    assert [one for one in tale.said[KAREN] if one not in told] == []
    assert mails
    assert KAREN.address in told
    keys = world.rows("select value from keys")
    assert not [row for row in keys if row.value in told]
    with pytest.raises(NotFound), world.store.session() as session:
        holdings.of(session, 999, world.now)


# -- the bytes on the disk --------------------------------------------------------------------------------------------


def _files(world: World) -> Iterator[Path]:
    path = world.store.address.path
    if path is not None:
        yield from path.parent.glob(f"{path.name}*")
        return
    with world.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("checkpoint")
        data = connection.exec_driver_sql("show data_directory").scalar_one()
        oid = connection.exec_driver_sql(
            "select oid from pg_database where datname = current_database()"
        ).scalar_one()
    yield from Path(data, "base", str(oid)).iterdir()


def _standing(world: World, wanted: list[str]) -> set[str]:
    found: set[str] = set()
    for file in _files(world):
        data = file.read_bytes()
        found |= {one for one in wanted if one.encode() in data or one.lower().encode() in data}
    return found


def test_the_files_of_the_store_hold_nothing_of_the_erased(world: World) -> None:
    file = random.Random(5).randbytes(60).hex()
    case = world.comes("Min zebralampe er knust", sender=line(KAREN), subject="Kvaksalver")
    world.receive(mail(world, KAREN, "Her er filen", file=file.encode()))
    saved = world.saves(Typed("reply", case, to=(KAREN,), body="Hej Karen, giraffen kommer"))
    with world.unit("anna") as unit:
        drafts.attach(unit, saved.id, Enclosure("flodhest.bin", "application/x", file.encode()))
    for word in ("første", "anden", "tredje"):
        saved = world.saves(
            Typed("reply", case, to=(KAREN,), body=f"{word}udkast til Karen", version=saved.version)
        )
    world.comes("Giv besked til karen.q@quist.example", sender=line(OLE))
    with world.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze")
    wanted = [KAREN.address, "Quistgaard", "zebralampe", "Kvaksalver", "giraffen", "tredjeudkast", "førsteudkast",
              "flodhest.bin", "kvitteringsfil", file]  # fmt: skip
    assert _standing(world, wanted) >= {KAREN.address, "zebralampe"}, "else this test proves nothing"
    found, done, swept = erasing.erase(world.store, SYSTEM, lambda: world.now, of(world, KAREN))
    assert swept.clean
    assert _standing(world, wanted) == set()
    assert found.person.addresses == (KAREN.address,)
    assert done.messages == 2
    assert len(_standing(world, [OLE.address])) == 1
    assert sweep(world.store).clean, "again, at any time"
    assert world.rows("select * from quarantine") == world.rows(str(select(quarantine)))
    assert world.now - START < timedelta(days=1)
