"""Settings that fit the servers of the tests, and mails to send through them.

Invariant: without further words a channel made here connects in plain text to loopback, as Dovecot and the
sink offer.
"""

import dataclasses
from typing import Any

from servers.dovecot import Account
from servers.smtp_sink import SmtpSink

from agentdesk.channels.email import EmailChannel
from agentdesk.config.settings import Channel, Imap, Smtp
from agentdesk.domain.mail import Outgoing


def imap_of(account: Account, **other: Any) -> Imap:
    """How to read this account in plain text, but for what is said otherwise."""
    plain = Imap(
        host="127.0.0.1", port=account.port, tls="none", user=account.user, password=account.password
    )
    return dataclasses.replace(plain, **other)


def smtp_of(sink: SmtpSink, **other: Any) -> Smtp:
    """How to send over this sink in plain text and unnamed, but for what is said otherwise."""
    return dataclasses.replace(Smtp(host="127.0.0.1", port=sink.port, tls="none"), **other)


def channel_of(imap: Imap | None = None, smtp: Smtp | None = None, **other: Any) -> EmailChannel:
    """A channel with these servers."""
    settings = Channel(kind="email", name="support", address="support@shop.dk", imap=imap, smtp=smtp, **other)
    return EmailChannel(settings, {"THE_PASSWORD": "from the environment"})


def mail(number: int | str, text: str = "hej", padding: int = 0) -> bytes:
    """A customer's mail; its Message-ID is <number@kunde.dk>."""
    lines = ("x" * 70 + "\r\n") * (padding // 72)
    return (
        f"From: Åse <ase@kunde.dk>\r\nTo: support@shop.dk\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <{number}@kunde.dk>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n{lines}"
    ).encode()


def outgoing(*recipients: str, raw: bytes | None = None) -> Outgoing:
    """An answer of ours to these recipients."""
    return Outgoing(1, "support", "support@shop.dk", recipients or ("ase@kunde.dk",), raw or mail("answer"))
