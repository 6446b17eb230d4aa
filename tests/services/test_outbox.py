"""Many reach for the outbox at once: every reply goes out once, and every race has exactly one winner."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from services.world import World
from sqlalchemy import text

from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.queries import outbox as look
from agentdesk.services import outbox, replies, undo
from agentdesk.store.tables import raws

WORKERS = 8


def _row(world: World) -> int:
    return int(world.value("select max(id) from outbox"))


def _state(world: World) -> str:
    return str(world.value("select state from outbox where id = :r", r=_row(world)))


def test_eight_workers_send_two_hundred_replies_once_each(world: World) -> None:
    case_id = world.comes()
    for number in range(200):
        world.replies(case_id, f"n{number}", seen_message_id=0)
    world.later(minutes=1)
    ready = threading.Barrier(WORKERS)
    sent: Counter[int] = Counter()
    order: list[list[int]] = []
    lock = threading.Lock()

    def work(number: int) -> None:
        ready.wait()
        while True:
            with world.unit() as unit:
                taken = outbox.claim_due(unit, f"w{number}", 7)
            if not taken:
                return
            with lock:
                order.append([one.outbox_id for one in taken])
            for one in taken:
                with world.unit() as unit:
                    outbox.mark_sending(unit, one.outbox_id, f"w{number}")
                with lock:
                    sent[one.outbox_id] += 1
                with world.unit() as unit:
                    outbox.settle(unit, one.outbox_id, Delivery.SENT)

    with ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(work, number) for number in range(WORKERS)]:
            future.result()
    assert set(sent.values()) == {1}
    assert len(sent) == 200
    assert all(some == sorted(some) for some in order)
    assert world.value("select count(*) from outbox where state = 'sent'") == 200


def _race(*acts: Callable[[], object]) -> list[object]:
    """Run these at the same moment; what each gave or raised."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        ready.wait()
        try:
            return act()
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_undo_against_a_workers_claim_has_exactly_one_winner(world: World) -> None:
    won: Counter[str] = Counter()
    for number in range(60):
        case_id = world.comes(f"q{number}", subject=f"s{number}")
        sent = world.replies(case_id, "answer")
        world.later(seconds=11)

        def take(holder: str = f"w{number}") -> list[int]:
            with world.unit() as unit:
                return [one.outbox_id for one in outbox.claim_due(unit, holder)]

        def back(stroke: int = sent.stroke) -> int:
            with world.unit("anna") as unit:
                return undo.undo(unit, stroke)[0]

        taken, undone = _race(take, back)
        claimed = taken == [_row(world)]
        refused = isinstance(undone, undo.HasLeft)
        assert claimed is refused, (taken, undone)
        assert (_state(world) == "queued") is claimed
        assert (world.draft_of("anna", case_id) is None) is claimed
        won["worker" if claimed else "agent"] += 1
        if claimed:
            world.delivers()
            with world.unit() as unit:
                unit.session.execute(text("update outbox set state = 'sent' where state = 'queued'"))
    assert sum(won.values()) == 60


def test_a_customers_mail_against_a_workers_claim_has_exactly_one_winner(world: World) -> None:
    for number in range(30):
        case_id = world.comes(f"q{number}", subject=f"s{number}")
        world.replies(case_id, "answer")
        first = str(
            world.value("select message_id from messages where case_id = :c order by id limit 1", c=case_id)
        )
        mail = world.letter(f"more {number}", answers=first)
        world.later(seconds=11)

        def take(holder: str = f"w{number}") -> list[int]:
            with world.unit() as unit:
                return [one.outbox_id for one in outbox.claim_due(unit, holder)]

        taken, _tally = _race(take, lambda mail=mail: world.receive(mail))
        assert isinstance(taken, list)
        assert (_state(world) == "queued") is (_row(world) in taken)
        assert (world.draft_of("anna", case_id) is None) is (_row(world) in taken)


def test_undo_and_a_failing_worker_never_wait_for_each_other_in_a_ring(world: World) -> None:
    for number in range(25):
        case_id = world.comes(f"q{number}", subject=f"s{number}")
        sent = world.replies(case_id, "answer")
        world.later(seconds=11)
        with world.unit() as unit:
            outbox.claim_due(unit, "w")
        with world.unit() as unit:
            outbox.mark_sending(unit, _row(world), "w")

        def fail(row: int = _row(world)) -> None:
            with world.unit() as unit:
                outbox.settle(unit, row, Delivery.FAILED, "no such user")

        def back(stroke: int = sent.stroke) -> int:
            with world.unit("anna") as unit:
                return undo.undo(unit, stroke, anyway=True)[0]

        failed, undone = _race(fail, back)
        assert failed is None, failed
        assert isinstance(undone, int | Refused)
        assert _state(world) == "failed"
        case = world.case(case_id)
        assert case.status in ("open", "new")
        assert case.waiting_since is not None


