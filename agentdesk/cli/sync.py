"""`agentdesk sync`: fetch only; with --once what is new now, without it on and on."""

import argparse
from typing import TYPE_CHECKING, Any

from agentdesk.cli.context import Context
from agentdesk.cli.output import result, tell
from agentdesk.cli.parser import Parser, with_json
from agentdesk.cli.rounds import keep_on
from agentdesk.config.language import _

if TYPE_CHECKING:
    from agentdesk.services.intake import Tally

_PAUSE = 60.0
"""Seconds between two rounds."""


def add(parser: Parser) -> None:
    """Its options."""
    parser.add_argument("--once", action="store_true", help=_("fetch what is new now, then end"))
    with_json(parser)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Fetch."""
    if not context.settings.channels:
        tell(_("The settings name no mailbox; agentdesk channel add adds one."))
    return keep_on(lambda: _round(args, context), _PAUSE, once=args.once)


def _round(args: argparse.Namespace, context: Context) -> int:
    from agentdesk.worker.run import run_once  # noqa: PLC0415  the worker with its channels

    begun = context.clock()
    outcome = run_once(
        context.settings, context.store(durable=True), context.clock, ("fetch",), environment=context.environ
    )
    took = (context.clock() - begun).total_seconds()
    for trouble in outcome.troubles:
        tell(trouble)
    result(args.json, counted(outcome.tally) | {"seconds": round(took, 3)}, worked(outcome.tally))
    return 1 if outcome.troubles else 0


def counted(tally: "Tally") -> dict[str, Any]:
    """What was taken in, as the contract counts it."""
    return {
        "seen": tally.seen, "ingested": tally.ingested, "duplicate": tally.duplicate,
        "quarantined": tally.quarantined, "cases_opened": tally.cases_opened,
        "customers_created": tally.customers_created,
    }  # fmt: skip


def worked(tally: "Tally") -> str:
    """The same for a person."""
    return _(
        "{seen} seen: {ingested} taken in, {duplicate} known already, {quarantined} set aside; "
        "{cases_opened} new cases, {customers_created} new customers."
    ).format(**counted(tally))
