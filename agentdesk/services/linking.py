"""Cases that belong together without being one: each names the other.

Invariant: a link stands on both sides or on neither.
"""

from typing import Any

from sqlalchemy import delete, or_, select

from agentdesk.config.language import _
from agentdesk.domain.problems import Refused
from agentdesk.services import fields
from agentdesk.store.once import insert_once
from agentdesk.store.tables import links
from agentdesk.store.unit import UnitOfWork


def link(unit: UnitOfWork, case_id: int, other_id: int) -> int:
    """Link two cases; returns the stroke. Raises NotFound, Refused for a case and itself or when they are linked."""
    _both(unit, case_id, other_id)
    if case_id == other_id:
        raise Refused(_("Case #{number} cannot be linked to itself.").format(number=case_id))
    if linked(unit, case_id, other_id):
        raise Refused(_("Cases #{one} and #{other} are linked already.").format(one=case_id, other=other_id))
    stroke = unit.stroke("link")
    put(unit, case_id, other_id)
    return stroke


def unlink(unit: UnitOfWork, case_id: int, other_id: int) -> int:
    """Take a link away; returns the stroke. Raises NotFound, Refused when they are not linked."""
    _both(unit, case_id, other_id)
    if not linked(unit, case_id, other_id):
        raise Refused(_("Cases #{one} and #{other} are not linked.").format(one=case_id, other=other_id))
    stroke = unit.stroke("unlink")
    take(unit, case_id, other_id)
    return stroke


def linked(unit: UnitOfWork, case_id: int, other_id: int) -> bool:
    """Do they name each other?"""
    query = select(links.c.case_id).where(links.c.case_id == case_id, links.c.other_id == other_id)
    return unit.session.execute(query).one_or_none() is not None


def put(unit: UnitOfWork, case_id: int, other_id: int) -> None:
    """Link them, with its fact."""
    insert_once(unit.session, links, case_id=case_id, other_id=other_id)
    insert_once(unit.session, links, case_id=other_id, other_id=case_id)
    unit.record("link", case_id, "linked", None, other_id)
    _touch(unit, case_id, other_id)


def take(unit: UnitOfWork, case_id: int, other_id: int) -> None:
    """Take the link away, with its fact."""
    there = (links.c.case_id == case_id) & (links.c.other_id == other_id)
    back = (links.c.case_id == other_id) & (links.c.other_id == case_id)
    unit.session.execute(delete(links).where(or_(there, back)))
    unit.record("link", case_id, "unlinked", other_id, None)
    _touch(unit, case_id, other_id)


def take_back_link(unit: UnitOfWork, fact: Any) -> None:
    """Undo of a link. Raises Refused when it is gone already."""
    if not linked(unit, fact.case_id, int(fact.after)):
        raise _overtaken(fact.case_id)
    take(unit, fact.case_id, int(fact.after))


def take_back_unlink(unit: UnitOfWork, fact: Any) -> None:
    """Undo of an unlinking. Raises Refused when they are linked again already."""
    if linked(unit, fact.case_id, int(fact.before)):
        raise _overtaken(fact.case_id)
    put(unit, fact.case_id, int(fact.before))


def _both(unit: UnitOfWork, case_id: int, other_id: int) -> None:
    for one in sorted({case_id, other_id}):
        fields.lock(unit, one)


def _touch(unit: UnitOfWork, *case_ids: int) -> None:
    for one in case_ids:
        fields.touch(unit, one)


def _overtaken(case_id: int) -> Refused:
    return Refused(
        _("Somebody has changed the links of case #{number} since, so it was not taken back.").format(
            number=case_id
        )
    )
