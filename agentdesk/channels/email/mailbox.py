"""A mailbox as the desk reads it: its folders, all that is new in one, and a copy into the Sent folder.

Invariant: reading changes nothing on the server: folders are opened with EXAMINE, bodies taken with PEEK,
nothing is ever deleted. A cursor is (UIDVALIDITY, last UID kept); under another UIDVALIDITY the folder is
read from its start, and the store knows what it already has. Mail on which the connection breaks off again and again
is counted in the cursor, taken one by one, and in the end set aside with its reason: no mail holds up the next.
"""

import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from imapclient import SEEN
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from agentdesk.channels.contract import ChannelDown, ChannelRefused
from agentdesk.channels.email.bodies import Taken, broke_off, gives_others, sizes_of, take
from agentdesk.channels.email.imap import Client, Connection
from agentdesk.channels.email.place import Opened, Place
from agentdesk.channels.email.trouble import full, is_for_good, is_full
from agentdesk.config.language import _
from agentdesk.domain.mail import Batch, RawMail
from agentdesk.text.clean import clean_line

_BATCH_BYTES = 8_000_000
_SIZES_AT_ONCE = 500
_MOST_TRIES = 6
"""How often the connection may break off on one mail before that mail is set aside."""
_UIDS_AT_ONCE = 50_000  # imaplib breaks off at a line of 1 MB, which a SEARCH of a large mailbox would exceed
_STALE = 5.0
"""Seconds after which a look for a copy has to be taken again."""
_NAMES_OF_SENT = (
    "sent", "sent items", "sent messages", "sent mail", "sendt", "sendte", "sendt post", "sendte elementer",
    "sendt e-post", "sendte mails",
)  # fmt: skip
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


class _Sized(NamedTuple):
    """A mail before it is fetched, and what the server says of its size; 0: it does not say."""

    uid: int
    size: int


@dataclass(frozen=True, slots=True)
class _Here:
    """The folder that a fetch reads."""

    folder: str
    opened: Opened
    sent_by_us: bool


