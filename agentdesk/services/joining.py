"""Two cases about one matter become one, and may be parted again.

Merging moves the messages of the source into the target, and with them their outbox rows, the side conversations and
the drafts; each message keeps the case it was written in (`origin_case_id`). The source is closed and points at its
target, where every later answer lands. Parting gives the messages back to their origin; what came after the merge stays
in the target, and the two cases are linked.
Invariants: every message stands in exactly one case; no case is merged into itself, however long the way round; a side
conversation stands where its first message does; nobody is overlooked (`services.merged`).
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from agentdesk.config.language import _, ngettext
from agentdesk.domain.lifecycle import WAITING, Status
from agentdesk.domain.problems import Refused
from agentdesk.services import apart, clocks, fields, linking, post, together
from agentdesk.services.merged import MARK
from agentdesk.store.tables import cases, changes, merges, messages, moves, outbox, sides
from agentdesk.store.unit import UnitOfWork

_BEFORE = ("status", "snooze_until", "resolved_at")
"""What a merge changes of its source, beside where it points."""


def merge(unit: UnitOfWork, source_id: int, target_id: int, *, by_itself: bool = False) -> int:
    """Put a case into another one; returns the stroke. `by_itself`: nobody asked for it, and its line says so.

    Raises NotFound, or Refused for a case that is merged already, would be merged into itself or into one that is
    closed or spam, and where one's customer is in a side conversation of the other.
    """
    _lock(unit, source_id, target_id)
    source, target = fields.lock(unit, source_id), fields.lock_standing(unit, target_id)
    _check(source, target)
    apart.check_merge(unit, source.id, target.id)
    stroke = unit.stroke("merge")
    key = unit.session.execute(
        insert(merges).values(
            kind="case", source_id=source.id, target_id=target.id, at=unit.at, agent_id=unit.actor.id,
            stroke_id=stroke,
        )
    ).inserted_primary_key  # fmt: skip
    assert key is not None
    _join(unit, int(key[0]), source.id, target.id, by_itself=by_itself)
    unit.record("merge", source.id, "merged", None, int(key[0]))
    values: dict[str, Any] = {
        "merged_into": target.id, "status": Status.CLOSED, "snooze_until": None, "resolved_at": unit.at,
    }  # fmt: skip
    fields.change(unit, source, **values)
    if Status(source.status) in WAITING and Status(target.status) not in WAITING:
        fields.change(unit, target, status=Status.OPEN, snooze_until=None, resolved_at=None)
    if target.customer_id is None and source.customer_id is not None:
        fields.change(unit, target, customer_id=source.customer_id)
    clocks.refresh(unit, [source.id, target.id])
    return stroke


def merge_all(unit: UnitOfWork, case_ids: Iterable[int], target_id: int) -> int:
    """Put several cases into one, all of them or none; returns the stroke. Raises as `merge` does."""
    stroke = unit.stroke("merge")
    for case_id in sorted(set(case_ids) - {target_id}):
        merge(unit, case_id, target_id)
    return stroke


def unmerge(unit: UnitOfWork, source_id: int) -> int:
    """Part a merged case from its target: it is as it was before; returns the stroke. Raises NotFound, Refused."""
    _lock(unit, source_id)
    source = fields.lock(unit, source_id)
    if source.merged_into is None:
        raise Refused(_("Case #{number} is not merged into another one.").format(number=source.id))
    row = unit.session.execute(
        select(merges).where(merges.c.kind == "case", merges.c.source_id == source.id, merges.c.undone_at.is_(None))
    ).one()  # fmt: skip
    stroke = unit.stroke("part")
    unit.record("merge", source.id, "parted", row.id, None)
    fields.change(unit, source, merged_into=None, **_as_before(unit, row))
    _part(unit, row)
    return stroke


def take_back_merge(unit: UnitOfWork, fact: Any) -> None:
    """Undo of a merge; the cases' fields are taken back by their own facts. Raises Refused when parted already."""
    row = _row(unit, int(fact.after))
    if row.undone_at is not None:
        raise Refused(_("Case #{number} was parted again already.").format(number=row.source_id))
    _part(unit, row)
    unit.record("merge", fact.case_id, "parted", row.id, None)


def merge_again(unit: UnitOfWork, fact: Any) -> None:
    """Undo of a parting. Raises Refused when one of the cases has been merged otherwise since."""
    row = _row(unit, int(fact.before))
    _lock(unit, row.source_id, row.target_id)
    source, target = fields.lock(unit, row.source_id), fields.lock_standing(unit, row.target_id)
    if source.merged_into is not None or target.id == source.id:
        raise Refused(_("Case #{number} has been merged otherwise since.").format(number=row.source_id))
    unit.session.execute(delete(moves).where(moves.c.merge_id == row.id))
    unit.session.execute(update(merges).where(merges.c.id == row.id).values(undone_at=None))
    _join(unit, row.id, source.id, target.id)
    unit.record("merge", fact.case_id, "merged", None, row.id)
    clocks.refresh(unit, [source.id, target.id])


def _lock(unit: UnitOfWork, *case_ids: int) -> None:
    """Hold these cases and all that they were merged into, the lowest number first, so that nobody waits in a ring."""
    for one in sorted({each for case_id in case_ids for each in _way(unit, case_id)}):
        fields.lock(unit, one)


def _check(source: Any, target: Any) -> None:
    if source.merged_into is not None:
        words = _("Case #{number} was merged into #{target} already: part it from there first.")
        raise Refused(words.format(number=source.id, target=source.merged_into))
    if target.id == source.id:
        raise Refused(_("Case #{number} cannot be merged into itself.").format(number=source.id))
    if target.status == Status.CLOSED or (target.status == Status.SPAM != source.status):
        words = _("Case #{number} is {status}: nothing can be merged into it.")
        raise Refused(words.format(number=target.id, status=target.status))


