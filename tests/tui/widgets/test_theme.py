"""Themes: what ships can be read, what cannot be used is refused in one sentence, and signs and words do without."""

from pathlib import Path

import pytest
from textual.color import Color
from textual.filter import Monochrome
from tui.widgets.gallery import THEMES, Gallery

from agentdesk.domain.problems import Problem
from agentdesk.tui.theme import DEFAULT, LEAST_CONTRAST, NAMES, contrast, load_theme
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.queue import QueueList

THEME_NAMES = sorted(file.stem for file in THEMES.glob("*.toml"))
TEXTS = ("text", "strong", "dim", "accent", "amber", "red", "green")


def test_six_themes_or_more_ship_and_the_default_is_one() -> None:
    assert DEFAULT in THEME_NAMES
    assert len(THEME_NAMES) >= 6
    assert len(NAMES) <= 10


@pytest.mark.parametrize("name", THEME_NAMES)
async def test_every_text_stands_out_from_every_ground_it_is_drawn_on(name: str) -> None:
    app = Gallery(name)
    async with app.run_test(size=(120, 40)):
        for kind in (QueueList, Conversation):
            palette = app.screen.query_one(kind).palette
            for tone in TEXTS:
                for ground in ("", "selected", "note"):
                    style = palette.style(tone, ground)
                    assert style.color is not None
                    assert style.bgcolor is not None
                    front, back = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
                    assert contrast(front.hex, back.hex) >= LEAST_CONTRAST, (tone, ground)


def test_contrast_is_counted_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ('dim = "', 'dim = "x', "dim is not a colour"),
        ("[colors]", "[colours]", "it has no [colors]"),
        ("[colors]", "[colors", "cannot be used"),
        ('red = "#f0a0a6"', "", "red is not a colour"),
        ('text = "#e3e8f0"', 'text = "#444444"', "text on background is too faint to read"),
    ],
)
def test_a_theme_that_cannot_be_used_is_refused_in_one_sentence(
    was: str, now: str, why: str, tmp_path: Path
) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text((THEMES / "fjord.toml").read_text(encoding="utf-8").replace(was, now), encoding="utf-8")
    with pytest.raises(Problem, match=r"The theme mine\.toml cannot be used") as refused:
        load_theme(broken)
    assert why in str(refused.value)


async def test_a_change_of_theme_draws_everything_anew() -> None:
    app = Gallery("fjord")
    async with app.run_test(size=(120, 40)) as pilot:
        queue = app.screen.query_one(QueueList)
        before = queue.palette.style("red").color
        app.theme = "sand"
        await pilot.pause()
        assert queue.palette.style("red").color != before
        assert queue.render_line(0)._segments[1].style is not None


async def test_without_colour_signs_and_words_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Gallery()
    async with app.run_test(size=(120, 40)):
        assert any(isinstance(each, Monochrome) for each in app._filters)
        queue, pane = app.screen.query_one(QueueList), app.screen.query_one(Conversation)
        text = "\n".join(queue.render_line(y).text for y in range(20))
        for sign in ("▌ -41 m", "bounced", "writing", "snooze", "sent ✓"):
            assert sign in text
        assert "░ note" in "\n".join(pane.render_line(y).text for y in range(38))
