"""Kills worker, mailbox, mail server and database (-9) while mail comes in and replies go out; counts every message.

`python tests/walk/mail_kills.py [KILLS] [SEED] [--database sqlite|postgres] [--messages N] [--replies N]` prints the
log of kills by state and the counts; exit 1 when a promise was broken. Also a store that turns read-only or full
between DATA and the `sent` mark. Invariant kept: nothing is lost and nothing doubled; each reply ends sent (the sink
has it once), failed (never) or unsure (at most once, and only where the break fell behind DATA).
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from walk.mail_kills_counts import Counts, count
from walk.mail_kills_house import House
from walk.mail_kills_load import Load
from walk.mail_kills_plan import READING, SENDING, STATES, Kill, Log, plan

_AT = ("connect", "mail", "data", "dot")
_NOT_LEAVING = ("held", "queued", "connect", "mail", "sent", "fetching", "between batches", "idle")
"""Aimed at these, a kill is not meant for another reply that happens to be leaving."""
_AWAY = 0.4
"""The most seconds that something killed stays away, and so for a store that is full."""


class Run:
    """One load, and the kills upon it."""

    def __init__(self, house: House, load: Load, dice: random.Random, say: Callable[[str], None]) -> None:
        self.house, self.load, self.dice, self._say = house, load, dice, say
        self.log = Log()
        self.behind_data: dict[int, Kill] = {}
        """The outbox rows that were `sending` when something was killed, and what was killed last."""

    def kills(self, todo: list[Kill]) -> None:
        """One after another; one whose state has passed comes again at the end."""
        again: list[Kill] = []
        for number, kill in enumerate(todo):
            self._one(kill, number / len(todo), again)
        for kill in [*again, *again]:
            if self.log.of(kill.state) < sum(one.state == kill.state for one in todo):
                self._one(kill, 1.0, [])

    def _one(self, kill: Kill, share: float, again: list[Kill]) -> None:
        self.house.workers()
        self.load.more(share)
        began = time.monotonic()
        if kill.state in SENDING:
            hit = self._sending(kill)
        elif kill.state in READING:
            hit = self._reading(kill)
        else:
            hit = self._store(kill)
        if kill.victim in {"database", "store"}:
            # the certain end is written now; a worker killed before that would be a second fault
            self._soon(lambda: not self.house.any_leaves(), 5)
        if hit:
            self.log.hit(kill)
        else:
            self.log.miss(kill)
            again.append(kill)
        self._say(
            f"{time.monotonic() - began:5.1f} s  {kill.state} / {kill.victim}{'' if hit else ': missed'}"
        )

    # -- aiming -------------------------------------------------------------------------------------------------

    def _sending(self, kill: Kill) -> bool:
        """A reply stands in this state: kill."""
        house, sink = self.house, self.house.sink
        if kill.state == "held":
            self.load.reply(hold=1)
            return self._state("'held'") and self._kill(kill)
        if kill.state == "queued":
            sink.ask("tempfail")
            self.load.reply(hold=0)
            return self._soon(lambda: self._state("'queued' and last_error <> ''"), 10) and self._kill(kill)
        if kill.state == "connect":
            sink.ask("hangup")
        stage = kill.state if kill.state in _AT else "kept"
        if kill.state == "dot" and self.dice.random() < 0.5:
            stage = "kept"  # taken, and on the sink's disk, but not answered
        if not self._at(stage, large=kill.state == "data" and kill.victim != "worker"):
            return False
        if stage != "kept" or kill.state == "dot":
            marked = stage in {"connect", "mail"} or self._soon(house.any_leaves, 5)
            hit = marked and self._kill(kill)
            sink.ask("go")
            return hit
        worker = house.at_work()
        if kill.state == "sent" or worker is None:
            sink.ask("go")
            return self._soon(self._sent_only, 5) and self._kill(kill)
        house.stop(worker)  # the answer lies in its socket, unread
        sink.ask("go")
        sink.heard("gone kept", 5)
        try:
            return self._state("'sending'") and self._kill(kill, stopped=worker)
        finally:
            house.go_on(worker)

    def _reading(self, kill: Kill) -> bool:
        """The worker is about to read, reads, or waits for mail: kill."""
        house, load = self.house, self.load
        if kill.state == "idle":
            load.all_in()
            return self._soon(self._quiet, 3) and self._kill(kill)
        before, carried = load.in_store(), house.imap.down
        arrived = load.arrive(45 if kill.state != "in commit" else 10, beyond=True)
        if kill.state == "in commit":
            server = kill.victim == "database"
            if server:
                load.reply(hold=0)  # the commits around its sending, too
            there = self._soon(lambda: house.writing() and (server or not house.any_leaves()), 5, every=0.0)
            return there and self._kill(kill)
        if kill.state == "fetching":
            some = self.dice.randrange(500, 12_000)
            there = self._soon(lambda: house.imap.down > carried + some, 10, every=0.0)
        else:
            there = self._soon(lambda: load.in_store() > before, 10, every=0.0)
        house.imap.stall(new=False)
        try:
            return there and load.in_store() < before + arrived and self._kill(kill)
        finally:
            house.imap.heal()

    def _store(self, kill: Kill) -> bool:
        """Between DATA and the `sent` mark the store turns read-only or full, and after a while is well again."""
        if not self._at("kept"):
            return False
        house = self.house
        with house.store_turns(kill.state):
            house.sink.ask("go")
            house.sink.heard("gone kept", 5)
            time.sleep(self.dice.uniform(0.2, _AWAY))
            hit = self._state("'sending'")
            self._note_leaving(kill)
            worker = house.at_work()
            if kill.victim == "store and worker" and worker is not None:
                house.kill_worker(worker)
                self._note_leaving(kill)
        if kill.victim == "store and worker":
            house.later(16)
        return hit

    def _sent_only(self) -> bool:
        """A reply waits for its copy, and none is leaving."""
        return self._state("'sent' and not copied") and not self.house.any_leaves()

    def _quiet(self) -> bool:
        """The mailbox is connected and has nothing to say."""
        carried = self.house.imap.down
        time.sleep(0.1)
        return carried == self.house.imap.down and self.house.imap.open > 0

    def _at(self, stage: str, *, large: bool = False) -> bool:
        """A reply is at this stage, and stands there."""
        if large:
            self._soon(
                lambda: not self._state("'held'") and not self._state("'queued' and last_error = ''"), 5
            )
        self.house.sink.ask(f"arm {stage}")
        self.load.reply(hold=0, large=large)
        if self.house.sink.heard(f"at {stage}", 12):
            return True
        self.house.sink.ask("go")
        return False

    def _note_leaving(self, kill: Kill) -> None:
        for row_id, living in self.house.leaving():
            if living:
                self.behind_data[row_id] = kill
            else:
                self.behind_data.setdefault(row_id, kill)

    def _state(self, which: str) -> bool:
        return bool(self.house.rows(f"select 1 from outbox where state = {which}"))

    def _soon(self, ask: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
        end = time.monotonic() + seconds
        while not ask():
            if time.monotonic() > end:
                return False
            time.sleep(every)
        return True

    # -- killing ------------------------------------------------------------------------------------------------

    def _kill(self, kill: Kill, stopped: int | None = None) -> bool:
        """Kill, and let it come up again after a moment. `stopped` stands still and goes on when the victim is dead."""
        house, away = self.house, self.dice.uniform(0, _AWAY)
        if kill.state in _NOT_LEAVING and kill.victim in {"worker", "smtp"}:
            self._soon(lambda: not house.any_leaves(), 1)
        self._note_leaving(kill)
        if kill.victim == "worker":
            worker = stopped
            if worker is None and not self._soon(lambda: house.at_work() is not None, 5):
                return False
            worker = worker or house.at_work()
            assert worker is not None
            house.kill_worker(worker)
            self._note_leaving(kill)
            house.later(16)
            return True
        kill_it, start_it = {
            "imap": (house.dovecot.kill, house.dovecot.start),
            "smtp": (house.sink.kill, house.sink.start),
            "database": (house.kill_database, house.start_database),
        }[kill.victim]
        kill_it()
        if stopped is not None:
            house.go_on(stopped)
        time.sleep(away)
        start_it()
        return True

    # -- the end ------------------------------------------------------------------------------------------------

    def drain(self) -> bool:
        """Everything is up: what waits is done, and what a dead worker had begun to send is called unsure.

        One worker is left: the clock's leaps would take the lease from a living one.
        """
        end = time.monotonic() + 120
        self._soon(lambda: self.house.at_work() is not None, 10)
        self.house.one_worker()
        while time.monotonic() < end:
            self.house.workers(1)
            if self.load.all_in(1) and self._all_ended():
                return True
            self.house.later(200)
            time.sleep(0.7)
        return False

    def _all_ended(self) -> bool:
        query = "select count(*) from outbox where state in ('failed', 'unsure') or state = 'sent' and copied"
        rows = self.house.rows(query)
        return bool(rows) and int(rows[0][0]) >= len(self.load.stroked)


def killed(
    kills: int, seed: int, folder: Path, *, database: str, messages: int, replies: int,
    say: Callable[[str], None] = lambda _words: None,
) -> Iterator[str]:  # fmt: skip
    """Run it; gives what is to be said, the last line being the verdict. `say` gets a line for each kill."""
    dice = random.Random(seed)
    with House(folder, database) as house:
        load = Load(house, dice, messages, replies)
        try:
            run = Run(house, load, dice, say)
            began = time.monotonic()
            run.kills(plan(kills, dice, server=house.server))
            load.more(1.0)
            drained = run.drain()
            counts: Counts = count(house, load, run)
        finally:
            load.close()
    yield f"kills by state:\n{run.log}"
    yield str(counts)
    if not drained:
        counts.wrong.append("not everything had come to its end after two minutes")
    if kills >= 10 * len(STATES):
        counts.wrong += [
            f"{state}: hit {run.log.of(state)} times" for state in STATES if run.log.of(state) < 10
        ]
    yield from counts.wrong
    yield f"{time.monotonic() - began:.0f} s; {len(counts.wrong)} wrong"


def main() -> int:
    """The long form."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kills", nargs="?", type=int, default=200)
    parser.add_argument("seed", nargs="?", type=int, default=random.randrange(1 << 31))
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--replies", type=int, default=500)
    parser.add_argument("--verbose", action="store_true", help="a line for each kill")
    given = parser.parse_args()
    say = partial(print, flush=True) if given.verbose else lambda _words: None
    print(f"seed {given.seed}, {given.database}", flush=True)
    said = ""
    with tempfile.TemporaryDirectory() as folder:
        for said in killed(given.kills, given.seed, Path(folder), database=given.database,
                           messages=given.messages, replies=given.replies, say=say):  # fmt: skip
            print(said, flush=True)
    return 0 if said.endswith(" 0 wrong") else 1


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main())
