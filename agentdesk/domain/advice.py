"""What the marks of a message and the reason of a bounce mean for who has to answer, in plain words.

Invariant: every status that says why a mail did not arrive has a meaning, were it only that it did not.
"""

import re

from agentdesk.config.language import N_
from agentdesk.domain.takingpart import FORGED, FROM_US, UNKNOWN

MARKED = {
    UNKNOWN: N_("Not part of this case before: answers do not go there until “accept” lets them in."),
    FROM_US: N_("Came from outside under an address of ours, which anybody can write."),
    FORGED: N_("Your mail server could not confirm the sender: somebody else may have written this in their name."),
    "encrypted with PGP": N_("It cannot be read here: save the file for whoever has the key."),
    "encrypted with S/MIME": N_("It cannot be read here: save the file for whoever has the key."),
}  # fmt: skip
"""What a mark means."""

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


def bounced(reason: str) -> str:
    """What a server's refusal means, in the source's language."""
    for found in _STATUS.finditer(reason):
        detail = f"{found[1]}.{found[2]}"
        for pattern, words in _BOUNCED:
            if re.match(pattern, detail):
                return words
    return _ANY_BOUNCE
