"""Which mails stand in one case, against which stand in one thread of `notmuch`, on the same mail.

    PYTHONPATH=tests python -m bench.threads PATH... [--orders 3] [--seed 1]

PATH is an mbox file, a maildir, or a folder of either or of single mails. It goes in by the desk's own intake, oldest
first as the import does, and then in shuffled orders. Pairs of mails are compared: precision is the part of our pairs
that notmuch has too, recall the part of notmuch's that we have. A pair that we keep apart for safety is counted under
its rule. Mails without an id, which notmuch names itself, are left out.
"""

import argparse
import json
import mailbox
import os
import random
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from sqlalchemy import text

from agentdesk.automation.intake import take_in
from agentdesk.domain.mail import RawMail
from agentdesk.mail import boxes
from agentdesk.mail.parse import NotMail, parse
from agentdesk.services import people
from agentdesk.store.engine import Store, open_store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.unit import SYSTEM

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OFFERED = "no customer's address in common: the merge is offered"
APART = "an unseen mail, and nobody in common"
UNEXPLAINED = "unexplained"
BATCH = 100
Parting = Mapping[str, int]
"""To which case or thread each id belongs."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two ways to part the same mails agree, in pairs."""

    both: int
    ours: int
    theirs: int
    aside: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """Of our pairs, those that they have."""
        return self.both / self.ours if self.ours else 1.0

    @property
    def recall(self) -> float:
        """Of their pairs, those that we have."""
        return self.both / self.theirs if self.theirs else 1.0

    @property
    def set_aside(self) -> float:
        """Of their pairs, those that a rule of safety keeps apart."""
        named = sum(count for rule, count in self.aside.items() if rule != UNEXPLAINED)
        return named / self.theirs if self.theirs else 0.0


def read(paths: Iterable[Path]) -> list[bytes]:
    """Every mail under these paths."""
    return [raw for path in paths for raw in _read(path)]


def _read(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file():
                yield from _read(one)
    elif path.read_bytes()[:5] == b"From ":
        yield from (mail.raw for mail in boxes.read_mbox(path))
    else:
        yield path.read_bytes()


def by_date(mails: Sequence[bytes]) -> list[bytes]:
    """As the import takes them: oldest first, one without a date behind the one before it."""
    dated, before = [], 0.0
    for number, raw in enumerate(mails):
        try:
            date = parse(raw).date
        except NotMail:
            date = None
        before = date.timestamp() if date is not None else before
        dated.append((before, number, raw))
    return [raw for _date, _number, raw in sorted(dated)]


def shuffled(mails: Sequence[bytes], seed: int) -> list[bytes]:
    """In an order of chance that can be had again."""
    mixed = list(mails)
    random.Random(seed).shuffle(mixed)
    return mixed


def take(store: Store, mails: Sequence[bytes], batch: int = BATCH) -> None:
    """Let them come in this order."""
    with store.unit(SYSTEM, NOW) as unit:
        channel = people.publish_channel(unit, people.ChannelFacts("email", "list", "support@shop.example"))
    for start in range(0, len(mails), batch):
        part = [RawMail(raw, "bench") for raw in mails[start : start + batch]]
        take_in(store, NOW, channel, part)


def our_cases(store: Store) -> Parting:
    """The case of every id, that of the first mail that carries it."""
    found: dict[str, int] = {}
    with store.session() as session:
        query = text("select message_id, case_id from messages where message_id is not null order by id")
        for row in session.execute(query):
            found.setdefault(row.message_id, row.case_id)
    return found


def their_threads(mails: Sequence[bytes], folder: Path) -> Parting:
    """The thread of every id that notmuch finds."""
    box = mailbox.Maildir(folder / "mail", create=True)
    for number, raw in enumerate(mails):
        (Path(folder) / "mail" / "cur" / f"{number}:2,S").write_bytes(raw)
    box.close()
    config = folder / "notmuch"
    config.write_text(
        f"[database]\npath={folder}/mail\n[user]\nprimary_email=support@shop.example\n[new]\ntags=inbox\n"
    )
    environment = os.environ | {"HOME": str(folder), "NOTMUCH_CONFIG": str(config)}
    subprocess.run(["notmuch", "new", "--quiet"], env=environment, check=True, capture_output=True)
    show = ["notmuch", "show", "--format=json", "--body=false", "--entire-thread=true", "*"]
    told = subprocess.run(show, env=environment, check=True, capture_output=True).stdout
    found: dict[str, int] = {}
    for number, thread in enumerate(json.loads(told)):
        found |= dict.fromkeys(_ids(thread), number)
    return {name: thread for name, thread in found.items() if not name.startswith("notmuch-sha1-")}


def _ids(node: object) -> Iterator[str]:
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, list):
            stack += one
        elif isinstance(one, dict):
            yield str(one["id"])


