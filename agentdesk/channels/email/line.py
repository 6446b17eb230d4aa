"""What this machine knows of a connection below its protocol: whether the other side hung up, and how much it has.

Invariant: it only looks; no byte is taken away or added.
"""

import os
import smtplib
import socket
import sys
import time

_LOOK = 0.005


def wait_until_there(sock: socket.socket, end: float, patience: float) -> None:
    """Until the other side's machine has all that was sent, so that a line that breaks under a body breaks before the
    dot. `end` by the monotonic clock; `patience`: seconds without a byte of progress.

    Raises smtplib.SMTPServerDisconnected, TimeoutError.
    """
    least, since = _under_way(sock), time.monotonic()
    while not _has_hung_up(sock):
        left, now = _under_way(sock), time.monotonic()
        if not left:
            return
        if left < least:
            least, since = left, now
        if now > end or now - since > patience:
            raise TimeoutError
        time.sleep(_LOOK)
    raise smtplib.SMTPServerDisconnected


def _under_way(sock: socket.socket) -> int:
    """How many bytes are sent and not acknowledged; 0 where the system does not tell."""
    try:
        import fcntl  # noqa: PLC0415  not on every system
        import termios  # noqa: PLC0415

        told = fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, bytes(4))
    except (ImportError, OSError):
        return 0
    return int.from_bytes(told, sys.byteorder)


def _has_hung_up(sock: socket.socket) -> bool:
    """Whether the other side has already closed; looks below TLS, and takes nothing away."""
    with socket.socket(fileno=os.dup(sock.fileno())) as below:
        try:
            return below.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
