"""What went wrong on the line, in the words of a person.

Invariant: every sentence names the server and what to do; words of the server are cleaned, cut short and
free of the secret that was sent to it.
"""

import re
import socket
import ssl
from ast import literal_eval

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.refusals import SignInRefused
from agentdesk.config import log
from agentdesk.config.language import _
from agentdesk.config.settings import Imap, Smtp
from agentdesk.text.clean import clean_line

_LONGEST_QUOTE = 200
_AS_BYTES = re.compile(r"""b'.*'|b".*\"""", re.DOTALL)
_FOR_NOW = (
    "[unavailable]", "[inuse]", "[limit]", "[throttled]", "tempor", "too many", "try again", "throttl", "not connected",
)  # fmt: skip
"""Signs that it is the moment and not what was asked; the codes are those of RFC 5530."""
_FULL = ("[overquota]", "quota", "mailbox is full", "mailbox full")
_FOR_GOOD = ("[toobig]", "[cannot]", "too large", "too big", "exceeds maximum")


def no_connection(server: Imap | Smtp, error: Exception) -> ChannelDown | ChannelRefused:
    """Connecting, or speaking on a connection, failed below the protocol."""
    host, port = server.host, server.port
    if isinstance(error, ssl.SSLCertVerificationError):
        return ChannelRefused(
            _(
                "The certificate of {host} does not fit ({reason}), so nothing was sent to it; check the name of the "
                "host, or name the authority with ca_file."
            ).format(host=host, reason=clean_line(error.verify_message or str(error)))
        )
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return closed(server)
    if isinstance(error, ssl.SSLError):
        return ChannelRefused(
            _('{host} does not speak TLS on port {port} as it should; check port and tls ("implicit" or "starttls").')
            .format(host=host, port=port)
        )  # fmt: skip
    if isinstance(error, socket.gaierror | UnicodeError):
        return ChannelDown(
            _(
                "There is no server named {host} to be found; check the name in the settings and the network."
            ).format(host=host)
        )
    if isinstance(error, TimeoutError):
        return ChannelDown(_("{host} did not answer in time; it will be tried again.").format(host=host))
    if isinstance(error, ConnectionResetError | BrokenPipeError | EOFError):
        return closed(server)
    if isinstance(error, OSError):
        return ChannelDown(
            _(
                "{host} cannot be reached on port {port} ({reason}); check host and port, or wait until it is back."
            ).format(host=host, port=port, reason=clean_line(error.strerror or str(error)))
        )
    return closed(server)


def is_for_now(answer: object) -> bool:
    """Whether what the server says means that it may well do it later."""
    words = server_words(answer).lower()
    return any(sign in words for sign in _FOR_NOW)


def is_full(answer: object) -> bool:
    """Whether it says that the mailbox has no room."""
    words = server_words(answer).lower()
    return any(sign in words for sign in _FULL)


def is_for_good(answer: object) -> bool:
    """Whether it says that it will never take this message."""
    words = server_words(answer).lower()
    return any(sign in words for sign in _FOR_GOOD)


def full(server: Imap, folder: str, answer: object) -> ChannelRefused:
    """There is no room for a copy."""
    return ChannelRefused(
        _(
            "The mailbox of {user} is full, so no copy of what was sent can be put into {folder} (it says: {words}); "
            "make room there."
        ).format(user=server.user, folder=clean_line(folder), words=server_words(answer))
    )


def closed(server: Imap | Smtp, said: object = "") -> ChannelDown:
    """The server hung up, with its last words where it had any."""
    if words := server_words(said):
        return ChannelDown(
            _("{host} closed the connection (it says: {words}); it will be tried again.").format(
                host=server.host, words=words
            )
        )
    return ChannelDown(_("{host} closed the connection; it will be tried again.").format(host=server.host))


def no_encryption(server: Imap | Smtp) -> ChannelRefused:
    """The server does not offer STARTTLS, or somebody between took the offer away."""
    return ChannelRefused(
        _(
            "{host} does not offer encryption (STARTTLS) on port {port}, so no password was sent; check port and tls "
            "in the settings."
        ).format(host=server.host, port=server.port)
    )


def sign_in_failed(
    server: Imap | Smtp, answer: object, secret: str, *, for_now: bool = False
) -> ChannelDown | SignInRefused:
    """The server did not let us in: for now, or until somebody mends the settings."""
    words = server_words(answer, secret)
    if for_now or is_for_now(words) or "[serverbug]" in words.lower():
        return ChannelDown(
            _(
                "{host} does not let {user} in at the moment (it says: {words}); it will be tried again."
            ).format(host=server.host, user=server.user, words=words)
        )
    if server.auth == "xoauth2":
        sentence = _(
            "{host} does not accept the access token for {user} (it says: {words}); sign in anew with setup, or check "
            "token_command."
        )
    else:
        sentence = _(
            "{host} does not accept the password for {user} (it says: {words}); check user and password in the "
            "settings."
        )
    return SignInRefused(sentence.format(host=server.host, user=server.user, words=words))


def no_such_mechanism(server: Imap | Smtp) -> ChannelRefused:
    """The server offers no way to sign in that we and the settings know."""
    return ChannelRefused(
        _("{host} offers no way to sign in that fits auth = \"{auth}\"; check auth, port and tls in the settings.")
        .format(host=server.host, auth=server.auth)
    )  # fmt: skip


def server_words(answer: object, secret: str = "") -> str:
    """What the server said, fit to be shown: some say again what they were told, a secret too."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else _said(str(answer))
    if secret:
        text = text.replace(secret, "…")
    words = clean_line(log.without_secrets(text))
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1] + "…"


def _said(text: str) -> str:
    """The words themselves where IMAPClient hands them on as Python writes bytes."""
    if not _AS_BYTES.fullmatch(text):
        return text
    try:
        found = literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return found.decode("utf-8", "replace") if isinstance(found, bytes) else text
