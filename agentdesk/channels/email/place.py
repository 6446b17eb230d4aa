"""How far a folder has been read, as the store keeps it.

Invariant: what cannot be read as a place is the start: mail may then come twice, which the store knows, but is never
left out.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder has been read, and how often reading on from here has broken off."""

    validity: int
    uid: int
    tries: int = 0

    def cursor(self) -> str:
        """The place as it is stored."""
        tries = {"tries": self.tries} if self.tries else {}
        return json.dumps({"uidvalidity": self.validity, "uid": self.uid, **tries})

    @classmethod
    def of(cls, cursor: str | None) -> "Place":
        """The stored place; the start for anything else."""
        try:
            stored = json.loads(cursor or "{}")
            return cls(int(stored["uidvalidity"]), int(stored["uid"]), int(stored.get("tries", 0)))
        except (ValueError, KeyError, TypeError):
            return cls(0, 0)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the server says of a folder as it opens it. `uid_next` 0: it did not say."""

    validity: int
    uid_next: int
    count: int
