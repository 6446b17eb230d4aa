"""A TCP proxy to a port of this machine that loses, delays and refuses on demand: the network between us and a server.

It knows no protocol, so it serves IMAP, SMTP and PostgreSQL alike. Invariants: one thread carries every connection and
ends with `close`; whatever is asked of it is in force when the call returns; bytes are carried in order or not at all;
what it holds of a connection is at most 64 KB in each direction.
"""

import contextlib
import queue
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from servers.ports import free_port

_CHUNK = 65_536
_TICK = 0.02
"""Seconds between two pieces of a slow connection."""
_ASKED = 10.0


@dataclass(slots=True)
class _Way:
    """One direction of a connection."""

    source: socket.socket
    sink: socket.socket
    down: bool
    waiting: bytearray = field(default_factory=bytearray)
    ended: bool = False
    told: bool = False
    """The sink knows that nothing more comes."""
    next_at: float = 0.0


@dataclass(slots=True)
class _Line:
    """One connection of a client, and ours to the server for it."""

    client: socket.socket
    server: socket.socket
    ways: tuple[_Way, _Way]
    silent: bool = False
    cut: bool = False
    """Closed as soon as what was taken over before has gone on."""


class Proxy:
    """`with Proxy(port) as proxy:` listens on `proxy.port`; without a fault it only carries."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = free_port()
        self.connections = 0
        """How many clients it has let through so far."""
        self.down = self.up = 0
        """Bytes carried from the server, and to it."""
        self.cuts = 0
        """How often `cut_after` came to its byte."""
        self._lines: list[_Line] = []
        self._listener: socket.socket | None = None
        self._left: dict[bool, int] = {}
        self._reset = False
        self._rate: float | None = None
        self._silent_from_now = False
        self._asked: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake, self._waker = socket.socketpair()
        self._over = False
        self._thread = threading.Thread(target=self._carry, name="proxy", daemon=True)

    # -- faults -------------------------------------------------------------------------------------------------

    def cut_after(self, count: int, *, up: bool = False, reset: bool = False) -> None:
        """The connection that carries the count-th byte from now on, from the server or (`up`) to it, ends right behind
        it: in order, or with `reset` by an RST, which may swallow what the client has not read yet. Then it is over."""

        def arm() -> None:
            self._left[not up] = count
            self._reset = reset

        self._ask(arm)

    def stall(self, *, new: bool = True) -> None:
        """Carry nothing more and say nothing of it, as a NAT that forgot the connection; `new`: later ones neither."""

        def arm() -> None:
            self._silent_from_now = new
            for line in self._lines:
                line.silent = True

        self._ask(arm)

    def slow(self, bytes_per_second: float) -> None:
        """Carry so much in each direction of each connection."""
        self._ask(lambda: setattr(self, "_rate", bytes_per_second))

    def kill(self, *, reset: bool = False) -> int:
        """End the connections there are; returns how many there were."""
        killed: list[int] = []

        def end() -> None:
            killed.append(len(self._lines))
            for line in tuple(self._lines):
                self._end(line, reset=reset)

        self._ask(end)
        return killed[0]

    def refuse(self) -> None:
        """Let nobody connect."""
        self._ask(self._deafen)

    def heal(self) -> None:
        """No fault any more: whoever was silent goes on, whoever was refused may connect."""

        def mend() -> None:
            self._left.clear()
            self._rate, self._silent_from_now = None, False
            for line in self._lines:
                line.silent = False
            self._listen()

        self._ask(mend)

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return len(self._lines)

    # -- life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self._listen()
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End every connection and the thread."""
        if self._thread.is_alive():
            self.kill()
            self._ask(self._deafen)
            self._ask(lambda: setattr(self, "_over", True))
            self._thread.join(_ASKED)
        self._wake.close()
        self._waker.close()

    def _ask(self, act: Callable[[], None]) -> None:
        done = threading.Event()

        def acted() -> None:
            act()
            done.set()

        self._asked.put(acted)
        self._waker.send(b".")
        if not done.wait(_ASKED):
            raise RuntimeError("the proxy does not answer")

    def _listen(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            self._listener.setblocking(False)

    def _deafen(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    # -- carrying -----------------------------------------------------------------------------------------------

    def _carry(self) -> None:
        while not self._over:
            readable, writable = self._wanted()
            able_to_read, able_to_write, _none = select.select(readable, writable, [], self._pause())
            if self._wake in able_to_read:
                self._wake.recv(4096)
                while not self._asked.empty():
                    self._asked.get()()
            if self._listener is not None and self._listener in able_to_read:
                self._accept()
            for line in tuple(self._lines):
                for way in line.ways:
                    if line in self._lines:
                        self._move(line, way, able_to_read, able_to_write)

    def _wanted(self) -> tuple[list[socket.socket], list[socket.socket]]:
        now = time.monotonic()
        readable, writable = [self._wake], []
        if self._listener is not None:
            readable.append(self._listener)
        for line in self._lines:
            for way in () if line.silent else line.ways:
                if way.waiting:
                    writable.append(way.sink)
                elif not way.ended and not line.cut and way.next_at <= now:
                    readable.append(way.source)
        return readable, writable

    def _pause(self) -> float | None:
        return _TICK if self._rate else None

    def _accept(self) -> None:
        assert self._listener is not None
        try:
            client, _address = self._listener.accept()
        except OSError:
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target_port), 5)
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ways = (_Way(server, client, down=True), _Way(client, server, down=False))
        self._lines.append(_Line(client, server, ways, silent=self._silent_from_now))
        self.connections += 1

    def _move(
        self, line: _Line, way: _Way, readable: list[socket.socket], writable: list[socket.socket]
    ) -> None:
        if line.silent:
            return
        try:
            if way.source in readable and not way.waiting and not way.ended and not line.cut:
                self._take(line, way)
            if way.waiting and (way.sink in writable or way.source in readable):
                del way.waiting[: way.sink.send(way.waiting)]
            if way.ended and not way.waiting and not way.told:
                way.sink.shutdown(socket.SHUT_WR)
                way.told = True
                line.cut = line.cut or all(each.told for each in line.ways)
        except BlockingIOError:
            return
        except OSError:
            self._end(line)
            return
        if line.cut and not any(each.waiting for each in line.ways):
            self._end(line, reset=self._reset)

    def _take(self, line: _Line, way: _Way) -> None:
        """Take over what has come, as far as the faults allow."""
        most = _CHUNK
        if self._rate:
            most = max(1, int(self._rate * _TICK))
        got = way.source.recv(most)
        way.ended = not got
        if self._rate:
            way.next_at = time.monotonic() + len(got) / self._rate
        left = self._left.get(way.down)
        if left is not None:
            got = got[:left]
            self._left[way.down] = left - len(got)
            if self._left[way.down] == 0:
                del self._left[way.down]
                line.cut = True
                self.cuts += 1
        way.waiting += got
        if way.down:
            self.down += len(got)
        else:
            self.up += len(got)

    def _end(self, line: _Line, *, reset: bool = False) -> None:
        self._lines.remove(line)
        for end in (line.client, line.server):
            with contextlib.suppress(OSError):
                if reset:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                else:
                    end.shutdown(socket.SHUT_RDWR)
            end.close()
