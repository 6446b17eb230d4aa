"""The saved views that an agent sees, and how many cases stand in each; the names that completion offers.

Invariants: another agent's own views are not shown; a count stops at the cap, so that no view can make the list wait.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true

from agentdesk.config.language import _
from agentdesk.domain.hits import Vocabulary
from agentdesk.domain.problems import NotFound, Usage
from agentdesk.domain.views import SCOPES, Counted, SavedView
from agentdesk.queries import queue
from agentdesk.store.tables import agents, channels, memberships, tags, teams, views
from agentdesk.text.clean import clean_line


def all_of(session: Connection, me: int) -> tuple[SavedView, ...]:
    """My own, my teams' and everyone's, by name; who is in no team sees every team's."""
    mine = select(memberships.c.team_id).where(memberships.c.agent_id == me)
    in_no_team = session.execute(mine.limit(1)).first() is None
    found = _those(session, or_(
        views.c.scope == "everyone",
        (views.c.scope == "personal") & (views.c.agent_id == me),
        (views.c.scope == "team") & (true() if in_no_team else views.c.team_id.in_(mine)),
    ))  # fmt: skip
    return tuple(sorted(found, key=lambda one: (SCOPES.index(one.scope), one.name.casefold(), one.id)))


def one(session: Connection, view_id: int) -> SavedView:
    """A view by its number alone, for whoever has just saved it: a leader does so for teams they are not in."""
    return _those(session, views.c.id == view_id)[0]


def _those(session: Connection, which: ColumnElement[bool]) -> list[SavedView]:
    query = (
        select(views, teams.c.name.label("team"), agents.c.login)
        .outerjoin(teams, teams.c.id == views.c.team_id).outerjoin(agents, agents.c.id == views.c.agent_id)
        .where(which)
    )  # fmt: skip
    return [
        SavedView(row.id, clean_line(row.name), row.scope, clean_line(row.team or ""), clean_line(row.login or ""),
                  clean_line(row.query))
        for row in session.execute(query)
    ]  # fmt: skip


def named(session: Connection, me: int, name: str) -> SavedView:
    """The view of this name or number; mine before the team's before everyone's. Raises NotFound."""
    known = all_of(session, me)
    wanted = name.strip().casefold()
    for one in known:
        if one.name.casefold() == wanted or str(one.id) == wanted:
            return one
    raise NotFound(_("There is no view called {name}.").format(name=clean_line(name)))


def counted(session: Connection, me: int, known: Iterable[SavedView], now: int) -> tuple[Counted, ...]:
    """How many cases stand in each of these views."""
    return tuple(Counted(one, _count(session, me, one, now)) for one in known)


def list_counted(session: Connection, me: int, now: int) -> tuple[Counted, ...]:
    """All views that I see, with their counts."""
    return counted(session, me, all_of(session, me), now)


def board(
    session: Connection, me: int, built_in: Iterable[str], now: int
) -> tuple[dict[str, int], tuple[Counted, ...]]:
    """How many cases stand in the lists that the house knows and in the saved views."""
    return {view: queue.count(session, me, view) for view in built_in}, list_counted(session, me, now)


def homes(session: Connection, me: int) -> tuple[str, ...]:
    """The teams that may have a view of mine: those I am in."""
    query = select(teams.c.name).join(memberships, memberships.c.team_id == teams.c.id)
    return tuple(
        clean_line(one)
        for one in session.scalars(query.where(memberships.c.agent_id == me).order_by(teams.c.name))
    )


def vocabulary(session: Connection) -> Vocabulary:
    """The names that a query may hold: tags, agents, teams, channels."""

    def names(column: Any) -> tuple[str, ...]:
        return tuple(clean_line(one) for one in session.scalars(select(column).order_by(column)))

    return Vocabulary(names(tags.c.name), names(agents.c.login), names(teams.c.name), names(channels.c.name))


def _count(session: Connection, me: int, view: SavedView, now: int) -> int | None:
    try:
        return queue.count_query(session, view.query, now, queue.CAP, me=me)
    except Usage:
        return None
