"""A free port on the loopback interface.

Invariant: two calls in one process never give the same port; between processes the kernel's spread has to
do.
"""

import socket

_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on at this moment."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _given:
            _given.add(port)
            return port
