"""A case that is back because its time has come: what was waited for, and whether it came."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Woke:
    """It was hidden until then; `answered`: somebody outside wrote meanwhile."""

    until: datetime
    answered: bool
