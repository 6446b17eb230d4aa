"""`agentdesk demo`: a made-up shop in a store of its own; nothing leaves this machine."""

import argparse
import sys

from agentdesk.cli.context import Context
from agentdesk.cli.parser import Parser
from agentdesk.config.language import _
from agentdesk.domain.problems import Usage


def add(_parser: Parser) -> None:
    """It has no words of its own."""


def execute(_args: argparse.Namespace, context: Context) -> int:
    """Make the shop and open the desk in it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(_("The demo needs a terminal to show itself in."))
    from agentdesk.demo import run  # noqa: PLC0415  the demo and the desk, for whoever wants them
    from agentdesk.tui.opening import open_desk  # noqa: PLC0415

    return run(open_desk, context.settings.me, context.clock)
