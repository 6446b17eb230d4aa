"""A small IMAP server that answers oddly on demand: what Dovecot cannot be made to say.

It has one folder and speaks as much as reading needs. `odd` maps the beginning of a command ("LOGIN", "UID FETCH 3 (")
to the bytes that answer it, tagged line included ({tag} stands for the tag); behind an answer without one it hangs up,
and for None it does so without a word. Invariant: what is not odd is answered rightly; one thread for each connection,
all gone at the end.
"""

import re
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

_FETCH = re.compile(r"UID FETCH (\S+) \((.*)\)", re.IGNORECASE)
_AT = b'"01-Mar-2026 12:00:00 +0000"'


@dataclass
class OddImap:
    """`mails` maps UIDs to messages, in the order of their numbers."""

    mails: dict[int, bytes]
    odd: Mapping[str, bytes | None] = field(default_factory=dict)
    greeting: bytes = b"* OK odd\r\n"
    untold: tuple[str, ...] = ()
    """what is left out when a folder is opened: UIDNEXT, UIDVALIDITY"""
    exists: int | None = None
    sizes: Mapping[int, int] = field(default_factory=dict)
    """the size it tells of a mail, where that is not the right one"""
    chatter: bytes = b""
    """what it says before each answer to a FETCH or SEARCH"""
    twice: bool = False
    backwards: bool = False

    def __post_init__(self) -> None:
        self.commands: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            try:
                connection.sendall(self.greeting)
                for line in lines:
                    tag, _space, command = line.decode("latin-1").strip().partition(" ")
                    self.commands.append(command)
                    answer = self._answer(tag, command)
                    if answer is None:
                        return
                    connection.sendall(answer)
                    if command.upper() == "LOGOUT" or tag.encode() not in answer:
                        return
            except OSError:
                return

    def _answer(self, tag: str, command: str) -> bytes | None:
        for beginning, odd in self.odd.items():
            if command.upper().startswith(beginning.upper()):
                return odd if odd is None else odd.replace(b"{tag}", tag.encode())
        done = f"{tag} OK done\r\n".encode()
        verb = command.upper()
        if verb.startswith("CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n" + done
        if verb.startswith("LIST"):
            return b'* LIST () "/" INBOX\r\n' + done
        if verb.startswith("EXAMINE"):
            return self._opened() + done
        if verb.startswith("UID SEARCH"):
            return self.chatter + self._search(verb.removeprefix("UID SEARCH ")) + done
        if found := _FETCH.match(command):
            return self.chatter + self._fetch(found[1], found[2].upper()) + done
        return done

    def _opened(self) -> bytes:
        facts = {"UIDVALIDITY": 7, "UIDNEXT": max(self.mails, default=0) + 1}
        told = "".join(
            f"* OK [{name} {value}]\r\n" for name, value in facts.items() if name not in self.untold
        )
        count = len(self.mails) if self.exists is None else self.exists
        return f"* {count} EXISTS\r\n{told}".encode()

    def _search(self, asked: str) -> bytes:
        uids = list(self.mails)
        if asked.startswith("UID "):
            found = self._among(asked.removeprefix("UID "))
        elif asked == "*":
            found = uids[-1:]
        else:
            found = uids[int(asked) - 1 : int(asked)]
        found = found[::-1] if self.backwards else found
        return b"* SEARCH" + "".join(f" {uid}" for uid in found).encode() + b"\r\n"

    def _among(self, numbers: str) -> list[int]:
        found: set[int] = set()
        last = max(self.mails, default=0)
        for part in numbers.split(","):
            first, colon, end = part.partition(":")
            ends = [last if one == "*" else int(one) for one in ((first, end) if colon else (first, first))]
            found |= {uid for uid in self.mails if min(ends) <= uid <= max(ends)}
        return sorted(found)

    def _fetch(self, numbers: str, items: str) -> bytes:
        answers = []
        for uid in self._among(numbers):
            number = list(self.mails).index(uid) + 1
            start = f"* {number} FETCH (UID {uid} ".encode()
            raw = self.mails[uid]
            if "BODY.PEEK[]" in items:
                body = b"INTERNALDATE " + _AT + b" BODY[] {%d}\r\n" % len(raw) + raw
            elif "HEADER" in items:
                head = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                body = b"BODY[HEADER] {%d}\r\n" % len(head) + head
            else:
                body = b"RFC822.SIZE %d" % self.sizes.get(uid, len(raw))
            answers.append(start + body + b")\r\n")
        if self.backwards:
            answers.reverse()
        return b"".join(answers * (2 if self.twice else 1))