def test_a_lease_that_ends_while_sending_makes_it_unsure_and_nothing_sends_it_again(world: World) -> None:
    case_id = world.comes()
    began = world.at
    world.replies(case_id)
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
    with world.unit() as unit:
        outbox.mark_sending(unit, out.outbox_id, "w")
    with world.unit() as unit:
        assert outbox.expire(unit) == 0
    world.later(seconds=899)
    with world.unit() as unit:
        assert outbox.expire(unit) == 0, "it may still be waiting for the server's verdict"
    world.later(seconds=2)
    with world.unit() as unit:
        assert outbox.expire(unit) == 1
    with world.unit() as unit:
        assert outbox.expire(unit) == 0
    assert _state(world) == "unsure"
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("open", began)
    world.later(days=1)
    with world.unit() as unit:
        assert outbox.claim_due(unit, "w2") == []
        outbox.release(unit, "w2")
    assert _state(world) == "unsure"


def test_a_worker_that_was_only_late_is_believed(world: World) -> None:
    case_id = world.comes()
    world.replies(case_id)
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
    with world.unit() as unit:
        outbox.mark_sending(unit, out.outbox_id, "w")
    world.later(seconds=901)

    def expire() -> int:
        with world.unit() as unit:
            return outbox.expire(unit)

    def late() -> None:
        with world.unit() as unit:
            outbox.settle(unit, out.outbox_id, Delivery.SENT)

    _race(expire, late)
    assert _state(world) == "sent"
    assert world.case(case_id).waiting_since is None


def test_a_claim_whose_worker_died_before_sending_is_taken_over(world: World) -> None:
    world.replies(world.comes())
    world.later(seconds=11)
    with world.unit() as unit:
        outbox.claim_due(unit, "w")
    with world.unit() as unit:
        assert outbox.claim_due(unit, "w2") == []
    world.later(seconds=301)
    with world.unit() as unit:
        assert len(outbox.claim_due(unit, "w2")) == 1
    with pytest.raises(Refused, match="no longer waiting"), world.unit() as unit:
        outbox.mark_sending(unit, _row(world), "w")
    with world.unit() as unit:
        outbox.mark_sending(unit, _row(world), "w2")


def test_a_new_worker_frees_what_a_dead_one_had_not_begun(world: World) -> None:
    world.replies(world.comes())
    world.later(seconds=11)
    with world.unit() as unit:
        outbox.claim_due(unit, "dead")
    with world.unit() as unit:
        outbox.release(unit, "new")
    with world.unit() as unit:
        assert len(outbox.claim_due(unit, "new")) == 1


def test_each_channel_is_claimed_by_itself(world: World) -> None:
    case_id = world.comes()
    sales = world.mailbox("sales", "sales@shop.example")
    world.replies(case_id, "one")
    world.replies(case_id, "two", channel_id=sales, seen_message_id=0)
    world.later(seconds=11)
    with world.unit() as unit:
        (only,) = outbox.claim_due(unit, "w", channel_id=sales)
    assert (only.channel, only.sender) == ("sales", "sales@shop.example")


