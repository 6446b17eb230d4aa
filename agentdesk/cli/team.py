"""`agentdesk team`: the teams."""

import argparse

from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, result, say, tell
from agentdesk.cli.parser import Parser, act, line
from agentdesk.config.language import _
from agentdesk.domain.problems import Usage


def add(parser: Parser) -> None:
    """All acts on teams."""
    acts = parser.acts()
    act(acts, "list", list_, _("the teams"))
    new = act(acts, "add", add_team, _("add a team"))
    new.add_argument("name", type=line, metavar=_("NAME"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """All of them."""
    from agentdesk.queries import people  # noqa: PLC0415

    with context.store().session() as session:
        rows = people.teams_all(session)
    if args.json:
        document({"teams": [{"id": row.id, "name": row.name} for row in rows]})
        return 0
    for row in rows:
        say(row.name)
    if not rows:
        tell(_("There is no team yet."))
    return 0


def add_team(args: argparse.Namespace, context: Context) -> int:
    """Add one; one that is there already stays as it is."""
    from agentdesk.services import people as staff  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    if not args.name:
        raise Usage(_("A team needs a name."))
    actor = context.actor() if context.named_login else SYSTEM
    with context.store().unit(actor, context.clock(), DESK) as unit:
        team_id = staff.team_id(unit, args.name)
    shape = {"team": {"id": team_id, "name": args.name}}
    return result(args.json, shape, _("There is a team {name} now.").format(name=args.name))
