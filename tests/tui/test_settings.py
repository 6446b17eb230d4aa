"""Settings by keys: each is in force at once, kept in the store, and on another desk of the same agent at its start.

"press_usual", "press_not" and "go_settings" are pressed here.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import TextArea
from tui import rig
from tui.rig import Rig

from agentdesk.config import language
from agentdesk.config.settings import Me
from agentdesk.domain.preferences import Preferences
from agentdesk.store.address import read
from agentdesk.store.first_frame import First, first_page
from agentdesk.tui.desk.preferring import zones
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.liking import Liking, zone_of
from agentdesk.tui.screens.settings import ROWS
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.roster import Roster

PLACES = {name: at for at, (name, _title, _meaning) in enumerate(ROWS)}


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Whatever a test speaks, the next one begins in English."""
    yield
    language.choose("en")


async def go(r: Rig, name: str) -> None:
    """To the settings, and open this row."""
    await r.press("g", "s", *["j"] * PLACES[name], "enter")


def kept(url: str) -> dict[str, Any]:
    """What the store holds of Anna's choices."""
    row = rig.execute(
        url, "select language, timezone, theme, signature, preferences from agents where login = 'anna'"
    )[0]
    return row._asdict() | json.loads(row.preferences)


def values(r: Rig) -> list[str]:
    """The values that the settings show, by row."""
    return [item.right[0][0] for item in r.app.screen.query_one(Roster).items]


