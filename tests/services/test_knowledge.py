"""Articles and snippets: nothing written is lost, nobody's own is touched, saving twice changes nothing."""

from dataclasses import replace

import pytest
from services.world import World

from agentdesk.domain.knowledge import Audience, Phrase, Scope, State, Written
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale
from agentdesk.queries import knowledge
from agentdesk.services import articles, snippets, undo

PARCEL = Written(
    "Hvor er min pakke?", "Se sporingen.", "da", Audience.PUBLIC, ("pakke", "GLS"), "https://shop.example/1"
)


@pytest.fixture
def world(world: World) -> World:
    """Anna and Bo lead: what is published, and what is for everyone, is theirs to change."""
    for name in ("anna", "bo"):
        world.agents[name] = replace(world.agents[name], role="supervisor")
    return world


def written(world: World, what: Written = PARCEL, who: str = "anna") -> int:
    with world.unit(who) as unit:
        return articles.save(unit, what)


def test_every_version_is_kept_and_comes_back(world: World) -> None:
    one = written(world)
    world.later(minutes=1)
    with world.unit("bo") as unit:
        articles.save(unit, Written("Hvor er pakken?", "Spørg GLS.", "da"), article_id=one, seen_version=1)
    with world.unit("bo") as unit:
        articles.set_state(unit, one, State.PUBLISHED)
    with world.unit("anna") as unit:
        assert articles.restore(unit, one, 1) == 4
    with world.store.session() as session:
        now = knowledge.article(session, one)
        old = knowledge.versions(session, one)
    assert (now.title, now.body, now.audience, now.keywords, now.link) == (
        PARCEL.title, PARCEL.body, PARCEL.audience, PARCEL.keywords, PARCEL.link,
    )  # fmt: skip
    assert now.state is State.PUBLISHED
    assert [(one.version, one.title, one.state.value, one.by) for one in old] == [
        (4, "Hvor er min pakke?", "published", "Anna"), (3, "Hvor er pakken?", "published", "Bo"),
        (2, "Hvor er pakken?", "draft", "Bo"), (1, "Hvor er min pakke?", "draft", "Anna"),
    ]  # fmt: skip
    with world.unit("anna") as unit, pytest.raises(NotFound):
        articles.restore(unit, one, 9)


def test_saving_what_stands_changes_nothing(world: World) -> None:
    one = written(world)
    with world.unit("bo") as unit:
        articles.save(unit, PARCEL, article_id=one)
    with world.store.session() as session:
        assert knowledge.article(session, one).version == 1


def test_who_has_not_seen_the_newest_version_is_refused(world: World) -> None:
    one = written(world)
    with world.unit("bo") as unit:
        articles.save(unit, Written("Ny", "Ny"), article_id=one, seen_version=1)
    with world.unit("anna") as unit, pytest.raises(Stale, match="Bo has saved"):
        articles.save(unit, Written("Gammel", "x"), article_id=one, seen_version=1)


def test_an_edit_is_taken_back_and_done_again_by_undo(world: World) -> None:
    one = written(world)
    with world.unit("anna") as unit:
        articles.save(unit, Written("Ny titel", "Ny tekst", "da"), article_id=one)
    for title in (PARCEL.title, "Ny titel", PARCEL.title):
        with world.unit("anna") as unit:
            if title == "Ny titel":
                undo.redo_newest(unit)
            else:
                undo.undo_newest(unit)
        with world.store.session() as session:
            assert knowledge.article(session, one).title == title
    with world.unit("anna") as unit:
        undo.redo_newest(unit)
    with world.unit("bo") as unit:
        articles.save(unit, Written("Bos titel", "x", "da"), article_id=one)
    with world.unit("anna") as unit, pytest.raises(Refused, match="Bo has saved «Bos titel» since"):
        undo.undo_newest(unit)


def test_languages_of_one_topic_are_linked(world: World) -> None:
    danish = written(world)
    english = written(world, Written("Where is my parcel?", "See the tracking.", "en"))
    again = written(world, Written("Where is the parcel?", "Look.", "en"))
    with world.unit("anna") as unit:
        articles.join_topic(unit, english, danish)
        articles.set_state(unit, english, State.PUBLISHED)
    with world.unit("anna") as unit, pytest.raises(Refused, match="in that language"):
        articles.join_topic(unit, again, danish)
    with world.store.session() as session:
        assert knowledge.in_language(session, danish, "en").id == english
        assert knowledge.in_language(session, danish, "de").id == danish
        assert knowledge.in_language(session, english, "da").id == english, "a draft is sent to nobody"
        topic = knowledge.article(session, danish).topic
        assert [row.language for row in knowledge.languages_of(session, topic)] == ["da", "en"]
    with world.unit("anna") as unit:
        articles.leave_topic(unit, danish)
    with world.store.session() as session:
        assert knowledge.article(session, danish).topic != knowledge.article(session, english).topic


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (Written("", "x"), "title"),
        (Written("x" * 201, "x"), "longer"),
        (Written("x", "x", link="javascript:alert(1)"), "no link"),
        (Written("x", "x", slug="../etc"), "cannot name"),
        (Written("x", "x", language="dansk!"), "no language"),
    ],
)
def test_what_cannot_stand_is_told(world: World, what: Written, reason: str) -> None:
    with world.unit("anna") as unit, pytest.raises(Problem, match=reason):
        articles.save(unit, what)


