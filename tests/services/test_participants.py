"""Who wrote into a case without being part of it gets no answer by itself until an agent lets them in."""

import pytest
from services.world import SUPPORT, World

from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.queries import answering
from agentdesk.services import participants, undo
from agentdesk.store import codec
from agentdesk.store.tables import participants as rows

EVE = "Eve <eve@example.net>"


def _goes_to(world: World, case_id: int) -> tuple[list[str], list[str]]:
    with world.store.session() as session:
        to, cc = answering.recipients(session, case_id)
    return [one.address for one in to], [one.address for one in cc]


def _left_out(world: World, case_id: int) -> list[tuple[str, bool]]:
    with world.store.session() as session:
        return [(one.who.address, one.wrote) for one in answering.left_out(session, case_id)]


def _marks(world: World, case_id: int) -> list[tuple[str, ...]]:
    query = "select marks from messages where case_id = :c and kind = 'inbound' order by id"
    return [codec.read_words(row.marks) for row in world.rows(query, c=case_id)]


def _case(world: World) -> int:
    """Karen writes, a friend in Cc; then Eve, who brings somebody along."""
    case_id = world.comes(message_id="<a@x>", headers={"Cc": "friend@example.org"})
    world.later(minutes=1)
    copied = {"Cc": "karen@example.com, more@example.net"}
    world.comes("I am Eve", message_id="<e@x>", answers="a@x", sender=EVE, headers=copied)
    return case_id


def test_answers_leave_a_stranger_out_until_they_are_let_in_and_again_when_it_is_taken_back(
    world: World,
) -> None:
    case_id = _case(world)
    known = (["karen@example.com"], ["friend@example.org"])
    assert _goes_to(world, case_id) == known
    assert _left_out(world, case_id) == [("eve@example.net", True)]
    before = _marks(world, case_id)
    with world.unit("anna") as unit:
        stroke = participants.accept(unit, case_id, " Eve@Example.net ")
    assert _goes_to(world, case_id) == (["eve@example.net"], ["karen@example.com", "more@example.net"])
    assert _left_out(world, case_id) == []
    row = world.one("select * from participants")
    assert (row.case_id, row.address, row.agent_id) == (case_id, "eve@example.net", world.agents["anna"].id)
    world.comes("more from Eve", answers="e@x", sender=EVE)
    world.comes("whom Eve has named", answers="e@x", sender="more@example.net")
    assert _marks(world, case_id) == [()] * 4
    with world.unit("anna") as unit:
        again, _case_id, _verb = undo.undo(unit, stroke)
    assert _marks(world, case_id)[:3] == [(), ("unknown participant",), ("unknown participant",)]
    assert world.rows("select * from participants") == []
    with world.unit("anna") as unit:
        undo.undo(unit, again)
    assert _marks(world, case_id)[:2] == [(), ()]
    assert before == [(), ("unknown participant",)]


def test_what_is_known_of_an_address_that_is_let_in_stands_in_no_fact(world: World) -> None:
    case_id = _case(world)
    with world.unit("anna") as unit:
        participants.accept(unit, case_id, "eve@example.net")
    assert all("eve" not in f"{row.before}{row.after}" for row in world.rows("select * from changes"))


def test_nobody_is_let_in_twice_or_without_having_written(world: World) -> None:
    case_id = _case(world)
    for address, error in (("nobody@example.net", NotFound), ("karen@example.com", Refused),
                           ("more@example.net", NotFound), ("friend@example.org", Refused)):  # fmt: skip
        with world.unit("anna") as unit, pytest.raises(error):
            participants.accept(unit, case_id, address)
    with world.unit("anna") as unit:
        stroke = participants.accept(unit, case_id, "eve@example.net")
    with world.unit("bo") as unit, pytest.raises(Refused, match="already"):
        participants.accept(unit, case_id, "eve@example.net")
    with world.unit() as unit:
        unit.session.execute(rows.delete())
    with world.unit("anna") as unit, pytest.raises(Refused):
        undo.undo(unit, stroke)


def test_whom_we_have_written_to_takes_part_and_what_a_stranger_wrote_is_quoted_to_nobody(
    world: World,
) -> None:
    case_id = _case(world)
    world.replies(
        case_id, "Dear both", cc=(Address("", "lawyer@example.org"),), bcc=(Address("", "boss@example.org"),)
    )
    sent = world.one("select * from messages where kind = 'outbound'")
    assert "I am Eve" not in sent.text
    assert "Where is my order?" in sent.text
    assert codec.read_words(sent.in_reply_to) == ("a@x",)
    for who in ("lawyer@example.org", "boss@example.org"):
        world.comes(f"from {who}", answers=sent.message_id, sender=who)
    assert _marks(world, case_id) == [(), ("unknown participant",), (), ()]


REPLY_TO: dict[str, tuple[str, str, list[str], list[tuple[str, bool]]]] = {
    "the mail that begins the case": ("first", "own@example.org", ["own@example.org"], []),
    "a later mail asks for a stranger": ("later", "evil@example.net", ["karen@example.com"],
                                         [("evil@example.net", False)]),
    "a later mail asks for who is in Cc": ("later", "friend@example.org", ["friend@example.org"], []),
    "a later mail asks for what the first one did": ("both", "own@example.org", ["own@example.org"], []),
}  # fmt: skip


def test_a_reply_to_names_nobody_new_once_a_case_has_begun(world: World) -> None:
    for number, (what, (where, asked, to, left)) in enumerate(REPLY_TO.items()):
        header = {"Reply-To": asked}
        friend = {"Cc": "friend@example.org"}
        case_id = world.comes(
            message_id=f"<{number}@x>", headers=friend | (header if where != "later" else {})
        )
        if where != "first":
            world.later(minutes=1)
            world.comes("more", answers=f"{number}@x", headers=header)
        assert _goes_to(world, case_id)[0] == to, what
        assert _left_out(world, case_id) == left, what


def test_where_only_strangers_have_written_the_answer_goes_where_ours_went(world: World) -> None:
    case_id = world.comes(
        "Hello Karen", sender=SUPPORT, to="karen@example.com", sent_by_us=True, message_id="<o@x>"
    )
    world.later(minutes=1)
    world.comes("not Karen", answers="o@x", sender=EVE)
    assert _goes_to(world, case_id) == (["karen@example.com"], [])
    with world.store.session() as session:
        assert [one.address for one in answering.unaccepted(session, case_id)] == ["eve@example.net"]
