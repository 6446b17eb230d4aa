"""Which mails become one case: every id counts whatever came first, and nobody gets into another's case unmarked."""

from collections.abc import Callable
from typing import Any

import pytest
from services.world import SUPPORT, World

from agentdesk.domain import replyaddress
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Refused
from agentdesk.mail.parse import parse
from agentdesk.queries import duplicates
from agentdesk.services import intake, joining, people, timers, triage, undo
from agentdesk.services.keys import reply_key
from agentdesk.services.known import parents_first
from agentdesk.store import codec

KAREN = "Karen <karen@example.com>"
LISTED = {"List-Id": "<talk.lists.example>"}
Mail = dict[str, Any]


def _mail(name: str, answers: str = "", sender: str = KAREN, **facts: Any) -> Mail:
    return {
        "message_id": f"<{name}@x>",
        "answers": answers and f"{answers}@x",
        "sender": sender,
        "body": name,
    } | facts


def _ours(name: str, answers: str = "", to: str = KAREN) -> Mail:
    return _mail(name, answers, f"Shop <{SUPPORT}>", to=to, sent_by_us=True)


def _come(world: World, *mails: Mail) -> dict[str, int]:
    """One after the other; the case of each by its name."""
    for mail in mails:
        world.later(minutes=1)
        world.receive(world.letter(**mail))
    return {mail["body"]: _case_of(world, mail["body"]) for mail in mails}


def _case_of(world: World, name: str) -> int:
    return int(world.value("select max(case_id) from messages where message_id = :m", m=f"{name}@x"))


def _marks(world: World, name: str) -> tuple[str, ...]:
    return codec.read_words(world.value("select marks from messages where message_id = :m", m=f"{name}@x"))


def _lines(world: World, case_id: int) -> list[str]:
    query = "select text from messages where kind = 'system' and case_id = :c order by id"
    return [row.text for row in world.rows(query, c=case_id)]


ONE_CASE: dict[str, list[Mail]] = {
    "an answer before its question": [_mail("b", "a"), _mail("a")],
    "two answers to a mail that never comes": [_mail("b", "a"), _mail("c", "a")],
    "by references alone": [_mail("c", references="<a@x> <b@x>"), _mail("a"), _mail("b")],
    "the link comes last": [_mail("a"), _mail("c", "b"), _mail("b", "a")],
    "our answer from elsewhere comes last": [_mail("a"), _mail("c", "b"), _ours("b", "a")],
    "everything backwards": [_mail("d", "c"), _mail("c", "b"), _ours("b", "a"), _mail("a")],
    "a colleague of theirs, known by Cc": [
        _mail("b", "a", "Bo <bo@example.com>", to=f"{SUPPORT}, karen@example.com"), _mail("a")],
    "the same mail again over a list": [
        _mail("a"), _mail("a", at=None, headers={"X-List": "1"}, subject="[list] Order 17")],
    "a list that is not us": [
        _mail("b", "a", "b@lists.example", to="talk@lists.example", headers=LISTED),
        _mail("c", "a", "c@lists.example", to="talk@lists.example", headers=LISTED)],
}  # fmt: skip


def test_every_order_of_a_thread_is_one_case(world: World) -> None:
    for number, (what, mails) in enumerate(ONE_CASE.items()):
        named = [_renamed(mail, number) for mail in mails]
        for mail in named:
            if "at" not in mail:
                world.later(minutes=1)
            world.receive(world.letter(**mail | {"at": None}))
        query = "select count(distinct case_id) from messages where message_id like :m"
        assert world.value(query, m=f"{number}.%") == 1, what
        count = "select count(*) from messages where message_id like :m"
        assert world.value(count, m=f"{number}.%") == len(named), what


def _renamed(mail: Mail, number: int) -> Mail:
    """The same mail in a thread of its own."""
    own = dict(mail)
    for field in ("message_id", "references"):
        own[field] = own.get(field, "").replace("<", f"<{number}.")
    own["answers"] = own["answers"] and f"{number}.{own['answers']}"
    own["subject"] = own.get("subject", "Order 17")
    own["sender"] = own["sender"].replace("karen@", f"karen{number}@").replace("bo@", f"bo{number}@")
    own["to"] = own.get("to", SUPPORT).replace("karen@", f"karen{number}@")
    return own


