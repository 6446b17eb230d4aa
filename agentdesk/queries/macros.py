"""Macros as they are picked and listed: who sees which, with their texts, actions, files and how often they were used.

Invariant: an agent sees what is for everyone, for their teams and their own, and nobody else's.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select

from agentdesk.config.language import _
from agentdesk.domain.instants import moment
from agentdesk.domain.macros import MacroFile, MacroRow, MacroText
from agentdesk.domain.mail import Enclosure
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.store.tables import agents, macro_files, macro_texts, macros, memberships, teams, uses
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.fold import fold


def visible(session: Connection, me: int | None, *, active: bool = True) -> tuple[MacroRow, ...]:
    """The macros this agent sees, by name; None sees all."""
    query = select(macros).where(macros.c.active) if active else select(macros)
    if me is not None:
        query = query.where(_seen_by(me))
    return _rows(session, session.execute(query).all())


def _seen_by(me: int) -> ColumnElement[bool]:
    mine = select(memberships.c.team_id).where(memberships.c.agent_id == me)
    return or_(macros.c.scope == "everyone", macros.c.agent_id == me, macros.c.team_id.in_(mine))


def macro(session: Connection, macro_id: int, me: int | None = None) -> MacroRow:
    """One macro; with `me`, only if this agent sees it. Raises NotFound."""
    query = select(macros).where(macros.c.id == macro_id)
    if me is not None:
        query = query.where(_seen_by(me))
    found = _rows(session, session.execute(query).all())
    if not found:
        raise NotFound(_("There is no such macro any more."))
    return found[0]


def named(session: Connection, name: str, me: int | None, *, active: bool = True) -> MacroRow:
    """A macro that this agent sees, by its short name or its name. Raises NotFound."""
    rows = visible(session, me, active=active)
    for one in rows:
        if one.slug == name:
            return one
    same = [one for one in rows if fold(one.name) == fold(name)]
    if len(same) == 1:
        return same[0]
    if same:
        raise Problem(
            _("Several macros are called {name}; say which: {all}.").format(
                name=clean_line(name), all=", ".join(one.slug for one in same)
            )
        )
    raise NotFound(
        _("There is no macro called {name}: agentdesk macro list names them all.").format(
            name=clean_line(name)
        )
    )


def by_slug(session: Connection, slug: str) -> MacroRow | None:
    """Whoever's macro it is, retired or not, None when there never was one."""
    found = _rows(session, session.execute(select(macros).where(macros.c.slug == slug)).all())
    return found[0] if found else None


def files(session: Connection, macro_id: int, names: Iterable[str] | None = None) -> tuple[Enclosure, ...]:
    """The files that lie beside a macro, all or those named, by name."""
    query = select(macro_files).where(macro_files.c.macro_id == macro_id).order_by(macro_files.c.filename)
    if names is not None:
        query = query.where(macro_files.c.filename.in_(list(names)))
    return tuple(Enclosure(row.filename, row.content_type, row.content) for row in session.execute(query))


def _rows(session: Connection, found: Sequence[Row[Any]]) -> tuple[MacroRow, ...]:
    ids = [row.id for row in found]
    few = ids if len(ids) < 200 else None
    texts, lying = _texts(session, few), _files(session, few)
    team = {row.id: clean_line(row.name) for row in session.execute(select(teams.c.id, teams.c.name))}
    login = {row.id: clean_line(row.login) for row in session.execute(select(agents.c.id, agents.c.login))}
    used = select(uses.c.item_id, func.count().label("n")).where(uses.c.kind == "macro")
    counts = {row.item_id: row.n for row in session.execute(used.group_by(uses.c.item_id))}
    made = (
        MacroRow(
            id=row.id, slug=row.slug, name=clean_line(row.name), scope=row.scope, team_id=row.team_id,
            team=team.get(row.team_id, ""), agent_id=row.agent_id, owner=login.get(row.agent_id, ""),
            texts=tuple(texts[row.id]), actions=_actions(row.actions), files=tuple(lying[row.id]), active=row.active,
            version=row.version, updated_at=moment(row.updated_at), updated_by=login.get(row.updated_by, ""),
            uses=counts.get(row.id, 0),
        )
        for row in found
    )  # fmt: skip
    return tuple(sorted(made, key=lambda one: (fold(one.name), one.id)))


def _texts(session: Connection, ids: list[int] | None) -> dict[int, list[MacroText]]:
    query = select(macro_texts).order_by(macro_texts.c.macro_id, macro_texts.c.language)
    kept: dict[int, list[MacroText]] = defaultdict(list)
    for row in session.execute(query if ids is None else query.where(macro_texts.c.macro_id.in_(ids))):
        kept[row.macro_id].append(MacroText(row.language, clean(row.text), clean_line(row.subject)))
    return kept


def _files(session: Connection, ids: list[int] | None) -> dict[int, list[MacroFile]]:
    query = select(macro_files.c.macro_id, macro_files.c.id, macro_files.c.filename, macro_files.c.content_type,
                   macro_files.c.size, macro_files.c.sha256).order_by(macro_files.c.filename)  # fmt: skip
    kept: dict[int, list[MacroFile]] = defaultdict(list)
    for row in session.execute(query if ids is None else query.where(macro_files.c.macro_id.in_(ids))):
        kept[row.macro_id].append(
            MacroFile(row.id, clean_line(row.filename), clean_line(row.content_type), row.size, row.sha256)
        )
    return kept


def _actions(packed: str) -> tuple[dict[str, Any], ...]:
    found = json.loads(packed)
    return tuple(one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()
