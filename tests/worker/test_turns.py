"""Several workers, machines whose clocks differ, a worker that wakes too late: one works, and no harm is done."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from servers.postgres import Postgres
from servers.proxy import Proxy
from sqlalchemy import select
from worker.desk import QUICK, Desk, eventually, mail
from worker.process import holder, worker, works

from agentdesk.channels.email.place import Place
from agentdesk.queries.people import WORKER
from agentdesk.services import people
from agentdesk.store.clock import StoreClock
from agentdesk.store.engine import open_store
from agentdesk.store.tables import cursors, leases
from agentdesk.store.unit import SYSTEM
from agentdesk.worker.work import Superseded, Work

HOUR = 3600.0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_clock_that_is_an_hour_wrong_takes_no_lease_and_keeps_none(desk: Desk) -> None:
    with worker(desk, wrong=-HOUR) as first:
        eventually(works(desk, first), 30)
        with worker(desk, wrong=HOUR) as second:
            assert second.stdout
            assert "takes over" in second.stdout.readline()
            assert works(desk, first)()
            first.kill()
            eventually(works(desk, second), 20)
            desk.account.deliver(mail())
            case = eventually(desk.cases, 20)[0]
            assert abs(case.updated_at / 1e6 - time.time()) < 60
            with worker(desk) as third:
                assert third.stdout
                assert "takes over" in third.stdout.readline()
                second.kill()
                eventually(works(desk, third), 20)


def test_a_worker_that_wakes_after_its_turn_does_no_harm(desk: Desk) -> None:
    for number in range(30):
        desk.account.deliver(mail("x" * 2000, subject=f"Pakke {number}"))
    with Proxy(desk.account.port) as proxy:
        proxy.slow(30_000)
        with worker(desk, imap_port=proxy.port) as late:
            eventually(lambda: works(desk, late)() and proxy.down > 20_000, 30)  # in the middle of its batch
            late.send_signal(signal.SIGSTOP)
            with worker(desk) as other:
                eventually(works(desk, other), 20)
                eventually(lambda: len(desk.cases()) == 30, 20)
                desk.account.deliver(mail(subject="Den næste"))
                eventually(lambda: len(desk.cases()) == 31, 20)
                desk.reply(desk.cases()[0].id, hold=0)
                desk.smtp.wait(1, 20)
                proxy.heal()
                late.send_signal(signal.SIGCONT)
                assert late.stdout
                assert "takes over" in late.stdout.readline()
                assert works(desk, other)()
                (kept,) = desk.rows(select(cursors.c.value).where(cursors.c.folder == "INBOX"))
                assert Place.of(kept.value).uid == 31
                assert len(desk.cases()) == 31
                eventually(lambda: desk.states() == ["sent"])
                assert len(desk.smtp.messages) == 1


def test_a_spell_that_is_over_writes_only_how_its_acts_ended(desk: Desk) -> None:
    work = Work(desk.store, desk.clock, "1-ours", QUICK, threading.Event())
    with work.unit() as unit:
        assert people.take_lease(unit, WORKER, "1-ours", 15)
    spell = work.spell()
    with spell.unit() as unit:
        people.leave(unit, "nobody")
    with desk.store.unit(SYSTEM, desk.clock()) as unit:
        unit.session.execute(leases.update().values(holder="2-theirs"))
    assert not spell.over.is_set()
    with pytest.raises(Superseded, match="taken over"), spell.unit():
        pytest.fail("the unit began")
    assert spell.over.is_set()
    assert not work.stop.is_set()
    with spell.unit(late=True) as unit:
        people.leave(unit, "nobody")
    assert holder(desk) == "2"


def test_the_clock_follows_the_servers_and_frozen_ones_stand(postgres: Postgres) -> None:
    url = postgres.database()
    for wrong, right in ((HOUR, True), (-HOUR, True), (0.2, False)):
        clock = StoreClock(later(wrong), lambda wrong=wrong: time.time() + wrong)
        store = open_store(url, clock=clock)
        with store.session():
            off = abs((clock() - datetime.now(UTC)).total_seconds())
        assert off < 1.0
        assert (off < 0.1) is right
        store.close()
    frozen = datetime(2026, 3, 1, tzinfo=UTC)
    store = open_store(url, clock=lambda: frozen)
    with store.unit(SYSTEM, frozen) as unit:
        assert unit.now == frozen
    store.close()


def test_an_answer_that_took_long_says_nothing_and_the_question_is_asked_again() -> None:
    now = [1000.0]
    clock = StoreClock(lambda: datetime.fromtimestamp(now[0], UTC), lambda: now[0])

    def answer(seconds: float, took: float) -> Callable[[], float]:
        def ask() -> float:
            now[0] += took
            return seconds

        return ask

    clock.compare(answer(9000.0, took=30.0))
    assert clock() == datetime.fromtimestamp(1030, UTC)
    assert clock.wants_comparing()
    clock.compare(answer(9000.0, took=1.0))
    assert clock() == datetime.fromtimestamp(1031, UTC) + timedelta(seconds=9000 - 1030.5)
    assert not clock.wants_comparing()


def later(seconds: float) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + timedelta(seconds=seconds)
