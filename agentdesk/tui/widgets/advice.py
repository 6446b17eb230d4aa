"""What stands above the text of a message: what its marks mean, why it did not arrive, which key does something.

Invariant: words of a mail server are never all that is said; what they mean and what to do stands above them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.domain import advice
from agentdesk.domain.forgetting import MARK
from agentdesk.domain.lifecycle import UNDELIVERED, Delivery
from agentdesk.domain.takingpart import UNKNOWN
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.lines import Span

if TYPE_CHECKING:
    from agentdesk.domain.rows import MessageRow

_MARKED = advice.MARKED | {
    UNKNOWN: N_("Not part of this case before: answers do not go there until “accept” (ctrl+p) lets them in."),
    "encrypted with PGP": N_("It cannot be read here: o saves the file for whoever has the key."),
    "encrypted with S/MIME": N_("It cannot be read here: o saves the file for whoever has the key."),
}  # fmt: skip
_AFTER = {
    Delivery.FAILED: N_("It has not left. F5 sends it again as it is; r writes another one."),
    Delivery.UNSURE: N_("It may have arrived: ask them first. F5 sends it again, and they may get it twice."),
}


def marks(message: MessageRow) -> str:
    """The marks in words, for a line of their own."""
    return " · ".join(clean_line(_(mark)) for mark in message.marks)


def notices(message: MessageRow) -> Iterator[Span]:
    """Paragraphs above the text, each with its tone."""
    for mark, words in _MARKED.items():
        if mark in message.marks:
            yield _(words), "amber"
    if message.report is not None:
        yield _report_words(message.report), "red"
    if message.delivery is Delivery.BOUNCED:
        yield _(advice.bounced(message.error)), "red"
    if message.error and message.delivery in UNDELIVERED:
        yield clean_line(message.error)[:400], "dim" if message.delivery is Delivery.BOUNCED else "red"
    if message.delivery in _AFTER and MARK not in message.marks:
        yield _(_AFTER[message.delivery]), "amber"


def _report_words(report: str) -> str:
    who = report.split(" ", 1)[0]
    told = _(advice.bounced(report))
    return _("{address} did not get your mail.").format(address=who) + " " + told if "@" in who else told
