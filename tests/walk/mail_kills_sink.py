"""An SMTP server in a process of its own, to be killed: it stops where it is told to, and says so.

`python mail_kills_sink.py PORT CONTROL LOG`. On the control port: `arm STAGE` stops the next session that comes there
and answers `at STAGE`; `go` lets it go on, and `gone STAGE` says that it has; `tempfail` gives the next MAIL a 451;
`hangup` ends the sessions there are, so that the next mail needs a new one.
Invariant: what it takes responsibility for stands in LOG (one JSON line, on disk) before it answers; LOG also has each
body that was begun. An address that begins with "gone" is refused.
"""

import contextlib
import json
import os
import socket
import sys
import threading
from typing import BinaryIO

STAGES = ("connect", "mail", "data", "dot", "kept")
_SMALL = 4096
"""The receive buffer, so that a large body does not disappear in the kernel before its server has read it."""


class Sink:
    """All sessions, one control connection."""

    def __init__(self, port: int, control: int, log: str) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(16)
        self._control = socket.create_server(("127.0.0.1", control), reuse_port=False)
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._told: socket.socket | None = None
        self._armed = ""
        self._tempfails = 0
        self.sessions: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._go = threading.Event()

    def run(self) -> None:
        """Serve until killed."""
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            connection, _peer = self._control.accept()
            self._told = connection
            for line in connection.makefile():
                word, _space, rest = line.strip().partition(" ")
                if word == "arm":
                    self._go.clear()
                    self._armed = rest
                elif word == "go":
                    self._armed = ""
                    self._go.set()
                elif word == "tempfail":
                    self._tempfails += 1
                elif word == "hangup":
                    self._hang_up()
                connection.sendall(b"ok\n" if word != "go" else b"")

    def _hang_up(self) -> None:
        for one in list(self.sessions):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def stage(self, name: str) -> bool:
        """A session has come here: stop if that was asked. True if it had to stop."""
        with self._lock:
            here, self._armed = self._armed == name, "" if self._armed == name else self._armed
        if here and self._told:
            self._told.sendall(f"at {name}\n".encode())
            self._go.wait()
        return here

    def gone(self, name: str) -> None:
        """It has gone on."""
        if self._told:
            self._told.sendall(f"gone {name}\n".encode())

    def fails(self) -> bool:
        """Whether this MAIL gets a 451."""
        with self._lock:
            self._tempfails, failing = max(0, self._tempfails - 1), self._tempfails > 0
        return failing

    def write(self, **facts: object) -> None:
        """One line, on disk when this returns."""
        os.write(self._log, json.dumps(facts).encode() + b"\n")
        os.fsync(self._log)

    def _listen(self) -> None:
        while True:
            connection, _peer = self._listener.accept()
            threading.Thread(target=_session, args=(self, connection), daemon=True).start()


def _session(sink: Sink, connection: socket.socket) -> None:
    sink.sessions.add(connection)
    with connection, connection.makefile("rb", buffering=512) as line, contextlib.suppress(OSError):
        sink.stage("connect")
        connection.sendall(b"220 sink\r\n")
        _talk(sink, connection, line)
    sink.sessions.discard(connection)


def _talk(sink: Sink, connection: socket.socket, line: BinaryIO) -> None:
    recipients: list[str] = []
    while words := line.readline():
        verb = words[:4].upper()
        answer = b"250 ok"
        if verb == b"MAIL":
            recipients = []
            answer = b"451 4.3.2 try again later" if sink.fails() else answer
        elif verb == b"RCPT":
            address = words.decode().partition("<")[2].partition(">")[0]
            sink.stage("mail")
            answer = b"550 5.1.1 no such user" if address.startswith("gone") else answer
            recipients += [] if answer[:1] == b"5" else [address]
        elif verb == b"DATA":
            sink.write(begun=recipients)
            connection.sendall(b"354 go on\r\n")
            sink.stage("data")
            answer = _body(sink, line, recipients)
            held = sink.stage("kept")
            connection.sendall(answer + b"\r\n")
            if held:
                sink.gone("kept")
            continue
        elif verb == b"QUIT":
            connection.sendall(b"221 bye\r\n")
            return
        connection.sendall(answer + b"\r\n")


def _body(sink: Sink, line: BinaryIO, recipients: list[str]) -> bytes:
    identity, size, head = "", 0, True
    while (text := line.readline()) != b".\r\n":
        if not text.endswith(b"\n"):
            raise ConnectionError
        size += len(text)
        head = head and text != b"\r\n"
        if head and text.lower().startswith(b"message-id:"):
            identity = text.decode().partition("<")[2].partition(">")[0]
    sink.stage("dot")
    sink.write(kept=identity, to=recipients, size=size)
    return b"250 2.0.0 kept"


if __name__ == "__main__":
    Sink(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]).run()
