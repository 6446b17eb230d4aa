"""Drafts of cases that are merged: they go along, and come back when the cases are parted.

A draft moves with its case. Where its writer has one of the same kind in the target already, its text is put below that
one, its files with it, and the draft itself rests in the source, out of sight; parting takes the text out again while
nobody has written on in it.
Invariant: no text is ever lost; it may stand twice when somebody has written on in a joined one.
"""

from hashlib import sha256
from typing import Any, Final

from sqlalchemy import insert, select, update

from agentdesk.config.language import N_
from agentdesk.services import drafts
from agentdesk.store.tables import attachments, moves
from agentdesk.store.tables import drafts as draft_rows
from agentdesk.store.unit import UnitOfWork

_DRAFT, _JOINED, _FILE = "draft", "joined", "file"
_GAP = "\n\n"
JOINED: Final = N_("What was being written in the merged case stands below: read both before you send.")


def join(unit: UnitOfWork, merge_id: int, source_id: int, target_id: int) -> None:
    """Take the drafts of the source along."""
    query = select(draft_rows).where(draft_rows.c.case_id == source_id).order_by(draft_rows.c.id)
    for draft in unit.session.execute(query.with_for_update()).all():
        there = unit.session.execute(
            select(draft_rows).where(
                draft_rows.c.case_id == target_id, draft_rows.c.agent_id == draft.agent_id,
                draft_rows.c.kind == draft.kind,
            ).with_for_update()
        ).one_or_none()  # fmt: skip
        if there is None:
            unit.session.execute(
                update(draft_rows).where(draft_rows.c.id == draft.id).values(case_id=target_id)
            )
            _note(unit, merge_id, _DRAFT, str(draft.id))
        else:
            _put_below(unit, merge_id, draft, there)


def part(unit: UnitOfWork, merge_id: int, source_id: int) -> None:
    """Give the drafts of the source back."""
    rows = unit.session.execute(select(moves.c.what, moves.c.key).where(moves.c.merge_id == merge_id)).all()
    for key in (row.key for row in rows if row.what == _DRAFT):
        _give_back(unit, int(key), source_id)
    for key in (row.key for row in rows if row.what == _JOINED):
        _take_out(unit, key, [int(row.key) for row in rows if row.what == _FILE])


def _put_below(unit: UnitOfWork, merge_id: int, draft: Any, there: Any) -> None:
    body = _GAP.join(text for text in (there.body.rstrip(), draft.body) if text.strip())
    for file_id in unit.session.scalars(
        select(attachments.c.id).where(attachments.c.draft_id == draft.id)
    ).all():
        unit.session.execute(update(attachments).where(attachments.c.id == file_id).values(draft_id=there.id))
        _note(unit, merge_id, _FILE, str(file_id))
    unit.session.execute(
        update(draft_rows).where(draft_rows.c.id == there.id).values(
            body=body, version=there.version + 1, terminal="", notice=JOINED, updated_at=unit.at)
    )  # fmt: skip
    _note(unit, merge_id, _JOINED, f"{draft.id} {there.id} {len(there.body.rstrip())} {_sum(body)}")


def _give_back(unit: UnitOfWork, draft_id: int, source_id: int) -> None:
    draft = unit.session.execute(select(draft_rows).where(draft_rows.c.id == draft_id)).one_or_none()
    if draft is None:
        return
    taken = select(draft_rows.c.id).where(
        draft_rows.c.case_id == source_id, draft_rows.c.agent_id == draft.agent_id, draft_rows.c.kind == draft.kind
    )  # fmt: skip
    if unit.session.execute(taken).one_or_none() is None:
        unit.session.execute(update(draft_rows).where(draft_rows.c.id == draft_id).values(case_id=source_id))


def _take_out(unit: UnitOfWork, key: str, files: list[int]) -> None:
    """The joined text without what was put below; a joined one that has been sent or thrown away took it along."""
    resting, joined, length, digest = key.split()
    there = unit.session.execute(select(draft_rows).where(draft_rows.c.id == int(joined))).one_or_none()
    if there is None:
        drafts.discard(unit, int(resting))
        return
    if _sum(there.body) == digest:
        unit.session.execute(
            update(draft_rows).where(draft_rows.c.id == there.id).values(
                body=there.body[: int(length)], version=there.version + 1, terminal="", notice="")
        )  # fmt: skip
    unit.session.execute(
        update(attachments)
        .where(attachments.c.id.in_(files), attachments.c.draft_id == there.id)
        .values(draft_id=int(resting))
    )


def _note(unit: UnitOfWork, merge_id: int, what: str, key: str) -> None:
    unit.session.execute(insert(moves).values(merge_id=merge_id, what=what, key=key))


def _sum(body: str) -> str:
    return sha256(body.strip().encode("utf-8", "replace")).hexdigest()[:16]
