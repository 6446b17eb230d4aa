"""One IMAP connection: connecting, encrypting, signing in, and its troubles as sentences.

Invariant: what was signed in is verified (TLS) or loopback or expressly allowed; a connection that broke is
dropped before the error leaves here, so that the next use connects anew; nothing on it is logged.
"""

import logging
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from imapclient import IMAPClient
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
    LoginError,
    ProtocolError,
)

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email.credentials import Credentials, xoauth2
from agentdesk.channels.email.tls import context_for
from agentdesk.channels.email.trouble import (
    closed,
    no_connection,
    no_encryption,
    no_such_mechanism,
    server_words,
    sign_in_failed,
)
from agentdesk.config.language import _
from agentdesk.config.settings import Imap
from agentdesk.domain.problems import Problem

_SECONDS = 30.0
"""How long any answer may take: a connection that fell silent is noticed then."""
_LONGEST_LITERAL = 200_000_000
"""Bytes; a server that announces more than any mail has would fill the memory."""
_logger = logging.getLogger(__name__)
_BROKEN = (IMAPClientAbortError, ProtocolError, OSError, EOFError)


class Client(IMAPClient):  # type: ignore[misc]  # ships without types
    """IMAPClient whose wait for news in IDLE ends when `wake` becomes readable, too."""

    wake: socket.socket | None = None
    look_first = False
    """Set right after `idle()`: news may already lie in the buffer that the answer to IDLE was read into, where no
    poll of the socket would find it."""
    heard = False
    """Whether the last wait ended because the server sent something or hung up."""

    def _poll_socket(self, sock: socket.socket, timeout: float | None = None) -> bool:
        self.heard = False
        if self.look_first:
            self.look_first = False
            return True
        poller = select.poll()
        poller.register(sock.fileno(), select.POLLIN)
        if self.wake is not None:
            poller.register(self.wake.fileno(), select.POLLIN)
        ready = poller.poll(None if timeout is None else timeout * 1000)
        self.heard = any(number == sock.fileno() for number, _event in ready)
        return self.heard

    _select_poll_socket = _poll_socket

    def bound_literals(self) -> None:
        """From now on a literal longer than any mail ends the connection instead of filling the memory."""
        read = self._imap.read

        def bounded(size: int) -> bytes:
            if size > _LONGEST_LITERAL:
                raise IMAPClientAbortError
            return bytes(read(size))

        self._imap.read = bounded


class Connection:
    """A connection that is made when it is needed and again when it broke."""

    def __init__(self, server: Imap, credentials: Credentials, wake: socket.socket | None = None) -> None:
        self.server = server
        self._credentials = credentials
        self._wake = wake
        self._client: Client | None = None
        self.selected: str | None = None

    @contextmanager
    def speaking(self) -> Iterator[Client]:
        """The signed-in client; whatever breaks inside becomes ChannelDown or ChannelRefused."""
        if self._client is None:
            self._client = self._connect()
        client = self._client
        try:
            yield client
        except Problem:
            raise
        except IMAPClientAbortError as error:
            self.drop()
            raise closed(self.server, _last_words(client)) from error
        except (ProtocolError, OSError, EOFError, ValueError) as error:
            self.drop()
            raise no_connection(self.server, error) from error
        except IMAPClientError as error:
            raise ChannelDown(
                _("{host} could not do what was asked (it says: {words}); it will be tried again.").format(
                    host=self.server.host, words=server_words(error)
                )
            ) from error
        except (TypeError, AttributeError, LookupError, AssertionError) as error:
            self.drop()  # the library stumbled over an answer that is none
            _logger.warning("an answer of %s cannot be read: %s", self.server.host, type(error).__name__)
            raise closed(self.server) from error
        except BaseException:
            self.drop()  # stopped half-way: the next answer would be taken for another question's
            raise

    def drop(self) -> None:
        """Forget the connection without a word to the server."""
        client, self._client, self.selected = self._client, None, None
        if client:
            with suppress(*_BROKEN, IMAPClientError):
                client.shutdown()

    def close(self) -> None:
        """Sign out."""
        if self._client:
            with suppress(*_BROKEN, IMAPClientError):
                self._client.logout()
        self.drop()

    def _connect(self) -> Client:
        server = self.server
        self._credentials.check()
        context = context_for(server)
        try:
            client = Client(
                server.host, server.port, ssl=server.tls == "implicit", ssl_context=context, timeout=_SECONDS
            )
        except IMAPClientError as error:
            raise closed(server, _greeting(error)) from error
        except (OSError, EOFError, ValueError) as error:
            raise no_connection(server, error) from error
        client.wake = self._wake
        client.normalise_times = False
        # imaplib would write every line it sends to the debug log, access tokens included
        client._imap.debug = 0
        client.bound_literals()
        try:
            if server.tls == "starttls":
                client.starttls(context)
            self._sign_in(client)
        except (ChannelDown, ChannelRefused):
            _hang_up(client)
            raise
        except CapabilityError as error:
            _hang_up(client)
            raise no_encryption(server) from error
        except (IMAPClientError, OSError, EOFError, ValueError) as error:
            _hang_up(client)
            raise no_connection(server, error) from None
        return client

    def _sign_in(self, client: Client) -> None:
        server = self.server
        with self._credentials.signing_in() as secret:
            try:
                if server.auth == "xoauth2":
                    client.sasl_login("XOAUTH2", xoauth2(server.user, secret))
                elif not (server.user + secret).isascii() or client.has_capability("LOGINDISABLED"):
                    if not client.has_capability("AUTH=PLAIN"):
                        raise no_such_mechanism(server)
                    client.plain_login(server.user, secret)
                else:
                    client.login(server.user, secret)
            except LoginError as error:
                if isinstance(error.__context__, IMAPClientAbortError):  # hung up before it said yes or no
                    raise closed(server, _last_words(client)) from None
                # without its cause: its text may hold what was sent
                raise sign_in_failed(server, error, secret) from None


def _hang_up(client: Client) -> None:
    with suppress(*_BROKEN, IMAPClientError):
        client.shutdown()


def _last_words(client: Client) -> object:
    """What stood behind BYE, if the server said it."""
    said = client._imap.untagged_responses.get("BYE")
    return said[-1] if said else ""


def _greeting(error: Exception) -> object:
    """The greeting of a server that sends us away at once."""
    said = error.args[0] if error.args else ""
    return said.removeprefix(b"* BYE").strip() if isinstance(said, bytes) else ""