class Mailbox:
    """Everything over one connection, for one thread. `name` is the channel's, for the source of each mail."""

    def __init__(self, name: str, connection: Connection, sent_folder: str = "") -> None:
        self._name = name
        self._connection = connection
        self._sent_setting = sent_folder
        self._sent: str | None = None
        self._sent_known = False
        self._swells = 1.0
        """How many times larger mails are than the server says."""
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
        here = _Here(folder, opened, sent_by_us=folder == self.sent_folder())
        if begin.tries:
            begin = yield from self._carefully(here, begin, limit)
        try:
            groups = self._groups(here, begin.uid, limit)
            group = next(groups, None)
            while group:
                following = next(groups, None)
                taken = self._give(here, [mail.uid for mail in group])
                self._weigh(group, taken)
                place = Place(opened.validity, group[-1].uid)
                yield self._batch(here, taken, place, more=following is not None)
                self.read_to[folder] = begin = place
                group = following
        except ChannelDown:
            # kept with the cursor, so that whoever goes on does so carefully
            yield self._batch(here, [], Place(begin.validity, begin.uid, begin.tries + 1), more=True)
            raise
        self.read_to[folder] = Place(opened.validity, max(begin.uid, opened.uid_next - 1))

    def _carefully(self, here: _Here, begin: Place, limit: int) -> Generator[Batch, None, Place]:
        """Mail by mail, because it broke off here before; returns how far it came.

        One on which it has broken off again and again is set aside, if the server gives out others.
        """
        with self._still_open(here) as client:
            uids = next(filter(None, self.uids_behind(client, begin.uid, here.opened)), [])[:limit]
        taken: list[Taken] = []
        for uid in uids:
            try:
                taken += self._give(here, [uid])
            except ChannelDown:
                begin = Place(begin.validity, taken[-1].uid) if taken else begin
                if begin.tries < _MOST_TRIES or not self._gives_others(here, uid):
                    yield self._batch(
                        here, taken, Place(begin.validity, begin.uid, begin.tries + 1), more=True
                    )
                    raise
                taken.append(Taken(uid, b"", trouble=broke_off(begin.tries)))
            if sum(len(one.raw) for one in taken) > _BATCH_BYTES:
                break
        begin = Place(begin.validity, taken[-1].uid if taken else begin.uid)
        yield self._batch(here, taken, begin, more=True)
        return begin

    def end(self, folder: str) -> Place:
        """The place behind the newest mail."""
        opened = self.open(folder)
        if opened.uid_next:
            return Place(opened.validity, opened.uid_next - 1)
        with self._connection.speaking() as client:
            return Place(opened.validity, max(client.search(["ALL"]), default=0))

    def uids_behind(self, client: Client, uid: int, opened: Opened) -> Iterator[list[int]]:
        """The UIDs of the open folder that are greater, ascending, in lists of bearable length."""
        if opened.count <= _UIDS_AT_ONCE:
            # up to whatever is the last one: what the server says of the next UID may be missing or wrong
            yield sorted(found for found in client.search(["UID", f"{uid + 1}:*"]) if found > uid)
            return
        lowest, highest = min(client.search(["1"]), default=1), max(client.search(["*"]), default=0)
        for first in range(max(uid + 1, lowest), highest + 1, _UIDS_AT_ONCE):
            last = first + _UIDS_AT_ONCE - 1
            yield sorted(
                found for found in client.search(["UID", f"{first}:{last}"]) if first <= found <= last
            )

    def append_sent(self, raw: bytes) -> bool:
        """A copy in the Sent folder, unless the server keeps one by itself, or never will.

        Raises ChannelRefused when the mailbox is full.
        """
        folder = self.sent_folder()
        if folder is None:
            return False
        with self._connection.speaking() as client:
            if client.has_capability("X-GM-EXT-1"):  # Gmail files everything it sends
                return False
        self.open(folder)
        named = _MESSAGE_ID.search(raw.split(b"\r\n\r\n", 1)[0])
        with self._connection.speaking() as client:
            looked = -_STALE
            # somebody who took over while this process stood still may have filed it meanwhile
            while time.monotonic() - looked >= _STALE:
                looked = time.monotonic()
                if named and client.search(
                    ["HEADER", "MESSAGE-ID", named.group(1).decode("ascii", "replace")]
                ):
                    return False
            try:
                client.append(folder, raw, flags=[SEEN])
            except (IMAPClientAbortError, ProtocolError):
                raise
            except IMAPClientError as error:
                if is_full(error):
                    raise full(self._connection.server, folder, error) from error
                if is_for_good(error):
                    return False
                raise
        return True

    def _groups(self, here: _Here, uid: int, limit: int) -> Iterator[list[_Sized]]:
        """Mails in batches; the sizes are asked for first, so that no batch fills the memory."""
        group: list[_Sized] = []
        filled = 0.0
        for mail in self._sizes(here, uid):
            weight = mail.size * self._swells or _BATCH_BYTES
            if group and (len(group) >= limit or filled + weight > _BATCH_BYTES):
                yield group
                group, filled = [], 0.0
            group.append(mail)
            filled += weight
        if group:
            yield group

    def _sizes(self, here: _Here, uid: int) -> Iterator[_Sized]:
        with self._still_open(here) as client:
            windows = self.uids_behind(client, uid, here.opened)
        while True:
            with self._still_open(here):
                uids = next(windows, None)
            if uids is None:
                return
            for first in range(0, len(uids), _SIZES_AT_ONCE):
                some = uids[first : first + _SIZES_AT_ONCE]
                with self._still_open(here) as client:
                    sizes = sizes_of(client, some)
                yield from (_Sized(each, sizes.get(each, 0)) for each in some)

    def _give(self, here: _Here, uids: list[int]) -> list[Taken]:
        with self._still_open(here) as client:
            return take(client, self._connection.server.host, uids, here.opened.count)

    def _gives_others(self, here: _Here, uid: int) -> bool:
        try:
            with self._still_open(here) as client:
                return gives_others(client, [uid], here.opened.count)
        except ChannelDown:
            return False

    def _weigh(self, group: list[_Sized], taken: list[Taken]) -> None:
        """Some servers tell sizes that are far too small; the batches after this one are cut by what came."""
        told, came = sum(mail.size for mail in group), sum(len(one.raw) for one in taken)
        self._swells = max(1.0, came / told) if told else 1.0

    def _batch(self, here: _Here, taken: list[Taken], place: Place, *, more: bool) -> Batch:
        mails = tuple(
            RawMail(
                one.raw, f"{self._name}/{here.folder}/{place.validity}/{one.uid}", one.at, here.sent_by_us,
                one.trouble,
            )
            for one in taken
        )  # fmt: skip
        return Batch(mails, here.folder, place.cursor(), more=more)

    def _still_open(self, here: _Here) -> Any:
        """The client with this folder open, as it was when the fetch began."""
        if (
            self._connection.selected != here.folder
            and self.open(here.folder).validity != here.opened.validity
        ):
            raise ChannelDown(
                _("The folder {folder} was numbered anew while it was read; it will be read again.").format(
                    folder=here.folder
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
