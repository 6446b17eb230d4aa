"""What is being written and not yet sent: one draft for each agent, case and kind (reply, note, new, side).

Invariants: newer text is never overwritten by a terminal that has not seen it; a reply that comes back is put in front
of whatever was begun since; a draft is removed only with the send that took it, or at its writer's word.
Drafts are no changes: nobody else's screen repeats what is being typed.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, insert, select, update

from agentdesk.config.language import _
from agentdesk.domain.mail import Address, Enclosure
from agentdesk.domain.problems import NotFound, Refused, Stale
from agentdesk.mail.parse import part_content
from agentdesk.store import codec
from agentdesk.store.tables import agents, attachments, cases, customers, drafts, raws
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean, clean_line

_VERSIONS = 1_000_000
"""Saves that one draft may see."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a composer. `version` is that of the draft it was loaded from, 0 for a new one."""

    kind: str
    case_id: int | None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    body: str = ""
    seen_message_id: int = 0
    channel_id: int | None = None
    version: int = 0
    notice: str = ""
    side_id: int | None = None
    """The side conversation that is gone on with; None in a draft of kind side begins one."""
    alone: bool = False
    """Written outside the composer (on the command line): a draft that stands there is left as it is."""
    canned: bool = False
    """Nobody typed this (a macro as it stands): taken back it leaves no draft."""
    files: tuple[Enclosure, ...] = ()
    """Files that go along and hang on no draft."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Which draft it became, and its version."""

    id: int
    version: int


class Gone(Stale):
    """The draft was sent or thrown away somewhere else: what is typed now would be a second one."""


def gone() -> Gone:
    """The refusal in words."""
    return Gone(_("This draft was sent or thrown away somewhere else."))


def cleaned(typed: Typed) -> Typed:
    """What was typed without what no store holds and no mail carries: it may come from a paste or a script."""

    def people(of: tuple[Address, ...]) -> tuple[Address, ...]:
        return tuple(Address(clean_line(who.name), clean_line(who.address)) for who in of)

    return replace(
        typed, to=people(typed.to), cc=people(typed.cc), bcc=people(typed.bcc),
        subject=clean_line(typed.subject), body=clean(typed.body),
    )  # fmt: skip


def save(unit: UnitOfWork, typed: Typed, terminal: str) -> Saved:
    """Keep what is typed. Raises Stale when another terminal has written a newer version, Gone when it has gone."""
    typed = cleaned(typed)
    if typed.case_id is not None and typed.kind != "new":
        typed = replace(typed, case_id=_standing(unit, typed.case_id))
    found = _find(unit, typed.kind, typed.case_id)
    values = _values(unit, typed, terminal)
    if found is None:
        # One draft for each: whoever else begins the same one now waits here. Rows that name the agent do not.
        me = select(agents.c.id).where(agents.c.id == unit.actor.id)
        unit.session.execute(me.with_for_update(key_share=True))
        found = _find(unit, typed.kind, typed.case_id)
    if found is None:
        if typed.version:
            raise gone()
        _check_there(unit, typed.case_id)
        return _begun(unit, values)
    if found.version != typed.version and found.terminal != terminal:
        raise Stale(_("This draft is also open in another terminal, and newer there."))
    unit.session.execute(
        update(drafts).where(drafts.c.id == found.id).values(values | {"version": found.version + 1})
    )
    return Saved(found.id, found.version + 1)


def _check_there(unit: UnitOfWork, case_id: int | None) -> None:
    """Raises Gone for a case that was erased and in which nobody is left: a composer may have stood open meanwhile."""
    shell = (cases.c.id == case_id, cases.c.haystack == "", cases.c.subject == "")
    query = select(cases.c.id).join(customers, customers.c.id == cases.c.customer_id)
    if case_id and unit.session.execute(query.where(*shell, customers.c.erased_at.is_not(None))).first():
        raise Gone(_("This customer was erased and their case is empty."))


def discard(unit: UnitOfWork, draft_id: int) -> None:
    """Remove a draft and its files."""
    unit.session.execute(delete(attachments).where(attachments.c.draft_id == draft_id))
    unit.session.execute(delete(drafts).where(drafts.c.id == draft_id))


def discard_as(unit: UnitOfWork, draft_id: int, body: str) -> bool:
    """Remove a draft whose text goes its way, unless another terminal has written on in it. False: it had gone."""
    query = select(drafts.c.body).where(drafts.c.id == draft_id)
    found = unit.session.execute(query.with_for_update()).one_or_none()
    if found is not None and found.body.strip() == body.strip():
        discard(unit, draft_id)
    return found is not None


