"""What an agent has done, stroke by stroke, newest first: from every desk and from the command line.

Invariants: a stroke is overtaken exactly when `services.undo` would refuse it for a field or a tag that another hand
has changed; a page costs a handful of statements, however many cases its strokes have changed.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text

from agentdesk.config.language import _
from agentdesk.domain.bulk import Refusal
from agentdesk.domain.instants import moment
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.problems import NotFound
from agentdesk.domain.strokes import BulkReport, BulkRow, Overtaken, Stands, StrokePage, StrokeRow
from agentdesk.queries import heads
from agentdesk.store.tables import agents, bulk_runs, changes, outbox, strokes
from agentdesk.text.clean import clean_line

SHOWN = 20
"""Cases of a stroke that its row names."""
FRESH = 10_000_000
"""Microseconds since its last commit after which a verb on many cases that has not ended was stopped."""
_LEFT = (Delivery.SENDING, Delivery.SENT, Delivery.UNSURE, Delivery.BOUNCED)

# A field is overtaken when it holds no longer what the stroke wrote last; compared as text, as the log keeps it.
_FIELDS = (
    "status",
    "owner_id",
    "team_id",
    "priority",
    "snooze_until",
    "snooze_ends",
    "settled_id",
    "resolved_at",
)
_VALUE = " ".join(f"when '{name}' then cast(c.{name} as text)" for name in _FIELDS)
_CHANGED = text(f"""
select f.stroke_id, f.id, f.case_id, f.field, f.before, f.after from changes f join cases c on c.id = f.case_id
where f.stroke_id in :strokes and f.kind = 'case' and f.field in :fields
    and not exists (select 1 from changes g where g.case_id = f.case_id and g.id > f.id
                    and g.stroke_id = f.stroke_id and g.kind = 'case' and g.field = f.field)
    and coalesce(case f.field {_VALUE} end, '~') <> coalesce(f.after, '~')
union all
select f.stroke_id, f.id, f.case_id, f.field, f.before, f.after from changes f
where f.stroke_id in :strokes and f.kind = 'case' and f.field = 'tag'
    and not exists (select 1 from changes g where g.case_id = f.case_id and g.id > f.id
                    and g.stroke_id = f.stroke_id and g.kind = 'case' and g.field = 'tag'
                    and coalesce(g.after, g.before) = coalesce(f.after, f.before))
    and (f.after is not null) <> exists (
        select 1 from case_tags ct join tags t on t.id = ct.tag_id
        where ct.case_id = f.case_id and t.name = coalesce(f.after, f.before))
order by 1, 2""").bindparams(bindparam("strokes", expanding=True), bindparam("fields", expanding=True))  # noqa: S608  the names of columns are ours


def mine(session: Connection, agent_id: int, limit: int, after: int | None = None) -> StrokePage:
    """What this agent has done that changed something, newest first; after the id of an earlier page's `next`."""
    changed = select(changes.c.id).where(changes.c.stroke_id == strokes.c.id).exists()
    ran = select(bulk_runs.c.stroke_id).where(bulk_runs.c.stroke_id == strokes.c.id).exists()
    query = select(strokes).where(strokes.c.agent_id == agent_id, changed | ran).order_by(strokes.c.id.desc())
    if after is not None:
        query = query.where(strokes.c.id < after)
    found = session.execute(query.limit(limit + 1)).all()
    rows = _rows(session, found[:limit])
    return StrokePage(rows, rows[-1].id if len(found) > limit else None)


def one(session: Connection, stroke_id: int) -> StrokeRow:
    """A stroke of anybody. Raises NotFound."""
    found = session.execute(select(strokes).where(strokes.c.id == stroke_id)).all()
    if not found:
        raise NotFound(_("There is no stroke {number}.").format(number=stroke_id))
    return _rows(session, found)[0]


def report(session: Connection, stroke_id: int) -> BulkReport | None:
    """What became of a verb on many cases; None when the stroke is none."""
    row = session.execute(select(bulk_runs).where(bulk_runs.c.stroke_id == stroke_id)).one_or_none()
    if row is None:
        return None
    done = select(changes.c.case_id).where(changes.c.stroke_id == stroke_id, changes.c.case_id.is_not(None))
    return BulkReport(
        _bulk(row), tuple(session.scalars(done.distinct().order_by(changes.c.case_id))),
        tuple(Refusal(case, clean_line(reason)) for case, reason in _refused(row)["cases"]),
    )  # fmt: skip


