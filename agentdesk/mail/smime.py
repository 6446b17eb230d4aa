"""S/MIME (RFC 8551): what a pkcs7-mime part is, and the mail within it where it is only wrapped, not encrypted.

Nothing is verified or decrypted. Invariants: nothing is raised for any bytes; the walk over the DER is as deep as the
standard's structure and no deeper, and no length is believed beyond what is there.
"""

from collections.abc import Iterator

_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
_OCTETS, _CONSTRUCTED_OCTETS, _SEQUENCE, _CONTEXT_0, _NAME, _INTEGER, _SET = (
    0x04,
    0x24,
    0x30,
    0xA0,
    0x06,
    0x02,
    0x31,
)
_MOST_PIECES = 100_000


def unwrap(data: bytes) -> tuple[str, bytes]:
    """The kind ("signed", "encrypted" or "") and, of a signed one, the mail that it wraps."""
    outer = list(_items(_first(memoryview(data), _SEQUENCE), 2))  # a view: the wrapped mail may be large
    if len(outer) < 2 or outer[0][0] != _NAME:
        return "", b""
    if outer[0][1] in _ENCRYPTED:
        return "encrypted", b""
    if outer[0][1] != _SIGNED:
        return "", b""
    for tag, value in _items(_first(outer[1][1], _SEQUENCE), 3):
        if tag == _SEQUENCE:
            wrapped = next((one for kind, one in _items(value, 2) if kind == _CONTEXT_0), value[:0])
            return "signed", b"".join(_octets(wrapped))
    return "signed", b""


def _octets(data: memoryview) -> Iterator[memoryview]:
    """An octet string, in one piece or in several."""
    for tag, value in _items(data, 1):
        if tag == _OCTETS:
            yield value
        elif tag == _CONSTRUCTED_OCTETS:
            yield from (piece for kind, piece in _items(value, _MOST_PIECES) if kind == _OCTETS)


def _first(data: memoryview, tag: int) -> memoryview:
    return next((value for kind, value in _items(data, 1) if kind == tag), data[:0])


def _items(data: memoryview, most: int) -> Iterator[tuple[int, memoryview]]:
    """The first items of a value. One of indefinite length holds all the rest: what ends it is met further in."""
    at = 0
    for _number in range(most):
        if at + 2 > len(data):
            return
        tag, size = data[at], data[at + 1]
        at += 2
        if size == 0x80:
            size = _indefinite(data, at) if tag == _CONSTRUCTED_OCTETS else len(data) - at
        elif size > 0x80:
            width = size & 0x7F
            size = int.from_bytes(data[at : at + width], "big") if width <= 8 else 0
            at += width
        if tag == 0:  # the end of an indefinite length
            return
        yield tag, data[at : at + size]
        at += size


def _indefinite(data: memoryview, at: int) -> int:
    """How long the pieces of an octet string of indefinite length are together."""
    start = at
    for _number in range(_MOST_PIECES):
        if at + 2 > len(data) or data[at] != _OCTETS:
            break
        size = data[at + 1]
        at += 2
        if size > 0x80:
            width = size & 0x7F
            size = int.from_bytes(data[at : at + width], "big") if width <= 8 else 0
            at += width
        at += size
    return min(at, len(data)) - start
