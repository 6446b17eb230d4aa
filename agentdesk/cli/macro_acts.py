"""What a macro would do to a case, and doing it: `macro preview`, `macro run`, and `--macro` of `case reply` and `new`.

Invariant: what is shown is what is done, or nothing is; what speaks against it is said before, and `--anyway` answers.
"""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING, Any

from agentdesk.cli import shapes
from agentdesk.cli.case_acts import done
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import at, document, say
from agentdesk.config.language import _
from agentdesk.domain.macros import MacroRow, Preview
from agentdesk.domain.problems import Problem, Refused, Usage

if TYPE_CHECKING:
    from agentdesk.services.drafts import Typed


def preview(args: argparse.Namespace, context: Context) -> int:
    """What it would do; nothing is done."""
    found = _preview(args, context)
    if args.json:
        document({"preview": _preview_shape(found)})
        return 0
    if found.replies:
        for title, who in ((_("To"), found.to), (_("Cc"), found.cc)):
            if who:
                say(f"{title}: " + ", ".join(f"{one.name} <{one.address}>".strip() for one in who))
        say()
        say(found.text)
        say()
    for one in found.will:
        until = f" {at(one.until, context.zone())}" if one.until else ""
        say(
            f"{one.field}: {one.before} → {one.after}{until}"
            if one.before
            else f"{one.field}: {one.after}{until}"
        )
    for name in found.files:
        say(_("file: {name}").format(name=name))
    for warning in (*found.problems, *found.warnings):
        say(f"! {warning}")
    return 0


def run(args: argparse.Namespace, context: Context) -> int:
    """All of it, or nothing."""
    found = _preview(args, context)
    if found.problems:
        raise Problem(found.problems[0])
    _look_at(found.warnings, anyway=args.anyway)
    return _run(args, context, found, {"language": args.language})


def reply(args: argparse.Namespace, context: Context) -> int:
    """`case reply ID --macro NAME`: the same, to more people if they are named."""
    from agentdesk.cli.case_acts import people  # noqa: PLC0415

    args.case, args.language = args.id, ""
    found = _preview(args, context)
    if found.problems:
        raise Problem(found.problems[0])
    if not found.replies:
        raise Usage(_("This macro has no text to send: agentdesk macro run does its actions."))
    if getattr(args, "wake", None):
        raise Usage(_("A macro says itself until when: leave out --wake."))
    _look_at(found.warnings, anyway=args.anyway)
    known = {one.key for one in (*found.to, *found.cc)}
    cc = (*found.cc, *(one for one in people(args.cc) if one.key not in known))
    return _run(args, context, found, {"cc": cc, "hold": args.hold, "resolve": args.resolve})


def new(args: argparse.Namespace, context: Context, typed: "Typed") -> int:
    """`case new --macro NAME`: begin with its text, and do its actions to the new case."""
    from agentdesk.automation import macros  # noqa: PLC0415

    row = find(context, args.macro)
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        ran = macros.begin(unit, row.id, typed, now=_now(context), hold=args.hold)
    return done(args, context, ran.case_id, ran.stroke)


def _run(args: argparse.Namespace, context: Context, found: Preview, how: dict[str, Any]) -> int:
    from agentdesk.automation import macros  # noqa: PLC0415

    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        ran = macros.run(unit, found.macro_id, found.case_id, now=_now(context), seen=found.newest, **how)
    return done(args, context, ran.case_id, ran.stroke)


def _look_at(warnings: tuple[str, ...], *, anyway: bool) -> None:
    if warnings and not anyway:
        raise Refused(
            _("Nothing was sent: {reasons} --anyway sends it all the same.").format(
                reasons=" ".join(warnings)
            )
        )


def _preview(args: argparse.Namespace, context: Context) -> Preview:
    from agentdesk.automation import macros  # noqa: PLC0415

    row = find(context, args.macro)
    with context.store().session() as session:
        return macros.preview(session, row.id, args.case, me=context.agent().id, now=_now(context),
                              language=args.language)  # fmt: skip


def _now(context: Context) -> datetime:
    return context.clock().astimezone(context.zone())


def find(context: Context, name: str, *, active: bool = True) -> MacroRow:
    """The macro that the agent means. Raises NotFound."""
    from agentdesk.queries import macros  # noqa: PLC0415

    me = context.agent().id
    with context.store().session() as session:
        return macros.named(session, name, me, active=active)


def _preview_shape(found: Preview) -> dict[str, Any]:
    return {
        "macro": found.macro_id, "name": found.name, "case": found.case_id, "language": found.language,
        "subject": found.subject, "text": found.text, "to": shapes.people(found.to), "cc": shapes.people(found.cc),
        "files": list(found.files), "sends": found.replies, "hold": found.hold,
        "changes": [{"field": one.field, "before": one.before, "after": one.after, "until": shapes.time(one.until)}
                    for one in found.will],
        "problems": list(found.problems), "warnings": list(found.warnings),
    }  # fmt: skip
