"""The shop as a classroom: everything is there, nothing arrives, and one customer has written twice.

Invariant: the same seed and time give the same cases, so that the keys of a lesson lead where it says.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from agentdesk.automation.intake import read_batch
from agentdesk.demo import history
from agentdesk.demo.coach import Coach
from agentdesk.demo.lessons import LESSONS
from agentdesk.demo.shop import HOLDER, LEASE, ME
from agentdesk.demo.world import World, open_world
from agentdesk.domain.mail import Letter, RawMail
from agentdesk.mail.compose import compose
from agentdesk.queries.people import WORKER
from agentdesk.services import intake, people
from agentdesk.store.engine import Store
from agentdesk.store.unit import SYSTEM

EVERY: Final = 3.0
"""Seconds between two looks."""
PIECES: Final = 4
"""Pieces of the history that are written: that of the customers who have a case today, and little more."""
TWICE: Final = "Ida Bæk"
_AGAIN: Final = (
    "Hej\n\nJeg glemte at skrive, at jeg gerne vil beholde kjolen, hvis den findes i en større.\n\nIda Bæk"
)


@contextmanager
def lights_on(store: Store, clock: Callable[[], datetime]) -> Iterator[None]:
    """Somebody looks after the house, so that no desk waits for a worker; nothing leaves, and all can be taken back."""
    over = threading.Event()

    def look_after() -> None:
        while not over.wait(EVERY):
            with store.unit(SYSTEM, clock()) as unit:
                people.take_lease(unit, WORKER, HOLDER, LEASE)

    caretaker = threading.Thread(target=look_after, name="classroom", daemon=True)
    caretaker.start()
    try:
        yield
    finally:
        over.set()
        caretaker.join()


def open_classroom(store: Store, now: datetime) -> Coach:
    """Make it; returns the coach who teaches in it."""
    world = open_world(store, now)
    left = iter(range(PIECES - 1))
    history.fill(world, lambda _rest: next(left, None) is not None)
    _write_again(world)
    cases = {strand.plan.customer: strand.case_id for strand in world.strands}
    return Coach(LESSONS, world.shop.agents[ME].id or 0, cases)


def _write_again(world: World) -> None:
    """The customer writes once more, as if it were the first time."""
    strand = next(one for one in world.strands if one.plan.customer == TWICE)
    letter = Letter(
        sender=strand.customer, to=(strand.mailbox.address,), subject="Kjolen igen", text=_AGAIN, date=world.now,
        message_id="kjolen-igen@mail.example", html=False,
    )  # fmt: skip
    with world.store.unit(SYSTEM, world.now) as unit:
        intake.receive(
            unit, strand.mailbox.id, read_batch([RawMail(compose(letter), "demo", world.now)], world.now)
        )
