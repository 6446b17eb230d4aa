"""Orders: one thread for each shop of the settings asks it for whom desks show, then for who has an open case.

Invariants: a shop that hangs holds up nothing but its own thread, and that for seconds; no unit is open while a shop is
asked; what a shop cannot answer is told once in its row and tried again ever later.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email.credentials import password_of
from agentdesk.config import log
from agentdesk.config.settings import Shop as ShopSettings
from agentdesk.domain.instants import micros
from agentdesk.domain.orders import Broken, Order
from agentdesk.queries import orders as look
from agentdesk.services import orders
from agentdesk.shops import plugin
from agentdesk.shops.contract import Shop, ShopDown, ShopRefused
from agentdesk.store.trouble import StoreTrouble
from agentdesk.worker.duty import Backoff, Duty
from agentdesk.worker.work import Work

_logger = logging.getLogger(__name__)
_AT_ONCE = 20
"""Addresses asked for between two looks at what else is wished for."""
_ROUND = timedelta(seconds=30)
"""Between two looks for customers with open cases."""
_PASSWORDS = ("password", "password_command", "password_env", "password_file")


def duties(work: Work) -> list[Duty]:
    """One for each shop."""
    return [Asking(work, settings) for settings in work.shops]


class Asking(Duty):
    """Asks one shop."""

    def __init__(self, work: Work, settings: ShopSettings) -> None:
        super().__init__(f"orders {settings.name}")
        self._work = work
        self._settings = settings
        self._shop: Shop | None = None
        self._source: int | None = None
        self._backoff = Backoff(work.pace.first, work.pace.most_shop)
        self._next_round = work.clock()

    def do(self) -> float:
        """Ask for those who are wished for, or whose turn it is; seconds until the next look."""
        work, source = self._work, self._source_id()
        now, round_ends = work.clock(), False
        with work.store.session() as session:
            wanted = look.due(session, source, _AT_ONCE)
            if not wanted and now >= self._next_round:
                before = micros(now - timedelta(minutes=self._settings.refresh))
                wanted = look.stale(session, source, before, _AT_ONCE)
                round_ends = len(wanted) < _AT_ONCE
        for address in wanted:
            if work.over.is_set():
                return 0.1
            try:
                self._ask(source, address)
            except (ShopDown, ShopRefused, ChannelDown, ChannelRefused) as problem:
                return self._in_trouble(source, address, str(problem))
        if round_ends:
            self._next_round = now + _ROUND
        self._backoff.clear()
        work.outcome.shops.pop(self._settings.name, None)
        return 0.0 if len(wanted) == _AT_ONCE else work.pace.wishes

    def close(self) -> None:
        """Hang up."""
        if self._shop is not None:
            self._shop.close()

    def _ask(self, source: int, address: str) -> None:
        found = list(self._opened().orders(address))
        told = [one for one in found if isinstance(one, Order)]
        for one in found:
            if isinstance(one, Broken):
                _logger.warning("%s: an order cannot be read: %s: %s", self.name, one.column, one.reason)
        with self._work.unit() as unit:
            taken = orders.looked_up(unit, source, address, told)
        self._work.outcome.orders += taken
        self._work.outcome.asked += 1

    def _in_trouble(self, source: int, address: str, sentence: str) -> float:
        """Say what is wrong; returns how long to leave the shop alone."""
        _logger.warning("%s: %s", self.name, sentence)
        work = self._work
        work.outcome.shops[self._settings.name] = sentence
        with suppress(StoreTrouble), work.unit() as unit:
            orders.troubled(unit, source, sentence, address)
        return self._backoff.after_failure()

    def _opened(self) -> Shop:
        if self._shop is None:
            self._shop = opened(self._settings, self._work.environment)
        return self._shop

    def _source_id(self) -> int:
        if self._source is None:
            with self._work.unit() as unit:
                self._source = orders.source(unit, self._settings.name, self._settings.kind)
        return self._source


def opened(settings: ShopSettings, environment: Mapping[str, str]) -> Shop:
    """The shop that these settings describe; its password is asked for when it is first needed. Raises ShopRefused."""

    def password() -> str:
        if not any(getattr(settings, name) for name in _PASSWORDS):
            return ""
        secret = password_of(settings, environment, settings.name, "")
        log.hide(secret)
        return secret

    made: Shop = plugin(settings.kind)(settings, password)
    return made
