"""`agentdesk db`: bring the store up to date, look whether it is whole, keep it in a file, put it elsewhere."""

import argparse
from pathlib import Path

from agentdesk.cli.context import Context
from agentdesk.cli.output import result
from agentdesk.cli.parser import Parser, act
from agentdesk.config.language import _


def add(parser: Parser) -> None:
    """All acts on the store itself."""
    acts = parser.acts()
    act(acts, "migrate", migrate, _("bring the store up to date; on PostgreSQL this is its owner's act"))
    one = act(
        acts, "check", check, _("look whether the store is whole; it changes nothing unless it is to repair")
    )
    one.add_argument(
        "--repair", action="store_true", help=_("mend what can be mended; desks may stay at work")
    )
    one = act(acts, "backup", backup, _("write everything into one file; desks and worker may stay at work"))
    one.add_argument("file", type=_file, metavar=_("FILE"))
    one.add_argument("--force", action="store_true", help=_("replace a file of that name"))
    one = act(
        acts, "restore", restore, _("put what a backup holds in the place of the store, which is kept aside")
    )
    one.add_argument("file", type=_file, metavar=_("FILE"))
    one.add_argument("--yes", action="store_true", help=_("do not ask; needed where nobody can be asked"))
    one.add_argument("--force", action="store_true", help=_("even while a desk or a worker is at work"))
    one = act(
        acts, "copy", copy, _("copy everything into an empty store: from SQLite to PostgreSQL, or back")
    )
    one.add_argument("url", metavar=_("URL"), help=_("sqlite:///PATH or postgresql://USER@HOST/NAME"))


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
    """Look; exit code 1 when anything is or stays wrong."""
    from agentdesk.cli import db_check  # noqa: PLC0415

    return db_check.run(args, context)


def backup(args: argparse.Namespace, context: Context) -> int:
    """Keep it in a file."""
    from agentdesk.cli import db_files  # noqa: PLC0415

    return db_files.backup(args, context)


def restore(args: argparse.Namespace, context: Context) -> int:
    """Take it from a file."""
    from agentdesk.cli import db_files  # noqa: PLC0415

    return db_files.restore(args, context)


def copy(args: argparse.Namespace, context: Context) -> int:
    """Put it into another store."""
    from agentdesk.cli import db_files  # noqa: PLC0415

    return db_files.copy(args, context)


def _file(text: str) -> Path:
    return Path(text).expanduser()
