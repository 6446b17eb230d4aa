"""The proxy loses just what it is told to lose."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from servers.proxy import Proxy


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            threading.Thread(target=back, args=(connection,), daemon=True).start()

    def back(connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(65536):
                    connection.sendall(data)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def client(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), 5)


def answer(connection: socket.socket, words: bytes) -> bytes:
    connection.sendall(words)
    return received(connection, len(words))


def received(connection: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count and (piece := connection.recv(65536)):
        got += piece
    return got


def test_it_carries_everything_in_both_directions(echo: int) -> None:
    words = bytes(range(256)) * 8000
    with Proxy(echo) as proxy, client(proxy) as connection:
        threading.Thread(target=connection.sendall, args=(words,)).start()
        assert received(connection, len(words)) == words
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1) == b""
        assert (proxy.up, proxy.down, proxy.connections) == (len(words), len(words), 1)


@pytest.mark.parametrize("up", [False, True])
def test_it_cuts_behind_the_very_byte_and_once(echo: int, up: bool) -> None:
    with Proxy(echo) as proxy:
        with client(proxy) as connection:
            assert answer(connection, b"before") == b"before"
            proxy.cut_after(3, up=up)
            connection.sendall(b"abcdef")
            assert connection.recv(10) in ((b"abc",) if not up else (b"", b"abc"))
            assert connection.recv(10) == b""
        assert (proxy.cuts, proxy.open) == (1, 0)
        with client(proxy) as connection:
            assert answer(connection, b"whole again") == b"whole again"


def test_it_falls_silent_without_a_word_and_heals(echo: int) -> None:
    with Proxy(echo) as proxy, client(proxy) as connection:
        answer(connection, b"x")
        proxy.stall(new=False)
        connection.sendall(b"lost?")
        connection.settimeout(0.2)
        with pytest.raises(TimeoutError):
            connection.recv(10)
        with client(proxy) as other:
            assert answer(other, b"new") == b"new"
        proxy.stall()
        with client(proxy) as other:
            other.settimeout(0.2)
            other.sendall(b"new")
            with pytest.raises(TimeoutError):
                other.recv(10)
        proxy.heal()
        connection.settimeout(5)
        assert received(connection, 5) == b"lost?"


def test_it_is_slow_kills_and_refuses(echo: int) -> None:
    with Proxy(echo) as proxy:
        with client(proxy) as connection:
            proxy.slow(20_000)
            begun = time.monotonic()
            answer(connection, b"x" * 6000)
            assert 0.2 < time.monotonic() - begun < 5
            proxy.heal()
            assert proxy.kill(reset=True) == 1
            with pytest.raises(ConnectionResetError):
                connection.recv(10)
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            client(proxy)
        proxy.heal()
        with client(proxy) as connection:
            assert answer(connection, b"back") == b"back"
