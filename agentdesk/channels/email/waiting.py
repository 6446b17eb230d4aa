"""Waiting for new mail: IDLE where the server has it, asking now and then where not.

Invariants: no message slips between reading and waiting: before each IDLE the folder is opened anew, and what the
server has beyond the last fetch counts as news at once. A line that fell silent without a word is noticed when a wait
ends, because the server has to answer that in half a minute: in nine and a half minutes at most, and by the worker,
which waits a minute at a time, in 90 seconds.
"""

import select
import socket
import time
from typing import Literal

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from agentdesk.channels.email.imap import Client, Connection
from agentdesk.channels.email.mailbox import Mailbox
from agentdesk.channels.email.place import Place

_RENEW_SECONDS = 9 * 60.0  # servers may hang up after 30 minutes of silence, and routers forget earlier
_POLL_SECONDS = 60.0

_Outcome = Literal["news", "nothing", "woken"]


class Waiting:
    """Waits on the connection that the mailbox reads with. `wake` is readable when somebody wants it to end."""

    def __init__(
        self,
        connection: Connection,
        mailbox: Mailbox,
        wake: socket.socket,
        renew: float = _RENEW_SECONDS,
        poll: float = _POLL_SECONDS,
    ) -> None:
        self._connection = connection
        self._mailbox = mailbox
        self._wake = wake
        self._renew = renew
        self._poll = poll
        self._idle_refused = False

    def wait(self, folder: str, timeout: float) -> bool:
        """True when the folder holds more than the last fetch of it brought; False when time is over or woken."""
        deadline = time.monotonic() + timeout
        while True:
            if self._has_news(folder):
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            outcome = (
                self._idle(min(left, self._renew)) if self.idles() else self._pause(min(left, self._poll))
            )
            if outcome != "nothing":
                return outcome == "news"

    def idles(self) -> bool:
        """Whether the server tells of new mail by itself."""
        with self._connection.speaking() as client:
            return not self._idle_refused and bool(client.has_capability("IDLE"))

    def _has_news(self, folder: str) -> bool:
        while True:
            known = self._mailbox.read_to.get(folder)
            opened = self._mailbox.open(folder)
            if known is None or known.validity != opened.validity:
                return True
            if opened.uid_next == known.uid + 1:
                return False
            with self._connection.speaking() as client:
                if any(self._mailbox.uids_behind(client, known.uid, opened)):
                    return True
            if not opened.uid_next:
                return False
            # all of it is gone again; the search may have swallowed the sign of a newer one, so look once more
            self._mailbox.read_to[folder] = Place(opened.validity, opened.uid_next - 1)

    def _idle(self, seconds: float) -> _Outcome:
        end = time.monotonic() + seconds
        with self._connection.speaking() as client:
            if not self._enter(client):
                return "nothing"
            news = woken = False
            while not news and not woken and (left := end - time.monotonic()) > 0:
                told = client.idle_check(timeout=left)
                news, woken = _tells_news(told), self._woken(0)
                if client.heard and not told:  # hung up, or half a line: leaving IDLE finds out
                    break
            _text, told = client.idle_done()
            news = news or _tells_news(told)
        return "news" if news else "woken" if woken else "nothing"

    def _enter(self, client: Client) -> bool:
        """Begin IDLE; a server that announces it but refuses is asked now and then from here on."""
        try:
            client.idle()
        except (IMAPClientAbortError, ProtocolError):
            raise
        except IMAPClientError:
            self._idle_refused = True
            self._connection.drop()
            return False
        client.look_first = True
        return True

    def _pause(self, seconds: float) -> _Outcome:
        return "woken" if self._woken(seconds) else "nothing"

    def _woken(self, seconds: float) -> bool:
        """Whether somebody wants the wait to end; the sign is used up by looking."""
        poller = select.poll()
        poller.register(self._wake.fileno(), select.POLLIN)
        if not poller.poll(seconds * 1000):
            return False
        self._wake.recv(4096)
        return True


def _tells_news(told: list[tuple[object, ...]]) -> bool:
    """Whether the server said that the folder has grown; a word of parting is an error like a lost connection."""
    if any(line and line[0] == b"BYE" for line in told):
        raise IMAPClientAbortError
    return any(len(line) > 1 and line[1] == b"EXISTS" for line in told)
