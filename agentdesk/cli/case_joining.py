"""The acts that join cases and people to a case: merge, part, link, side conversations, forward, block.

Invariant: each is one stroke that `case undo` takes back; what the customer is not to know goes out only by `side` and
`forward`.
"""

import argparse
from typing import TYPE_CHECKING

from agentdesk.cli.case_acts import do, done, people, text
from agentdesk.cli.context import Context
from agentdesk.cli.output import at, document, named, say, tell
from agentdesk.cli.parser import Parser, act, line, number, seconds, words
from agentdesk.cli.shapes import duplicate, side
from agentdesk.config.language import _, ngettext
from agentdesk.domain.problems import Usage

if TYPE_CHECKING:
    from agentdesk.services.drafts import Typed


def add(acts: "argparse._SubParsersAction[Parser]") -> None:
    """The words of these acts."""
    _on_two(
        acts, "merge", merge, _("put a case into another; its later answers land there"), "into", _("INTO")
    )
    _on_one(
        acts, "unmerge", unmerge, _("part a merged case again; what came since stays where it is, linked")
    )
    _on_two(acts, "link", link, _("let two cases name each other"), "other", _("OTHER"))
    _on_two(acts, "unlink", unlink, _("take a link away"), "other", _("OTHER"))
    _on_one(acts, "duplicates", duplicates, _("cases that may be about the same matter, likeliest first"))
    _on_one(acts, "block", block, _("block whoever wrote in a case; it and their later mail are spam"))
    _on_one(acts, "unblock", unblock, _("lift the block on whoever wrote in a case; it is open again"))
    one = _on_one(
        acts, "accept", accept, _("let somebody take part who wrote in a case; answers go to them too")
    )
    one.add_argument("address", type=line, metavar=_("ADDRESS"))
    _on_one(acts, "sides", sides, _("the side conversations of a case"))
    one = _on_one(acts, "side", aside, _("write to a supplier or a department; the customer does not see it"))
    one.add_argument(
        "--side", type=number, metavar=_("SIDE"), help=_("go on with this one instead of beginning one")
    )
    _to_whom(one)
    body = one.add_mutually_exclusive_group(required=True)
    body.add_argument("--text", type=words, metavar=_("TEXT"))
    body.add_argument("--body-file", metavar=_("FILE"), help=_("the text stands there; - is standard input"))
    one = _on_one(acts, "forward", forward, _("forward a message with its files, as a side conversation"))
    one.add_argument("message", type=number, metavar=_("MESSAGE"), help=_("its id, as case show gives it"))
    _to_whom(one)
    body = one.add_mutually_exclusive_group()
    body.add_argument("--text", type=words, default="", metavar=_("TEXT"), help=_("stands above it"))
    body.add_argument("--body-file", metavar=_("FILE"), help=_("the text stands there; - is standard input"))


def _on_one(acts: "argparse._SubParsersAction[Parser]", name: str, does: object, help_: str) -> Parser:
    parser = act(acts, name, does, help_)  # type: ignore[arg-type]
    parser.add_argument("id", type=number, metavar=_("NUMBER"))
    return parser


def _on_two(  # noqa: PLR0917  the words of one act, in their order
    acts: "argparse._SubParsersAction[Parser]", name: str, does: object, help_: str, other: str, shown: str
) -> None:
    _on_one(acts, name, does, help_).add_argument(other, type=number, metavar=shown)


def _to_whom(parser: Parser) -> None:
    again = _("may be given again")
    for option in ("--to", "--cc", "--bcc"):
        parser.add_argument(option, action="append", default=[], metavar=_("ADDRESS"), help=again)
    parser.add_argument("--subject", type=line, default="", metavar=_("WORDS"))
    hold = _("hold it back so long, not as the channel does")
    parser.add_argument("--hold", type=seconds, metavar=_("SECONDS"), help=hold)


def merge(args: argparse.Namespace, context: Context) -> int:
    """Put a case into another; prints the one that stays."""
    from agentdesk.services import joining  # noqa: PLC0415

    stroke = do(context, lambda unit: joining.merge(unit, args.id, args.into))
    return done(args, context, args.into, stroke)


def unmerge(args: argparse.Namespace, context: Context) -> int:
    """Part a merged case from its target."""
    from agentdesk.services import joining  # noqa: PLC0415

    return done(args, context, args.id, do(context, lambda unit: joining.unmerge(unit, args.id)))


def link(args: argparse.Namespace, context: Context) -> int:
    """Let two cases name each other."""
    from agentdesk.services import linking  # noqa: PLC0415

    return done(args, context, args.id, do(context, lambda unit: linking.link(unit, args.id, args.other)))


