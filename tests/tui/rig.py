"""A desk as a test drives it: a small furnished store, the real app, and keys at a person's pace.

Invariant: a key's effect is there when `press` returns; the store's clock stands still until a test moves it.
"""

import asyncio
import gc
import json
import shutil
import sqlite3
import sys
import time
from collections import namedtuple
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from decimal import Decimal
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from servers.terminal import Terminal
from services.world import START, World, incoming
from sqlalchemy import insert
from textual import events
from textual._compositor import Compositor
from textual.pilot import Pilot

from agentdesk.bridge import Bridge
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.orders import Order
from agentdesk.domain.preferences import Preferences
from agentdesk.services import orders, people, triage
from agentdesk.store.address import read
from agentdesk.store.engine import open_store
from agentdesk.store.first_frame import first_page
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.tables import leases
from agentdesk.tui.app import AgentDesk
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.desk.listing import FIRST_VIEW, ROWS
from agentdesk.tui.gate import Gate
from agentdesk.tui.keys import Command, Keymap
from agentdesk.tui.screens import desk as desk_screen
from agentdesk.tui.screens.desk import DeskScreen, Seat
from agentdesk.tui.widgets.conversation import Conversation

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
T = TypeVar("T")
CASES = 6
"""Cases that wait: 1 is the most urgent."""
EARLIER = 16
"""Resolved cases of the customer of case 1."""
LETTER = """Hej,

Hvor er min pakke? Den skulle være kommet i fredags.
Se https://track.example/T8841 for mere.

{lines}

Venlig hilsen
{name}

Den 1. marts 2026 skrev Nordbutik <support@shop.example>:
> Tak for din ordre.
> Den er pakket.
"""


def letter(number: int, name: str, *, subject: str = "", lines: int = 40, file: bool = True) -> bytes:
    """A customer's mail with a link, quotes, a file, and enough lines to scroll."""
    mail = EmailMessage()
    mail["From"] = f"{name} <kunde{number}@example.com>"
    mail["To"] = "support@shop.example"
    mail["Cc"] = "Chef <chef@example.com>"
    mail["Subject"] = subject or f"Ordre {100 + number} mangler"
    mail["Message-ID"] = f"<furnished{number}@example.com>"
    mail["Date"] = START - timedelta(minutes=10 * (CASES + 1 - number))
    mail.set_content(LETTER.format(name=name, lines="\n".join(f"linje {n} af brevet" for n in range(lines))))
    if file:
        mail.add_attachment(
            b"Kvittering: 499 kr", maintype="text", subtype="plain", filename="kvittering.txt"
        )
    return bytes(mail)


def furnish(url: str) -> None:
    """A shop with two agents, a team, tags and six waiting cases; a worker that seems to live."""
    store = open_store(url)
    bring_up_to_date(store, owner=True)
    world = World(store)
    world.channel = world.mailbox(answer_within=60, signature="Venlig hilsen\nAnna, Nordbutik")
    world.agent("anna")
    world.agent("bo")
    with world.unit() as unit:
        people.team_id(unit, "levering")
        for actor in world.agents.values():
            assert actor.id is not None
            people.set_preferences(unit, actor.id, Preferences(greeted=True))
    names = ("Mette Sørensen", "Ola Nordmann", "Emily Clarke", "Jürgen Weiß", "Freja Lund", "Håkon Strøm")
    for number, name in enumerate(names, 1):
        world.receive(incoming(letter(number, name), at=START - timedelta(minutes=10 * (CASES + 1 - number))))
    for number in range(EARLIER):
        old = f"From: Mette Sørensen <kunde1@example.com>\nTo: support@shop.example\nSubject: Sag {number}\n\nHej\n"
        world.receive(incoming(old.encode(), at=START - timedelta(days=30 + number)))
    with world.unit() as unit:
        for case_id in range(CASES + 1, CASES + EARLIER + 1):
            triage.set_status(unit, case_id, Status.RESOLVED)
    with world.unit("bo") as unit:
        triage.tag(unit, CASES, ("forsinket", "vip"))
    with world.unit() as unit:
        far = world.at + 40 * 365 * 86_400_000_000
        unit.session.execute(insert(leases).values(name="worker", holder="test", until=far, seen_at=far))
        bought = Order("10001", "kunde1@example.com", "Mette Sørensen", "delivered", START, total=Decimal(249),
                       currency="DKK")  # fmt: skip
        orders.take_in(unit, orders.source(unit, "csv", "csv"), [bought, replace(bought, number="10000")])
    store.close()


