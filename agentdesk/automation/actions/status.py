"""The action "status": open, pending, resolved, closed or spam.

Invariant: it moves a case only as `domain.lifecycle` says.
"""

from typing import TYPE_CHECKING

from agentdesk.automation.actions.contract import Acting, Action, Params, Step, word
from agentdesk.config.language import N_, _
from agentdesk.domain.lifecycle import Status, may_move
from agentdesk.domain.problems import Problem, Refused
from agentdesk.queries import cases
from agentdesk.services import triage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork

_SETTABLE = (Status.OPEN, Status.PENDING, Status.RESOLVED, Status.CLOSED, Status.SPAM)


def _read(params: Params) -> Params:
    value = word(params, "value", "status").casefold()
    if value not in _SETTABLE:
        raise Problem(
            _("«{value}» is no status to set; these are: {all}.").format(
                value=value[:40], all=", ".join(_SETTABLE)
            )
        )
    return {"kind": "status", "value": value}


def _preview(session: "Connection", case_id: int, params: Params, _acting: Acting) -> tuple[Step, ...]:
    now, to = cases.case(session, case_id).status, Status(params["value"])
    if not may_move(now, to):
        raise Refused(
            _("Case #{number} is {status}: it cannot become {wanted}.").format(
                number=case_id, status=_(now.value), wanted=_(to.value)
            )
        )
    return (Step(_("status"), _(now.value), _(to.value)),)


def _apply(unit: "UnitOfWork", case_id: int, params: Params, acting: Acting) -> None:
    triage.set_status(unit, case_id, Status(params["value"]), seen=acting.seen)


ACTION = Action(
    "status", N_("set the status"), _read, _preview, _apply,
    typed=lambda words: {"kind": "status", "value": words},
    shown=lambda params: str(params["value"]),
)  # fmt: skip
