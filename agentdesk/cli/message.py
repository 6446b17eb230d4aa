"""`agentdesk message`: every stored message with its case and what `mail parse` says of it; its files, and saving one.

Invariant: a file is saved whole, under a safe name, and never over another one.
"""

import argparse
import os
from datetime import datetime
from pathlib import Path

from agentdesk.cli import forgetting, shapes
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, json_line, named, result, say, tell
from agentdesk.cli.parser import Parser, act, amount, number
from agentdesk.config.language import _

_PAGE = 100
_CHUNK = 500


def add(parser: Parser) -> None:
    """`message list`, `files` and `save-file`."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("stored messages, in the order they came in"))
    several.add_argument(
        "--limit", type=amount, metavar=_("N"), help=_("at most so many; {n} unless told").format(n=_PAGE)
    )
    several.add_argument(
        "--after", type=number, default=0, metavar=_("CURSOR"), help=_("go on where an earlier list ended")
    )
    several.add_argument(
        "--jsonl", action="store_true", help=_("one message a line, all of them unless --limit says less")
    )

    its = act(acts, "files", files, _("the files of a message"))
    its.add_argument("id", type=number, metavar=_("MESSAGE"))
    save = act(acts, "save-file", save_file, _("save a file under a safe name, and say where it is"))
    save.add_argument("id", type=number, metavar=_("FILE"), help=_("its number in message files"))
    save.add_argument(
        "--to", type=Path, metavar=_("FOLDER"), help=_("the folder; your downloads unless told")
    )
    forgetting.add_message(acts)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """A page of messages, or with --jsonl all of them line by line."""
    if args.jsonl:
        return _lines(args, context)
    found, following = _page(context, args.after, args.limit or _PAGE)
    cursor = str(following) if following is not None else None
    if args.json:
        document({"messages": found, "next": cursor})
        return 0
    zone = context.zone()
    for one in found:
        who = one["from"] or {"name": "", "address": ""}
        when = at(datetime.fromisoformat(one["sent_at"]), zone)
        say(
            " · ".join(
                [
                    f"{one['id']}",
                    f"#{one['case']}",
                    named(one["kind"]),
                    who["name"] or who["address"],
                    when,
                    one["subject"],
                ]
            )
        )
    if cursor is not None:
        tell(_("There are more: --after {cursor}").format(cursor=cursor))
    return 0


def _lines(args: argparse.Namespace, context: Context) -> int:
    after: int | None = args.after
    left = args.limit
    while after is not None and (left is None or left > 0):
        found, after = _page(context, after, min(_CHUNK, left or _CHUNK))
        for one in found:
            json_line(one)
        left = None if left is None else left - len(found)
    return 0


def _page(context: Context, after: int, limit: int) -> tuple[list[shapes.Shape], int | None]:
    from agentdesk.queries import lists, people  # noqa: PLC0415

    with context.store().session() as session:
        rows, following = lists.message_page(session, after, limit)
        channels = {row.name: row.id for row in people.channels_all(session)}
    return [shapes.stored(case_id, row, facts, channels) for case_id, row, facts in rows], following


def files(args: argparse.Namespace, context: Context) -> int:
    """What came along with a message."""
    from agentdesk.queries import lists  # noqa: PLC0415

    with context.store().session() as session:
        rows = lists.files_of(session, args.id)
    if args.json:
        document({"files": [shapes.file(one) for one in rows]})
        return 0
    for one in rows:
        say(_("{id} · {name} · {kind} · {size} bytes").format(
            id=one.id, name=one.filename, kind=one.content_type, size=one.size))  # fmt: skip
    if not rows:
        tell(_("No file came along with it."))
    return 0


def save_file(args: argparse.Namespace, context: Context) -> int:
    """A file as it came, and the line that fetches it from elsewhere."""
    import getpass  # noqa: PLC0415  only who saves needs it

    from agentdesk.config import files as places  # noqa: PLC0415
    from agentdesk.mail.filenames import can_act, safe_name  # noqa: PLC0415
    from agentdesk.queries import lists  # noqa: PLC0415

    with context.store().session() as session:
        name, kind, content = lists.file_content(session, args.id)
    path = places.keep(args.to or places.downloads(context.environ), safe_name(name, kind, args.id), content)
    line = places.fetch_line(path, getpass.getuser(), os.uname().nodename, context.environ)
    acts = can_act(path.name, content)
    if acts:
        tell(_("Opening it may do more than show it: open it only if you expected such a file."))
    shape = {"path": str(path), "size": len(content), "scp": line, "may_act": acts}
    return result(args.json, shape, f"{path}\n{line}")
