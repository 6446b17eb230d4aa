"""A saved view: a query with a name, of one agent, a team or everyone.

Invariant: texts are clean; a view whose query is no longer understood is still listed, so that it can be mended.
"""

from dataclasses import dataclass
from typing import Final

SCOPES: Final = ("personal", "team", "everyone")
LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class SavedView:
    """One saved view as an agent sees it."""

    id: int
    name: str
    scope: str
    team: str
    """The team's name, empty unless it is a team's."""
    owner: str
    """The agent's login, empty unless it is personal."""
    query: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How many cases stand in a view: up to 1000, then 1001; None when its query is not understood."""

    view: SavedView
    count: int | None
