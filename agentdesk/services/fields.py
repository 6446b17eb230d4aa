"""Reads a case to change it, and changes its fields with a fact for each.

Invariants: whoever changes a case holds its row until commit; every change raises the case's version by one and stands
in the log with what was before and after, so that `services.undo` can take it back.
"""

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from agentdesk.config.language import _
from agentdesk.domain.problems import NotFound, Refused
from agentdesk.store.once import insert_once
from agentdesk.store.tables import agents, case_tags, cases, tags
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line

Case = Row[Any]
"""A row of the cases table, by column name."""


def lock(unit: UnitOfWork, case_id: int) -> Case:
    """The case, held until commit. Raises NotFound."""
    found = unit.session.execute(select(cases).where(cases.c.id == case_id).with_for_update()).one_or_none()
    if found is None:
        raise NotFound(_("There is no case #{number}.").format(number=case_id))
    return found


def lock_standing(unit: UnitOfWork, case_id: int) -> Case:
    """The same, or the case that it was merged into: where what is written in it now belongs."""
    case = lock(unit, case_id)
    while case.merged_into is not None:
        case = lock(unit, case.merged_into)
    return case


def change(unit: UnitOfWork, case: Case, **values: Any) -> dict[str, Any]:
    """Give fields of a locked case new values; what is equal already is left. Returns what was changed.

    Raises Refused for an owner who has left.
    """
    changed = {name: value for name, value in values.items() if getattr(case, name) != value}
    if not changed:
        return changed
    if changed.get("owner_id") is not None:
        _check_owner(unit, changed["owner_id"])
    for name, value in changed.items():
        unit.record("case", case.id, name, getattr(case, name), value)
    touch(unit, case.id, **changed)
    return changed


def _check_owner(unit: UnitOfWork, agent_id: int) -> None:
    """Nobody waits for somebody who has left."""
    gone = select(agents.c.name, agents.c.login).where(agents.c.id == agent_id, agents.c.active.is_(False))
    who = unit.session.execute(gone).one_or_none()
    if who is not None:
        raise Refused(
            _("{name} has left, so no case can go to them: give it to somebody else.").format(
                name=clean_line(who.name) or clean_line(who.login)
            )
        )


def touch(unit: UnitOfWork, case_id: int, **values: Any) -> None:
    """Write fields without a fact of their own (counters), with the version raised."""
    unit.session.execute(
        update(cases)
        .where(cases.c.id == case_id)
        .values(version=cases.c.version + 1, updated_at=unit.at, **values)
    )


def tags_of(unit: UnitOfWork, case_id: int) -> tuple[str, ...]:
    """The case's tags in alphabetical order."""
    query = select(tags.c.name).join(case_tags, case_tags.c.tag_id == tags.c.id)
    return tuple(unit.session.scalars(query.where(case_tags.c.case_id == case_id).order_by(tags.c.name)))


def change_tags(unit: UnitOfWork, case: Case, add: tuple[str, ...], drop: tuple[str, ...]) -> tuple[str, ...]:
    """Add and take away tags by name; returns the tags that really changed, as +name and -name."""
    before = set(tags_of(unit, case.id))
    really_added = [name for name in dict.fromkeys(add) if name not in before]
    really_dropped = [name for name in dict.fromkeys(drop) if name in before]
    for name in really_added:
        unit.session.execute(insert(case_tags).values(case_id=case.id, tag_id=_tag_id(unit, name)))
        unit.record("case", case.id, "tag", None, name)
    for name in really_dropped:
        unit.session.execute(
            delete(case_tags).where(case_tags.c.case_id == case.id, case_tags.c.tag_id == _tag_id(unit, name))
        )
        unit.record("case", case.id, "tag", name, None)
    if really_added or really_dropped:
        touch(unit, case.id)
    return (*(f"+{name}" for name in really_added), *(f"-{name}" for name in really_dropped))


def _tag_id(unit: UnitOfWork, name: str) -> int:
    found = unit.session.scalar(select(tags.c.id).where(tags.c.name == name))
    if found is not None:
        return int(found)
    insert_once(unit.session, tags, name=name)
    return int(unit.session.execute(select(tags.c.id).where(tags.c.name == name)).scalar_one())
