"""The widgets on one screen with the rows of `world`, for tests and for looking at.

`PYTHONPATH=.:tests python tests/tui/widgets/gallery.py COLUMNS ROWS THEME MODE FILE.svg` draws it; MODE is
three, alone, reading, poor, notice or warning.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from tui.widgets import world

from agentdesk.domain.queue import QueuePage
from agentdesk.tui.theme import load_theme
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.queue import QueueList
from agentdesk.tui.widgets.topline import TopLine, ViewBar

ZONE = ZoneInfo("Europe/Copenhagen")
THEMES = Path(__file__).parents[3] / "themes"
KEYS = [("n", "next"), ("r", "reply"), ("i", "note"), ("a", "assign"), ("t", "tag"), ("z", "snooze"),
        ("e", "resolve"), ("s", "status"), ("u", "undo"), ("f", "find"), ("g", "go to"), ("?", "keys")]  # fmt: skip


class Desk(Screen[None]):
    """Queue, conversation and customer side by side, or the queue alone where it is narrow."""

    def __init__(self, *, poor: bool = False) -> None:
        super().__init__()
        self.poor = poor

    def compose(self) -> ComposeResult:
        yield TopLine(poor=self.poor)
        with Horizontal():
            with Vertical(id="left"):
                yield ViewBar(poor=self.poor)
                yield QueueList(now=world.NOW, zone=ZONE, me=world.ME, poor=self.poor)
            yield Conversation(now=world.NOW, zone=ZONE, poor=self.poor)
            with Vertical(id="right"):
                yield CustomerPane(now=world.NOW, zone=ZONE, poor=self.poor)
        yield Notice(poor=self.poor)
        yield Footer(poor=self.poor)

    def on_mount(self) -> None:
        rows = world.morning()
        self.query_one(TopLine).show("Desk", "Anna", world.counts(), world.NOW)
        self.query_one(ViewBar).show([("Mine", 4), ("Team", 31), ("Free", 18)], 1, "due")
        self.query_one(QueueList).show("team", QueuePage(rows, None), count=len(rows))
        self.query_one(Conversation).show(world.thread(), world.NOW, new_after=3)
        self.query_one(CustomerPane).show(world.customer(), 48213, world.NOW)
        self.query_one(Footer).show(KEYS)


class Gallery(App[None]):
    """The desk's widgets, without the desk."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Desk { layers: desk notice; background: $background; }
    #left { width: 39; border-right: vkey $border-blurred; }
    #right { width: 31; border-left: vkey $border-blurred; }
    .alone #left { width: 1fr; border: none; }
    .alone Conversation, .alone #right { display: none; }
    .reading #left, .reading #right { display: none; }
    """

    def __init__(self, theme: str = "fjord", *, poor: bool = False) -> None:
        super().__init__()
        for file in THEMES.glob("*.toml"):
            self.register_theme(load_theme(file))
        self.theme = theme
        self.poor = poor

    def get_default_screen(self) -> Desk:
        return Desk(poor=self.poor)


async def picture(columns: int, rows: int, theme: str, mode: str, target: Path) -> None:
    """An SVG of the gallery."""
    app = Gallery(theme, poor=mode == "poor")
    async with app.run_test(size=(columns, rows)) as pilot:
        if mode in ("alone", "reading"):
            app.screen.add_class(mode)
        app.screen.query_one(Conversation if mode == "reading" else QueueList).focus()
        if mode == "notice":
            app.screen.query_one(Notice).say("Bjarke took #48190 while you were reading it.", "warn")
        if mode == "warning":
            app.screen.query_one(TopLine).show(
                "Desk", "Anna", world.counts(), world.NOW, ["no worker seen for 15 s"]
            )
        await pilot.pause(0.2)
        target.write_text(app.export_screenshot(), encoding="utf-8")


if __name__ == "__main__":
    wide, tall, look, way, out = sys.argv[1:6]
    asyncio.run(picture(int(wide), int(tall), look, way, Path(out)))
