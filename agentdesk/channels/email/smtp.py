"""An SMTP connection ready to take mail: connecting, encrypting, signing in.

Invariants: no password goes over a connection that is neither verified (TLS) nor loopback nor expressly
allowed; no server keeps us longer than it is given, be it one that answers letter by letter or never ends an answer.
"""

import base64
import io
import smtplib
import ssl
import time
from typing import Any

from agentdesk.channels.contract import ChannelDown
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
from agentdesk.config.settings import Smtp

SECONDS = 30.0
"""What one answer may take."""
BEFORE_BODY = 240.0
"""What all answers together may take, from connecting to where the body may leave."""
_LONGEST_ANSWER = 1 << 20
_OUR_NAME = "[127.0.0.1]"  # asking for this machine's own name may take seconds, and tells it to the world


class _Answers(io.RawIOBase):
    """What comes from the server, as long as it is given time; never more than fits one answer."""

    def __init__(self, line: "Timed") -> None:
        self._line = line

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        line = self._line
        left = line.until - time.monotonic()
        if left <= 0 or line.room <= 0 or line.sock is None:
            raise TimeoutError
        line.sock.settimeout(min(line.each, left))
        count: int = line.sock.recv_into(buffer)
        line.room -= count
        return count


class Timed(smtplib.SMTP):
    """smtplib's session with an end to its patience: its own time-out begins anew with each byte that comes."""

    def __init__(self, *given: Any, **named: Any) -> None:
        self.each = SECONDS
        """seconds for one answer"""
        self.until = 0.0
        self.room = 0
        self.give(BEFORE_BODY)
        super().__init__(*given, **named)

    def give(self, seconds: float, each: float | None = None) -> None:
        """From now on so much time for all answers together, and for one of them."""
        self.each = SECONDS if each is None else each
        self.until = time.monotonic() + seconds

    def getreply(self) -> tuple[int, bytes]:
        """The next answer. Raises smtplib.SMTPException, TimeoutError."""
        self.room = _LONGEST_ANSWER
        if self.file is None and self.sock is not None:
            self.file = io.BufferedReader(_Answers(self))
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):  # smtplib calls both by one name
                raise error.__context__ from None
            raise


class TimedTls(Timed, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def open_session(server: Smtp, credentials: Credentials) -> Timed:
    """A connection that is signed in. Raises ChannelDown, ChannelRefused."""
    context = context_for(server)
    smtp: Timed | None = None
    try:
        if server.tls == "implicit" and context:
            smtp = TimedTls(server.host, server.port, _OUR_NAME, timeout=SECONDS, context=context)
        else:
            smtp = Timed(server.host, server.port, _OUR_NAME, timeout=SECONDS)
        smtp.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            _encrypt(smtp, server, context)
        if server.user:
            _sign_in(smtp, server, credentials)
    except BaseException as error:
        if smtp:
            smtp.close()
        if isinstance(error, OSError | EOFError | ValueError):  # smtplib's own errors are OSErrors
            raise _sentence(server, error) from error
        raise
    return smtp


def _encrypt(smtp: Timed, server: Smtp, context: ssl.SSLContext | None) -> None:
    """STARTTLS or nothing: an offer that is missing may have been taken away on the way (RFC 3207, 6)."""
    if not smtp.has_extn("starttls"):
        raise no_encryption(server)
    try:
        smtp.starttls(context=context)
    except smtplib.SMTPResponseException as refusal:
        if refusal.smtp_code >= 500:
            raise no_encryption(server) from refusal
        raise
    smtp.ehlo_or_helo_if_needed()


def _sentence(server: Smtp, error: Exception) -> Exception:
    if isinstance(error, smtplib.SMTPResponseException):
        return ChannelDown(
            _("{host} takes no mail at the moment (it says: {words}); it will be tried again.").format(
                host=server.host, words=server_words(error.smtp_error)
            )
        )
    return closed(server) if isinstance(error, smtplib.SMTPException) else no_connection(server, error)


def _sign_in(smtp: smtplib.SMTP, server: Smtp, credentials: Credentials) -> None:
    with credentials.signing_in() as secret:
        _authenticate(smtp, server, secret)


def _authenticate(smtp: smtplib.SMTP, server: Smtp, secret: str) -> None:
    """By the best mechanism that server and settings know; smtplib's own would break on letters beyond ASCII."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if server.auth == "xoauth2" and "XOAUTH2" in offered:
        code, words = smtp.docmd("AUTH", f"XOAUTH2 {_base64(xoauth2(server.user, secret)(None))}")
        if code == 334:  # the explanation of a refusal, to be answered by nothing
            code, words = smtp.docmd("")
    elif server.auth == "password" and "PLAIN" in offered:
        code, words = smtp.docmd("AUTH", "PLAIN " + _base64(f"\0{server.user}\0{secret}".encode()))
    elif server.auth == "password" and "LOGIN" in offered:
        code, words = smtp.docmd("AUTH", f"LOGIN {_base64(server.user.encode())}")
        if code == 334:
            code, words = smtp.docmd(_base64(secret.encode()))
    else:
        raise no_such_mechanism(server)
    if code < 0:  # what it says is no SMTP, so nothing is said about the password
        raise smtplib.SMTPResponseException(code, words)
    if code != 235:
        raise sign_in_failed(server, words, secret, for_now=400 <= code < 500)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
