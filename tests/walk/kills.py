"""Kills the desk (-9) at random moments of an agent's work and counts what became of every word.

`python tests/walk/kills.py [KILLS] [SEED]` (100 kills by default) prints the counts; exit 1 when a promise was broken.
The agent types replies and notes, sends them, takes some back and sends them again; after each kill the desk is opened
anew. Invariant kept: at most the last SPAN seconds of typing are missing, and every reply or note that was given its
stroke is exactly once either out (sink, case) or in a draft, unless all of it was typed within that span.
"""

import random
import re
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from servers.dovecot import Account, Dovecot
from servers.smtp_sink import SmtpSink
from servers.terminal import Terminal
from walk.shop import Shop, eventually, letter, shop

SPAN = 2.0
"""Seconds of typing that a kill may cost."""
HOLD = 1
PACE = 0.04
WORDS = ("din", "pakke", "ligger i Århus", "med færgen", "til Ærø", "i morgen", "før kl. ti", "så du når det")
WRITING = re.compile(r"ctrl\+s send[^\n]*$")
_ON_ITS_WAY = "select count(*) from outbox where state in ('held', 'queued', 'sending')"


class DeskGoneError(Exception):
    """The desk is no more."""


@dataclass
class Text:
    """One reply or note, with the moment of each letter."""

    kind: Literal["reply", "note"]
    body: str = ""
    typed: list[float] = field(default_factory=list)
    stroked: bool = False
    """The key that sends it was pressed."""
    taken_back: bool = False
    """It was back in the composer for certain since the last stroke."""


@dataclass
class Figures:
    """What was counted."""

    kills: int = 0
    replies: int = 0
    notes: int = 0
    out: int = 0
    back: int = 0
    lost: float = 0.0
    """The most seconds of typing that a kill has cost."""
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills: {self.replies} replies and {self.notes} notes were sent, {self.out} of them are out, "
            f"{self.back} in the composer; at most {self.lost:.2f} s of typing lost; {len(self.wrong)} wrong"
        )


