"""An agent who leaves: cases, drafts and personal things go to somebody, whole, and nothing comes to them again."""

import pytest
from services.world import World
from sqlalchemy import insert

from agentdesk.domain.handover import Handed
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import NotFound, Refused, Usage
from agentdesk.queries import handover as counts
from agentdesk.queries import people as who
from agentdesk.services import drafts, handover, people, triage, undo
from agentdesk.services.drafts import Typed
from agentdesk.store.tables import macros, snippets, views
from agentdesk.store.unit import Actor


def leaves(world: World, login: str = "anna", *, agent: str = "", team: str = "") -> list[Handed]:
    """All commits of one leaving."""
    found: list[Handed] = []
    after: int | None = 0
    while after is not None:
        with world.unit() as unit:
            found.append(handover.leave_for_good(unit, login, agent=agent, team=team, after=after))
        after = found[-1].after
    return found


def owned(world: World, count: int, who_: str = "anna") -> list[int]:
    """So many new cases, taken by this agent."""
    found = [world.comes(subject=f"Case {n}", sender=f"K{n} <k{n}@example.com>") for n in range(count)]
    with world.unit(who_) as unit:
        for case_id in found:
            triage.assign(unit, case_id, owner=world.agents[who_].id)
    return found


def test_every_case_but_the_closed_ones_goes_over_in_shares_of_a_bounded_size(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "SHARE", 3)
    cases = owned(world, 8)
    with world.unit("anna") as unit:
        triage.set_status(unit, cases[0], Status.RESOLVED)
        triage.set_status(unit, cases[1], Status.CLOSED)
        triage.set_status(unit, cases[2], Status.SPAM)
    with world.store.session() as session:
        estate = counts.estate(session, "anna", world.at)
    assert (estate.cases, estate.waiting) == (7, 5)
    done = leaves(world, agent="bo")
    assert [one.cases for one in done] == [3, 3, 1]
    bo, anna = world.agents["bo"].id, world.agents["anna"].id
    owners = {row.id: row.owner_id for row in world.rows("select id, owner_id from cases")}
    assert owners == {case: anna if case == cases[1] else bo for case in cases}
    logged = world.rows("select case_id from changes where field = 'owner_id' and after = :b", b=str(bo))
    assert {row.case_id for row in logged} == set(cases) - {cases[1]}
    with world.store.session() as session:
        assert counts.estate(session, "anna", world.at).cases == 0


def test_a_broken_off_hand_over_goes_on_where_it_stopped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "SHARE", 2)
    owned(world, 5)
    with world.unit() as unit:
        handover.leave_for_good(unit, "anna", agent="bo")  # and then the power went
    assert sum(one.cases for one in leaves(world, agent="bo")) == 3
    assert world.value("select count(*) from cases where owner_id = :a", a=world.agents["anna"].id) == 0


def test_a_team_takes_the_cases_and_one_of_its_members_the_texts(world: World) -> None:
    world.agent("cille", team="levering")
    (case_id,) = owned(world, 1)
    world.saves(world.typed(case_id, "Half an ans"))
    (done,) = leaves(world, team="levering")
    row = world.case(case_id)
    assert row.owner_id is None
    assert row.team_id == world.value("select id from teams where name = 'levering'")
    assert (done.heir, done.drafts) == ("cille", 1)
    assert world.draft_of("cille", case_id).body == "Half an ans"


def test_a_draft_goes_over_with_its_files_and_says_so(world: World) -> None:
    (case_id,) = owned(world, 1)
    saved = world.saves(world.typed(case_id, "Half an ans"))
    with world.unit("anna") as unit:
        drafts.attach(unit, saved.id, Enclosure("label.pdf", "application/pdf", b"%PDF"))
    leaves(world, agent="bo")
    found = world.draft_of("bo", case_id)
    assert (found.body, [one.filename for one in found.files]) == ("Half an ans", ["label.pdf"])
    assert "has left" in found.notice
    assert world.draft_of("anna", case_id) is None
    assert found.version != saved.version, "a composer that still holds it is known as an old one"


def test_a_draft_of_the_receivers_own_is_kept_above(world: World) -> None:
    (case_id,) = owned(world, 1)
    saved = world.saves(world.typed(case_id, "Anna's half"))
    with world.unit("anna") as unit:
        drafts.attach(unit, saved.id, Enclosure("a.txt", "text/plain", b"a"))
    own = world.saves(world.typed(case_id, "Bo's half"), "bo")
    leaves(world, agent="bo")
    found = world.draft_of("bo", case_id)
    assert found.body == "Bo's half\n\nAnna's half"
    assert (found.id, [one.filename for one in found.files]) == (own.id, ["a.txt"])
    assert "below" in found.notice
    with pytest.raises(Refused, match="another terminal"):  # bo's open composer does not write over it
        world.saves(world.typed(case_id, "Bo's half, on", version=own.version), "bo", terminal="t2")


def test_a_new_mail_to_somebody_else_keeps_its_recipients_in_words(world: World) -> None:
    def new(body: str, to: str) -> Typed:
        return Typed("new", None, to=(Address("", to),), subject=f"About {to}", body=body)

    world.saves(new("To Eva", "eva@example.com"))
    world.saves(new("To Ib", "ib@example.com"), "bo")
    leaves(world, agent="bo")
    found = world.draft_of("bo", None)
    assert [one.address for one in found.to] == ["ib@example.com"]
    assert found.body.startswith("To Ib\n\n")
    for words in ("eva@example.com", "About eva@example.com", "To Eva", "Anna"):
        assert words in found.body


