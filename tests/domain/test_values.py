"""The values: lifecycle, times and the signed reply address."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentdesk.domain import replyaddress
from agentdesk.domain.instants import iso, micros, moment, moment_or_none
from agentdesk.domain.lifecycle import (
    ANSWERS,
    MOVES,
    UNDELIVERED,
    WAITING,
    Delivery,
    Status,
    after_message_of_person,
    after_reply,
    may_move,
)
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale, Usage

KEY = b"a key of this store"
PATTERN = "support+{token}@shop.example"


def test_every_status_has_its_moves_and_closed_is_the_end() -> None:
    assert set(MOVES) == set(Status)
    assert MOVES[Status.CLOSED] == frozenset()
    assert all(may_move(status, status) for status in Status)
    assert not any(Status.NEW in moves for moves in MOVES.values()), (
        "what an agent has seen is never new again"
    )
    assert not any(status in moves for status, moves in MOVES.items())


def test_a_person_who_writes_stands_in_the_queue_unless_it_is_spam() -> None:
    after = {status: after_message_of_person(status) for status in Status}
    assert after.pop(Status.CLOSED) is None
    assert after.pop(Status.SPAM) is Status.SPAM
    assert set(after.values()) <= WAITING


def test_a_reply_puts_the_ball_in_the_customers_court() -> None:
    assert {status for status in Status if after_reply(status) is Status.PENDING} == {
        *WAITING,
        Status.PENDING,
        Status.SNOOZED,
    }
    assert all(after_reply(status) is status for status in (Status.RESOLVED, Status.CLOSED, Status.SPAM))


def test_a_reply_either_answers_or_not() -> None:
    assert not ANSWERS & UNDELIVERED
    assert set(Delivery) - ANSWERS - UNDELIVERED == {Delivery.CANCELLED}


@given(st.datetimes(datetime(1900, 1, 1), datetime(2300, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  bounds
def test_a_time_survives_the_store(at: datetime) -> None:
    assert moment(micros(at)) == at
    assert micros(moment(micros(at))) == micros(at)


def test_a_time_of_any_zone_is_one_moment() -> None:
    at = datetime(2026, 3, 2, 10, 30, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    assert moment(micros(at)) == at
    assert moment(micros(at)).utcoffset() == timedelta(0)
    assert iso(at) == "2026-03-02T09:30:00Z"
    assert moment_or_none(None) is None
    with pytest.raises(TypeError):
        micros(datetime(2026, 3, 2))  # noqa: DTZ001  a time without a zone is refused


@given(st.integers(0, 10**15 - 1))
def test_a_signed_token_names_its_case_in_any_case_of_letters(case_id: int) -> None:
    token = replyaddress.sign(case_id, KEY)
    assert replyaddress.read(token, KEY) == case_id
    assert replyaddress.read(token.upper(), KEY) == case_id
    assert replyaddress.read(token, b"another") is None
    address = replyaddress.fill(PATTERN, token)
    assert replyaddress.find((f"x@{address}", address.upper()), PATTERN, KEY) == case_id


@given(st.text(max_size=40))
def test_any_other_text_names_no_case(text: str) -> None:
    assert replyaddress.read(text, KEY) is None
    assert replyaddress.find((text, f"support+{text}@shop.example"), PATTERN, KEY) is None


@given(st.integers(1, 10**6), st.integers(0, 7), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_signature_with_one_letter_changed_is_none(case_id: int, at: int, letter: str) -> None:
    number, _dash, signature = replyaddress.sign(case_id, KEY).partition("-")
    changed = signature[:at] + letter + signature[at + 1 :]
    assert (replyaddress.read(f"{number}-{changed}", KEY) == case_id) == (changed == signature)


@pytest.mark.parametrize(
    "token", ["1-ſſſſſſſſ", "٣-aaaaaaaa", "1-aaaaaaaa\n", "01-aaaaaaaa", "1-aaaaaaa\u212a", ""]
)
def test_letters_that_only_look_right_raise_nothing(token: str) -> None:
    assert replyaddress.read(token, KEY) is None


def test_a_pattern_without_a_place_for_the_token_finds_nothing() -> None:
    assert replyaddress.find(("support@shop.example",), "support@shop.example", KEY) is None


def test_an_address_is_compared_without_case_and_space() -> None:
    assert Address("", " Karen@Example.COM ").key == "karen@example.com"


def test_each_problem_has_its_exit_code() -> None:
    codes = {kind: kind.exit_code for kind in (Problem, Usage, Refused, Stale, NotFound)}
    assert codes == {Problem: 1, Usage: 2, Refused: 3, Stale: 3, NotFound: 4}
