"""The worker as a process: one works, others wait; it ends in order, and a kill -9 is safe at any moment."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from worker.desk import QUICK, Desk, eventually, mail
from worker.process import holder, worker, works

from agentdesk.domain.problems import Problem
from agentdesk.services import outbox, people
from agentdesk.store.tables import cases, channels, leases
from agentdesk.store.unit import SYSTEM
from agentdesk.worker import detached
from agentdesk.worker.duty import Backoff, Duty, keep_doing
from agentdesk.worker.jobs import JOBS, duties_of
from agentdesk.worker.run import run
from agentdesk.worker.work import Work

ROOT = Path(__file__).parents[2]


def test_one_works_and_the_other_takes_over_after_a_kill(desk: Desk) -> None:
    with worker(desk) as first:
        eventually(works(desk, first), 20)
        with worker(desk) as second:
            assert second.stdout
            assert "takes over" in second.stdout.readline()
            desk.account.deliver(mail(subject="En"))
            eventually(lambda: len(desk.cases()) == 1)
            assert works(desk, first)()
            first.kill()
            eventually(works(desk, second))
            desk.account.deliver(mail(subject="To"))
            eventually(lambda: len(desk.cases()) == 2)
            desk.reply(desk.cases()[0].id, hold=0)
            desk.smtp.wait(1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_two_seconds_and_the_lease_is_free(
    desk: Desk, number: signal.Signals
) -> None:
    with worker(desk) as process:
        eventually(works(desk, process), 20)
        eventually(lambda: any(row.heard_at for row in desk.rows(select(channels))))
        began = time.monotonic()
        process.send_signal(number)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 2
    assert holder(desk) == ""


def test_what_a_killed_worker_had_in_hand_is_sent_by_the_next(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.smtp.faults.delay = 5
    with worker(desk) as process:
        eventually(works(desk, process), 20)
        desk.reply(case.id, hold=0)
        eventually(lambda: desk.outbox()[0].attempts == 1)
        process.kill()
        process.wait(10)
    assert desk.states() == ["queued"]
    desk.smtp.reset()
    with desk.working():
        desk.smtp.wait(1)
        eventually(lambda: desk.states() == ["sent"])
    assert len(desk.smtp.messages) == 1


def test_a_worker_killed_while_the_body_leaves_ends_as_unsure(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    with worker(desk) as process:
        eventually(works(desk, process), 20)
        desk.smtp.faults.delay = 3
        desk.reply(case.id, hold=0)
        eventually(lambda: desk.states() == ["sending"], 20)
        process.kill()
        process.wait(10)
    desk.later(901)
    with desk.working():
        eventually(lambda: desk.states() == ["unsure"])
    assert len(desk.smtp.messages) <= 1
    assert desk.cases()[0].status == "open"


def test_what_was_stroked_leaves_although_its_desk_is_gone(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=1)
    with worker(desk):
        (got,) = desk.smtp.wait(1, 20)
    assert b"vej" in got.content


def test_once_does_what_is_due_and_says_what_did_not_work(desk: Desk) -> None:
    desk.account.deliver(mail())
    stop = threading.Event()
    run(desk.settings, desk.url, desk.clock, once=True, stop=stop)
    assert len(desk.cases()) == 1
    desk.reply(desk.cases()[0].id, hold=0)
    run(desk.settings, desk.url, desk.clock, once=True, stop=stop)
    assert desk.states() == ["sent"]
    assert desk.outbox()[0].copied
    desk.account.server.kill()
    with pytest.raises(Problem, match=r"support: 127\.0\.0\.1"):
        run(desk.settings, desk.url, desk.clock, once=True, stop=stop)


def test_once_beside_a_worker_doubles_nothing(desk: Desk) -> None:
    with desk.working():
        for number in range(20):
            desk.account.deliver(mail(subject=f"Pakke {number}"))
            if number % 5 == 0:
                desk.once("fetch")
        eventually(lambda: len(desk.cases()) == 20)
    assert len(desk.messages()) == 20


def test_a_detached_worker_ends_by_itself_but_not_while_a_reply_waits(desk: Desk) -> None:
    pace = replace(QUICK, idle=0.5)
    case = desk.case_of_new_mail()
    desk.reply(case.id, hold=3)
    with desk.working(pace, detached=True) as stop:
        began = time.monotonic()
        assert stop.wait(15)
        assert time.monotonic() - began > 2
        eventually(lambda: holder(desk) == "")
    assert desk.states() == ["sent"]


def test_a_detached_worker_stays_while_a_desk_is_open(desk: Desk) -> None:
    pace = replace(QUICK, idle=0.6)
    with desk.working(pace, detached=True) as stop:
        for _beat in range(10):
            with desk.store.unit(desk.anna, desk.clock()) as unit:
                people.show_presence(unit, "anna@tty1", 0, "here")
            assert not stop.wait(0.2)
        assert stop.wait(10)


def test_a_second_detached_worker_leaves_at_once(desk: Desk) -> None:
    with desk.working():
        eventually(lambda: holder(desk))
        began = time.monotonic()
        run(desk.settings, desk.url, desk.clock, stop=threading.Event(), detached=True)
        assert time.monotonic() - began < 5
        assert holder(desk)


def test_a_worker_that_lost_its_lease_waits_for_it(desk: Desk) -> None:
    with desk.working():
        eventually(lambda: holder(desk))
        with desk.store.unit(SYSTEM, desk.clock()) as unit:
            unit.session.execute(leases.update().values(holder="0-another", until=unit.at + 1_500_000))
        eventually(lambda: holder(desk) == str(os.getpid()))


def test_snoozed_cases_wake_while_it_works(desk: Desk) -> None:
    case = desk.case_of_new_mail()
    with desk.store.unit(desk.anna, desk.clock()) as unit:
        later = cases.update().where(cases.c.id == case.id)
        unit.session.execute(later.values(status="snoozed", snooze_until=unit.at + 500_000))
    with desk.working():
        eventually(lambda: desk.cases()[0].status == "open")


def test_a_desk_starts_a_process_that_outlives_it_and_shows_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "python"
    program.write_text(
        f'#!/bin/sh\n{{ echo "$@"; pwd; echo "$AGENTDESK_DB"; ps -o sid= -p $$; }} > {seen}.new\nmv {seen}.new {seen}\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    environment = {"PATH": os.environ["PATH"]}
    detached.start("postgresql://anna:hemmelig@localhost/desk", None, environment)
    words, where, url, session = eventually(lambda: seen.exists() and seen.read_text().splitlines())
    assert words == "-m agentdesk worker --detached"
    assert where == "/"
    assert url == "postgresql://anna:hemmelig@localhost/desk"
    assert int(session) != os.getsid(0)
    seen.unlink()
    monkeypatch.chdir(tmp_path)
    detached.start("sqlite:///desk.db", Path("my.toml"), environment)
    words, _where, url, _session = eventually(lambda: seen.exists() and seen.read_text().splitlines())
    assert (
        words
        == f"-m agentdesk --db sqlite:///{tmp_path}/desk.db --config {tmp_path}/my.toml worker --detached"
    )
    assert url == ""
    assert environment == {"PATH": os.environ["PATH"]}


def test_starting_one_loads_no_library() -> None:
    program = "import sys, agentdesk.worker.detached; print([m for m in ('sqlalchemy', 'textual') if m in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert said.stdout == "[]\n"


def test_a_job_that_fails_is_done_again() -> None:
    over = threading.Event()
    calls: list[str] = []

    class Failing(Duty):
        def do(self) -> float:
            calls.append("do")
            if len(calls) == 1:
                raise Problem("The disk is full.")
            return 0.01

        def rest(self, seconds: float) -> None:
            assert seconds == 0.01
            calls.append("rest")
            if len(calls) > 5:
                over.set()
            raise ValueError

        def close(self) -> None:
            calls.append("close")

    keep_doing(Failing("failing"), over, Backoff(0.001, 0.002))
    assert calls == ["do", "do", "rest", "do", "rest", "do", "rest", "close"][: len(calls)]
    assert calls[-1] == "close"


def test_pauses_grow_to_their_most_and_start_anew_after_success() -> None:
    backoff = Backoff(1.0, 300.0)
    pauses = [backoff.after_failure() for _try in range(40)]
    assert 0.75 <= pauses[0] <= 1.0
    assert 225 <= pauses[20] <= 300
    assert max(pauses) <= 300
    assert len(set(pauses)) > 30, "workers that fail together do not try together"
    backoff.clear()
    assert backoff.after_failure() <= 1.0


def test_every_job_gives_its_duties(desk: Desk) -> None:
    work = Work(desk.store, desk.clock, "test", QUICK, threading.Event())
    for name, _place in JOBS:
        assert all(isinstance(duty, Duty) for duty in duties_of(work, [name]))
    assert {duty.name for duty in duties_of(work)} >= {"heartbeat", "timers", "deliver leftovers"}
    with work.unit() as unit:
        assert outbox.expire(unit) == 0
