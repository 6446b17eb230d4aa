"""The query language: what is read as what, and where a mistake stands."""

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentdesk.domain import past, query
from agentdesk.domain.completing import complete
from agentdesk.domain.hits import Vocabulary
from agentdesk.domain.problems import Problem
from agentdesk.domain.query import All, Any, Filter, Node, Not, QueryError, Words, parse


def _told(node: Node | None) -> str:
    """A tree in brackets, without places."""
    match node:
        case None:
            return ""
        case Words():
            return f"{node.field + ':' if node.field else ''}{node.text}{'*' if node.prefix else ''}"
        case Filter():
            return f"{node.key}={node.value}"
        case Not():
            return f"-{_told(node.part)}"
        case All():
            return "(" + " ".join(map(_told, node.parts)) + ")"
        case Any():
            return "(" + " | ".join(map(_told, node.parts)) + ")"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", ""), ("   ", ""), ("lamp", "lamp"), ("blue lamp", "(blue lamp)"), ('"blue lamp"', "blue lamp"),
        ("lam*", "lam*"), ("from:mette", "from:mette"), ('from:"Mette S"', "from:Mette S"), ("FROM:x", "from:x"),
        ("tag:vip", "tag=vip"), ('tag:"very late"', "tag=very late"), ("is:OPEN", "is=open"), ("-lamp", "-lamp"),
        ("-tag:vip", "-tag=vip"), ("--lamp", "lamp"), ("-(a b)", "-(a b)"), ("a or:b", "(a | b)"),
        ("a or: b", "(a | b)"), ("a or:b or:c d", "((a | b | c) d)"), ("x a or:tag:vip", "(x (a | tag=vip))"),
        ("(a b) or:(c d)", "((a b) | (c d))"), ("((a))", "a"), ("(a) -(b)", "(a -b)"), ("-a or:b", "(-a | b)"),
        ("12:30", "12:30"), ("https://x.example/y", "https://x.example/y"), ("foo(bar)", "foo(bar)"), ("a)", "a)"),
        (":-)", None), ("lamp :-)", "lamp"), ("a - b", "(a b)"), ("or", "or"), ("AND OR", "(AND OR)"),
        ("100%", "100%"), ("l'oreal", "l'oreal"), ("#4711", "#4711"), ("before:2026-11-01", "before=2026-11-01"),
        ('after:"3 days ago"', "after=3 days ago"), ("before:yesterday", "before=yesterday"), ("a\tb\nc", "(a b c)"),
        ('"unclosed phrase', "unclosed phrase"), ("(tag:x) is:open", "(tag=x is=open)"), ("order:NB-1)", "order=NB-1)"),
        ("subject:pak*", "subject:pak*"), ("owner:me", "owner=me"), ('say"hi there"', "say hi there"),
    ],
)  # fmt: skip
def test_what_is_read_as_what(text: str, tree: str | None) -> None:
    if tree is None:
        with pytest.raises(QueryError, match="no letter or digit"):
            parse(text)
        return
    assert _told(parse(text).tree) == tree


