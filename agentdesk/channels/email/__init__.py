"""E-mail as a channel: IMAP to read, SMTP to send.

Invariant: reading, sending and filing copies use a connection each, so that the thread that waits for mail
never holds up the one that sends.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import ClassVar

from agentdesk.channels.contract import ChannelRefused, Delivered, TryAgain
from agentdesk.channels.email.credentials import Credentials
from agentdesk.channels.email.imap import Connection
from agentdesk.channels.email.mailbox import Mailbox
from agentdesk.channels.email.oauth import Tokens, token_file
from agentdesk.channels.email.sending import Sender
from agentdesk.channels.email.waiting import Waiting
from agentdesk.channels.refusals import Refusals
from agentdesk.config.language import _, ngettext
from agentdesk.config.settings import Channel as Settings
from agentdesk.config.settings import Imap, Smtp
from agentdesk.domain.mail import Batch, Outgoing
from agentdesk.text.clean import clean_line


class EmailChannel:
    """One mailbox of ours; see `channels.contract.Channel`."""

    kind: ClassVar[str] = "email"

    def __init__(
        self, settings: Settings, environment: Mapping[str, str], refusals: Refusals | None = None
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._environment = environment
        self._refusals = refusals
        oauth = settings.oauth
        self._tokens = Tokens(oauth, token_file(settings.name, environment)) if oauth else None
        self._wake, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._reading: _Reading | None = None
        self._filing: _Reading | None = None
        self._sender: Sender | None = None

    def folders(self) -> tuple[str, ...]:
        """The folder customers write to, and the Sent folder where there is one."""
        reading = self._reader()
        sent = reading.mailbox.sent_folder()
        return (reading.folder, sent) if sent else (reading.folder,)

    def fetch(self, folder: str, cursor: str | None, limit: int = 100) -> Iterator[Batch]:
        """All behind the cursor, oldest first."""
        return self._reader().mailbox.fetch(folder, cursor, limit)

    def end(self, folder: str) -> str:
        """The cursor behind the newest mail of a folder."""
        return self._reader().mailbox.end(folder).cursor()

    def wait(self, timeout: float) -> bool:
        """Until new mail is in the folder customers write to."""
        reading = self._reader()
        return reading.waiting.wait(reading.folder, timeout)

    def interrupt(self) -> None:
        """End a wait; safe from any thread."""
        with suppress(BlockingIOError):  # then enough signs stand there already
            self._waker.send(b".")

    def deliver(self, outgoing: Outgoing, before_body: Callable[[], None]) -> Delivered:
        """Send one message over SMTP."""
        try:
            sender = self._smtp()
        except ChannelRefused as problem:
            raise TryAgain(str(problem), needs_person=True) from problem
        return sender.deliver(outgoing, before_body)

    def append_sent(self, raw: bytes) -> bool:
        """A copy into the Sent folder, over a connection of its own."""
        if self._settings.imap is None:
            return False
        if self._filing is None:
            self._filing = self._connected_to(self._settings.imap)
        return self._filing.mailbox.append_sent(raw)

    def test(self, report: Callable[[str], None] | None = None) -> list[str]:
        """Connect, sign in, look at the folders; then the same for sending."""
        lines: list[str] = []

        def done(line: str) -> None:
            lines.append(line)
            if report:
                report(line)

        if self._settings.imap:
            for line in self._test_reading():
                done(line)
        sender = self._smtp()
        sender.check()
        done(_("SMTP: {host} takes mail from us ({encryption}).").format(
            host=sender.server.host, encryption=_encryption(sender.server)))  # fmt: skip
        return lines

    def close(self) -> None:
        """Hang up on every server."""
        for reading in (self._reading, self._filing):
            if reading:
                reading.connection.close()
        if self._sender:
            self._sender.close()
        self._reading = self._filing = self._sender = None

    def _test_reading(self) -> Iterator[str]:
        reading = self._reader()
        server = reading.connection.server
        with reading.connection.speaking():
            yield _("IMAP: connected to {host} ({encryption}).").format(
                host=server.host, encryption=_encryption(server)
            )
            yield _("IMAP: signed in as {user}.").format(user=server.user)
        count = reading.mailbox.open(reading.folder).count
        yield ngettext("Folder {folder}: {count} mail.", "Folder {folder}: {count} mails.", count).format(
            folder=reading.folder, count=count
        )
        if reading.waiting.idles():
            yield _("New mail is announced by the server at once (IDLE: yes).")
        else:
            yield _("The server announces no new mail (IDLE: no); it is asked every minute.")
        sent = reading.mailbox.sent_folder()
        if sent:
            reading.mailbox.open(sent)
            yield _("Sent folder: {folder}.").format(folder=clean_line(sent))
        else:
            yield _("Sent folder: none found; name it with sent_folder in the settings.")

    def _reader(self) -> "_Reading":
        if self._settings.imap is None:
            raise ChannelRefused(self._incomplete("[channel.imap]"))
        if self._reading is None:
            self._reading = self._connected_to(self._settings.imap)
        return self._reading

    def _connected_to(self, imap: Imap) -> "_Reading":
        credentials = Credentials(imap, self._environment, self._tokens, self._refusals)
        return _Reading(self._settings, imap, credentials, self._wake)

    def _smtp(self) -> Sender:
        if self._settings.smtp is None:
            raise ChannelRefused(self._incomplete("[channel.smtp]"))
        if self._sender is None:
            self._sender = Sender(
                self._settings.smtp,
                Credentials(self._settings.smtp, self._environment, self._tokens, self._refusals),
            )
        return self._sender

    def _incomplete(self, section: str) -> str:
        return _('The settings of the channel "{name}" have no section {section}; add it.').format(
            name=self.name, section=section
        )


class _Reading:
    """What one thread needs to read the mailbox."""

    def __init__(self, settings: Settings, imap: Imap, credentials: Credentials, wake: socket.socket) -> None:
        self.folder = imap.folder
        self.connection = Connection(imap, credentials, wake)
        self.mailbox = Mailbox(settings.name, self.connection, settings.sent_folder)
        self.waiting = Waiting(self.connection, self.mailbox, wake)


def _encryption(server: Imap | Smtp) -> str:
    return _("not encrypted") if server.tls == "none" else _("encrypted, certificate verified")
