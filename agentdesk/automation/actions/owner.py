"""The action "owner": me, nobody, or a colleague by login.

Invariant: a case is never given to somebody who has left.
"""

from typing import TYPE_CHECKING

from agentdesk.automation.actions.contract import Acting, Action, Params, Step, word
from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.queries import cases, people
from agentdesk.services import triage

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork


def _read(params: Params) -> Params:
    return {"kind": "owner", "value": word(params, "value", "owner").casefold()}


def _preview(session: "Connection", case_id: int, params: Params, acting: Acting) -> tuple[Step, ...]:
    case = cases.case(session, case_id)
    before = _named(case.owner_id, case.owner, acting.me)
    if params["value"] == "nobody":
        return (Step(_("owner"), before, _("nobody")),)
    if params["value"] == "me":
        return (Step(_("owner"), before, _("you")),)
    row = people.agent(session, params["value"])
    return (Step(_("owner"), before, _named(row.id, row.name, acting.me)),)


def _named(agent_id: int | None, name: str, me: int | None) -> str:
    if agent_id is None:
        return _("nobody")
    return _("you") if agent_id == me else name


def _apply(unit: "UnitOfWork", case_id: int, params: Params, acting: Acting) -> None:
    if params["value"] == "me" and not acting.me:
        raise Problem(_("Nobody acts here who could be «me»: name a colleague by login."))
    owner = acting.me if params["value"] == "me" else 0
    if params["value"] not in ("me", "nobody"):
        owner = triage.agent_named(unit, params["value"])
    triage.assign(unit, case_id, owner=owner)


ACTION = Action(
    "owner", N_("give the case to somebody"), _read, _preview, _apply,
    typed=lambda words: {"kind": "owner", "value": words},
    shown=lambda params: str(params["value"]),
)  # fmt: skip
