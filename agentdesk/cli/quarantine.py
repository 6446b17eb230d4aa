"""`agentdesk quarantine`: what came in and is no mail; its bytes are kept."""

import argparse

from agentdesk.cli import shapes
from agentdesk.cli.case_acts import done
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, say, tell
from agentdesk.cli.parser import Parser, act, number
from agentdesk.config.language import _


def add(parser: Parser) -> None:
    """All acts on the quarantine."""
    acts = parser.acts()
    act(acts, "list", list_, _("what was set aside, and why"))
    one = act(acts, "retry", retry, _("read it again"))
    one.add_argument("id", type=number, metavar=_("NUMBER"), help=_("as agentdesk quarantine list gives it"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """Everything that was set aside."""
    from agentdesk.queries import lists  # noqa: PLC0415

    with context.store().session() as session:
        rows = lists.quarantine_rows(session)
    if args.json:
        document([shapes.set_aside(row) for row in rows])
        return 0
    for row in rows:
        size = _("{size} bytes").format(size=row.size)
        say(" · ".join([f"{row.id}", at(row.at, context.zone()), size, row.source, row.reason]))
    if not rows:
        tell(_("Nothing was set aside."))
    return 0


def retry(args: argparse.Namespace, context: Context) -> int:
    """Read it again; what is mail after all goes to its case."""
    from agentdesk.automation import again  # noqa: PLC0415

    store, now = context.store(), context.clock()
    with store.session() as session:
        read = again.look(session, args.id, now)
    with store.unit(context.actor(), now) as unit:
        case_id = again.take(unit, args.id, read)
    return done(args, context, case_id, None)
