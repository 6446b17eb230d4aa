"""One case whole: its head, its messages in the order they were written, its customer, who is there now.

Invariant: everything on one conversation pane comes from one session, so it fits together.
"""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from agentdesk.config.language import _
from agentdesk.domain.forgetting import MARK
from agentdesk.domain.instants import moment, moment_or_none
from agentdesk.domain.lifecycle import Delivery, Status
from agentdesk.domain.mail import Address
from agentdesk.domain.parts import Part, Wish
from agentdesk.domain.people import HERE
from agentdesk.domain.problems import NotFound
from agentdesk.domain.rows import (
    CaseRow,
    ChangeRow,
    CustomerRow,
    DraftRow,
    EarlierCase,
    FileRow,
    MessageRow,
    Thread,
)
from agentdesk.queries import parts
from agentdesk.queries.heads import addresses_of, heads
from agentdesk.queries.waking import woke
from agentdesk.store import codec
from agentdesk.store.tables import (
    agents,
    attachments,
    cases,
    changes,
    channels,
    customers,
    drafts,
    messages,
    outbox,
    presence,
)  # fmt: skip
from agentdesk.text.clean import clean, clean_line

EARLIER = 50
in_sight = ~(
    select(cases.c.id)
    .where(cases.c.id == drafts.c.case_id, cases.c.merged_into.is_not(None))
    .correlate(drafts)
    .exists()
)
"""Drafts that somebody may go on with: one that rests in a merged case stands below its writer's other one."""
_PART = 400
"""Ids named in one statement: a database takes a limited number of them."""


def thread(session: Connection, case_id: int, me: int, now: int, wish: Wish | None = None) -> Thread:
    """Everything the conversation pane shows, with all messages or the part that is wished for. Raises NotFound."""
    head = case(session, case_id)
    part, which = Part(), messages.c.case_id == case_id
    if wish is not None:
        part, ids = parts.part(session, case_id, head.message_count, wish)
        which = messages.c.id.in_(ids)
    return Thread(
        case=head, messages=message_rows(session, which, me), drafts=drafts_of(session, case_id),
        customer=customer(session, head.customer_id, case_id) if head.customer_id is not None else None,
        present=present(session, case_id, me, now), woke=woke(session, case_id), part=part,
    )  # fmt: skip


def newest(session: Connection, case_id: int) -> int:
    """The id of the message that came into the case last; 0: there is none."""
    return int(session.scalar(select(func.max(messages.c.id)).where(messages.c.case_id == case_id)) or 0)


def origins(session: Connection, case_id: int) -> dict[int, int]:
    """From which cases that were merged into this one it has how many messages."""
    query = select(messages.c.origin_case_id, func.count()).where(
        messages.c.case_id == case_id, messages.c.origin_case_id.is_not(None)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(messages.c.origin_case_id))}


def files_of(session: Connection, case_id: int) -> tuple[FileRow, ...]:
    """Every file in the messages of a case, newest message first."""
    query = (
        select(attachments).join(messages, messages.c.id == attachments.c.message_id)
        .where(messages.c.case_id == case_id)
        .order_by(messages.c.at.desc(), messages.c.id.desc(), attachments.c.id)
    )  # fmt: skip
    return tuple(_file(row) for row in session.execute(query))


def case(session: Connection, case_id: int) -> CaseRow:
    """The head of a case. Raises NotFound."""
    found = heads(session, [case_id])
    if not found:
        raise NotFound(_("There is no case #{number}.").format(number=case_id))
    return found[0]


def standing(session: Connection, case_id: int) -> int:
    """The case, or the one it was merged into in the end: where an answer goes. Raises NotFound."""
    while (target := case(session, case_id).merged_into) is not None:
        case_id = target
    return case_id


def messages_of(session: Connection, case_id: int, me: int) -> tuple[MessageRow, ...]:
    """The case's messages, oldest first."""
    return message_rows(session, messages.c.case_id == case_id, me)


