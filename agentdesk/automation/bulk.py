"""A verb on many cases: each case whole or not at all, in commits of at most a hundred, all of them one stroke.

    begun(...) or begin_undo(...) -> Progress;  step(unit, work, progress) -> Progress, until it has ended

Invariants: a case that refuses is left as it was, with its reason, and the others go on; how far it has come is written
in the commit that brought it there, so that after a kill the store says what was done; a stroke over many cases is
taken back in the same manner: those that somebody changed since stay, and are named.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import tzinfo

from sqlalchemy import Connection, insert, update

from agentdesk.automation import actions as every_action
from agentdesk.automation.actions import Acting, Params
from agentdesk.domain.bulk import Picked, Progress, Refusal, begun
from agentdesk.domain.problems import Problem
from agentdesk.services import outbox, undo
from agentdesk.store.tables import bulk_runs
from agentdesk.store.unit import UnitOfWork

LISTED = 1000
"""Refused cases whose reasons are kept in the store; how many there were is kept always."""
Work = Callable[[UnitOfWork, Picked], None]
"""What is done to one case, inside its own part of the unit. A Problem leaves the case as it was."""
OpenUnit = Callable[[], AbstractContextManager[UnitOfWork]]
_VERBS = {
    "owner": "assign",
    "team": "assign",
    "tag": "tag",
    "priority": "priority",
    "snooze": "snooze",
    "note": "note",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far it came, and what stopped it before its end, if anything did."""

    progress: Progress
    trouble: Problem | None = None


def verb_of(actions: Sequence[Params]) -> str:
    """What the stroke of these actions is called: by its one action, or that something was changed."""
    kinds = {_VERBS.get(one["kind"], "set") for one in actions if one["kind"] != "status"}
    statuses = {one["value"] for one in actions if one["kind"] == "status"}
    kinds |= {"resolve" if value == "resolved" else str(value) for value in statuses}
    return kinds.pop() if len(kinds) == 1 else "set"


def acts(actions: Sequence[Params], zone: tzinfo) -> Work:
    """All of these actions on a case, in order; times in words are meant in this zone."""
    done = [(every_action.named(one["kind"]), one) for one in actions]

    def work(unit: UnitOfWork, case: Picked) -> None:
        acting = Acting(unit.actor.id, unit.now.astimezone(zone), case.seen)
        for action, params in done:
            action.apply(unit, case.id, params, acting)

    return work


def on_one(unit: UnitOfWork, case: Picked, actions: Sequence[Params], zone: tzinfo) -> int:
    """The same on a single case: a stroke like any other. Returns it. Raises what the actions raise."""
    stroke = unit.stroke(verb_of(actions))
    acts(actions, zone)(unit, case)
    return stroke


def begin_undo(session: Connection, stroke_id: int) -> Progress:
    """The cases of a stroke that still stand as it left them, as far as the log knows."""
    return begun("undo", [Picked(one) for one in undo.cases_of(session, stroke_id)], undoes=stroke_id)


def takes_back(stroke_id: int, *, anyway: bool = False) -> Work:
    """What the stroke did to a case is taken back; refused when somebody has changed it since."""

    def work(unit: UnitOfWork, case: Picked) -> None:
        undo.undo_case(unit, stroke_id, case.id, anyway=anyway)

    return work


def send_again(unit: UnitOfWork, case: Picked) -> None:
    """The newest reply of a case that failed, or may not have arrived, is sent again; refused when there is none."""
    outbox.retry_case(unit, case.id)


def step(unit: UnitOfWork, work: Work, progress: Progress) -> Progress:
    """The next cases, in one commit. Raises Refused when a stroke that is being taken back may no longer be."""
    if progress.undoes is not None:
        undo.standing(unit, progress.undoes)
    if progress.stroke is None:
        stroke = unit.stroke(progress.verb, undoes=progress.undoes)
        unit.session.execute(
            insert(bulk_runs).values(stroke_id=stroke, verb=progress.verb, total=progress.total)
        )
    else:
        stroke = progress.stroke
        unit.go_on(stroke)
    refused: list[Refusal] = []
    # By number: of two that change the same cases at once, one waits for the other, never each for each.
    for case in sorted(progress.next):
        try:
            with unit.part():
                work(unit, case)
        except Problem as problem:
            refused.append(Refusal(case.id, str(problem)))
    tried = len(progress.next)
    now = replace(
        progress, stroke=stroke, tried=progress.tried + tried, done=progress.done + tried - len(refused),
        refused=(*progress.refused, *refused),
    )  # fmt: skip
    if now.ended and now.undoes is not None and (now.done or not now.total):
        undo.undone(unit, now.undoes, stroke)
    _keep(unit, now, ended=now.ended)
    return now


def stop(unit: UnitOfWork, progress: Progress) -> None:
    """It was stopped at a person's word: what was done stays, and the rest is not tried."""
    if progress.stroke is not None:
        _keep(unit, progress, ended=True)


def run(
    open_unit: OpenUnit, work: Work, progress: Progress, tell: Callable[[Progress], None] = lambda _progress: None
) -> Outcome:  # fmt: skip
    """All of it, commit after commit; `tell` hears of each. What stops it on the way is in the outcome."""
    # A stroke that came to nothing in the end leaves no case to take back, and counts as taken back all the same.
    while not progress.ended or (progress.undoes is not None and progress.stroke is None):
        try:
            with open_unit() as unit:
                now = step(unit, work, progress)
        except Problem as problem:
            return Outcome(progress, problem)
        progress = now
        tell(progress)
    return Outcome(progress)


def forget(unit: UnitOfWork, stroke_ids: Iterable[int]) -> None:
    """Its agent has been told that these were stopped half-way: they need not be told again."""
    wanted = list(stroke_ids)
    unit.session.execute(update(bulk_runs).where(bulk_runs.c.stroke_id.in_(wanted)).values(ended_at=unit.at))


def _keep(unit: UnitOfWork, progress: Progress, *, ended: bool) -> None:
    listed = {"n": len(progress.refused), "cases": progress.refused[:LISTED]}
    unit.session.execute(
        update(bulk_runs).where(bulk_runs.c.stroke_id == progress.stroke)
        .values(done=progress.done, refused=json.dumps(listed), ended_at=unit.at if ended else None)
    )  # fmt: skip