def test_a_batch_is_taken_in_with_no_answer_before_its_question(world: World) -> None:
    batch = [
        world.letter(**one)
        for one in (_mail("c", "b", "c@y.example"), _mail("a"), _mail("b", "a", "b@z.example"))
    ]
    assert world.receive(*batch).cases_opened == 1
    assert parents_first([parse(one.raw) for one in batch]) == [1, 2, 0]
    round_about = [world.letter(**one) for one in (_mail("p", "q"), _mail("q", "p"), _mail("r", "r"))]
    assert sorted(parents_first([*(parse(one.raw) for one in round_about), None])) == [0, 1, 2, 3]


def test_two_customers_who_answer_one_mail_to_thousands_are_two_cases(world: World) -> None:
    cases = _come(
        world,
        _mail("b", "news"),
        _mail("c", "news", "ole@example.org"),
        _mail("news", sender="n@news.example"),
    )
    assert len(set(cases.values())) == 3
    assert world.value("select count(*) from bridges") == 0


def test_one_customers_two_cases_become_one_by_a_stroke_that_anybody_may_take_back(world: World) -> None:
    cases = _come(world, _mail("a"), _mail("c", "b"))
    assert cases["a"] != cases["c"]
    before = world.snapshot()
    assert _come(world, _mail("b", "a"))["b"] == _case_of(world, "c") == cases["a"]
    assert world.case(cases["c"]).merged_into == cases["a"]
    assert any("one mail of the same customer answers both" in line for line in _lines(world, cases["a"]))
    stroke = world.one("select * from strokes where verb = 'automatic merge'")
    assert stroke.agent_id is None
    received = "select stroke_id from changes where kind = 'message' and field = 'received'"
    assert {row.stroke_id for row in world.rows(received)} == {None}
    with world.unit("bo") as unit:
        undo.undo(unit, stroke.id)
    assert (_case_of(world, "c"), _case_of(world, "b")) == (cases["c"], cases["a"])
    assert world.snapshot()["notes"] == before["notes"]
    assert world.case(cases["c"]).status == "new"
    # what was parted is offered from now on, never done again
    assert _come(world, _mail("d", "c", references="<a@x> <b@x> <c@x>"))["d"] == cases["c"]
    assert world.case(cases["c"]).merged_into is None
    assert [tuple(row)[:2] for row in world.rows("select * from bridges")] == [(cases["a"], cases["c"])]


def test_cases_of_two_customers_are_offered_and_stand_first_among_the_duplicates(world: World) -> None:
    cases = _come(world, _mail("a"), _mail("c", sender="ole@example.org", subject="Else"))
    _come(world, _mail("b", references="<c@x> <a@x>"))
    assert _case_of(world, "b") == cases["a"] != _case_of(world, "c")
    for one, other in ((cases["a"], cases["c"]), (cases["c"], cases["a"])):
        assert any(f"#{other}" in line for line in _lines(world, one))
        with world.store.session() as session:
            first = duplicates.of_case(session, one)[0]
        assert (first.case_id, first.why[0]) == (other, "one mail answers both")
    _come(world, _mail("e", references="<c@x> <a@x>"))
    assert len(_lines(world, cases["a"])) == 1
    with world.unit("anna") as unit:
        joining.merge(unit, cases["c"], cases["a"])
    with world.store.session() as session:
        assert all(one.case_id != cases["c"] for one in duplicates.of_case(session, cases["a"]))


def _colleague(world: World) -> None:
    with world.unit() as unit:
        people.add_agent(unit, "eva", "Eva", email="Eva@firm.example")


NOBODYS: dict[str, tuple[str, Mail, Callable[[World], None] | None]] = {
    "our own address": (SUPPORT, {}, None),
    "our own address with a token": (SUPPORT.replace("@", "+1@"), {}, None),
    "a colleague": ("eva@firm.example", {}, _colleague),
    "no-reply": ("no-reply@firm.example", {}, None),
    "a list under its own address": ("talk@lists.example", {"headers": LISTED}, None),
    "a list that writes to itself": ("talk@lists.example", {"to": f"talk@lists.example, {SUPPORT}"}, None),
    "an automatic answer": ("karen@example.com", {"headers": {"Auto-Submitted": "auto-replied"}}, None),
}  # fmt: skip


