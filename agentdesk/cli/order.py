"""`agentdesk order`: list what is known, take orders in from a file, look them up in the shops of the settings.

Invariants: importing again changes nothing; a broken line is told by line, column and reason and stops nothing else.
"""

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli import shapes
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import at, document, result, say, tell
from agentdesk.cli.parser import Parser, act, amount, line, number
from agentdesk.cli.progress import progress
from agentdesk.cli.rounds import keep_on
from agentdesk.config.language import _, chosen
from agentdesk.domain.orders import Broken, Order, OrderRow, money, status_words
from agentdesk.domain.problems import NotFound, Usage

if TYPE_CHECKING:
    from agentdesk.services.orders import Taken

_PAGE = 50
_TOLD = 20
"""Broken lines that are told one by one."""
_LISTED = 1000
"""Broken lines in the JSON document."""
_PAUSE = 60.0
"""Seconds between two rounds of looking orders up."""


def add(parser: Parser) -> None:
    """All acts on orders."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("orders, newest first"))
    which = several.add_mutually_exclusive_group()
    which.add_argument("--customer", type=number, metavar=_("NUMBER"), help=_("those of a customer"))
    which.add_argument("--address", type=line, metavar=_("ADDRESS"), help=_("those of a mail address"))
    which.add_argument("--case", type=number, metavar=_("NUMBER"), help=_("those of a case's customer"))
    which.add_argument("--number", type=line, metavar=_("WORDS"), help=_("the order of that number"))
    several.add_argument(
        "--limit",
        type=amount,
        default=_PAGE,
        metavar=_("N"),
        help=_("at most so many; {n} unless told").format(n=_PAGE),
    )
    taking = act(acts, "import", import_, _("take orders in from a CSV file; safe to repeat"))
    taking.add_argument("file", type=Path, metavar=_("FILE"))
    taking.add_argument(
        "--source",
        type=line,
        default="csv",
        metavar=_("NAME"),
        help=_("the shop they are from; csv unless told"),
    )
    taking.add_argument(
        "--decimal", choices=(",", "."), default="", help=_("the sign before decimals, where it is not clear")
    )
    sync = act(
        acts, "sync", sync_, _("look orders up in the shops of the settings, for whoever has an open case")
    )
    sync.add_argument("--once", action="store_true", help=_("do it once, then end"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """Some of them."""
    from agentdesk.queries import cases, customers, orders  # noqa: PLC0415

    with context.store().session() as session:
        if args.customer is not None:
            customers.known(session, args.customer)
            rows = orders.of_customer(session, args.customer, args.limit)
        elif args.case is not None:
            rows = orders.of_case(session, cases.case(session, args.case).id, args.limit)
        elif args.address is not None:
            rows = orders.of_address(session, args.address, args.limit)
        elif args.number is not None:
            rows = orders.numbered(session, args.number)[: args.limit]
        else:
            rows = orders.newest(session, args.limit)
        sources = orders.sources(session)
    now = context.clock()
    if args.json:
        told = [
            {"name": one.name, "kind": one.kind, "as_of": shapes.time(one.as_of), "trouble": one.trouble}
            for one in sources
        ]
        document({"orders": [shapes.order(row, now) for row in rows], "sources": told})
        return 0
    for row in rows:
        say_order(row, context, now)
    if not rows:
        tell(_("There is no such order."))
    return 0


def say_order(row: OrderRow, context: Context, now: datetime) -> None:
    """An order as a person reads it: one line, and one for each of its lines."""
    zone = context.zone()
    total = money(row.total, row.currency, language=chosen())
    parts = [row.number, at(row.placed_at, zone), status_words(row, now, zone), total,
             row.name or row.address, f"{row.carrier} {row.tracking}".strip()]  # fmt: skip
    say(" · ".join(filter(None, parts)))
    for one in row.lines:
        cost = money(one.amount, row.currency, language=chosen())
        say(" ".join(filter(None, ("  ", f"{one.quantity.normalize():f} ×", one.name or one.sku, cost))))


def import_(args: argparse.Namespace, context: Context) -> int:
    """Take a file in."""
    from agentdesk.services import orders  # noqa: PLC0415
    from agentdesk.shops import plugin  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    if not args.file.is_file():
        raise NotFound(_("There is no file {file}.").format(file=args.file))
    if not args.source:
        raise Usage(_("A source of orders needs a name."))
    actor = context.actor() if context.named_login else SYSTEM
    store, begun = context.store(), context.clock()
    broken: list[Broken] = []
    taken = orders.Taken()
    with store.unit(actor, begun, DESK) as unit:
        source = orders.source(unit, args.source, "csv")
    with progress(_("taking in"), args.file.stat().st_size) as step:
        shop = plugin("csv")(args.source, args.file, decimal=args.decimal, step=step)
        for batch in _batches(shop.orders(), broken, orders.BATCH):
            with store.unit(actor, context.clock(), DESK) as unit:
                taken += orders.take_in(unit, source, batch)
    with store.unit(actor, context.clock(), DESK) as unit:
        orders.synced(unit, source)
    if shop.ignored:
        tell(_("These columns were left out: {columns}.").format(columns=", ".join(shop.ignored)))
    _tell_broken(broken)
    errors = [
        {"line": one.line, "column": one.column or None, "reason": one.reason} for one in broken[:_LISTED]
    ]
    took = (context.clock() - begun).total_seconds()
    shape = _counted(taken) | {"broken": len(broken), "errors": errors, "seconds": round(took, 3)}
    said = _(
        "{seen} orders: {new} new, {changed} changed, {same} as before; {broken} lines could not be read."
    )
    return result(args.json, shape, said.format(**_counted(taken), broken=len(broken)))


def _batches(found: Iterator[Order | Broken], broken: list[Broken], most: int) -> Iterator[list[Order]]:
    """The orders, some hundred at a time; what is none goes to `broken`."""
    batch: list[Order] = []
    for one in found:
        if isinstance(one, Broken):
            broken.append(one)
            continue
        batch.append(one)
        if len(batch) == most:
            yield batch
            batch = []
    if batch:
        yield batch


def _tell_broken(broken: list[Broken]) -> None:
    for one in broken[:_TOLD]:
        said = _("line {line}, column {column}: {reason}") if one.column else _("line {line}: {reason}")
        tell(said.format(line=one.line, column=one.column, reason=one.reason))
    if len(broken) > _TOLD:
        tell(_("and {n} more lines that could not be read").format(n=len(broken) - _TOLD))


def _counted(taken: "Taken") -> dict[str, int]:
    return {"seen": taken.seen, "new": taken.new, "changed": taken.changed, "same": taken.same}


def sync_(args: argparse.Namespace, context: Context) -> int:
    """Look orders up in the shops."""
    if not context.settings.shops:
        tell(_("The settings name no shop; a table [[shop]] adds one."))
    return keep_on(lambda: _round(args, context), _PAUSE, once=args.once)


def _round(args: argparse.Namespace, context: Context) -> int:
    from agentdesk.worker.run import run_once  # noqa: PLC0415  the worker with its shops

    begun = context.clock()
    outcome = run_once(
        context.settings, context.store(), context.clock, ("orders",), environment=context.environ
    )
    took = (context.clock() - begun).total_seconds()
    for trouble in outcome.troubles:
        tell(trouble)
    shape = {"asked": outcome.asked} | _counted(outcome.orders) | {"seconds": round(took, 3)}
    said = _("{asked} addresses looked up: {seen} orders, {new} new, {changed} changed.")
    result(args.json, shape, said.format(**shape))
    return 1 if outcome.troubles else 0