def _join(
    unit: UnitOfWork, merge_id: int, source_id: int, target_id: int, *, by_itself: bool = False
) -> None:
    """Move everything; the line it leaves in the target divides what was written before from what comes after."""
    moved = (
        update(messages)
        .where(messages.c.case_id == source_id)
        .values(case_id=target_id, origin_case_id=func.coalesce(messages.c.origin_case_id, source_id))
    )
    count = unit.session.execute(moved).rowcount
    unit.session.execute(update(outbox).where(outbox.c.case_id == source_id).values(case_id=target_id))
    together.join(unit, merge_id, source_id, target_id)
    text = ngettext(
        "Case #{number} was merged into this one, with {n} message.",
        "Case #{number} was merged into this one, with {n} messages.", count,
    ).format(number=source_id, n=count)  # fmt: skip
    if by_itself:
        text += " " + _(
            "That was done because one mail of the same customer answers both; “part” (ctrl+p) takes it back."
        )
    line = post.write(unit, case_id=target_id, kind="system", text=text, agent_id=None)
    unit.session.execute(insert(moves).values(merge_id=merge_id, what=MARK, key=str(line)))
    unit.record("merge", target_id, "took in", None, merge_id)
    _settle_down(unit, source_id, target_id)


def _part(unit: UnitOfWork, row: Any) -> None:
    """Give back what was written in the source, and in what was merged into it, wherever it stands now."""
    _lock(unit, row.source_id, row.target_id)
    way = _way(unit, row.target_id)
    line = int(unit.session.execute(
        select(moves.c.key).where(moves.c.merge_id == row.id, moves.c.what == MARK)).scalar_one())  # fmt: skip
    here = (messages.c.case_id.in_(way), messages.c.origin_case_id.in_(_family(unit, row.source_id)))
    going = list(unit.session.scalars(select(messages.c.id).where(*here)))
    for start in range(0, len(going), 400):
        part = going[start : start + 400]
        unit.session.execute(
            update(messages).where(messages.c.id.in_(part)).values(
                case_id=row.source_id, origin_case_id=func.nullif(messages.c.origin_case_id, row.source_id))
        )  # fmt: skip
        unit.session.execute(
            update(outbox).where(outbox.c.message_id.in_(part)).values(case_id=row.source_id)
        )
    unit.session.execute(delete(messages).where(messages.c.id == line))
    together.part(unit, row.id, row.source_id)
    unit.session.execute(update(merges).where(merges.c.id == row.id).values(undone_at=unit.at))
    later = select(messages.c.id).where(messages.c.case_id.in_(way), messages.c.id > line,
                                        messages.c.kind != "system")  # fmt: skip
    for one in way:
        unit.record("merge", one, "gave back", row.id, None)
    came_since = unit.session.execute(later.limit(1)).one_or_none() is not None
    if came_since and not linking.linked(unit, row.source_id, way[-1]):
        linking.put(unit, row.source_id, way[-1])
    _settle_down(unit, row.source_id, *way)
    clocks.refresh(unit, [row.source_id, *way])


def _way(unit: UnitOfWork, case_id: int) -> list[int]:
    """The case and those it was merged into, one after the other."""
    way = [case_id]
    while (
        target := unit.session.scalar(select(cases.c.merged_into).where(cases.c.id == way[-1]))
    ) is not None:
        way.append(target)
    return way


def _family(unit: UnitOfWork, case_id: int) -> list[int]:
    """The case and all that were merged into it, or into one of these."""
    found, new = {case_id}, [case_id]
    while new:
        query = select(merges.c.source_id).where(
            merges.c.kind == "case", merges.c.target_id.in_(new), merges.c.undone_at.is_(None)
        )
        new = [one for one in unit.session.scalars(query) if one not in found]
        found.update(new)
    return sorted(found)


def _settle_down(unit: UnitOfWork, *case_ids: int) -> None:
    """Sides follow their first message; counts are counted anew; every desk reads the cases again."""
    query = select(messages.c.side_id, messages.c.case_id).where(
        messages.c.case_id.in_(case_ids), messages.c.side_id.is_not(None)
    )
    first: dict[int, int] = {}
    for side_id, case_id in unit.session.execute(query.order_by(messages.c.id)):
        first.setdefault(side_id, case_id)
    for side_id, case_id in first.items():
        here = (sides.c.id == side_id, sides.c.case_id.in_(case_ids))
        unit.session.execute(update(sides).where(*here).values(case_id=case_id))
    for case_id in case_ids:
        count = select(func.count()).select_from(messages).where(messages.c.case_id == case_id)
        fields.touch(unit, case_id, message_count=count.scalar_subquery())


def _row(unit: UnitOfWork, merge_id: int) -> Any:
    return unit.session.execute(select(merges).where(merges.c.id == merge_id).with_for_update()).one()


def _as_before(unit: UnitOfWork, row: Any) -> dict[str, Any]:
    """The source's fields as they were when this merge was made: the merge's own facts say so."""
    query = select(changes.c.field, changes.c.before).where(
        changes.c.stroke_id == row.stroke_id, changes.c.case_id == row.source_id, changes.c.kind == "case",
        changes.c.field.in_(_BEFORE),
    ).order_by(changes.c.id.desc())  # fmt: skip
    found = {row.field: row.before for row in unit.session.execute(query)}
    return {
        name: int(value) if value is not None and name != "status" else value for name, value in found.items()
    }
