"""The fence between bytes and the store: reads what came, sets aside what cannot be read, hands both to one unit.

Invariants: every message that goes in comes out, readable or with its reason, so one bad mail never blocks the next,
neither in the reader nor in the store; while mail is read no database is open; nothing of a mail's content is logged.
"""

import logging
import traceback
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from agentdesk.config.language import _
from agentdesk.domain.mail import RawMail
from agentdesk.domain.problems import Problem
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import NotMail, parse
from agentdesk.services import intake
from agentdesk.services.intake import Incoming, Tally
from agentdesk.store import codec
from agentdesk.store.engine import Store
from agentdesk.store.unit import SYSTEM
from agentdesk.text.clean import clean_line

_ABOUT_VALUES = ("21", "22", "23", "54")
"""Classes of SQLSTATE that say something about the values: cardinality, data, integrity, limits of the program."""
_logger = logging.getLogger(__name__)


def read_batch(messages: Iterable[RawMail], now: datetime) -> list[Incoming]:
    """Read each message; what is no mail, or makes the reader stumble, stays whole and carries the reason.

    A server's clock that runs ahead is not believed: nothing was taken in later than now.
    """
    return [_read(mail, now) for mail in messages]


def take_in(  # noqa: PLR0917  the facts of a Batch, in its order
    store: Store, now: datetime, channel_id: int, messages: Iterable[RawMail], folder: str = "",
    cursor: str | None = None,
) -> Tally:  # fmt: skip
    """Read a batch, then keep it and the cursor that stands for it in one commit.

    Should one of its mails break the commit, they go in one by one, and those that still do are set aside.
    """
    batch = read_batch(messages, now)
    try:
        return _keep(store, now, channel_id, batch, folder, cursor)
    except Exception as error:
        if not _lies_in_the_mail(error):
            raise
        _log("a batch could not be kept and goes in one by one", error)
    tally = Tally()
    for incoming in batch:
        try:
            tally += _keep(store, now, channel_id, [incoming])
        except Exception as error:
            if not _lies_in_the_mail(error):
                raise
            _log("a mail could not be kept", error)
            tally += _keep(store, now, channel_id, [_set_aside(incoming, error)])
    _keep(store, now, channel_id, [], folder, cursor)
    return tally


def _keep(  # noqa: PLR0917  as take_in
    store: Store, now: datetime, channel_id: int, batch: list[Incoming], folder: str = "",
    cursor: str | None = None,
) -> Tally:  # fmt: skip
    with store.unit(SYSTEM, now) as unit:
        return intake.receive(unit, channel_id, batch, folder, cursor)


def _lies_in_the_mail(error: Exception) -> bool:
    """Whether it is what a mail holds that the store cannot take, and not the store that is away, full or locked."""
    if not isinstance(error, Problem):
        return True
    cause = error.__cause__
    if not isinstance(cause, DBAPIError):
        return False
    state = str(getattr(cause.orig, "sqlstate", None) or "")
    return isinstance(cause, IntegrityError | DataError) or state.startswith(_ABOUT_VALUES)


def _set_aside(incoming: Incoming, error: Exception) -> Incoming:
    reason = _("This mail could not be kept because of a fault in the program ({fault}).").format(
        fault=type(error.__cause__ or error).__name__
    )
    return replace(incoming, message=None, digest=sha256(incoming.raw).hexdigest(), reason=reason)


def _log(what: str, error: Exception) -> None:
    """Where it went wrong; not the error's own words, which may repeat the mail."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _logger.error("%s: %s\n%s", what, type(error.__cause__ or error).__name__, where)


def _read(mail: RawMail, now: datetime) -> Incoming:
    if mail.trouble:
        return _unreadable(mail, now, mail.trouble)
    try:
        message = parse(mail.raw)
        identity = digest(message, mail.raw)
    except NotMail as problem:
        return _unreadable(mail, now, str(problem))
    except Exception as error:  # noqa: BLE001  whatever a stranger's bytes do to the reader, the next mail is read
        _log(f"a mail of {len(mail.raw)} bytes could not be read", error)
        reason = _("This mail could not be read because of a fault in the program ({fault}).")
        return _unreadable(mail, now, reason.format(fault=type(error).__name__))
    return Incoming(
        raw=mail.raw, packed=codec.pack(mail.raw), digest=identity, source=clean_line(mail.source),
        at=_taken_at(mail, now), sent_by_us=mail.sent_by_us, message=message,
    )  # fmt: skip


def _unreadable(mail: RawMail, now: datetime, reason: str) -> Incoming:
    return Incoming(
        # one that the server did not give is told from another such one by where it lies
        raw=mail.raw, packed=codec.pack(mail.raw), digest=sha256(mail.raw or mail.source.encode()).hexdigest(),
        source=clean_line(mail.source), at=_taken_at(mail, now), sent_by_us=mail.sent_by_us, message=None,
        reason=reason,
    )  # fmt: skip


def _taken_at(mail: RawMail, now: datetime) -> datetime | None:
    return None if mail.at is None else min(mail.at, now)
