"""The made-up world is believable: the right size, of one piece, and the same for the same seed."""

import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from demo.conftest import NOW, Demo, made
from sqlalchemy import text

from agentdesk.cli.db_check import findings
from agentdesk.demo import history
from agentdesk.demo.shop import ME
from agentdesk.demo.telling import TONGUES, somebody, tell
from agentdesk.demo.tongue import Tongue
from agentdesk.domain.instants import micros
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import parse, part_content
from agentdesk.queries import orders, queue
from agentdesk.queries.cases import thread
from agentdesk.services import clocks, timers
from agentdesk.store import codec
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.unit import SYSTEM

HOUR = timedelta(hours=1)


def rows(demo: Demo, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with demo.store.session() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]


def test_there_are_two_thousand_cases_and_sixty_of_them_are_open(whole: Demo) -> None:
    found = dict(rows(whole, "select shelf, count(*) from cases group by shelf"))
    assert sum(found.values()) == 2000
    assert found[0] == 60
    assert Counter(dict(rows(whole, "select status, count(*) from cases group by status"))) >= Counter(
        closed=1500, resolved=100, new=20, open=20, pending=6, snoozed=3
    )


def test_every_list_of_the_desk_has_something_to_show(whole: Demo) -> None:
    with whole.store.session() as session:
        counts = queue.counts(session, whole.world.shop.agents[ME].id or 0, micros(NOW))
    assert (counts.mine, counts.team, counts.free, counts.waiting) == (4, 31, 18, 60)
    assert 0 < counts.in_hand < counts.capacity


def test_due_times_are_spread_over_late_soon_later_and_none(whole: Demo) -> None:
    due = [one for (one,) in rows(whole, "select due_at from cases where shelf = 0")]
    known = sorted(one for one in due if one is not None)
    over = sum(one < micros(NOW) for one in known)
    soon = sum(micros(NOW) <= one < micros(NOW + HOUR) for one in known)
    assert 3 <= over <= 10
    assert 3 <= soon <= 12
    assert len(known) - over - soon >= 10
    assert 5 <= len(due) - len(known) <= 30


def test_the_store_is_what_a_migrated_one_is(whole: Demo) -> None:
    assert bring_up_to_date(whole.store) is False
    assert rows(whole, "pragma foreign_key_check") == []


def test_every_look_finds_the_whole_world_sound(whole: Demo) -> None:
    assert [one for one in findings(whole.store) if one.n] == []


def test_the_clocks_are_those_that_the_house_computes(whole: Demo) -> None:
    clock = "select id, waiting_since, due_at from cases order by id"
    before = rows(whole, clock)
    with whole.store.unit(SYSTEM, NOW) as unit:
        clocks.refresh(unit, [one for one, _waiting, _due in before])
    assert rows(whole, clock) == before


def test_counts_agree_with_what_is_there(whole: Demo) -> None:
    wrong = """
        select c.id from cases c where c.message_count != (select count(*) from messages m where m.case_id = c.id)
            or c.haystack = '' or not exists (select 1 from changes g where g.case_id = c.id and g.field = 'opened')
            or c.customer_id not in (select customer_id from addresses)"""
    assert rows(whole, wrong) == []


def test_nothing_happened_later_than_now_nor_before_it_began(whole: Demo) -> None:
    assert rows(whole, "select max(at) <= :now from messages", now=micros(NOW)) == [(1,)]
    assert (
        rows(
            whole, "select id from cases where updated_at > :now or updated_at < created_at", now=micros(NOW)
        )
        == []
    )
    late = """select c.id from cases c join customers u on u.id = c.customer_id where u.created_at > c.created_at
              and c.status = 'closed'"""
    assert rows(whole, late) == []


def test_time_has_nothing_left_to_do(whole: Demo) -> None:
    with whole.store.unit(SYSTEM, NOW) as unit:
        assert (timers.wake(unit), timers.close(unit)) == (0, 0)


def test_a_reply_in_the_log_of_an_old_case_went_all_the_way(whole: Demo) -> None:
    old = "select id from cases where status = 'closed' order by id limit 1"
    ((case_id,),) = rows(whole, old)
    facts = rows(whole, "select field, before, after from changes where case_id = :c order by id", c=case_id)
    moves = [(before, after) for field, before, after in facts if field == "state"]
    assert moves[:3] == [("held", "queued"), ("queued", "sending"), ("sending", "sent")]
    status = [(before, after) for field, before, after in facts if field == "status"]
    assert all(one[1] == two[0] for one, two in pairwise(status))
    assert status[-1] == ("resolved", "closed")


def test_every_message_says_what_its_bytes_say(whole: Demo) -> None:
    found = rows(
        whole,
        "select m.subject, m.text, coalesce(m.reply_text, m.text), m.message_id, m.digest, m.from_address, r.data"
        " from messages m join raws r on r.message_id = m.id where m.id % 7 = 0 or m.id > 50000",
    )
    assert len(found) > 500
    for subject, words, new, message_id, known, sender, data in found:
        raw = codec.unpack(data)
        message = parse(raw)
        assert message.sender is not None
        assert not message.defects
        assert (subject, words, new, message_id, sender) == (
            message.subject, message.text, message.reply_text, message.message_id, message.sender.address,
        )  # fmt: skip
        assert known == digest(message, raw)


def test_the_files_are_what_they_say(whole: Demo) -> None:
    begins = {"image/jpeg": b"\xff\xd8\xff", "application/pdf": b"%PDF-1.4", "text/plain": b"https://"}
    sql = (
        "select a.content_type, a.part, r.data from attachments a join raws r on r.message_id = a.message_id"
    )
    of_people = "where a.content_type not in ('message/delivery-status', 'text/rfc822-headers')"
    found = rows(whole, f"{sql} {of_people} group by a.content_type having a.id = max(a.id)")
    assert {kind for kind, _part, _data in found} == set(begins)
    for kind, part, data in found:
        assert part_content(codec.unpack(data), part).startswith(begins[kind])


