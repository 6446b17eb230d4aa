"""Runs the worker: waits for its turn, does all jobs until told to stop, and leaves in order.

Invariants: of several workers on a store one works, the others wait to take over; when told to stop it is gone within
two seconds, and whatever it could not end in that time is as safe as after a kill.
"""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from agentdesk.config.language import _
from agentdesk.config.settings import Channel as ChannelSettings
from agentdesk.config.settings import Settings
from agentdesk.domain.problems import Problem
from agentdesk.queries.people import WORKER
from agentdesk.services import outbox, people
from agentdesk.store.engine import Store, open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.trouble import StoreTrouble
from agentdesk.worker.duty import Backoff, Duty, keep_doing
from agentdesk.worker.jobs import ALL, duties_of
from agentdesk.worker.work import Clock, Outcome, Pace, Served, Superseded, Work

NORMAL = Pace()
_LOOK = 0.2
"""Seconds between two looks of the main thread whether work is over."""
_logger = logging.getLogger(__name__)


def run(
    settings: Settings, store_url: str, clock: Clock, *, stop: threading.Event, once: bool = False,
    detached: bool = False, pace: Pace = NORMAL, environment: Mapping[str, str] | None = None,
    say: Callable[[str], None] = _logger.info,
) -> None:  # fmt: skip
    """Work until `stop` is set. `once`: do each job that is due and end, raising Problem for what did not work.

    `say` gets a sentence when this worker has to wait for another one.
    """
    store = open_store(store_url, durable=True, clock=clock)
    try:
        bring_up_to_date(store)
        if once:
            outcome = run_once(settings, store, clock, pace=pace, environment=environment)
            if outcome.troubles:
                raise Problem("\n".join(outcome.troubles))
            return
        work = Work(store, clock, _new_holder(), pace, stop, detached=detached)
        _take_turns(work, settings, environment or {}, say)
    finally:
        store.close()


def run_once(
    settings: Settings, store: Store, clock: Clock, jobs: Iterable[str] = ALL, *, pace: Pace = NORMAL,
    environment: Mapping[str, str] | None = None,
) -> Outcome:  # fmt: skip
    """Do what is due of these jobs, once, here and now; beside a worker at work it is safe, too."""
    work = Work(store, clock, _new_holder(), pace, threading.Event())
    with work.unit() as unit:
        if people.take_lease(unit, WORKER, work.holder, pace.valid):  # no worker lives: nothing is in hand
            people.drop_lease(unit, WORKER, work.holder)
            outbox.release(unit, work.holder)
    given = environment or {}
    work = replace(
        work, served=_publish(work, settings.channels, given), shops=settings.shops, environment=given
    )
    for duty in duties_of(work, (name for name in jobs if name != "heartbeat")):
        try:
            while duty.do() == 0:
                pass
        finally:
            duty.close()
    work.outcome.troubles = tuple(
        f"{served.name}: {trouble}" for served in work.served for trouble in served.troubles()
    ) + tuple(work.outcome.shops.values())
    return work.outcome


def _new_holder() -> str:
    return f"{os.getpid()}-{secrets.token_hex(6)}"


def _publish(
    work: Work, channels: Iterable[ChannelSettings], environment: Mapping[str, str]
) -> tuple[Served, ...]:
    """Write to the store what everybody may know of our channels."""
    served = []
    with work.unit() as unit:
        for one in channels:
            channel_id = people.publish_channel(unit, people.ChannelFacts.of(one))
            served.append(Served(channel_id, one, work.store, work.clock, environment))
    return tuple(served)


def _take_turns(
    work: Work, settings: Settings, environment: Mapping[str, str], say: Callable[[str], None]
) -> None:
    """Work whenever the lease is ours; otherwise wait for it, or, started by a desk, leave it to the other one."""
    told = False
    while not work.stop.is_set():
        if _take_lease(work):
            told = False
            try:
                _work(work.spell(), settings, environment)
            except (StoreTrouble, Superseded) as trouble:
                _logger.warning("%s", trouble)
                work.stop.wait(work.pace.renew)
        elif work.detached:
            _logger.info("another worker is at work on this store: this one ends")
            return
        else:
            if not told:
                say(_("Another worker is at work on this store; this one takes over when it ends."))
                told = True
            work.stop.wait(work.pace.renew)


def _take_lease(work: Work) -> bool:
    try:
        with work.unit() as unit:
            if not people.take_lease(unit, WORKER, work.holder, work.pace.valid):
                return False
            outbox.release(unit, work.holder)
            return True
    except StoreTrouble as trouble:
        _logger.warning("%s", trouble)
        return False


def _work(work: Work, settings: Settings, environment: Mapping[str, str]) -> None:
    """One spell of work, from having the lease to giving it up."""
    try:
        work = replace(
            work, served=_publish(work, settings.channels, environment), shops=settings.shops,
            environment=environment,
        )  # fmt: skip
        duties = duties_of(work)
        _logger.info("the worker works: %s", ", ".join(duty.name for duty in duties))
        threads = [_begin(duty, work) for duty in duties]
        while not work.stop.wait(_LOOK) and not work.over.is_set():
            pass
        work.over.set()
        _end(duties, threads, work.pace.grace)
    finally:
        with suppress(StoreTrouble), work.unit(late=True) as unit:
            people.drop_lease(unit, WORKER, work.holder)
        _logger.info("the worker rests")


def _begin(duty: Duty, work: Work) -> threading.Thread:
    backoff = Backoff(work.pace.first, work.pace.most)
    thread = threading.Thread(target=keep_doing, args=(duty, work.over, backoff), name=duty.name, daemon=True)
    thread.start()
    return thread


def _end(duties: list[Duty], threads: list[threading.Thread], grace: float) -> None:
    for duty in duties:
        duty.wake()
    deadline = time.monotonic() + grace
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            _logger.warning("%s did not end in time", thread.name)
