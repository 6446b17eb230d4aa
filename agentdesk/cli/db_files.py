"""`agentdesk db backup`, `restore` and `copy`: a store in a file, out of a file, into another store.

Invariants: nothing that stands is written over unasked; while somebody works on a store nothing takes its place.
"""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.cli.asking import can_ask, yes
from agentdesk.cli.context import Context, address_of
from agentdesk.cli.output import result, tell
from agentdesk.cli.progress import progress
from agentdesk.config import places
from agentdesk.config.language import _, ngettext
from agentdesk.domain.problems import NotFound, Problem, Refused

if TYPE_CHECKING:
    from agentdesk.services.restoring import Restored
    from agentdesk.store.engine import Store


def backup(args: argparse.Namespace, context: Context) -> int:
    """Write everything into one file."""
    from agentdesk.store import keeping  # noqa: PLC0415

    store = _in_place(context)
    file: Path = args.file.absolute()
    if store.address.path is not None and file.exists() and file.samefile(store.address.path):
        raise Refused(_("{file} is the store itself: name another file for its backup.").format(file=file))
    with progress(_("backup"), keeping.work_of(store)) as step:
        size = keeping.back_up(store, file, force=args.force, step=step)
    said = _(
        "Everything is in {file} ({size} MB), which only you can read; the store's signing key and the mailboxes' "
        "passwords are not in it."
    ).format(file=file, size=f"{size / 1e6:.1f}")
    return result(args.json, {"file": str(file), "size": size}, said)


def restore(args: argparse.Namespace, context: Context) -> int:
    """Put a backup in the place of the store."""
    from agentdesk.services import restoring  # noqa: PLC0415

    store = context.store(migrate=False)
    file: Path = args.file.absolute()
    if store.address.path is not None and file.exists() and store.address.path.exists():
        _refuse_itself(file, store.address.path)
    found = restoring.standing(store)
    if not (found.empty or found.damaged):
        _refuse_at_work(store, context, force=args.force)
    aside = _aside(store, context)
    if not (found.empty or args.yes):
        _ask_first(store, aside)
        found = restoring.standing(store)  # the answer takes its time: what was forgotten meanwhile stays so
    with progress(_("restore"), 0) as step:
        done = restoring.restore(store, file, context.clock(), aside, found=found, step=step)
    return _restored(args, done)


def _ask_first(store: "Store", aside: Path) -> None:
    """A person's word for the replacing of all, where one sits there: what stood is kept either way. Raises Refused."""
    question = _("What stands in {store} will be kept in {aside}. Go on?")
    if can_ask() and not yes(question.format(store=store.address.shown, aside=aside), default=False):
        raise Refused(_("Nothing was changed."))


def copy(args: argparse.Namespace, context: Context) -> int:
    """Copy everything into an empty store."""
    from agentdesk.store import keeping  # noqa: PLC0415
    from agentdesk.store.copying import count_rows  # noqa: PLC0415
    from agentdesk.store.engine import Store  # noqa: PLC0415

    address = address_of(args.url)
    store = _in_place(context, migrate=True)
    if address == store.address:
        raise Refused(_("That is the store itself: name another one."))
    waiting = _refuse_to_double(store, context)
    if address.path is not None:
        with progress(_("copy"), keeping.work_of(store)) as step:
            address.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with keeping.new_file(address.path) as part:
                keeping.write_whole(store, part, step)
    else:
        target = Store(address)
        try:
            _into_server(store, target)
        finally:
            target.close()
    with store.session() as session:
        rows = count_rows(session)
    if waiting:
        words = ngettext(
            "{n} reply on its way is in both stores now: let a worker run on one of them only.",
            "{n} replies on their way are in both stores now: let a worker run on one of them only.", waiting,
        )  # fmt: skip
        tell(words.format(n=waiting))
    said = _("Everything is in {store} now; name it in the settings, under [store], to work there.")
    return result(args.json, {"store": address.shown, "rows": rows}, said.format(store=address.shown))


