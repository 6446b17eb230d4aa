"""`agentdesk customer`: all that is known of one, what colleagues note, and two who are one person.

Invariant: each act is one stroke that `case undo` takes back; to erase one (`cli.forgetting`) is the exception.
"""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from agentdesk.cli import forgetting, shapes
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.order import say_order
from agentdesk.cli.output import at, document, named, result, say
from agentdesk.cli.parser import Parser, act, line, number, words
from agentdesk.config.language import _, ngettext
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import Usage

if TYPE_CHECKING:
    from agentdesk.domain.customers import Whole
    from agentdesk.store.unit import UnitOfWork

T = TypeVar("T")


def add(parser: Parser) -> None:
    """All acts on customers."""
    acts = parser.acts()
    one = act(acts, "show", show, _("everything of a customer: cases, orders, notes, addresses"))
    one.add_argument("id", type=number, metavar=_("NUMBER"))
    two = act(acts, "merge", merge, _("two are one person: the second one has it all from now on"))
    two.add_argument("id", type=number, metavar=_("NUMBER"))
    two.add_argument("into", type=number, metavar=_("INTO"))
    part = act(acts, "unmerge", unmerge, _("one who was merged is somebody of their own after all"))
    part.add_argument("id", type=number, metavar=_("NUMBER"))
    note = act(acts, "note", note_, _("note something of a customer, or take a note away"))
    note.add_argument("id", type=number, metavar=_("NUMBER"))
    what = note.add_mutually_exclusive_group(required=True)
    what.add_argument("--text", type=words, metavar=_("TEXT"))
    what.add_argument("--remove", type=number, metavar=_("NOTE"), help=_("the number of a note"))
    change = act(acts, "set", set_, _("change what is known of a customer"))
    change.add_argument("id", type=number, metavar=_("NUMBER"))
    change.add_argument(
        "--language", type=line, required=True, metavar=_("CODE"), help=_("da, nb, en …; empty for not known")
    )
    forgetting.add_customer(acts)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def show(args: argparse.Namespace, context: Context) -> int:
    """One of them whole."""
    whole = _whole(context, args.id)
    if args.json:
        document({"customer": shape(whole, context)})
        return 0
    _say(whole, context)
    return 0


def merge(args: argparse.Namespace, context: Context) -> int:
    """Two are one."""
    from agentdesk.services import customers  # noqa: PLC0415

    stroke = _do(context, lambda unit: customers.merge(unit, args.id, args.into))
    said = _("Customer {number} belongs to {other} now.").format(number=args.id, other=args.into)
    return _done(args, context, args.into, stroke, said)


def unmerge(args: argparse.Namespace, context: Context) -> int:
    """One is two after all."""
    from agentdesk.services import customers  # noqa: PLC0415

    stroke = _do(context, lambda unit: customers.unmerge(unit, args.id))
    said = _("Customer {number} is somebody of their own again.").format(number=args.id)
    return _done(args, context, args.id, stroke, said)


def note_(args: argparse.Namespace, context: Context) -> int:
    """Note something, or take a note away."""
    from agentdesk.services import customers  # noqa: PLC0415

    if args.remove is not None:
        if args.remove not in [one.id for one in _whole(context, args.id).notes]:
            raise Usage(_("Customer {number} has no note {note}.").format(number=args.id, note=args.remove))
        stroke = _do(context, lambda unit: customers.remove_note(unit, args.remove))
        return _done(args, context, args.id, stroke, _("The note is taken away."))
    stroke = _do(context, lambda unit: customers.add_note(unit, args.id, args.text))
    return _done(args, context, args.id, stroke, _("Noted."))


def set_(args: argparse.Namespace, context: Context) -> int:
    """Change the language."""
    from agentdesk.services import customers  # noqa: PLC0415

    stroke = _do(context, lambda unit: customers.set_language(unit, args.id, args.language))
    return _done(args, context, args.id, stroke, _("Done."))


def shape(whole: "Whole", context: Context) -> shapes.Shape:
    """A customer whole, as JSON."""
    row = whole.customer
    return {
        "id": row.id, "name": row.name, "language": row.language, "created_at": shapes.time(row.since),
        "addresses": shapes.people(Address("", one) for one in row.addresses), "merged_into": whole.merged_into,
        "case_count": row.case_count, "cases": [shapes.earlier(one) for one in whole.cases],
        "order_count": whole.order_count,
        "orders": [shapes.order(one, context.clock()) for one in whole.orders],
        "notes": [
            {"id": one.id, "agent": one.agent, "at": shapes.time(one.at), "text": one.text} for one in whole.notes
        ],
        "merged": [{"id": one.id, "name": one.name, "at": shapes.time(one.at)} for one in whole.merged],
        "same": [
            {"id": one.id, "name": one.name, "addresses": list(one.addresses), "reason": one.reason}
            for one in whole.same
        ],
    }  # fmt: skip


def _say(whole: "Whole", context: Context) -> None:
    row, zone = whole.customer, context.zone()
    say(f"{row.id} · " + (row.name or _("no name")))
    if whole.merged_into is not None:
        say(_("merged into customer {number}").format(number=whole.merged_into))
    for address in row.addresses:
        say(address)
    if row.language:
        say(_("language: {language}").format(language=row.language))
    for one in whole.notes:
        say(
            _("note {number}, {agent}, {at}: {text}").format(
                number=one.id, agent=one.agent, at=at(one.at, zone), text=one.text
            )
        )
    for merged in whole.merged:
        say(
            _("customer {number} was merged into this one: {name}").format(number=merged.id, name=merged.name)
        )
    for same in whole.same:
        say(
            _("may be the same as customer {number}: {name} ({reason})").format(
                number=same.id, name=same.name, reason=same.reason
            )
        )
    say(ngettext("{n} order", "{n} orders", whole.order_count).format(n=whole.order_count))
    for order in whole.orders:
        say_order(order, context, context.clock())
    say(ngettext("{n} case", "{n} cases", row.case_count).format(n=row.case_count))
    for case in whole.cases:
        say(f"#{case.id} · {named(case.status.value)} · {at(case.at, zone)} · {case.subject}")


def _whole(context: Context, customer_id: int) -> "Whole":
    from agentdesk.queries import customers  # noqa: PLC0415

    with context.store().session() as session:
        return customers.whole(session, customer_id)


def _do(context: Context, verb: Callable[["UnitOfWork"], T]) -> T:
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        return verb(unit)


def _done(args: argparse.Namespace, context: Context, customer_id: int, stroke: int | None, said: str) -> int:
    whole = _whole(context, customer_id)
    return result(args.json, {"customer": shape(whole, context), "stroke": stroke}, said)
