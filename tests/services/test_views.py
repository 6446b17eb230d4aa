"""Saved views: whose they are, who may change them, and how many cases stand in them."""

from dataclasses import replace

import pytest
from services.world import World
from sqlalchemy import text

from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.domain.query import QueryError
from agentdesk.domain.views import SavedView
from agentdesk.queries import views as reads
from agentdesk.services import people, triage, views


def _seen(world: World, who: str) -> list[str]:
    with world.store.session() as session:
        return [one.name for one in reads.all_of(session, world.agents[who].id or 0)]


def _counted(world: World, who: str = "anna") -> dict[str, int | None]:
    with world.store.session() as session:
        found = reads.list_counted(session, world.agents[who].id or 0, world.at)
    return {one.view.name: one.count for one in found}


def test_whose_a_view_is(world: World) -> None:
    with world.unit() as unit:
        for team in ("Oslo", "Bergen"):
            people.team_id(unit, team)
    world.agent("cat", team="Oslo")
    world.agents["lead"] = replace(world.agent("lead", team="Bergen"), role="supervisor")
    for who, name, scope, team in (
        ("anna", "mine", "personal", ""), ("cat", "ours", "team", "Oslo"), ("lead", "all", "everyone", ""),
        ("lead", "theirs", "team", "Bergen"),
    ):  # fmt: skip
        with world.unit(who) as unit:
            views.save(unit, name, "is:open", scope, team)
    assert _seen(world, "cat") == ["ours", "all"]
    assert _seen(world, "lead") == ["theirs", "all"]
    assert _seen(world, "anna") == ["mine", "ours", "theirs", "all"]  # in no team: sees every team's
    for who, scope, team in (("cat", "everyone", ""), ("cat", "team", "Bergen"), ("anna", "team", "Oslo")):
        with pytest.raises(Refused), world.unit(who) as unit:
            views.save(unit, "x", "is:open", scope, team)
    with world.store.session() as session:
        mine = reads.named(session, world.agents["anna"].id or 0, "MINE")
    assert mine == SavedView(mine.id, "mine", "personal", "", "anna", "is:open")
    with pytest.raises(NotFound), world.unit("cat") as unit:
        views.throw_away(unit, mine.id)
    with world.unit("anna") as unit:
        views.throw_away(unit, mine.id)
    assert "mine" not in _seen(world, "anna")


def test_a_name_is_one_view_and_its_query_was_understood(world: World) -> None:
    with world.unit("anna") as unit:
        first = views.save(unit, " Late\x1b[31m  ones ", "tag:late")
    with world.unit("anna") as unit:
        assert views.save(unit, "late[31m ONES", "tag:very-late") == first
    with world.unit("bo") as unit:
        assert views.save(unit, "Late[31m ones", "tag:late") != first
    assert world.value("select query from views where id = :v", v=first) == "tag:very-late"
    for name, query in (("x", "statsu:open"), ("", "tag:x"), ("n" * 61, "tag:x")):
        with pytest.raises(Problem), world.unit("anna") as unit:
            views.save(unit, name, query)
    with pytest.raises(QueryError), world.unit("anna") as unit:
        views.save(unit, "x", "(")
    with pytest.raises(NotFound), world.unit("anna") as unit:
        views.save(unit, "x", "tag:x", "team", "Nowhere")


def test_counts_are_capped_and_a_query_that_is_no_longer_understood_is_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [world.comes(f"{n}", subject="lamp") for n in range(4)]
    with world.unit("anna") as unit:
        triage.tag(unit, ids[0], ("vip",))
        triage.assign(unit, ids[1], owner=world.agents["anna"].id)
        for name, query in (("vip", "tag:vip"), ("mine", "is:mine"), ("lamps", "lam*"), ("old", "is:open")):
            views.save(unit, name, query)
        unit.session.execute(text("update views set query = 'gone:x' where name = 'old'"))
    assert _counted(world) == {"lamps": 4, "mine": 1, "old": None, "vip": 1}
    monkeypatch.setattr("agentdesk.queries.queue.CAP", 3)
    assert _counted(world)["lamps"] == 3


def test_the_names_that_completion_offers(world: World) -> None:
    case_id = world.comes()
    with world.unit("anna") as unit:
        triage.tag(unit, case_id, ("vip", "late"))
    with world.store.session() as session:
        known = reads.vocabulary(session)
    assert (known.tags, known.owners, known.channels) == (("late", "vip"), ("anna", "bo"), ("support",))
