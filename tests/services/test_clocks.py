"""Histories of a case -> since when the customer waits, and when the answer is due.

Each step is one letter at its minute: c the customer writes · a an automatic answer · p an answer from a phone (P one
that was sent at minute 1 and read now) · r a reply of the desk, delivered · R the same and resolved · h a reply held
back · u a held reply taken back · f a reply that failed · F a resolving one that failed · ? unsure · b sent, then
bounced · n a note · e resolve · s spam · o open · z snooze · w woken.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from services.world import START, SUPPORT, World

from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.services import outbox, replies, timers, triage, undo

HISTORIES = {
    "c": 0, "cc": 0, "cn": 0, "ca": 0, "cna": 0,
    "cr": None, "crc": 2, "crcc": 2, "ccr": None, "crn": None, "cra": None,
    "cR": None, "cRc": 2, "ch": None, "chu": 0, "chc": 0, "cchc": 0, "crchc": 2,
    "cf": 0, "crcf": 2, "c?": 0, "cb": 0, "crcb": 2, "cF": 0, "cFc": 0, "cfr": None, "cbr": None, "c?r": None,
    "cp": None, "cpc": 2, "ccccP": 2, "crP": None, "crcP": 2,
    "ce": None, "cec": 2, "ceo": None, "cecc": 2, "cre": None,
    "cs": None, "cso": 0, "csc": None, "csco": 0, "cz": 0, "czc": 0, "czw": 0, "crz": None, "crzc": 3,
}  # fmt: skip
"""The minute since when the customer waits, None for nobody."""


class _History:
    def __init__(self, world: World) -> None:
        self.world = world
        self.case_id = world.comes()
        self.first = str(world.value("select message_id from messages"))
        self.stroke = 0

    def step(self, sign: str, minute: int) -> None:
        self.world.now = START + timedelta(minutes=minute)
        acts: dict[str, Callable[[], object]] = {
            "c": lambda: self.world.comes(f"more {minute}", answers=self.first),
            "a": lambda: self.world.comes(
                f"away {minute}", answers=self.first, headers={"Auto-Submitted": "auto-replied"}
            ),
            "p": lambda: self._elsewhere(minute),
            "P": lambda: self._elsewhere(1),
            "r": lambda: self._reply(Delivery.SENT),
            "R": lambda: self._reply(Delivery.SENT, resolve=True),
            "h": self._hold,
            "u": self._undo,
            "f": lambda: self._reply(Delivery.FAILED),
            "F": lambda: self._reply(Delivery.FAILED, resolve=True),
            "?": lambda: self._reply(Delivery.UNSURE),
            "b": self._bounce,
            "n": lambda: self._as_anna(replies.note, "look"),
            "e": lambda: self._as_anna(triage.set_status, Status.RESOLVED),
            "s": lambda: self._as_anna(triage.set_status, Status.SPAM),
            "o": lambda: self._as_anna(triage.set_status, Status.OPEN),
            "z": lambda: self._as_anna(triage.snooze, self.world.now + timedelta(seconds=30)),
            "w": self._wake,
        }
        acts[sign]()

    def _as_anna(self, verb: Callable[..., object], *how: object) -> None:
        with self.world.unit("anna") as unit:
            verb(unit, self.case_id, *how)

    def _elsewhere(self, minute: int) -> None:
        at = START + timedelta(minutes=minute)
        self.world.receive(
            self.world.letter(
                "from a phone",
                sender=SUPPORT,
                to="karen@example.com",
                answers=self.first,
                sent_by_us=True,
                at=at,
            )
        )

    def _hold(self, *, resolve: bool = False) -> None:
        self.stroke = self.world.replies(self.case_id, "answer", resolve=resolve, hold=20).stroke

    def _reply(self, end: Delivery, *, resolve: bool = False) -> None:
        self._hold(resolve=resolve)
        self.world.later(seconds=21)
        assert self.world.delivers(end)

    def _bounce(self) -> None:
        self._reply(Delivery.SENT)
        with self.world.unit() as unit:
            row = self.world.value("select max(id) from outbox")
            outbox.settle(unit, row, Delivery.BOUNCED, "nobody there")

    def _undo(self) -> None:
        with self.world.unit("anna") as unit:
            undo.undo(unit, self.stroke)

    def _wake(self) -> None:
        with self.world.unit() as unit:
            assert timers.wake(unit) == 1


@pytest.mark.parametrize("history", HISTORIES)
def test_who_waits_since_when(world: World, history: str) -> None:
    world.mailbox(answer_within=90)
    told = _History(world)
    for minute, sign in enumerate(history[1:], 1):
        told.step(sign, minute)
    case = world.case(told.case_id)
    minute = HISTORIES[history]
    start = int(START.timestamp() * 1_000_000)
    wanted = None if minute is None else start + minute * 60_000_000
    assert case.waiting_since == wanted
    assert case.due_at == (None if wanted is None else wanted + 90 * 60_000_000)
    if wanted is not None and not history.endswith(("z", "h")):
        assert case.status in ("new", "open"), "who waits stands in the queue"


def test_without_a_promise_nothing_is_due(world: World) -> None:
    assert world.case(world.comes()).due_at is None


def test_a_case_of_many_messages_is_computed_in_no_time(world: World) -> None:
    import time

    from sqlalchemy import insert

    from agentdesk.services import clocks
    from agentdesk.store.tables import messages

    case_id = world.comes()
    rows = [
        {
            "case_id": case_id,
            "kind": "inbound" if n % 2 else "outbound",
            "at": world.at + n,
            "person": bool(n % 2),
        }
        for n in range(20_000)
    ]
    with world.unit() as unit:
        unit.session.execute(insert(messages), rows)
        began = time.monotonic()
        clocks.refresh(unit, [case_id])
        assert time.monotonic() - began < 1
    assert world.case(case_id).waiting_since == world.at + 19_999
