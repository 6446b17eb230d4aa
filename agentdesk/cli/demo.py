"""`agentdesk demo`: a made-up shop in a store of its own; nothing leaves this machine."""

import argparse
import sys

from agentdesk.cli.context import Context
from agentdesk.cli.parser import Parser
from agentdesk.config.language import _
from agentdesk.domain.problems import Usage


def add(parser: Parser) -> None:
    """It has no words of its own."""
    del parser


def execute(args: argparse.Namespace, context: Context) -> int:
    """Make the shop and open the desk in it."""
    from agentdesk.demo import run  # noqa: PLC0415  SQLAlchemy and Textual, for this one command
    from agentdesk.tui.app import open_desk  # noqa: PLC0415

    del args
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(_("The desk needs a terminal; for everything else there is agentdesk --help."))
    return run(open_desk, context.settings.me, context.clock)
