"""Who is called in a note and has not looked yet, and whom a name begun in one may mean.

Invariant: a note that was taken back calls nobody.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from agentdesk.store.tables import agents, mentions, messages
from agentdesk.text.clean import clean_line
from agentdesk.text.fold import fold

MOST = 20


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A note that calls somebody: the case, and who wrote it."""

    case_id: int
    who: str


def waiting(session: Connection, me: int) -> tuple[MentionRow, ...]:
    """The notes that call this agent and have not been looked at, newest first, one for each case."""
    query = (
        select(mentions.c.case_id, agents.c.name, agents.c.login)
        .join(messages, messages.c.id == mentions.c.message_id).join(agents, agents.c.id == messages.c.agent_id)
        .where(mentions.c.agent_id == me, mentions.c.seen_at.is_(None), messages.c.kind == "note")
        .order_by(mentions.c.message_id.desc()).limit(MOST)
    )  # fmt: skip
    found: dict[int, MentionRow] = {}
    for row in session.execute(query):
        found.setdefault(row.case_id, MentionRow(row.case_id, clean_line(row.name or row.login)))
    return tuple(found.values())


def meant(session: Connection, begun: str) -> str | None:
    """The login that a name begun after @ stands for; None when nobody or more than one fits, as long as it is not
    one's whole login."""
    wanted = fold(begun)
    rows = session.execute(
        select(agents.c.login, agents.c.name).where(agents.c.active).order_by(agents.c.login)
    ).all()
    fitting = [
        str(row.login)
        for row in rows
        if fold(row.login).startswith(wanted) or fold(row.name).startswith(wanted)
    ]
    whole = [login for login in fitting if fold(login) == wanted]
    return whole[0] if whole else fitting[0] if len(fitting) == 1 else None
