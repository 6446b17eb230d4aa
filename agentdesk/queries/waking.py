"""Why a case stands in the queue again: the time of its snooze has come, and nobody has done anything in it since.

Invariant: computed from the facts, never stored, so that an undo and the next act take it away by themselves.
"""

from sqlalchemy import Connection, select

from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.snooze import Woke
from agentdesk.store.tables import cases, changes, messages


def woke(session: Connection, case_id: int) -> Woke | None:
    """What it slept for; None for a case that did not wake, or in which an agent has acted since."""
    if session.scalar(select(cases.c.status).where(cases.c.id == case_id)) != Status.OPEN:
        return None
    here = changes.c.case_id == case_id
    ended = session.execute(
        select(changes.c.id, changes.c.agent_id, changes.c.before)
        .where(here, changes.c.field == "snooze_until", changes.c.after.is_(None), changes.c.before.is_not(None))
        .order_by(changes.c.id.desc()).limit(1)
    ).one_or_none()  # fmt: skip
    if ended is None or ended.agent_id is not None:
        return None
    acted = select(changes.c.id).where(here, changes.c.id > ended.id, changes.c.agent_id.is_not(None))
    if session.scalar(acted.limit(1)) is not None:
        return None
    began = session.scalar(
        select(changes.c.at)
        .where(here, changes.c.field == "snooze_until", changes.c.after == ended.before, changes.c.id < ended.id)
        .order_by(changes.c.id.desc()).limit(1)
    )  # fmt: skip
    wrote = select(messages.c.id).where(
        messages.c.case_id == case_id, messages.c.person, messages.c.at > (began or 0)
    )
    return Woke(moment(int(ended.before)), session.scalar(wrote.limit(1)) is not None)
