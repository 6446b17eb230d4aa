"""`agentdesk demo`: a made-up shop in a store of its own; nothing leaves this machine."""

import argparse

from agentdesk.cli.context import Context
from agentdesk.cli.parser import Parser


def add(parser: Parser) -> None:
    """It has no words of its own."""
    _ = parser


def execute(args: argparse.Namespace, context: Context) -> int:
    """Make the shop and open the desk in it."""
    from agentdesk.demo import run  # noqa: PLC0415

    _ = args
    return int(run(context.environ, context.clock))
