"""`agentdesk outbox`: replies on their way, and the words a person may say about them."""

import argparse

from agentdesk.cli import shapes
from agentdesk.cli.case_acts import done
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import at, document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, number
from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Delivery


def add(parser: Parser) -> None:
    """All acts on the outbox."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("every reply that was sent here and where it stands"))
    several.add_argument("--state", choices=[one.value for one in Delivery])
    flush_ = act(acts, "flush", flush, _("deliver what is due, then end"))
    flush_.add_argument("--once", action="store_true", help=_("what it does anyway; said for clearness"))
    for name, does, help_ in (
        ("retry", retry, _("send a failed or unsure reply again")),
        ("cancel", cancel, _("keep a reply in the house that has not left")),
    ):
        one = act(acts, name, does, help_)
        one.add_argument("id", type=number, metavar=_("NUMBER"), help=_("as agentdesk outbox list gives it"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """Every row, oldest first."""
    from agentdesk.queries import lists  # noqa: PLC0415

    with context.store().session() as session:
        rows = lists.outbox_rows(session, Delivery(args.state) if args.state else None)
    if args.json:
        document([shapes.reply(row) for row in rows])
        return 0
    zone = context.zone()
    for row in rows:
        parts = [
            f"{row.id}",
            f"#{row.case_id}",
            named(row.state.value),
            at(row.not_before, zone),
            row.last_error,
        ]
        say(" · ".join(filter(None, parts)))
    if not rows:
        tell(_("The outbox is empty."))
    return 0


def flush(args: argparse.Namespace, context: Context) -> int:
    """Deliver what is due."""
    from agentdesk.worker.run import run_once  # noqa: PLC0415  the worker with its channels

    outcome = run_once(
        context.settings,
        context.store(durable=True),
        context.clock,
        ("deliver", "copies"),
        environment=context.environ,
    )
    ended = {
        state.value: outcome.settled.get(state, 0)
        for state in (Delivery.SENT, Delivery.FAILED, Delivery.UNSURE)
    }
    for trouble in outcome.troubles:
        tell(trouble)
    words = _("{sent} sent, {failed} failed, {unsure} unsure.").format(**ended)
    result(args.json, {**ended, "troubles": list(outcome.troubles)}, words)
    return 1 if outcome.troubles else 0


def retry(args: argparse.Namespace, context: Context) -> int:
    """Send it again, at a person's word."""
    from agentdesk.services import outbox  # noqa: PLC0415

    case_id = _case_of(args.id, context)
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        stroke = outbox.retry(unit, args.id)
    return done(args, context, case_id, stroke)


def cancel(args: argparse.Namespace, context: Context) -> int:
    """Stop it; its text goes back to the composer of whoever wrote it."""
    from agentdesk.services import outbox  # noqa: PLC0415

    case_id = _case_of(args.id, context)
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        stroke = outbox.cancel(unit, args.id)
    return done(args, context, case_id, stroke)


def _case_of(row_id: int, context: Context) -> int:
    from agentdesk.queries import lists  # noqa: PLC0415

    with context.store().session() as session:
        return lists.case_of_reply(session, row_id)
