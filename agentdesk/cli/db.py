"""`agentdesk db`: bring the store up to date, or look whether it is whole."""

import argparse
from typing import TYPE_CHECKING, NamedTuple

from agentdesk.cli.context import Context
from agentdesk.cli.output import document, result, say
from agentdesk.cli.parser import Parser, act
from agentdesk.config.language import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.store.engine import Store

_MISCOUNTED = (
    "select count(*) from cases c where c.message_count <> "
    "(select count(*) from messages m where m.case_id = c.id)"
)
_WITHOUT_BYTES = (
    "select count(*) from outbox o where not exists (select 1 from raws r where r.message_id = o.message_id)"
)


class Check(NamedTuple):
    """One thing looked at."""

    name: str
    ok: bool
    said: str


def add(parser: Parser) -> None:
    """All acts on the store itself."""
    acts = parser.acts()
    act(acts, "migrate", migrate, _("bring the store up to date; on PostgreSQL this is its owner's act"))
    act(acts, "check", check, _("look whether the store is whole; it changes nothing"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def migrate(args: argparse.Namespace, context: Context) -> int:
    """Bring it up to date."""
    from agentdesk.store.migrate import bring_up_to_date, revision  # noqa: PLC0415

    store = context.store(migrate=False)
    changed = bring_up_to_date(store, owner=True)
    now = revision(store)
    words = _("The store is up to date now.") if changed else _("The store was up to date already.")
    return result(args.json, {"migrated": changed, "revision": now}, words)


def check(args: argparse.Namespace, context: Context) -> int:
    """Look; exit code 1 when anything is wrong."""
    found = checks(context.store(migrate=False))
    ok = all(one.ok for one in found)
    if args.json:
        document({"ok": ok, "checks": [one._asdict() for one in found]})
    else:
        for one in found:
            say(f"{one.name}: {one.said}")
    return 0 if ok else 1


def checks(store: "Store") -> list[Check]:
    """What there is to look at, each with its finding."""
    from agentdesk.store.migrate import revision  # noqa: PLC0415
    from agentdesk.store.revision import HEAD  # noqa: PLC0415

    found = revision(store)
    stale = _("the store is at {found}, the program at {head}: run agentdesk db migrate")
    said = _("ok") if found == HEAD else stale.format(found=found or _("nothing"), head=HEAD)
    wanted = Check(_("version"), found == HEAD, said)
    if not wanted.ok:
        return [wanted]
    with store.session() as session:
        return [wanted, *_pages(session, store.dialect), *_bookkeeping(session)]


def _pages(session: "Connection", dialect: str) -> list[Check]:
    """What SQLite itself finds; PostgreSQL keeps its own house."""
    from sqlalchemy import text  # noqa: PLC0415

    if dialect != "sqlite":
        return []
    damage = [str(row[0]) for row in session.execute(text("pragma integrity_check(5)"))]
    strays = session.execute(text("pragma foreign_key_check")).first()
    return [
        Check(_("file"), damage == ["ok"], _("ok") if damage == ["ok"] else _("damaged: restore a backup")),
        Check(
            _("references"),
            strays is None,
            _("ok") if strays is None else _("a row names another that is gone"),
        ),
    ]


def _bookkeeping(session: "Connection") -> list[Check]:
    """What the store counts of itself, counted anew."""
    from sqlalchemy import text  # noqa: PLC0415

    questions = ((_("message counts"), _MISCOUNTED), (_("outbox"), _WITHOUT_BYTES))
    found = []
    for name, question in questions:
        wrong = int(session.execute(text(question)).scalar_one())
        found.append(Check(name, not wrong, _("ok") if not wrong else _("{n} are wrong").format(n=wrong)))
    return found
