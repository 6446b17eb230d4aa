"""`agentdesk draft`: what is being written and not yet sent."""

import argparse

from agentdesk.cli import shapes
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, named, say, tell
from agentdesk.cli.parser import Parser, act
from agentdesk.config.language import _


def add(parser: Parser) -> None:
    """`draft list`."""
    several = act(parser.acts(), "list", list_, _("what is being written, oldest first"))
    several.add_argument("--mine", action="store_true", help=_("only what the agent who acts is writing"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """All drafts, or those of the agent who acts."""
    from agentdesk.queries import heads, lists  # noqa: PLC0415

    mine = context.agent().id if args.mine else None
    with context.store().session() as session:
        rows = lists.all_drafts(session, mine)
        logins = heads.logins(session)
    if args.json:
        document({"drafts": [shapes.draft(row, logins) for row in rows]})
        return 0
    zone = context.zone()
    for row in rows:
        where = f"#{row.case_id}" if row.case_id else _("new message")
        say(" · ".join([where, named(row.kind), logins.get(row.agent_id, ""), at(row.updated_at, zone)]))
        say(row.body)
    if not rows:
        tell(_("Nothing is being written."))
    return 0
