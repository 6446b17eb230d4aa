"""Whoever is called by name in a note is told until they have looked; nobody else is."""

from services.world import World

from agentdesk.queries import mentions as called
from agentdesk.services import mentions, replies, undo


def _waiting(world: World, login: str) -> list[tuple[int, str]]:
    agent = world.agents[login].id
    assert agent is not None
    with world.store.session() as session:
        return [(one.case_id, one.who) for one in called.waiting(session, agent)]


def test_only_those_who_are_named_are_called_and_not_whoever_wrote(world: World) -> None:
    for login in ("eva",):
        world.agent(login)
    case_id = world.comes()
    with world.unit("anna") as unit:
        replies.note(unit, case_id, "Hej @Bo, og @anna. Skriv til x@eva.example, @nobody!")
    assert _waiting(world, "bo") == [(case_id, "Anna")]
    assert _waiting(world, "anna") == _waiting(world, "eva") == []


def test_looking_at_the_case_ends_it_and_a_note_taken_back_calls_nobody(world: World) -> None:
    one, other = world.comes(), world.comes(subject="another")
    with world.unit("anna") as unit:
        replies.note(unit, one, "@bo se her")
    with world.unit("anna") as unit:
        stroke = replies.note(unit, other, "@bo og her")
    assert [case for case, _who in _waiting(world, "bo")] == [other, one]
    with world.unit("bo") as unit:
        mentions.looked(unit, one)
    assert [case for case, _who in _waiting(world, "bo")] == [other]
    with world.unit("anna") as unit:
        undo.undo(unit, stroke)
    assert _waiting(world, "bo") == []


def test_a_name_begun_means_the_one_it_fits(world: World) -> None:
    for login in ("bodil", "aase"):
        world.agent(login)
    with world.store.session() as session:
        assert called.meant(session, "an") == "anna"
        assert called.meant(session, "bo") == "bo"
        assert called.meant(session, "b") is None
        assert called.meant(session, "bod") == "bodil"
        assert called.meant(session, "Aa") == "aase"
        assert called.meant(session, "x") is None
