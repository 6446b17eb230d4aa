"""What every job of the worker is handed: the store, the clock, the channels it serves, and when it is over.

Invariant: a channel's row says in one place what is wrong with it, however many jobs use the channel.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import select

from agentdesk.channels import open_channel
from agentdesk.channels.contract import Channel
from agentdesk.channels.refusals import Refusals
from agentdesk.config.language import _
from agentdesk.config.settings import Channel as ChannelSettings
from agentdesk.config.settings import Shop as ShopSettings
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.problems import Refused
from agentdesk.queries.people import WORKER
from agentdesk.services import people
from agentdesk.services.intake import Tally
from agentdesk.services.orders import Taken
from agentdesk.store.engine import Store
from agentdesk.store.tables import leases
from agentdesk.store.trouble import StoreTrouble
from agentdesk.store.unit import SYSTEM, UnitOfWork

_logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
_HEARD_EVERY: Final = 10_000_000
"""Microseconds between two notes that a channel which works still works."""


class Superseded(Refused):
    """This worker works no more."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long, in seconds."""

    poll: float = 0.25
    """between two looks for replies that are due"""
    sent: float = 60.0
    """between two looks into the Sent folder when nothing else happens"""
    copies: float = 2.0
    wishes: float = 1.0
    """between two looks for customers whose orders a desk wants to see fresh"""
    timers: float = 5.0
    first: float = 1.0
    """the pause after a first failure; it doubles"""
    most: float = 300.0
    most_shop: float = 60.0
    refused: float = 300.0
    """the least pause after a server refused us: a storm of wrong passwords locks accounts"""
    renew: float = 3.0
    valid: int = 15
    """the worker's lease: renewed so often, valid so long"""
    idle: float = 60.0
    """a detached worker ends when no desk has been seen for so long"""
    grace: float = 1.5
    """how long the jobs have to end"""


@dataclass(slots=True)
class Outcome:
    """What was done, for those who ask once."""

    tally: Tally = field(default_factory=Tally)
    settled: dict[Delivery, int] = field(default_factory=dict)
    orders: Taken = field(default_factory=Taken)
    asked: int = 0
    """How many addresses shops were asked for."""
    shops: dict[str, str] = field(default_factory=dict)
    """What is wrong with which shop, a sentence each."""
    troubles: tuple[str, ...] = ()
    """One sentence for each thing that did not work."""

    def count(self, state: Delivery) -> None:
        """One more reply ended like this."""
        self.settled[state] = self.settled.get(state, 0) + 1


@dataclass(frozen=True, slots=True)
class Work:
    """Handed to every job."""

    store: Store
    clock: Clock
    holder: str
    """who this worker is, in leases"""
    pace: Pace
    stop: threading.Event
    """the whole worker ends"""
    over: threading.Event = field(default_factory=threading.Event)
    """this spell of work ends"""
    served: tuple["Served", ...] = ()
    shops: tuple[ShopSettings, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome = field(default_factory=Outcome)
    detached: bool = False

    @contextmanager
    def unit(self, *, late: bool = False) -> Iterator[UnitOfWork]:
        """One commit of the house itself. `late`: it only says how an act ended, which stays true whoever works now."""
        with self.store.unit(SYSTEM, self.clock(), "worker", late=late) as unit:
            yield unit

    def spell(self) -> "Work":
        """A spell of work: its units end in Superseded, and it is over, once another worker has the lease.

        A worker that was stopped, swapped out or cut off from the store may wake long after another took its place,
        in the middle of anything.
        """
        over = threading.Event()

        def still_ours(unit: UnitOfWork) -> None:
            query = select(leases.c.holder).where(leases.c.name == WORKER)
            if unit.session.scalar(query) != self.holder:
                over.set()
                raise Superseded(_("Another worker has taken over this store; this one rests."))

        return replace(self, store=self.store.guarded(still_ours), over=over, outcome=Outcome())


class Served:
    """A channel of the settings, as it is served: how to open it, and what is wrong with it now."""

    def __init__(
        self, channel_id: int, settings: ChannelSettings, store: Store, clock: Clock,
        environment: Mapping[str, str],
    ) -> None:  # fmt: skip
        self.id = channel_id
        self.name = settings.name
        self.reads = settings.kind != "email" or settings.imap is not None
        self._settings = settings
        self._store = store
        self._clock = clock
        self._environment = environment
        self._refusals = Refusals()
        self._lock = threading.Lock()
        self._wrong: dict[str, str] = {}
        self._written: tuple[str, int] | None = None

    def open(self) -> Channel:
        """A channel object of the caller's own; it connects when it is first used."""
        return open_channel(self._settings, self._environment, self._refusals)

    def heard(self, part: str, trouble: str = "") -> None:
        """A part of the channel (reading, sending) works, or has this trouble; its row says so."""
        with self._lock:
            self._wrong[part] = trouble
            text = " ".join(self.troubles())
            now = self._clock()
            if self._written is not None:
                before, at = self._written
                if before == text and micros(now) - at < _HEARD_EVERY:
                    return
            try:
                with self._store.unit(SYSTEM, now, "worker") as unit:
                    people.channel_heard(unit, self.id, text)
            except StoreTrouble as away:  # the row says it later; what the job found out stands all the same
                _logger.warning("%s: %s", self.name, away)
            else:
                self._written = (text, micros(now))

    def troubles(self) -> tuple[str, ...]:
        """What is wrong now, a sentence each."""
        return tuple(dict.fromkeys(filter(None, self._wrong.values())))
