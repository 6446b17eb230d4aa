"""What stands in the composer, as a value.

Invariant: every text in it is clean.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["reply", "note", "new", "side"]
"""What is being written: an answer, a note for colleagues, the first message to a customer, or a mail aside, to a
supplier or a department, that the customer does not see."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the composer, as it was typed."""

    kind: Kind
    to: str
    cc: str
    bcc: str
    subject: str
    body: str
