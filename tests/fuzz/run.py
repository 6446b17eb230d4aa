"""Fuzzing: mails broken by chance through the reader, the intake, and an agent's answers.

    PYTHONPATH=tests python -m fuzz.run [--minutes 10 | --seconds 30] [--least 2000] [--seed N] [--first N]

Every run has a seed of its own and prints it; mail NUMBER of a seed is the same in every run, so that
`--seed S --first NUMBER --least 1 --seconds 0` makes a finding again. A finding is printed with the mail, made small,
in Base64. Each mail may take SECONDS of CPU time, all of them together MEGABYTES more than the program takes without.
Prints the counts and the slowest mail; ends with 1 if anything was found.
"""

import argparse
import base64
import random
import resource
import secrets
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from fuzz.desk import Desk
from fuzz.mutations import mutation
from fuzz.promises import of_answering, of_message
from fuzz.shrink import smallest

from agentdesk.domain.mail import Message
from agentdesk.mail.parse import NotMail, parse

SECONDS = 2.0
MEGABYTES = 200
_HANGS = 20.0
_BATCH = 40
_OF_A_DESK = 2_000
"""Mails that one store sees: a larger one only slows the search down."""
_TOLD = 5
"""Findings of one kind that are printed."""


class Hangs(BaseException):
    """No end is in sight."""


@dataclass
class Run:
    """One run and what it came upon."""

    seed: int
    found: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    ingested: int = 0
    quarantined: int = 0
    answered: int = 0
    slowest: tuple[float, int] = (0.0, -1)
    grown: int = 0

    def go(self, first: int, least: int, seconds: float) -> None:
        """Mails from the first on: at least so many, and until the CPU time is spent."""
        until, floor = time.process_time() + seconds, _peak()
        desk, number = Desk(), first
        while number < first + least or time.process_time() < until:
            last = number + _BATCH if seconds else min(number + _BATCH, first + least)
            self._batch(desk, range(number, last))
            number = last
            if desk.tally.seen >= _OF_A_DESK:
                self._leave(desk)
                desk = Desk()
        self._leave(desk)
        self.grown = _peak() - floor
        if self.grown > MEGABYTES:
            self._tell("memory", f"{self.grown} MB more than at the start")

    def _batch(self, desk: Desk, numbers: range) -> None:
        mails = [mutation(self.seed, number) for number in numbers]
        for number, raw in zip(numbers, mails, strict=True):
            self._one(number, raw)
        dice = random.Random(f"{self.seed}:{numbers.start}:desk")
        for fault in _guarded(lambda: desk.takes(mails, dice)):
            self._tell(
                _kind(fault), f"seed {self.seed}, mails {numbers.start} to {numbers.stop - 1}: {fault}"
            )

    def _one(self, number: int, raw: bytes) -> None:
        self.mails += 1
        spent, told = faults(raw)
        self.slowest = max(self.slowest, (spent, number))
        for kind, fault in {_kind(one): one for one in reversed(told)}.items():
            first = not self.found[kind]
            self._tell(kind, f"seed {self.seed}, mail {number}: {fault}")
            if first:
                small = smallest(raw, lambda one: kind in map(_kind, faults(one)[1]))  # noqa: B023
                print(f"  made small, {len(small)} bytes: {base64.b64encode(small[:20_000]).decode()}")

    def _leave(self, desk: Desk) -> None:
        self.ingested += desk.tally.ingested
        self.quarantined += desk.tally.quarantined
        self.answered += desk.answered
        desk.close()

    def _tell(self, kind: str, words: str) -> None:
        self.found[kind] += 1
        if self.found[kind] <= _TOLD:
            print(words, flush=True)


def faults(raw: bytes) -> tuple[float, list[str]]:
    """How long a mail takes to be read, and all that is wrong with what becomes of it."""
    read: list[Message] = []
    started = time.process_time()
    told = _guarded(lambda: _read(raw, read))
    spent = time.process_time() - started
    if spent > SECONDS:
        told.append(f"time: {spent:.1f} s CPU to read it")
    for message in read:
        told += _guarded(lambda: of_message(message, raw))  # noqa: B023  called at once
        told += _guarded(lambda: of_answering(message))  # noqa: B023
    return spent, told


def _read(raw: bytes, into: list[Message]) -> list[str]:
    try:
        into.append(parse(raw))
    except NotMail as problem:
        return [] if str(problem).endswith(".") else ["reason: no sentence"]
    return []


def _guarded(act: Callable[[], list[str]]) -> list[str]:
    """What it tells; a crash and an endless run are told, too."""
    signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _HANGS)
    try:
        return act()
    except Hangs:
        return [f"hangs: {traceback.format_exc(limit=-4)}"]
    except Exception as error:  # noqa: BLE001  a crash is what is looked for
        return [f"crash of {type(error).__name__}: {traceback.format_exc(limit=-4)}"]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _stop(_signal: int, _frame: object) -> None:
    raise Hangs


def _kind(fault: str) -> str:
    return fault.partition(":")[0]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> int:
    """Read what was asked, run, print."""
    words = argparse.ArgumentParser(description="Mails broken by chance.")
    words.add_argument("--minutes", type=float, default=0.0, help="of CPU time")
    words.add_argument("--seconds", type=float, default=0.0)
    words.add_argument("--least", type=int, default=2000, help="mails at least")
    words.add_argument("--seed", type=int, default=None)
    words.add_argument("--first", type=int, default=0, help="the number of the first mail")
    given = words.parse_args()
    run = Run(secrets.randbelow(10**9) if given.seed is None else given.seed)
    print(f"seed {run.seed}", flush=True)
    run.go(given.first, given.least, given.minutes * 60 + given.seconds)
    print(
        f"seed {run.seed}: {run.mails} mails, {run.ingested} ingested, {run.quarantined} quarantined, "
        f"{run.answered} answered from the desk; the slowest {run.slowest[0]:.2f} s CPU (mail {run.slowest[1]}), "
        f"memory grown by {run.grown} MB"
    )
    print(
        f"{run.found.total()} found"
        + "".join(f"\n  {count} {kind}" for kind, count in run.found.most_common())
    )
    return 1 if run.found else 0


if __name__ == "__main__":
    sys.exit(main())