class Driven(AgentDesk):
    """The app, counting the keys that came and those whose effect is there."""

    came = 0
    done = 0

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.came += 1
        await super().on_event(event)

    async def _deliver(self, event: events.Key | events.Paste) -> None:
        try:
            await super()._deliver(event)
        finally:
            self.done = self.came - self._pump.waiting


@dataclass
class Rig:
    """A running desk and the world behind it."""

    app: Driven
    pilot: Pilot[int]
    world: World

    @property
    def desk(self) -> DeskScreen:
        """The desk's screen, whatever dialog stands on it."""
        return next(one for one in self.app.screen_stack if isinstance(one, DeskScreen))

    @property
    def top(self) -> str:
        """What the screen on top is called."""
        return type(self.app.screen).__name__

    @property
    def said(self) -> str:
        """The notice of the screen on top."""
        from agentdesk.tui.widgets.notice import Notice

        return "".join(one.text for one in self.app.screen.query(Notice))

    async def press(self, *keys: str) -> None:
        """Keys at a person's pace: each one's effect is on screen before the next."""
        for key in keys:
            self.app.gate = Gate()
            await self.burst(key)

    async def burst(self, *keys: str, times: Callable[[int], float] | None = None) -> None:
        """Keys all at once; `times` says when each was pressed."""
        for at, key in enumerate(keys):
            event = events.Key(*_named(key))
            if times is not None:
                event.time = times(at)
            self.app.post_message(event)
        await self.settle(len(keys))

    async def type(self, words: str) -> None:
        """Letters into whatever takes them."""
        await self.burst(*words)

    async def paste(self, words: str) -> None:
        """A bracketed paste."""
        self.app.post_message(events.Paste(words))
        await self.settle()

    async def settle(self, _keys: int = 0) -> None:
        """Until everything that was pressed has had its effect, the background of it included."""
        for _turn in range(2000):
            await asyncio.sleep(0.002)
            quiet = self.app.came == self.app.done and not self.app._message_queue.qsize()
            if quiet and not self.desk._soon and not self.app.gate.waiting:
                break
        await self.pilot.pause(0.01)

    async def until(self, what: Callable[[], T], seconds: float = 5.0) -> T:
        """Until this is true; returns it."""
        end = time.monotonic() + seconds
        while not (found := what()):
            assert time.monotonic() < end, f"never came; {self.top} says {self.said!r}"
            await asyncio.sleep(0.005)
        return found


def shown(r: Rig) -> str:
    """What the conversation shows, all of it."""
    return "\n".join(r.desk.query_one(Conversation).line(y).text for y in range(400))


async def call(r: Rig, name: str) -> None:
    """A command without a key of its own, as the palette calls it."""
    command: Command = r.app.keymap.named(name)
    assert command.when(r.desk)
    await command.run(r.desk)
    await r.settle()


def _named(key: str) -> tuple[str, str | None]:
    """A Key event's key and character."""
    if key == "\n":
        return "enter", "\r"
    if len(key) > 1:
        return key, None
    names = {
        " ": "space",
        ".": "full_stop",
        ",": "comma",
        "-": "minus",
        "/": "slash",
        "?": "question_mark",
        "+": "plus",
    }
    return names.get(key, key if key.isalnum() else f"character_{ord(key)}"), key


