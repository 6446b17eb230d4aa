"""`agentdesk doctor`: looks at settings, store, mailboxes, shops and terminal; one line each: ok, or what to do.

Invariants: it changes nothing and makes no store; no secret stands in a line; exit code 1 when anything is wrong.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import closing

from agentdesk.cli.context import Context
from agentdesk.cli.db_check import Check, quick
from agentdesk.cli.output import document, say
from agentdesk.cli.parser import Parser, with_json
from agentdesk.config.language import _
from agentdesk.config.settings import Channel, Settings, Shop
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line

_SMALLEST = (80, 24)
_NOBODY = "nobody@agentdesk.invalid"
"""Whose orders a shop is asked for, to see whether it answers (RFC 2606)."""


def add(parser: Parser) -> None:
    """Its options."""
    parser.add_argument("--offline", action="store_true", help=_("do not try the mailboxes"))
    with_json(parser)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Look at everything, however much is wrong."""
    found = []
    for one in _all(context, offline=args.offline):
        found.append(one)
        if not args.json:
            say(f"{one.name}: {one.said}")
            sys.stdout.flush()
    ok = all(one.ok for one in found)
    if args.json:
        document({"ok": ok, "checks": [one._asdict() for one in found]})
    return 0 if ok else 1


def _all(context: Context, *, offline: bool) -> Iterator[Check]:
    settings = None
    try:
        settings = context.settings
        yield _file(context, settings)
    except Problem as problem:
        yield Check(_("settings"), False, str(problem))
    yield from _store(context, settings)
    for channel in settings.channels if settings is not None and not offline else ():
        yield _mailbox(context, channel)
    for channel in settings.channels if settings is not None else ():
        if channel.acknowledgement:
            yield _acknowledgement(channel)
    for shop in settings.shops if settings is not None and not offline else ():
        yield _shop(context, shop)
    yield _terminal(context)


def _file(context: Context, settings: Settings) -> Check:
    file = context.config_file
    if not file.exists():
        return Check(_("settings"), True, _("ok: none yet, so all is as usual ({file})").format(file=file))
    if _holds_secret(settings) and file.stat().st_mode & 0o077:
        said = _("others can read the passwords in {file}: chmod 600 {file}").format(file=file)
        return Check(_("settings"), False, said)
    return Check(_("settings"), True, _("ok: {file}").format(file=file))


def _holds_secret(settings: Settings) -> bool:
    """Whether a password stands in it as it is, in an address or by itself."""
    servers = (server for one in settings.channels for server in (one.imap, one.smtp))
    if any(server is not None and server.password for server in servers):
        return True
    urls = [settings.store.url, *(shop.url for shop in settings.shops)]
    return any(shop.password for shop in settings.shops) or any(
        ":" in url.partition("//")[2].rpartition("@")[0] for url in urls
    )


def _store(context: Context, settings: Settings | None) -> Iterator[Check]:
    """The store itself, and whether somebody works here."""
    if settings is None and not context.is_named:
        return
    name = _("store")
    try:
        address = context.address
        if address.path is not None and not address.path.exists():
            yield Check(
                name,
                False,
                _("there is none yet at {store}: run agentdesk setup").format(store=address.shown),
            )
            return
        store = context.store(migrate=False)
        found = quick(store)
        yield Check(name, True, _("ok: {store}").format(store=address.shown))
        yield from (one._replace(name=f"{name}, {one.name}") for one in found)
        if found[0].ok:
            yield _agents(context)
    except Problem as problem:
        yield Check(name, False, str(problem))


def _agents(context: Context) -> Check:
    from agentdesk.queries import people  # noqa: PLC0415

    name = _("agent")
    with context.store(migrate=False).session() as session:
        logins = [row.login for row in people.agents_all(session)]
    if not logins:
        return Check(name, False, _("there is none yet: add one with agentdesk agent add"))
    try:
        wanted = context.login
    except Problem:  # told already
        wanted = ""
    if wanted and wanted not in logins:
        return Check(
            name, False, _("there is no agent called {login}: mend agent under [me]").format(login=wanted)
        )
    return Check(name, True, _("ok: {login}").format(login=wanted or ", ".join(logins)))


def _mailbox(context: Context, channel: Channel) -> Check:
    from agentdesk.cli.channel import try_servers  # noqa: PLC0415

    name = _("mailbox {name}").format(name=channel.name)
    try:
        try_servers(context, channel, lambda _line: None)
    except Problem as problem:
        return Check(name, False, str(problem))
    return Check(name, True, _("ok"))


def _acknowledgement(channel: Channel) -> Check:
    """Whether every customer could be sent the words with which a new case is answered by itself."""
    from agentdesk.services import acknowledging  # noqa: PLC0415  only where there are such words

    name = _("acknowledgement of {channel}").format(channel=clean_line(channel.name))
    try:
        acknowledging.check(channel.acknowledgement, channel.name)
    except Problem as problem:
        return Check(name, False, str(problem))
    return Check(name, True, _("ok: whoever begins a case is answered at once, once a day"))


def _shop(context: Context, settings: Shop) -> Check:
    from agentdesk.worker.jobs.orders import opened  # noqa: PLC0415  the shop's driver only where there is a shop

    name = f"[[shop]] {settings.name}"
    try:
        with closing(opened(settings, context.environ)) as shop:
            list(shop.orders(_NOBODY))
    except Problem as problem:
        return Check(name, False, str(problem))
    return Check(name, True, _("ok"))


def _terminal(context: Context) -> Check:
    name = _("terminal")
    if not sys.stdout.isatty():
        return Check(name, True, _("ok: there is none here; the desk needs one"))
    term = context.environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return Check(name, False, _("TERM says nothing useful: set it, for example to xterm-256color"))
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        return Check(name, False, _("it does not speak UTF-8: set LANG, for example to C.UTF-8"))
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    if (columns, rows) < _SMALLEST or rows < _SMALLEST[1]:
        said = _("{columns}x{rows} is small: make it 80x24 or larger").format(columns=columns, rows=rows)
        return Check(name, False, said)
    return Check(name, True, _("ok: {term}, {columns}x{rows}").format(term=term, columns=columns, rows=rows))
