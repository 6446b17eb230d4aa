"""`agentdesk` alone: opens the desk; on a machine that has neither store nor settings it offers the demo or the set-up.

Invariant: nothing here loads SQLAlchemy or rich before the desk has painted its first frame.
"""

import gc
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

from agentdesk.cli.context import Context
from agentdesk.cli.output import tell
from agentdesk.config import places
from agentdesk.config.language import _
from agentdesk.domain.problems import Problem, Refused, Usage

_MAY_ACT = """
select session_user = %(login)s
    or exists (select 1 from pg_tables where tablename = 'cases'
               and pg_has_role(session_user, tableowner::name, 'member'))
    or exists (select 1 from agents where login = session_user and role = 'admin')"""


def open_the_desk(context: Context) -> int:
    """Open it and stay until it is left."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Usage(_("The desk needs a terminal; for everything else there is agentdesk --help."))
    address = context.address
    missing = address.path is not None and not address.path.exists()
    if missing and not context.is_named and not context.config_file.exists():
        return _first_run(context)
    login = context.login or _only_agent(address.path) or context.agent().login
    if not address.is_file:
        _refuse_another(address.url, login)
    try:
        state_dir = places.state_dir(context.environ)
    except OSError as error:
        raise Problem(
            _(
                "The desk keeps its log and its drafts in {folder}, which cannot be written ({reason})."
            ).format(folder=error.filename, reason=error.strerror)
        ) from error
    context.close()
    gc.disable()  # nothing of what a start makes is garbage; the desk switches it on after its first frame
    context.start_log("desk")
    from agentdesk.tui.opening import open_desk  # noqa: PLC0415  Textual, for this one command

    config = context.config_file if context.config_file.exists() else None
    return open_desk(address, context.settings, login, config, state_dir, context.clock)


def _only_agent(path: Path | None) -> str:
    """The agent of a store that has exactly one, by the plain driver; empty when that is not sure."""
    if path is None or not path.exists():
        return ""
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1.0)) as store,
    ):
        found = store.execute("select login from agents where active limit 2").fetchall()
        return str(found[0][0]) if len(found) == 1 else ""
    return ""


def _refuse_another(url: str, login: str) -> None:
    """The same question as `queries.people.may_act_as`, asked without SQLAlchemy and before anything is shown.

    Where it cannot be asked now, the desk asks it when it opens the store, or says what is wrong with the database.
    """
    if urlsplit(url).username == login:
        return
    import psycopg  # noqa: PLC0415  only where there is a PostgreSQL

    with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=3, autocommit=True) as connection:
        answer = connection.execute(_MAY_ACT, {"login": login}).fetchone()
        if answer is not None and not answer[0]:
            raise Refused(
                _("You are signed in to the database as somebody else and may not act as {login}.").format(
                    login=login
                )
            )


def _first_run(context: Context) -> int:
    """Ask what to begin with."""
    from agentdesk.cli.asking import choose  # noqa: PLC0415

    tell(_("Welcome to agentdesk. There is nothing set up on this machine yet."))
    begin = choose(
        _("What first?"),
        (("d", _("look round in a made-up shop; nothing leaves this machine")),
         ("s", _("set up a store and a mailbox")),
         ("q", _("leave"))),
    )  # fmt: skip
    if begin == "q":
        return 0
    from agentdesk.cli import run  # noqa: PLC0415  the same as if it had been typed

    options = ["--config", str(context.named_config)] if context.named_config else []
    return run([*options, "demo" if begin == "d" else "setup"])
