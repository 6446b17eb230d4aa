"""In every language the narrow desk shows its keys in whole words, the everyday ones always, and its clocks line up."""

from collections.abc import Iterator

import pytest

from agentdesk.config import language
from agentdesk.config.language import _
from agentdesk.text.cells import width
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.keys import Context, shown
from agentdesk.tui.widgets.footer import Footer

COLUMNS = 80
DIALOG = 56
"""Columns inside a dialog on a narrow screen."""
EVERYDAY = {"next", "reply", "note", "assign", "tag", "snooze", "resolve", "help"}
WRITING = {"send", "send_resolve", "keep", "next_field", "help_writing"}
NOT_ALWAYS = {"send_again", "other_version"}
"""They come only with a reply that failed, or a second version of a draft."""
TIMES = ("w {time}", "{n} m", "{n} h", "{n} d", "{hours} h {minutes:02}")


@pytest.fixture(params=language.LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    yield language.choose(request.param)
    language.choose("en")


def in_footer(context: Context, columns: int, spoken: str) -> tuple[set[str], list[str]]:
    """The commands that a footer of this width has room for, and the titles it draws."""
    commands = [
        one for one in COMMANDS if one.context == context and one.footer and one.name not in NOT_ALWAYS
    ]
    commands.sort(key=lambda one: one.footer)
    assert commands, spoken
    footer = Footer()
    footer.show([(shown(one.keys[0]), _(one.title)) for one in commands])
    items = footer.shown(columns)
    drawn = "".join(text for text, _tone in footer.spans(columns))
    assert width(drawn) <= columns
    assert all(f"{key} {title}" in drawn for key, title in items)
    names = {(shown(one.keys[0]), _(one.title)): one.name for one in commands}
    return {names[item] for item in items}, [title for _key, title in items]


def test_the_desk_shows_the_everyday_keys_at_eighty_columns(spoken: str) -> None:
    names, titles = in_footer("desk", COLUMNS, spoken)
    assert names >= EVERYDAY
    assert all(titles)


def test_the_composer_shows_how_to_send_and_to_keep_at_eighty_columns(spoken: str) -> None:
    assert in_footer("writing", COLUMNS, spoken)[0] >= WRITING


@pytest.mark.parametrize("context", ["choosing", "asking", "confirming", "reading"])
def test_a_dialog_shows_every_key_it_has(context: Context, spoken: str) -> None:
    known = {one.name for one in COMMANDS if one.context == context and one.footer}
    assert in_footer(context, DIALOG, spoken)[0] == known


@pytest.mark.parametrize("text", TIMES)
def test_a_clock_is_as_wide_in_every_language(text: str, spoken: str) -> None:
    assert len(_(text)) == len(text)


def test_days_and_months_have_three_letters(spoken: str) -> None:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    for names in (days, months):
        told = [_(name) for name in names]
        assert len(set(told)) == len(names)
        assert {len(name) for name in told} == {3}
