"""Lists for the command line: messages, drafts, the outbox, the quarantine; and a message's bytes.

Invariant: the list of messages is keyset by id and says where to go on; the others are given whole.
"""

import json
from typing import Any

from sqlalchemy import Connection, func, select

from agentdesk.config.language import _
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.problems import NotFound
from agentdesk.domain.rows import DraftRow, FileRow, MessageRow, OutboxRow, QuarantineRow
from agentdesk.mail.parse import link_targets, part_content
from agentdesk.queries.cases import draft_rows, in_sight, message_rows
from agentdesk.store import codec
from agentdesk.store.tables import ON_ITS_WAY, attachments, drafts, messages, outbox, quarantine, raws
from agentdesk.text.clean import clean_line
from agentdesk.text.links import shortened


def message_page(
    session: Connection, after: int, limit: int
) -> tuple[list[tuple[int, MessageRow, dict[str, Any]]], int | None]:
    """Stored messages by id: (case, row, the facts of `mail parse`), and the id to go on from."""
    query = select(messages.c.id, messages.c.case_id, messages.c.facts).where(messages.c.id > after)
    rows = session.execute(query.order_by(messages.c.id).limit(limit + 1)).all()
    kept = rows[:limit]
    found = {one.id: one for one in message_rows(session, messages.c.id.in_([row.id for row in kept]), 0)}
    page = [(row.case_id, found[row.id], json.loads(row.facts)) for row in kept]
    return page, kept[-1].id if len(rows) > limit else None


def files_of(session: Connection, message_id: int) -> tuple[FileRow, ...]:
    """The files of a message. Raises NotFound."""
    found = message_rows(session, messages.c.id == message_id, 0)
    if not found:
        raise NotFound(_("There is no message {number}.").format(number=message_id))
    return found[0].attachments


def all_drafts(session: Connection, agent_id: int | None) -> tuple[DraftRow, ...]:
    """What is being written, of one agent or of all."""
    query = select(drafts).where(in_sight).order_by(drafts.c.id)
    if agent_id is not None:
        query = query.where(drafts.c.agent_id == agent_id)
    return draft_rows(session, session.execute(query).all())


def outbox_rows(session: Connection, state: Delivery | None = None) -> tuple[OutboxRow, ...]:
    """Replies on their way and where they stand, oldest first."""
    query = select(outbox, messages.c.message_id.label("rfc_id")).join(
        messages, messages.c.id == outbox.c.message_id
    )
    if state is not None:
        query = query.where(outbox.c.state == state)
    return tuple(
        OutboxRow(row.id, row.case_id, row.rfc_id or "", Delivery(row.state), row.attempts, moment(row.not_before),
                  clean_line(row.last_error))
        for row in session.execute(query.order_by(outbox.c.id))
    )  # fmt: skip


def case_of_reply(session: Connection, row_id: int) -> int:
    """The case of a row of the outbox. Raises NotFound."""
    found = session.scalar(select(outbox.c.case_id).where(outbox.c.id == row_id))
    if found is None:
        raise NotFound(_("There is no reply {number} in the outbox.").format(number=row_id))
    return int(found)


def held_of(session: Connection, agent_id: int) -> int:
    """How many replies of this agent are held back."""
    query = (
        select(func.count()).select_from(outbox.join(messages, messages.c.id == outbox.c.message_id))
        .where(ON_ITS_WAY, outbox.c.state == Delivery.HELD, messages.c.agent_id == agent_id)
    )  # fmt: skip
    return int(session.scalar(query) or 0)


def quarantine_rows(session: Connection) -> tuple[QuarantineRow, ...]:
    """What came in and is no mail."""
    query = select(
        quarantine.c.id, quarantine.c.reason, quarantine.c.source, quarantine.c.at, quarantine.c.size
    )
    return tuple(
        QuarantineRow(row.id, clean_line(row.reason), clean_line(row.source), moment(row.at), row.size)
        for row in session.execute(query.order_by(quarantine.c.id))
    )


def raw_of(session: Connection, message_id: int) -> bytes:
    """The very bytes of a message. Raises NotFound."""
    data = session.execute(select(raws.c.data).where(raws.c.message_id == message_id)).scalar_one_or_none()
    if data is None:
        raise NotFound(_("There is no mail behind message {number}.").format(number=message_id))
    return codec.unpack(data)


def link_behind(session: Connection, message_id: int, shown: str) -> str:
    """The whole link that a message's text shows cut; what is shown where the mail does not tell."""
    data = session.execute(select(raws.c.data).where(raws.c.message_id == message_id)).scalar_one_or_none()
    whole = link_targets(codec.unpack(data)) if data is not None else ()
    return next((one for one in whole if shortened(one) == shown), shown)


def file_content(session: Connection, file_id: int) -> tuple[str, str, bytes]:
    """An attachment's (name, type, bytes). Raises NotFound."""
    row = session.execute(select(attachments).where(attachments.c.id == file_id)).one_or_none()
    if row is None:
        raise NotFound(_("There is no attachment {number}.").format(number=file_id))
    content = (
        row.content if row.message_id is None else part_content(raw_of(session, row.message_id), row.part)
    )
    return clean_line(row.filename), clean_line(row.content_type), content or b""
