"""`agentdesk channel`: the mailboxes: added to the settings, listed, and tried whole.

Invariant: the reply address of a channel is used only after a mail sent there has been fetched from its mailbox.
"""

import argparse
import secrets
import time
from collections.abc import Callable
from typing import Any

from agentdesk.cli import mailbox, settings_file
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, result, say, tell
from agentdesk.cli.parser import Parser, act, line
from agentdesk.config.language import _
from agentdesk.config.settings import Channel
from agentdesk.domain.problems import Problem, Refused

_PATIENCE = 60.0
"""Seconds within which a mail to ourselves should be back."""
Report = Callable[[str], None]


def add(parser: Parser) -> None:
    """All acts on channels."""
    acts = parser.acts()
    new = act(acts, "add", add_channel, _("add a mailbox to the settings, tried while you wait"))
    mailbox.add_options(new)
    act(acts, "list", list_, _("the channels of the settings and of the store"))
    tried = act(acts, "test", test, _("try a channel whole: sign in, read, send, and its reply address"))
    tried.add_argument("name", type=line, metavar=_("NAME"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def add_channel(args: argparse.Namespace, context: Context) -> int:
    """Describe it, try it, write it."""
    from agentdesk.cli.publishing import publish  # noqa: PLC0415

    file = context.config_file
    if context.named_config is None or file.exists():
        _refuse_name(args.name or "", context.settings.channels)
    box = mailbox.describe(args, file.parent)
    text, settings = settings_file.with_more(file, box.text)
    channel = settings.channels[-1]
    box.keep_password()
    try:
        if not args.no_test:
            try_servers(context, channel, tell)
        settings_file.write(file, text)
    except BaseException:
        box.forget_password()
        raise
    context.forget_settings()
    publish(context, channel)
    if channel.reply_address:
        tell(_("Its reply address is used after: agentdesk channel test {name}").format(name=channel.name))
    shape = {"channel": _shape(channel), "file": str(file)}
    return result(args.json, shape, _("{name} stands in {file} now.").format(name=channel.name, file=file))


def _refuse_name(name: str, channels: tuple[Channel, ...]) -> None:
    if name and any(one.name.casefold() == name.casefold() for one in channels):
        raise Refused(_("There is a channel called {name} already.").format(name=name))


def try_servers(context: Context, channel: Channel, report: Report) -> list[str]:
    """Sign in, look at the folders, say hello to the server that sends. Raises Problem at the first thing wrong."""
    from agentdesk.channels import open_channel  # noqa: PLC0415

    opened = open_channel(channel, context.environ)
    try:
        return opened.test(report)
    finally:
        opened.close()


def list_(args: argparse.Namespace, context: Context) -> int:
    """Those of the settings and those the store knows, by name."""
    from agentdesk.queries import people  # noqa: PLC0415

    with context.store().session() as session:
        stored = {row.name: row for row in people.channels_all(session)}
    here = {one.name: one for one in context.settings.channels}
    found = []
    for name in sorted({*stored, *here}):
        row, own = stored.get(name), here.get(name)
        found.append({
            "id": row.id if row is not None else None, "name": name,
            "kind": own.kind if own is not None else row.kind if row is not None else "email",
            "address": own.address if own is not None else row.address if row is not None else "",
            "in_settings": own is not None, "reply_address": own.reply_address if own is not None else "",
            "reply_address_verified": bool(row is not None and row.reply_verified),
            "trouble": row.trouble if row is not None else "",
        })  # fmt: skip
    if args.json:
        document({"channels": found})
        return 0
    for one in found:
        say(" · ".join(filter(None, (one["name"], one["address"], _known(one), one["trouble"]))))
    if not found:
        tell(_("There is no channel yet: add one with agentdesk channel add."))
    return 0


def _known(one: dict[str, Any]) -> str:
    return "" if one["in_settings"] else _("not in the settings of this machine")


def test(args: argparse.Namespace, context: Context) -> int:
    """Each step as it is done; the reply address at last."""
    from agentdesk.cli.publishing import in_settings, publish  # noqa: PLC0415
    from agentdesk.services import people as staff  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    channel = in_settings(context, args.name)
    steps: list[str] = []

    def done(step: str) -> None:
        steps.append(step)
        (tell if args.json else say)(step)

    publish(context, channel)
    try_servers(context, channel, done)
    if channel.reply_address:
        _prove(context, channel, done)
        with context.store().unit(SYSTEM, context.clock(), DESK) as unit:
            staff.verify_reply_address(unit, channel.name)
        done(_("The reply address comes back to the mailbox; replies carry it from now on."))
    return result(args.json, {"ok": True, "channel": channel.name, "steps": steps}, _("All is well."))


def _prove(context: Context, channel: Channel, done: Report) -> None:
    """Send a mail to the reply address and fetch it."""
    from agentdesk.channels import open_channel  # noqa: PLC0415
    from agentdesk.domain import replyaddress  # noqa: PLC0415
    from agentdesk.domain.mail import Address, Letter, Outgoing  # noqa: PLC0415
    from agentdesk.mail.compose import compose  # noqa: PLC0415

    token = secrets.token_hex(6)
    target = replyaddress.fill(channel.reply_address, f"try-{token}")
    name = replyaddress.probe_id(token, channel.address.rpartition("@")[2])
    raw = compose(Letter(
        sender=Address(channel.name, channel.address), to=(Address("", target),), html=False, message_id=name,
        subject=_("agentdesk tries its reply address"), date=context.clock(),
        text=_("This mail tries whether answers find their way back. It can be deleted."),
    ))  # fmt: skip
    opened = open_channel(channel, context.environ)
    try:
        folder = opened.folders()[0]
        cursor = opened.end(folder)
        opened.deliver(Outgoing(0, channel.name, channel.address, (target,), raw), lambda: None)
        done(_("A mail was sent to {address}.").format(address=target))
        deadline = time.monotonic() + _PATIENCE
        while (left := deadline - time.monotonic()) > 0:
            for batch in opened.fetch(folder, cursor):
                cursor = batch.cursor
                if any(name.encode() in mail.raw for mail in batch.messages):
                    return
            opened.wait(min(left, 5.0))
    finally:
        opened.close()
    raise Problem(
        _("The mail to {address} did not come back within a minute, so replies do not carry that address: check that "
          "the mailbox takes addresses with a plus.").format(address=target)
    )  # fmt: skip


def _shape(channel: Channel) -> dict[str, Any]:
    return {"name": channel.name, "kind": channel.kind, "address": channel.address}