def message_rows(session: Connection, which: ColumnElement[bool], me: int) -> tuple[MessageRow, ...]:
    """The messages that a condition names, oldest first."""
    query = (
        select(messages, channels.c.name.label("channel"), channels.c.kind.label("channel_kind"), outbox.c.state,
               outbox.c.last_error, outbox.c.not_before, agents.c.name.label("agent_name"), agents.c.login)
        .outerjoin(channels, channels.c.id == messages.c.channel_id)
        .outerjoin(outbox, outbox.c.message_id == messages.c.id)
        .outerjoin(agents, agents.c.id == messages.c.agent_id)
        .where(which).order_by(messages.c.at, messages.c.id)
    )  # fmt: skip
    rows = session.execute(query).all()
    files = _files(session, attachments.c.message_id, [row.id for row in rows])
    return tuple(_message(row, me, files.get(row.id, ())) for row in rows)


def _message(row: Row[Any], me: int, files: tuple[FileRow, ...]) -> MessageRow:
    marks = codec.read_words(row.marks)
    whole = clean(row.text) or (_("This message was erased.") if MARK in marks else "")
    delivery = None
    if row.kind == "outbound":
        delivery = Delivery(row.state) if row.state else Delivery.SENT
    taken_back = row.kind == "system" and row.agent_id is not None
    return MessageRow(
        id=row.id, kind=row.kind, channel=clean_line(row.channel or ""), channel_kind=row.channel_kind or "",
        sender=Address(clean_line(row.from_name), clean_line(row.from_address)), to=codec.read_people(row.to),
        cc=codec.read_people(row.cc), at=moment(row.at), sent_at=moment_or_none(row.sent_at),
        subject=clean_line(row.subject), text=_("A note was taken back.") if taken_back else whole,
        reply_text=whole if row.reply_text is None else clean(row.reply_text), message_id=row.message_id,
        in_reply_to=codec.read_words(row.in_reply_to), references=codec.read_words(row.references), delivery=delivery,
        error=clean_line(row.last_error or ""), attachments=files, marks=marks,
        not_before=moment(row.not_before) if delivery is Delivery.HELD else None,
        mine=row.agent_id is not None and row.agent_id == me, agent=clean_line(row.agent_name or row.login or ""),
        side=row.side_id, origin=row.origin_case_id, report=_report(row.facts),
    )  # fmt: skip


def _report(facts: str) -> str | None:
    """Whom a delivery report is about, and its status."""
    if '"bounce": true' not in facts:
        return None
    told = json.loads(facts)
    parts = (told.get("bounced_recipient"), told.get("bounce_status"))
    return clean_line(" ".join(one for one in parts if one))


def _files(session: Connection, column: Any, ids: Iterable[int]) -> dict[int, tuple[FileRow, ...]]:
    wanted = list(ids)
    found: dict[int, tuple[FileRow, ...]] = {}
    query = select(attachments, column.label("holder")).order_by(attachments.c.id)
    for begin in range(0, len(wanted), _PART):
        for row in session.execute(query.where(column.in_(wanted[begin : begin + _PART]))):
            found[row.holder] = (*found.get(row.holder, ()), _file(row))
    return found


def _file(row: Row[Any]) -> FileRow:
    return FileRow(
        row.id, clean_line(row.filename), clean_line(row.content_type), row.size, row.inline,
        clean_line(row.content_id) if row.content_id else None, row.sha256,
    )  # fmt: skip


def customer(session: Connection, customer_id: int, except_case: int) -> CustomerRow:
    """Who this is, with the newest earlier cases."""
    row = session.execute(select(customers).where(customers.c.id == customer_id)).one()
    known = addresses_of(session, [customer_id]).get(customer_id, ())
    total = select(func.count()).select_from(cases).where(cases.c.customer_id == customer_id)
    earlier = (
        select(cases.c.id, cases.c.subject, cases.c.status, cases.c.updated_at)
        .where(cases.c.customer_id == customer_id, cases.c.id != except_case)
        .order_by(cases.c.updated_at.desc(), cases.c.id.desc()).limit(EARLIER)
    )  # fmt: skip
    return CustomerRow(
        id=row.id, name=clean_line(row.name) or next(iter(known), ""), addresses=known, language=row.language,
        since=moment(row.created_at), case_count=int(session.scalar(total) or 0),
        earlier=tuple(
            EarlierCase(one.id, clean_line(one.subject), Status(one.status), moment(one.updated_at))
            for one in session.execute(earlier)
        ),
        erased=row.erased_at is not None,
    )  # fmt: skip


