"""The case's own reply address: a token that names the case and is signed, so that nobody can write into another's.

The token is `NUMBER-SIGNATURE`, the signature 40 bits of HMAC-SHA256 over the number (RFC 2104) in base 32.
Invariant: `read` gives a case number only for a token that `sign` made with the same key.
"""

import base64
import hashlib
import hmac
import re

_BYTES = 5
_TOKEN = re.compile(r"([0-9]{1,15})-([A-Za-z2-7]{8})")
"""ASCII only: `compare_digest` raises for anything else, and the address comes from outside."""

_PROBE = "agentdesk-probe."


def probe_id(secret: str, domain: str) -> str:
    """The Message-ID of a mail that only tries whether the reply address comes back."""
    return f"{_PROBE}{secret}@{domain}"


def is_probe(message_id: str | None) -> bool:
    """Whether a mail with this id is such a try: then it belongs to no case."""
    return message_id is not None and message_id.startswith(_PROBE)


def sign(case_id: int, key: bytes) -> str:
    """The token of a case."""
    digest = hmac.new(key, str(case_id).encode(), hashlib.sha256).digest()[:_BYTES]
    return f"{case_id}-{base64.b32encode(digest).decode().lower()}"


def read(token: str, key: bytes) -> int | None:
    """The case that a token names, None when it was not signed with this key."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    case_id = int(match[1])
    return case_id if hmac.compare_digest(sign(case_id, key), token.lower()) else None


def fill(pattern: str, token: str) -> str:
    """The address for a token: `support+{token}@example.dk`."""
    return pattern.replace("{token}", token)


def find(addresses: tuple[str, ...], pattern: str, key: bytes) -> int | None:
    """The case that one of these addresses names by this pattern."""
    before, mark, after = pattern.lower().partition("{token}")
    if not mark:
        return None
    for address in addresses:
        low = address.lower()
        if low.startswith(before) and low.endswith(after) and len(low) > len(before) + len(after):
            found = read(low[len(before) : len(low) - len(after)], key)
            if found is not None:
                return found
    return None
