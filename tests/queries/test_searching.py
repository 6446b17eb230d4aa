"""Search over all messages, alike on both databases: what is found, in which order, page by page, and shown how."""

import contextlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.world import World
from sqlalchemy import text

from agentdesk.domain.hits import HitPage
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import NotFound, Usage
from agentdesk.queries import searching
from agentdesk.queries.searching import Asked
from agentdesk.services import indexing, replies, triage, undo


def _ask(world: World, query: str, **more: object) -> HitPage:
    with world.store.session() as session:
        return searching.hits(session, Asked(query, **more), world.at, world.agents["anna"].id or 0)  # type: ignore[arg-type]


def _found(world: World, query: str, **more: object) -> list[int]:
    return [hit.case_id for hit in _ask(world, query, **more).hits]


@pytest.fixture
def cases(world: World) -> list[int]:
    """Three cases of three customers; the second has two mails."""
    ids = [
        world.comes("Jeg vil bytte min blå lampe. Den er gået i stykker.", subject="Ordre NB-10231",
                    sender="Søren Åkjær <soren@example.dk>"),
    ]  # fmt: skip
    world.later(minutes=5)
    ids.append(
        world.comes("Charged twice for one lampe", subject="Refund", sender="Emily <emily@example.com>")
    )
    world.later(minutes=5)
    ids.append(
        world.comes(
            "Hvor blir det av pakken?\x1b[31m Lampen!", subject="Pakke", sender="Ola <ola@example.no>"
        )
    )
    world.later(minutes=5)
    world.receive(world.letter("And my lampe is red", subject="Re: Refund", sender="Emily <emily@example.com>",
                               answers="m2@example.com"))  # fmt: skip
    world.later(minutes=5)
    with world.unit("bo") as unit:
        replies.note(unit, ids[2], "Chauføren har pakken; ring 4711")
        triage.tag(unit, ids[0], ("vip",))
    return ids


SEARCHES: tuple[tuple[str, list[int]], ...] = (
    ("lampe", [1, 1, 0]), ("lamp*", [1, 2, 1, 0]), ("LAMPE -charged", [1, 0]), ("lampe lamp*", [1, 1, 0]),
    ('"blå lampe"', [0]), ('"lampe blå"', []), ("blaa", [0]), ("gaaet", [0]), ("chaufoeren", [2]), ("chauforen", [2]),
    ("nb-10231", [0]), ("10231", [0]), ("order:10231", [0]), ("order:nb-10231", [0]), ("emily@example.com", [1, 1]),
    ("soren", [0]), ("from:soeren", [0]), ("from:emily charged", [1]), ("to:support pakken", [2]),
    ("subject:refund", [1, 1]), ("subject:lampe", []), ("customer:emily twice", [1]), ("tag:vip", [0]),
    ("tag:vip lampe", [0]), ("lampe tag:vip or:charged", [1, 0]), ("lampe (tag:vip or:charged)", [1, 0]),
    ("owner:nobody -tag:vip", [2, 1]), ("-lampe", [2, 2]), ("ring 4711", [2]), ("lampe before:today", []),
    ("lampe after:today", [1, 1, 0]), ("after:today pakken", [2, 2]), ("a OR b", []), ("status:open", [2]),
    ("status:new", [1, 0]), ("from:emily or:from:ola", [1, 2, 1]), ("nonesuch", []), ("nonesuch or:blå", [0]),
    ("", []),
)  # fmt: skip


def test_what_is_found(world: World, cases: list[int]) -> None:
    wrong = {}
    for query, wanted in SEARCHES:
        found = _found(world, query)
        expected = [cases[n] for n in wanted]
        if found != expected:
            wrong[query] = found, expected
    assert not wrong


def test_what_must_not_be_alone(world: World, cases: list[int]) -> None:
    assert _found(world, "-lampe -lampen") == [cases[2]]  # the note
    assert _found(world, "-tag:vip") == [cases[2], cases[1]]


def test_a_number_finds_its_case_too(world: World, cases: list[int]) -> None:
    assert set(_found(world, f"#{cases[1]}")) == {cases[1]}
    assert cases[2] in _found(world, str(cases[2]))


def test_a_hit_shows_the_words_in_their_place_and_clean(world: World, cases: list[int]) -> None:
    hit = _ask(world, "lampen").hits[0]
    assert [hit.snippet[start:end] for start, end in hit.ranges] == ["Lampen"]
    assert "\x1b" not in hit.snippet
    assert (hit.customer, hit.kind, hit.status, hit.message_id) == (
        "Ola",
        "inbound",
        Status.OPEN,
        "m3@example.com",
    )
    named = _ask(world, "refund from:emily").hits[0]
    assert [named.subject[start:end] for start, end in named.subject_ranges] == ["Refund"]
    assert [named.who[start:end] for start, end in named.who_ranges] == ["Emily"]
    note = _ask(world, "chauf*").hits[0]
    assert (note.kind, note.who, note.message_id) == ("note", "Bo", None)


def test_a_hit_far_down_is_cut_out_with_what_stands_around_it(world: World) -> None:
    world.comes("første linje\n" + "fyld " * 2000 + "nålen i høstakken " + "fyld " * 50)
    hit = _ask(world, "naalen").hits[0]
    assert hit.snippet.startswith("…")
    assert hit.snippet.endswith("…")
    assert [hit.snippet[start:end] for start, end in hit.ranges] == ["nålen"]
    assert len(hit.snippet) <= 202


