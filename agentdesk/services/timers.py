"""What time itself does to cases: the snoozed wake, the resolved close.

Invariant: each is safe to repeat and touches at most LIMIT cases in one commit.
"""

from sqlalchemy import select

from agentdesk.domain.lifecycle import Status
from agentdesk.services import clocks, fields
from agentdesk.store.tables import cases
from agentdesk.store.unit import UnitOfWork

LIMIT = 100
CLOSE_AFTER = 30 * 24 * 3600 * 1_000_000
"""Microseconds from resolved to closed."""


def wake(unit: UnitOfWork) -> int:
    """Open the snoozed whose time has come; returns how many."""
    query = select(cases).where(cases.c.shelf == 2, cases.c.snooze_until <= unit.at).limit(LIMIT)
    due = unit.session.execute(query.with_for_update(skip_locked=True)).all()
    for case in due:
        fields.change(unit, case, status=Status.OPEN, snooze_until=None)
    clocks.refresh(unit, [case.id for case in due])
    return len(due)


def close(unit: UnitOfWork, after: int = CLOSE_AFTER) -> int:
    """Close what was resolved so long ago; returns how many."""
    query = select(cases).where(
        cases.c.resolved_at <= unit.at - after, cases.c.status == Status.RESOLVED
    ).limit(LIMIT)  # fmt: skip
    old = unit.session.execute(query.with_for_update(skip_locked=True)).all()
    for case in old:
        fields.change(unit, case, status=Status.CLOSED)
    return len(old)
