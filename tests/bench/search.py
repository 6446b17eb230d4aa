"""What a search costs among many messages: rare, common and very common words, filters, pages, counts, relevance.

    PYTHONPATH=tests python -m bench.search [--count 200000] [--postgresql]

Each figure is the middle one of several runs on a warm store, in ms of wall time; the load stands beside them. Words
are drawn by Zipf's law: `ordre` stands in nine of ten messages, `zeppeliner` in one of four thousand.
"""

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path

from bench.store import furnish
from servers.postgres import Postgres
from sqlalchemy import Connection, text

from agentdesk.queries import queue, searching
from agentdesk.queries.searching import Asked
from agentdesk.store import search
from agentdesk.store.engine import Store, open_store

_PART = 5000
_RUNS = 5
SHARES = {"ordre": 0.9, "refusion": 0.22, "levering": 0.04, "gavekort": 0.002, "zeppeliner": 0.00025}
SEARCHES = (
    "ordre", "refusion", "levering", "gavekort", "zeppeliner", "ordre levering", '"ordre nummer"', "or*", "gav*",
    "ordre -refusion", "ordre is:open tag:vip", "ordre owner:anna", "refusion status:resolved", "tag:vip", "is:open",
    "levering or:gavekort", "levering or:tag:vip", "from:kunde4711", "customer:kunde4711@example.com", "4711",
    "ordre before:3d", "ordre nonesuch",
)  # fmt: skip
LISTS = (
    "ordre", "refusion", "levering", "zeppeliner", "ordre is:open", "levering is:unassigned is:open", "or* tag:vip",
    "tag:vip", "owner:anna", "status:resolved", "is:open is:unassigned -tag:vip",
    "customer:kunde4711@example.com", "4711",
)  # fmt: skip


def fill(store: Store, seed: int = 11) -> float:
    """Give every message many words and index them; returns the seconds that indexing took."""
    dice = random.Random(seed)
    filler = [f"ord{n}" for n in range(20_000)]
    weights = list(accumulate(1 / (n + 1) for n in range(len(filler))))
    with store.writing() as connection:
        count = int(connection.execute(text("select max(id) from messages")).scalar_one())
        for begin in range(1, count + 1, _PART):
            rows = []
            for number in range(begin, min(begin + _PART, count + 1)):
                words = dice.choices(filler, cum_weights=weights, k=120)
                words += [word for word, share in SHARES.items() if dice.random() < share]
                dice.shuffle(words)
                rows.append(
                    {"id": number, "more": " ".join(words) + (" ordre nummer" if number % 50 == 0 else "")}
                )
            connection.execute(text("update messages set text = text || :more where id = :id"), rows)
    begun = time.process_time()
    with store.writing() as connection:
        connection.execute(text("delete from search" if connection.dialect.name == "postgresql"
                                else "insert into search (search) values ('delete-all')"))  # fmt: skip
        search.put_all(connection)
    took = time.process_time() - begun
    if store.dialect == "postgresql":
        with store.writing() as connection:
            connection.execute(text("analyze"))
    return took


def _middle(store: Store, act: Callable[[Connection], object]) -> tuple[float, object]:
    times, found = [], None
    for _run in range(_RUNS):
        with store.session() as session:
            begun = time.perf_counter()
            found = act(session)
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times), found


def measure(store: Store, now: int) -> None:
    """Print what each question costs."""
    print(f"{'search':34} {'newest':>8} {'page 2':>8} {'relevance':>9}  hits")
    for query in SEARCHES:
        newest, page = _middle(store, lambda s, q=query: searching.hits(s, Asked(q), now, 1))  # type: ignore[misc]
        second = ranked = 0.0
        if page.next:  # type: ignore[attr-defined]
            after = page.next  # type: ignore[attr-defined]
            second, _page = _middle(
                store, lambda s, q=query, a=after: searching.hits(s, Asked(q, after=a), now, 1)
            )  # type: ignore[misc]
        ranked, _page = _middle(store, lambda s, q=query: searching.hits(s, Asked(q, "relevance"), now, 1))  # type: ignore[misc]
        total = f"{page.total}{'' if page.exact else '+'}"  # type: ignore[attr-defined]
        print(f"{query:34} {newest:8.1f} {second:8.1f} {ranked:9.1f}  {total}")
    print(f"{'list of cases':34} {'page':>8} {'count':>8}")
    want = queue.Want("all", None, 50)
    for query in LISTS:
        paged, _rows = _middle(store, lambda s, q=query: queue.page(s, 1, want, q, now))  # type: ignore[misc]
        counted, number = _middle(store, lambda s, q=query: queue.count_query(s, q, now, me=1))  # type: ignore[misc]
        print(f"{query:34} {paged:8.1f} {counted:8.1f}  {number}")


def main() -> None:
    """Measure on one database."""
    words = argparse.ArgumentParser(description="What a search costs.")
    words.add_argument("--count", type=int, default=200_000)
    words.add_argument("--postgresql", action="store_true")
    given = words.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="adt-search-"))
    try:
        with ExitStack() as stack:
            url = (
                stack.enter_context(Postgres()).database()
                if given.postgresql
                else f"sqlite:///{folder}/desk.db"
            )
            furnish(url, given.count)
            store = open_store(url)
            took = fill(store)
            print(f"{given.count} messages; indexing {took / given.count * 1000:.3f} ms CPU each (the database's own"
                  f" apart); load {os.getloadavg()[0]:.1f}")  # fmt: skip
            measure(store, int(time.time() * 1_000_000))
            print(f"load {os.getloadavg()[0]:.1f}")
            store.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
