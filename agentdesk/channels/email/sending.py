"""Sending over SMTP, one message at a time, with an answer that can be relied upon.

Invariants: a message counts as possibly taken only once its final dot was handed to the network and no answer came:
that alone raises MaybeSent. What breaks earlier, or is answered with 4xx, raises TryAgain; 5xx raises Rejected. What
a server may take is bounded: `smtp.BEFORE_BODY` until the body leaves, then eight minutes for it, five for the verdict.
"""

import re
import smtplib
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
from agentdesk.channels.email.line import wait_until_there
from agentdesk.channels.email.smtp import BEFORE_BODY, SECONDS, Timed, open_session
from agentdesk.channels.email.trouble import closed, no_connection, server_words, sign_in_failed
from agentdesk.config.language import _
from agentdesk.config.settings import Smtp
from agentdesk.domain.mail import Outgoing
from agentdesk.text.hosts import in_ascii

_KEEP_SECONDS = 30.0
# scanners behind the final dot take their time; giving up early would mean "unsure"
_SECONDS_FOR_VERDICT = 300.0
_SECONDS_FOR_BODY = 480.0
_SECONDS_FOR_DATA = 30.0
"""Kept back for the answer to DATA when many recipients have to be named to a slow server."""
# a time-out counts for a whole sendall, and a large mail over a slow line must not meet it
_CHUNK = 65536
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_NO_ADDRESS = re.compile(r"[\x00-\x1f\x7f<>]")
_TOO_MANY = re.compile(rb"\b[45]\.5\.3\b|too many", re.IGNORECASE)

_Reply = tuple[int, bytes]


