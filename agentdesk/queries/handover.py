"""What an agent has in hand that would go to somebody else when they leave.

Invariant: it counts what `services.handover` moves, by the same conditions.
"""

from typing import Any

from sqlalchemy import Connection, func, select

from agentdesk.config.language import _
from agentdesk.domain.handover import Estate
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.people import HERE
from agentdesk.domain.problems import NotFound
from agentdesk.store.tables import agents, cases, drafts, macros, messages, outbox, presence, snippets, views
from agentdesk.text.clean import clean_line


def estate(session: Connection, login: str, now: int) -> Estate:
    """All of it, in numbers; `now` in microseconds. Raises NotFound."""
    who = session.execute(select(agents).where(agents.c.login == login)).one_or_none()
    if who is None:
        raise NotFound(_("There is no agent called {login}.").format(login=clean_line(login)))

    def count(table: Any, *where: Any) -> int:
        return int(session.scalar(select(func.count()).select_from(table).where(*where)) or 0)

    owned = cases.c.owner_id == who.id
    on_their_way = (Delivery.HELD, Delivery.QUEUED, Delivery.SENDING)
    theirs = select(messages.c.id).where(messages.c.id == outbox.c.message_id, messages.c.agent_id == who.id)
    return Estate(
        login=clean_line(who.login), name=clean_line(who.name) or clean_line(who.login),
        cases=count(cases, owned, cases.c.status != Status.CLOSED),
        waiting=count(cases, owned, cases.c.shelf == 0),
        drafts=count(drafts, drafts.c.agent_id == who.id),
        macros=count(macros, macros.c.agent_id == who.id, macros.c.scope == "personal"),
        snippets=count(snippets, snippets.c.agent_id == who.id, snippets.c.scope == "personal"),
        views=count(views, views.c.agent_id == who.id, views.c.scope == "personal"),
        held=count(outbox, outbox.c.state.in_(on_their_way), theirs.exists()),
        desk_open=count(presence, presence.c.agent_id == who.id, presence.c.at > now - HERE) > 0,
    )  # fmt: skip
