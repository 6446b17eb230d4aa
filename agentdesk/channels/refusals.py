"""Remembers which sign-ins a server refused, for all threads that use one mailbox: a storm of wrong passwords locks it.

Invariants: one sign-in to an account at a time; a secret that was refused is not shown to the same server again before
its pause is over, whoever asks; the pauses grow; a different secret is tried at once. Secrets are not kept, only what
tells one from another.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from agentdesk.channels.contract import ChannelRefused

FIRST: Final = 290.0
"""Seconds before a refused secret is tried again: a little less than the worker's own pause after a refusal, so that it
is not missed by a hair. Five tries in ten minutes, for all threads together, is where common guards begin to ban."""
MOST: Final = 1800.0


class SignInRefused(ChannelRefused):
    """The server knows us not, or not with this secret."""


@dataclass(slots=True)
class _Account:
    lock: threading.Lock = field(default_factory=threading.Lock)
    mark: bytes = b""
    problem: SignInRefused | None = None
    pause: float = FIRST
    until: float = 0.0


class Refusals:
    """What one mailbox's servers refused. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._salt = os.urandom(16)
        self._guard = threading.Lock()
        self._accounts: dict[tuple[str, int, str], _Account] = {}

    def check(self, host: str, port: int, user: str, secret: Callable[[], str]) -> None:
        """Raises the last SignInRefused while it is too early for another attempt: then nobody need even connect."""
        account = self._account(host, port, user)
        with account.lock:
            if account.problem is not None:
                self._check(account, self._mark(secret()))

    @contextmanager
    def signing_in(self, host: str, port: int, user: str, secret: Callable[[], str]) -> Iterator[str]:
        """The secret for one attempt; a SignInRefused that is raised inside is remembered. Raises as `check`."""
        account = self._account(host, port, user)
        with account.lock:
            shown = secret()
            mark = self._mark(shown)
            self._check(account, mark)
            try:
                yield shown
            except SignInRefused as problem:
                again = account.problem is not None and account.mark == mark
                account.pause = min(MOST, account.pause * 2) if again else FIRST
                account.mark, account.problem = mark, problem
                account.until = self._clock() + account.pause
                raise
            account.problem = None

    def _account(self, host: str, port: int, user: str) -> _Account:
        with self._guard:
            return self._accounts.setdefault((host, port, user), _Account())

    def _check(self, account: _Account, mark: bytes) -> None:
        if account.problem is not None and account.mark == mark and self._clock() < account.until:
            raise SignInRefused(*account.problem.args)

    def _mark(self, secret: str) -> bytes:
        return hashlib.sha256(self._salt + secret.encode("utf-8", "replace")).digest()
