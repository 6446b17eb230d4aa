"""`agentdesk import`: mail out of files, by the same intake as IMAP, oldest first.

Two passes: the first reads every message once, into a spool file of its own, and notes its date; the second takes them
in by date, a hundred in one commit. Invariants: the files are only read; memory is bounded by one batch; stopped and
begun again it doubles nothing, because the intake knows every message by its digest.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import result
from agentdesk.cli.parser import Parser, line, with_json
from agentdesk.cli.progress import Step, progress
from agentdesk.cli.sync import counted, worked
from agentdesk.config.language import _
from agentdesk.domain.mail import RawMail
from agentdesk.domain.problems import NotFound, Problem

BATCH = 100
_BATCH_BYTES = 8_000_000
_HEAD = 65_536
_DATE = re.compile(rb"^date:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_LOCAL = "import"
"""The channel of mail that came from files alone."""


@dataclass(frozen=True, slots=True)
class _Spooled:
    """Where a message lies in the spool, and what else its file said of it."""

    order: float
    offset: int
    size: int
    source: str
    at: datetime | None


def add(parser: Parser) -> None:
    """Its words."""
    parser.add_argument("kind", choices=("mbox", "maildir", "eml"))
    parser.add_argument("paths", nargs="+", metavar=_("PATH"))
    parser.add_argument(
        "--channel",
        type=line,
        default="",
        metavar=_("NAME"),
        help=_("as if it had come through this mailbox"),
    )
    with_json(parser)


def execute(args: argparse.Namespace, context: Context) -> int:
    """Take everything in."""
    paths = [Path(one) for one in args.paths]
    for path in paths:
        if not path.exists():
            raise NotFound(_("There is no file {file}.").format(file=path))
    begun = context.clock()
    store = context.store()
    channel_id = _channel(context, args.channel)
    with tempfile.TemporaryFile(dir=_spool_folder(context)) as spool:
        total = sum(_size(path) for path in paths)
        with progress(_("reading"), total) as step:
            found = _spool(args.kind, paths, spool, step)
        found.sort(key=lambda one: one.order)
        with progress(_("taking in"), sum(one.size for one in found)) as step:
            from agentdesk.automation.intake import take_in  # noqa: PLC0415
            from agentdesk.services.intake import Tally  # noqa: PLC0415

            tally: Tally = Tally()
            for batch in _batches(spool, found):
                tally += take_in(store, context.clock(), channel_id, batch)
                step(sum(len(mail.raw) for mail in batch))
    took = (context.clock() - begun).total_seconds()
    return result(args.json, counted(tally) | {"seconds": round(took, 3)}, worked(tally))


def _channel(context: Context, name: str) -> int:
    """The named channel, or one of our own that nothing is sent from."""
    from agentdesk.cli.publishing import channel_named  # noqa: PLC0415
    from agentdesk.queries import people  # noqa: PLC0415
    from agentdesk.services import people as staff  # noqa: PLC0415
    from agentdesk.store.unit import SYSTEM  # noqa: PLC0415

    if name and name != _LOCAL:
        return channel_named(context, name)
    with context.store().session() as session:
        found = next((row.id for row in people.channels_all(session) if row.name == _LOCAL), None)
    if found is not None:
        return int(found)
    with context.store().unit(SYSTEM, context.clock(), DESK) as unit:
        return staff.publish_channel(unit, staff.ChannelFacts("email", _LOCAL, ""))


def _spool(kind: str, paths: list[Path], spool: IO[bytes], step: Step) -> list[_Spooled]:
    """Every message once, in the order of the files; one without a date stays behind the one before it."""
    from agentdesk.mail import boxes  # noqa: PLC0415

    read = {"mbox": boxes.read_mbox, "maildir": boxes.read_maildir, "eml": boxes.read_eml}[kind]
    found: list[_Spooled] = []
    offset, order = 0, 0.0
    for path in paths:
        for mail in read(path):
            order = _order(mail, order)
            found.append(_Spooled(order, offset, len(mail.raw), mail.source, mail.at))
            offset += _write(spool, mail.raw)
            step(len(mail.raw))
    return found


def _write(spool: IO[bytes], raw: bytes) -> int:
    try:
        return spool.write(raw)
    except OSError as error:
        raise Problem(
            _(
                "There is no room to sort the mail by date ({reason}): free some space, then try again."
            ).format(reason=error.strerror)
        ) from error


def _order(mail: RawMail, before: float) -> float:
    from agentdesk.mail.dates import moment  # noqa: PLC0415

    head = mail.raw[:_HEAD]
    end = _BLANK.search(head)
    match = _DATE.search(head, 0, end.start() if end else len(head))
    when = moment(match[1].decode("ascii", "replace")) if match else None
    when = when or mail.at
    return when.astimezone(UTC).timestamp() if when is not None else before


def _batches(spool: IO[bytes], found: list[_Spooled]) -> Iterator[list[RawMail]]:
    """At most a hundred messages and some megabytes at a time."""
    batch: list[RawMail] = []
    filled = 0
    for one in found:
        if batch and (len(batch) == BATCH or filled + one.size > _BATCH_BYTES):
            yield batch
            batch, filled = [], 0
        spool.seek(one.offset)
        batch.append(RawMail(spool.read(one.size), one.source, one.at))
        filled += one.size
    if batch:
        yield batch


def _spool_folder(context: Context) -> Path | None:
    """Beside a SQLite store, where there is room for mail; a folder for passing things may lie in memory."""
    path = context.address.path
    return path.parent if path is not None and path.parent.is_dir() else None


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            return sum(one.stat().st_size for one in path.rglob("*") if one.is_file())
        return path.stat().st_size
    except OSError:
        return 0
