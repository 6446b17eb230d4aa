"""Draws the pictures of README.md from the program itself: the demo's desk with an answer half written.

    python tests/bench/pictures.py

Invariant: the clock stands still and the world has a seed, so the same program draws the same pictures.
"""

import asyncio
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from textual import events  # noqa: E402  the checkout is on the path by now
from textual.widgets import TextArea  # noqa: E402

from agentdesk.bridge import Bridge  # noqa: E402
from agentdesk.config import language  # noqa: E402
from agentdesk.demo import colleagues  # noqa: E402
from agentdesk.demo.history import fill  # noqa: E402
from agentdesk.demo.shop import ME  # noqa: E402
from agentdesk.demo.world import World, open_world  # noqa: E402
from agentdesk.store.engine import open_store  # noqa: E402
from agentdesk.store.first_frame import first_page  # noqa: E402
from agentdesk.tui.app import AgentDesk  # noqa: E402
from agentdesk.tui.commands import COMMANDS  # noqa: E402
from agentdesk.tui.desk.listing import FIRST_VIEW, ROWS  # noqa: E402
from agentdesk.tui.gate import Gate  # noqa: E402
from agentdesk.tui.keys import Keymap  # noqa: E402
from agentdesk.tui.screens.desk import DeskScreen, Seat  # noqa: E402
from agentdesk.tui.widgets.queue import QueueList  # noqa: E402

NOW = datetime(2026, 11, 23, 10, 52, tzinfo=UTC)
SIZE = (120, 40)
TITLE = "agentdesk"
CELL = 12.2
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
PICTURES = {"desk-dark": "fjord", "desk-light": "sand"}
CUSTOMER = "Mette Sørensen"
WORDS = "Hej Mette\n\nDet forstår jeg godt. Jeg sender en ny med bud i dag, så"


async def draw(
    world: World, state: Path, theme: str, size: tuple[int, int] = SIZE, words: str = WORDS
) -> str:
    """The desk as SVG, with the case of CUSTOMER in hand and an answer begun."""
    address = world.store.address
    seat = Seat(
        bridge=Bridge(lambda: open_store(address.url), lambda: NOW, "picture"), login=ME, store=address.shown,
        terminal="picture", zone=ZoneInfo("Europe/Copenhagen"), clock=lambda: NOW, state_dir=state, after_send="stay",
        poor=False, start_worker=None, first=first_page(address, ME, FIRST_VIEW, ROWS + 1),
    )  # fmt: skip
    app = AgentDesk(seat, Keymap(COMMANDS, {}), theme)
    async with app.run_test(size=size) as pilot:
        await _until(lambda: isinstance(app.screen, DeskScreen) and app.screen.ready)
        desk = app.screen
        assert isinstance(desk, DeskScreen)
        case_id = next(one.case_id for one in world.strands if one.plan.customer == CUSTOMER)
        queue = desk.query_one(QueueList)
        while queue.current is None or queue.current.id != case_id:
            await _press(app, "j")
        await _until(lambda: desk.reading.case_id == case_id and desk.listing.counts is not None)
        await _press(app, "enter", "r")
        await _until(lambda: desk.context == "writing" and desk.writing.opened)
        field = desk.focused
        assert isinstance(field, TextArea)
        field.insert(words)
        field.cursor_blink = False
        await asyncio.sleep(1.2)  # the draft is stored, and the colleagues are seen
        await pilot.pause()
        return app.export_screenshot(title=TITLE)


def plain(drawn: str) -> str:
    """The same picture for every viewer: no font from the network, no line that begins with a space.

    Some viewers drop such a space and would move the rest of the line.
    """
    drawn = re.sub(r"@font-face {.*?}\s*", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"font-family: Fira Code, monospace;", f"font-family: {FONTS};", drawn)
    return re.sub(r'x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"([^>]*)>((?:&#160;)+)', _moved, drawn)


def _moved(found: re.Match[str]) -> str:
    step = found[5].count("&#160;") * CELL
    x, length = float(found[1]) + step, float(found[3]) - step
    return f'x="{x:g}" y="{found[2]}" textLength="{max(length, CELL):g}"{found[4]}>'


async def _press(app: AgentDesk, *keys: str) -> None:
    for key in keys:
        app.gate = Gate()
        app.post_message(events.Key(key, key if len(key) == 1 else None))
        await asyncio.sleep(0.25)


async def _until(what: object, seconds: float = 20.0) -> None:
    assert callable(what)
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "the desk never came that far"
        await asyncio.sleep(0.05)


def made(folder: Path) -> World:
    """The demo's world at NOW, with its history and its colleagues at work."""
    world = open_world(open_store(f"sqlite:///{folder / 'nordbutik.db'}"), NOW)
    fill(world, lambda _rest: True)
    colleagues.show(world, world.store, NOW)
    return world


def main() -> None:
    """Write every picture to docs/."""
    language.choose("en")
    docs = ROOT / "docs"
    docs.mkdir(exist_ok=True)
    for name, theme in PICTURES.items():
        with TemporaryDirectory() as folder:
            world = made(Path(folder))
            drawn = asyncio.run(draw(world, Path(folder) / "state", theme))
            world.store.close()
        (docs / f"{name}.svg").write_text(plain(drawn), encoding="utf-8")
        print(f"docs/{name}.svg")


if __name__ == "__main__":
    main()
