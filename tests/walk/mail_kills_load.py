"""The load of the kill script: mail that arrives in threads, and Anna's replies.

Invariant: what was dropped into the mailbox and what Anna stroked is known here, each by an id of its own; a stroke
that the store could not take is tried again unless it turns out to have been taken.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TypeVar

from walk.mail_kills_house import House
from walk.mail_kills_worker import US

from agentdesk.domain.mail import Address
from agentdesk.domain.problems import Problem
from agentdesk.services import drafts, people, replies
from agentdesk.store.engine import open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.trouble import StoreTrouble
from agentdesk.store.unit import SYSTEM, Actor

_IN_THREAD = 3
_LARGE = "En lang linje om en pakke der ligger i Skagen. " * 4_000
_TWICE = 0.02
_GONE = 0.03
T = TypeVar("T")


class Load:
    """`messages` and `replies` in all, spread over the run."""

    def __init__(self, house: House, dice: random.Random, messages: int, replies_: int) -> None:
        self._house, self._dice = house, dice
        self._messages, self._replies = messages, replies_
        self.dropped: list[str] = []
        """The Message-ID of each mail in the mailbox, those that lie there twice once."""
        self.twice = 0
        self.stroked: dict[str, str] = {}
        """Each reply's own word, and to whom it goes."""
        self._store = open_store(house.url, durable=True)
        bring_up_to_date(self._store, owner=True)
        with self._store.unit(SYSTEM, house.now()) as unit:
            self._anna = Actor(people.add_agent(unit, "anna", "Anna Ås"), "anna")
        self._open: list[tuple[int, str]] = []
        self._answered: set[int] = set()
        house.workers()
        self.arrive(min(messages, 40 + messages // 50))
        assert self.all_in(60), "the first mails never came in"

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def more(self, share: float) -> None:
        """What is due when so much of the run is over; some of the replies are held for a second."""
        due = int(self._messages * share) - len(self.dropped)
        self.arrive(due if share >= 1 else min(due, 60))
        for _reply in range(int(self._replies * share) - len(self.stroked)):
            self.reply(hold=self._dice.choice((0, 0, 1)))

    # -- in -----------------------------------------------------------------------------------------------------

    def arrive(self, count: int, *, beyond: bool = False) -> int:
        """So many mails arrive, or as many as are left of the whole; `beyond` that, if need be. How many did."""
        count = max(0, count if beyond else min(count, self._messages - len(self.dropped)))
        for _mail in range(count):
            number = len(self.dropped)
            raw = _letter(number, self._dice.choice((0, 0, 200, 4000)))
            self._house.account.deliver(raw)
            self.dropped.append(_message_id(number))
            if self._dice.random() < _TWICE:
                self._house.account.deliver(raw)
                self.twice += 1
        return count

    def in_store(self) -> int:
        """How many mails stand in the store."""
        rows = self._house.rows("select count(*) from messages where kind = 'inbound'")
        return int(rows[0][0]) if rows else -1

    def all_in(self, seconds: float = 20.0) -> bool:
        """Whether all that arrived is in the store, at the latest after so long."""
        end = time.monotonic() + seconds
        while self.in_store() < len(self.dropped):
            if time.monotonic() > end:
                return False
            self._house.workers(1)
            time.sleep(0.02)
        return True

    # -- out ----------------------------------------------------------------------------------------------------

    def reply(self, hold: int, *, large: bool = False) -> None:
        """Anna answers in a case whose thread is all there, once in each; some customers have moved away."""
        case_id, address = self._next_case()
        word = f"R{len(self.stroked):05}"
        to = f"gone-{address}" if hold and self._dice.random() < _GONE * 2 else address
        typed = drafts.Typed("reply", case_id, to=(Address("Kunde Kær", to),),
                             body=f"{word} Den er på vej." if not large else f"{word} {_LARGE}")  # fmt: skip

        def stroke() -> None:
            with self._store.unit(self._anna, self._house.now(), "desk") as unit:
                replies.send(unit, typed, hold=hold)

        self._surely(stroke, lambda: bool(self._house.rows(
            f"select 1 from messages where kind = 'outbound' and text like '{word}%'")))  # fmt: skip
        self.stroked[word] = to

    def _next_case(self) -> tuple[int, str]:
        end = time.monotonic() + 30
        while not self._open:
            self._house.workers()
            found = self._house.rows(
                "select case_id, min(from_address) from messages where kind = 'inbound' group by case_id"
                f" having count(*) = {_IN_THREAD} order by case_id"
            )
            self._open = [(int(case), address) for case, address in found if case not in self._answered]
            if not self._open and self.in_store() >= len(self.dropped):
                self.arrive(_IN_THREAD - len(self.dropped) % _IN_THREAD, beyond=True)
            assert time.monotonic() < end, "no case to answer"
        case_id, address = self._open.pop(0)
        self._answered.add(case_id)
        return case_id, address

    def _surely(self, act: Callable[[], T], done: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while True:
            try:
                act()
            except StoreTrouble:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
                if done():
                    return
            except Problem as problem:
                message = f"Anna's reply was refused: {problem}"
                raise AssertionError(message) from problem
            else:
                return


def _message_id(number: int) -> str:
    return f"m{number:05}@kunde.example"


def thread_of(message_id: str) -> int:
    """Which thread a mail belongs to."""
    return int(message_id[1:6]) // _IN_THREAD


def _letter(number: int, padding: int) -> bytes:
    """One mail; three in a row are a thread of one customer."""
    thread, place = divmod(number, _IN_THREAD)
    before = [_message_id(number - back) for back in range(place, 0, -1)]
    answers = ""
    if before:
        named = " ".join(f"<{one}>" for one in before)
        answers = f"In-Reply-To: <{before[-1]}>\r\nReferences: {named}\r\n"
    at = datetime.now(UTC) - timedelta(hours=1) + timedelta(milliseconds=number)
    return (
        f"From: Kunde {thread} <k{thread}@kunde.example>\r\nTo: {US}\r\nSubject: Pakke {thread}\r\n"
        f"Date: {format_datetime(at)}\r\nMessage-ID: <{_message_id(number)}>\r\n{answers}"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"Hej, nummer {number} om min grød.\r\n" + "x" * 70 * (padding // 70) + "\r\n"
    ).encode()
