"""Which part of a long case is in hand: a case of 20,000 messages opens, scrolls and is read anew like one of 20.

Invariant: a part is contiguous in the order in which the messages were written; what it leaves out is counted.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

PART: Final = 40
"""Messages read at once."""
MOST: Final = 400
"""Messages in hand; who goes on scrolling lets go of those at the other end."""

Step = Literal["stay", "older", "newer", "first", "newest"]
"""Where to from the part in hand."""


@dataclass(frozen=True, slots=True)
class Part:
    """From one message to another, both ids; no `first`: the newest ones; no `last`: on to the newest."""

    first: int | None = None
    last: int | None = None
    earlier: int = 0
    """Messages of the case before it."""
    later: int = 0
    """Messages of the case behind it."""

    @property
    def whole(self) -> bool:
        """Nothing of the case is left out."""
        return not self.earlier and not self.later


@dataclass(frozen=True, slots=True)
class Wish:
    """Which part is wanted: a step from the one in hand, or the one round a message. The newest, where that is gone."""

    begun: Part = field(default_factory=Part)
    step: Step = "stay"
    at: int | None = None
    """The id of a message."""
