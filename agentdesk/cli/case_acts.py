"""The acts on cases, each one stroke: it prints the case as it is now and the stroke that `case undo` takes back.

Invariant: what is named together happens together or not at all; a draft in somebody's composer is never touched.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.cli import shapes
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import named, result
from agentdesk.config.language import _
from agentdesk.domain import when
from agentdesk.domain.lifecycle import Ends
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.text.clean import clean, clean_line

if TYPE_CHECKING:
    from agentdesk.services.drafts import Typed
    from agentdesk.store.unit import UnitOfWork

_ENDS = {"answer": Ends.ANSWER, "thanks": Ends.NOT_THANKS, "never": Ends.NOTHING}
_LARGEST = 1_000_000
"""Bytes of text that anybody writes."""


def claim(args: argparse.Namespace, context: Context) -> int:
    """The most urgent free case, for the agent who acts."""
    from agentdesk.services import triage  # noqa: PLC0415

    taken = do(context, triage.claim)
    if taken is None:
        return result(args.json, {"case": None}, _("Nothing waits."))
    return done(args, context, *taken)


def new(args: argparse.Namespace, context: Context) -> int:
    """A message to a customer who has not written."""
    from agentdesk.cli.publishing import channel_to_send_from  # noqa: PLC0415
    from agentdesk.services import replies  # noqa: PLC0415
    from agentdesk.services.drafts import Typed  # noqa: PLC0415

    context.agent()
    typed = Typed(
        kind="new", case_id=None, to=people(args.to), cc=people(args.cc), subject=args.subject,
        body=text(args) if args.macro is None else "", channel_id=channel_to_send_from(context, args.channel),
        alone=True,
    )  # fmt: skip
    if args.macro is not None:
        from agentdesk.cli import macro_acts  # noqa: PLC0415  it asks this module in turn

        return macro_acts.new(args, context, typed)
    _look_at(args, context, typed)
    sent = do(context, lambda unit: replies.begin(unit, typed, hold=args.hold))
    return done(args, context, sent.case_id, sent.stroke)


def reply(args: argparse.Namespace, context: Context) -> int:
    """An answer to everybody in the case."""
    from agentdesk.cli.publishing import channel_of_case  # noqa: PLC0415
    from agentdesk.queries import answering, cases  # noqa: PLC0415
    from agentdesk.services import replies  # noqa: PLC0415
    from agentdesk.services.drafts import Typed  # noqa: PLC0415

    if args.macro is not None:
        from agentdesk.cli import macro_acts  # noqa: PLC0415  it asks this module in turn

        return macro_acts.reply(args, context)
    body = text(args)
    context.agent()
    more = people(args.cc)
    with context.store().session() as session:
        case_id = cases.standing(session, args.id)
        to, cc = answering.recipients(session, case_id)
        seen = cases.newest(session, case_id)
    known = {one.key for one in (*to, *cc)}
    typed = Typed(
        kind="reply", case_id=case_id, to=to, cc=(*cc, *(one for one in more if one.key not in known)), body=body,
        seen_message_id=seen, channel_id=channel_of_case(context, case_id), alone=True,
    )  # fmt: skip
    _look_at(args, context, typed)
    silence = _until(args.wake, context) if args.wake else None
    sent = do(
        context, lambda unit: replies.send(unit, typed, resolve=args.resolve, hold=args.hold, silence=silence)
    )
    return done(args, context, sent.case_id, sent.stroke)


def note(args: argparse.Namespace, context: Context) -> int:
    """A note for colleagues."""
    from agentdesk.services import replies  # noqa: PLC0415

    body = text(args)
    return done(args, context, args.id, do(context, lambda unit: replies.note(unit, args.id, body)))


def snooze(args: argparse.Namespace, context: Context) -> int:
    """Hide the case until then."""
    from agentdesk.services import triage  # noqa: PLC0415

    context.agent()
    until, ends = _until(args.until, context), _ENDS[args.ends]
    return done(
        args, context, args.id, do(context, lambda unit: triage.snooze(unit, args.id, until, ends=ends))
    )


def _until(words: list[str], context: Context) -> datetime:
    return when.read(" ".join(words), context.clock().astimezone(context.zone())).astimezone(UTC)


def _look_at(args: argparse.Namespace, context: Context, typed: "Typed") -> None:
    """Raises Refused naming everything that speaks against sending this, unless it is to go anyway."""
    from agentdesk.queries import guarding  # noqa: PLC0415

    if args.anyway:
        return
    everybody = (*typed.to, *typed.cc, *typed.bcc)
    with context.store().session() as session:
        found = guarding.warnings(
            session, typed.kind, typed.case_id, everybody, subject=typed.subject, body=typed.body
        )
    if found:
        raise Refused(
            _("Nothing was sent: {reasons} --anyway sends it all the same.").format(reasons=" ".join(found))
        )


def done(args: argparse.Namespace, context: Context, case_id: int | None, stroke: int | None) -> int:
    """Print the case as it is now, and the stroke: what every act ends with."""
    from agentdesk.queries import cases, heads  # noqa: PLC0415

    shape: dict[str, Any] | None = None
    if case_id is not None:
        with context.store().session() as session:
            shape = shapes.case(cases.case(session, case_id), heads.logins(session))
    lines = []
    if shape is not None:
        lines.append(
            _("#{number} is {status}, owner {owner}: {subject}").format(
                number=shape["number"], status=named(shape["status"]), owner=shape["owner"] or _("nobody"),
                subject=shape["subject"],
            )
        )  # fmt: skip
    if stroke is not None:
        lines.append(_("Stroke {stroke}; agentdesk case undo {stroke} takes it back.").format(stroke=stroke))
    return result(args.json, {"case": shape, "stroke": stroke}, "\n".join(lines))


def do(context: Context, verb: "Callable[[UnitOfWork], Any]") -> Any:
    """Carry out a verb as whoever acts: one unit."""
    actor = context.actor()
    with context.store().unit(actor, context.clock(), DESK) as unit:
        return verb(unit)


def people(given: list[str]) -> tuple[Address, ...]:
    """The addresses in what was given, each once."""
    from agentdesk.mail import addresses  # noqa: PLC0415

    return tuple({one.key: one for text in given for one in addresses.read(clean_line(text))}.values())


def text(args: argparse.Namespace) -> str:
    """The text as it was given, or as it stands in a file."""
    if args.body_file is None:
        return str(args.text)
    try:
        raw = sys.stdin.buffer.read(_LARGEST + 1) if args.body_file == "-" else _read(Path(args.body_file))
        if len(raw) > _LARGEST:
            raise Problem(_("That is more text than one message may hold: at most 1 MB."))
        return clean(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Problem(_("{file} is not UTF-8 text: save it as UTF-8.").format(file=args.body_file)) from None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST + 1)
    except FileNotFoundError:
        raise NotFound(_("There is no file {file}.").format(file=file)) from None
    except OSError as error:
        raise Problem(
            _("{file} cannot be read ({reason}): check the name and who may read it.").format(
                file=file, reason=error.strerror
            )
        ) from None
