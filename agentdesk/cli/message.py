"""`agentdesk message`: every stored message with its case and what `mail parse` says of it."""

import argparse
from datetime import datetime

from agentdesk.cli import shapes
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, json_line, named, say, tell
from agentdesk.cli.parser import Parser, act, amount, number
from agentdesk.config.language import _

_PAGE = 100
_CHUNK = 500


def add(parser: Parser) -> None:
    """`message list`."""
    several = act(parser.acts(), "list", list_, _("stored messages, in the order they came in"))
    several.add_argument(
        "--limit", type=amount, metavar=_("N"), help=_("at most so many; {n} unless told").format(n=_PAGE)
    )
    several.add_argument(
        "--after", type=number, default=0, metavar=_("CURSOR"), help=_("go on where an earlier list ended")
    )
    several.add_argument(
        "--jsonl", action="store_true", help=_("one message a line, all of them unless --limit says less")
    )


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
