"""An SMTP connection ready to take mail: connecting, encrypting, signing in.

Invariant: no password goes over a connection that is neither verified (TLS) nor loopback nor expressly
allowed.
"""

import base64
import smtplib

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
_OUR_NAME = "[127.0.0.1]"  # asking for this machine's own name may take seconds, and tells it to the world


def open_session(server: Smtp, credentials: Credentials) -> smtplib.SMTP:
    """A connection that is signed in. Raises ChannelDown, ChannelRefused."""
    context = context_for(server)
    smtp: smtplib.SMTP | None = None
    try:
        if server.tls == "implicit" and context:
            smtp = smtplib.SMTP_SSL(server.host, server.port, _OUR_NAME, timeout=SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, _OUR_NAME, timeout=SECONDS)
        smtp.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            if not smtp.has_extn("starttls") or smtp.starttls(context=context)[0] != 220:
                raise no_encryption(server)
            smtp.ehlo_or_helo_if_needed()
        if server.user:
            _sign_in(smtp, server, credentials)
    except BaseException as error:
        if smtp:
            smtp.close()
        if isinstance(error, OSError | EOFError | ValueError):  # smtplib's own errors are OSErrors
            raise _sentence(server, error) from error
        raise
    return smtp


def _sentence(server: Smtp, error: Exception) -> Exception:
    if isinstance(error, smtplib.SMTPResponseException):
        return ChannelDown(
            _("{host} takes no mail at the moment (it says: {words}); it will be tried again.").format(
                host=server.host, words=server_words(error.smtp_error)
            )
        )
    return closed(server) if isinstance(error, smtplib.SMTPException) else no_connection(server, error)


def _sign_in(smtp: smtplib.SMTP, server: Smtp, credentials: Credentials) -> None:
    """By the best mechanism that server and settings know; smtplib's own would break on letters beyond ASCII."""
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    secret = credentials.secret()
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
    if code != 235:
        credentials.forget()
        raise sign_in_failed(server, words, secret, for_now=400 <= code < 500)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
