"""An SMTP server that keeps every message and misbehaves to order, on a free loopback port.

Invariant: a message stands in `messages` exactly when the sink took responsibility for it, that is, when it
had the final dot, whether or not its answer could still reach the sender.
"""

import asyncio
import base64
import ssl
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from servers.certificate import Certificate
from servers.ports import free_port

Stage = Literal["connect", "mail", "rcpt", "data"]


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came: the envelope, the bytes, when, and who had signed in."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    at: float
    user: str | None


@dataclass(slots=True)
class Faults:
    """What the sink does wrong, until `SmtpSink.reset()` or for `times` messages."""

    tempfail: Stage | None = None
    """451 at this stage; at "connect" it says 421 and hangs up."""
    refuse: set[str] = field(default_factory=set)
    """Addresses that get 550 at RCPT."""
    put_off: set[str] = field(default_factory=set)
    """Addresses that get 451 at RCPT."""
    refuse_data: bool = False
    """554 after the final dot."""
    drop: Literal["before", "after"] | None = None
    """Hang up in mid DATA, or after the final dot without an answer: then the message is kept."""
    delay: float = 0.0
    """Seconds before each answer to RCPT and to the final dot."""
    times: int | None = None


class SmtpSink:
    """`credentials` (user -> password) makes AUTH a must; `tokens` (user -> access token) adds XOAUTH2."""

    def __init__(
        self,
        *,
        certificate: Certificate | None = None,
        implicit_tls: bool = False,
        credentials: dict[str, str] | None = None,
        tokens: dict[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        self.faults = Faults()
        self.attempts = 0
        self._peers: set[object] = set()
        self._certificate = certificate
        self._implicit = implicit_tls
        self._credentials = credentials or {}
        self._tokens = tokens or {}
        self._messages: list[Received] = []
        self._changed = threading.Condition()
        self._controller: Controller | None = None

    @property
    def messages(self) -> list[Received]:
        """All that was kept so far, oldest first."""
        with self._changed:
            return list(self._messages)

    @property
    def sessions(self) -> int:
        """How many connections have tried to send something."""
        return len(self._peers)

    def wait(self, count: int, timeout: float = 10.0) -> list[Received]:
        """Until at least so many messages are there."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._messages) >= count, timeout):
                message = f"{len(self._messages)} of {count} messages after {timeout} s"
                raise TimeoutError(message)
            return list(self._messages)

    def reset(self) -> None:
        """Forget messages and faults."""
        with self._changed:
            self._messages.clear()
        self.faults = Faults()
        self.attempts = 0
        self._peers.clear()

    def start(self) -> Self:
        """Listen."""
        context = self._certificate.server_context() if self._certificate else None
        self._controller = _SinkController(self, self._implicit, context)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Hang up on everybody and listen no more; `start` goes on at the same port."""
        if self._controller:
            self._controller.stop()
            self._controller = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def protocol(self, context: ssl.SSLContext | None) -> SMTP:
        """One connection's server; `context` offers STARTTLS."""
        with_auth = bool(self._credentials or self._tokens)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of AUTH without TLS: here that is the point
            return _SinkProtocol(
                self,
                enable_SMTPUTF8=True,
                hostname="sink.test",
                tls_context=context,
                auth_required=with_auth,
                auth_require_tls=False,
                authenticator=self._authenticate,
                auth_exclude_mechanism=[] if self._tokens else ["XOAUTH2"],
            )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword):
            return AuthResult(success=False, handled=False)
        user = data.login.decode()
        return AuthResult(
            success=self._credentials.get(user) == data.password.decode(), handled=False, auth_data=user
        )

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:  # noqa: N802  aiosmtpd looks for it
        """Google's and Microsoft's mechanism, with or without an initial response."""
        blob: object
        if len(arguments) > 1:
            blob = base64.b64decode(arguments[1])
        else:
            blob = await server.challenge_auth(b"", encode_to_b64=False)
        parts = dict(part.partition("=")[::2] for part in _text(blob).split("\x01") if "=" in part)
        user, token = parts.get("user", ""), parts.get("auth", "").removeprefix("Bearer ")
        return AuthResult(
            success=bool(token) and self._tokens.get(user) == token, handled=False, auth_data=user
        )

    def active(self) -> bool:
        """Whether the faults still last."""
        return self.faults.times != 0

    def used(self) -> None:
        """One message has met its fault."""
        if self.faults.times:
            self.faults.times -= 1

    async def handle_MAIL(  # noqa: N802  aiosmtpd looks for it
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """MAIL FROM."""
        self.attempts += 1
        self._peers.add(session.peer)
        if self.active() and self.faults.tempfail == "mail":
            self.used()
            return "451 4.3.2 try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  aiosmtpd looks for it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """RCPT TO."""
        if self.active():
            await asyncio.sleep(self.faults.delay)
            if self.faults.tempfail == "rcpt":
                self.used()
                return "451 4.3.2 try again later"
            if address in self.faults.refuse:
                return "550 5.1.1 no such user"
            if address in self.faults.put_off:
                return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  as above
        """The final dot has come."""
        if self.active():
            await asyncio.sleep(self.faults.delay)
            if self.faults.tempfail == "data":
                self.used()
                return "451 4.3.2 try again later"
            if self.faults.refuse_data:
                self.used()
                return "554 5.7.1 content refused"
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        user = session.auth_data if isinstance(session.auth_data, str) else None
        kept = Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, time.time(), user)
        with self._changed:
            self._messages.append(kept)
            self._changed.notify_all()
        if self.active() and self.faults.drop == "after":
            self.used()
            await _hang_up(server)
        return "250 2.0.0 kept"


class _SinkProtocol(SMTP):
    """The protocol with the faults that lie below aiosmtpd's hooks."""

    async def _handle_client(self) -> None:
        sink: SmtpSink = self.event_handler
        if sink.active() and sink.faults.tempfail == "connect":
            sink.used()
            await self.push("421 4.3.2 closing, try again later")
            await _hang_up(self)
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  aiosmtpd's own name
        sink: SmtpSink = self.event_handler
        if self.envelope and self.envelope.rcpt_tos and sink.active() and sink.faults.drop == "before":
            await self.push("354 go on")
            await self._reader.read(100)
            sink.used()
            await _hang_up(self)
        await super().smtp_DATA(arg)


class _SinkController(Controller):
    """Builds a protocol per connection; TLS from the first byte or offered by STARTTLS."""

    def __init__(self, sink: SmtpSink, implicit: bool, context: ssl.SSLContext | None) -> None:
        self._build: Callable[[], SMTP] = lambda: sink.protocol(None if implicit else context)
        first = context if implicit else None
        super().__init__(sink, hostname="127.0.0.1", port=sink.port, ssl_context=first, ready_timeout=20)

    def factory(self) -> SMTP:
        """One connection's server."""
        return self._build()


async def _hang_up(server: SMTP) -> None:
    """Reset the connection; this task is cancelled while it waits."""
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
    await asyncio.sleep(5)


def _text(answer: object) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else ""
