"""A mail of somebody else without what is to be forgotten: the same letter with another text, and the files that stay.

Invariants: no byte of the old mail is in the new one but its files; the number of each file's part is told, as it
stands in the new bytes.
"""

from collections.abc import Sequence
from dataclasses import replace

from agentdesk.domain.mail import Enclosure, Letter
from agentdesk.mail.compose import compose
from agentdesk.mail.headers import Findings
from agentdesk.mail.structure import content, readable, walk

_FIRST = 2
"""The number of the first file: 0 is the whole, 1 the text."""


def rebuilt(letter: Letter, files: Sequence[Enclosure]) -> tuple[bytes, list[int]]:
    """The new bytes, and the part number of each file."""
    raw = compose(replace(letter, enclosures=tuple(files), html=False))
    return raw, list(range(_FIRST, _FIRST + len(files)))


def contents(raw: bytes) -> list[bytes]:
    """What stands in a mail for whoever looks for something: its bytes, and each part decoded."""
    plain = readable(raw)
    findings = Findings()
    return [raw, *(content(plain, part, findings) for part in walk(plain, findings) if not part.is_multipart)]
