"""`agentdesk case export`: a case as text, Markdown or mail, on stdout or in a file.

Invariant: a file is for its owner alone and never written over another one.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.context import Context
from agentdesk.cli.output import document, result, say
from agentdesk.cli.parser import Parser, act, number
from agentdesk.config.language import _
from agentdesk.config.saving import write_new
from agentdesk.domain.problems import Usage
from agentdesk.domain.story import FORMS

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add(acts: "_SubParsersAction[Parser]") -> None:
    """Its words."""
    export = act(acts, "export", execute, _("a case as text, Markdown or mail, to keep or to give away"))
    export.add_argument("id", type=number, metavar=_("NUMBER"))
    export.add_argument(
        "--as", choices=FORMS, default="text", dest="form", help=_("text, md or eml; text unless told")
    )
    export.add_argument(
        "--to", default="", metavar=_("FILE"), help=_("a new file, for you alone; - is stdout")
    )
    export.add_argument(
        "--for", choices=("us", "customer"), default="us", dest="reader",
        help=_("customer: without notes, side conversations and marks"),
    )  # fmt: skip


def execute(args: argparse.Namespace, context: Context) -> int:
    """Write it where it was asked for."""
    from agentdesk.queries import story  # noqa: PLC0415

    zone = context.zone()
    with context.store().session() as session:
        _name, content, told = story.told(
            session, args.id, args.form, zone, for_customer=args.reader == "customer"
        )
    path = Path(args.to).expanduser().absolute() if args.to not in ("", "-") else None
    shape = {
        "case": args.id, "as": args.form, "for": args.reader, "file": str(path) if path is not None else None,
        "messages": len(told.messages), "left_out": told.left_out, "size": len(content),
    }  # fmt: skip
    if path is not None:
        write_new(path, content)
        return result(
            args.json, shape, _("Case #{number} stands in {file}.").format(number=args.id, file=path)
        )
    if args.json:
        if args.form == "eml":
            raise Usage(_("Name a file for the mail with --to, or leave --json out."))
        document(shape | {"text": content.decode()})
    elif args.form == "eml":
        if sys.stdout.isatty():
            raise Usage(_("A mail as it came may act on a terminal: name a file with --to."))
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
    else:
        say(content.decode().rstrip("\n"))
    return 0
