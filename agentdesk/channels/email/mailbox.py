"""A mailbox as the desk reads it: its folders, all that is new in one, and a copy into the Sent folder.

Invariant: reading changes nothing on the server: folders are opened with EXAMINE, bodies taken with PEEK,
nothing is ever deleted. A cursor is (UIDVALIDITY, last UID kept); under another UIDVALIDITY the folder is
read from its start, and the store knows what it already has.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient import SEEN
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email.imap import Client, Connection
from agentdesk.config.language import _
from agentdesk.domain.mail import Batch, RawMail
from agentdesk.text.clean import clean_line

_BATCH_BYTES = 8_000_000
_SIZES_AT_ONCE = 500
_UIDS_AT_ONCE = 50_000  # imaplib breaks off at a line of 1 MB, which a SEARCH of a large mailbox would exceed
_NAMES_OF_SENT = (
    "sent", "sent items", "sent messages", "sent mail", "sendt", "sendte", "sendt post", "sendte elementer",
    "sendt e-post", "sendte mails",
)  # fmt: skip
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a folder has been read."""

    validity: int
    uid: int

    def cursor(self) -> str:
        """The place as it is stored."""
        return json.dumps({"uidvalidity": self.validity, "uid": self.uid})

    @classmethod
    def of(cls, cursor: str | None) -> "Place":
        """The stored place; the start for anything else."""
        try:
            stored = json.loads(cursor or "{}")
            return cls(int(stored["uidvalidity"]), int(stored["uid"]))
        except (ValueError, KeyError, TypeError):
            return cls(0, 0)


@dataclass(frozen=True, slots=True)
class Opened:
    """What the server says of a folder as it opens it. `uid_next` 0: it did not say."""

    validity: int
    uid_next: int
    count: int


