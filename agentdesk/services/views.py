"""Saves and throws away views.

Invariants: a view's query was understood when it was saved; a name is one view for each agent, each team and everyone;
only those whose view it is change it, and leaders.
"""

from sqlalchemy import Select, delete, func, insert, select, update

from agentdesk.config.language import _
from agentdesk.domain import query
from agentdesk.domain.people import may_lead
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.domain.views import LONGEST_NAME, SCOPES
from agentdesk.services import homes
from agentdesk.store.tables import teams, views
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line


def save(unit: UnitOfWork, name: str, text: str, scope: str = "personal", team: str = "") -> int:
    """Keep a query under a name, in place of what had that name there; returns the view's id.

    Raises QueryError, Problem for a name that is none, NotFound for the team, Refused.
    """
    name, text = clean_line(name), clean_line(text)
    if not name or len(name) > LONGEST_NAME:
        raise Problem(_("A view needs a name of at most {n} characters.").format(n=LONGEST_NAME))
    if scope not in SCOPES:
        raise Problem(_("A view is personal, a team's or everyone's."))
    query.parse(text)
    team_id = _team(unit, team) if scope == "team" else None
    agent_id = unit.actor.id if scope == "personal" else None
    _check_may(unit, scope, team_id, agent_id)
    found = unit.session.scalar(_same(name, scope, team_id, agent_id))
    if found is not None:
        changed = update(views).where(views.c.id == found)
        unit.session.execute(changed.values(query=text, version=views.c.version + 1))
        return int(found)
    key = unit.session.execute(insert(views).values(
        name=name, scope=scope, team_id=team_id, agent_id=agent_id, query=text, created_at=unit.at,
    )).inserted_primary_key  # fmt: skip
    assert key is not None
    return int(key[0])


def throw_away(unit: UnitOfWork, view_id: int) -> None:
    """Delete a view. Raises NotFound, Refused."""
    row = unit.session.execute(select(views).where(views.c.id == view_id)).one_or_none()
    if row is None or (
        row.scope == "personal" and row.agent_id != unit.actor.id and not may_lead(unit.actor.role)
    ):
        raise NotFound(_("There is no view {number}.").format(number=view_id))
    _check_may(unit, row.scope, row.team_id, row.agent_id)
    unit.session.execute(delete(views).where(views.c.id == view_id))


def _same(name: str, scope: str, team_id: int | None, agent_id: int | None) -> Select[int]:
    whose = views.c.team_id == team_id if scope == "team" else views.c.agent_id == agent_id
    named = select(views.c.id).where(func.lower(views.c.name) == name.lower(), views.c.scope == scope)
    return named if scope == "everyone" else named.where(whose)


def _team(unit: UnitOfWork, name: str) -> int:
    found = unit.session.scalar(select(teams.c.id).where(teams.c.name == name))
    if found is None:
        raise NotFound(_("There is no team called {name}.").format(name=clean_line(name) or "?"))
    return int(found)


def _check_may(unit: UnitOfWork, scope: str, team_id: int | None, agent_id: int | None) -> None:
    """Raise Refused unless the actor may change a view of this home."""
    if homes.may_change(unit, scope, team_id, agent_id):
        return
    if scope == "team":
        raise Refused(_("A team's view is changed by its members and by supervisors: save one of your own."))
    raise Refused(_("Views for everyone are changed by supervisors and admins: save one of your own."))