def test_answers_thread_and_the_quoted_text_is_folded(whole: Demo) -> None:
    mette = next(one for one in whole.world.strands if one.plan.customer == "Mette Sørensen")
    with whole.store.session() as session:
        shown = thread(session, mette.case_id, whole.world.shop.agents[ME].id or 0, micros(NOW))
    assert [one.kind for one in shown.messages] == ["inbound", "outbound", "note", "inbound"]
    assert shown.messages[1].mine
    assert shown.messages[1].delivery == "sent"
    assert shown.messages[3].in_reply_to == (shown.messages[1].message_id,)
    assert ">" not in shown.messages[3].reply_text
    assert shown.customer is not None
    assert shown.customer.earlier


def test_some_replies_did_not_arrive(whole: Demo) -> None:
    found = "select o.state, c.status from outbox o join cases c on c.id = o.case_id where o.state != 'sent'"
    assert sorted(rows(whole, found)) == [("bounced", "open"), ("failed", "open"), ("failed", "open")]


def test_the_same_seed_and_time_give_the_same_world(
    today: Demo, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = made(tmp_path_factory.mktemp("other"), history=False)
    for demo in (today, other):
        history.fill(demo.world, lambda _rest: False)  # its first piece
    same = """
        select c.id, c.subject, c.status, c.owner_id, c.priority, c.created_at, c.due_at, u.name, m.kind, m.at,
            coalesce(m.reply_text, m.text)
        from cases c join customers u on u.id = c.customer_id join messages m on m.case_id = c.id order by c.id, m.id"""
    first = rows(today, same)
    assert len({one[0] for one in first}) == 69 + history.PIECE
    assert first == rows(other, same)
    other.store.close()


def test_sixty_open_cases_stand_before_any_history_but_for_what_comes_back_by_mail(today: Demo) -> None:
    assert rows(today, "select count(*) from cases where shelf = 0") == [(59,)]
    assert sum(len(list(one.reports())) for one in today.world.strands) == 1
    assert rows(today, "select count(*), min(id) from cases") == [(69, history.FIRST_CASE + history.HISTORY)]


def test_a_history_that_is_broken_off_is_of_one_piece(today: Demo) -> None:
    calls: list[float] = []

    def twice(rest: float) -> bool:
        calls.append(rest)
        return len(calls) < 2

    history.fill(today.world, twice)
    assert rows(today, "select count(*) from cases") == [(69 + 2 * history.PIECE,)]
    assert rows(today, "pragma foreign_key_check") == []


@pytest.mark.parametrize("tongue", TONGUES.values(), ids=TONGUES)
def test_every_tale_can_be_told_to_its_end(tongue: Tongue) -> None:
    dice = random.Random(1)
    for matter in tongue.matters:
        for _time in range(12):
            tale = tell(dice, tongue, matter.topic, somebody(dice, tongue, set()), NOW)
            told = (tale.subject(), tale.letter(), tale.more(), tale.nudge(), tale.answer(), tale.answer(again=True),
                    tale.note(), tale.thanks())  # fmt: skip
            for words in told:
                assert words
                assert "{" not in words
                assert ".." not in words


def test_every_language_knows_the_same_matters() -> None:
    topics = {code: [one.topic for one in tongue.matters] for code, tongue in TONGUES.items()}
    assert topics["da"] == topics["nb"] == topics["en"]
    places = {name for tongue in TONGUES.values() for one in tongue.matters for text_ in (*one.letters, *one.answers)
              for _text, name, _spec, _conversion in Formatter().parse(text_) if name}  # fmt: skip
    assert {"order", "carrier", "the"} <= places


def test_addresses_belong_to_nobody() -> None:
    """Names of RFC 2606: a mail to them could reach no one, even if it left."""
    kept = (".example", "example.com", "example.net")
    for path in Path(history.__file__).parent.glob("*.py"):
        for word in path.read_text(encoding="utf-8").split():
            local, at, domain = word.strip("\"'(),:<>").rpartition("@")
            if at and local and "." in domain and "{" not in domain:
                assert domain.strip(">\"',).").endswith(kept), (path.name, word)


def test_everybody_who_waits_has_the_order_that_the_mail_is_about(whole: Demo) -> None:
    for strand in whole.world.strands:
        with whole.store.session() as session:
            bought = orders.of_case(session, strand.case_id)
        about = strand._tale
        (order,) = (one for one in bought if one.number == about.order)
        assert order.lines
        assert order.total == sum(line.amount or 0 for line in order.lines)
        if order.tracking:
            assert (order.carrier, order.tracking) == (about.places["carrier"], about.places["track"])
    assert rows(whole, "select count(*) from orders")[0][0] > 2000
    assert {one for (one,) in rows(whole, "select distinct currency from orders")} == {"DKK", "NOK", "EUR"}


def test_words_of_today_and_of_long_ago_are_found(whole: Demo) -> None:
    found = "select 1 from search_docsize s where s.id = m.id"
    assert rows(
        whole, f"select count(*) from messages m where kind <> 'system' and not exists ({found})"
    ) == [(0,)]


def test_macros_articles_and_snippets_are_there_in_every_language_of_the_shop(whole: Demo) -> None:
    count = "select count(*), count(distinct language) from {table}"
    assert rows(whole, "select count(*) from macros")[0][0] >= 40
    assert rows(whole, count.format(table="articles where state = 'published'"))[0] >= (40, 3)
    assert rows(whole, count.format(table="snippets"))[0] >= (15, 3)
    assert rows(whole, count.format(table="macro_texts"))[0][1] == 3