async def test_a_theme_is_worn_while_it_is_looked_at_and_given_back(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await go(r, "theme")
        await r.press("down")
        worn = r.app.theme
        assert worn != "fjord"
        await r.press("escape")
        assert (r.app.theme, r.top) == ("fjord", "SettingsScreen")
        await r.press("enter")
        await r.type("sand")
        assert r.app.theme == "sand"
        await r.press("enter")
        assert (r.app.theme, values(r)[PLACES["theme"]]) == ("sand", "sand")
    assert kept(url)["theme"] == "sand"


async def test_a_language_is_spoken_at_once(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("i")
        await r.type("husk")
        await r.press("escape")
        await go(r, "language")
        await r.press("d")
        assert r.top == "SettingsScreen"
        assert language.chosen() == "da"
        assert values(r)[0] == "Dansk"
        await r.press("escape")
        footer = " ".join(word for pair in r.desk.query_one(Footer).shown(200) for word in pair)
        assert language._("resolve") in footer
        assert "resolve" not in footer
        assert r.desk.writing.widget.written().body == "husk", "what is being written stays"
    assert kept(url)["language"] == "da"


async def test_a_zone_moves_every_time_on_the_desk(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("enter", "home")
        conversation = r.desk.query_one(Conversation)

        def drawn() -> str:
            return "\n".join(conversation.render_line(y).text for y in range(conversation.size.height))

        assert "08:00" in drawn()
        await go(r, "timezone")
        await r.type("helsinki")
        await r.press("enter", "escape")
        assert "10:00" in drawn()
        assert "08:00" not in drawn()
        assert str(r.desk.seat.zone) == "Europe/Helsinki"
    assert kept(url)["timezone"] == "Europe/Helsinki"
    assert zones()[1].value == "Europe/Copenhagen"


async def test_a_command_gets_another_key_and_the_usual_one_again(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await go(r, "keys")
        await r.type("case is resolved")
        await r.press("enter")
        await r.press("a")
        assert r.top == "PressDialog", "a is taken; the question stands"
        assert "a is the key of" in str(r.app.screen.query_one("#hint", Label).render())
        await r.press("f9")
        assert r.top == "KeysScreen"
        assert kept(url)["keys"] == {"resolve": "f9"}
        await r.press("escape", "escape")
        assert ("F9", "resolve") in r.desk.query_one(Footer).shown(200)
        await r.press("e")
        assert rig.execute(url, "select status from cases where id = 1")[0][0] != "resolved"
        await r.press("f9")
        assert rig.execute(url, "select status from cases where id = 1")[0][0] == "resolved"
        await r.press("g", "s", *["j"] * PLACES["keys"], "enter")
        await r.type("case is resolved")
        await r.press("enter", "backspace")
        assert kept(url)["keys"] == {}
        await r.press("enter", "escape")
        assert r.top == "KeysScreen"
        assert r.app.keymap.named("resolve").keys == ("e",)


async def test_the_send_key_is_another_and_types_nothing(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await go(r, "send")
        for refused in ("x", "enter", "escape"):
            await r.press(refused)
        assert kept(url).get("keys", {}) == {}
        await r.press("enter", "f2", "escape", "r")
        assert r.desk.query_one(Footer).shown(120)[0] == ("F2", "send")
        await r.type("Hej")
        await r.press("ctrl+s")
        assert r.desk.writing.opened
        await r.press("f2")
        assert not r.desk.writing.opened


async def test_signature_bell_and_what_comes_after_a_send(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await go(r, "signature")
        await r.type("Hilsen")
        await r.press("enter")
        await r.type("Anna")
        assert r.app.screen.query_one(TextArea).text == "Hilsen\nAnna"
        await r.press("ctrl+s")
        assert (r.top, values(r)[PLACES["signature"]]) == ("SettingsScreen", "Hilsen")
        await r.press("j", "enter", "j", "j", "enter")
        assert values(r)[PLACES["bell"]] == "on"
        assert r.desk.after_send == "next"
    found = kept(url)
    assert (found["signature"], found["bell"], found["after_send"]) == ("Hilsen\nAnna", True, "next")


async def test_the_screen_fits_a_small_terminal_in_three_languages(url: str, state: Path) -> None:
    for code in ("en", "da", "nb"):
        language.choose(code)
        async with rig.desk(url, state, size=(80, 24)) as r:
            await r.press("g", "s")
            roster = r.app.screen.query_one(Roster)
            drawn = [roster.render_line(y).text for y in range(len(ROWS))]
            assert not [line for line in drawn if "…" in line]


# -- the first frame -------------------------------------------------------------------------------------------------


def first(url: str) -> First:
    found = first_page(read(url), "anna", "team", 5)
    assert found is not None
    return found


def test_the_first_frame_knows_what_was_chosen(url: str) -> None:
    assert first(url).preferences == Preferences(greeted=True)
    rig.execute(
        url, "update agents set language = 'nb', theme = 'sand', preferences = :p where login = 'anna'",
        p='{"keys": {"resolve": "f9"}, "greeted": true}',
    )  # fmt: skip
    found = first(url).preferences
    assert (found.language, found.theme, found.keys, found.greeted) == ("nb", "sand", {"resolve": "f9"}, True)


async def test_a_broken_key_is_no_hindrance_to_another(url: str, state: Path) -> None:
    rig.execute(
        url, "update agents set preferences = :p where login = 'anna'", p='{"keys": {"resolve": "a"}}'
    )
    async with rig.desk(url, state) as r:
        assert "The usual key works" in r.said
        await go(r, "send")
        await r.press("f2")
        assert kept(url)["keys"] == {"send": "f2"}


@pytest.mark.parametrize(
    "broken", ['{"keys": {"resolve": "a"}}', '{"keys": {"gone_since": "f9"}}', '{"keys": 7', ""]
)
async def test_broken_keys_lock_nobody_out(url: str, state: Path, broken: str) -> None:
    rig.execute(url, "update agents set preferences = :p where login = 'anna'", p=broken)
    liking = Liking(first(url).preferences, Me())
    keymap = liking.keymap()
    assert keymap.named("resolve").keys == ("e",)
    assert len(liking.told) == ("{" in broken and broken.endswith("}}"))
    async with rig.desk(url, state) as r:
        await r.press("e")
        assert rig.execute(url, "select status from cases where id = 1")[0][0] == "resolved"


def test_a_theme_of_ones_own_is_worn_and_a_broken_one_is_told(tmp_path: Path) -> None:
    sand = Liking(Preferences(), Me()).themes()["sand"].read_text(encoding="utf-8")
    (tmp_path / "mit tema.toml").write_text(sand, encoding="utf-8")
    (tmp_path / "svag.toml").write_text(
        sand.replace('text = "#2d2a26"', 'text = "#c0c0c0"'), encoding="utf-8"
    )
    liking = Liking(Preferences(theme="mit tema"), Me(), tmp_path)
    assert {"mit tema", "svag", "fjord"} <= set(liking.themes())
    assert liking.theme("mit tema").background == "#FAF7F0"
    with pytest.raises(Exception, match="text on background is too faint"):
        liking.theme("svag")


async def test_a_desk_with_a_broken_theme_opens_in_the_usual_one_and_says_so(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        r.app.liking = Liking(Preferences(theme="svag"), Me())
        r.app.liking.dress(r.app)
        r.app._tell()
        await r.settle()
        assert r.app.theme == "fjord"
        assert "svag" in r.said


def test_what_was_not_chosen_is_as_the_settings_file_says() -> None:
    liking = Liking(Preferences(language="da"), Me(language="nb", theme="sand", after_send="next"))
    assert (liking.in_force.language, liking.in_force.theme, liking.in_force.after_send) == (
        "da",
        "sand",
        "next",
    )
    assert replace(liking.in_force, keys={}) == liking.in_force
    assert str(zone_of("Europe/Oslo")) == "Europe/Oslo"
    assert zone_of("Nowhere/Land") is not None


# -- the first screen ------------------------------------------------------------------------------------------------


async def test_who_has_never_sat_here_is_greeted_once_and_enter_goes_past_it(url: str, state: Path) -> None:
    rig.execute(url, "update agents set preferences = '{}' where login = 'anna'")
    async with rig.desk(url, state, greet=True, size=(80, 24)) as r:
        assert r.top == "WelcomeScreen"
        assert ("Enter", "begin") in r.app.screen.query_one(Footer).shown(80)
        await r.press("enter")
        assert r.top == "DeskScreen"
        await r.press("j")
        assert r.desk.listing.widget.current is not None
    assert kept(url)["greeted"] is True
    assert first(url).preferences.greeted


@pytest.mark.parametrize(
    ("name", "dialog"),
    [("welcome_language", "ChooseDialog"), ("welcome_zone", "ChooseDialog"), ("welcome_theme", "ThemeDialog"),
     ("welcome_begin", "DeskScreen")],
)  # fmt: skip
async def test_each_key_of_the_first_screen(name: str, dialog: str, url: str, state: Path) -> None:
    async with rig.desk(url, state, greet=True) as r:
        await r.press(r.app.keymap.named(name).keys[0])
        assert r.top == dialog


async def test_what_is_chosen_on_the_first_screen_is_in_force_at_once(url: str, state: Path) -> None:
    async with rig.desk(url, state, greet=True) as r:
        await r.press("l", "n", "t")
        await r.type("sand")
        await r.press("enter", "z")
        await r.type("oslo")
        await r.press("enter", "enter")
        assert (language.chosen(), r.app.theme, str(r.desk.seat.zone)) == ("nb", "sand", "Europe/Oslo")
    found = kept(url)
    assert (found["language"], found["theme"], found["timezone"]) == ("nb", "sand", "Europe/Oslo")


async def test_the_bell_rings_for_a_customer_in_an_own_case_alone(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    rig.execute(url, "update cases set owner_id = 1 where id = 1")
    rig.execute(url, "update agents set preferences = '{\"bell\": true}' where login = 'anna'")
    async with rig.desk(url, state) as r:
        monkeypatch.setattr(r.app, "bell", lambda: rung.append(1))
        for number, expected in ((2, 0), (1, 1)):
            mail = rig.letter(
                number, "Mette", subject=f"Re: Ordre {100 + number} mangler", lines=1, file=False
            )
            raw = mail.replace(b"<furnished", b"<again").replace(
                b"\n\n", b"\nIn-Reply-To: <furnished%d@example.com>\n\n" % number, 1
            )
            r.world.receive(rig.incoming(raw, at=r.world.later(minutes=1)))
            await r.until(lambda expected=expected: len(rung) >= expected)
        await r.settle()
        assert len(rung) == 1, "the first was for a case that is nobody's"
