"""A free port on the loopback interface.

Invariant: two calls in one process never give the same port; a port is from below the range that the kernel gives to
outgoing connections, so that none of those takes it before its server is up; each process begins at its own place.
"""

import os
import socket

FIRST, LAST = 12000, 32000
_next = FIRST + os.getpid() * 97 % (LAST - FIRST)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    global _next  # noqa: PLW0603  the place of this process in the range
    while True:
        port = _next
        _next = port + 1 if port < LAST else FIRST
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