def test_personal_things_go_to_the_receiver_under_names_of_their_own(world: World) -> None:
    anna, bo = world.agents["anna"].id, world.agents["bo"].id
    with world.unit() as unit:
        for agent_id in (anna, bo):
            unit.session.execute(
                insert(snippets).values(shortcut="gls", text="x", scope="personal", agent_id=agent_id)
            )
            unit.session.execute(
                insert(views).values(name="Mine", scope="personal", agent_id=agent_id, query="is:open")
            )
        unit.session.execute(insert(macros).values(slug="late", name="Late", scope="personal", agent_id=anna))
        unit.session.execute(insert(macros).values(slug="all", name="All", scope="everyone", agent_id=anna))
    (done,) = leaves(world, agent="bo")
    assert done.items == 3
    names = world.rows("select shortcut from snippets where agent_id = :b order by id", b=bo)
    assert [row.shortcut for row in names] == ["gls2", "gls"]
    assert {row.name for row in world.rows("select name from views where agent_id = :b", b=bo)} == {
        "Mine",
        "Mine2",
    }
    assert world.value("select agent_id from macros where slug = 'late'") == bo
    assert world.value("select agent_id from macros where slug = 'all'") == anna, "everybody's stays as it is"


def test_nothing_is_given_to_somebody_who_has_left(world: World) -> None:
    (case_id,) = owned(world, 1, "bo")
    with world.unit("bo") as unit:
        stroke = triage.assign(unit, case_id, owner=world.agents["anna"].id)
    leaves(world, agent="bo")
    with pytest.raises(Refused, match="has left"), world.unit("bo") as unit:
        triage.assign(unit, case_id, owner=world.agents["anna"].id)
    with pytest.raises(NotFound), world.unit() as unit:
        triage.agent_named(unit, "anna")
    with world.unit("bo") as unit:
        triage.assign(unit, case_id, owner=0)
    with pytest.raises(Refused), world.unit("bo") as unit:
        undo.undo(unit, stroke)
    with world.store.session() as session:
        assert [row.login for row in who.agents_all(session)] == ["bo"]
        gone = next(row for row in who.agents_all(session, gone=True) if row.login == "anna")
    assert (gone.active, gone.heir_id) == (False, world.agents["bo"].id)


def test_a_desk_that_still_stands_open_does_nothing_more(world: World) -> None:
    (case_id,) = owned(world, 1)
    leaves(world, agent="bo")
    with pytest.raises(Refused, match="handed over"), world.unit("anna") as unit:
        triage.tag(unit, case_id, ("x",))
    with pytest.raises(Refused, match="handed over"):
        world.replies(case_id)
    assert world.value("select count(*) from outbox") == 0


def test_a_held_reply_still_leaves(world: World) -> None:
    (case_id,) = owned(world, 1)
    world.replies(case_id)
    leaves(world, agent="bo")
    world.later(seconds=30)
    assert len(world.delivers()) == 1
    assert world.value("select state from outbox") == Delivery.SENT


def test_a_reply_that_comes_back_comes_to_the_heir_and_so_on(world: World) -> None:
    (case_id,) = owned(world, 1)
    world.replies(case_id, "Held by Anna")
    world.agent("cille")
    leaves(world, agent="bo")
    leaves(world, "bo", agent="cille")
    world.comes("One more thing", answers="", sender="K0 <k0@example.com>", subject="Re: Case 0",
                references="<m1@example.com>")  # fmt: skip
    assert world.value("select state from outbox") == Delivery.CANCELLED, (
        "the customer wrote while it was held"
    )
    assert world.draft_of("cille", case_id).body == "Held by Anna"
    assert world.draft_of("anna", case_id) is None


def test_who_may_and_what_is_refused(world: World) -> None:
    with world.unit() as unit:
        people.add_agent(unit, "dea", "Dea", role="admin")
    world.agents["dea"] = Actor(world.value("select id from agents where login = 'dea'"), "dea", "admin")
    refused = (
        ("anna", {"login": "bo", "agent": "anna"}, Refused, "Only a supervisor"),
        ("", {"login": "bo", "agent": "bo"}, Refused, "themselves"),
        ("", {"login": "bo"}, Usage, "Say who"),
        ("", {"login": "bo", "agent": "anna", "team": "x"}, Usage, "Say who"),
        ("", {"login": "nobody", "agent": "bo"}, NotFound, "no agent"),
        ("", {"login": "bo", "agent": "nobody"}, NotFound, "no agent"),
        ("", {"login": "bo", "team": "nowhere"}, NotFound, "no team"),
        ("", {"login": "dea", "agent": "bo"}, Refused, "only admin"),
    )
    for actor, words, kind, said in refused:
        with pytest.raises(kind, match=said), world.unit(actor) as unit:
            handover.leave_for_good(unit, **words)
    assert world.value("select count(*) from agents where not active") == 0


def test_the_last_one_cannot_leave_to_a_team_without_people(world: World) -> None:
    with world.unit() as unit:
        people.team_id(unit, "tom")
    leaves(world, "bo", agent="anna")
    with pytest.raises(Refused, match="Nobody else"):
        leaves(world, team="tom")


def test_one_who_comes_back_may_work_again(world: World) -> None:
    (case_id,) = owned(world, 1)
    leaves(world, agent="bo")
    with world.unit() as unit:
        people.set_agent(unit, "anna", back=True)
    with world.unit("bo") as unit:
        triage.assign(unit, case_id, owner=world.agents["anna"].id)
    assert world.case(case_id).owner_id == world.agents["anna"].id
