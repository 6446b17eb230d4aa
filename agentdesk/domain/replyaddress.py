"""The case's own reply address: a token that names the case and is signed, so that nobody can write into another's.

The token is `NUMBER-SIGNATURE`, the signature 40 bits of HMAC-SHA256 over the number (RFC 2104) in base 32. A side
conversation has one of its own, `sNUMBER-SIGNATURE` with the side's number, signed with its `s`: what answers a side
can never be read as an answer of the case's customer, nor the other way round.
Invariant: `read` gives a number only for a token that `sign` made with the same key for the same kind.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator

_BYTES = 5
_TOKEN = re.compile(r"([sS]?)([0-9]{1,15})-([A-Za-z2-7]{8})")
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
    return _signed(str(case_id), key)


def sign_side(side_id: int, key: bytes) -> str:
    """The token of a side conversation."""
    return _signed(f"s{side_id}", key)


def read(token: str, key: bytes) -> int | None:
    """The case that a token names, None when it was not signed with this key or names a side conversation."""
    name = _name(token, key)
    return None if name is None or name.startswith("s") else int(name)


def fill(pattern: str, token: str) -> str:
    """The address for a token: `support+{token}@example.dk`."""
    return pattern.replace("{token}", token)


def find(addresses: tuple[str, ...], pattern: str, key: bytes) -> int | None:
    """The case that one of these addresses names by this pattern."""
    return next((int(name) for name in _names(addresses, pattern, key) if not name.startswith("s")), None)


def find_side(addresses: tuple[str, ...], pattern: str, key: bytes) -> int | None:
    """The side conversation that one of these addresses names by this pattern."""
    return next((int(name[1:]) for name in _names(addresses, pattern, key) if name.startswith("s")), None)


def _signed(name: str, key: bytes) -> str:
    digest = hmac.new(key, name.encode(), hashlib.sha256).digest()[:_BYTES]
    return f"{name}-{base64.b32encode(digest).decode().lower()}"


def _name(token: str, key: bytes) -> str | None:
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    name = f"{match[1].lower()}{int(match[2])}"
    return name if hmac.compare_digest(_signed(name, key), token.lower()) else None


def _names(addresses: tuple[str, ...], pattern: str, key: bytes) -> Iterator[str]:
    before, mark, after = pattern.lower().partition("{token}")
    for address in addresses if mark else ():
        low = address.lower()
        if low.startswith(before) and low.endswith(after) and len(low) > len(before) + len(after):
            found = _name(low[len(before) : len(low) - len(after)], key)
            if found is not None:
                yield found