@pytest.mark.parametrize(
    ("text", "wrong", "says"),
    [
        ("lamp statsu:open", "statsu:open", "did you mean status:"), ("color:red", "color:red", "put it in quotes"),
        ("is:lost x", "is:lost", "write one of open, waiting"), ("status:x", "status:x", "one of new, open"),
        ("a tag:", "tag:", "nothing behind tag:"), ('from:""', 'from:""', "nothing behind"),
        ("from:!!", "from:!!", "no letter or digit"), ("a*", "a*", "two or more"), ("x (a b", "(", "never closed"),
        ("a or:", "or:", "behind it"), ("(a or:) b", "or:", "behind it"), ("before:lunch", "before:lunch", "as a day"),
        ("after:2026-13-01", "after:2026-13-01", "as a day"), ("(" * 21 + "a", "(", "too many brackets"),
        (" ".join(["w"] * 41), "w", "at most 40 words"), ("%", "%", "no letter or digit"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_one_sentence_and_where_it_stands(text: str, wrong: str, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert says in str(error)
    assert "\n" not in str(error)
    assert text[error.position : error.position + error.length] == wrong


def test_the_last_word_is_a_beginning_while_it_is_typed() -> None:
    assert _told(parse("blue lam", unfinished=True).tree) == "(blue lam*)"
    for finished in ("blue lam ", "blue l", '"blue lam"', "blue tag:lam", "(blue lam)"):
        assert "*" not in _told(parse(finished, unfinished=True).tree)
    assert _told(parse("from:me", unfinished=True).tree) == "from:me*"


def test_numbers_and_me() -> None:
    assert [leaf.number for leaf in parse('4711 #12 x12 "4711" 47*').leaves if isinstance(leaf, Words)] == [
        4711, 12, None, 4711, None,
    ]  # fmt: skip
    assert parse("x is:mine").asks_for_me
    assert parse("-(a or:owner:ME)").asks_for_me
    assert not parse("owner:mette me mine").asks_for_me


_PIECES = st.sampled_from(
    [
        "(",
        ")",
        "-",
        "or:",
        '"',
        "*",
        ":",
        " ",
        "tag:",
        "is:open",
        "before:",
        "from:",
        "lamp",
        "ø",
        "\x00",
        "\ud800",
        "3d",
    ]
)


@settings(max_examples=400)
@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=30).map("".join)), st.booleans())
def test_any_text_is_read_or_refused_at_a_place_in_it(text: str, unfinished: bool) -> None:
    refused: QueryError | None = None
    try:
        found = parse(text, unfinished=unfinished)
    except QueryError as error:
        refused = error
    if refused is not None:
        assert 0 <= refused.position < refused.position + refused.length <= len(text)
        assert str(refused).isprintable()
        return
    for leaf in found.leaves:
        assert 0 <= leaf.start < leaf.start + leaf.length <= len(text)
        assert any(
            sign.isalnum() for sign in (leaf.text if isinstance(leaf, Words) else leaf.value)
        ) or isinstance(leaf, Filter)


@settings(max_examples=200)
@given(st.lists(_PIECES, max_size=20).map("".join))
def test_every_letter_belongs_to_a_piece(text: str) -> None:
    covered = {at for one in query.tokens(text) for at in range(one.start, one.start + one.length)}
    assert {at for at, sign in enumerate(text) if not sign.isspace()} <= covered


def test_ten_thousand_characters_are_too_many() -> None:
    with pytest.raises(QueryError, match="at most 4000"):
        parse("x" * 10_000)


NOW = datetime(2026, 3, 4, 15, 30, tzinfo=ZoneInfo("Europe/Copenhagen"))  # a Wednesday


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("today", "2026-03-04"), ("i dag", "2026-03-04"), ("yesterday", "2026-03-03"), ("I går", "2026-03-03"),
        ("3d", "2026-03-01"), ("3 days ago", "2026-03-01"), ("for 3 dager siden", "2026-03-01"), ("2w", "2026-02-18"),
        ("1 month", "2026-02-04"), ("1y", "2025-03-04"), ("wednesday", "2026-03-04"), ("mandag", "2026-03-02"),
        ("fri", "2026-02-27"), ("2026-02", "2026-02-01"), ("2025", "2025-01-01"), ("2026-1-2", "2026-01-02"),
        ("24/12", "2025-12-24"), ("1.2.", "2026-02-01"), ("29/2", "2024-02-29"), ("4/3/26", "2026-03-04"),
    ],
)  # fmt: skip
def test_days_gone_by(words: str, day: str) -> None:
    assert past.day(words, NOW).isoformat() == f"{day}T00:00:00+01:00"


def test_hours_moments_and_days_to_come() -> None:
    assert past.day("3h", NOW).isoformat() == "2026-03-04T12:30:00+01:00"
    assert past.day("2026-03-01T10:00:00Z", NOW).astimezone(UTC).hour == 10
    assert past.day("tomorrow", NOW).isoformat() == "2026-03-05T09:00:00+01:00"
    for words in ("lunch", "2026-02-30", "32/1", "99999d", "99999 years", "", "0000", "\x00"):
        with pytest.raises(Problem):
            past.day(words, NOW)


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_any_words_are_a_day_or_refused(words: str) -> None:
    with contextlib.suppress(Problem):
        assert past.day(words, NOW).tzinfo is not None


KNOWN = Vocabulary(
    tags=("late", "very late", "vip"), owners=("anna", "bo"), teams=("Oslo",), channels=("support",)
)


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("ta", "tag:"), ("lamp st", "lamp status:"), ("tag:v", 'tag:"very late"'), ("tag:vi", "tag:vip"),
        ("-tag:la", "-tag:late"), ("owner:b", "owner:bo"), ("owner:", "owner:me"), ("is:op", "is:open"),
        ("x (status:p", "x (status:pending"), ("before:y", "before:yesterday"), ("team:o", "team:Oslo"),
        ("a or:cha", "a or:channel:"), ("zzz", None), ("tag:vip", None), ("lamp ", "lamp from:"),
    ],
)  # fmt: skip
def test_completion(typed: str, becomes: str | None) -> None:
    found = complete(typed, len(typed), KNOWN)
    made = [typed[: one.start] + one.text + typed[one.end :] for one in found]
    assert (made[0] if made else None) == becomes


@settings(max_examples=200)
@given(st.lists(_PIECES, max_size=12).map("".join), st.integers(-5, 60))
def test_a_completion_replaces_one_piece_and_never_fails(text: str, cursor: int) -> None:
    for one in complete(text, cursor, KNOWN):
        assert 0 <= one.start <= one.end <= len(text)
        made = text[: one.start] + one.text
        assert query.tokens(made)[-1].text.endswith(one.text) or made.count('"') % 2