class Mailbox:
    """Everything over one connection, for one thread. `name` is the channel's, for the source of each mail."""

    def __init__(self, name: str, connection: Connection, sent_folder: str = "") -> None:
        self._name = name
        self._connection = connection
        self._sent_setting = sent_folder
        self._sent: str | None = None
        self._sent_known = False
        self.read_to: dict[str, Place] = {}
        """Where the last complete `fetch` of each folder ended."""

    def open(self, folder: str) -> Opened:
        """Open a folder for reading, as it is now."""
        self._connection.selected = None
        with self._connection.speaking() as client:
            try:
                answer = client.select_folder(folder, readonly=True)
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError as error:
                if client.folder_exists(folder):
                    raise
                raise self._no_such_folder(client, folder) from error
        self._connection.selected = folder
        return Opened(answer.get(b"UIDVALIDITY", 0), answer.get(b"UIDNEXT", 0), answer.get(b"EXISTS", 0))

    def sent_folder(self) -> str | None:
        """Where the server keeps sent mail: as the settings say, as it is marked, or by a name that is common."""
        if self._sent_setting:
            return self._sent_setting
        if not self._sent_known:
            with self._connection.speaking() as client:
                self._sent = _find_sent(client.list_folders())
            self._sent_known = True
        return self._sent

    def fetch(self, folder: str, cursor: str | None, limit: int) -> Iterator[Batch]:
        """All behind the cursor, in batches of at most `limit` messages and 8 MB; a larger message comes alone."""
        opened = self.open(folder)
        begin = Place.of(cursor)
        if begin.validity != opened.validity:
            begin = Place(opened.validity, 0)
        sent_by_us = folder == self.sent_folder()
        groups = self._groups(folder, opened, begin.uid, limit)
        group = next(groups, None)
        while group:
            following = next(groups, None)
            mails = self._mails(folder, opened.validity, group, sent_by_us=sent_by_us)
            place = Place(opened.validity, group[-1])
            yield Batch(tuple(mails), folder, place.cursor(), more=following is not None)
            self.read_to[folder] = begin = place
            group = following
        self.read_to[folder] = Place(opened.validity, max(begin.uid, opened.uid_next - 1))

    def end(self, folder: str) -> Place:
        """The place behind the newest mail."""
        opened = self.open(folder)
        if opened.uid_next:
            return Place(opened.validity, opened.uid_next - 1)
        with self._connection.speaking() as client:
            return Place(opened.validity, max(client.search(["ALL"]), default=0))

    def uids_behind(self, client: Client, uid: int, opened: Opened) -> Iterator[list[int]]:
        """The UIDs of the open folder that are greater, ascending, in lists of bearable length."""
        if not opened.uid_next:
            yield sorted(found for found in client.search(["UID", f"{uid + 1}:*"]) if found > uid)
            return
        for first in range(uid + 1, opened.uid_next, _UIDS_AT_ONCE):
            last = min(first + _UIDS_AT_ONCE, opened.uid_next) - 1
            yield sorted(
                found for found in client.search(["UID", f"{first}:{last}"]) if first <= found <= last
            )

    def append_sent(self, raw: bytes) -> bool:
        """A copy in the Sent folder, unless the server keeps one by itself."""
        folder = self.sent_folder()
        if folder is None:
            return False
        named = _MESSAGE_ID.search(raw.split(b"\r\n\r\n", 1)[0])
        with self._connection.speaking() as client:
            if client.has_capability("X-GM-EXT-1"):  # Gmail files everything it sends
                return False
        self.open(folder)
        with self._connection.speaking() as client:
            if named and client.search(["HEADER", "MESSAGE-ID", named.group(1).decode("ascii", "replace")]):
                return False
            client.append(folder, raw, flags=[SEEN])
        return True

    def _groups(self, folder: str, opened: Opened, uid: int, limit: int) -> Iterator[list[int]]:
        """UIDs in batches; the sizes are asked for first, so that no batch fills the memory."""
        group: list[int] = []
        filled = 0
        for uid_, size in self._sizes(folder, opened, uid):
            if group and (len(group) >= limit or filled + size > _BATCH_BYTES):
                yield group
                group, filled = [], 0
            group.append(uid_)
            filled += size
        if group:
            yield group

    def _sizes(self, folder: str, opened: Opened, uid: int) -> Iterator[tuple[int, int]]:
        with self._still_open(folder, opened.validity) as client:
            windows = self.uids_behind(client, uid, opened)
        while True:
            with self._still_open(folder, opened.validity):
                uids = next(windows, None)
            if uids is None:
                return
            for first in range(0, len(uids), _SIZES_AT_ONCE):
                some = uids[first : first + _SIZES_AT_ONCE]
                with self._still_open(folder, opened.validity) as client:
                    sizes = client.fetch(some, ["RFC822.SIZE"])
                yield from ((each, sizes.get(each, {}).get(b"RFC822.SIZE", 0)) for each in some)

    def _mails(self, folder: str, validity: int, uids: list[int], *, sent_by_us: bool) -> list[RawMail]:
        """The messages with these UIDs; those expunged meanwhile are left out."""
        with self._still_open(folder, validity) as client:
            try:
                answers = client.fetch(uids, ["INTERNALDATE", "BODY.PEEK[]"])
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError:  # one expunged or damaged message can make the answer to all of them a NO
                answers = self._one_by_one(client, uids)
        mails = []
        for uid in uids:
            raw = answers.get(uid, {}).get(b"BODY[]")
            if isinstance(raw, bytes):
                source = f"{self._name}/{folder}/{validity}/{uid}"
                mails.append(RawMail(raw, source, _utc(answers[uid].get(b"INTERNALDATE")), sent_by_us))
        return mails

    def _one_by_one(self, client: Client, uids: list[int]) -> dict[int, dict[bytes, Any]]:
        """Each message by itself. One the server cannot give, while it gives others, comes empty: it goes to the
        quarantine, where a person sees its source, and holds up nothing."""
        client.noop()
        answers: dict[int, dict[bytes, Any]] = {}
        damaged: list[int] = []
        for uid in client.search(["UID", ",".join(map(str, uids))]):
            try:
                answers |= client.fetch([uid], ["INTERNALDATE", "BODY.PEEK[]"])
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError:
                damaged.append(uid)
        if damaged and not answers:
            raise ChannelDown(
                _("{host} does not give out its messages at the moment; it will be tried again.").format(
                    host=self._connection.server.host
                )
            )
        return answers | {uid: {b"BODY[]": b""} for uid in damaged}

    def _still_open(self, folder: str, validity: int) -> Any:
        """The client with this folder open, as it was when the fetch began."""
        if self._connection.selected != folder and self.open(folder).validity != validity:
            raise ChannelDown(
                _("The folder {folder} was numbered anew while it was read; it will be read again.").format(
                    folder=folder
                )
            )
        return self._connection.speaking()

    def _no_such_folder(self, client: Client, folder: str) -> ChannelRefused:
        names = ", ".join(clean_line(str(name)) for _flags, _delimiter, name in client.list_folders())
        return ChannelRefused(
            _(
                'The mailbox of {user} has no folder "{folder}"; it has: {names}. Correct the name in the settings.'
            ).format(user=self._connection.server.user, folder=folder, names=names)
        )


def _find_sent(folders: list[tuple[tuple[bytes, ...], bytes | None, str]]) -> str | None:
    for flags, _delimiter, name in folders:
        if b"\\sent" in (flag.lower() for flag in flags):
            return name
    for flags, delimiter, name in folders:
        last = name.rsplit(delimiter.decode(), 1)[-1] if delimiter else name
        if last.lower() in _NAMES_OF_SENT and b"\\noselect" not in (flag.lower() for flag in flags):
            return name
    return None


def _utc(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at else None