class Minute:
    """An agent at work, again and again killed."""

    def __init__(self, house: Shop, smtp: SmtpSink, seed: int) -> None:
        self._house, self._smtp = house, smtp
        self._dice = random.Random(seed)
        self._number = 0
        self._texts: list[Text] = []
        self.figures = Figures()

    def run(self, kills: int, longest: float) -> Figures:
        """Work, be killed within `longest` seconds, look what is there, go on."""
        for _kill in range(kills):
            with self._house.desk() as desk:
                desk.wait(r"[0-9]/6[\s\S]*Team [0-9]", 40)
                self._find_again(desk)
                killed = self._work_until_killed(desk, self._dice.uniform(0.2, longest))
            self.figures.kills += 1
            self._account(killed)
        return self.figures

    # -- the agent ----------------------------------------------------------------------------------------------

    def _work_until_killed(self, desk: Terminal, seconds: float) -> float:
        at: list[float] = []

        def kill() -> None:
            at.append(time.monotonic())
            desk.process.send_signal(signal.SIGKILL)

        timer = threading.Timer(seconds, kill)
        timer.start()
        try:
            with suppress(DeskGoneError, OSError):
                while True:
                    self._case(desk)
        finally:
            timer.join()
        desk.process.wait(10)
        return at[0]

    def _case(self, desk: Terminal) -> None:
        """One case from its first word to the answer, then the next."""
        for act in self._dice.choice(("send", "note send", "send undo send", "keep send")).split():
            if act == "note":
                self._write(desk, "i", Text("note"))
                self._stroke(desk)
            elif act == "send":
                if not self._texts or self._texts[-1].stroked:
                    self._write(desk, "r", Text("reply"))
                else:
                    self._press(desk, "r", WRITING)
                self._stroke(desk)
            elif act == "keep":
                self._write(desk, "r", Text("reply"))
                self._press(desk, "esc", r"\? keys$")
            else:
                self._undo(desk)
        self._press(desk, "n", r"[1-9]/6")

    def _write(self, desk: Terminal, key: str, text: Text) -> None:
        self._press(desk, key, WRITING)
        self._number += 1
        self._texts.append(text)
        words = " ".join(
            [f"T{self._number:04}", *self._dice.choices(WORDS, k=self._dice.choice((0, 1, 1, 2, 10)))]
        )
        for letter_ in words:
            self._alive(desk)
            desk.send(letter_)
            text.body += letter_
            text.typed.append(time.monotonic())
            time.sleep(PACE)

    def _stroke(self, desk: Terminal) -> None:
        self._alive(desk)
        text = self._texts[-1]
        text.stroked, text.taken_back = True, False
        self._press(desk, "ctrl+s", r"\? keys$")

    def _undo(self, desk: Terminal) -> None:
        """Take the reply back while it is held; where that came too late it has left."""
        text = self._texts[-1]
        self._press(desk, "u", rf"Reply to[\s\S]*{text.body[:5]}|has left|can no longer")
        if "Reply to" in desk.screen():
            text.taken_back, text.stroked = True, False
        else:
            self._press(desk, "esc", r"\? keys$")

    def _press(self, desk: Terminal, key: str, until: str | re.Pattern[str]) -> None:
        """A key, and its effect on screen."""
        wanted = re.compile(until)
        self._alive(desk)
        desk.keys(key)
        end = time.monotonic() + 20
        while not wanted.search(desk.screen()):
            self._alive(desk)
            assert time.monotonic() < end, f"{key} had no effect:\n{desk.screen()}"
            time.sleep(0.02)

    def _alive(self, desk: Terminal) -> None:
        if desk.process.poll() is not None:
            raise DeskGoneError

    # -- what is there ------------------------------------------------------------------------------------------

    def _account(self, killed: float) -> None:
        """After a kill: where the last texts are, and how much of what was typed."""
        eventually(lambda: self._house.rows(_ON_ITS_WAY)[0][0] == 0, 60)
        out, drafts = list(self._out()), self._drafts()
        unsettled = [text for text in self._texts if text is self._texts[-1] or text.stroked]
        for text in unsettled:
            self._look(text, killed, out.count((text.kind, text.body)), drafts)
        self._texts = [text for text in self._texts[-1:] if any(text.body == body for _kind, body in drafts)]

    def _look(self, text: Text, killed: float, times: int, drafts: list[tuple[str, str]]) -> None:
        kept = [body for kind, body in drafts if kind == text.kind and body and text.body.startswith(body)]
        if text.stroked:
            self.figures.replies += text.kind == "reply"
            self.figures.notes += text.kind == "note"
            self.figures.out += times
            self.figures.back += not times and bool(kept)
            begun_just_now = not times and killed - text.typed[0] <= SPAN
            if times + bool(kept) != 1 and not begun_just_now:
                self.figures.wrong.append(f"{text.kind} {text.body!r}: {times} out, {len(kept)} in drafts")
        if not times:
            best = max(map(len, kept), default=0)
            missing = text.typed[best:]
            if missing:
                self.figures.lost = max(self.figures.lost, killed - missing[0])
                if killed - missing[0] > SPAN:
                    self.figures.wrong.append(f"{killed - missing[0]:.2f} s lost of {text.body!r}: {kept}")
            text.body, text.stroked = text.body[:best], False
            text.typed = text.typed[:best]

    def _find_again(self, desk: Terminal) -> None:
        """Opened again, the desk shows the text that was begun; it is sent, or thrown away when hardly begun."""
        if not self._texts:
            return
        text = self._texts[-1]
        self._go_to_draft(desk)
        key, head = ("r", "Reply to") if text.kind == "reply" else ("i", "Note:")
        self._press(desk, key, rf"{head}[\s\S]*{re.escape(text.body[:20].strip())}")
        self._press(desk, "left", WRITING)
        if len(text.body) > 5:
            self._stroke(desk)
            self._press(desk, "n", r"[1-9]/6")
        else:
            self._press(desk, "f8", "Throw this text away")
            self._press(desk, "enter", r"\? keys$")
            self._texts.clear()

    def _go_to_draft(self, desk: Terminal) -> None:
        """Its case is in hand, or found by its customer: a reply may have been begun in a case that waits no more."""
        ((number,),) = self._house.rows("select case_id from drafts where body <> ''")
        try:
            desk.wait(rf"│ #{number} ", 3)
        except TimeoutError:
            ((who,),) = self._house.rows(
                f"select from_address from messages where kind = 'inbound' and case_id = {number} limit 1"
            )
            self._press(desk, "f", "Type what you look for")
            desk.send(f"from:{who}")
            desk.wait(rf"#{number} ")
            self._press(desk, "enter", rf"│ #{number} ")

    def _out(self) -> Iterator[tuple[str, str]]:
        """Every reply that the sink has taken and every note that stands in a case, by its own words."""
        for received in self._smtp.messages:
            mail = message_from_bytes(received.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            body = mail.get_body(("plain",))
            assert isinstance(body, EmailMessage)
            yield "reply", body.get_content().splitlines()[0]
        for (note,) in self._house.rows("select text from messages where kind = 'note'"):
            yield "note", note

    def _drafts(self) -> list[tuple[str, str]]:
        return [(kind, body) for kind, body in self._house.rows("select kind, body from drafts")]


def killed(
    kills: int, longest: float, seed: int, *, folder: Path, account: Account, smtp: SmtpSink
) -> Figures:
    """So many kills on a fresh shop."""
    with shop(folder, f"sqlite:///{folder / 'desk.db'}", account, smtp, hold=HOLD) as house:
        mails = (letter(sender=f"Kunde {n} <k{n}@kunde.example>") for n in range(20 + kills * 4))
        house.deliver(*mails, channel="support")
        figures = Minute(house, smtp, seed).run(kills, longest)
        figures.wrong += [f"fault: {one}" for one in house.faults()]
    return figures


def main() -> int:
    """The long form."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 31)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as folder, Dovecot() as server, SmtpSink() as smtp:
        figures = killed(kills, 8.0, seed, folder=Path(folder), account=server.fresh(), smtp=smtp)
    print(figures, *figures.wrong, sep="\n")
    return 1 if figures.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
