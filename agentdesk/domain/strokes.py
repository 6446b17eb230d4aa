"""What somebody did, stroke by stroke, as screens and the command line list it.

Invariant: a row says by itself whether it can still be taken back, and if not, why.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agentdesk.domain.bulk import Refusal


class Stands(StrEnum):
    """How a stroke stands now."""

    DONE = "done"
    UNDONE = "undone"
    OVERTAKEN = "overtaken"
    """Somebody has changed since what it wrote."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A field that another hand has changed since."""

    case: int
    field: str
    """The name of a case's column, or "tag"."""
    who: str
    """A colleague's name; empty when it was the mail or the house itself."""


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A verb on many cases: what was meant, what was done, what was refused."""

    total: int
    done: int
    refused: int
    ended: bool
    """False while it runs, and for ever when it was killed."""

    @property
    def untried(self) -> int:
        """Cases that it never came to: it was stopped, or still runs."""
        return self.total - self.done - self.refused


@dataclass(frozen=True, slots=True)
class StrokeRow:
    """One stroke."""

    id: int
    verb: str
    """What was done; for an undo what was taken back, for a redo what was done again."""
    at: datetime
    desk: str
    undoes: int | None
    redoes: bool
    """It is the undo of an undo."""
    cases: tuple[int, ...]
    """The first cases it changed; `case_count` says how many there are."""
    case_count: int
    subject: str
    """Of the first case."""
    customer: str
    stands: Stands
    overtaken: Overtaken | None
    has_left: bool
    """A reply of it has left: the rest can be taken back all the same."""
    bulk: BulkRow | None


@dataclass(frozen=True, slots=True)
class StrokePage:
    """Strokes, newest first; `next` is the id to go on from, None at the end."""

    rows: tuple[StrokeRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class BulkReport:
    """All that is known of a verb on many cases."""

    bulk: BulkRow
    done: tuple[int, ...]
    """The cases it changed."""
    refused: tuple[Refusal, ...]
    """The first thousand that it left; `bulk.refused` says how many there were."""
