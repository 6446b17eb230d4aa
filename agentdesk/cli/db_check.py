"""`agentdesk db check`: holds a store against itself, and mends it when told to.

Invariants: without --repair nothing is changed; each thing looked at is one line, with the number and what to do; the
exit code is 1 as long as anything is wrong.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, say
from agentdesk.config.language import N_, _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from agentdesk.queries.checking import Reference
    from agentdesk.store.engine import Store
    from agentdesk.store.unit import UnitOfWork

_SHOWN = 5
_MANY = 500
_MEND = N_("agentdesk db check --repair mends that")


class Check(NamedTuple):
    """One thing looked at."""

    name: str
    ok: bool
    said: str
    n: int = 0
    """How many are wrong."""
    repaired: int = 0
    """How many were, and are so no more."""


class Found(NamedTuple):
    """What is wrong with one thing, how often (`n`), and what mends the ids of it; None when nothing does."""

    name: str
    said: str
    n: int = 0
    ids: Sequence[int] = ()
    mends: "Callable[[UnitOfWork, Sequence[int]], object] | None" = None
    advice: str = ""


def run(args: argparse.Namespace, context: Context) -> int:
    """Look, mend if told to, look again; exit code 1 when anything is wrong."""
    store = context.store(migrate=False)
    found = [_version(store)]
    if found[0].ok:
        if args.repair:
            _repair_pages(store)
        before = list(findings(store))
        if args.repair:
            _repair(context, before)
            found += _afterwards(before, list(findings(store)))
        else:
            found += [_as_check(one) for one in before]
    ok = all(one.ok for one in found)
    if args.json:
        document({"ok": ok, "checks": [one._asdict() for one in found]})
    else:
        for one in found:
            say(f"{one.name}: {one.said}")
    return 0 if ok else 1


def quick(store: "Store") -> list[Check]:
    """What can be seen at once: version, file, references, and what the store counts of itself."""
    found = [_version(store)]
    if found[0].ok:
        with store.session() as session:
            parts = (*_pages(session), *_references(session), *_looks(session, ("counts", "outbox bytes")))
        found += [_as_check(one) for one in parts]
    return found


def _version(store: "Store") -> Check:
    from agentdesk.store.migrate import revision  # noqa: PLC0415
    from agentdesk.store.revision import HEAD  # noqa: PLC0415

    found = revision(store)
    stale = _("the store is at {found}, the program at {head}: run agentdesk db migrate")
    said = _("ok") if found == HEAD else stale.format(found=found or _("nothing"), head=HEAD)
    return Check(_("version"), found == HEAD, said, int(found != HEAD))


def findings(store: "Store") -> Iterator[Found]:
    """Everything there is to look at; the cases and the index in moments of their own, for that takes time."""
    with store.session() as session:
        yield from _pages(session)
        yield from _references(session)
        yield from _looks(session)
    yield _clocks(store)
    with store.session() as session:
        yield _index(session)
    with store.session() as session:
        yield from _bytes(session)


def _pages(session: "Connection") -> Iterator[Found]:
    from agentdesk.queries import checking  # noqa: PLC0415

    if session.dialect.name == "sqlite":
        damage = checking.damaged_pages(session)
        advice = _("restore a backup, or let agentdesk db check --repair try what it can")
        yield Found(_("file"), _("damaged"), len(damage), advice=advice)


def _references(session: "Connection") -> Iterator[Found]:
    from agentdesk.queries import checking  # noqa: PLC0415
    from agentdesk.services import repairing  # noqa: PLC0415

    name = _("references")
    sound = True
    for one in checking.references():
        n, gone = checking.strays(session, one)
        if n:
            sound = False
            said = _("{n} rows of {table} name {other} that are gone").format(
                n=n, table=one.table, other=one.other
            )
            yield Found(name, said, n, gone, _by_reference(repairing.mend_references, one))
    if sound:
        yield Found(name, "")


def _by_reference(
    mend: "Callable[..., bool]", one: "Reference"
) -> "Callable[[UnitOfWork, Sequence[int]], object]":
    return lambda unit, gone: mend(unit, one.table, one.column, one.other, gone, nullable=one.nullable)


def _looks(session: "Connection", names: Sequence[str] = ()) -> Iterator[Found]:
    from agentdesk.queries import checking  # noqa: PLC0415
    from agentdesk.services import repairing  # noqa: PLC0415

    for look in checking.LOOKS:
        if not names or look.name in names:
            ids = checking.found_by(session, look)
            said = _(look.said).format(n=len(ids))
            yield Found(_(look.title), said, len(ids), ids, _by_look(repairing.mend, look.name))


def _by_look(
    mend: "Callable[[UnitOfWork, str, Sequence[int]], None]", name: str
) -> "Callable[[UnitOfWork, Sequence[int]], None]":
    return lambda unit, ids: mend(unit, name, ids)


def _clocks(store: "Store") -> Found:
    from agentdesk.queries import checking  # noqa: PLC0415
    from agentdesk.services import clocks, repairing  # noqa: PLC0415

    wrong: list[int] = []
    after = 0
    while True:
        with store.session() as session:
            ids = checking.case_ids(session, after, _MANY)
            wrong += clocks.differing(session, ids)
        if not ids:
            break
        after = ids[-1]
    said = _("{n} cases show other times or counts than their messages say").format(n=len(wrong))
    return Found(_("clocks"), said, len(wrong), sorted(wrong), repairing.mend_clocks)


def _index(session: "Connection") -> Found:
    from agentdesk.services import repairing  # noqa: PLC0415
    from agentdesk.store import search  # noqa: PLC0415

    found = search.compare(session)
    n = len(found.missing) + len(found.stale) + found.extra
    told = (
        (len(found.missing), N_("{n} messages are not in it")),
        (len(found.stale), N_("{n} stand there with other words")),
        (found.extra, N_("{n} are in it that are not there any more")),
    )
    said = ", ".join(_(words).format(n=count) for count, words in told if count)
    whole = found.stale or found.extra
    return Found(
        _("search"), said, n, () if whole else found.missing, None if whole else repairing.mend_index
    )


def _bytes(session: "Connection") -> Iterator[Found]:
    from agentdesk.queries import checking  # noqa: PLC0415

    lost = _("their text stands; restore a backup into another store to have the mails themselves")
    for name, ids in (
        (_("mails"), checking.unreadable(session)),
        (_("quarantine"), checking.unreadable_in_quarantine(session)),
    ):
        said = _("{n} mails are damaged").format(n=len(ids))
        yield Found(name, said, len(ids), ids, advice=lost)


def _as_check(one: Found) -> Check:
    if not one.n:
        return Check(one.name, True, _("ok"))
    shown = ", ".join(str(number) for number in one.ids[:_SHOWN])
    more = ", …" if len(one.ids) > _SHOWN else ""
    where = f" ({shown}{more})" if shown else ""
    return Check(one.name, False, f"{one.said}{where}: {one.advice or _(_MEND)}", one.n)


# -- mending ----------------------------------------------------------------------------------------------------------


def _repair_pages(store: "Store") -> None:
    """An index that lost its order is made anew; what is lost of the rows themselves only a backup has."""
    from sqlalchemy import text  # noqa: PLC0415

    from agentdesk.queries import checking  # noqa: PLC0415
    from agentdesk.store.trouble import in_plain_words  # noqa: PLC0415

    with store.session() as session:
        damage = checking.damaged_pages(session)
    if damage:
        with in_plain_words(store.address), store.writing() as connection:
            connection.execute(text("reindex"))


def _repair(context: Context, found: Sequence[Found]) -> None:
    """So many rows in each commit that a desk at work hardly waits; what one mending reveals, the next pass mends."""
    for one in found:
        _mend(context, one)
    if any(one.name == _("search") and one.n and one.mends is None for one in found):
        _make_index(context)
    for one in findings(context.store()):
        if one.n and one.name != _("search"):
            _mend(context, one)


def _mend(context: Context, one: Found) -> None:
    from agentdesk.services.repairing import SHARE  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    if one.mends is None:
        return
    for start in range(0, len(one.ids), SHARE):
        with context.store().unit(SYSTEM, context.clock(), DESK) as unit:
            one.mends(unit, one.ids[start : start + SHARE])


def _make_index(context: Context) -> None:
    from agentdesk.services import repairing  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    with context.store().unit(SYSTEM, context.clock(), DESK) as unit:
        repairing.empty_index(unit)
    after = 0
    while True:
        with context.store().unit(SYSTEM, context.clock(), DESK) as unit:
            ids = repairing.next_messages(unit, after)
            repairing.mend_index(unit, ids)
        if not ids:
            return
        after = ids[-1]


def _afterwards(before: Sequence[Found], after: Sequence[Found]) -> list[Check]:
    """What was wrong and is so no more, and what still is."""
    checks = []
    for name in dict.fromkeys(one.name for one in (*before, *after)):
        had = sum(one.n for one in before if one.name == name)
        left = [one for one in after if one.name == name and one.n]
        mended = max(0, had - sum(one.n for one in left))
        if left:
            checks += [_as_check(one)._replace(repaired=mended) for one in left]
        else:
            said = _("{n} mended").format(n=had) if had else _("ok")
            checks.append(Check(name, True, said, 0, had))
    return checks
