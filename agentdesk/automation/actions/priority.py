"""The action "priority": low, normal, high or urgent.

Invariant: the words are those of `domain.lifecycle`.
"""

from typing import TYPE_CHECKING

from agentdesk.automation.actions.contract import Acting, Action, Params, Step, word
from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Priority
from agentdesk.domain.problems import Problem
from agentdesk.queries import cases
from agentdesk.services import triage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork


def _read(params: Params) -> Params:
    value = word(params, "value", "priority").casefold()
    if value not in list(Priority):
        raise Problem(
            _("«{value}» is no priority; these are: {all}.").format(value=value[:40], all=", ".join(Priority))
        )
    return {"kind": "priority", "value": value}


def _preview(session: "Connection", case_id: int, params: Params, _acting: Acting) -> tuple[Step, ...]:
    now = cases.case(session, case_id).priority
    return (Step(_("priority"), _(now.value), _(str(params["value"]))),)


def _apply(unit: "UnitOfWork", case_id: int, params: Params, _acting: Acting) -> None:
    triage.set_priority(unit, case_id, Priority(params["value"]))


ACTION = Action(
    "priority", N_("say how much the case matters"), _read, _preview, _apply,
    typed=lambda words: {"kind": "priority", "value": words},
    shown=lambda params: str(params["value"]),
)  # fmt: skip
