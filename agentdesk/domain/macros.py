"""What a macro is: a text in several languages and actions, in one; and what will happen when it runs.

Invariant: values only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from agentdesk.domain.mail import Address, Enclosure

SCOPES: Final = ("everyone", "team", "personal")
MOST_TEXTS: Final = 20
MOST_ACTIONS: Final = 20
MOST_FILES_BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class MacroText:
    """The text in one language. An empty subject leaves the case's own."""

    language: str
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro as it is written, in a form or in a file. `team` and `owner` are names; by `scope` one of them counts."""

    name: str
    slug: str = ""
    scope: str = "everyone"
    team: str = ""
    owner: str = ""
    texts: tuple[MacroText, ...] = ()
    actions: tuple[Mapping[str, Any], ...] = ()
    files: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class MacroFile:
    """A file that lies beside a macro."""

    id: int
    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class MacroRow:
    """A macro as the store holds it."""

    id: int
    slug: str
    name: str
    scope: str
    team_id: int | None
    team: str
    agent_id: int | None
    owner: str
    """Login of whose personal macro it is."""
    texts: tuple[MacroText, ...]
    actions: tuple[Mapping[str, Any], ...]
    files: tuple[MacroFile, ...]
    active: bool
    version: int
    updated_at: datetime
    updated_by: str
    uses: int = 0

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is written in."""
        return tuple(one.language for one in self.texts)


@dataclass(frozen=True, slots=True)
class Will:
    """One change that will happen, in words: the status from open to snoozed until a time."""

    field: str
    before: str
    after: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote since the agent last looked."""

    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Preview:
    """All that will happen when the macro runs in this case, before it happens."""

    macro_id: int
    name: str
    case_id: int
    language: str
    languages: tuple[str, ...]
    subject: str
    text: str
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    files: tuple[str, ...]
    will: tuple[Will, ...]
    new: tuple[Said, ...]
    problems: tuple[str, ...]
    """Why it cannot run, each in one sentence; empty when it can."""
    warnings: tuple[str, ...]
    """What speaks against it all the same; whoever has read them may go on."""
    newest: int
    """The newest message of the case that this preview knows of."""
    hold: int
    """Seconds until the reply leaves."""
    replies: bool = field(default=True)
    """Whether it sends anything at all."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a macro left: its stroke, the case, and the message it sent, if any."""

    stroke: int
    case_id: int
    message_id: int | None
    not_before: int
    """When the message leaves, in microseconds; 0 without one."""


def first_name(name: str) -> str:
    """What a person is called: Mette of "Mette Sørensen" and of "Sørensen, Mette"; empty when that is not clear."""
    last, comma, first = name.partition(",")
    words = (first if comma and first.strip() else last).split()
    return words[0] if words and "@" not in words[0] else ""


def choose(texts: tuple[MacroText, ...], wanted: Iterable[str]) -> MacroText | None:
    """The text in the first of the wanted languages that there is, else in a near one, in English, or the first."""
    by_language = {one.language: one for one in texts}
    for language in wanted:
        for near in (language, *_NEAR.get(language, ())):
            if near in by_language:
                return by_language[near]
    return by_language.get("en") or (texts[0] if texts else None)


_NEAR = {"nb": ("no", "nn", "da"), "no": ("nb", "nn", "da"), "nn": ("nb", "no", "da"), "da": ("nb", "no")}
"""Who reads what when their own language is missing."""
