"""Macros as the store keeps them, and what only a macro does to a case.

Invariant: what a macro or a bulk of cases writes was typed by nobody at that moment, so taking it back leaves no draft.
"""

from typing import Any

from sqlalchemy import update

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.problems import Problem
from agentdesk.services import clocks, fields, post
from agentdesk.store.tables import messages
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean

_NOTE, _NOTE_GONE = "canned note", "canned note taken back"


def leave_note(unit: UnitOfWork, case_id: int, body: str) -> int:
    """Leave a note whose words were written beforehand; returns the stroke."""
    body = clean(body).strip("\n")
    if not body.strip():
        raise Problem(_("The note is empty: write something first."))
    case = fields.lock(unit, case_id)
    stroke = unit.stroke("note")
    message_id = post.write(unit, case_id=case.id, kind="note", text=body, agent_id=unit.actor.id)
    unit.record("message", case.id, _NOTE, None, message_id)
    fields.touch(unit, case.id)
    if case.status == Status.NEW:
        fields.change(unit, case, status=Status.OPEN)
    clocks.refresh(unit, [case.id])
    return stroke


def take_back_note(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of `leave_note`: in the case stands that a note was taken back."""
    _turn(unit, fact.case_id, int(fact.after), "system")
    unit.record("message", fact.case_id, _NOTE_GONE, fact.after, None)


def leave_note_again(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of `take_back_note`."""
    _turn(unit, fact.case_id, int(fact.before), "note")
    unit.record("message", fact.case_id, _NOTE, None, fact.before)


def _turn(unit: UnitOfWork, case_id: int, message_id: int, kind: str) -> None:
    unit.session.execute(update(messages).where(messages.c.id == message_id).values(kind=kind))
    fields.touch(unit, case_id)
