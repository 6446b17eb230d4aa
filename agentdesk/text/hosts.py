"""Names of hosts as machines write them.

Invariant: what is returned as ASCII is a host's name and nothing more. Python's encoding to ASCII (RFC 3490) folds
compatibility letters, so that a fullwidth comma, bracket or @ would come out as a real one and add a recipient.
"""

import re

_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


def in_ascii(domain: str) -> str | None:
    """The domain in ASCII (RFC 5890); one that is in ASCII already as it is; None where letters stand for no host."""
    if domain.isascii():
        return domain
    try:
        found = domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return found if _HOST.fullmatch(found) else None
