"""Who may change what colleagues share: macros, snippets, views, articles.

One rule for all of them. What is personal is its owner's. What is a team's is changed by its members. What is for
everyone goes out in every colleague's name, so supervisors and admins change it; an article belongs to everyone as soon
as it is published, and until then whoever likes writes on in it. Leaders may change all of it.
"""

from sqlalchemy import select

from agentdesk.config.language import _
from agentdesk.domain.people import may_lead
from agentdesk.domain.problems import Refused
from agentdesk.store.tables import memberships
from agentdesk.store.unit import UnitOfWork


def may_change(unit: UnitOfWork, scope: str, team_id: int | None = None, agent_id: int | None = None) -> bool:
    """Whether the actor may change what has this home ("personal", "team" or "everyone")."""
    if may_lead(unit.actor.role):
        return True
    if scope == "personal":
        return agent_id is not None and agent_id == unit.actor.id
    member = select(memberships.c.agent_id).where(
        memberships.c.team_id == team_id, memberships.c.agent_id == unit.actor.id
    )
    return scope == "team" and unit.session.execute(member).one_or_none() is not None


def ask_a_leader() -> Refused:
    """What is said where no more can be said."""
    return Refused(_("Only a supervisor or an admin may do that: ask one of them."))
