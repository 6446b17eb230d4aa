"""Lets somebody take part in a case who wrote into it without having been part of it.

Invariant: replies go to them by themselves only from then on, and it is a stroke that can be taken back.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from agentdesk.config.language import _
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.domain.takingpart import UNKNOWN
from agentdesk.services import fields
from agentdesk.store import codec, takingpart
from agentdesk.store.once import insert_once
from agentdesk.store.tables import messages, participants
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line


def accept(unit: UnitOfWork, case_id: int, address: str) -> int:
    """Let this sender take part: answers to all go to them too; returns the stroke.

    Raises NotFound for a case that is none or an address that has not written in it, Refused for one that takes part.
    """
    case = fields.lock_standing(unit, case_id)
    key = address.strip().lower()
    marked = [row for row in _written(unit, case.id, key) if UNKNOWN in codec.read_words(row.marks)]
    if not marked:
        if key in takingpart.read(unit.session, case.id).known:
            words = _("{who} takes part in case #{number} already.")
            raise Refused(words.format(who=clean_line(address), number=case.id))
        words = _("Nobody with the address {who} has written in case #{number}.")
        raise NotFound(words.format(who=clean_line(address), number=case.id))
    stroke = unit.stroke("accept")
    _let_in(unit, case.id, key, marked)
    return stroke


def take_back_accept(unit: UnitOfWork, fact: Any) -> None:
    """Undo of an accept. Raises Refused when they are left out again already."""
    message = _message(unit, int(fact.after))
    key = message.from_address.lower()
    gone = unit.session.execute(
        delete(participants).where(participants.c.case_id == fact.case_id, participants.c.address == key)
    ).rowcount
    if not gone:
        raise Refused(_("They do not take part any more, so it was not taken back."))
    for row in _written(unit, message.case_id, key):
        words = codec.read_words(row.marks)
        if UNKNOWN not in words:
            _mark(unit, row.id, (*words, UNKNOWN))
    unit.record("participant", fact.case_id, "left out", message.id, None)
    fields.touch(unit, message.case_id)


def accept_again(unit: UnitOfWork, fact: Any) -> None:
    """Undo of taking it back."""
    message = _message(unit, int(fact.before))
    key = message.from_address.lower()
    _let_in(unit, fact.case_id, key, _written(unit, message.case_id, key))


def _let_in(unit: UnitOfWork, case_id: int, key: str, written: Sequence[Any]) -> None:
    insert_once(unit.session, participants, case_id=case_id, address=key, agent_id=unit.actor.id, at=unit.at)
    for row in written:
        _mark(unit, row.id, tuple(one for one in codec.read_words(row.marks) if one != UNKNOWN))
    unit.record("participant", case_id, "accepted", None, written[0].id)
    fields.touch(unit, case_id)


def _written(unit: UnitOfWork, case_id: int, key: str) -> Sequence[Any]:
    """What they wrote to the customer's side of the case, the first mail first."""
    query = select(messages.c.id, messages.c.marks).where(
        messages.c.case_id == case_id, messages.c.kind == "inbound", messages.c.side_id.is_(None),
        func.lower(messages.c.from_address) == key,
    )  # fmt: skip
    return unit.session.execute(query.order_by(messages.c.id)).all()


def _message(unit: UnitOfWork, message_id: int) -> Any:
    query = select(messages.c.id, messages.c.case_id, messages.c.from_address)
    return unit.session.execute(query.where(messages.c.id == message_id)).one()


def _mark(unit: UnitOfWork, message_id: int, marks: tuple[str, ...]) -> None:
    unit.session.execute(update(messages).where(messages.c.id == message_id).values(marks=codec.words(marks)))
