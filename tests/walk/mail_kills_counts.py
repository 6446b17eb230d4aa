"""What became of every message of the kill script, counted from the store, the mailbox and the sink's own log.

Invariant: it believes nobody: the store is read by the plain driver, the sink by what it wrote before it answered.
"""

import re
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from walk.mail_kills_house import House
from walk.mail_kills_load import Load, thread_of

from agentdesk.store import codec

if TYPE_CHECKING:
    from walk.mail_kills import Run

_SHARE_UNSURE = 0.05
_FEW = 4
"""So many may be in a short run, in which one is more than their share."""
_FAULT = re.compile(r"Traceback|fault of our own|failed and will be tried again")


@dataclass
class Counts:
    """The figures, and each promise that was broken."""

    messages: int = 0
    cases: int = 0
    twice: int = 0
    states: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    unsure: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ended = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        return (
            f"in: {self.messages} mails ({self.twice} of them lay there twice) in {self.cases} cases; "
            f"out: {sum(self.states.values())} replies: {ended}; {self.restarts} workers ended by themselves"
            + "".join(f"\n  unsure {line} x {times}" for line, times in sorted(Counter(self.unsure).items()))
        )


def count(house: House, load: Load, run: "Run") -> Counts:
    """Look at everything."""
    house.forget()
    found = Counts(twice=load.twice, restarts=house.restarts)
    _incoming(house, load, found)
    _outgoing(house, load, run, found)
    _copies(house, found)
    if not house.server:
        with closing(sqlite3.connect(house.url.removeprefix("sqlite:///"))) as connection:
            said = connection.execute("pragma integrity_check").fetchall()
        found.wrong += [] if said == [("ok",)] else [f"the store is damaged: {said[:3]}"]
    log = house.worker_log.read_text(errors="replace") if house.worker_log.exists() else ""
    found.wrong += [f"the worker's log: {line}" for line in log.splitlines() if _FAULT.search(line)][:10]
    return found


def _incoming(house: House, load: Load, found: Counts) -> None:
    rows = house.rows("select message_id, case_id from messages where kind = 'inbound'")
    times = Counter(str(row[0]) for row in rows)
    found.messages = len(rows)
    found.wrong += [f"lost: {one}" for one in load.dropped if not times[one]]
    found.wrong += [f"{times[one]} times in: {one}" for one in times if times[one] != 1]
    cases: dict[int, set[int]] = defaultdict(set)
    for message_id, case_id in rows:
        cases[thread_of(str(message_id))].add(int(case_id))
    found.cases = len({case for one in cases.values() for case in one})
    found.wrong += [
        f"thread {thread} lies in cases {sorted(one)}" for thread, one in cases.items() if len(one) != 1
    ]
    if found.cases != len(cases):
        found.wrong.append(f"{found.cases} cases for {len(cases)} threads")
    aside = house.rows("select reason from quarantine")
    found.wrong += [f"set aside: {reason}" for (reason,) in aside]


def _outgoing(house: House, load: Load, run: "Run", found: Counts) -> None:
    entries = house.sink.entries()
    kept = Counter(str(entry["kept"]) for entry in entries if "kept" in entry)
    begun = {one for entry in entries for one in entry.get("begun", ())}
    rows = house.rows(
        "select m.message_id, m.text, o.state, o.recipients, o.last_error, c.status, o.id from outbox o"
        " join messages m on m.id = o.message_id join cases c on c.id = o.case_id"
    )
    words = Counter(str(row[1])[:6] for row in rows)
    found.wrong += [
        f"reply {word}: {words[word]} times in the outbox" for word in load.stroked if words[word] != 1
    ]
    for message_id, text, state, recipients, reason, status, row_id in rows:
        found.states[state] += 1
        times, who = kept[message_id], codec.read_words(recipients)
        behind = bool(begun & set(who)) and row_id in run.behind_data
        wrong = _wrong(state, times, behind, str(reason), str(status))
        found.wrong += [f"reply {str(text)[:6]} is {state}, {wrong}"] if wrong else []
        if state == "unsure":
            kill = run.behind_data.get(row_id)
            after = f"{kill.victim} killed: {kill.state}" if kill else "nothing"
            found.unsure.append(f"after {after} ({'arrived' if times else 'did not arrive'})")
    strangers = set(kept) - {str(row[0]) for row in rows}
    found.wrong += [f"the sink has what nobody sent: {one}" for one in strangers]
    unsure = found.states["unsure"]
    if unsure > max(_SHARE_UNSURE * len(rows), _FEW):
        found.wrong.append(f"{unsure} of {len(rows)} replies are unsure")


def _wrong(state: str, times: int, behind: bool, reason: str, status: str) -> str:
    """What is not as promised; "" when all is well."""
    if state == "sent" and times != 1:
        return f"but {times} times in the sink"
    if state == "failed" and (times or not reason or status != "open"):
        return f"{times} times in the sink, its case {status}: {reason}"
    if state == "unsure" and (
        times > 1 or not behind or "before sending it again" not in reason or status != "open"
    ):
        where = "behind DATA" if behind else "of no known kill behind DATA"
        return f"{times} times in the sink, {where}, its case {status}: {reason}"
    return "" if state in ("sent", "failed", "unsure") else "which is no end"


def _copies(house: House, found: Counts) -> None:
    """Each reply that was sent lies once in the Sent folder, and no other."""
    lying = Counter[Any]()
    for path in house.dovecot.mails(house.account.user, "Sent"):
        head = path.read_bytes().partition(b"\r\n\r\n")[0]
        mark = re.search(rb"(?im)^message-id:\s*<([^>]*)>", head)
        lying[mark.group(1).decode() if mark else path.name] += 1
    sent = {str(row[0]) for row in house.rows(
        "select m.message_id from outbox o join messages m on m.id = o.message_id where o.state = 'sent'")}  # fmt: skip
    found.wrong += [f"no copy of {one}" for one in sent if not lying[one]]
    found.wrong += [f"{lying[one]} copies of {one}" for one in lying if lying[one] > 1 or one not in sent]
