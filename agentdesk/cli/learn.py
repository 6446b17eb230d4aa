"""`agentdesk learn`: the twelve everyday tasks, taught at the desk itself; nothing leaves this machine."""

import argparse
import sys

from agentdesk.cli.context import Context
from agentdesk.cli.parser import Parser
from agentdesk.config.language import _
from agentdesk.domain.problems import Usage


def add(_parser: Parser) -> None:
    """It has no words of its own."""


def execute(_args: argparse.Namespace, context: Context) -> int:
    """Make the shop and open the desk in it, with a coach."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(_("Learning needs a terminal to show itself in."))
    from agentdesk.demo import learn  # noqa: PLC0415  the desk and the made-up shop, for whoever wants them
    from agentdesk.tui.learning import LearningDesk  # noqa: PLC0415
    from agentdesk.tui.opening import open_desk  # noqa: PLC0415

    return learn(open_desk, LearningDesk.taught_by, context.settings.me, context.clock)