def test_an_address_that_is_no_customers_merges_nothing(world: World) -> None:
    for number, (what, (sender, facts, prepare)) in enumerate(NOBODYS.items()):
        if prepare is not None:
            prepare(world)
        bridging = _mail("b", references="<c@x> <a@x>", sender=sender, **facts)
        mails = [_mail("a", sender=sender), _mail("c", sender=sender, subject="Else"), bridging]
        offers = world.value("select count(*) from bridges")
        for mail in mails:
            _come(world, _renamed(mail, number) | {"body": f"{number}.{mail['body']}"})
        assert _case_of(world, f"{number}.a") != _case_of(world, f"{number}.c"), what
        assert world.value("select count(*) from bridges") == offers + ("automatic" not in what), what
    assert world.value("select count(*) from cases where merged_into is not null") == 0


def test_who_passes_on_the_mail_of_others_merges_nothing(world: World) -> None:
    via = {"headers": {"Reply-To": "ole@example.org", "List-Id": "<group.example>"}}
    cases = _come(
        world, _mail("a", sender="group@firm.example"), _mail("c", sender="group@firm.example", subject="Else"),
        _mail("o", "a", sender='"Ole via Group" <group@firm.example>', **via),
    )  # fmt: skip
    _come(world, _mail("b", references="<c@x> <a@x>", sender="group@firm.example"))
    assert _case_of(world, "c") == cases["c"] != cases["a"]


def test_what_is_over_is_not_bridged(world: World) -> None:
    for number, status in enumerate((Status.CLOSED, Status.SPAM)):
        for mail in (_mail("a"), _mail("c", subject="Else")):
            _come(world, _renamed(mail, number) | {"body": f"{number}.{mail['body']}"})
        over = _case_of(world, f"{number}.a")
        with world.unit("anna") as unit:
            triage.set_status(unit, over, Status.RESOLVED if status is Status.CLOSED else status)
        if status is Status.CLOSED:
            world.later(days=40)
            with world.unit() as unit:
                timers.close(unit)
        _come(world, _renamed(_mail("b", references="<a@x> <c@x>"), number) | {"body": f"{number}.b"})
    assert world.value("select count(*) from cases where merged_into is not null") == 0
    assert world.value("select count(*) from bridges") == 0


def test_side_conversations_that_stand_against_it_leave_an_offer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise Refused("no")

    cases = _come(world, _mail("a"), _mail("c", subject="Else"))
    monkeypatch.setattr("agentdesk.services.apart.check_merge", refuse)
    _come(world, _mail("b", references="<c@x> <a@x>"))
    assert world.value("select count(*) from bridges") == 1
    assert world.value("select count(*) from strokes where verb = 'automatic merge'") == 0
    assert world.case(cases["c"]).merged_into is None


# -- the subject ------------------------------------------------------------------------------------------------------


def test_a_number_in_the_subject_joins_only_who_takes_part(world: World) -> None:
    first = world.comes(headers={"Cc": "friend@example.org"})
    subject = f"Re: Order 17 [#{first}]"
    assert world.comes("the setting is off", subject=subject) != first
    world.mailbox(subject_token=True)
    assert world.comes("Karen", subject=subject) == first
    assert world.comes("friend", subject=subject, sender="friend@example.org") == first
    assert world.comes("from elsewhere", subject=subject, sender=SUPPORT, to=KAREN, sent_by_us=True) == first
    for number, (sender, words) in enumerate([
        ("eve@example.net", subject), (SUPPORT, subject), ("eve@example.net", f"[#99999] [#{first}] x")
    ]):  # fmt: skip
        apart = world.comes(f"stranger {number}", subject=words, sender=sender)
        assert apart != first
        assert world.rows("select * from links where case_id = :c and other_id = :o", c=apart, o=first)
        assert any(f"#{first}" in line and "takes no part" in line for line in _lines(world, apart))
        assert world.case(apart).owner_id is None
    assert world.comes("none", subject="[#99999] [#x] [#]", sender="new@example.net") not in (first, apart)


