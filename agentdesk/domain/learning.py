"""What passes between a learner's screen and the coach beside it: what is seen there, and what to say and do next.

Invariant: values only; neither side knows the other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """What the learner has before them after a key."""

    screen: str
    """The name of the screen on top."""
    case_id: int
    """The case in hand, 0 for none."""
    writing: str
    """What stands in the composer, empty when it is closed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the coach says, and what it does before the next key."""

    task: str
    """What to do, or that it is done."""
    hint: str
    """The keys that do it."""
    show: int = 0
    """A case to take in hand, 0 for none."""
    select: int = 0
    """So many rows of the queue to select."""
    prepare: Callable[[Any], object] | None = None
    """A verb to carry out first, as the learner."""
    over: bool = False
    """That was the last."""
