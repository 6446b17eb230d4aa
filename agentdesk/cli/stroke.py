"""`agentdesk stroke`: what you have done, from every desk and from here, and taking it back.

Invariant: a list that is cut says so and how to see the rest.
"""

import argparse
from typing import TYPE_CHECKING, Any

from agentdesk.cli.case_acts import done
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import at, document, say, tell
from agentdesk.cli.parser import Parser, act, amount, number
from agentdesk.cli.shapes import time
from agentdesk.config.language import _, ngettext
from agentdesk.domain.strokes import Stands, StrokeRow

if TYPE_CHECKING:
    from agentdesk.domain.strokes import BulkReport

_PAGE = 50


def add(parser: Parser) -> None:
    """All acts on strokes."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("what you have done, newest first"))
    several.add_argument(
        "--limit",
        type=amount,
        default=_PAGE,
        metavar=_("N"),
        help=_("at most so many; {n} unless told").format(n=_PAGE),
    )
    several.add_argument(
        "--after", type=number, metavar=_("STROKE"), help=_("go on where an earlier list ended")
    )
    one = act(acts, "show", show, _("one stroke; of many cases which were done and which were refused"))
    one.add_argument("stroke", type=number, metavar=_("STROKE"))
    add_undo(acts)


def add_undo(acts: "argparse._SubParsersAction[Parser]") -> None:
    """The words of `stroke undo`, which `case undo` has too."""
    back = act(acts, "undo", undo, _("take a stroke back"))
    back.add_argument("stroke", type=number, metavar=_("STROKE"))
    back.add_argument("--anyway", action="store_true", help=_("take the rest back when the reply has left"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """A page of strokes."""
    from agentdesk.queries import strokes  # noqa: PLC0415

    me = context.agent()
    with context.store().session() as session:
        page = strokes.mine(session, me.id, args.limit, args.after)
    if args.json:
        document({"strokes": [_shape(row) for row in page.rows], "next": page.next})
        return 0
    for row in page.rows:
        say(_line(row, context))
    if not page.rows:
        tell(_("You have done nothing yet."))
    elif page.next is not None:
        tell(_("These are the newest; the rest: --after {stroke}").format(stroke=page.next))
    return 0


def show(args: argparse.Namespace, context: Context) -> int:
    """One stroke whole."""
    from agentdesk.queries import strokes  # noqa: PLC0415

    with context.store().session() as session:
        row = strokes.one(session, args.stroke)
        report = strokes.report(session, args.stroke)
    if args.json:
        document(_shape(row) | _details(report))
        return 0
    say(_line(row, context))
    for refusal in report.refused if report is not None else ():
        say(f"#{refusal.case}: {refusal.reason}")
    return 0


def undo(args: argparse.Namespace, context: Context) -> int:
    """Take a stroke back: all of it or nothing; of one on many cases, all or nothing of each."""
    from agentdesk.automation import bulk  # noqa: PLC0415
    from agentdesk.cli import changing  # noqa: PLC0415
    from agentdesk.services import undo as undoing  # noqa: PLC0415

    try:
        with context.store().unit(context.actor(), context.clock(), DESK) as unit:
            stroke, case_id, _verb = undoing.undo(unit, args.stroke, anyway=args.anyway)
    except undoing.Many:
        with context.store().session() as session:
            begin = bulk.begin_undo(session, args.stroke)
        return changing.run(args, context, bulk.takes_back(args.stroke, anyway=args.anyway), begin)
    return done(args, context, case_id, stroke)


def _shape(row: StrokeRow) -> dict[str, Any]:
    over, many = row.overtaken, row.bulk
    return {
        "id": row.id, "verb": row.verb, "at": time(row.at), "desk": row.desk, "undoes": row.undoes,
        "redoes": row.redoes, "cases": list(row.cases), "case_count": row.case_count, "state": row.stands.value,
        "overtaken": {"case": over.case, "field": over.field, "by": over.who or None} if over is not None else None,
        "has_left": row.has_left,
        "bulk": {"total": many.total, "done": many.done, "refused": many.refused, "untried": many.untried,
                 "ended": many.ended} if many is not None else None,
    }  # fmt: skip


def _details(report: "BulkReport | None") -> dict[str, Any]:
    if report is None:
        return {"refused": []}
    refused = [{"case": one.case, "reason": one.reason} for one in report.refused]
    return {"cases": list(report.done), "refused": refused}


def _line(row: StrokeRow, context: Context) -> str:
    from agentdesk.services.undo import VERBS  # noqa: PLC0415

    verb = _(VERBS.get(row.verb, row.verb))
    if row.undoes is not None:
        verb = (_("done again: {verb}") if row.redoes else _("taken back: {verb}")).format(verb=verb)
    if row.case_count == 1:
        what = f"#{row.cases[0]} {row.subject}"
    else:
        what = ngettext("{n} case", "{n} cases", row.case_count).format(n=row.case_count)
    return " · ".join([f"{row.id}", at(row.at, context.zone()), verb, what, *_states(row)])


def _states(row: StrokeRow) -> list[str]:
    said = []
    if row.stands is Stands.UNDONE:
        said.append(_("taken back"))
    elif row.overtaken is not None:
        who = row.overtaken.who or _("the mail")
        said.append(_("{who} has changed #{number} since").format(who=who, number=row.overtaken.case))
    if row.has_left:
        said.append(_("the reply has left"))
    if row.bulk is not None and row.bulk.refused:
        said.append(_("{n} refused").format(n=row.bulk.refused))
    if row.bulk is not None and row.bulk.untried:
        said.append(
            (_("stopped before {n}") if row.bulk.ended else _("{n} not tried yet")).format(n=row.bulk.untried)
        )
    return said
