"""The action "team": a team by name, or none.

Invariant: a team is never made by a macro; a name that no team has is a mistake to mend.
"""

from typing import TYPE_CHECKING

from agentdesk.automation.actions.contract import Acting, Action, Params, Step, word
from agentdesk.config.language import N_, _
from agentdesk.domain.problems import NotFound
from agentdesk.queries import cases, people
from agentdesk.services import triage
from agentdesk.text.clean import clean_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.unit import UnitOfWork

_NONE = "none"


def _read(params: Params) -> Params:
    return {"kind": "team", "value": clean_line(word(params, "value", "team"))}


def _preview(session: "Connection", case_id: int, params: Params, acting: Acting) -> tuple[Step, ...]:
    case = cases.case(session, case_id)
    if params["value"] == _NONE:
        return (Step(_("team"), case.team or _("none"), _("none")),)
    if params["value"] not in {one.name for one in people.teams_all(session)}:
        raise NotFound(_("There is no team called {name}.").format(name=params["value"]))
    team = Step(_("team"), case.team or _("none"), params["value"])
    if case.owner_id is None:
        return (team,)
    owner = _("you") if case.owner_id == acting.me else case.owner
    return (team, Step(_("owner"), owner, _("nobody")))


def _apply(unit: "UnitOfWork", case_id: int, params: Params, _acting: Acting) -> None:
    team = 0 if params["value"] == _NONE else triage.team_named(unit, params["value"])
    triage.assign(unit, case_id, team=team)


ACTION = Action(
    "team", N_("give the case to a team"), _read, _preview, _apply,
    typed=lambda words: {"kind": "team", "value": words},
    shown=lambda params: str(params["value"]),
)  # fmt: skip