def test_a_message_is_opened_with_its_marks(world: World, cases: list[int]) -> None:
    with world.store.session() as session:
        hit = _ask(world, "blå lam*").hits[0]
        found = searching.opened(session, hit.message, "blå lam", unfinished=True)
        assert [found.text[start:end] for start, end in found.ranges] == ["blå", "lampe"]
        with pytest.raises(NotFound):
            searching.opened(session, 999_999, "x")


@pytest.mark.parametrize("few", [10_000, 3])
def test_pages_go_on_where_they_stopped_and_count_all(
    world: World, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(searching, "FEW", few)
    ids = []
    for n in range(11):
        world.later(minutes=1)
        ids.append(world.comes(f"{n}", subject="order" if n % 2 else "order other"))
    for query, wanted in (("order", ids), ("order -other", ids[1::2]), ("order owner:nobody", ids)):
        for by in ("newest", "relevance"):
            found, after = [], None
            while True:
                page = _ask(world, query, order=by, limit=3, after=after)
                assert (page.total, page.exact) == (len(wanted), True)
                found += [hit.case_id for hit in page.hits]
                after = page.next
                if after is None:
                    break
            assert sorted(found) == wanted
            assert by == "relevance" or found == wanted[::-1]


def test_a_total_is_exact_up_to_the_cap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "CAP", 4)
    for n in range(6):
        world.comes(f"mail{n}", subject="order")
    assert (_ask(world, "order").total, _ask(world, "order").exact) == (4, False)
    assert (_ask(world, "order owner:nobody").total, _ask(world, "order mail3").total) == (4, 1)


def test_relevance_weighs_the_newest_only_and_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for subject in ("glas", "other", "glas", "other"):
        world.later(minutes=1)
        world.comes("glas" if subject == "glas" else "et glas og meget andet " * 20, subject=subject)
    best = _ask(world, "glas", order="relevance")
    assert [hit.subject for hit in best.hits] == ["glas", "glas", "other", "other"]
    assert best.hits[0].score > best.hits[-1].score > 0
    assert best.ranked_among == 0
    monkeypatch.setattr(searching, "RANKED", 2)
    best = _ask(world, "glas", order="relevance")
    assert ([hit.subject for hit in best.hits], best.ranked_among, best.total) == (["glas", "other"], 2, 4)


def test_a_cursor_that_is_none_is_refused(world: World, cases: list[int]) -> None:
    for cursor in ("x", "***", "YS4xLjI", "ø"):
        with pytest.raises(Usage, match="not a cursor"):
            _ask(world, "lampe", after=cursor)


def test_the_index_follows_the_messages(world: World, cases: list[int]) -> None:
    with world.unit("anna") as unit:
        replies.note(unit, cases[0], "Kolibri")
    message = _ask(world, "kolibri").hits[0].message
    with world.unit("anna") as unit:
        undo.undo_newest(unit)
    assert _found(world, "kolibri") == []
    with world.unit("anna") as unit:
        undo.redo_newest(unit)
    assert _found(world, "kolibri") == [cases[0]]
    with world.unit() as unit:
        assert indexing.forget(unit, [message]) == 1
        unit.session.execute(text("update messages set text = 'Gone' where id = :m"), {"m": message})
        assert indexing.index(unit, [message]) == 1
    assert _found(world, "kolibri") == []
    assert _found(world, "gone") == [cases[0]]
    if world.store.dialect == "sqlite":
        with world.store.writing() as connection:
            connection.execute(text("insert into search (search) values ('integrity-check')"))


def test_files_are_found_by_their_names(world: World) -> None:
    from email.message import EmailMessage

    from services.world import incoming

    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = (
        "a@b.dk",
        "support@shop.example",
        "x",
        "<f@b.dk>",
    )
    mail.set_content("se bilag")
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="Kvittering_2026.png")
    world.receive(incoming(bytes(mail), at=world.now))
    assert len(_found(world, "kvittering")) == 1
    with world.unit() as unit:
        assert indexing.forget(unit, [_ask(world, "kvittering").hits[0].message]) == 1
    assert _found(world, "kvittering") == []


HOSTILE = (
    '"', '""', "'", "a\x00b", "\x00", "\ud800", "x" * 3999, "(" * 19, "{subject} : x", "^first", "NEAR(a b, 3)",
    "a AND", "NOT b", "a:*", "search:x", "rowid:1", "'; drop table search; --", "<->", "a & b | !c", "a:*A", "%(q0_)s",
    ":q0_", "\\", "é" * 500, "\u202e", "ﬁ ½ ²", "١٢٣", "退款", "a*b*", "-*", "* *",
)  # fmt: skip


def test_hostile_questions_are_only_questions(world: World, cases: list[int]) -> None:
    for query in HOSTILE:
        for order in ("newest", "relevance"):
            for unfinished in (False, True):
                with contextlib.suppress(Usage):
                    _ask(world, query, order=order, unfinished=unfinished)
    assert world.value("select count(*) from messages") == 5


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=st.text(max_size=50))
def test_any_text_finds_or_is_refused(world: World, query: str) -> None:
    try:
        _ask(world, query, unfinished=True)
    except Usage:
        return


def test_signs_of_scripts_without_spaces_are_found_inside_a_run(world: World) -> None:
    case_id = world.comes("我想退款谢谢", subject="你好")
    assert _found(world, "退款") == [case_id]
    assert _found(world, "款退") == []