def drafts_of(session: Connection, case_id: int | None, agent_id: int | None = None) -> tuple[DraftRow, ...]:
    """What is being written in a case (None: new mails); of one agent or of all."""
    query = select(drafts).order_by(drafts.c.id)
    query = (
        query.where(drafts.c.case_id == case_id, in_sight)
        if case_id is not None
        else query.where(drafts.c.case_id.is_(None))
    )
    if agent_id is not None:
        query = query.where(drafts.c.agent_id == agent_id)
    return draft_rows(session, session.execute(query).all())


def case_of_draft(session: Connection, draft_id: int) -> int | None:
    """Where a draft stands; None when it has gone, or rests in a merged case."""
    return session.scalar(select(drafts.c.case_id).where(drafts.c.id == draft_id, in_sight))


def draft_rows(session: Connection, rows: Iterable[Row[Any]]) -> tuple[DraftRow, ...]:
    """Rows of the drafts table with their files."""
    found = list(rows)
    files = _files(session, attachments.c.draft_id, [row.id for row in found])
    return tuple(
        DraftRow(
            id=row.id, case_id=row.case_id or 0, agent_id=row.agent_id, kind=row.kind, to=codec.read_people(row.to),
            cc=codec.read_people(row.cc), bcc=codec.read_people(row.bcc), subject=clean_line(row.subject),
            body=clean(row.body), seen_message_id=row.seen_message_id, version=row.version, terminal=row.terminal,
            updated_at=moment(row.updated_at), files=files.get(row.id, ()),
            notice=_(row.notice) if row.notice else "", side=row.side_id,
        )
        for row in found
    )  # fmt: skip


def changes_of(session: Connection, case_id: int) -> tuple[ChangeRow, ...]:
    """The facts of a case, oldest first."""
    query = (
        select(changes, agents.c.login).outerjoin(agents, agents.c.id == changes.c.agent_id)
        .where(changes.c.case_id == case_id).order_by(changes.c.id)
    )  # fmt: skip
    return tuple(
        ChangeRow(row.id, moment(row.at), row.login or "system", row.kind, row.field,
                  clean_line(row.before) if row.before is not None else None,
                  clean_line(row.after) if row.after is not None else None, row.stroke_id)
        for row in session.execute(query)
    )  # fmt: skip


def present(session: Connection, case_id: int, me: int, now: int) -> tuple[tuple[str, str], ...]:
    """Colleagues who look at or write in a case now, as (name, what)."""
    query = (
        select(agents.c.name, agents.c.login, presence.c.what)
        .join(agents, agents.c.id == presence.c.agent_id)
        .where(presence.c.case_id == case_id, presence.c.at > now - HERE, presence.c.agent_id != me)
        .order_by(agents.c.login)
    )
    return tuple((clean_line(row.name or row.login), row.what) for row in session.execute(query))


def present_in(
    session: Connection, case_ids: Iterable[int], me: int, now: int
) -> dict[int, tuple[str, bool]]:
    """Who of the colleagues is in which of these cases, and whether writing."""
    query = (
        select(presence.c.case_id, agents.c.name, agents.c.login, presence.c.what)
        .join(agents, agents.c.id == presence.c.agent_id)
        .where(presence.c.case_id.in_(list(case_ids)), presence.c.at > now - HERE, presence.c.agent_id != me)
        .order_by(presence.c.what)
    )
    return {
        row.case_id: (clean_line(row.name or row.login), row.what == "writing")
        for row in session.execute(query)
    }
