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
from agentdesk.services.intake import Incoming
from agentdesk.store import codec
from agentdesk.store.tables import messages, quarantine
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean

SHOWN = 20_000
"""Bytes of what was set aside that are shown."""


def look(session: Connection, row_id: int, now: datetime) -> Incoming:
    """Read it again, outside any unit: it may take its time. Raises NotFound, or Problem with why it is no mail."""
    row = _row(session, row_id)
    raw = codec.unpack(row.data)
    # of what a server did not give there is nothing to read here; why is still the best that can be said
    read = read_batch([RawMail(raw, row.source, trouble="" if raw else row.reason)], now)[0]
    if read.message is None:
        raise Problem(_("It still cannot be read: {reason}").format(reason=read.reason))
    return read


def take(unit: UnitOfWork, row_id: int, read: Incoming) -> int | None:
    """Take what is mail after all into its case; the case, None when that mail is known already. Raises NotFound."""
    row = _row(unit.session, row_id)
    if not unit.session.execute(delete(quarantine).where(quarantine.c.id == row_id)).rowcount:
        raise _gone(row_id)
    intake.receive(unit, row.channel_id, [read])
    newest = select(func.max(messages.c.id)).where(messages.c.digest == read.digest)
    found = select(messages.c.case_id).where(messages.c.id == newest.scalar_subquery())
    unit.record("quarantine", None, "read again", row_id)
    return unit.session.scalar(found)


def text_of(session: Connection, row_id: int) -> str:
    """The first lines of what was set aside, as far as they are text. Raises NotFound."""
    return clean(codec.unpack(_row(session, row_id).data)[:SHOWN].decode("utf-8", "replace"))


def _row(session: Connection, row_id: int) -> Any:
    row = session.execute(select(quarantine).where(quarantine.c.id == row_id)).one_or_none()
    if row is None:
        raise _gone(row_id)
    return row


def _gone(row_id: int) -> NotFound:
    return NotFound(_("There is nothing with the number {number} in the quarantine.").format(number=row_id))
