"""A snoozed case: what ends it, what does not, and how a reply that waits for an answer comes back."""

from datetime import timedelta

import pytest
from services.world import World

from agentdesk.domain.lifecycle import Ends
from agentdesk.domain.problems import Problem
from agentdesk.queries import waking
from agentdesk.services import replies, timers, triage, undo

THANKS, WORDS = "Tak for hjælpen!", "Den er stadig ikke kommet."


def _snoozed(world: World, ends: str) -> int:
    case_id = world.comes("Where is my order?", message_id="<first@example.com>")
    with world.unit("anna") as unit:
        triage.snooze(unit, case_id, world.now + timedelta(days=1), ends=ends)
    world.later(minutes=5)
    return case_id


@pytest.mark.parametrize(
    ("ends", "body", "status"),
    [
        ("answer", WORDS, "open"),
        ("answer", THANKS, "open"),
        ("not thanks", WORDS, "open"),
        ("not thanks", THANKS, "snoozed"),
        ("nothing", WORDS, "snoozed"),
        ("nothing", THANKS, "snoozed"),
    ],
)
def test_an_answer_ends_what_it_is_said_to_end(world: World, ends: str, body: str, status: str) -> None:
    case_id = _snoozed(world, ends)
    world.receive(world.letter(body, answers="first@example.com"))
    case = world.case(case_id)
    assert (case.status, case.unread, case.waiting_since is not None) == (status, 2, True)
    assert (case.snooze_until is not None) == (status == "snoozed")
    world.later(days=1)
    with world.unit() as unit:
        assert timers.wake(unit) == (status == "snoozed")
    assert world.case(case_id).status == "open"


def test_a_snooze_with_its_end_is_taken_back_whole(world: World) -> None:
    case_id = world.comes()
    before = world.snapshot(), world.case(case_id).snooze_ends
    with world.unit("anna") as unit:
        triage.snooze(unit, case_id, world.now + timedelta(days=1), ends=Ends.NOTHING)
    assert world.case(case_id).snooze_ends == "nothing"
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert (world.snapshot(), world.case(case_id).snooze_ends) == before


def _woke(world: World, case_id: int) -> tuple[bool, bool]:
    """Whether the case says that it woke, and that somebody answered meanwhile."""
    with world.store.session() as session:
        found = waking.woke(session, case_id)
    return found is not None, found is not None and found.answered


@pytest.mark.parametrize("answered", [False, True])
def test_a_case_that_is_back_says_why_until_somebody_acts(world: World, answered: bool) -> None:
    case_id = _snoozed(world, "nothing")
    assert _woke(world, case_id) == (False, False)
    if answered:
        world.receive(world.letter(WORDS, answers="first@example.com"))
    world.later(days=1)
    with world.unit() as unit:
        timers.wake(unit)
    assert _woke(world, case_id) == (True, answered)
    with world.unit("anna") as unit:
        triage.tag(unit, case_id, ("vip",))
    assert _woke(world, case_id) == (False, False)


def test_a_case_that_an_answer_opened_did_not_wake(world: World) -> None:
    case_id = _snoozed(world, "answer")
    world.receive(world.letter(WORDS, answers="first@example.com"))
    assert _woke(world, case_id) == (False, False)


def test_a_later_snooze_says_anew_what_ends_it(world: World) -> None:
    case_id = _snoozed(world, "nothing")
    with world.unit("anna") as unit:
        triage.snooze(unit, case_id, world.now + timedelta(days=2))
    assert world.case(case_id).snooze_ends == "answer"


def test_a_reply_comes_back_when_nobody_answers(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        replies.send(unit, world.typed(case_id), silence=world.now + timedelta(days=3))
    case = world.case(case_id)
    assert (case.status, case.snooze_ends, case.waiting_since) == ("snoozed", "answer", None)
    world.delivers()
    world.later(days=3)
    with world.unit() as unit:
        assert timers.wake(unit) == 1
    assert world.case(case_id).status == "open"


def test_an_answer_ends_the_waiting_for_one(world: World) -> None:
    case_id = world.comes(message_id="<first@example.com>")
    with world.unit("anna") as unit:
        replies.send(unit, world.typed(case_id), silence=world.now + timedelta(days=3))
    world.later(minutes=1)
    world.delivers()
    world.receive(world.letter(THANKS, answers="first@example.com"))
    case = world.case(case_id)
    assert (case.status, case.snooze_until) == ("open", None)


def test_the_reply_and_its_waiting_are_one_stroke(world: World) -> None:
    case_id = world.comes()
    before = world.snapshot()
    with world.unit("anna") as unit:
        replies.send(unit, world.typed(case_id), silence=world.now + timedelta(days=3))
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert world.snapshot() == before
    with world.unit("anna") as unit:
        undo.redo_newest(unit)
    assert world.case(case_id).status == "snoozed"


def test_a_time_that_has_passed_sends_nothing(world: World) -> None:
    case_id = world.comes()
    with pytest.raises(Problem, match="has passed"), world.unit("anna") as unit:
        replies.send(unit, world.typed(case_id), silence=world.now)
    assert world.value("select count(*) from outbox") == 0


def test_a_reply_stopped_by_the_customer_is_not_slept_on(world: World) -> None:
    case_id = world.comes(message_id="<first@example.com>")
    world.replies(case_id)
    with world.unit("anna") as unit:
        triage.snooze(unit, case_id, world.now + timedelta(days=1), ends="nothing")
    world.receive(world.letter(WORDS, answers="first@example.com"))
    assert world.case(case_id).status == "open"
    assert world.draft_of("anna", case_id).body == "It is on its way."