def compare(ours: Parting, theirs: Parting) -> Agreement:
    """In pairs of the ids that both know."""
    shared = ours.keys() & theirs.keys()
    return Agreement(
        _pairs(Counter((ours[name], theirs[name]) for name in shared)),
        _pairs(Counter(ours[name] for name in shared)), _pairs(Counter(theirs[name] for name in shared)),
    )  # fmt: skip


def _pairs(sizes: Counter[object]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def rules(store: Store, ours: Parting, theirs: Parting) -> Counter[str]:
    """Their pairs that we keep apart, by the rule that does."""
    offered, tied = _offered(store), _tied(store)
    threads: dict[int, Counter[int]] = defaultdict(Counter)
    for name in ours.keys() & theirs.keys():
        threads[theirs[name]][ours[name]] += 1
    found: Counter[str] = Counter()
    for sizes in threads.values():
        by_offer = _joined(sizes, offered)
        by_id = _joined(sizes, offered | tied)
        for one, other in combinations(sizes, 2):
            rule = (
                OFFERED
                if by_offer[one] == by_offer[other]
                else APART
                if by_id[one] == by_id[other]
                else UNEXPLAINED
            )
            found[rule] += sizes[one] * sizes[other]
    return found


def _joined(nodes: Iterable[int], edges: set[tuple[int, int]]) -> dict[int, int]:
    """A number for each group of nodes that the edges join, over whatever lies between them."""
    root: dict[int, int] = {}

    def find(node: int) -> int:
        while root.setdefault(node, node) != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for one, other in edges:
        root[find(one)] = find(other)
    return {node: find(node) for node in nodes}


def _offered(store: Store) -> set[tuple[int, int]]:
    with store.session() as session:
        return {(row.case_id, row.other_id) for row in session.execute(text("select * from bridges"))}


def _tied(store: Store) -> set[tuple[int, int]]:
    """Cases whose mails name one id."""
    at: dict[str, int] = {}
    found = set()
    with store.session() as session:
        query = text('select message_id, case_id, in_reply_to, "references" from messages')
        for row in session.execute(query):
            for name in (row.message_id, *json.loads(row.in_reply_to), *json.loads(row.references)):
                if name:
                    found.add((at.setdefault(name, row.case_id), row.case_id))
    return found


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description="Cases against notmuch's threads.")
    words.add_argument("paths", nargs="+", type=Path)
    words.add_argument("--orders", type=int, default=3, help="shuffled orders, beside the one by date")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument(
        "--batch", type=int, default=BATCH, help="mails in one commit; an import takes %(default)s"
    )
    given = words.parse_args()
    mails = read(given.paths)
    with tempfile.TemporaryDirectory(prefix="adt-threads-") as place:
        theirs = their_threads(mails, Path(place))
        print(f"{len(mails)} mails, {len(theirs)} ids, {len(set(theirs.values()))} threads of notmuch")
        orders = [("by date", by_date(mails))]
        orders += [
            (f"shuffled {given.seed + n}", shuffled(mails, given.seed + n)) for n in range(given.orders)
        ]
        for name, order in orders:
            store = open_store(f"sqlite:///{place}/{name.replace(' ', '-')}.db")
            bring_up_to_date(store, owner=True)
            take(store, order, given.batch)
            ours = our_cases(store)
            told = compare(ours, theirs)
            aside = rules(store, ours, theirs)
            store.close()
            print(
                f"{name}: {len(set(ours.values()))} cases, precision {told.precision:.4f}, recall {told.recall:.4f}"
            )
            for rule, count in aside.most_common():
                print(f"    {count} of {told.theirs} pairs ({count / told.theirs:.2%}): {rule}")
        shutil.rmtree(Path(place) / "mail", ignore_errors=True)


if __name__ == "__main__":
    main()
