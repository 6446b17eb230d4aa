"""What is killed in which state: the plan of a run, from a seed.

Invariant: every state comes equally often, and which of the four is killed there is drawn so that at most one reply in
twenty can end as unsure: a worker or a mail server that dies behind DATA leaves nobody who knows.
"""

import random
from dataclasses import dataclass, field

SENDING = ("held", "queued", "connect", "mail", "data", "dot", "answered", "sent")
READING = ("fetching", "between batches", "idle", "in commit")
STORE = ("store read-only", "store full")
STATES = (*SENDING, *READING, *STORE)
_VICTIMS: dict[str, tuple[tuple[str, int], ...]] = {
    "held": (("worker", 5), ("imap", 2), ("smtp", 3), ("database", 4)),
    "queued": (("worker", 6), ("imap", 2), ("smtp", 3), ("database", 3)),
    "connect": (("worker", 6), ("imap", 1), ("smtp", 4), ("database", 3)),
    "mail": (("worker", 6), ("imap", 1), ("smtp", 4), ("database", 3)),
    "data": (("worker", 2), ("imap", 2), ("smtp", 6), ("database", 4)),
    "dot": (("worker", 2), ("imap", 3), ("smtp", 2), ("database", 7)),
    "answered": (("worker", 3), ("imap", 2), ("smtp", 4), ("database", 5)),
    "sent": (("worker", 8), ("imap", 3), ("smtp", 1), ("database", 2)),
    "fetching": (("worker", 5), ("imap", 6), ("database", 3)),
    "between batches": (("worker", 6), ("imap", 5), ("database", 3)),
    "idle": (("worker", 5), ("imap", 6), ("database", 3)),
    "in commit": (("worker", 4), ("database", 10)),
    "store read-only": (("store", 12), ("store and worker", 2)),
    "store full": (("store", 12), ("store and worker", 2)),
}


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill to come."""

    state: str
    victim: str


@dataclass(slots=True)
class Log:
    """How often each state was hit, by whom it hit; `missed` counts what came too late."""

    hits: dict[tuple[str, str], int] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)

    def hit(self, kill: Kill) -> None:
        """It was in that state when it was killed."""
        self.hits[kill.state, kill.victim] = self.hits.get((kill.state, kill.victim), 0) + 1

    def miss(self, kill: Kill) -> None:
        """The state had passed, or did not come."""
        self.missed[kill.state] = self.missed.get(kill.state, 0) + 1

    def of(self, state: str) -> int:
        """Hits of a state."""
        return sum(count for (one, _victim), count in self.hits.items() if one == state)

    def __str__(self) -> str:
        lines = []
        for state in STATES:
            who = ", ".join(
                f"{victim} {count}" for (one, victim), count in sorted(self.hits.items()) if one == state
            )
            missed = f"; {self.missed[state]} more came too late" if state in self.missed else ""
            lines.append(f"  {state:16} {self.of(state):3}  {who}{missed}")
        return "\n".join(lines)


def plan(kills: int, dice: random.Random, *, server: bool) -> list[Kill]:
    """So many kills. Without a database server (SQLite) the store is away for a moment where it would be killed; in a
    commit the worker is killed, which is all that there is of a database then."""
    rounds, rest = divmod(kills, len(STATES))
    found: list[Kill] = []
    for number, state in enumerate(dice.sample(STATES, len(STATES))):
        who = [
            (victim, weight)
            for victim, weight in _VICTIMS[state]
            if server or state != "in commit" or victim == "worker"
        ]
        deck = _deck(who, rounds + (number < rest), dice)
        found += [Kill(state, victim) for victim in deck]
    dice.shuffle(found)
    return found


def _deck(who: list[tuple[str, int]], count: int, dice: random.Random) -> list[str]:
    """So many victims in the proportion of their weights, not more by chance."""
    total = sum(weight for _victim, weight in who)
    exact = [(victim, weight * count / total) for victim, weight in who]
    deck = [victim for victim, share in exact for _one in range(int(share))]
    rest = [(victim, share % 1 + 1e-9) for victim, share in exact]
    missing = count - len(deck)
    return deck + dice.choices([one for one, _w in rest], [weight for _o, weight in rest], k=missing)
