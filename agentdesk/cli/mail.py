"""`agentdesk mail`: what the desk makes of one message. It reads no settings and opens no store."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from agentdesk.cli import shapes
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, say
from agentdesk.cli.parser import Parser, act
from agentdesk.config.language import _
from agentdesk.domain.mail import Message
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.domain.takingpart import FORGED


def add(parser: Parser) -> None:
    """`mail parse`."""
    parse_ = act(parser.acts(), "parse", parse, _("read one message file"))
    parse_.add_argument("file", metavar=_("FILE"), help=_("- is standard input"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def parse(args: argparse.Namespace, context: Context) -> int:
    """Read it and say what it is."""
    from agentdesk.mail import authentication  # noqa: PLC0415
    from agentdesk.mail.parse import parse as read  # noqa: PLC0415

    found = read(_bytes(args.file))
    if authentication.fails(found.judgements):
        found = replace(found, marks=(*found.marks, FORGED))
    if args.json:
        document(shapes.parsed(found))
    else:
        _say(found, context)
    return 0


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError:
        raise NotFound(_("There is no file {file}.").format(file=name)) from None
    except OSError as error:
        raise Problem(
            _("{file} cannot be read ({reason}): check the name and who may read it.").format(
                file=name, reason=error.strerror
            )
        ) from None


def _say(found: Message, context: Context) -> None:
    from agentdesk.mail.addresses import show  # noqa: PLC0415

    facts = [
        (_("from"), show([found.sender]) if found.sender else ""), (_("to"), show(found.to)), (_("cc"), show(found.cc)),
        (_("date"), at(found.date, context.zone())), (_("subject"), found.subject),
        (_("automatic"), found.auto_reason or ""), (_("bounced"), found.bounced_recipient or ""),
    ]  # fmt: skip
    for name, value in facts:
        if value:
            say(f"{name}: {value}")
    behind = found.original_sender or found.forwarded_from
    if behind is not None:
        say(_("written by: {who}").format(who=show([behind])))
    for mark in found.marks:
        say(_("mark: {mark}").format(mark=_(mark)))
    for defect in found.defects:
        say(_("repaired: {what}").format(what=_(defect)))
    for one in found.attachments:
        say(_("attachment: {name}, {size} bytes").format(name=one.filename, size=one.size))
    say()
    say(found.text)