def stopped(session: Connection, agent_id: int, now: int) -> tuple[StrokeRow, ...]:
    """Verbs on many cases of this agent that were killed half-way and not told of yet."""
    last = select(func.max(changes.c.at)).where(changes.c.stroke_id == strokes.c.id).scalar_subquery()
    query = (
        select(strokes).join(bulk_runs, bulk_runs.c.stroke_id == strokes.c.id)
        .where(strokes.c.agent_id == agent_id, bulk_runs.c.ended_at.is_(None),
               func.coalesce(last, strokes.c.at) < now - FRESH)
        .order_by(strokes.c.id)
    )  # fmt: skip
    return _rows(session, session.execute(query).all())


def _rows(session: Connection, found: Sequence[Row[Any]]) -> tuple[StrokeRow, ...]:
    ids = [row.id for row in found]
    if not ids:
        return ()
    counts: dict[int, int] = {}
    first: dict[int, tuple[int, ...]] = {}
    for stroke in ids:  # one index walk each; a window over all of them would sort every fact of a bulk
        here = (changes.c.stroke_id == stroke, changes.c.case_id.is_not(None))
        cases = select(changes.c.case_id).where(*here).distinct().subquery()
        counts[stroke] = int(session.scalar(select(func.count()).select_from(cases)) or 0)
        first[stroke] = tuple(session.scalars(select(cases.c.case_id).order_by(cases.c.case_id).limit(SHOWN)))
    named = {row.id: row for row in heads.heads(session, sorted({one[0] for one in first.values() if one}))}
    chain = _undone_verbs(session, found)
    runs = {
        row.stroke_id: _bulk(row)
        for row in session.execute(select(bulk_runs).where(bulk_runs.c.stroke_id.in_(ids)))
    }
    standing = [row.id for row in found if row.undone_by is None]
    over = _overtaken(session, standing)
    gone = select(outbox.c.stroke_id).where(outbox.c.stroke_id.in_(standing), outbox.c.state.in_(_LEFT))
    left = set(session.scalars(gone))
    rows = []
    for row in found:
        head = named.get(first[row.id][0]) if first[row.id] else None
        verb, redoes = chain[row.id]
        stands = Stands.UNDONE if row.undone_by is not None else Stands.DONE
        rows.append(StrokeRow(
            id=row.id, verb=verb, at=moment(row.at), desk=clean_line(row.desk), undoes=row.undoes, redoes=redoes,
            cases=first[row.id], case_count=counts[row.id], subject=head.subject if head is not None else "",
            customer=head.customer if head is not None else "",
            stands=Stands.OVERTAKEN if row.id in over else stands, overtaken=over.get(row.id),
            has_left=row.id in left, bulk=runs.get(row.id),
        ))  # fmt: skip
    return tuple(rows)


def _undone_verbs(session: Connection, found: Sequence[Row[Any]]) -> dict[int, tuple[str, bool]]:
    """By stroke: the verb that was done in the first place, and whether it stands again by this one."""
    known = {row.id: row for row in found}
    missing = {row.undoes for row in found if row.undoes is not None} - known.keys()
    while missing:
        rows = session.execute(select(strokes).where(strokes.c.id.in_(missing))).all()
        known |= {row.id: row for row in rows}
        missing = {row.undoes for row in rows if row.undoes is not None} - known.keys()
    chain = {}
    for row in found:
        steps, now = 0, row
        while now.undoes is not None:
            steps, now = steps + 1, known[now.undoes]
        chain[row.id] = (now.verb, steps > 0 and steps % 2 == 0)
    return chain


def _overtaken(session: Connection, ids: list[int]) -> dict[int, Overtaken]:
    """By stroke: the first of its facts that holds no longer, and who changed it."""
    if not ids:
        return {}
    facts = session.execute(_CHANGED, {"strokes": ids, "fields": list(_FIELDS)}).all()
    by_stroke: dict[int, list[Any]] = defaultdict(list)
    for fact in facts:
        by_stroke[fact.stroke_id].append(fact)
    return {
        stroke: Overtaken(its[0].case_id, its[0].field, _who(session, its[0]))
        for stroke, its in by_stroke.items()
    }


def _who(session: Connection, fact: Any) -> str:
    query = (
        select(agents.c.name, agents.c.login).select_from(changes)
        .outerjoin(agents, agents.c.id == changes.c.agent_id)
        .where(changes.c.case_id == fact.case_id, changes.c.field == fact.field, changes.c.id > fact.id)
        .order_by(changes.c.id.desc()).limit(1)
    )  # fmt: skip
    if fact.field == "tag":
        name = fact.after or fact.before
        query = query.where((changes.c.after == name) | (changes.c.before == name))
    who = session.execute(query).one_or_none()
    return clean_line(who.name or who.login or "") if who is not None else ""


def _bulk(row: Any) -> BulkRow:
    return BulkRow(row.total, row.done, _refused(row)["n"], row.ended_at is not None)


def _refused(row: Any) -> dict[str, Any]:
    kept = json.loads(row.refused)
    return kept if isinstance(kept, dict) else {"n": 0, "cases": []}
