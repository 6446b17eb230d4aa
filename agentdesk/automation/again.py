"""What was set aside, read again: after an update of the program it may be mail after all.

Invariant: it leaves the quarantine in the same commit that takes it into a case, or stays there untouched.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from agentdesk.automation.intake import read_batch
from agentdesk.config.language import _
from agentdesk.domain.mail import RawMail
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.services import intake
from agentdesk.store import codec
from agentdesk.store.engine import Store
from agentdesk.store.tables import messages, quarantine
from agentdesk.store.unit import Actor


def retry(store: Store, now: datetime, actor: Actor, row_id: int) -> int | None:
    """Read it again; the case it went to, None when that mail is known already.

    Raises NotFound, or Problem with the reason when it still cannot be read.
    """
    with store.session() as session:
        row = _row(session, row_id)
    batch = read_batch([RawMail(codec.unpack(row.data), row.source)], now)
    if batch[0].message is None:
        raise Problem(_("It still cannot be read: {reason}").format(reason=batch[0].reason))
    with store.unit(actor, now) as unit:
        if not unit.session.execute(delete(quarantine).where(quarantine.c.id == row_id)).rowcount:
            raise _gone(row_id)
        intake.receive(unit, row.channel_id, batch)
        newest = select(func.max(messages.c.id)).where(messages.c.digest == batch[0].digest)
        found = select(messages.c.case_id).where(messages.c.id == newest.scalar_subquery())
        unit.record("quarantine", None, "read again", row_id)
        return unit.session.scalar(found)


def _row(session: Connection, row_id: int) -> Any:
    row = session.execute(select(quarantine).where(quarantine.c.id == row_id)).one_or_none()
    if row is None:
        raise _gone(row_id)
    return row


def _gone(row_id: int) -> NotFound:
    return NotFound(_("There is nothing with the number {number} in the quarantine.").format(number=row_id))
