"""Lists and addresses as the JSON text that the tables keep.

Invariant: what is read back is what was written, and anything unreadable reads as empty rather than raising.
"""

import json
import zlib
from collections.abc import Iterable

from agentdesk.domain.mail import Address
from agentdesk.text.clean import clean_line


def words(values: Iterable[str]) -> str:
    """Strings as JSON."""
    return json.dumps(list(values), ensure_ascii=False)


def read_words(text: str | None) -> tuple[str, ...]:
    """Strings from JSON."""
    return tuple(str(value) for value in json.loads(text)) if text and text != "[]" else ()


def people(values: Iterable[Address]) -> str:
    """Addresses as JSON pairs of name and address."""
    return json.dumps([[who.name, who.address] for who in values], ensure_ascii=False)


def read_people(text: str | None) -> tuple[Address, ...]:
    """Addresses from JSON, clean."""
    if not text or text == "[]":
        return ()
    return tuple(Address(clean_line(name), clean_line(address)) for name, address in json.loads(text))


def pack(raw: bytes) -> bytes:
    """Raw bytes as they are kept."""
    return zlib.compress(raw, 6)


def unpack(data: bytes) -> bytes:
    """Raw bytes as they came."""
    return zlib.decompress(data)
