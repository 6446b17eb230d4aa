"""`agentdesk worker`: background work until it is told to stop, or each due job once."""

import argparse
import threading

from agentdesk.cli.context import Context
from agentdesk.cli.output import result, tell
from agentdesk.cli.parser import Parser, with_json
from agentdesk.cli.sync import counted, worked
from agentdesk.config.language import _


def add(parser: Parser) -> None:
    """Its options."""
    parser.add_argument("--once", action="store_true", help=_("do each job that is due once, then end"))
    parser.add_argument(
        "--detached", action="store_true", help=_("end when no desk is open and nothing waits to be sent")
    )
    with_json(parser)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Work."""
    from agentdesk.worker.run import run, run_once  # noqa: PLC0415
    from agentdesk.worker.signals import ended_by_signals  # noqa: PLC0415

    if args.once:
        outcome = run_once(
            context.settings, context.store(durable=True), context.clock, environment=context.environ
        )
        shape = counted(outcome.tally) | {
            "delivered": {state.value: n for state, n in outcome.settled.items()}
        }
        result(args.json, shape, worked(outcome.tally))
        for trouble in outcome.troubles:
            tell(trouble)
        return 1 if outcome.troubles else 0
    stop = threading.Event()
    with ended_by_signals(stop):
        run(
            context.settings, context.address.url, context.clock, stop=stop, detached=args.detached,
            environment=context.environ, say=tell,
        )  # fmt: skip
    return 0
