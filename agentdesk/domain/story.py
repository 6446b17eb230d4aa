"""A case as it is told to somebody on paper or in a file.

Invariant: a story for the customer holds only what the customer wrote or was sent; how much was left out is said.
"""

from dataclasses import dataclass
from typing import Final, Literal

from agentdesk.domain.rows import CaseRow, MessageRow

Form = Literal["text", "md", "eml"]
FORMS: Final[tuple[Form, ...]] = ("text", "md", "eml")
SUFFIX: Final[dict[Form, str]] = {"text": "txt", "md": "md", "eml": "eml"}


@dataclass(frozen=True, slots=True)
class Story:
    """One case with the messages that are told, oldest first."""

    case: CaseRow
    messages: tuple[MessageRow, ...]
    for_customer: bool
    left_out: int
    """Messages of the case that this story does not tell."""

    def file_name(self, form: Form) -> str:
        """What its file is called."""
        return f"case-{self.case.id}.{SUFFIX[form]}"
