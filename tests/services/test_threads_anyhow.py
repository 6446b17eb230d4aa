"""Threads in any order of arrival: one customer's mails part in one way only, never into another customer's case."""

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from services.world import SUPPORT, World

Mail = dict[str, Any]
_EXAMPLES = count()


@dataclass(frozen=True)
class Reply:
    """A mail of a thread: who wrote it, what it answers, and which of its headers say so."""

    ours: bool
    parent: int
    headers: str
    lost: bool


THREADS = st.lists(
    st.lists(
        st.builds(
            Reply, st.booleans(), st.integers(0, 5), st.sampled_from(["both", "in-reply-to", "references", "short"]),
            st.integers(0, 9).map(lambda n: n == 0),
        ),
        min_size=1, max_size=6,
    ),
    min_size=1, max_size=3,
)  # fmt: skip


def _mails(threads: list[list[Reply]]) -> list[tuple[str, Mail]]:
    """Each mail with its id; the first of a thread answers nothing."""
    found = []
    for number, replies in enumerate(threads):
        who = f"c{number}@example.com"
        paths: list[list[str]] = []
        for place, one in enumerate(replies):
            path = paths[one.parent % place] if place else []
            name = f"{number}.{place}@x"
            facts: Mail = {"message_id": f"<{name}>", "subject": f"Matter {number}", "sender": who}
            if one.ours and place:
                facts |= {"sender": SUPPORT, "to": who, "sent_by_us": True}
            if path and one.headers in ("both", "references"):
                facts["references"] = " ".join(f"<{each}>" for each in path)
            if path and one.headers == "short":
                facts["references"] = f"<{path[-1]}>"
            if path and one.headers in ("both", "in-reply-to"):
                facts["answers"] = path[-1]
            paths.append([*path, name])
            if not one.lost:
                found.append((name, facts))
    return found


def _expected(mails: list[tuple[str, Mail]]) -> set[frozenset[str]]:
    """What hangs together by the ids that the mails name, those that never come included."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    for name, facts in mails:
        named = [
            *str(facts.get("references", "")).split(),
            f"<{facts['answers']}>" if facts.get("answers") else "",
        ]
        for other in filter(None, named):
            root[find(other.strip("<>"))] = find(name)
    groups: dict[str, set[str]] = defaultdict(set)
    for name, _facts in mails:
        groups[find(name)].add(name)
    return {frozenset(group) for group in groups.values()}


def _named(mails: list[tuple[str, Mail]], example: str) -> list[tuple[str, Mail]]:
    """The same mails among people and ids of their own: every example meets the same store."""

    def own(value: object) -> object:
        return value.replace("@", f"{example}@") if isinstance(value, str) and value != SUPPORT else value

    return [(str(own(name)), {key: own(value) for key, value in facts.items()}) for name, facts in mails]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(threads=THREADS, seed=st.integers(0, 10**6), batch=st.integers(1, 4))
def test_any_order_gives_the_same_cases(
    world: World, threads: list[list[Reply]], seed: int, batch: int
) -> None:
    example = f"-{next(_EXAMPLES)}"
    mails = _named(_mails(threads), example)
    order = list(mails)
    random.Random(seed).shuffle(order)
    for start in range(0, len(order), batch):
        world.later(minutes=1)
        world.receive(*(world.letter(name, **facts) for name, facts in order[start : start + batch]))
    groups: dict[int, set[str]] = defaultdict(set)
    query = "select message_id, case_id from messages where message_id like :m"
    for row in world.rows(query, m=f"%{example}@x"):
        groups[row.case_id].add(row.message_id)
    assert {frozenset(group) for group in groups.values()} == _expected(mails)
