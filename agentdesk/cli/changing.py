"""`agentdesk case set`: a case changed, or many at once.

Invariants: what is named is done to each case whole or not at all; one case answers as every act on a case does, many
answer with a report: what was done, what was refused and why. Many are one stroke, committed a hundred at a time.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from agentdesk.cli.case_acts import done
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, say, tell
from agentdesk.cli.parser import Parser, act, line, number
from agentdesk.cli.progress import progress
from agentdesk.config.language import _, ngettext
from agentdesk.domain import when
from agentdesk.domain.bulk import Picked, Progress, begun
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Priority, Status
from agentdesk.domain.problems import NotFound, Problem, Usage

if TYPE_CHECKING:
    from agentdesk.automation.bulk import Outcome, Work
    from agentdesk.store.unit import UnitOfWork

_NOBODY = ("", "none", "-", "nobody")
_SETTABLE = tuple(one.value for one in Status if one is not Status.SNOOZED)
_REFUSED = 3


def add(acts: "argparse._SubParsersAction[Parser]") -> None:
    """The words of `case set`."""
    one = act(acts, "set", change, _("change a case, or many; everything named is one stroke"))
    one.epilog = _(
        "Several numbers, or --query, print a report: the stroke, how many were done, and which were refused and why."
        "\nThe exit code is 0 when any was done, 3 when all were refused."
    )
    one.add_argument("id", type=number, nargs="*", metavar=_("NUMBER"))
    one.add_argument("--query", type=line, metavar=_("QUERY"), help=_("every case that it finds"))
    one.add_argument("--status", choices=_SETTABLE)
    one.add_argument("--owner", type=line, metavar=_("LOGIN"), help=_("an agent; none for nobody"))
    one.add_argument("--team", type=line, metavar=_("TEAM"), help=_("a team; none for no team"))
    one.add_argument("--tag", type=line, metavar="+x,-y", help=_("add with +, take away with -"))
    one.add_argument("--priority", choices=[one.value for one in Priority])
    one.add_argument(
        "--snooze", nargs="+", metavar=_("WHEN"), help=_("hide until then; words as in case snooze")
    )


def change(args: argparse.Namespace, context: Context) -> int:
    """Status, owner, team, tags, priority and snooze, whichever are named."""
    if bool(args.id) is (args.query is not None):
        raise Usage(_("Say which cases: their numbers, or --query."))
    names = ("status", "owner", "team", "tag", "priority", "snooze")
    if all(getattr(args, name) is None for name in names):
        raise Usage(_("Say what to change: --status, --owner, --team, --tag, --priority or --snooze."))
    if args.status is not None and args.snooze is not None:
        raise Usage(_("A case is snoozed or has another status: leave --status or --snooze out."))
    context.agent()
    actions = _actions(args, context)
    if args.query is None and len(args.id) == 1:
        return done(args, context, args.id[0], _one(context, args.id[0], actions))
    return _many(args, context, actions)


def _one(context: Context, case_id: int, actions: list[dict[str, Any]]) -> int:
    from agentdesk.automation import bulk  # noqa: PLC0415

    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        stroke = unit.stroke("set")
        bulk.acts(actions, context.zone())(unit, Picked(case_id))
    return stroke


def _many(args: argparse.Namespace, context: Context, actions: list[dict[str, Any]]) -> int:
    from agentdesk.automation import bulk  # noqa: PLC0415
    from agentdesk.queries import picking  # noqa: PLC0415

    if args.query is None:
        picked: Sequence[Picked] = [Picked(one) for one in args.id]
    else:
        within = picking.Within(
            context.agent().id, "all", args.query, micros(context.clock()), context.zone()
        )
        with context.store().session() as session:
            picked = picking.of_view(session, within)
    work = bulk.acts(actions, context.zone())
    return run(args, context, work, begun(bulk.verb_of(actions), picked))


def run(args: argparse.Namespace, context: Context, work: "Work", begin: Progress) -> int:
    """Do it to all of them and print the report; the exit code."""
    from agentdesk.automation import bulk  # noqa: PLC0415

    with progress(_("changing"), begin.total) as bar:
        before = 0

        def hear(now: Progress) -> None:
            nonlocal before
            bar(now.tried - before)
            before = now.tried

        outcome = bulk.run(_opens(context), work, begin, hear)
    return _report(args, outcome)


def _report(args: argparse.Namespace, outcome: "Outcome") -> int:
    now = outcome.progress
    if args.json:
        refused = [{"case": one.case, "reason": one.reason} for one in now.refused]
        document({
            "case": None, "stroke": now.stroke, "total": now.total, "done": now.done, "refused": refused,
            "untried": now.total - now.tried,
        })  # fmt: skip
    else:
        say(ngettext("{done} of {n} case was changed.", "{done} of {n} cases were changed.", now.total).format(
            done=now.done, n=now.total))  # fmt: skip
        for one in now.refused:
            say(f"#{one.case}: {one.reason}")
        if now.stroke is not None and now.done:
            say(_("Stroke {stroke}; agentdesk case undo {stroke} takes it back.").format(stroke=now.stroke))
    if outcome.trouble is not None:
        if now.tried:
            tell(_("It stopped on the way; what was done stays done."))
        raise outcome.trouble
    return _REFUSED if now.refused and not now.done else 0


def _opens(context: Context) -> "Callable[[], AbstractContextManager[UnitOfWork]]":
    actor, store = context.actor(), context.store()
    return lambda: store.unit(actor, context.clock(), DESK)


def _actions(args: argparse.Namespace, context: Context) -> list[dict[str, Any]]:
    """What was named as actions, in the order in which they are done. Raises NotFound, or Problem."""
    from agentdesk.automation import actions  # noqa: PLC0415
    from agentdesk.queries import people  # noqa: PLC0415

    found: list[dict[str, Any]] = []
    with context.store().session() as session:
        if args.team is not None:
            team = "none" if args.team in _NOBODY else args.team
            if team != "none" and team not in {one.name for one in people.teams_all(session)}:
                raise NotFound(_("There is no team called {name}.").format(name=team))
            found.append({"kind": "team", "value": team})
        if args.owner is not None:
            owner = "nobody" if args.owner in _NOBODY else args.owner
            if owner not in ("nobody", "me"):
                people.agent(session, owner)
            found.append({"kind": "owner", "value": owner})
    if args.priority is not None:
        found.append({"kind": "priority", "value": args.priority})
    if args.tag is not None:
        add_, drop = _tags(args.tag)
        found.append({"kind": "tag", "add": add_, "drop": drop})
    if args.status is not None:
        found.append({"kind": "status", "value": args.status})
    if args.snooze is not None:
        found.append({"kind": "snooze", "value": _until(args.snooze, context).isoformat(), "ends": "answer"})
    return [dict(actions.read(one)) for one in found]


def _until(words: list[str], context: Context) -> datetime:
    until = when.read(" ".join(words), context.clock().astimezone(context.zone())).astimezone(UTC)
    if until <= context.clock():
        raise Problem(_("That time has passed already: name one to come."))
    return until


def _tags(text: str) -> tuple[list[str], list[str]]:
    names = [one.strip() for one in text.split(",") if one.strip()]
    add_ = [one.removeprefix("+") for one in names if not one.startswith("-")]
    drop = [one.removeprefix("-") for one in names if one.startswith("-")]
    if not (add_ or drop):
        raise Usage(_("Name tags like this: --tag +new,-old"))
    return add_, drop
