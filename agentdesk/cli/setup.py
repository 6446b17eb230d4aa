"""`agentdesk setup`: store, mailbox and first agent, step by step; at its end stands a commented settings file.

Invariant: nothing is written before everything was tried; a settings file that is there already is never overwritten.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli import mailbox, settings_file
from agentdesk.cli.asking import ask, can_ask, yes
from agentdesk.cli.channel import try_servers
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import result, tell
from agentdesk.cli.parser import Parser, line, with_json
from agentdesk.cli.settings_file import quoted, table
from agentdesk.config import load, places
from agentdesk.config.language import _
from agentdesk.config.settings import Channel
from agentdesk.domain.people import is_login
from agentdesk.domain.problems import Problem, Refused, Usage

if TYPE_CHECKING:
    from agentdesk.config.settings import OAuth


def add(parser: Parser) -> None:
    """Its options; what they do not say is asked for at a terminal."""
    parser.add_argument(
        "--store", default="", metavar=_("URL"), help=_("sqlite:///PATH or postgresql://USER@HOST/NAME")
    )
    parser.add_argument(
        "--agent",
        type=line,
        default="",
        metavar=_("LOGIN"),
        help=_("the first agent: small letters and digits"),
    )
    parser.add_argument(
        "--agent-name", type=line, default="", metavar=_("NAME"), help=_("as customers read it")
    )
    parser.add_argument("--no-mailbox", action="store_true", help=_("only the store and the agent"))
    mailbox.add_options(parser)
    with_json(parser)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Ask, try, write."""
    file = context.config_file
    if file.exists():
        raise Refused(
            _("There are settings in {file} already; agentdesk channel add adds a mailbox to them.").format(
                file=file
            )
        )
    url = _store(args, context)
    login, name = _agent(args, context)
    text = _head(url, login)
    box = _mailbox(args, file)
    if box is not None:
        text += "\n" + box.text
    settings = load.read(text, file)
    channel = settings.channels[-1] if settings.channels else None
    if box is not None and channel is not None:
        box.keep_password()
        try:
            _try(args, context, channel)
        except BaseException:
            box.forget_password()
            raise
    fresh = Context(context.environ, context.clock, db=url, config=str(file))
    try:
        _fill_store(fresh, login, name)
        settings_file.write(file, text)
        if channel is not None:
            from agentdesk.cli.publishing import publish  # noqa: PLC0415

            publish(fresh, channel)
        shown = fresh.address.shown
    finally:
        fresh.close()
    tell(_("Ready. agentdesk opens the desk; agentdesk doctor looks whether all is well."))
    shape = {
        "file": str(file),
        "store": shown,
        "agent": login,
        "channel": channel.name if channel is not None else None,
    }
    return result(args.json, shape, _("The settings stand in {file}.").format(file=file))


def _store(args: argparse.Namespace, context: Context) -> str:
    usual = places.store_url(context.environ)
    given = args.store or (context.address.url if context.is_named else "")
    if given or not can_ask():
        return given or usual
    tell(_("1. The store: one file for one machine, or a PostgreSQL server for several."))
    return ask(_("Its address"), usual, _check_url)


def _check_url(url: str) -> None:
    from agentdesk.store.address import read  # noqa: PLC0415

    read(url)


def _agent(args: argparse.Namespace, context: Context) -> tuple[str, str]:
    user = "".join(one for one in context.environ.get("USER", "").lower() if one.isascii() and one.isalnum())
    login = args.agent or context.named_login
    if not login:
        if not can_ask():
            raise Usage(_("Name it: {option} is missing.").format(option="--agent"))
        tell(_("2. You: the login is for colleagues, the name is what customers read."))
        login = ask(_("Your login"), user, _check_login)
    name = args.agent_name or (ask(_("Your name"), login.capitalize()) if can_ask() else login.capitalize())
    return login, name


def _check_login(login: str) -> None:
    if not is_login(login):
        raise Problem(_("{login} cannot be a login: use small letters and digits.").format(login=login))


def _mailbox(args: argparse.Namespace, file: Path) -> mailbox.Mailbox | None:
    if args.no_mailbox or (not can_ask() and not args.address):
        return None
    if can_ask() and not args.address:
        tell(_("3. The mailbox that customers write to. It can be added later, too: agentdesk channel add."))
        if not yes(_("Add it now? (y/n)")):
            return None
    return mailbox.describe(args, file.parent)


def _try(args: argparse.Namespace, context: Context, channel: Channel) -> None:
    """Try the mailbox; a person may keep one that does not answer yet."""
    if args.no_test:
        return
    try:
        if channel.oauth is not None and any(
            one and one.auth == "xoauth2" for one in (channel.imap, channel.smtp)
        ):
            _consent(context, channel.name, channel.oauth)
        try_servers(context, channel, tell)
    except Problem as problem:
        if not can_ask():
            raise
        tell(str(problem))
        if not yes(_("Keep it all the same? (y/n)"), default=False):
            raise Problem(
                _("Nothing was written; run agentdesk setup again when you know more.")
            ) from problem


def _consent(context: Context, name: str, oauth: "OAuth") -> None:
    """Have a person allow us to read the mailbox, on the provider's own page."""
    from agentdesk.channels.email import oauth as provider  # noqa: PLC0415

    code = provider.ask_for_code(oauth)
    tell(
        _("Open {page} and type the code {code}; this goes on by itself.").format(
            page=code.page, code=code.user_code
        )
    )
    provider.await_consent(oauth, code, provider.token_file(name, context.environ))


def _head(url: str, login: str) -> str:
    """The first tables of the file, with what else may be said as comments."""
    where = _("Where the cases are: sqlite:///PATH, or postgresql://USER@HOST/NAME for several machines.")
    store = table("[store]", where, (
        ("url", url, ""),
    ))  # fmt: skip
    me = table("[me]", _("Who sits here; agentdesk --as LOGIN says otherwise for once."), (
        ("agent", login, ""),
        ("language", None, quoted("da") + "  # " + _("en, da or nb; that of the system unless said")),
        ("timezone", None, quoted("Europe/Copenhagen") + "  # " + _("that of the machine unless said")),
        ("after_send", None, quoted("next") + "  # " + _("stay on the case, or go to the next one")),
    ))  # fmt: skip
    title = _(
        "Settings of agentdesk. Lines that begin with # are examples; mistakes are told with their line."
    )
    return f"# {title}\n\n{store}\n{me}"


def _fill_store(context: Context, login: str, name: str) -> None:
    from agentdesk.queries import people  # noqa: PLC0415
    from agentdesk.services import people as staff  # noqa: PLC0415
    from agentdesk.store.migrate import bring_up_to_date  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    store = context.store(migrate=False)
    bring_up_to_date(store, owner=True)
    with store.session() as session:
        there = {row.login for row in people.agents_all(session)}
    if login not in there:
        with store.unit(SYSTEM, context.clock(), DESK) as unit:
            staff.add_agent(unit, login, name, role="agent" if there else "admin")
