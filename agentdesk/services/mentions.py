"""Colleagues called by name in a note: whoever stands there as @login is told, and asked to look until they have.

Invariant: only agents who work here are called, each once for a note; a note that was taken back calls nobody.
"""

import re

from sqlalchemy import insert, select, update

from agentdesk.store.tables import agents, mentions
from agentdesk.store.unit import UnitOfWork

_CALLED = re.compile(r"(?<![\w@.])@([\w][\w.-]{0,63})")


def call(unit: UnitOfWork, case_id: int, message_id: int, body: str) -> None:
    """Tell everybody whom the note names."""
    names = {name.rstrip(".-").casefold() for name in _CALLED.findall(body)}
    if not names:
        return
    known = unit.session.execute(select(agents.c.id, agents.c.login).where(agents.c.active)).all()
    for agent_id in sorted(
        row.id for row in known if row.login.casefold() in names and row.id != unit.actor.id
    ):
        unit.session.execute(
            insert(mentions).values(message_id=message_id, agent_id=agent_id, case_id=case_id)
        )
        unit.record("mention", case_id, "agent", None, agent_id)


def looked(unit: UnitOfWork, case_id: int) -> None:
    """This agent has the case on screen: they need not be told again."""
    unit.session.execute(
        update(mentions)
        .where(
            mentions.c.agent_id == unit.actor.id, mentions.c.case_id == case_id, mentions.c.seen_at.is_(None)
        )
        .values(seen_at=unit.at)
    )
