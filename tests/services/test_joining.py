"""Merging, parting and linking cases, on both databases."""

from typing import Any

import pytest
from services.world import World

from agentdesk.domain import replyaddress
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.queries import duplicates, lists
from agentdesk.services import drafts, joining, linking, replies, sides, triage, undo
from agentdesk.services.drafts import Typed
from agentdesk.services.keys import reply_key


def merges(world: World, source: int, target: int, who: str = "anna") -> int:
    with world.unit(who) as unit:
        return joining.merge(unit, source, target)


def parts(world: World, source: int, who: str = "anna") -> int:
    with world.unit(who) as unit:
        return joining.unmerge(unit, source)


def undoes(world: World, stroke: int, who: str = "anna") -> int:
    with world.unit(who) as unit:
        return undo.undo(unit, stroke)[0]


def written_in(world: World, case_id: int) -> list[Any]:
    return world.rows(
        "select id, origin_case_id from messages where case_id = :c and kind <> 'system' order by id",
        c=case_id,
    )


def whole(world: World) -> dict[str, Any]:
    """All that an undo of merges must bring back."""
    return world.snapshot() | {
        "messages": world.rows("select id, case_id, origin_case_id, side_id from messages order by id"),
        "outbox": world.rows("select id, case_id, state from outbox order by id"),
        "drafts": world.rows("select id, case_id, agent_id, kind, body from drafts order by id"),
        "files": world.rows("select id, draft_id from attachments order by id"),
        "sides": world.rows("select id, case_id, closed_at from sides order by id"),
        "links": world.rows("select case_id, other_id from links order by 1, 2"),
        "counts": world.rows("select id, message_count, status from cases order by id"),
    }


