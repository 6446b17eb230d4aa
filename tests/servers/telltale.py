"""Servers that refuse everybody and say aloud what they were told, passwords included: IMAP, SMTP and PostgreSQL.

Invariant: what was heard is kept, so that a test can prove that the secret did reach the server.
"""

import socket
import socketserver
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

Talk = Callable[[Any, list[bytes]], None]


@contextmanager
def telltale(talk: Talk) -> Iterator[tuple[int, list[bytes]]]:
    """A server that holds this conversation with everybody: its port, and all that it heard."""
    heard: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                talk(self, heard)
            except (OSError, ValueError):
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
        server.server_close()


def _said(line: bytes) -> bytes:
    """What it says of a line: the line, and what its Base64 means."""
    told = line.strip()
    with suppress(ValueError, IndexError):
        told += b" = " + b64decode(told.split()[-1], validate=True).replace(b"\0", b" ").replace(b"\1", b" ")
    return told.replace(b"\r", b" ").replace(b"\n", b" ")


def imap(line: Any, heard: list[bytes]) -> None:
    """Refuses every sign-in with the words that were said."""
    line.wfile.write(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR] here\r\n")
    for told in line.rfile:
        heard.append(told)
        tag, _space, rest = told.partition(b" ")
        if rest.upper().startswith(b"CAPABILITY"):
            line.wfile.write(
                b"* CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR\r\n" + tag + b" OK done\r\n"
            )
        elif rest.upper().startswith(b"AUTHENTICATE") and len(rest.split()) == 2:
            line.wfile.write(b"+ \r\n")
            heard.append(line.rfile.readline())
            line.wfile.write(tag + b" NO you said " + _said(heard[-1]) + b"\r\n")
        else:
            line.wfile.write(tag + b" NO you said " + _said(told) + b"\r\n")


def smtp(line: Any, heard: list[bytes]) -> None:
    """The same; it takes PLAIN, LOGIN and XOAUTH2."""
    line.wfile.write(b"220 here\r\n")
    for told in line.rfile:
        heard.append(told)
        words = told.upper().split()
        if words[:1] == [b"EHLO"]:
            line.wfile.write(b"250-here\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n")
        elif words[:1] == [b"AUTH"] and len(words) == 2:
            line.wfile.write(b"334 \r\n")
        else:
            line.wfile.write(b"535 5.7.8 you said " + _said(told) + b"\r\n")


def postgres(line: Any, heard: list[bytes]) -> None:
    """Asks for the password in the clear, and refuses it by name."""
    connection: socket.socket = line.connection
    while True:
        size = int.from_bytes(line.rfile.read(4), "big")
        code = int.from_bytes(line.rfile.read(size - 4)[:4], "big")
        if code == 196608:  # the protocol's version 3.0; before it come questions for encryption
            break
        connection.sendall(b"N")
    connection.sendall(b"R" + (8).to_bytes(4, "big") + (3).to_bytes(4, "big"))
    line.rfile.read(1)
    heard.append(line.rfile.read(int.from_bytes(line.rfile.read(4), "big") - 4).rstrip(b"\0"))
    fields = b"SFATAL\0C28P01\0Mpassword authentication failed: " + heard[-1] + b"\0\0"
    connection.sendall(b"E" + (4 + len(fields)).to_bytes(4, "big") + fields)