def test_what_breaks_early_is_tried_again_and_given_up_after_two_days(world: World) -> None:
    case_id = world.comes()
    began = world.at
    world.replies(case_id)
    world.later(seconds=11)
    waits = []
    while True:
        with world.unit() as unit:
            taken = outbox.claim_due(unit, "w")
        if not taken:
            break
        with world.unit() as unit:
            outbox.retry_later(unit, taken[0].outbox_id, "the server does not answer")
        row = world.one("select * from outbox")
        if row.state == "failed":
            break
        waits.append((row.not_before - world.at) // 1_000_000)
        world.later(seconds=waits[-1])
    assert waits[:7] == [30, 120, 600, 1800, 3600, 7200, 7200]
    assert 48 * 3600 < sum(waits) < 52 * 3600
    assert world.one("select * from outbox").last_error == "the server does not answer"
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("open", began)


@pytest.mark.parametrize("end", [Delivery.FAILED, Delivery.UNSURE])
def test_retry_at_a_persons_word_and_its_undo(world: World, end: Delivery) -> None:
    case_id = world.comes()
    world.replies(case_id)
    world.later(seconds=11)
    world.delivers(end, "broken")
    before = world.snapshot()
    with world.unit("anna") as unit:
        stroke = outbox.retry(unit, _row(world))
    assert world.case(case_id).waiting_since is None
    with world.unit("anna") as unit:
        back = undo.undo(unit, stroke)[0]
    assert _state(world) == end
    assert world.snapshot() == before
    assert world.one("select * from outbox").last_error == "broken", "who took it back reads why again"
    with world.unit("anna") as unit:
        undo.undo(unit, back)
    assert _state(world) == "queued"
    assert len(world.delivers()) == 1
    with pytest.raises(Refused), world.unit("anna") as unit:
        undo.undo(unit, stroke)


def test_cancel_gives_the_text_back_and_its_undo_sends_it_after_all(world: World) -> None:
    case_id = world.comes()
    began = world.at
    world.replies(case_id, "answer")
    with world.unit("anna") as unit:
        stroke = outbox.cancel(unit, _row(world))
    assert _state(world) == "cancelled"
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("open", began)
    assert world.draft_of("anna", case_id).body == "answer"
    with world.unit("anna") as unit:
        undo.undo(unit, stroke)
    assert _state(world) == "held"
    assert world.draft_of("anna", case_id) is None
    assert (world.case(case_id).status, world.case(case_id).waiting_since) == ("pending", None)
    world.later(seconds=11)
    assert len(world.delivers()) == 1


@pytest.mark.parametrize("state", list(Delivery))
def test_what_cannot_be_retried_or_cancelled_is_refused_in_one_sentence(
    world: World, state: Delivery
) -> None:
    world.replies(world.comes())
    with world.unit() as unit:
        unit.session.execute(text(f"update outbox set state = '{state}'"))
    for verb, allowed in (
        (outbox.retry, (Delivery.FAILED, Delivery.UNSURE)),
        (outbox.cancel, (Delivery.HELD, Delivery.QUEUED)),
    ):
        if state in allowed:
            continue
        with pytest.raises(Refused) as caught, world.unit("anna") as unit:
            verb(unit, _row(world))
        assert str(state) in str(caught.value)
        assert "\n" not in str(caught.value)
    assert _state(world) == state
    with pytest.raises(NotFound), world.unit("anna") as unit:
        outbox.retry(unit, 4711)


def test_a_reply_refused_for_some_is_sent_and_says_for_whom(world: World) -> None:
    case_id = world.comes()
    world.replies(case_id)
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
    with world.unit() as unit:
        outbox.mark_sending(unit, out.outbox_id, "w")
    with world.unit() as unit:
        outbox.settle_partly(unit, out.outbox_id, {"c@x.example": "550 no such user"})
    assert _state(world) == "sent"
    assert world.case(case_id).status == "open"
    assert "c@x.example" in str(world.value("select text from messages where kind = 'system'"))


def test_a_mail_written_first_that_failed_stands_in_the_queue(world: World) -> None:
    from agentdesk.domain.mail import Address
    from agentdesk.services.drafts import Typed

    with world.unit("anna") as unit:
        begun = replies.begin(
            unit, Typed("new", None, to=(Address("", "a@x.example"),), subject="A", body="for a")
        )
    world.later(seconds=11)
    world.delivers(Delivery.FAILED)
    assert world.case(begun.case_id).status == "open"


@pytest.mark.parametrize("late", [Delivery.FAILED, Delivery.UNSURE])
def test_a_late_workers_failure_says_nothing_about_a_reply_that_was_taken_back(
    world: World, late: Delivery
) -> None:
    sent = world.replies(world.comes())
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
    world.later(seconds=301)
    with world.unit("anna") as unit:
        undo.undo(unit, sent.stroke)
    with world.unit() as unit:
        outbox.settle(unit, out.outbox_id, late, "no such user")
    assert _state(world) == "cancelled"


def test_a_late_workers_failure_says_nothing_about_a_reply_that_another_has_sent(world: World) -> None:
    case_id = world.comes()
    world.replies(case_id)
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
    world.later(seconds=301)
    assert world.delivers(holder="w2") == [out.outbox_id]
    with world.unit() as unit:
        outbox.settle(unit, out.outbox_id, Delivery.FAILED, "no such user")
    assert _state(world) == "sent"
    assert world.case(case_id).waiting_since is None


def test_a_late_worker_frees_nothing_that_another_has_in_hand(world: World) -> None:
    world.replies(world.comes())
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "late")
    world.later(seconds=301)
    with world.unit() as unit:
        outbox.claim_due(unit, "w")
        outbox.mark_sending(unit, out.outbox_id, "w")
    for act in (
        lambda unit: outbox.retry_later(unit, out.outbox_id, "no answer", holder="late"),
        lambda unit: outbox.settle(unit, out.outbox_id, Delivery.FAILED, "no such user", holder="late"),
        lambda unit: outbox.settle(unit, out.outbox_id, Delivery.UNSURE, "lost", holder="late"),
        lambda unit: outbox.settle_so_far(unit, out.outbox_id, "late", {}, {"b@x.example": ""}),
    ):
        with world.unit() as unit:
            act(unit)
        assert _state(world) == "sending"
    with world.unit() as unit:
        assert outbox.claim_due(unit, "w2") == []


