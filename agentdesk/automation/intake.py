"""The fence between bytes and the store: reads what came, sets aside what cannot be read, hands both to one unit.

Invariants: every message that goes in comes out, readable or with its reason, so one bad mail never blocks the next;
while mail is read no database is open; nothing of a mail's content is logged.
"""

import logging
import traceback
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from agentdesk.config.language import _
from agentdesk.domain.mail import RawMail
from agentdesk.mail.digest import digest
from agentdesk.mail.parse import NotMail, parse
from agentdesk.services import intake
from agentdesk.services.intake import Incoming, Tally
from agentdesk.store import codec
from agentdesk.store.engine import Store
from agentdesk.store.unit import SYSTEM
from agentdesk.text.clean import clean_line

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
    """Read a batch, then keep it and the cursor that stands for it in one commit."""
    batch = read_batch(messages, now)
    with store.unit(SYSTEM, now) as unit:
        return intake.receive(unit, channel_id, batch, folder, cursor)


def _read(mail: RawMail, now: datetime) -> Incoming:
    try:
        message = parse(mail.raw)
        identity = digest(message, mail.raw)
    except NotMail as problem:
        return _unreadable(mail, now, str(problem))
    except Exception as error:  # noqa: BLE001  whatever a stranger's bytes do to the reader, the next mail is read
        # the error's own words may repeat the mail; where it happened does not
        _logger.error(
            "a mail of %d bytes could not be read: %s\n%s",
            len(mail.raw), type(error).__name__, "".join(traceback.format_tb(error.__traceback__)),
        )  # fmt: skip
        reason = _("This mail could not be read because of a fault in the program ({fault}).")
        return _unreadable(mail, now, reason.format(fault=type(error).__name__))
    return Incoming(
        raw=mail.raw, packed=codec.pack(mail.raw), digest=identity, source=clean_line(mail.source),
        at=_taken_at(mail, now), sent_by_us=mail.sent_by_us, message=message,
    )  # fmt: skip


def _unreadable(mail: RawMail, now: datetime, reason: str) -> Incoming:
    return Incoming(
        raw=mail.raw, packed=codec.pack(mail.raw), digest=sha256(mail.raw).hexdigest(),
        source=clean_line(mail.source), at=_taken_at(mail, now), sent_by_us=mail.sent_by_us, message=None,
        reason=reason,
    )  # fmt: skip


def _taken_at(mail: RawMail, now: datetime) -> datetime | None:
    return None if mail.at is None else min(mail.at, now)