def test_names_of_files_are_free_and_safe(world: World) -> None:
    ids = [written(world, Written("Ændring / Ørred: Åben?", "x")) for _n in range(3)]
    with world.store.session() as session:
        assert [knowledge.article(session, one).slug for one in ids] == [
            "aendring-orred-aben", "aendring-orred-aben-2", "aendring-orred-aben-3",
        ]  # fmt: skip


def test_an_empty_article_is_not_published(world: World) -> None:
    one = written(world, Written("Tom", "\n "))
    with world.unit("anna") as unit, pytest.raises(Problem, match="says nothing"):
        articles.set_state(unit, one, State.PUBLISHED)


# -- snippets -----------------------------------------------------------------------------------------------------


def kept(world: World, shortcut: str, text: str, who: str = "anna", **facts: str) -> int:
    scope = Scope(facts.pop("scope", "everyone"))
    with world.unit(who) as unit:
        return snippets.save(unit, Phrase(shortcut, text, scope=scope, **facts))


def expanded(world: World, who: str, shortcut: str, language: str) -> str | None:
    with world.store.session() as session:
        found = knowledge.snippet_for(session, world.agents[who].id, shortcut, language)
    return found.text if found else None


def test_the_language_goes_before_own_before_team_before_everyone(world: World) -> None:
    world.agent("carl", team="levering")
    kept(world, "gls", "alle da", language="da")
    kept(world, ";GLS", "everyone en", language="en")
    kept(world, "gls", "team da", who="carl", language="da", scope="team", team="levering")
    kept(world, "gls", "own da", language="da", scope="personal")
    assert expanded(world, "anna", ";gls", "da") == "own da"
    assert expanded(world, "carl", ";gls", "da") == "team da"
    assert expanded(world, "bo", ";gls", "da") == "alle da"
    assert expanded(world, "anna", ";gls", "en") == "everyone en"
    kept(world, "gls", "any", who="bo", scope="personal")
    assert expanded(world, "bo", ";gls", "da") == "alle da"
    assert expanded(world, "bo", ";gls", "de") == "any"
    assert expanded(world, "bo", ";no", "da") is None


def test_nobody_sees_or_changes_anothers_own(world: World) -> None:
    own = kept(world, "me", "mit", scope="personal")
    with world.store.session() as session:
        assert knowledge.snippets_of(session, world.agents["bo"].id) == ()
        assert [one.text for one in knowledge.snippets_of(session, world.agents["anna"].id)] == ["mit"]
    with world.unit("bo") as unit:
        with pytest.raises(NotFound):
            snippets.remove(unit, own)
        with pytest.raises(NotFound):
            snippets.save(unit, Phrase("me", "stjålet"), snippet_id=own)


def test_one_shortcut_means_one_text(world: World) -> None:
    one = kept(world, "gls", "a", language="da")
    with world.unit("bo") as unit:
        with pytest.raises(Refused, match="already"):
            snippets.save(unit, Phrase(";gls", "b", "da"))
        snippets.save(unit, Phrase(";gls", "b", "da"), snippet_id=one, seen_version=1)
        with pytest.raises(Stale):
            snippets.save(unit, Phrase(";gls", "c", "da"), snippet_id=one, seen_version=1)
        for wrong in (
            Phrase("", "x"),
            Phrase("a b", "x"),
            Phrase("x", " "),
            Phrase("x", "y", scope=Scope.TEAM),
        ):
            with pytest.raises(Problem):
                snippets.save(unit, wrong)
        snippets.remove(unit, one)
    assert expanded(world, "bo", ";gls", "da") is None


def test_what_is_everyones_or_published_is_for_leaders_and_the_rest_for_those_it_is_of(world: World) -> None:
    """The same rule as for macros and views: it goes out in every colleague's name."""
    world.agent("carl", team="levering")
    world.agent("dora")
    everyones = kept(world, "gls", "a")
    teams = kept(world, "post", "b", who="carl", scope="team", team="levering")
    published, draft = written(world), written(world, Written("Udkast", "x"), "carl")
    other = written(world, Written("Entwurf", "x", "de"))
    with world.unit("anna") as unit:
        articles.set_state(unit, published, State.PUBLISHED)
    with world.unit("carl") as unit:
        snippets.save(unit, Phrase("post", "c", scope=Scope.TEAM, team="levering"), snippet_id=teams)
        snippets.save(unit, Phrase("me", "c", scope=Scope.PERSONAL))
        articles.save(unit, PARCEL, article_id=published)  # nothing is new about it
        articles.join_topic(unit, draft, other)
    with world.unit("dora") as unit:
        articles.save(unit, Written("Udkast", "y"), article_id=draft)
        for act in (
            lambda: snippets.save(unit, Phrase("gls", "b"), snippet_id=everyones),
            lambda: snippets.save(unit, Phrase("gls", "b", scope=Scope.PERSONAL), snippet_id=everyones),
            lambda: snippets.save(unit, Phrase("new", "b")),
            lambda: snippets.save(unit, Phrase("x", "b", scope=Scope.TEAM, team="levering")),
            lambda: snippets.remove(unit, teams),
            lambda: articles.set_state(unit, draft, State.PUBLISHED),
            lambda: articles.set_state(unit, published, State.DRAFT),
            lambda: articles.save(unit, Written("Ny", "y"), article_id=published),
            lambda: articles.save(unit, Written("Ny", "y"), state=State.PUBLISHED),
            lambda: articles.join_topic(unit, published, draft),
        ):
            with pytest.raises(Refused, match="Only a supervisor"):
                act()
