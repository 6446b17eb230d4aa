"""Draws the pictures of README.md from the program itself: the demo's desk, with an answer half written; a macro before
it acts; a search; the knowledge at the cursor.

    python tests/bench/pictures.py [SCENE ...]

Invariant: the clock stands still and the world has a seed, so the same program draws the same pictures; no scene sees
what another one did.
"""

import asyncio
import re
import shutil
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from textual import events  # noqa: E402  the checkout is on the path by now
from textual.widgets import Input, TextArea  # noqa: E402

from agentdesk.bridge import Bridge  # noqa: E402
from agentdesk.config import language  # noqa: E402
from agentdesk.demo import colleagues  # noqa: E402
from agentdesk.demo.history import fill  # noqa: E402
from agentdesk.demo.shop import ME  # noqa: E402
from agentdesk.demo.world import World, open_world  # noqa: E402
from agentdesk.store.address import read  # noqa: E402
from agentdesk.store.engine import open_store  # noqa: E402
from agentdesk.store.first_frame import first_page  # noqa: E402
from agentdesk.tui.app import AgentDesk  # noqa: E402
from agentdesk.tui.commands import COMMANDS  # noqa: E402
from agentdesk.tui.desk.listing import FIRST_VIEW, ROWS  # noqa: E402
from agentdesk.tui.gate import Gate  # noqa: E402
from agentdesk.tui.keys import Keymap  # noqa: E402
from agentdesk.tui.listroom import ListRoom  # noqa: E402
from agentdesk.tui.screens.desk import DeskScreen, Seat  # noqa: E402
from agentdesk.tui.screens.macro_preview import MacroPreview  # noqa: E402
from agentdesk.tui.widgets.queue import QueueList  # noqa: E402

NOW = datetime(2026, 11, 23, 10, 52, tzinfo=UTC)
SIZE = (120, 40)
TITLE = "agentdesk"
CELL = 12.2
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
THEMES = {"dark": "fjord", "light": "sand"}
CUSTOMER = "Mette Sørensen"
WORDS = "Hej Mette\n\nDet forstår jeg godt. Jeg sender en ny med bud i dag, så"
SEARCHED = "pakken is:waiting"
KNOWN = "retur"
Scene = Callable[[AgentDesk, DeskScreen], Awaitable[None]]


async def desk_scene(app: AgentDesk, desk: DeskScreen) -> None:
    """The case in hand, and an answer begun."""
    await _press(app, "enter", "r")
    await _until(lambda: desk.context == "writing" and desk.writing.opened)
    field = desk.focused
    assert isinstance(field, TextArea)
    field.insert(WORDS)
    field.cursor_blink = False
    await asyncio.sleep(1.2)  # the draft is stored, and the colleagues are seen


async def macro_scene(app: AgentDesk, _desk: DeskScreen) -> None:
    """A suggestion, before it acts."""
    await _press(app, "enter", "2")
    await _until(lambda: isinstance(app.screen, MacroPreview))
    await asyncio.sleep(1.0)


async def search_scene(app: AgentDesk, _desk: DeskScreen) -> None:
    """Something is looked for."""
    await _press(app, "f")
    await _type(app, SEARCHED)


async def knowledge_scene(app: AgentDesk, _desk: DeskScreen) -> None:
    """An article for the answer."""
    await _press(app, "enter", "b")
    await _type(app, KNOWN)
    await _press(app, "up", "up")  # to what fits best, whatever was in hand before it was typed for
    await asyncio.sleep(0.5)


SCENES: dict[str, Scene] = {
    "desk": desk_scene, "macro": macro_scene, "search": search_scene, "knowledge": knowledge_scene,
}  # fmt: skip


async def draw(url: str, state: Path, case_id: int, scene: Scene, theme: str) -> str:
    """The scene as SVG, begun at the desk with this case in hand."""
    address = read(url)
    seat = Seat(
        bridge=Bridge(lambda: open_store(address.url), lambda: NOW, "picture"), login=ME, store=address.shown,
        terminal="picture", zone=ZoneInfo("Europe/Copenhagen"), clock=lambda: NOW, state_dir=state, after_send="stay",
        poor=False, start_worker=None, first=first_page(address, ME, FIRST_VIEW, ROWS + 1),
    )  # fmt: skip
    app = AgentDesk(seat, Keymap(COMMANDS, {}), theme)
    async with app.run_test(size=SIZE) as pilot:
        await _until(lambda: isinstance(app.screen, DeskScreen) and app.screen.ready)
        desk = app.screen
        assert isinstance(desk, DeskScreen)
        queue = desk.query_one(QueueList)
        while queue.current is None or queue.current.id != case_id:
            await _press(app, "j")
        await _until(lambda: desk.reading.case_id == case_id and desk.listing.counts is not None)
        await asyncio.sleep(1.0)  # what is suggested stands beside the case
        await scene(app, desk)
        await pilot.pause()
        return app.export_screenshot(title=TITLE)


async def _type(app: AgentDesk, words: str) -> None:
    """Into the line of a list, until something is found and read beside it."""
    await _until(lambda: isinstance(app.screen, ListRoom) and isinstance(app.focused, Input))
    room, field = app.screen, app.focused
    assert isinstance(room, ListRoom)
    assert isinstance(field, Input)
    field.cursor_blink = False
    for letter in words:
        await _press(app, letter)
    await _until(lambda: room.roster.current is not None)
    await asyncio.sleep(1.5)


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
        name = {" ": "space", ":": "colon"}.get(key, key)
        app.post_message(events.Key(name, key if len(key) == 1 else None))
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
    """Write the pictures to docs/: those that are named, or all."""
    language.choose("en")
    docs = ROOT / "docs"
    docs.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        made_in = Path(folder) / "made"
        made_in.mkdir()
        world = made(made_in)
        case_id = next(one.case_id for one in world.strands if one.plan.customer == CUSTOMER)
        world.store.close()
        for name in sys.argv[1:] or SCENES:
            for shade, theme in THEMES.items():
                here = shutil.copytree(made_in, Path(folder) / f"{name}-{shade}")
                url = f"sqlite:///{here / 'nordbutik.db'}"
                drawn = asyncio.run(draw(url, here / "state", case_id, SCENES[name], theme))
                (docs / f"{name}-{shade}.svg").write_text(plain(drawn), encoding="utf-8")
                print(f"docs/{name}-{shade}.svg")


if __name__ == "__main__":
    main()
