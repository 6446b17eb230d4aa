"""`agentdesk block`: the senders whose mail is spam. It is kept like any other, in a case that is spam."""

import argparse

from agentdesk.cli import shapes
from agentdesk.cli.case_acts import do, done
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, say, tell
from agentdesk.cli.parser import Parser, act, line
from agentdesk.config.language import _


def add(parser: Parser) -> None:
    """All acts on blocks."""
    acts = parser.acts()
    act(acts, "list", list_, _("who is blocked"))
    who = _("an address, or a whole domain as @example.com")
    for name, does, help_ in (
        ("add", block, _("let the mail of an address be spam from now on")),
        ("remove", unblock, _("lift a block; what came meanwhile stays where it lies")),
    ):
        act(acts, name, does, help_).add_argument("address", type=line, metavar=_("ADDRESS"), help=who)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """Everybody who is blocked."""
    from agentdesk.queries import blocking  # noqa: PLC0415

    with context.store().session() as session:
        rows = blocking.blocked(session)
    if args.json:
        document({"blocks": [shapes.block(row) for row in rows]})
        return 0
    for row in rows:
        say(" · ".join(filter(None, [row.address, row.agent, at(row.at, context.zone())])))
    if not rows:
        tell(_("Nobody is blocked."))
    return 0


def block(args: argparse.Namespace, context: Context) -> int:
    """Block an address or a domain."""
    from agentdesk.services import blocking  # noqa: PLC0415

    return done(args, context, None, do(context, lambda unit: blocking.block(unit, args.address)))


def unblock(args: argparse.Namespace, context: Context) -> int:
    """Lift a block."""
    from agentdesk.services import blocking  # noqa: PLC0415

    return done(args, context, None, do(context, lambda unit: blocking.unblock(unit, args.address)))