def test_a_merge_moves_the_messages_closes_the_source_and_keeps_where_each_was_written(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two", subject="Order 17 again")
    merges(world, second, first)
    assert [row.origin_case_id for row in written_in(world, first)] == [None, second]
    assert written_in(world, second) == []
    source = world.case(second)
    assert (source.status, source.merged_into, source.message_count) == ("closed", first, 0)
    assert world.case(first).message_count == 3
    assert "#2" in world.value("select text from messages where kind = 'system'")


def test_u_takes_a_merge_back_whole_and_redo_does_it_again(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    world.replies(second, "Coming")
    before = whole(world)
    merged = merges(world, second, first)
    after = whole(world)
    back = undoes(world, merged)
    assert whole(world) == before
    undoes(world, back)
    again = whole(world)
    line = world.value("select max(id) from messages")
    assert [row for row in again["messages"] if row.id != line] == [
        row for row in after["messages"] if row.id in {one.id for one in before["messages"]}
    ]
    assert again["cases"] == after["cases"]


def test_what_answers_the_merged_case_lands_in_the_target(world: World) -> None:
    world.mailbox(reply_address="support+{token}@shop.example")
    with world.unit() as unit:
        unit.session.exec_driver_sql("update channels set reply_verified = true")
        key = reply_key(unit)
    first, second = world.comes("One"), world.comes("Two", message_id="<two@example.com>")
    merges(world, second, first)
    token = replyaddress.sign(second, key)
    assert world.comes("By reference", answers="two@example.com") == first
    assert world.comes("By address", to=f"support+{token}@shop.example") == first


def test_parting_gives_each_message_back_and_leaves_linked_what_came_since(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two", message_id="<two@example.com>")
    with world.unit("anna") as unit:
        triage.set_status(unit, second, Status.PENDING)
    merges(world, second, first)
    world.comes("Since", answers="two@example.com")
    parts(world, second)
    assert [row.origin_case_id for row in written_in(world, second)] == [None]
    assert len(written_in(world, first)) == 2
    assert world.case(second).merged_into is None
    assert world.case(second).status == "pending"
    assert world.rows("select case_id, other_id from links order by 1") == [(first, second), (second, first)]
    assert world.value("select count(*) from messages where kind = 'system'") == 0


def test_a_parting_at_once_needs_no_link_and_is_taken_back_too(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    merges(world, second, first)
    before = whole(world)
    stroke = parts(world, second)
    assert world.rows("select * from links") == []
    undoes(world, stroke)
    after = whole(world)
    line = world.value("select max(id) from messages")
    old = world.value("select max(id) from messages where id < :l and kind <> 'system'", l=line)
    kept = [row for row in before["messages"] if row.id <= old]
    assert [row for row in after["messages"] if row.id != line] == kept
    assert after["cases"] == before["cases"]


def test_chains_part_from_the_middle_and_from_the_end(world: World) -> None:
    a, b, c = world.comes("A"), world.comes("B"), world.comes("C")
    merges(world, a, b)
    merges(world, b, c)
    assert [row.origin_case_id for row in written_in(world, c)] == [a, b, None]
    parts(world, a)
    assert len(written_in(world, a)) == 1
    assert [row.origin_case_id for row in written_in(world, c)] == [b, None]
    merges(world, a, b)  # b stands in c
    assert [row.origin_case_id for row in written_in(world, c)] == [a, b, None]
    parts(world, b)
    assert [row.origin_case_id for row in written_in(world, b)] == [None]
    assert [row.origin_case_id for row in written_in(world, c)] == [a, None]


def test_what_was_merged_into_a_part_goes_with_it(world: World) -> None:
    a, b, c = world.comes("A"), world.comes("B"), world.comes("C")
    merges(world, a, b)
    merges(world, b, c)
    parts(world, b)
    assert [row.origin_case_id for row in written_in(world, b)] == [a, None]
    assert [row.origin_case_id for row in written_in(world, c)] == [None]
    parts(world, a)
    assert len(written_in(world, a)) == 1


def test_no_case_is_merged_into_itself_however_long_the_way_round(world: World) -> None:
    a, b, c = world.comes("A"), world.comes("B"), world.comes("C")
    merges(world, a, b)
    merges(world, b, c)
    before = whole(world)
    for source, target in ((c, a), (c, b), (a, c), (a, a), (c, c)):
        with pytest.raises(Refused):
            merges(world, source, target)
    with pytest.raises(Refused):
        parts(world, c)
    with pytest.raises(NotFound):
        merges(world, c, 4711)
    assert whole(world) == before


def test_nothing_is_merged_into_a_closed_case_or_into_spam(world: World) -> None:
    a, b = world.comes("A"), world.comes("B")
    for status in (Status.SPAM, Status.CLOSED):
        with world.unit("anna") as unit:
            triage.set_status(unit, b, status)
        with pytest.raises(Refused):
            merges(world, a, b)
        with world.unit() as unit:
            unit.session.exec_driver_sql(f"update cases set status = 'open' where id = {b}")


def test_a_customer_is_not_merged_into_a_case_that_speaks_with_them_aside(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two", sender="Lars <lars@supplier.example>")
    typed = Typed(
        "side", first, to=(Address("", "lars@supplier.example"),), subject="x", body="y", alone=True
    )
    with world.unit("anna") as unit:
        sides.send(unit, typed)
    for source, target in ((second, first), (first, second)):
        with pytest.raises(Refused, match="side conversation"):
            merges(world, source, target)


def test_a_waiting_customer_still_waits_after_a_merge_into_an_answered_case(world: World) -> None:
    first = world.comes("One")
    world.later(minutes=5)
    second = world.comes("Two")
    waits = world.at
    world.later(minutes=5)
    world.replies(first, hold=0)
    world.delivers()
    assert world.case(first).status == "pending"
    merges(world, second, first)
    case = world.case(first)
    assert (case.waiting_since, case.status, case.unread) == (waits, "open", 1)
    world.later(minutes=1)
    world.replies(first, "That answers both.", hold=0)
    case = world.case(first)
    assert (case.waiting_since, case.unread) == (None, 0)


def test_what_was_ended_in_its_own_case_does_not_wait_in_the_target(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    with world.unit("anna") as unit:
        triage.set_status(unit, second, Status.RESOLVED)
    waits = world.case(first).waiting_since
    merges(world, second, first)
    assert world.case(first).waiting_since == waits
    with world.unit("anna") as unit:
        triage.set_status(unit, first, Status.RESOLVED)
    assert world.case(first).waiting_since is None
    parts(world, second)
    assert world.case(second).waiting_since is None
    assert world.case(second).status == "resolved"


def test_a_reply_that_fails_after_the_merge_puts_the_target_back_in_the_queue(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    world.replies(second, hold=0)
    world.replies(first, hold=0)
    merges(world, second, first)
    with world.unit() as unit:
        row = unit.session.exec_driver_sql("select min(id) from outbox").scalar_one()
    world.delivers(Delivery.FAILED)
    case = world.case(first)
    assert case.status == "open"
    assert case.waiting_since is not None
    assert world.value("select case_id from outbox where id = :r", r=row) == first


def test_a_held_reply_taken_back_after_the_merge_is_text_in_the_target(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    world.replies(second, "Half said", hold=60)
    merges(world, second, first)
    world.comes("Wait!", references=_reference(world, second))
    draft = world.draft_of("anna", first)
    assert draft is not None
    assert draft.body == "Half said"


def _reference(world: World, origin: int) -> str:
    name = world.value(
        "select message_id from messages where origin_case_id = :c and kind = 'inbound'", c=origin
    )
    return f"<{name}>"


def test_a_reply_begun_in_the_merged_case_is_sent_in_the_target(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    typed = world.typed(second, "Both")
    merges(world, second, first)
    with world.unit("anna") as unit:
        sent = replies.send(unit, typed.__class__(**_fields(typed) | {"seen_message_id": 0, "alone": True}))
    assert sent.case_id == first


def _fields(typed: Any) -> dict[str, Any]:
    return {name: getattr(typed, name) for name in typed.__slots__}


def test_drafts_go_along_and_come_back(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    world.saves(world.typed(second, "Begun"))
    merges(world, second, first)
    draft = world.draft_of("anna", first)
    assert draft.body == "Begun"
    saved = world.saves(
        world.typed(second, "Begun and gone on", version=draft.version)
    )  # its composer is still open
    assert saved.id == draft.id
    parts(world, second)
    assert world.draft_of("anna", second).body == "Begun and gone on"
    assert world.draft_of("anna", first) is None


def test_two_drafts_of_one_agent_are_joined_and_parted_again(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    world.saves(world.typed(first, "For the first"))
    below = world.saves(world.typed(second, "For the second"))
    with world.unit("anna") as unit:
        drafts.attach(unit, below.id, Enclosure("a.txt", "text/plain", b"a"))
    before = whole(world)
    stroke = merges(world, second, first)
    joined = world.draft_of("anna", first)
    assert joined.body == "For the first\n\nFor the second"
    with world.store.session() as session:
        assert [row.id for row in lists.all_drafts(session, None)] == [joined.id]
    assert world.draft_of("anna", second) is None
    assert [file.filename for file in joined.files] == ["a.txt"]
    assert joined.notice
    undoes(world, stroke)
    assert whole(world) == before


def test_a_joined_draft_that_was_written_on_stays_whole_when_the_cases_part(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    world.saves(world.typed(first, "For the first"))
    world.saves(world.typed(second, "For the second"))
    merges(world, second, first)
    version = world.draft_of("anna", first).version
    world.saves(world.typed(first, "For the first\n\nFor the second, longer", version=version))
    parts(world, second)
    assert world.draft_of("anna", first).body == "For the first\n\nFor the second, longer"
    assert world.draft_of("anna", second).body == "For the second"


def test_a_joined_draft_that_was_sent_leaves_none_behind(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    world.saves(world.typed(first, "For the first"))
    world.saves(world.typed(second, "For the second"))
    merges(world, second, first)
    draft = world.draft_of("anna", first)
    with world.unit("anna") as unit:
        replies.send(unit, world.typed(first, draft.body, version=draft.version))
    parts(world, second)
    assert world.draft_of("anna", second) is None


def test_links_stand_on_both_sides_and_are_taken_back(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    with world.unit("anna") as unit:
        stroke = linking.link(unit, first, second)
    assert len(world.rows("select * from links")) == 2
    with pytest.raises(Refused), world.unit("anna") as unit:
        linking.link(unit, second, first)
    back = undoes(world, stroke)
    assert world.rows("select * from links") == []
    undoes(world, back)
    with world.unit("anna") as unit:
        gone = linking.unlink(unit, second, first)
    assert world.rows("select * from links") == []
    with pytest.raises(Refused), world.unit("anna") as unit:
        undo.undo(unit, stroke)  # overtaken: it was taken away by hand
    undoes(world, gone)
    assert len(world.rows("select * from links")) == 2
    for one, other in ((first, first), (first, 4711)):
        with pytest.raises((Refused, NotFound)), world.unit("anna") as unit:
            linking.link(unit, one, other)


def test_duplicates_are_suggested_the_likeliest_first(world: World) -> None:
    case_id = world.comes("Where is it?", subject="Order 10231 is missing")
    same_order = world.comes("My lamp", subject="SV: Ordre 10231", sender="Karen Holm <kh@work.example>")
    same_customer = world.comes("Another thing", subject="Invoice")
    world.comes("Nothing to do with it", subject="Order 99 is here", sender="Bo <bo@example.com>")
    ended = world.comes("Old", subject="Order 10231 is missing")
    with world.unit("anna") as unit:
        triage.set_status(unit, ended, Status.RESOLVED)
    with world.store.session() as session:
        found = duplicates.of_case(session, case_id)
    assert [one.case_id for one in found] == [same_order, same_customer]
    assert found[0].why == ("same number 10231",)
    assert found[1].why == ("same customer",)
    assert found[0].moves.messages == 1


def test_the_same_name_at_another_address_and_the_same_subject_are_signs(world: World) -> None:
    case_id = world.comes(subject="The blue lamp flickers", sender="Karen Holm <karen@example.com>")
    other = world.comes(subject="Re: The blue lamp flickers", sender="Karen Holm <kh@work.example>")
    stranger = world.comes(subject="the blue lamp flickers", sender="Ole <ole@example.com>")
    with world.store.session() as session:
        found = {one.case_id: one.why for one in duplicates.of_case(session, case_id)}
    assert found == {other: ("same name, other address", "same subject"), stranger: ("same subject",)}


def test_a_merge_with_nobody_known_gives_the_target_its_customer(world: World) -> None:
    nobody = world.comes("Delivery failed", sender="MAILER-DAEMON@mx.example", subject="Undeliverable")
    known = world.comes("One")
    assert world.case(nobody).customer_id is None
    with world.unit("anna") as unit:
        triage.set_status(unit, nobody, Status.OPEN)
    stroke = merges(world, known, nobody)
    assert world.case(nobody).customer_id is not None
    undoes(world, stroke)
    assert world.case(nobody).customer_id is None


def test_an_address_is_no_part_of_a_change(world: World) -> None:
    first, second = world.comes("One"), world.comes("Two")
    merges(world, second, first)
    parts(world, second)
    values = " ".join(f"{row.before} {row.after}" for row in world.rows("select before, after from changes"))
    assert "@" not in values
