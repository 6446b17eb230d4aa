"""Top line, view bar, footer and notice: whole words at every width, and nothing that moves the panes."""

from datetime import timedelta
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from tui.widgets.gallery import KEYS, Gallery, picture
from tui.widgets.world import NOW, counts

from agentdesk.text.cells import width as cells
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.notice import Notice
from agentdesk.tui.widgets.topline import TopLine, ViewBar


class Bars(App[None]):
    """The bars and nothing else."""

    ENABLE_COMMAND_PALETTE = False
    pressed: str = ""

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield ViewBar()
        yield Notice()
        yield Footer()

    def on_footer_pressed(self, pressed: Footer.Pressed) -> None:
        self.pressed = pressed.key

    def on_mount(self) -> None:
        self.query_one(TopLine).show("Desk", "Anna", counts(), NOW)
        self.query_one(ViewBar).show([("Mine", 4), ("Team", 1001), ("Free", None)], 1, "due")
        self.query_one(Footer).show(KEYS)


@pytest.mark.parametrize("width", [*range(1, 60, 2), 60, 80, 99, 100, 120, 200, 300])
async def test_bars_are_as_wide_as_the_screen_and_the_last_key_stays(width: int) -> None:
    app = Bars()
    async with app.run_test(size=(width, 10)):
        for kind in (TopLine, ViewBar, Footer):
            assert app.query_one(kind).render_line(0).cell_length == width
        text = app.query_one(Footer).render_line(0).text
        if width >= 8:
            assert text.rstrip().endswith("? keys")
        words = [word for word in text.split("  ") if word.strip()]
        if width >= 8:
            assert {word.strip() for word in words} <= {f"{key} {title}" for key, title in KEYS}


async def test_the_top_line_says_what_waits_and_a_warning_stands_before_it() -> None:
    app = Bars()
    async with app.run_test(size=(120, 10)):
        line = app.query_one(TopLine)
        said = " ".join(line.render_line(0).text.split())
        assert said == "agentdesk Desk 12 waiting · longest 3 h · 3 at risk Anna ● 4/6"
        line.show("Desk", "Anna", counts(), NOW, ["store does not answer, typing is kept in a file"])
        assert "! store does not answer, typing is kept in a file   12 waiting" in line.render_line(0).text


async def test_a_count_that_stopped_says_so() -> None:
    app = Bars()
    async with app.run_test(size=(80, 10)):
        assert app.query_one(ViewBar).render_line(0).text.split() == [
            "Mine",
            "4",
            "Team",
            "1000+",
            "Free",
            "due",
            "↓",
        ]


async def test_a_warning_is_not_lost_in_a_narrow_terminal() -> None:
    app = Bars()
    async with app.run_test(size=(30, 10)):
        line = app.query_one(TopLine)
        line.show("Desk", "Anna", counts(), NOW, ["no worker seen for 15 s"])
        assert "! no worker seen for 15 s" in line.render_line(0).text


async def test_a_click_on_the_footer_is_the_key() -> None:
    app = Bars()
    async with app.run_test(size=(120, 10)) as pilot:
        at = app.query_one(Footer).render_line(0).text.index("a assign")
        await pilot.click(Footer, offset=(at + 3, 0))
        await pilot.pause()
        assert app.pressed == "a"


async def test_a_notice_covers_one_line_and_moves_nothing() -> None:
    app = Gallery()
    async with app.run_test(size=(120, 30)) as pilot:
        notice = app.screen.query_one(Notice)
        before = {widget: widget.region for widget in app.screen.query("*") if widget is not notice}
        notice.say("[/nope] \x1b[31mSent to [b]Mette[/b].", "warn")
        await pilot.pause()
        assert {widget: widget.region for widget in before} == before
        assert notice.region.y == 28
        assert notice.render_line(0).text.rstrip() == " Note: [/nope] [31mSent to [b]Mette[/b]."
        notice.key_pressed()
        await pilot.pause()
        assert not notice.text
        assert not notice.display


async def test_a_lighter_notice_waits_behind_a_graver_one() -> None:
    app = Bars()
    async with app.run_test(size=(80, 10)):
        notice = app.query_one(Notice)
        notice.say("The store does not answer.", "error")
        notice.say("Copied.")
        assert notice.text == "The store does not answer."
        notice.key_pressed()
        assert notice.text == "Copied."
        notice.say("Taken back.")
        assert notice.text == "Taken back."


async def test_the_longest_wait_moves_on() -> None:
    app = Bars()
    async with app.run_test(size=(120, 10)):
        line = app.query_one(TopLine)
        line.show("Desk", "Anna", counts(), NOW + timedelta(hours=1))
        assert "longest 4 h" in line.render_line(0).text


@pytest.mark.parametrize("mode", ["three", "alone", "reading", "poor", "notice", "warning"])
async def test_the_whole_desk_draws_in_every_mode(mode: str, tmp_path: Path) -> None:
    await picture(100, 30, "fjord", mode, tmp_path / "desk.svg")
    assert "Mette" in (tmp_path / "desk.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 40), (300, 1), (5, 5), (20, 3)])
async def test_the_whole_desk_stands_in_the_smallest_terminal(size: tuple[int, int]) -> None:
    app = Gallery()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.pause()
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert cells(app.screen.query_one(Footer).render_line(0).text) == 80


async def test_a_long_problem_is_shown_whole_on_several_lines() -> None:
    words = (
        "The store /srv/customer-service/nordbutik/agentdesk.db is in use by another program"
        " and stayed locked: try again."
    )
    async with Bars().run_test(size=(80, 10)) as pilot:
        notice = pilot.app.query_one(Notice)
        notice.say(words, "error")
        await pilot.pause()
        shown = " ".join(notice.render_line(y).text.strip() for y in range(notice.size.height))
        assert shown == f"Problem: {words}"
        assert notice.size.height == 2
