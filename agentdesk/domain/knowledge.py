"""What the team knows, as rows: articles and their versions, snippets, and what is suggested for a case.

Invariants: a slug and a shortcut are written one way only, so that what is typed finds what was kept; a shortcut never
begins inside a word.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

from agentdesk.config.language import N_, _
from agentdesk.domain import spoken
from agentdesk.domain.problems import Problem


class State(StrEnum):
    """Whether an article may be used yet."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Audience(StrEnum):
    """Who may read an article."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Scope(StrEnum):
    """For whom a snippet is."""

    PERSONAL = "personal"
    TEAM = "team"
    EVERYONE = "everyone"


NAMES: Final = (
    N_("draft"), N_("published"), N_("internal"), N_("public"), N_("personal"), N_("team"), N_("everyone"),
)  # fmt: skip
"""The words above as a person reads them."""
_LANGUAGES: Final = {
    "da": N_("Danish"), "nb": N_("Norwegian"), "sv": N_("Swedish"), "de": N_("German"), "nl": N_("Dutch"),
    "fr": N_("French"), "en": N_("English"),
}  # fmt: skip
SIGN: Final = ";"
"""What a snippet's shortcut begins with."""
LONGEST_TITLE: Final = 200
LONGEST_BODY: Final = 200_000
LONGEST_TEXT: Final = 20_000
_SHORTCUT: Final = re.compile(r"[^\W_][\w.-]{0,29}")
_TYPED: Final = re.compile(r"(?<![^\s(\[{«\"'>/]);([^\W_][\w.-]{0,29})\Z")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Written:
    """An article as somebody wrote it."""

    title: str
    body: str
    language: str = ""
    audience: Audience = Audience.INTERNAL
    keywords: tuple[str, ...] = ()
    link: str = ""
    slug: str = ""
    """Made of the title when empty."""


@dataclass(frozen=True, slots=True)
class Filed:
    """An article as a file says it."""

    name: str
    """Of the file."""
    written: Written
    state: State
    topic: str
    """The article whose topic it belongs to, in another language; empty: nothing is said of it."""


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """An article as it stands now."""

    id: int
    slug: str
    topic: int
    language: str
    title: str
    body: str
    state: State
    audience: Audience
    keywords: tuple[str, ...]
    link: str
    version: int
    updated_at: datetime
    by: str

    @property
    def has_link(self) -> bool:
        """Customers can be sent there."""
        return bool(self.link) and self.audience is Audience.PUBLIC


@dataclass(frozen=True, slots=True)
class VersionRow:
    """An article as it stood once."""

    version: int
    title: str
    body: str
    state: State
    audience: Audience
    keywords: tuple[str, ...]
    link: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Phrase:
    """A snippet as somebody wrote it."""

    shortcut: str
    text: str
    language: str = ""
    """Empty: for any language."""
    title: str = ""
    scope: Scope = Scope.EVERYONE
    team: str = ""


@dataclass(frozen=True, slots=True)
class SnippetRow:
    """A snippet as it stands now."""

    id: int
    shortcut: str
    language: str
    title: str
    text: str
    scope: Scope
    team: str
    agent_id: int | None
    owner: str
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may answer the open case."""

    kind: Literal["macro", "article"]
    id: int
    title: str
    detail: str


def shortcut(typed: str) -> str:
    """A shortcut as it is kept: small letters after one sign. Raises Problem."""
    found = typed.strip().casefold().removeprefix(SIGN)
    if not _SHORTCUT.fullmatch(found):
        raise Problem(
            _("«{word}» cannot be a shortcut: use letters and digits after a {sign}, at most 30.").format(
                word=typed[:40], sign=SIGN
            )
        )
    return SIGN + found


def shortcut_before(text: str) -> str:
    """The shortcut that was typed last, right before the cursor; empty when there is none."""
    found = _TYPED.search(text[-64:])
    return SIGN + found[1] if found else ""


def language_code(typed: str) -> str:
    """A language as it is kept: da, nb for all of Norwegian; empty for none. Raises Problem."""
    found = spoken.code(typed.strip()) if typed.strip() else ""
    if found and not _LANGUAGE.fullmatch(found):
        raise Problem(_("«{word}» is no language: write da, nb, en or the like.").format(word=typed[:20]))
    return found


def language_name(code: str) -> str:
    """A language as a person reads it; its letters where it has no name here."""
    return _(_LANGUAGES[code]) if code in _LANGUAGES else code


def is_slug(word: str) -> bool:
    """Whether an article may be called so in files: small letters, digits, single hyphens."""
    return len(word) <= 80 and _SLUG.fullmatch(word) is not None