@asynccontextmanager
async def desk(
    url: str, state: Path, *, size: tuple[int, int] = (120, 40), terminal: str = "here-1:aa", login: str = "anna",
    keys: dict[str, str] | None = None, cases: bool = True, greet: bool = False, **seat: Any,
) -> AsyncIterator[Rig]:  # fmt: skip
    """A desk of this agent on this store."""
    world = World(open_store(url))
    world.channel = 1
    for name in ("anna", "bo"):
        row = world.one("select id, role from agents where login = :l", l=name)
        world.agents[name] = _actor(row.id, name, row.role)
    address = read(url)
    given = Seat(
        bridge=Bridge(lambda: open_store(url), lambda: world.now, terminal), login=login, store=address.shown,
        terminal=terminal, zone=UTC,
        clock=lambda: world.now, state_dir=state, after_send="stay", poor=False, start_worker=None,
        first=first_page(address, login, FIRST_VIEW, ROWS + 1),
    )  # fmt: skip
    app = Driven(replace(given, **seat), Keymap(COMMANDS, keys or {}), "", greet=greet)
    with patch.object(desk_screen, "SETTLE", 0.001), patch.object(Compositor, "render_update", _nobody_looks):
        try:
            async with app.run_test(size=size) as pilot:
                rig = Rig(app, pilot, world)
                await rig.until(
                    lambda: rig.desk.ready and (not cases or rig.desk.reading.thread is not None), 20
                )
                await rig.settle()
                yield rig
                app.screen._compositor.render_strips()
        finally:
            world.store.close()
            gc.unfreeze()  # the desk has frozen what it was loaded with, which would keep every desk of the tests


def _nobody_looks(compositor: Compositor, *_how: Any, **_else: Any) -> None:
    """Painting is half of what a desk costs. It is painted for who looks (`render_strips`), and once at the end."""
    compositor._dirty_regions.clear()


def _actor(key: int, login: str, role: str) -> Any:
    from agentdesk.store.unit import Actor

    return Actor(key, login, role)


def dump(url: str) -> dict[str, list[Any]]:
    """What a verb may change and an undo must bring back: cases, tags, what is on its way, notes."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)
    try:

        def rows(sql: str) -> list[Any]:
            return connection.execute(sql).fetchall()

        return {
            "cases": rows("select id, subject, status, snooze_until, priority, owner_id, team_id, due_at,"
                          " waiting_since, resolved_at, settled_id, merged_into, channel_id, customer_id from cases"
                          " where status <> 'closed' order by id"),
            "tags": rows("select ct.case_id, t.name from case_tags ct join tags t on t.id = ct.tag_id order by 1, 2"),
            "notes": rows("select id from messages where kind = 'note' order by id"),
            "leaving": rows("select id from outbox where state in ('held', 'queued', 'sent') order by id"),
        }  # fmt: skip
    finally:
        connection.close()


def changed_cases(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[int]:
    """The cases in which the two dumps differ."""
    found: set[int] = set()
    for name, column in (("cases", 0), ("tags", 0)):
        found |= {row[column] for row in set(before[name]) ^ set(after[name])}
    return found


@contextmanager
def terminal(
    url: str, state: Path, cols: int = 120, rows: int = 40, *, env: dict[str, str] | None = None,
    options: dict[str, Any] | None = None, throttle: tuple[float, float] | None = None,
) -> Iterator[Terminal]:  # fmt: skip
    """The desk in a real pseudo-terminal."""
    given = {"url": url, "state": str(state), "me": {}} | (options or {})
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "HOME": str(state)} | (env or {})
    argv = [sys.executable, str(HERE / "program.py"), json.dumps(given)]
    with Terminal(argv, cols, rows, env=environment, throttle=throttle) as line:
        yield line


def copy(furnished: Path, folder: Path) -> str:
    """A store of this test's own."""
    path = folder / "desk.db"
    shutil.copyfile(furnished, path)
    return f"sqlite:///{path}"


def execute(url: str, sql: str, **values: Any) -> list[Any]:
    """One statement on the store behind the desk's back."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10)
    try:
        with connection:
            found = connection.execute(sql, values)
            row = namedtuple("Row", [column[0] for column in found.description or ()], rename=True)
            return [row(*one) for one in found]
    finally:
        connection.close()
