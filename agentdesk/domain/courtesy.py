"""When a machine of ours answers by itself: the limits that end every loop (RFC 3834 2), and the word for it.

Invariant: whatever answers us, one address gets at most one automatic answer a day, and a kin of addresses that only
differ in figures and dots, as robots make them, at most KIN.
"""

import re
from typing import Final

from agentdesk.config.language import N_

ANSWERED: Final = N_("answered automatically")
"""The mark of a mail that the desk sent by itself: it answers nobody's question, so that the customer still waits."""
DAY: Final = 86_400_000_000
"""Microseconds within which an address gets one automatic answer; older mail gets none."""
HOUR: Final = 3_600_000_000
KIN: Final = 5
"""Addresses of one kin that are answered within a day."""
BUSY: Final = 4
"""New cases of one customer within an hour from which on nobody answers by itself: so many come from a machine."""
_FIGURES = re.compile(r"[\d._-]+")


def kin(address: str) -> str:
    """What addresses have in common that a robot makes up: no detail behind a plus, no figures, no dots between the
    letters, which many providers overlook."""
    local, _at, domain = address.strip().lower().rpartition("@")
    return f"{_FIGURES.sub('', local.partition('+')[0])}@{domain}"
