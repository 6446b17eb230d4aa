"""An SMTP server that follows a script: what it answers at each step, or how it breaks there.

Invariant: whatever the script does, the server's thread ends with the connection or with `close`.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Self

CLOSE, RESET, SILENT, DRIBBLE, ENDLESS = b"<close>", b"<reset>", b"<silent>", b"<dribble>", b"<endless>"
BREAKS = (CLOSE, RESET, SILENT, DRIBBLE, ENDLESS)
_USUAL = {
    "greeting": b"220 script", "ehlo": b"250-script\r\n250 AUTH PLAIN", "helo": b"250 script", "auth": b"235 in",
    "mail": b"250 ok", "rcpt": b"250 ok", "data": b"354 go on", "dot": b"250 kept",
    "rset": b"250 ok", "quit": b"221 bye",
}  # fmt: skip
_EVERY = 0.02
"""Seconds between two letters of a dribbling answer."""


class Script:
    """`answers` maps a step (greeting, ehlo, auth, mail, rcpt, data, dot) to its answer, or to one for each time; what
    is not named is answered well. `commands` and `bodies` are what came."""

    def __init__(self, answers: Mapping[str, bytes | Sequence[bytes]], *, wait: float = 0.0) -> None:
        self._answers = {
            step: [given] if isinstance(given, bytes) else list(given) for step, given in answers.items()
        }
        self._wait = wait
        self.commands: list[str] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                connection = self._listener.accept()[0]
                self.connections += 1
                connection.settimeout(10)
                with connection, contextlib.suppress(OSError, EOFError):
                    self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as line:
            self._say(connection, "greeting")
            while words := line.readline():
                self.commands.append(words.decode("utf-8", "replace").strip())
                step = self.commands[-1][:4].lower()
                if self._say(connection, step).startswith(b"354"):
                    body = b""
                    while not body.endswith(b"\r\n.\r\n"):
                        body += line.readline() or _raise_eof()
                    self.bodies.append(body)
                    self._say(connection, "dot")

    def _say(self, connection: socket.socket, step: str) -> bytes:
        given = self._answers.get(step)
        answer = _USUAL.get(step, b"500 what?") if not given else given.pop(0) if len(given) > 1 else given[0]
        if self._wait:
            time.sleep(self._wait)
        if answer not in BREAKS:
            connection.sendall(answer + b"\r\n")
            return answer
        if answer == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        while answer in (SILENT, DRIBBLE, ENDLESS) and not self._over.wait(_EVERY):
            if answer == DRIBBLE:
                connection.sendall(b"2")
            elif answer == ENDLESS:
                connection.sendall(b"250-and\r\n" * 10_000)
            elif _gone(connection):
                break
        return _raise_eof()


def _gone(connection: socket.socket) -> bool:
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False


def _raise_eof() -> bytes:
    raise EOFError
