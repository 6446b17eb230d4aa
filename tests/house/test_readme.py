"""README.md is true: its keys, commands, settings, rooms and pictures are those of the program."""

import re

import pytest
from house.tree import ROOT

from agentdesk.cli import COMMANDS as OF_THE_CLI
from agentdesk.config import load
from agentdesk.demo.lessons import LESSONS
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.keys import Keymap, shown

_TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
_ROWS = re.findall(r"^\| (`.+`) \| (\w+) \| (.+) \|$", _TEXT, re.MULTILINE)
_LETTERS = [(keys[5:-1], *rest) for keys, *rest in _ROWS if re.fullmatch(r"`g` `\w`", keys)]
_DIGITS = "`1` … `9`"
_KEYS = [row for row in _ROWS if not row[0].startswith("`g` `") and row[0] != _DIGITS]
_KEYS += [
    (f"`{n}`", f"suggestion_{n}", help_)
    for keys, _name, help_ in _ROWS
    if keys == _DIGITS
    for n in range(1, 10)
]
_BY_NAME = _TEXT.partition("\n| Command | Does |")[2].partition("\n\n")[0]
_NAMES = re.findall(r"^\| (\w+) \| ([^|`]+) \|$", _BY_NAME, re.MULTILINE)
_LESSONS = re.findall(r"^\| (.+) \| (.+) \| (\d+) \|$", _TEXT, re.MULTILINE)
_OF_THE_CLI = re.findall(r"^\| `agentdesk (\w+)` \| (.+) \|$", _TEXT, re.MULTILINE)


def test_every_key_does_what_the_readme_says() -> None:
    known = {one.name: one for one in COMMANDS}
    for keys, name, help_ in _KEYS:
        assert name in known, name
        assert known[name].help == help_
        assert set(re.findall(r"`([^`]+)`", keys)) <= {shown(key) for key in known[name].keys}, name


def test_every_key_of_the_desk_and_the_composer_is_in_the_readme() -> None:
    bound = {one.name for one in COMMANDS if one.context in {"desk", "writing"} and one.keys}
    assert bound == {name for _keys, name, _help in _KEYS}
    for keys, name, _help in _KEYS:
        (known,) = (one for one in COMMANDS if one.name == name)
        assert set(re.findall(r"`([^`]+)`", keys)) == {shown(key) for key in known.keys}, name


def test_every_letter_behind_g_leads_where_the_readme_says() -> None:
    assert sorted((one.letter, one.name, one.help) for one in COMMANDS if one.letter) == _LETTERS


def test_every_command_without_a_key_is_in_the_readme() -> None:
    assert [
        (one.name, one.help) for one in COMMANDS if one.context == "desk" and not one.keys and not one.letter
    ] == _NAMES


def test_the_twelve_tasks_take_as_many_keys_as_are_taught() -> None:
    names = {"enter": "Enter", "tab": "Tab", "escape": "Esc"}
    taught = []
    for one in LESSONS:
        keys = " ".join(f"`{names.get(key, key)}`" for key in one.keys)
        taught.append((one.task, keys or "none: it stands there", str(len(one.keys))))
    assert taught == _LESSONS
    assert all(len(one.keys) <= one.most for one in LESSONS)


def test_the_commands_are_those_of_the_command_line() -> None:
    assert [(name, help_) for name, _place, help_ in OF_THE_CLI] == _OF_THE_CLI


def test_the_settings_file_is_lawful_and_its_keys_fit() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", _TEXT, re.DOTALL)
    settings = load.read(example, ROOT / "agentdesk.toml")
    assert settings.channels[0].imap is not None
    assert settings.channels[0].smtp is not None
    assert (ROOT / "themes" / f"{settings.me.theme}.toml").exists()
    assert Keymap(COMMANDS, settings.me.keys).find("desk", "x") is not None


def test_the_rooms_are_those_of_the_house() -> None:
    told = set(re.findall(r"`(\w+)`", _TEXT.partition("| Floor |")[2].partition("\n\n")[0]))
    rooms = {path.parent.name for path in (ROOT / "agentdesk").glob("*/__init__.py")}
    assert told == rooms


@pytest.mark.parametrize("name", re.findall(r"(?:src|srcset)=\"([^\"]+)\"", _TEXT))
def test_the_pictures_are_there_and_come_without_the_network(name: str) -> None:
    drawn = (ROOT / name).read_text(encoding="utf-8")
    assert drawn.startswith("<svg")
    assert "url(http" not in drawn
    assert "src:" not in drawn


def test_both_commands_are_what_run_says() -> None:
    told = re.findall(r"^ {4}(\./run.*?) {2,}(.+)$", _TEXT, re.MULTILINE)
    said = (ROOT / "run").read_text(encoding="utf-8")
    assert [command for command, _words in told] == ["./run", "./run --test"]
    assert "set up on first use, then start agentdesk" in said