def attach(unit: UnitOfWork, draft_id: int, file: Enclosure) -> int:
    """Hang a file on a draft; returns its id."""
    key = unit.session.execute(
        insert(attachments).values(
            draft_id=draft_id, filename=file.filename, content_type=file.content_type, size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(), content=file.content,
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    return int(key[0])


def check_own(unit: UnitOfWork, draft_id: int) -> None:
    """Raises NotFound unless whoever acts is writing this draft."""
    mine = select(drafts.c.id).where(drafts.c.id == draft_id, drafts.c.agent_id == unit.actor.id)
    if unit.session.execute(mine.with_for_update()).one_or_none() is None:
        raise NotFound(_("You are writing no draft {number}.").format(number=draft_id))


def detach(unit: UnitOfWork, draft_id: int, file_id: int) -> None:
    """Take a file off one's own draft. Raises NotFound."""
    check_own(unit, draft_id)
    taken = delete(attachments).where(attachments.c.id == file_id, attachments.c.draft_id == draft_id)
    if unit.session.execute(taken).rowcount != 1:
        raise NotFound(_("No file {number} hangs on this draft.").format(number=file_id))


def files_of(unit: UnitOfWork, draft_id: int) -> tuple[Enclosure, ...]:
    """The files that hang on a draft, in the order they were attached."""
    query = select(attachments).where(attachments.c.draft_id == draft_id).order_by(attachments.c.id)
    return tuple(
        Enclosure(row.filename, row.content_type, row.content or b"") for row in unit.session.execute(query)
    )


def packed(typed: Typed, agent_id: int | None) -> str:
    """What was typed and by whom, as the outbox keeps it beside the reply until it has left."""
    return json.dumps(
        {
            "kind": typed.kind, "to": codec.people(typed.to), "cc": codec.people(typed.cc),
            "bcc": codec.people(typed.bcc), "subject": typed.subject, "body": typed.body,
            "channel_id": typed.channel_id, "agent_id": agent_id,
            "seen_message_id": typed.seen_message_id, "side_id": typed.side_id,
            "canned": typed.canned,
        },
        ensure_ascii=False,
    )  # fmt: skip


def restore(unit: UnitOfWork, outbox_row: Any, notice: str, *, unopened: bool = False) -> None:
    """Give a reply that did not leave back to the composer of whoever wrote it.

    `unopened`: the case that this mail opened is taken back too; its text is a new mail without a case again, unless
    another one has been begun, which must not be mixed with it.
    """
    kept = json.loads(outbox_row.draft)
    if not kept.get("agent_id") or (kept.get("canned") and not notice):
        return
    kept["agent_id"] = writer_now(unit, kept["agent_id"])
    case_id, kind = outbox_row.case_id, kept["kind"]
    if unopened:
        begun = _find(unit, kind, None, kept["agent_id"])
        case_id = None if begun is None or not begun.body.strip() else case_id
    elif kind == "new":
        kind = "reply"
    draft_id = _put_back(unit, kept, kind, case_id, notice)
    _restore_files(unit, draft_id, outbox_row.message_id)
    unit.record("draft", outbox_row.case_id, "restored", None, draft_id)


def writer_now(unit: UnitOfWork, agent_id: int) -> int:
    """Who gets what an agent wrote and did not send: the agent, or the heir of one who has left."""
    query = select(agents.c.heir_id).where(agents.c.id == agent_id, agents.c.active.is_(False))
    return unit.session.scalar(query) or agent_id


def put_note_back(unit: UnitOfWork, case_id: int, agent_id: int, text: str, seen: int) -> None:
    """A note taken back is text again, in front of what was begun since."""
    agent_id = writer_now(unit, agent_id)
    found = _find(unit, "note", case_id, agent_id)
    begun = "" if found is None else found.body
    kept = {"agent_id": agent_id, "to": "[]", "cc": "[]", "bcc": "[]", "subject": "", "body": text, "channel_id": None,
            "seen_message_id": seen}  # fmt: skip
    if begun.strip() != text.strip():
        _put_back(unit, kept, "note", case_id, "")


def take_note(unit: UnitOfWork, case_id: int, agent_id: int, text: str) -> None:
    """A note given again: its draft goes, unless it was written on in."""
    found = _find(unit, "note", case_id, writer_now(unit, agent_id))
    if found is not None:
        discard_as(unit, found.id, text)


def _put_back(unit: UnitOfWork, kept: dict[str, Any], kind: str, case_id: int | None, notice: str) -> int:
    """The text in front of what was begun since, in a version that no composer has seen."""
    found = _find(unit, kind, case_id, kept["agent_id"])
    body = kept["body"]
    if found is not None and found.body.strip() and found.body != body:
        body = f"{body}\n\n{found.body}"
    values = {
        "case_id": case_id, "agent_id": kept["agent_id"], "kind": kind, "to": kept["to"],
        "cc": kept["cc"], "bcc": kept["bcc"], "subject": kept["subject"], "body": body,
        "channel_id": kept["channel_id"], "seen_message_id": kept["seen_message_id"], "updated_at": unit.at,
        "notice": notice, "terminal": "", "side_id": kept.get("side_id"),
    }  # fmt: skip
    if found is None:
        return _begun(unit, values).id
    unit.session.execute(
        update(drafts).where(drafts.c.id == found.id).values(values | {"version": found.version + 1})
    )
    return int(found.id)


def _begun(unit: UnitOfWork, values: dict[str, Any]) -> Saved:
    """A new draft. Its versions begin where no earlier draft's reached, so that an old composer is known as one."""
    key = unit.session.execute(insert(drafts).values(values)).inserted_primary_key
    assert key is not None
    draft_id = int(key[0])
    version = draft_id * _VERSIONS
    unit.session.execute(update(drafts).where(drafts.c.id == draft_id).values(version=version))
    return Saved(draft_id, version)


def take_restored(unit: UnitOfWork, outbox_row: Any) -> None:
    """A reply that had come back goes out once more, its draft with it. Raises Refused when that was changed since."""
    kept = json.loads(outbox_row.draft)
    if kept.get("canned"):
        return
    places = [("reply" if kept["kind"] == "new" else kept["kind"], outbox_row.case_id)]
    if kept["kind"] == "new":
        places += [("new", None), ("new", outbox_row.case_id)]
    for kind, case_id in places:
        found = _find(
            unit, kind, case_id, writer_now(unit, kept["agent_id"]) if kept.get("agent_id") else None
        )
        if found is None:
            continue
        hung, sent = _sums(unit, draft_id=found.id), _sums(unit, message_id=outbox_row.message_id)
        if found.body.strip() != kept["body"].strip() or hung != sent:
            raise Refused(_("Its text has been changed since: send it from the composer."))
        discard(unit, found.id)


def _sums(unit: UnitOfWork, **holder: int) -> list[str]:
    query = select(attachments.c.sha256).filter_by(**holder).order_by(attachments.c.sha256)
    return list(unit.session.scalars(query))


def _restore_files(unit: UnitOfWork, draft_id: int, message_id: int) -> None:
    files = unit.session.execute(select(attachments).where(attachments.c.message_id == message_id)).all()
    if not files:
        return
    raw = codec.unpack(
        unit.session.execute(select(raws.c.data).where(raws.c.message_id == message_id)).scalar_one()
    )
    for row in files:
        attach(unit, draft_id, Enclosure(row.filename, row.content_type, part_content(raw, row.part)))


def _standing(unit: UnitOfWork, case_id: int) -> int:
    """The case, or the one it was merged into: drafts stand where their messages do."""
    query = select(cases.c.merged_into).where(cases.c.id == case_id)
    while (target := unit.session.scalar(query)) is not None:
        case_id = target
        query = select(cases.c.merged_into).where(cases.c.id == case_id)
    return case_id


def _find(unit: UnitOfWork, kind: str, case_id: int | None, agent_id: int | None = None) -> Any:
    same_case = drafts.c.case_id.is_(None) if case_id is None else drafts.c.case_id == case_id
    query = select(drafts).where(
        drafts.c.agent_id == (agent_id or unit.actor.id), same_case, drafts.c.kind == kind
    )
    return unit.session.execute(query.order_by(drafts.c.id).limit(1).with_for_update()).one_or_none()


def _values(unit: UnitOfWork, typed: Typed, terminal: str) -> dict[str, Any]:
    return {
        "case_id": typed.case_id, "agent_id": unit.actor.id, "kind": typed.kind, "to": codec.people(typed.to),
        "cc": codec.people(typed.cc), "bcc": codec.people(typed.bcc), "subject": typed.subject, "body": typed.body,
        "channel_id": typed.channel_id, "seen_message_id": typed.seen_message_id, "terminal": terminal,
        "updated_at": unit.at, "notice": typed.notice, "side_id": typed.side_id,
    }  # fmt: skip