def test_a_worker_does_not_call_unsure_what_its_own_thread_has_in_hand(world: World) -> None:
    world.replies(world.comes())
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "12-ab-thread")
        outbox.mark_sending(unit, out.outbox_id, "12-ab-thread")
    world.later(seconds=1000)
    with world.unit() as unit:
        assert outbox.expire(unit, "12-ab") == 0
    with world.unit() as unit:
        assert outbox.expire(unit, "13-cd") == 1
    assert "before sending it again" in world.value("select last_error from outbox")


def test_what_some_have_cannot_fail_and_is_given_up_by_name(world: World) -> None:
    case_id = world.comes()
    world.replies(case_id, cc=(Address("", "b@x.example"),))
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
        outbox.mark_sending(unit, out.outbox_id, "w")
        outbox.settle_so_far(unit, out.outbox_id, "w", {}, {"b@x.example": "451 later"})
    assert _state(world) == "queued"
    world.later(seconds=3 * 86400)
    with world.unit() as unit:
        (rest,) = outbox.claim_due(unit, "w")
        assert (rest.recipients, rest.raw) == (("b@x.example",), out.raw)
        outbox.retry_later(unit, out.outbox_id, "b@x.example: 451 later", holder="w")
    assert _state(world) == "sent"
    assert "b@x.example" in world.value("select text from messages where kind = 'system'")
    assert world.case(case_id).status == "open"


def test_replies_whose_bytes_are_gone_or_damaged_fail_and_hold_up_no_other(world: World) -> None:
    case_id = world.comes()
    for words in ("Erased.", "Damaged.", "Sound."):
        world.replies(case_id, words)
    world.later(seconds=11)
    gone, damaged, sound = (row[0] for row in world.rows("select message_id from outbox order by id"))
    with world.unit() as unit:
        unit.session.execute(raws.delete().where(raws.c.message_id == gone))
        unit.session.execute(raws.update().where(raws.c.message_id == damaged).values(data=b"no mail"))
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
        assert b"Sound." in out.raw
    assert world.value("select message_id from outbox where id = :i", i=out.outbox_id) == sound
    rows = world.rows("select message_id, last_error from outbox where state = 'failed'")
    said = {row[0]: row[1] for row in rows}
    assert "erased" in said.pop(gone)
    assert "write it once more" in said.pop(damaged)
    assert not said
    assert world.case(case_id).status == "open", "it is back in the queue"
    with world.unit() as unit:
        unit.session.execute(text("update outbox set state = 'sent', copied = :no"), {"no": False})
    with world.store.session() as session:
        assert look.next_uncopied(session, world.channel, []) == (out.outbox_id, out.raw)
        assert look.next_uncopied(session, world.channel, [out.outbox_id]) is None


def test_an_end_that_is_written_twice_is_said_once(world: World) -> None:
    world.replies(world.comes())
    world.later(seconds=11)
    with world.unit() as unit:
        (out,) = outbox.claim_due(unit, "w")
        outbox.mark_sending(unit, out.outbox_id, "w")
    for _time in range(2):  # the store took the first, and its answer was lost
        with world.unit() as unit:
            outbox.settle_partly(unit, out.outbox_id, {"c@x.example": "550 no such user"})
    assert world.value("select count(*) from messages where kind = 'system'") == 1
