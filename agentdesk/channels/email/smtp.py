"""Sending over SMTP, one message at a time, with an answer that can be relied upon.

Invariant: a message counts as possibly taken only once its final dot was handed to the network and no answer came:
that alone raises MaybeSent. What breaks earlier, or is answered with 4xx, raises TryAgain; 5xx raises Rejected.
"""

import base64
import os
import re
import smtplib
import socket
import time
from collections.abc import Callable
from contextlib import suppress

from agentdesk.channels.contract import (
    ChannelDown,
    ChannelRefused,
    Delivered,
    MaybeSent,
    Rejected,
    TryAgain,
)
from agentdesk.channels.email.credentials import Credentials
from agentdesk.channels.email.imap import xoauth2
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
from agentdesk.domain.mail import Outgoing

_SECONDS = 30.0
_SECONDS_FOR_VERDICT = (
    300.0  # scanners behind the final dot take their time; giving up early would mean "unsure"
)
_KEEP_SECONDS = 30.0
_CHUNK = 65536  # a time-out counts for a whole sendall, and a large mail over a slow line must not meet it
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_NO_ADDRESS = re.compile(r"[\x00-\x1f\x7f<>]")

_Reply = tuple[int, bytes]


class Sender:
    """Delivers over one connection, kept open for the next message for half a minute; for one thread."""

    def __init__(self, server: Smtp, credentials: Credentials) -> None:
        self.server = server
        self._credentials = credentials
        self._smtp: smtplib.SMTP | None = None
        self._used = 0.0

    def check(self) -> None:
        """Connect and sign in. Raises ChannelDown, ChannelRefused."""
        self.close()
        self._smtp = self._connect()
        self._used = time.monotonic()

    def close(self) -> None:
        """Take leave of the server."""
        smtp, self._smtp = self._smtp, None
        if smtp:
            with suppress(OSError):
                smtp.quit()
            smtp.close()

    def deliver(self, outgoing: Outgoing, before_body: Callable[[], None]) -> Delivered:
        """Envelope, `before_body`, body, verdict."""
        body = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", outgoing.raw))
        body = body if body.endswith(b"\r\n") else body + b"\r\n"
        smtp = self._ready(outgoing, len(body))
        try:
            refused = self._recipients(smtp, outgoing)
            self._expect(smtp, smtp.docmd("data"), 354)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise self._try_again(error) from error
        try:
            before_body()
        except BaseException:
            self._drop()  # the server waits for a body that will not come
            raise
        self._transmit(smtp, body)
        self._verdict(smtp)
        self._used = time.monotonic()
        return Delivered(refused)

    def _ready(self, outgoing: Outgoing, size: int) -> smtplib.SMTP:
        """A connection that has taken the sender's address; one kept open may have died meanwhile."""
        if self._smtp and time.monotonic() - self._used > _KEEP_SECONDS:
            self.close()
        if self._smtp:
            try:
                self._mail_from(self._smtp, outgoing, size)
            except (smtplib.SMTPException, OSError, TryAgain):
                self._drop()
            else:
                return self._smtp
        try:
            self._smtp = self._connect()
        except (ChannelDown, ChannelRefused) as problem:
            raise TryAgain(str(problem), needs_person=isinstance(problem, ChannelRefused)) from problem
        try:
            self._mail_from(self._smtp, outgoing, size)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise self._try_again(error) from error
        return self._smtp

    def _mail_from(self, smtp: smtplib.SMTP, outgoing: Outgoing, size: int) -> None:
        options = []
        if smtp.has_extn("size"):
            most = int(smtp.esmtp_features["size"].split()[0]) if smtp.esmtp_features["size"].strip() else 0
            if 0 < most < size:
                raise Rejected(
                    _(
                        "The message is too large: it has {size} MB, and {host} takes {most} MB at most."
                    ).format(size=round(size / 1e6, 1), most=round(most / 1e6, 1), host=self.server.host)
                )
            options.append(f"size={size}")
        if smtp.has_extn("8bitmime") and not outgoing.raw.isascii():
            options.append("body=8bitmime")
        if smtp.has_extn("smtputf8") and not "".join((outgoing.sender, *outgoing.recipients)).isascii():
            options.append("smtputf8")
        elif not outgoing.sender.isascii() or _NO_ADDRESS.search(outgoing.sender):
            raise Rejected(
                _("The sender's address cannot be used with {host}.").format(host=self.server.host)
            )
        code, words = smtp.mail(outgoing.sender, options)
        if code in {530, 535}:  # the server wants us signed in
            self._drop()
            raise TryAgain(str(sign_in_failed(self.server, words, "")), needs_person=True)
        self._expect(smtp, (code, words), 250)

    def _recipients(self, smtp: smtplib.SMTP, outgoing: Outgoing) -> dict[str, str]:
        """Name the recipients; those refused, with the reason. When none is taken the message is not sent."""
        refused: dict[str, str] = {}
        later = False
        utf8 = smtp.has_extn("smtputf8")
        for address in outgoing.recipients:
            if _NO_ADDRESS.search(address) or not (utf8 or address.isascii()):
                refused[address] = _("this is no address that {host} can use").format(host=self.server.host)
                continue
            code, words = smtp.rcpt(address)
            if code == 421:
                raise smtplib.SMTPResponseException(code, words)
            if code not in {250, 251, 252}:
                refused[address] = f"{code} {server_words(words)}"
                later = later or code < 500
        if len(refused) < len(outgoing.recipients):
            return refused
        smtp.rset()
        reasons = "; ".join(f"{address}: {reason}" for address, reason in refused.items())
        if later:
            raise TryAgain(
                _("{host} takes mail for none of the recipients at the moment ({reasons}); it will be tried again.")
                .format(host=self.server.host, reasons=server_words(reasons))
            )  # fmt: skip
        raise Rejected(
            _("{host} refuses every recipient ({reasons}); correct the addresses and send it again.").format(
                host=self.server.host, reasons=server_words(reasons)
            )
        )

    def _transmit(self, smtp: smtplib.SMTP, body: bytes) -> None:
        """All but the final dot: without it no server takes a message."""
        try:
            for begin in range(0, len(body), _CHUNK):
                smtp.send(body[begin : begin + _CHUNK])
            if _has_hung_up(smtp.sock):
                raise smtplib.SMTPServerDisconnected
            smtp.sock.settimeout(_SECONDS_FOR_VERDICT)
            smtp.send(b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise self._try_again(error) from error

    def _verdict(self, smtp: smtplib.SMTP) -> None:
        try:
            reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise MaybeSent(
                _(
                    "The connection to {host} was lost right after the message: it may have been sent. Ask the "
                    "recipient, or look in the mailbox, before sending it again."
                ).format(host=self.server.host)
            ) from error
        smtp.sock.settimeout(_SECONDS)
        self._expect(smtp, reply, 250)

    def _expect(self, smtp: smtplib.SMTP, reply: _Reply, wanted: int) -> None:
        """Anything else than the wanted answer ends this message; the connection stays good unless it is 421."""
        code, words = reply
        if code == wanted:
            return
        if code == 421 or not 400 <= code < 600:
            self._drop()
        else:
            with suppress(smtplib.SMTPException, OSError):
                smtp.rset()
        if 500 <= code < 600:
            raise Rejected(
                _("{host} refuses the message (it says: {words}).").format(
                    host=self.server.host, words=f"{code} {server_words(words)}"
                )
            )
        raise TryAgain(
            _("{host} does not take the message now (it says: {words}); it will be tried again.").format(
                host=self.server.host, words=f"{code} {server_words(words)}"
            )
        )

    def _try_again(self, error: Exception) -> TryAgain:
        """The sentence for a connection that broke before the message could have been taken."""
        if isinstance(error, smtplib.SMTPException):
            return TryAgain(str(closed(self.server)))
        return TryAgain(str(no_connection(self.server, error)))

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp:
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        server = self.server
        context = context_for(server)
        name = "[127.0.0.1]"  # asking for this machine's own name may take seconds, and tells it to the world
        smtp: smtplib.SMTP | None = None
        try:
            if server.tls == "implicit" and context:
                smtp = smtplib.SMTP_SSL(server.host, server.port, name, timeout=_SECONDS, context=context)
            else:
                smtp = smtplib.SMTP(server.host, server.port, name, timeout=_SECONDS)
            smtp.ehlo_or_helo_if_needed()
            if server.tls == "starttls":
                if not smtp.has_extn("starttls"):
                    raise no_encryption(server)
                if smtp.starttls(context=context)[0] != 220:
                    raise no_encryption(server)
                smtp.ehlo_or_helo_if_needed()
            if server.user:
                self._sign_in(smtp)
        except smtplib.SMTPResponseException as error:
            _close(smtp)
            raise ChannelDown(
                _("{host} takes no mail at the moment (it says: {words}); it will be tried again.").format(
                    host=server.host, words=server_words(error.smtp_error)
                )
            ) from error
        except smtplib.SMTPException as error:
            _close(smtp)
            raise closed(server) from error
        except (OSError, EOFError, ValueError) as error:
            _close(smtp)
            raise no_connection(server, error) from error
        except (ChannelDown, ChannelRefused):
            _close(smtp)
            raise
        return smtp

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        server, secret = self.server, self._credentials.secret()
        offered = smtp.esmtp_features.get("auth", "").upper().split()
        if server.auth == "xoauth2" and "XOAUTH2" in offered:
            answer = xoauth2(server.user, secret)
            code, words = smtp.docmd("AUTH", f"XOAUTH2 {_base64(answer(None))}")
            if code == 334:  # the explanation of a refusal, to be answered by nothing
                code, words = smtp.docmd("")
        elif server.auth == "password" and "PLAIN" in offered:
            code, words = smtp.docmd("AUTH", f"PLAIN {_base64(f'\0{server.user}\0{secret}'.encode())}")
        elif server.auth == "password" and "LOGIN" in offered:
            code, words = smtp.docmd("AUTH", f"LOGIN {_base64(server.user.encode())}")
            if code == 334:
                code, words = smtp.docmd(_base64(secret.encode()))
        else:
            raise no_such_mechanism(server)
        if code != 235:
            self._credentials.forget()
            temporary = 400 <= code < 500
            raise sign_in_failed(server, b"[UNAVAILABLE] " + words if temporary else words, secret)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _close(smtp: smtplib.SMTP | None) -> None:
    if smtp:
        smtp.close()


def _has_hung_up(sock: socket.socket) -> bool:
    """Whether the other side has already closed; looks below TLS, and takes nothing away."""
    with socket.socket(fileno=os.dup(sock.fileno())) as below:
        try:
            return below.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
