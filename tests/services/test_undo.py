"""Every stroke can be taken back whole, or is refused whole with the name of who came after it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from services.world import World
from sqlalchemy import text

from agentdesk.domain.lifecycle import Priority, Status
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.services import drafts, outbox, people, replies, triage, undo
from agentdesk.services.drafts import Typed
from agentdesk.store.unit import UnitOfWork

Verb = Callable[[UnitOfWork, World, int], object]

VERBS: dict[str, Verb] = {
    "claim": lambda unit, _world, _case: triage.claim(unit),
    "open": lambda unit, _world, case: triage.set_status(unit, case, Status.OPEN),
    "pending": lambda unit, _world, case: triage.set_status(unit, case, Status.PENDING),
    "resolve": lambda unit, _world, case: triage.set_status(unit, case, Status.RESOLVED),
    "spam": lambda unit, _world, case: triage.set_status(unit, case, Status.SPAM),
    "snooze": lambda unit, world, case: triage.snooze(unit, case, world.now + timedelta(hours=1)),
    "assign": lambda unit, world, case: triage.assign(unit, case, owner=world.agents["bo"].id),
    "assign to a team": lambda unit, _world, case: triage.assign(unit, case, team=people.team_id(unit, "Oslo")),
    "tag": lambda unit, _world, case: triage.tag(unit, case, ("vip", "late"), ("old",)),
    "priority": lambda unit, _world, case: triage.set_priority(unit, case, Priority.URGENT),
    "note": lambda unit, _world, case: replies.note(unit, case, "look at this"),
    "reply": lambda unit, world, case: replies.send(unit, world.typed(case)),
    "reply and resolve": lambda unit, world, case: replies.send(unit, world.typed(case), resolve=True),
    "several at once": lambda unit, world, case: (
        triage.assign(unit, case, owner=world.agents["bo"].id),
        triage.set_status(unit, case, Status.PENDING),
        triage.tag(unit, case, ("vip",), ("old",)),
        triage.tag(unit, case, ("old",), ("vip",)),
        triage.set_priority(unit, case, Priority.LOW),
        triage.set_status(unit, case, Status.RESOLVED),
    ),
}  # fmt: skip

STANDS: dict[str, Callable[[World, int], None]] = {
    "new": lambda _world, _case: None,
    "snoozed with an owner": lambda world, case: _do(world, case, "assign", "snooze"),
    "resolved": lambda world, case: _do(world, case, "resolve"),
    "answered": lambda world, case: _do(world, case, "reply"),
}


def _do(world: World, case_id: int, *verbs: str, who: str = "anna") -> int:
    for verb in verbs:
        with world.unit(who) as unit:
            VERBS[verb](unit, world, case_id)
            stroke = unit.stroke_id
    assert stroke is not None
    return stroke


def _undo(world: World, stroke: int, who: str = "anna", *, anyway: bool = False) -> int:
    with world.unit(who) as unit:
        return undo.undo(unit, stroke, anyway=anyway)[0]


@pytest.mark.parametrize("verb", VERBS)
def test_undo_brings_every_row_back_and_undo_of_undo_does_it_again(world: World, verb: str) -> None:
    for stands, begin in STANDS.items():
        case_id = world.comes(f"q {stands}", subject=stands)
        with world.unit("bo") as unit:
            triage.tag(unit, case_id, ("old",))
        begin(world, case_id)
        world.later(minutes=1)
        before = world.snapshot()
        stroke = _do(world, case_id, verb)
        after = world.snapshot()
        world.later(seconds=2)
        back = _undo(world, stroke)
        assert world.snapshot() == before, stands
        world.later(seconds=2)
        again = _undo(world, back)
        assert world.snapshot() == after, stands
        world.later(seconds=2)
        _undo(world, again)
        assert world.snapshot() == before, stands


def test_a_redone_stroke_can_be_taken_back_by_u_again(world: World) -> None:
    case_id = world.comes()
    stroke = _do(world, case_id, "tag")
    back = _undo(world, stroke)
    _undo(world, back)
    with world.unit("anna") as unit:
        assert undo.newest(unit) == stroke
        undo.undo_newest(unit)
    assert world.snapshot()["tags"] == []


@pytest.mark.parametrize(
    ("verb", "since", "what"),
    [
        ("assign", lambda u, w, c: triage.assign(u, c, owner=w.agents["anna"].id), "the owner"),
        ("snooze", lambda u, _w, c: triage.set_status(u, c, Status.OPEN), "the (snooze|status)"),
        ("priority", lambda u, _w, c: triage.set_priority(u, c, Priority.LOW), "the priority"),
        ("tag", lambda u, _w, c: triage.tag(u, c, (), ("vip",)), "the tag «vip»"),
        ("several at once", lambda u, _w, c: triage.set_priority(u, c, Priority.HIGH), "the priority"),
        ("resolve", lambda u, _w, c: triage.set_status(u, c, Status.OPEN), "the status"),
    ],
)
def test_undo_is_refused_whole_with_the_name_of_who_changed_what(
    world: World, verb: str, since: Verb, what: str
) -> None:
    case_id = world.comes()
    stroke = _do(world, case_id, verb)
    with world.unit("bo") as unit:
        since(unit, world, case_id)
    before, version = world.snapshot(), world.case(case_id).version
    with pytest.raises(Refused, match=rf"^Bo has changed {what}.* of case #{case_id} since") as caught:
        _undo(world, stroke)
    assert "\n" not in str(caught.value)
    assert (world.snapshot(), world.case(case_id).version) == (before, version)
    with world.unit("anna") as unit:
        assert undo.newest(unit) == stroke


def test_what_a_customers_mail_changed_is_named_as_the_mail(world: World) -> None:
    case_id = world.comes()
    stroke = _do(world, case_id, "resolve")
    first = str(world.value("select message_id from messages"))
    world.comes("not at all", answers=first)
    with pytest.raises(Refused, match=r"^The mail has changed the status"):
        _undo(world, stroke)


def test_other_fields_may_change_meanwhile(world: World) -> None:
    case_id = world.comes()
    stroke = _do(world, case_id, "assign")
    _do(world, case_id, "priority", "tag", who="bo")
    _undo(world, stroke)
    case = world.case(case_id)
    assert (case.owner_id, case.status, case.priority) == (None, "new", 3)


def test_one_stroke_over_many_cases_is_taken_back_everywhere_or_nowhere(world: World) -> None:
    ids = [world.comes(f"{n}", subject=f"s{n}") for n in range(4)]
    before = world.snapshot()
    with world.unit("anna") as unit:
        for case_id in ids:
            triage.set_status(unit, case_id, Status.SPAM)
        stroke = unit.stroke_id
    assert stroke is not None
    with world.unit("bo") as unit:
        triage.set_status(unit, ids[2], Status.OPEN)
    stands = world.snapshot()
    with pytest.raises(Refused, match=f"#{ids[2]}"):
        _undo(world, stroke)
    assert world.snapshot() == stands
    with world.unit("bo") as unit:
        undo.undo_newest(unit)
    _undo(world, stroke)
    assert world.snapshot() == before


def test_u_takes_back_this_desks_own_newest_stroke_only(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna", "desk 1") as unit:
        first = triage.tag(unit, case_id, ("one",))
    with world.unit("anna", "desk 2") as unit:
        triage.tag(unit, case_id, ("two",))
    with world.unit("bo", "desk 1") as unit:
        triage.tag(unit, case_id, ("three",))
    with world.unit("anna", "desk 1") as unit:
        assert undo.newest(unit) == first
        assert undo.undo_newest(unit) == (case_id, "tag")
    with world.unit("anna", "desk 1") as unit:
        assert undo.newest(unit) is None
    with pytest.raises(Refused, match="nothing of yours"), world.unit("anna", "desk 1") as unit:
        undo.undo_newest(unit)
    assert [row.name for row in world.snapshot()["tags"]] == ["three", "two"]


def test_redo_does_again_what_was_taken_back_last(world: World) -> None:
    case_id = world.comes()
    _do(world, case_id, "tag")
    _do(world, case_id, "priority")
    done = world.snapshot()
    for _twice in range(2):
        with world.unit("anna") as unit:
            undo.undo_newest(unit)
    for verb in ("tag", "priority"):
        with world.unit("anna") as unit:
            assert undo.redo_newest(unit) == (case_id, verb)
    assert world.snapshot() == done
    with pytest.raises(Refused), world.unit("anna") as unit:
        undo.redo_newest(unit)


def test_twice_is_refused_and_so_is_what_never_was(world: World) -> None:
    stroke = _do(world, world.comes(), "tag")
    _undo(world, stroke)
    with pytest.raises(Refused, match="taken back already"):
        _undo(world, stroke)
    with pytest.raises(NotFound, match="no stroke 4711"):
        _undo(world, 4711)


def test_a_reply_that_has_left_stays_and_the_rest_is_taken_back_only_when_asked(world: World) -> None:
    case_id = world.comes()
    before = world.case(case_id)
    stroke = _do(world, case_id, "reply and resolve")
    world.later(seconds=11)
    world.delivers()
    sent = world.snapshot()
    with pytest.raises(undo.HasLeft):
        _undo(world, stroke)
    assert world.snapshot() == sent
    _undo(world, stroke, anyway=True)
    case = world.case(case_id)
    assert (case.status, case.owner_id, case.waiting_since) == (before.status, None, None)
    assert world.value("select state from outbox") == "sent"
    assert world.draft_of("anna", case_id) is None


def test_a_new_mail_that_has_left_keeps_its_case(world: World) -> None:
    with world.unit("anna") as unit:
        begun = replies.begin(
            unit, Typed("new", None, to=(Address("", "a@x.example"),), subject="A", body="hello")
        )
    world.later(seconds=11)
    world.delivers()
    with pytest.raises(undo.HasLeft):
        _undo(world, begun.stroke)
    _undo(world, begun.stroke, anyway=True)
    assert world.case(begun.case_id).status == "pending"


def test_redo_never_throws_away_what_was_written_on(world: World) -> None:
    case_id = world.comes()
    stroke = _do(world, case_id, "reply")
    back = _undo(world, stroke)
    draft = world.draft_of("anna", case_id)
    world.saves(world.typed(case_id, draft.body + " And more.", version=draft.version))
    with pytest.raises(Refused, match="text has been changed since"):
        _undo(world, back)
    assert world.draft_of("anna", case_id).body.endswith("And more.")
    assert world.value("select state from outbox") == "cancelled"


def test_redo_never_sends_past_a_customers_new_mail(world: World) -> None:
    case_id = world.comes()
    back = _undo(world, _do(world, case_id, "reply"))
    world.comes("wait", answers=str(world.value("select message_id from messages order by id limit 1")))
    with pytest.raises(Refused, match=r"customer has written since|The mail has changed"):
        _undo(world, back)
    assert world.value("select state from outbox") == "cancelled"


def test_redo_of_a_reply_with_files_sends_the_same_bytes(world: World) -> None:
    from agentdesk.domain.mail import Enclosure

    case_id = world.comes()
    saved = world.saves(world.typed(case_id))
    with world.unit("anna") as unit:
        drafts.attach(unit, saved.id, Enclosure("a.txt", "text/plain", b"hello"))
    with world.unit("anna") as unit:
        sent = replies.send(unit, world.typed(case_id, version=saved.version))
    _undo(world, _undo(world, sent.stroke))
    assert world.draft_of("anna", case_id) is None
    world.later(seconds=11)
    assert len(world.delivers()) == 1


def test_a_note_taken_back_is_text_again_in_front_of_what_was_begun(world: World) -> None:
    case_id = world.comes()
    stroke = _do(world, case_id, "note")
    world.saves(Typed("note", case_id, body="a second one"))
    back = _undo(world, stroke)
    assert world.draft_of("anna", case_id).body == "look at this\n\na second one"
    assert world.value("select kind from messages order by id desc limit 1") == "system"
    _undo(world, back)
    assert world.draft_of("anna", case_id).body == "look at this\n\na second one", "it was written on"
    assert world.value("select kind from messages order by id desc limit 1") == "note"


def test_undo_of_a_failed_replys_stroke_leaves_the_reply_failed(world: World) -> None:
    from agentdesk.domain.lifecycle import Delivery

    case_id = world.comes()
    stroke = _do(world, case_id, "reply")
    world.later(seconds=11)
    world.delivers(Delivery.FAILED, "no such user")
    with pytest.raises(Refused):
        _undo(
            world, stroke
        )  # the failure has put the case back in the queue: that status is nobody's to take back
    with world.unit("anna") as unit:
        outbox.retry(unit, world.value("select id from outbox"))
    assert world.value("select state from outbox") == "queued"


def test_the_log_holds_no_text_of_a_message(world: World) -> None:
    case_id = world.comes("a very private question")
    _do(world, case_id, "reply", "note", "tag")
    with world.unit() as unit:
        rows = unit.session.execute(text("select kind, field, before, after from changes")).all()
    said = " ".join(str(value) for row in rows for value in row)
    for private in ("private", "on its way", "look at this", "karen", "@"):
        assert private not in said.lower()
