"""What an agent who leaves gives into other hands.

Invariant: counts and names only, no text of anybody.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estate:
    """What an agent has in hand: all that has to go to somebody when they leave."""

    login: str
    name: str
    cases: int
    """Cases of theirs that may still come back to somebody: all but the closed ones."""
    waiting: int
    """Of these: in the queue now."""
    drafts: int
    macros: int
    snippets: int
    views: int
    held: int
    """Replies of theirs that have not left yet; they leave all the same."""
    desk_open: bool
    """Their desk is open somewhere now."""


@dataclass(frozen=True, slots=True)
class Handed:
    """What one commit of a hand-over has moved. `after` is where the next one goes on; None: all is done."""

    cases: int
    drafts: int
    items: int
    heir: str
    """Who has the texts: the receiver, or a member of the receiving team."""
    after: int | None
