"""The worker as a process of its own, to be stopped and killed; on wish on a machine whose clock goes wrong."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import select
from worker.desk import QUICK, Desk

from agentdesk.queries.people import WORKER
from agentdesk.store.tables import leases

ROOT = Path(__file__).parents[2]
PROGRAM = textwrap.dedent("""
    import json, sys, threading, time
    from datetime import UTC, datetime
    from agentdesk.config.settings import Channel, Imap, Settings, Smtp
    from agentdesk.store.clock import StoreClock
    from agentdesk.worker.run import run
    from agentdesk.worker.signals import ended_by_signals
    from agentdesk.worker.work import Pace
    url, pace, imap_port, smtp_port, user, password, wrong = json.loads(sys.argv[1])
    machine = lambda: time.time() + wrong
    clock = StoreClock(lambda: datetime.fromtimestamp(machine(), UTC), machine)
    channel = Channel(
        kind="email", name="support", address="support@example.dk",
        imap=Imap(host="127.0.0.1", port=imap_port, tls="none", user=user, password=password),
        smtp=Smtp(host="127.0.0.1", port=smtp_port, tls="none"))
    stop = threading.Event()
    with ended_by_signals(stop):
        run(Settings(channels=(channel,)), url, clock, stop=stop, pace=Pace(**pace),
            say=lambda words: print(words, flush=True))
""")


@contextmanager
def worker(desk: Desk, *, imap_port: int = 0, wrong: float = 0.0) -> Iterator[subprocess.Popen[str]]:
    """A worker; `wrong`: by so many seconds its machine's clock is ahead of all others."""
    account = desk.account
    facts = [
        desk.url, asdict(QUICK), imap_port or account.port, desk.smtp.port, account.user, account.password, wrong,
    ]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, json.dumps(facts)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def holder(desk: Desk) -> str:
    """The process id of the worker that works; empty when none does."""
    with desk.store.session() as session:
        found = session.scalar(select(leases.c.holder).where(leases.c.name == WORKER))
    return (found or "").partition("-")[0]


def works(desk: Desk, process: "subprocess.Popen[str]") -> Callable[[], bool]:
    """Whether this one works."""
    return lambda: holder(desk) == str(process.pid)
