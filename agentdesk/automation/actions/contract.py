"""What an action is: one thing that is done to a case, the same for a key, a macro, a rule and a bulk of cases.

Invariants: an action writes only by the services' verbs, inside the unit it is given, so that several of them are one
stroke; what `read` gives back is whole and may be kept as JSON; `shown` and `typed` are each other's opposite; a
preview promises nothing that `apply` would refuse.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork

Params = Mapping[str, Any]
"""What an action is told, as it is kept: {"kind": "tag", "add": ["late"], "drop": []}."""


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts and when. `now` is aware, in that agent's own zone: "tomorrow 9" is nine o'clock there."""

    me: int | None
    now: datetime
    seen: int = 0
    """The newest message the agent has seen; 0 when that is not known or does not matter."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change in words. `until` is a time that belongs behind `after`; each face writes it in its own manner."""

    field: str
    before: str
    after: str
    until: datetime | None = None

    @property
    def changes(self) -> bool:
        """Whether anything will be other than it is."""
        return self.before != self.after or self.until is not None


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of action. All of its functions raise a Problem in one plain sentence for what cannot be."""

    kind: str
    title: str
    """Marked for translation; `_` it where it is shown."""
    read: Callable[[Params], Params]
    """The params whole and in order, or the Problem with them. Asks no store."""
    preview: "Callable[[Connection, int, Params, Acting], tuple[Step, ...]]"
    """What it would change in this case, each field once; nothing is written."""
    apply: "Callable[[UnitOfWork, int, Params, Acting], None]"
    """Do it to this case, inside the unit."""
    typed: Callable[[str], Params]
    """Params from the words behind the kind: "+late -new" of "tag +late -new"."""
    shown: Callable[[Params], str]
    """The words behind the kind, as they are typed."""


def word(params: Params, name: str, kind: str) -> str:
    """A text among the params that may not be missing or empty."""
    value = params.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Problem(
            _("The action «{kind}» does not say what: «{name}» is missing.").format(kind=kind, name=name)
        )
    return value.strip()