# -- ids that are shared, guessed or forged ---------------------------------------------------------------------------


def test_an_id_that_two_mails_share_leads_each_to_its_own_case(world: World) -> None:
    karens = world.comes("one", message_id="<same@x>", sender=KAREN)
    world.later(minutes=1)
    oles = world.comes("two", message_id="<same@x>", sender="ole@example.org")
    assert karens != oles
    assert world.comes("Ole goes on", answers="same@x", sender="ole@example.org") == oles
    assert world.comes("Karen goes on", answers="same@x", sender=KAREN) == karens
    stranger = world.comes("a stranger", answers="same@x", sender="eve@example.net", message_id="<eve@x>")
    assert (stranger, _marks(world, "eve")) == (karens, ("unknown participant",))
    again = world.comes("a stranger takes the id itself", message_id="<same@x>", sender="eve@example.net")
    assert again not in (karens, oles)


def test_a_stranger_who_guesses_an_id_stays_marked_and_brings_nobody_in(world: World) -> None:
    case_id = world.comes(message_id="<a@x>")
    copied = {"Cc": "evil@example.net"}
    for name in ("one", "two"):
        assert _come(world, _mail(name, "a", "eve@example.net", headers=copied))[name] == case_id
    world.comes("evil", message_id="<evil@x>", answers="a@x", sender="evil@example.net")
    world.comes("ours", message_id="<our@x>", answers="a@x", sender=SUPPORT, headers=copied)
    assert [_marks(world, name) for name in ("one", "two", "evil", "our")] == [
        ("unknown participant",), ("unknown participant",), ("unknown participant",), ("from our own address",)
    ]  # fmt: skip


def test_a_forged_copy_of_our_own_mail_is_kept_and_a_real_one_is_not(world: World) -> None:
    case_id = world.comes()
    world.replies(case_id, "It left\nyesterday.")
    world.delivers()
    sent = world.one("select message_id, text from messages where kind = 'outbound'")
    facts = {"message_id": f"<{sent.message_id}>", "sender": SUPPORT, "to": "karen@example.com"}
    back = world.letter(f"{sent.text}\n\n-- \nover a list", **facts)
    assert world.receive(back) == intake.Tally(seen=1, duplicate=1)
    forged = world.letter("Pay here instead", answers=sent.message_id, **facts)
    assert world.receive(forged).ingested == 1
    assert world.value("select marks from messages order by id desc limit 1") == '["from our own address"]'


def test_a_reply_to_a_merged_case_lands_in_the_target_until_they_are_parted(world: World) -> None:
    world.mailbox(reply_address="support+{token}@shop.example")
    first, second = world.comes(message_id="<a@x>"), world.comes(message_id="<b@x>", subject="Else")
    with world.unit() as unit:
        signed = f"support+{replyaddress.sign(second, reply_key(unit))}@shop.example"
    with world.unit("anna") as unit:
        stroke = joining.merge(unit, second, first)
    assert [world.comes("by id", answers="b@x"), world.comes("by address", to=signed)] == [first, first]
    with world.unit("anna") as unit:
        undo.undo(unit, stroke)
    assert [world.comes("by id 2", answers="b@x"), world.comes("by address 2", to=signed)] == [second, second]


def test_a_mail_that_names_the_ids_of_many_cases_bridges_a_few(world: World) -> None:
    cases = _come(world, *(_mail(f"n{n}", sender=f"c{n}@example.com", subject=f"S{n}") for n in range(9)))
    references = " ".join(f"<{name}@x>" for name in cases)
    assert _come(world, _mail("z", references=references))["z"] == cases["n8"]
    assert world.value("select count(*) from bridges") == 5


def test_what_has_come_is_no_longer_awaited(world: World) -> None:
    _come(world, _mail("c", references="<a@x> <b@x> <karen@example.com>"), _mail("a"))
    assert [tuple(row) for row in world.rows("select message_id from awaited")] == [("b@x",)]
    world.comes("away", headers={"Auto-Submitted": "auto-replied"}, references="<z@x>")
    many = " ".join(f"<n{n}@y>" for n in range(300))
    world.comes("many", references=many)
    assert world.value("select count(*) from awaited") == 101
