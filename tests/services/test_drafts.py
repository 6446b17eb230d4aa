"""What is typed is kept, by one writer at a time, and never by an older hand over a newer one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from services.world import World

from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import Stale
from agentdesk.services import drafts, replies
from agentdesk.services.drafts import Typed


def test_two_terminals_on_one_draft(world: World) -> None:
    case_id = world.comes()
    first = world.saves(Typed("reply", case_id, body="one"), terminal="t1")
    second = world.saves(Typed("reply", case_id, body="one two", version=first.version), terminal="t2")
    with pytest.raises(Stale, match="also open in another terminal"):
        world.saves(Typed("reply", case_id, body="one and a half", version=first.version), terminal="t1")
    assert world.draft_of("anna", case_id).body == "one two"
    world.saves(Typed("reply", case_id, body="one two three", version=second.version), terminal="t1")
    assert world.draft_of("anna", case_id).body == "one two three"


def test_a_terminal_that_never_saw_the_draft_does_not_overwrite_it(world: World) -> None:
    case_id = world.comes()
    world.saves(Typed("reply", case_id, body="kept"), terminal="t1")
    with pytest.raises(Stale):
        world.saves(Typed("reply", case_id, body="blind"), terminal="t2")
    assert world.draft_of("anna", case_id).body == "kept"


def test_each_agent_case_and_kind_has_its_own(world: World) -> None:
    case_id, other = world.comes(), world.comes(subject="other")
    world.saves(Typed("reply", case_id, body="a"))
    world.saves(Typed("note", case_id, body="b"))
    world.saves(Typed("reply", other, body="c"))
    world.saves(Typed("new", None, body="d"))
    world.saves(Typed("reply", case_id, body="e"), who="bo")
    assert sorted(row.body for row in world.rows("select body from drafts")) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("new", [False, True])
def test_many_who_begin_the_same_draft_at_once_leave_one_and_no_error_but_stale(
    world: World, new: bool
) -> None:
    case_id = None if new else world.comes()
    ready = threading.Barrier(6)

    def begin(number: int) -> str:
        ready.wait()
        try:
            world.saves(
                Typed("new" if new else "reply", case_id, body=f"text {number}"), terminal=f"t{number}"
            )
        except Stale:
            return ""
        return f"text {number}"

    with ThreadPoolExecutor(6) as pool:
        kept = [text for text in pool.map(begin, range(6)) if text]
    assert len(kept) == 1
    assert [row.body for row in world.rows("select body from drafts")] == kept


def test_files_hang_on_a_draft_in_order_and_go_with_it(world: World) -> None:
    case_id = world.comes()
    saved = world.saves(Typed("reply", case_id, body="x", to=(Address("Æ", "a@x.example"),)))
    files = [Enclosure(f"{n}.txt", "text/plain", bytes([n])) for n in range(3)]
    with world.unit("anna") as unit:
        for file in files:
            drafts.attach(unit, saved.id, file)
    with world.unit("anna") as unit:
        assert drafts.files_of(unit, saved.id) == tuple(files)
    assert [file.filename for file in world.draft_of("anna", case_id).files] == ["0.txt", "1.txt", "2.txt"]
    with world.unit("anna") as unit:
        drafts.discard(unit, saved.id)
    assert world.value("select count(*) from attachments") == 0
    assert world.draft_of("anna", case_id) is None


def test_drafts_are_no_changes(world: World) -> None:
    case_id = world.comes()
    before = world.value("select count(*) from changes")
    world.saves(Typed("reply", case_id, body="typing"))
    assert world.value("select count(*) from changes") == before


def test_what_was_sent_in_one_terminal_is_not_sent_again_from_another(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        saved = drafts.save(unit, world.typed(case_id, "Once"), "one")
    here = replace(world.typed(case_id, "Once"), version=saved.version)
    with world.unit("anna") as unit:
        replies.send(unit, here)
    with pytest.raises(drafts.Gone), world.unit("anna") as unit:
        drafts.save(unit, here, "two")
    with pytest.raises(drafts.Gone), world.unit("anna") as unit:
        replies.send(unit, here)
    assert world.value("select count(*) from outbox") == 1


def test_a_note_left_in_one_terminal_is_not_left_again_from_another(world: World) -> None:
    case_id = world.comes()
    typed = replace(world.typed(case_id, "She moved."), kind="note")
    with world.unit("anna") as unit:
        saved = drafts.save(unit, typed, "one")
    with world.unit("anna") as unit:
        replies.note(unit, case_id, "She moved.", saved.id)
    with pytest.raises(drafts.Gone), world.unit("anna") as unit:
        replies.note(unit, case_id, "She moved.", saved.id)
    assert world.value("select count(*) from messages where kind = 'note'") == 1
