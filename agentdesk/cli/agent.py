"""`agentdesk agent`: the colleagues."""

import argparse

from agentdesk.cli import shapes
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, amount, line
from agentdesk.config.language import _


def add(parser: Parser) -> None:
    """All acts on agents."""
    acts = parser.acts()
    act(acts, "list", list_, _("the colleagues"))
    new = act(acts, "add", add_agent, _("add a colleague"))
    new.add_argument("login", type=line, metavar=_("LOGIN"), help=_("small letters and digits"))
    new.add_argument("--name", type=line, default="", metavar=_("NAME"), help=_("as customers read it"))
    new.add_argument("--email", type=line, default="", metavar=_("ADDRESS"))
    new.add_argument("--role", choices=("agent", "supervisor", "admin"), default="agent")
    new.add_argument(
        "--team", type=line, default="", metavar=_("TEAM"), help=_("made when there is none of that name")
    )
    new.add_argument("--capacity", type=amount, default=6, metavar=_("N"), help=_("cases at a time"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """All who are active."""
    from agentdesk.queries import people  # noqa: PLC0415

    with context.store().session() as session:
        rows = people.agents_all(session)
    if args.json:
        document({"agents": [shapes.agent(row) for row in rows]})
        return 0
    for row in rows:
        say(" · ".join([row.login, row.name, named(row.role)]))
    if not rows:
        tell(_("There is no agent yet: add one with agentdesk agent add."))
    return 0


def add_agent(args: argparse.Namespace, context: Context) -> int:
    """Add one."""
    from agentdesk.queries import people  # noqa: PLC0415
    from agentdesk.services import people as staff  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    actor = context.actor() if context.named_login else SYSTEM
    with context.store().unit(actor, context.clock(), DESK) as unit:
        staff.add_agent(
            unit,
            args.login,
            args.name,
            email=args.email,
            role=args.role,
            team=args.team,
            capacity=args.capacity,
        )
    with context.store().session() as session:
        row = people.agent(session, args.login)
    return result(
        args.json, {"agent": shapes.agent(row)}, _("{login} may work here now.").format(login=row.login)
    )