def _into_server(store: "Store", target: "Store") -> None:
    from agentdesk.store.copying import copy_rows, count_rows, is_empty  # noqa: PLC0415
    from agentdesk.store.migrate import bring_up_to_date  # noqa: PLC0415
    from agentdesk.store.trouble import in_plain_words  # noqa: PLC0415

    bring_up_to_date(target, owner=True)
    with in_plain_words(target.address), target.writing() as into, store.session() as session:
        if not is_empty(into):
            raise Refused(
                _("{store} is in use already: a copy goes into an empty store only.").format(
                    store=target.address.shown
                )
            )
        with progress(_("copy"), count_rows(session)) as step:
            copy_rows(session, into, target.address, step)


def _in_place(context: Context, *, migrate: bool = False) -> "Store":
    """The store, when there is one: looking must not make it."""
    path = context.address.path
    if path is not None and not (path.exists() and path.stat().st_size):
        raise NotFound(_("There is no store at {store}.").format(store=path))
    return context.store(migrate=migrate)


def _refuse_itself(file: Path, path: Path) -> None:
    if file.samefile(path):
        raise Refused(_("{file} is the store itself: name a backup of it.").format(file=file))


def _refuse_at_work(store: "Store", context: Context, *, force: bool) -> None:
    from agentdesk.domain.instants import micros  # noqa: PLC0415
    from agentdesk.queries import checking  # noqa: PLC0415

    with store.session() as session:
        busy = checking.at_work(session, micros(context.clock()))
    if busy and not force:
        raise Refused(
            _(
                "A desk or a worker is at work on {store}: leave the desks, stop the worker and wait a minute, then "
                "try again."
            ).format(store=store.address.shown)
        )


def _refuse_to_double(store: "Store", context: Context) -> int:
    """How many replies are on their way; a worker at work would send them from here, and the next one from there."""
    from agentdesk.domain.instants import micros  # noqa: PLC0415
    from agentdesk.queries import checking  # noqa: PLC0415

    with store.session() as session:
        waiting = checking.on_their_way(session)
        busy = checking.at_work(session, micros(context.clock()))
    if waiting and busy:
        raise Refused(
            _("Replies are on their way from {store} and would leave twice: stop its worker first.").format(
                store=store.address.shown
            )
        )
    return waiting


def _aside(store: "Store", context: Context) -> Path:
    """Where the old store is kept: beside it, or where stores lie on this machine."""
    stamp = f"{context.clock():%Y%m%d-%H%M%S}"
    path = store.address.path or places.store_file(context.environ)
    name = f"{path.stem}-before-restore-{stamp}"
    taken = 0
    while os.path.lexists(aside := path.with_name(f"{name}{f'-{taken}' if taken else ''}{path.suffix}")):
        taken += 1
    try:
        aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(
            _("The store cannot be kept aside in {folder}, so nothing was changed: {why}.").format(
                folder=aside.parent, why=error.strerror
            )
        ) from error
    return aside


def _restored(args: argparse.Namespace, done: "Restored") -> int:
    words = [_("The backup is in place.")]
    if done.aside is not None:
        words.append(_("What stood here before is in {file}.").format(file=done.aside))
    if done.unsure:
        words.append(
            ngettext(
                "{n} reply was on its way when the backup was made: it may have been sent since and waits as unsure.",
                "{n} replies were on their way when the backup was made: they may have been sent since and wait as "
                "unsure.", done.unsure,
            ).format(n=done.unsure)
        )  # fmt: skip
    if done.forgotten:
        words.append(
            ngettext(
                "{n} message that had been forgotten was forgotten again.",
                "{n} messages that had been forgotten were forgotten again.", done.forgotten,
            ).format(n=done.forgotten)
        )  # fmt: skip
    if not done.signed:
        words.append(
            _(
                "A backup carries no signing key: answers to earlier signed addresses find their case by the mails "
                "they name."
            )
        )
    value = {
        "aside": str(done.aside) if done.aside is not None else None, "unsure": done.unsure,
        "forgotten": done.forgotten, "signing_key": done.signed,
    }  # fmt: skip
    return result(args.json, value, "\n".join(words))
