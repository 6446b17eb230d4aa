"""Colleagues and teams, as screens and the command line know them.

Invariant: no secret and no address of a server is ever among their facts.
"""

import re
from dataclasses import dataclass
from typing import Final

HERE: Final = 10_000_000
"""Microseconds after which somebody who does not show a sign of life is gone."""
ROLES: Final = ("agent", "supervisor", "admin")
_LEADS: Final = frozenset({"supervisor", "admin", "system"})
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,30}")


def is_login(word: str) -> bool:
    """Whether a colleague may be called so: small letters and digits, and a few signs after the first."""
    return _LOGIN.fullmatch(word) is not None


def may_lead(role: str) -> bool:
    """Whether somebody with this role may add colleagues, change them and hand over their work."""
    return role in _LEADS


def may_give(role: str, wanted: str) -> bool:
    """Whether somebody with this role may give that one: only an admin makes admins and supervisors."""
    return role in ("admin", "system") or (may_lead(role) and wanted == "agent")


@dataclass(frozen=True, slots=True)
class AgentRow:
    """A colleague."""

    id: int
    login: str
    name: str
    role: str
    capacity: int
    language: str
    timezone: str
    signature: str
    theme: str
    active: bool
    email: str = ""
    heir_id: int | None = None
    """Of somebody who has left: who has their work now."""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team."""

    id: int
    name: str
