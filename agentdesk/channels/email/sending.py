"""Sending over SMTP, one message at a time, with an answer that can be relied upon.

Invariant: a message counts as possibly taken only once its final dot was handed to the network and no
answer came: that alone raises MaybeSent. What breaks earlier, or is answered with 4xx, raises TryAgain; 5xx
raises Rejected.
"""

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
from agentdesk.channels.email.smtp import SECONDS, open_session
from agentdesk.channels.email.trouble import closed, no_connection, server_words, sign_in_failed
from agentdesk.config.language import _
from agentdesk.config.settings import Smtp
from agentdesk.domain.mail import Outgoing

_KEEP_SECONDS = 30.0
# scanners behind the final dot take their time; giving up early would mean "unsure"
_SECONDS_FOR_VERDICT = 300.0
# a time-out counts for a whole sendall, and a large mail over a slow line must not meet it
_CHUNK = 65536
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
        self._smtp = open_session(self.server, self._credentials)
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
            except (smtplib.SMTPException, OSError):
                self._drop()
            except TryAgain:
                if self._smtp:
                    raise
            else:
                return self._smtp
        try:
            self._smtp = open_session(self.server, self._credentials)
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
        utf8 = smtp.has_extn("smtputf8")
        if not _usable(outgoing.sender, utf8=utf8):
            raise Rejected(
                _("The sender's address cannot be used with {host}.").format(host=self.server.host)
            )
        if utf8 and not "".join((outgoing.sender, *outgoing.recipients)).isascii():
            options.append("smtputf8")
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
            if not _usable(address, utf8=utf8):
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
            if smtp.sock is None or _has_hung_up(smtp.sock):
                raise smtplib.SMTPServerDisconnected
            smtp.sock.settimeout(_SECONDS_FOR_VERDICT)
            smtp.send(b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise self._try_again(error) from error

    def _verdict(self, smtp: smtplib.SMTP) -> None:
        """The answer to the final dot; one that is no answer leaves open whether the message was taken."""
        try:
            reply = smtp.getreply()
            if reply[0] // 100 not in {2, 4, 5}:
                raise smtplib.SMTPResponseException(*reply)
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise MaybeSent(
                _(
                    "The connection to {host} was lost right after the message: it may have been sent. Ask the "
                    "recipient, or look in the mailbox, before sending it again."
                ).format(host=self.server.host)
            ) from error
        if smtp.sock:
            smtp.sock.settimeout(SECONDS)
        self._expect(smtp, reply, 250)

    def _expect(self, smtp: smtplib.SMTP, reply: _Reply, wanted: int) -> None:
        """Anything but the wanted kind of answer ends this message; the connection stays good unless it is 421."""
        code, words = reply
        if code // 100 == wanted // 100:
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


def _usable(address: str, *, utf8: bool) -> bool:
    return (utf8 or address.isascii()) and not _NO_ADDRESS.search(address)


def _has_hung_up(sock: socket.socket) -> bool:
    """Whether the other side has already closed; looks below TLS, and takes nothing away."""
    with socket.socket(fileno=os.dup(sock.fileno())) as below:
        try:
            return below.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