def unlink(args: argparse.Namespace, context: Context) -> int:
    """Take a link away."""
    from agentdesk.services import linking  # noqa: PLC0415

    return done(args, context, args.id, do(context, lambda unit: linking.unlink(unit, args.id, args.other)))


def duplicates(args: argparse.Namespace, context: Context) -> int:
    """The likely duplicates of a case."""
    from agentdesk.queries import duplicates as reads  # noqa: PLC0415

    with context.store().session() as session:
        found = reads.of_case(session, args.id)
    if args.json:
        document({"duplicates": [duplicate(one) for one in found]})
        return 0
    for one in found:
        count = ngettext("{n} message", "{n} messages", one.moves.messages).format(n=one.moves.messages)
        say(
            " · ".join(
                [f"#{one.case_id}", named(one.status.value), one.customer, one.subject, *one.why, count]
            )
        )
    if not found:
        tell(_("No duplicate in sight."))
    return 0


def block(args: argparse.Namespace, context: Context) -> int:
    """Block whoever wrote in the case."""
    from agentdesk.services import blocking  # noqa: PLC0415

    return done(args, context, args.id, do(context, lambda unit: blocking.block_case(unit, args.id)))


def unblock(args: argparse.Namespace, context: Context) -> int:
    """Lift the block on whoever wrote in the case."""
    from agentdesk.services import blocking  # noqa: PLC0415

    return done(args, context, args.id, do(context, lambda unit: blocking.unblock_case(unit, args.id)))


def accept(args: argparse.Namespace, context: Context) -> int:
    """Let whoever wrote in the case take part in it."""
    from agentdesk.services import participants  # noqa: PLC0415

    stroke = do(context, lambda unit: participants.accept(unit, args.id, args.address))
    return done(args, context, args.id, stroke)


def sides(args: argparse.Namespace, context: Context) -> int:
    """The side conversations of the case."""
    from agentdesk.queries import cases  # noqa: PLC0415
    from agentdesk.queries import sides as reads  # noqa: PLC0415

    with context.store().session() as session:
        found = reads.of_case(session, cases.standing(session, args.id))
    if args.json:
        document({"sides": [side(one) for one in found]})
        return 0
    for one in found:
        with_whom = ", ".join(who.name or who.address for who in one.people)
        state = _("answered") if one.answered else _("no answer yet")
        say(" · ".join([f"{one.id}", with_whom, one.subject, state, at(one.last_at, context.zone())]))
    if not found:
        tell(_("No side conversation."))
    return 0


def aside(args: argparse.Namespace, context: Context) -> int:
    """Begin a side conversation, or go on with one."""
    from agentdesk.services import sides as verbs  # noqa: PLC0415

    if args.side is None and not args.to:
        raise Usage(
            _("Say to whom: --to ADDRESS begins a side conversation, --side NUMBER goes on with one.")
        )
    typed = _typed(args, context, text(args), args.side)
    sent = do(context, lambda unit: verbs.send(unit, typed, hold=args.hold))
    return done(args, context, sent.case_id, sent.stroke)


def forward(args: argparse.Namespace, context: Context) -> int:
    """Forward a message of the case."""
    from agentdesk.services import sides as verbs  # noqa: PLC0415

    if not args.to:
        raise Usage(_("Say to whom: --to ADDRESS."))
    typed = _typed(args, context, text(args), None)
    sent = do(context, lambda unit: verbs.pass_on(unit, args.message, typed, hold=args.hold))
    return done(args, context, sent.case_id, sent.stroke)


def _typed(args: argparse.Namespace, context: Context, body: str, side_id: int | None) -> "Typed":
    from agentdesk.cli.publishing import channel_of_case  # noqa: PLC0415
    from agentdesk.queries import answering, cases  # noqa: PLC0415
    from agentdesk.services.drafts import Typed  # noqa: PLC0415

    context.agent()
    to, cc = people(args.to), people(args.cc)
    with context.store().session() as session:
        case_id = cases.standing(session, args.id)
        if side_id is not None and not to:
            known, copied = answering.side_recipients(session, side_id)
            to, cc = known, (*copied, *(one for one in cc if one not in copied))
        seen = cases.newest(session, case_id)
    return Typed(
        kind="side", case_id=case_id, to=to, cc=cc, bcc=people(args.bcc), subject=args.subject, body=body,
        seen_message_id=seen, channel_id=channel_of_case(context, case_id), side_id=side_id, alone=True,
    )  # fmt: skip
