"""Any size of the window, and any change of it, leaves a desk that works and a terminal in order."""

import random
import time
from pathlib import Path

import pytest
from textual.geometry import Size
from tui import rig
from tui.test_ways_out import left_in_order, ready

from agentdesk.tui.screens.desk import PANES

EDGES = ((1, 1), (2, 1), (1, 5), (19, 5), (20, 4), (20, 5), (39, 8), (60, 10), (80, 24), (99, 24), (100, 24), (117, 30),
         (118, 30), (120, 40), (200, 60), (300, 100), (300, 3), (5, 100))  # fmt: skip
KEYS = {
    "desk": (),
    "composer": ("r",),
    "choose": ("t",),
    "ask": ("f",),
    "page": ("question_mark",),
    "confirm": ("r", "x", "f8"),
    "customer": ("h",),
    "order": ("l",),
}


@pytest.mark.parametrize("place", KEYS)
async def test_every_size_stands_on_every_dialog(place: str, url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press(*KEYS[place])
        top = r.top
        for columns, rows in EDGES:
            await r.pilot.resize_terminal(columns, rows)
            await r.settle()
            small = columns < 20 or rows < 5
            assert r.app.screen.has_class("cramped") is small
            lines = [strip.text for strip in r.app.screen._compositor.render_strips()]
            if small:
                shown = "\n".join(lines).strip()
                assert len(shown.splitlines()) == 1
                assert shown.rstrip("….") in "Too small: make the window larger."
        assert r.top == top
        await r.pilot.resize_terminal(120, 40)
        await r.press("escape", "escape", "escape")
        await r.press("j")
        await r.until(lambda: r.desk.reading.case_id == 2 or r.desk.pane != "queue")


@pytest.mark.parametrize(("columns", "panes"), [(80, 1), (99, 1), (100, 2), (117, 2), (118, 3), (200, 3)])
async def test_as_many_panes_as_there_is_room_for_and_tab_reaches_all(
    columns: int, panes: int, url: str, state: Path
) -> None:
    async with rig.desk(url, state, size=(columns, 24)) as r:
        seen = []
        for _step in range(3):
            shown = {one for one in PANES if r.desk.query_one(f"#{one}").region.area > 0}
            assert len(shown) == panes
            assert r.desk.pane in shown
            assert r.app.screen.focused is r.desk.query_one(f"#{r.desk.pane}")
            seen.append(r.desk.pane)
            await r.press("tab")
        assert seen == list(PANES)
        assert r.desk.pane == "queue"


@pytest.mark.parametrize("size", [(80, 24), (80, 12), (120, 40)])
async def test_the_composer_leaves_the_newest_message_in_view_and_overlaps_nothing(
    size: tuple[int, int], url: str, state: Path
) -> None:
    async with rig.desk(url, state, size=size) as r:
        await r.press("r")
        await r.type("Hej")
        composer, pane = r.desk.query_one("#composer").region, r.desk.query_one("#conversation").region
        body = r.desk.query_one("#body").region
        assert pane.bottom <= composer.y
        assert composer.bottom <= r.desk.size.height - 1
        assert body.height >= (3 if size[1] >= 24 else 1)
        cursor = r.app.screen.focused.cursor_screen_offset  # type: ignore[union-attr]
        assert composer.contains(*cursor)
        assert pane.height >= (6 if size[1] >= 24 else 1)
        await r.press("tab")
        body = r.desk.query_one("#body").region
        assert body.height >= 1
        field = r.app.screen.focused
        assert field is not None
        assert r.desk.query_one("#composer").region.contains_region(field.region)


async def test_a_size_that_nobody_told_is_taken(url: str, state: Path) -> None:
    async with rig.desk(url, state, size=(120, 40)) as r:
        r.app.fit(Size(100, 30))
        await r.until(lambda: r.app.size == Size(100, 30) and r.app.screen.size == Size(100, 30))
        r.app.fit(None)
        await r.settle()
        assert r.app.size == Size(100, 30)


def test_two_hundred_random_sizes_with_a_dialog_open(url: str, state: Path) -> None:
    chance = random.Random(8)
    with rig.terminal(url, state) as line:
        ready(line)
        line.keys("t")
        line.wait("Which tag")
        for number in range(200):
            line.resize(chance.randint(1, 300), chance.randint(1, 100))
            if number % 5 == 0:
                line.keys("v")
                time.sleep(0.01)
        line.resize(120, 40)
        line.wait("Which tag")
        line.wait("v" * 40)
        line.keys("esc")
        line.wait(lambda screen: "Which tag" not in screen and "Mine" in screen)
        time.sleep(0.7)  # what was typed just now was a stream, in which q does not leave
        line.keys("q")
        left_in_order(line, 0)
