"""Colleagues and teams, as screens and the command line know them.

Invariant: no secret and no address of a server is ever among their facts.
"""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team."""

    id: int
    name: str
