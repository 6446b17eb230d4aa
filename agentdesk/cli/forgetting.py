"""`agentdesk customer export`, `customer erase` and `message redact`: what is held on somebody, given or forgotten.

Invariants: nothing is erased without the customer's number typed once more where a person sits in front of it; a file
is for its owner alone and never written over another one; each act says what was done, and what remains where.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.cli.asking import ask, can_ask
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, result, say, tell
from agentdesk.cli.parser import Parser, act, number
from agentdesk.config.language import _, ngettext
from agentdesk.domain.forgetting import ACTS, KINDS, Erased, Find, Swept, Trace, Traces
from agentdesk.domain.problems import Refused

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_SHOWN = 20
"""Places in free text that are said one by one; with --json all that are listed."""


def add_customer(acts: "_SubParsersAction[Parser]") -> None:
    """Their words under `customer`."""
    export = act(
        acts, "export", export_, _("everything held on a customer, for them: JSON, or a zip with their mails")
    )
    export.add_argument("id", type=number, metavar=_("NUMBER"))
    export.add_argument(
        "--to", type=Path, metavar=_("FILE.zip"),
        help=_("a new zip file with the document and every mail as it came; another name makes a folder"),
    )  # fmt: skip
    gone = act(acts, "erase", erase, _("forget a customer for good: only counts and the fact stay"))
    gone.add_argument("id", type=number, metavar=_("NUMBER"))
    gone.add_argument(
        "--rehearse", action="store_true", help=_("only list every trace of them, and change nothing")
    )
    gone.add_argument("--yes", action="store_true", help=_("do not ask for the number once more"))


def add_message(acts: "_SubParsersAction[Parser]") -> None:
    """Its words under `message`."""
    one = act(acts, "redact", redact, _("erase what one message says: its text, bytes, files and quotes"))
    one.add_argument("id", type=number, metavar=_("MESSAGE"))
    one.add_argument("--yes", action="store_true", help=_("do not ask for the number once more"))


# -- export -----------------------------------------------------------------------------------------------------------


def export_(args: argparse.Namespace, context: Context) -> int:
    """Everything, as a document or with the mails beside it."""
    if args.to is None:
        from agentdesk.queries import holdings  # noqa: PLC0415

        with context.store().session() as session:
            document(holdings.of(session, args.id, context.clock()).document)
        return 0
    from agentdesk.automation import giving  # noqa: PLC0415

    path = args.to.expanduser().absolute()
    messages, mails = giving.give(context.store(), context.actor(), context.clock, args.id, path)
    shape = {"customer": args.id, "file": str(path), "messages": messages, "mails": mails}
    said = _("All that is held on customer {number} stands in {file}.").format(number=args.id, file=path)
    return result(args.json, shape, said)


# -- erase ------------------------------------------------------------------------------------------------------------


def erase(args: argparse.Namespace, context: Context) -> int:
    """Rehearse it, or do it."""
    from agentdesk.queries import traces  # noqa: PLC0415

    if args.rehearse:
        with context.store().session() as session:
            found = traces.of(session, args.id)
        if args.json:
            document(_shape(args.id, found) | {"rehearsal": True})
        else:
            _say(found)
        return 0
    from agentdesk.automation import erasing  # noqa: PLC0415

    _ask_again(
        args,
        _("Nothing of customer {number} will be left, and nothing brings it back.").format(number=args.id),
    )
    found, done, swept = erasing.erase(context.store(), context.actor(), context.clock, args.id, DESK)
    if args.json:
        document(_shape(args.id, found) | {"rehearsal": False} | _done(done) | _swept(swept))
        return 0
    _say_places(found)
    say(_said(args.id, done))
    _tell(swept)
    return 0


def redact(args: argparse.Namespace, context: Context) -> int:
    """Erase what a message says."""
    from agentdesk.automation import erasing  # noqa: PLC0415

    _ask_again(args, _("Nothing of what message {number} says will be left.").format(number=args.id))
    case_id, swept = erasing.redact(context.store(), context.actor(), context.clock, args.id, DESK)
    shape = {"message": args.id, "case": case_id} | _swept(swept)
    result(args.json, shape, _("Message {number} says nothing any more.").format(number=args.id))
    if not args.json:
        _tell(swept)
    return 0


def _ask_again(args: argparse.Namespace, what: str) -> None:
    if args.yes or not can_ask():
        return
    tell(what)
    if ask(_("Type the number once more to erase it")).lstrip("#") != str(args.id):
        raise Refused(_("That is another number: nothing was erased."))


def _said(customer_id: int, done: Erased) -> str:
    if not done.messages and not done.counts:
        return _("Customer {number} was erased already.").format(number=customer_id)
    cases = ngettext("{n} case is empty now", "{n} cases are empty now", len(done.cases)).format(
        n=len(done.cases)
    )
    words = _("Customer {number} is erased: {cases}, {messages} messages say nothing any more.")
    return words.format(number=customer_id, cases=cases, messages=done.messages)


def _say(found: Traces) -> None:
    for one in found.traces:
        more = f" ({'; '.join(one.examples)})" if one.examples else ""
        say(f"{one.count} · {_(KINDS[one.kind])} · {_(ACTS[one.act])}{more}")
    if not found.traces:
        say(_("No trace of this customer is left."))
    _say_places(found)


def _say_places(found: Traces) -> None:
    if found.finds:
        say(_("Places in free text that may mean them, for you to read:"))
    for one in found.finds[:_SHOWN]:
        where = one.place if one.case_id is None else f"#{one.case_id} {one.place}"
        say(f"  {where}: {one.excerpt}")
    if found.find_count > _SHOWN:
        tell(_("{n} more places: --json lists them.").format(n=found.find_count - _SHOWN))


def _tell(swept: Swept) -> None:
    for sentence in swept.remains:
        tell(sentence)


def _shape(customer_id: int, found: Traces) -> dict[str, Any]:
    return {
        "customer": customer_id, "merged": [one for one in found.person.customers if one != customer_id],
        "traces": [_trace(one) for one in found.traces], "listed": [_find(one) for one in found.finds],
        "listed_count": found.find_count,
    }  # fmt: skip


def _trace(one: Trace) -> dict[str, Any]:
    return {"kind": one.kind, "act": one.act, "count": one.count, "examples": list(one.examples)}


def _find(one: Find) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "place": one.place,
        "case": one.case_id,
        "words": one.words,
        "excerpt": one.excerpt,
    }


def _done(done: Erased) -> dict[str, Any]:
    return {
        "erased": {"cases": list(done.cases), "messages": done.messages, "rewritten": done.rewritten,
                   "rows": dict(done.counts)},
    }  # fmt: skip


def _swept(swept: Swept) -> dict[str, Any]:
    return {"swept": swept.clean, "remains": list(swept.remains)}
