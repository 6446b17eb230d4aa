"""What the agent should know of a message before reading it, and what to do about it: its marks, and why it did not
arrive.

Invariant: words of a mail server are never all that is said; what they mean and what to do stands above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.domain.forgetting import MARK
from agentdesk.domain.lifecycle import Delivery
from agentdesk.domain.takingpart import FORGED, FROM_US, UNKNOWN
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.lines import Span

if TYPE_CHECKING:
    from agentdesk.domain.rows import MessageRow

_MARKED = (
    (UNKNOWN, N_("Not part of this case before: answers do not go there until “accept” lets them in.")),
    (FROM_US, N_("Came from outside under an address of ours, which anybody can write.")),
    (
        FORGED,
        N_(
            "Your mail server could not confirm the sender: somebody else may have written this in their name."
        ),
    ),
    ("encrypted with PGP", N_("It cannot be read here: o saves the file for whoever has the key.")),
    ("encrypted with S/MIME", N_("It cannot be read here: o saves the file for whoever has the key.")),
)
"""What a mark means for the agent."""

_STATUS = re.compile(r"(?<![\d.])[45]\.(\d)\.(\d{1,3})(?![\d.])")
_BOUNCED = (
    (r"1\.", N_("There is no such address: look for a slip in it, and answer to the right one.")),
    (r"2\.2$", N_("Their mailbox is full: answer again tomorrow, or reach them another way.")),
    (r"2\.1$", N_("Their mailbox takes no mail any more: reach them another way.")),
    (r"(2\.3|3\.4)$", N_("The mail is too large for them: answer with less, or with a link.")),
    (r"4\.", N_("Their mail server was not reached: look for a slip behind the @, or answer again later.")),
    (r"7\.", N_("Their mail server turns ours away: show this to whoever looks after your mail.")),
)
"""Detail of an enhanced status code (RFC 3463), and what it means for who wants the customer to get an answer."""

_ANY_BOUNCE = N_("It did not arrive. Their mail server says why; answer again, or reach them another way.")
_FAILED = N_("It has not left. F5 sends it again as it is; r writes another one.")
_UNSURE = N_("F5 sends it again; they may get it twice then.")


def marks(message: MessageRow) -> str:
    """The marks in words, for a line of their own."""
    return " · ".join(clean_line(_(mark)) for mark in message.marks)


def notices(message: MessageRow) -> Iterator[Span]:
    """Paragraphs above the text, each with its tone."""
    for mark, words in _MARKED:
        if mark in message.marks:
            yield _(words), "amber"
    if message.report is not None:
        yield _report_words(message.report), "red"
    if message.delivery is Delivery.BOUNCED:
        yield _(bounce_words(message.error)), "red"
    if message.error and message.delivery in (Delivery.FAILED, Delivery.UNSURE, Delivery.BOUNCED):
        tone = "dim" if message.delivery is Delivery.BOUNCED else "red"
        yield clean_line(message.error)[:400], tone
    if MARK in message.marks:
        return
    if message.delivery is Delivery.FAILED:
        yield _(_FAILED), "amber"
    elif message.delivery is Delivery.UNSURE:
        yield _(_UNSURE), "amber"


def _report_words(report: str) -> str:
    who = report.split(" ", 1)[0]
    told = _(bounce_words(report))
    return _("{address} did not get your mail.").format(address=who) + " " + told if "@" in who else told


def bounce_words(reason: str) -> str:
    """What a server's refusal means, in the source's language."""
    for found in _STATUS.finditer(reason):
        detail = f"{found[1]}.{found[2]}"
        for pattern, words in _BOUNCED:
            if re.match(pattern, detail):
                return words
    return _ANY_BOUNCE
