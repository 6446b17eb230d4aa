"""Verbs on a case that write to nobody: take, assign, status, tags, priority, snooze, resolve.

Invariants: a claim gives one case to one agent however many ask at once; a status moves only as `domain.lifecycle`
says; every verb is one stroke and may be taken back.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Ends, Priority, Status, may_move
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale
from agentdesk.services import clocks, fields
from agentdesk.store import queue_sql
from agentdesk.store.tables import agents, messages, teams
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean_line

RANKS = (Priority.LOW, Priority.NORMAL, Priority.HIGH, Priority.URGENT)


def claim(unit: UnitOfWork) -> tuple[int, int] | None:
    """Take the most urgent free case that this agent may take; (case, stroke), or None when none is left."""
    found = unit.session.scalar(text(queue_sql.claim_sql(unit.session.dialect.name)), {"me": unit.actor.id})
    if found is None:
        return None
    case = fields.lock(unit, found)
    stroke = unit.stroke("claim")
    fields.change(unit, case, owner_id=unit.actor.id, **_begun(case))
    return case.id, stroke


def set_status(unit: UnitOfWork, case_id: int, status: Status, *, seen: int = 0) -> int:
    """Give the case a status; returns the stroke. `seen` is the newest message its agent has seen, 0 if not known.

    Raises Refused for a move that the lifecycle does not know, Stale when a customer's message has not been seen.
    """
    case = fields.lock(unit, case_id)
    _check(case, status)
    _check_seen(unit, case.id, seen)
    if status is Status.SNOOZED and case.snooze_until is None:
        raise Problem(_("Say until when: a snoozed case without a time would never come back."))
    stroke = unit.stroke(status.value if status is not Status.RESOLVED else "resolve")
    values: dict[str, Any] = {"status": status, "resolved_at": None}
    if status is not Status.SNOOZED:
        values["snooze_until"] = None
    if status is Status.RESOLVED and case.status != Status.RESOLVED:
        values["settled_id"] = _newest_message(unit, case.id)
    if status in (Status.RESOLVED, Status.CLOSED):
        values["resolved_at"] = unit.at
    fields.change(unit, case, **values)
    clocks.refresh(unit, [case.id])
    return stroke


def snooze(unit: UnitOfWork, case_id: int, until: datetime, *, seen: int = 0, ends: str = Ends.ANSWER) -> int:
    """Hide the case until then, or until what `ends` names happens; returns the stroke. `seen` as in `set_status`.

    Raises Problem for a time that has passed, Stale when a customer's message has not been seen.
    """
    if until <= unit.now:
        raise Problem(_("That time has passed already: name one to come."))
    case = fields.lock(unit, case_id)
    _check(case, Status.SNOOZED)
    _check_seen(unit, case.id, seen)
    stroke = unit.stroke("snooze")
    fields.change(
        unit,
        case,
        status=Status.SNOOZED,
        snooze_until=micros(until),
        snooze_ends=Ends(ends),
        resolved_at=None,
    )
    return stroke


def assign(unit: UnitOfWork, case_id: int, *, owner: int | None = None, team: int | None = None) -> int:
    """Give the case to an agent (0: to nobody) or to a team (0: to none); returns the stroke."""
    case = fields.lock(unit, case_id)
    stroke = unit.stroke("assign")
    values: dict[str, Any] = {}
    if owner is not None:
        values["owner_id"] = owner or None
    if team is not None:
        values["team_id"] = team or None
        if owner is None and team and case.owner_id is not None:
            values["owner_id"] = None
    if owner:
        values |= _begun(case)
    fields.change(unit, case, **values)
    return stroke


def tag(unit: UnitOfWork, case_id: int, add: tuple[str, ...] = (), drop: tuple[str, ...] = ()) -> int:
    """Add and take away tags; returns the stroke. Raises Problem for a tag that cannot be typed again."""
    wrong = [clean_line(name) for name in add if not _may_be_tag(name)]
    if wrong:
        raise Problem(
            _("«{tag}» cannot be a tag: use one word of at most 40 letters.").format(tag=wrong[0][:40])
        )
    case = fields.lock(unit, case_id)
    stroke = unit.stroke("tag")
    fields.change_tags(unit, case, add, drop)
    return stroke


def _may_be_tag(name: str) -> bool:
    typable = not any(c.isspace() or c in ",\"'" for c in name)
    return 0 < len(name) <= 40 and typable and name == clean_line(name)


def set_priority(unit: UnitOfWork, case_id: int, priority: Priority) -> int:
    """Say how much the case matters; returns the stroke."""
    case = fields.lock(unit, case_id)
    stroke = unit.stroke("priority")
    fields.change(unit, case, priority=RANKS.index(priority))
    return stroke


def agent_named(unit: UnitOfWork, login: str) -> int:
    """The id of an agent by login. Raises NotFound."""
    found = unit.session.scalar(select(agents.c.id).where(agents.c.login == login, agents.c.active))
    if found is None:
        raise NotFound(_("There is no agent called {login}.").format(login=clean_line(login)))
    return int(found)


def team_named(unit: UnitOfWork, name: str) -> int:
    """The id of a team by name. Raises NotFound."""
    found = unit.session.scalar(select(teams.c.id).where(teams.c.name == name))
    if found is None:
        raise NotFound(_("There is no team called {name}.").format(name=clean_line(name)))
    return int(found)


def _begun(case: Any) -> dict[str, Any]:
    """An agent acts on a new case: it is open from now on."""
    return {"status": Status.OPEN} if case.status == Status.NEW else {}


def _check(case: Any, status: Status) -> None:
    if not may_move(Status(case.status), status):
        raise Refused(
            _("Case #{number} is {status}: it cannot become {wanted}.").format(
                number=case.id, status=case.status, wanted=status
            )
        )


def _check_seen(unit: UnitOfWork, case_id: int, seen: int) -> None:
    """Nobody is overlooked: what hides a case from the queue waits until the customer's last words were seen."""
    if not seen:
        return
    query = select(messages.c.id).where(
        messages.c.case_id == case_id, messages.c.person, messages.c.id > seen
    )
    if unit.session.execute(query.limit(1)).one_or_none() is not None:
        raise Stale(
            _("The customer wrote a moment ago, so nothing was done: read the new lines, then do it again.")
        )


def _newest_message(unit: UnitOfWork, case_id: int) -> int:
    return int(unit.session.scalar(select(func.max(messages.c.id)).where(messages.c.case_id == case_id)) or 0)
