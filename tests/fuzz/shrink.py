"""A broken mail made as small as it can be and still break the same promise.

Invariant: what is returned breaks it, too; the search ends when its CPU time is spent.
"""

import time
from collections.abc import Callable


def smallest(raw: bytes, breaks: Callable[[bytes], bool], seconds: float = 10.0) -> bytes:
    """Leave out pieces, large ones first, for as long as what is left still breaks."""
    until = time.process_time() + seconds
    size = max(len(raw) // 2, 1)
    while size:
        at = 0
        while at < len(raw):
            if time.process_time() > until:
                return raw
            without = raw[:at] + raw[at + size :]
            if breaks(without):
                raw = without
            else:
                at += size
        size //= 2
    return raw
