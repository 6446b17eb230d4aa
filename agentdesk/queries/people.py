"""Who works here, on which channels, and whether the worker is alive.

Invariant: no row holds a host or a secret; the store knows none.
"""

from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from agentdesk.config.language import _
from agentdesk.domain import preferences
from agentdesk.domain.instants import moment, moment_or_none
from agentdesk.domain.people import AgentRow, TeamRow
from agentdesk.domain.preferences import Preferences
from agentdesk.domain.problems import NotFound
from agentdesk.domain.rows import StoreHealth
from agentdesk.store.tables import agents, channels, cursors, leases, memberships, presence, tags, teams
from agentdesk.text.clean import clean_line

WORKER = "worker"
"""The name of the worker's lease."""


def agents_all(session: Connection, *, gone: bool = False) -> tuple[AgentRow, ...]:
    """The active colleagues by name; with `gone` those who have left, too, behind them."""
    query = select(agents).order_by(agents.c.active.desc(), agents.c.name, agents.c.login)
    return tuple(_agent(row) for row in session.execute(query if gone else query.where(agents.c.active)))


def agent(session: Connection, login: str) -> AgentRow:
    """A colleague by login. Raises NotFound, also for one who has left."""
    row = session.execute(select(agents).where(agents.c.login == login)).one_or_none()
    if row is not None and row.active:
        return _agent(row)
    if row is not None:
        said = _("{login} has left: agentdesk agent set {login} --back lets them work here again.")
    else:
        said = _("There is no agent called {login}: add one with agentdesk agent add.")
    raise NotFound(said.format(login=clean_line(login)))


def preferences_of(session: Connection, agent_id: int) -> Preferences:
    """What an agent has chosen for themselves; nothing for one that is not there."""
    columns = (agents.c.language, agents.c.timezone, agents.c.theme, agents.c.signature, agents.c.preferences)
    row = session.execute(select(*columns).where(agents.c.id == agent_id)).one_or_none()
    return Preferences() if row is None else preferences.read(*row)


def teams_of(session: Connection) -> dict[int, tuple[str, ...]]:
    """The names of the teams of each agent."""
    query = (
        select(memberships.c.agent_id, teams.c.name).join(teams, teams.c.id == memberships.c.team_id)
        .order_by(teams.c.name)
    )  # fmt: skip
    found: dict[int, tuple[str, ...]] = {}
    for agent_id, name in session.execute(query):
        found[agent_id] = (*found.get(agent_id, ()), clean_line(name))
    return found


def teams_all(session: Connection) -> tuple[TeamRow, ...]:
    """The teams by name."""
    return tuple(
        TeamRow(row.id, clean_line(row.name)) for row in session.execute(select(teams).order_by(teams.c.name))
    )


def tags_all(session: Connection) -> tuple[str, ...]:
    """The tags in use, by name."""
    return tuple(clean_line(name) for name in session.scalars(select(tags.c.name).order_by(tags.c.name)))


def channels_all(session: Connection) -> tuple[Row[Any], ...]:
    """The channels' rows by name."""
    return tuple(session.execute(select(channels).where(channels.c.active).order_by(channels.c.name)).all())


def channel_id(session: Connection, name: str) -> int:
    """A channel by name. Raises NotFound."""
    found = session.scalar(select(channels.c.id).where(channels.c.name == name))
    if found is None:
        raise NotFound(_("There is no channel called {name}.").format(name=clean_line(name)))
    return int(found)


def cursor(session: Connection, channel: int, folder: str) -> str | None:
    """How far a folder of a channel has been fetched."""
    return session.scalar(
        select(cursors.c.value).where(cursors.c.channel_id == channel, cursors.c.folder == folder)
    )


def health(session: Connection, now: int) -> StoreHealth:
    """That the store answers, and when the worker was last seen."""
    seen = session.scalar(select(leases.c.seen_at).where(leases.c.name == WORKER))
    return StoreHealth(moment(now), moment_or_none(seen))


def desks_seen(session: Connection, since: int) -> int:
    """How many desks have shown a sign of life since then (microseconds)."""
    query = select(func.count()).select_from(presence).where(presence.c.case_id == 0, presence.c.at > since)
    return int(session.scalar(query) or 0)


def may_act_as(session: Connection, login: str) -> bool:
    """On PostgreSQL: is the signed-in role this agent, or one that may act for everybody?

    An owner of the tables, a superuser, or an agent with the role admin may.
    """
    if session.dialect.name == "sqlite":
        return True
    role = str(session.execute(text("select session_user")).scalar_one())
    if role == login:
        return session.scalar(select(agents.c.active).where(agents.c.login == role)) is not False
    owner = "select pg_has_role(session_user, tableowner::name, 'member') from pg_tables where tablename = 'cases'"
    if any(session.execute(text(owner)).scalars()):
        return True
    return session.scalar(select(agents.c.role).where(agents.c.login == role, agents.c.active)) == "admin"


def signed_in(session: Connection) -> AgentRow | None:
    """The agent whose PostgreSQL role has signed in; None for an owner of the store, and on SQLite."""
    if session.dialect.name == "sqlite":
        return None
    role = str(session.execute(text("select session_user")).scalar_one())
    row = session.execute(select(agents).where(agents.c.login == role)).one_or_none()
    return None if row is None else _agent(row)


def _agent(row: Row[Any]) -> AgentRow:
    return AgentRow(
        id=row.id, login=clean_line(row.login), name=clean_line(row.name) or clean_line(row.login), role=row.role,
        capacity=row.capacity, language=row.language, timezone=row.timezone, signature=row.signature, theme=row.theme,
        active=row.active, email=clean_line(row.email), heir_id=row.heir_id,
    )  # fmt: skip
