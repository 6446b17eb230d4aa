"""`agentdesk view`: queries with a name; personal, a team's or everyone's.

Invariant: another agent's own views are neither shown nor changed; a count stops at 1000 and says so.
"""

import argparse

from agentdesk.cli import case
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, amount, line
from agentdesk.config.language import _
from agentdesk.domain.instants import micros
from agentdesk.domain.views import SCOPES, Counted, SavedView

_CAP = 1000


def add(parser: Parser) -> None:
    """All acts on views."""
    acts = parser.acts()
    act(acts, "list", list_, _("the views that you see, with their counts"))
    shown = act(acts, "show", show, _("the cases of a view, most urgent first"))
    shown.add_argument("view", type=line, metavar=_("VIEW"), help=_("its name or number"))
    shown.add_argument("--limit", type=amount, metavar=_("N"), help=_("at most so many"))
    shown.add_argument(
        "--after", default="", metavar=_("CURSOR"), help=_("go on where an earlier list ended")
    )
    shown.add_argument("--count", action="store_true", help=_("count exactly, however many there are"))
    shown.add_argument(
        "--jsonl", action="store_true", help=_("one case a line, all of them unless --limit says less")
    )
    kept = act(acts, "save", save, _("save a query under a name; a view of that name is changed"))
    kept.add_argument("name", type=line, metavar=_("NAME"))
    kept.add_argument("query", type=line, metavar=_("QUERY"), help=_("as in agentdesk search --help"))
    kept.add_argument("--scope", choices=SCOPES, help=_("for whom it is; for yourself unless told"))
    kept.add_argument("--team", type=line, default="", metavar=_("TEAM"), help=_("for this team"))
    gone = act(acts, "delete", delete, _("throw a view away; its cases stay as they are"))
    gone.add_argument("view", type=line, metavar=_("VIEW"), help=_("its name or number"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """All of them."""
    from agentdesk.queries import views  # noqa: PLC0415

    with context.store().session() as session:
        rows = views.list_counted(session, context.agent().id, micros(context.clock()))
    if args.json:
        document({"views": [_shape(row.view) | _count(row) for row in rows]})
        return 0
    for row in rows:
        say(" · ".join([f"{row.view.id}", row.view.name, _whose(row.view), _counted(row), row.view.query]))
    if not rows:
        tell(_("There is no saved view yet: agentdesk view save NAME QUERY makes one."))
    return 0


def show(args: argparse.Namespace, context: Context) -> int:
    """Its cases, as `case list` tells them."""
    found = _find(args.view, context)
    args.query = found.query
    return case.list_(args, context, {"view": _shape(found)})


def save(args: argparse.Namespace, context: Context) -> int:
    """Keep a query."""
    from agentdesk.queries import views as reads  # noqa: PLC0415
    from agentdesk.services import views  # noqa: PLC0415

    scope = args.scope or ("team" if args.team else "personal")
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        view_id = views.save(unit, args.name, args.query, scope, args.team)
    with context.store().session() as session:
        found = reads.one(session, view_id)
    return result(
        args.json,
        {"view": _shape(found)},
        _("View {id} is saved: {name}").format(id=found.id, name=found.name),
    )


def delete(args: argparse.Namespace, context: Context) -> int:
    """Throw one away."""
    from agentdesk.services import views  # noqa: PLC0415

    found = _find(args.view, context)
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        views.throw_away(unit, found.id)
    return result(args.json, {"deleted": found.id}, _("The view {name} is gone.").format(name=found.name))


def _find(name: str, context: Context) -> SavedView:
    from agentdesk.queries import views  # noqa: PLC0415

    with context.store().session() as session:
        return views.named(session, context.agent().id, name)


def _shape(view: SavedView) -> dict[str, object]:
    return {
        "id": view.id, "name": view.name, "scope": view.scope, "team": view.team or None, "owner": view.owner or None,
        "query": view.query,
    }  # fmt: skip


def _count(row: Counted) -> dict[str, object]:
    return {"count": None if row.count is None else min(row.count, _CAP),
            "count_exact": row.count is not None and row.count <= _CAP}  # fmt: skip


def _counted(row: Counted) -> str:
    if row.count is None:
        return _("its query is not understood")
    return f"{row.count}" if row.count <= _CAP else f"{_CAP}+"


def _whose(view: SavedView) -> str:
    return view.team or view.owner or named(view.scope)
