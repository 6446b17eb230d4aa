"""`agentdesk draft`: what is being written and not yet sent, and the files on it.

Invariant: only its writer hangs a file on a draft or takes one off.
"""

import argparse
import mimetypes
from collections.abc import Callable
from typing import TYPE_CHECKING

from agentdesk.cli import shapes
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import at, document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, number
from agentdesk.config.language import _
from agentdesk.text.clean import clean_line

if TYPE_CHECKING:
    from agentdesk.store.unit import UnitOfWork


def add(parser: Parser) -> None:
    """`draft list`, `attach` and `detach`."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("what is being written, oldest first"))
    several.add_argument("--mine", action="store_true", help=_("only what the agent who acts is writing"))
    on = act(acts, "attach", attach, _("hang a file on a draft of yours"))
    on.add_argument("id", type=number, metavar=_("DRAFT"))
    on.add_argument("file", metavar=_("PATH"))
    off = act(acts, "detach", detach, _("take a file off a draft of yours"))
    off.add_argument("id", type=number, metavar=_("DRAFT"))
    off.add_argument("file", type=number, metavar=_("FILE"), help=_("its number in draft list --json"))


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
        for one in row.files:
            say(_("attachment: {name}, {size} bytes").format(name=one.filename, size=one.size))
    if not rows:
        tell(_("Nothing is being written."))
    return 0


def attach(args: argparse.Namespace, context: Context) -> int:
    """One more file goes along."""
    from agentdesk.config import files  # noqa: PLC0415
    from agentdesk.domain.mail import Enclosure  # noqa: PLC0415
    from agentdesk.services import drafts  # noqa: PLC0415

    path, content = files.read_at(args.file, clean_line(args.file))
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    file = Enclosure(clean_line(path.name), kind, content)

    def hang(unit: "UnitOfWork") -> None:
        drafts.check_own(unit, args.id)
        drafts.attach(unit, args.id, file)

    return _changed(args, context, hang)


def detach(args: argparse.Namespace, context: Context) -> int:
    """A file stays here after all."""
    from agentdesk.services import drafts  # noqa: PLC0415

    return _changed(args, context, lambda unit: drafts.detach(unit, args.id, args.file))


def _changed(args: argparse.Namespace, context: Context, verb: "Callable[[UnitOfWork], None]") -> int:
    """Do it, and print the draft as it is now."""
    from agentdesk.queries import heads, lists  # noqa: PLC0415

    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        verb(unit)
    with context.store().session() as session:
        row = next(one for one in lists.all_drafts(session, context.agent().id) if one.id == args.id)
        logins = heads.logins(session)
    names = ", ".join(one.filename for one in row.files) or _("no file")
    said = _("Draft {number}: {files}").format(number=row.id, files=names)
    return result(args.json, {"draft": shapes.draft(row, logins)}, said)