class Sender:
    """Delivers over one connection, kept open for the next message for half a minute; for one thread."""

    def __init__(self, server: Smtp, credentials: Credentials) -> None:
        self.server = server
        self._credentials = credentials
        self._smtp: Timed | None = None
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
            refused, later = self._recipients(smtp, outgoing)
            self._expect(smtp, smtp.docmd("data"), 354)
        except (smtplib.SMTPException, OSError) as error:
            down = self._broken(error)
            raise TryAgain(str(down)) from down
        try:
            before_body()
        except BaseException:
            self._drop()  # the server waits for a body that will not come
            raise
        self._transmit(smtp, body)
        self._verdict(smtp)
        self._used = time.monotonic()
        return Delivered(refused, later)

    def _ready(self, outgoing: Outgoing, size: int) -> Timed:
        """A connection that has taken the sender's address; one kept open may have died meanwhile."""
        if self._smtp and time.monotonic() - self._used > _KEEP_SECONDS:
            self.close()
        if self._smtp:
            self._smtp.give(BEFORE_BODY)
            with suppress(smtplib.SMTPException, OSError, _OldSessionError):
                self._mail_from(self._smtp, outgoing, size, kept=True)
                return self._smtp
            self._drop()
        try:
            self._smtp = open_session(self.server, self._credentials)
        except (ChannelDown, ChannelRefused) as problem:
            raise TryAgain(str(problem), needs_person=isinstance(problem, ChannelRefused)) from problem
        self._used = time.monotonic()
        try:
            self._mail_from(self._smtp, outgoing, size)
        except (smtplib.SMTPException, OSError) as error:
            down = self._broken(error)
            raise TryAgain(str(down)) from down
        return self._smtp

    def _mail_from(self, smtp: Timed, outgoing: Outgoing, size: int, *, kept: bool = False) -> None:
        """Name the sender. `kept`: this session served a message before, so that a refusal may be about its age."""
        options = []
        if smtp.has_extn("size"):
            most = _size_limit(smtp.esmtp_features["size"])
            if 0 < most < size:
                raise Rejected(
                    _(
                        "The message is too large: it has {size} MB, and {host} takes {most} MB at most. Send less, "
                        "or a link to it."
                    ).format(size=round(size / 1e6, 1), most=round(most / 1e6, 1), host=self.server.host)
                )
            options.append(f"size={size}")
        if smtp.has_extn("8bitmime") and not outgoing.raw.isascii():
            options.append("body=8bitmime")
        utf8 = smtp.has_extn("smtputf8")
        sender = _on_the_wire(outgoing.sender)
        if not _usable(sender, utf8=utf8):
            raise Rejected(
                _("The sender's address cannot be used with {host}.").format(host=self.server.host)
            )
        if utf8 and not all(_on_the_wire(one).isascii() for one in (sender, *outgoing.recipients)):
            options.append("smtputf8")
        code, words = smtp.mail(sender, options)
        if kept and (code == 421 or code // 100 not in {2, 4}):
            raise _OldSessionError
        if code in {530, 535}:  # the server wants us signed in
            self._drop()
            raise TryAgain(str(sign_in_failed(self.server, words, "")), needs_person=True)
        self._expect(smtp, (code, words), 250)

    def _recipients(self, smtp: Timed, outgoing: Outgoing) -> tuple[dict[str, str], dict[str, str]]:
        """Name the recipients; those refused and those put off, with the reason. When none is taken the message is
        not sent."""
        refused: dict[str, str] = {}
        later: dict[str, str] = {}
        taken = 0
        utf8 = smtp.has_extn("smtputf8")
        for number, address in enumerate(outgoing.recipients):
            wire = _on_the_wire(address)
            if not _usable(wire, utf8=utf8):
                refused[address] = _("this is no address that {host} can use").format(host=self.server.host)
                continue
            if taken and time.monotonic() > smtp.until - _SECONDS_FOR_DATA:
                later |= dict.fromkeys(outgoing.recipients[number:], "")
                break
            code, words = smtp.rcpt(wire)
            if code in {250, 251, 252}:
                taken += 1
            elif taken and code in {452, 552} and _TOO_MANY.search(words):  # RFC 5321, 4.5.3.1.10
                later |= dict.fromkeys(outgoing.recipients[number:], "")
                break
            elif code == 421 or not 400 <= code < 600:
                raise smtplib.SMTPResponseException(code, words)
            else:
                (later if code < 500 else refused)[address] = _said(code, words)
        if not taken:
            self._nobody(smtp, refused, later)
        return refused, later

    def _nobody(self, smtp: Timed, refused: dict[str, str], later: dict[str, str]) -> None:
        """Raise what it means that the server takes the message for none of them."""
        with suppress(smtplib.SMTPException, OSError):
            smtp.rset()
        reasons = server_words(
            "; ".join(f"{address}: {reason}" for address, reason in (refused | later).items())
        )
        if later:
            raise TryAgain(
                _("{host} takes mail for none of the recipients at the moment ({reasons}); it will be tried again.")
                .format(host=self.server.host, reasons=reasons)
            )  # fmt: skip
        raise Rejected(
            _("{host} refuses every recipient ({reasons}); answer to the right address.").format(
                host=self.server.host, reasons=reasons
            )
        )

    def _transmit(self, smtp: Timed, body: bytes) -> None:
        """The body, and once it is there the final dot: without it no server takes a message, so what breaks here did
        not arrive."""
        end = time.monotonic() + _SECONDS_FOR_BODY
        try:
            assert smtp.sock is not None
            smtp.sock.settimeout(SECONDS)
            for begin in range(0, len(body), _CHUNK):
                smtp.send(body[begin : begin + _CHUNK])
                if time.monotonic() > end:
                    raise TimeoutError
            wait_until_there(smtp.sock, end, SECONDS)
            smtp.send(b".\r\n")
        except (smtplib.SMTPException, OSError) as error:
            down = self._broken(error)
            raise TryAgain(str(down)) from down

    def _verdict(self, smtp: Timed) -> None:
        """The answer to the final dot; one that is no answer leaves open whether the message was taken."""
        smtp.give(_SECONDS_FOR_VERDICT, _SECONDS_FOR_VERDICT)
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
        smtp.give(SECONDS)
        self._expect(smtp, reply, 250)

    def _expect(self, smtp: Timed, reply: _Reply, wanted: int) -> None:
        """Anything but the wanted kind of answer ends this message; the connection stays good unless it is 421."""
        code, words = reply
        if code // 100 == wanted // 100:
            return
        if code == 421 or not 400 <= code < 600:
            down = self._broken(smtplib.SMTPResponseException(code, words))
            raise TryAgain(str(down)) from down
        with suppress(smtplib.SMTPException, OSError):
            smtp.rset()
        if code >= 500:
            raise Rejected(
                _("{host} refuses the message (it says: {words}); write it in another way.").format(
                    host=self.server.host, words=_said(code, words)
                )
            )
        raise TryAgain(
            _("{host} does not take the message now (it says: {words}); it will be tried again.").format(
                host=self.server.host, words=_said(code, words)
            )
        )

    def _broken(self, error: Exception) -> ChannelDown | ChannelRefused:
        """What it means that the connection broke, or is given up, before the message could have been taken: it is the
        channel's trouble, for the next message would fare no better at once."""
        self._drop()
        if isinstance(error, smtplib.SMTPResponseException):
            words = server_words(error.smtp_error)
            said = f"{error.smtp_code} {words}" if error.smtp_code > 0 else words
            return ChannelDown(
                _("{host} takes no mail at the moment (it says: {words}); it will be tried again.").format(
                    host=self.server.host, words=said
                )
            )
        return (
            closed(self.server)
            if isinstance(error, smtplib.SMTPException)
            else no_connection(self.server, error)
        )

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp:
            smtp.close()


class _OldSessionError(Exception):
    """A session kept open takes no further message; a new one may."""


def _size_limit(words: str) -> int:
    """The number behind SIZE (RFC 1870); 0 when there is none, or no number."""
    number = words.strip().partition(" ")[0]
    return int(number) if number.isdecimal() and len(number) < 19 else 0


def _on_the_wire(address: str) -> str:
    """The address with its domain in ASCII (RFC 5890), which every server understands."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{in_ascii(domain) or domain}"


def _said(code: int, words: bytes) -> str:
    return f"{code} {server_words(words)}"


def _usable(address: str, *, utf8: bool) -> bool:
    return (utf8 or address.isascii()) and not _NO_ADDRESS.search(address)
