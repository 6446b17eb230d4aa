"""What README.md and CHANGELOG.md say in passing is true, too: their commands, options, keys and marks exist."""

import argparse
import re
from importlib import import_module

import pytest
from house.tree import ROOT

from agentdesk.cli import COMMANDS as OF_THE_CLI
from agentdesk.cli.parser import Parser
from agentdesk.domain import courtesy, takingpart
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.keys import shown

_FILES = ("README.md", "CHANGELOG.md")
_TEXTS = [
    re.sub(r"```.*?```", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.DOTALL) for name in _FILES
]
_SPANS = {" ".join(span.split()) for text in _TEXTS for span in re.findall(r"`([^`]+)`", text)}
_PLACES = {name: place for name, place, _help in OF_THE_CLI}
_SAID = sorted(
    span.removeprefix("agentdesk ").removeprefix("./run ")
    for span in _SPANS
    if span.startswith(("agentdesk ", "./run "))
    or (span.split()[0] in _PLACES and re.match(r"\w+ [a-z]+\b", span))
)
_KEY = re.compile(r"[a-z0-9]|F\d+|(?:ctrl|shift)\+\w+|Enter|Tab|Esc|Space|Home|End|PgUp|PgDn")


@pytest.mark.parametrize("said", _SAID)
def test_every_command_that_is_named_exists_with_its_options(said: str) -> None:
    name, *words = said.split()
    if name.startswith("-"):
        return
    parser = Parser(prog=name)
    import_module(_PLACES[name]).add(parser)
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction) and words:
            parser = group.choices[words[0]]
    known = {option for action in parser._actions for option in action.option_strings}
    assert {word for word in words if word.startswith("--")} <= known


def test_options_named_alone_are_some_commands() -> None:
    known = {"--test"}
    for place in _PLACES.values():
        parser = Parser(prog="agentdesk")
        import_module(place).add(parser)
        parsers = [parser]
        while parsers:
            for action in parsers.pop()._actions:
                known |= set(action.option_strings)
                if isinstance(action, argparse._SubParsersAction):
                    parsers += action.choices.values()
    alone = {span.split()[0] for span in _SPANS if span.startswith("--")}
    assert alone
    assert alone <= known


def test_every_key_that_is_named_does_something() -> None:
    bound = {shown(key) for one in COMMANDS for key in one.keys} | {
        one.letter for one in COMMANDS if one.letter
    }
    named = {key for span in _SPANS if all(map(_KEY.fullmatch, span.split())) for key in span.split()}
    assert len(named) > 40
    assert named <= bound


def test_what_stands_in_italics_is_a_command_by_name_or_a_mark() -> None:
    marks = {takingpart.UNKNOWN, takingpart.FORGED, courtesy.ANSWERED}
    named = {" ".join(one.split()) for text in _TEXTS for one in re.findall(r"(?<![*\w])\*(\w[^*]+)\*", text)}
    assert named <= {one.name for one in COMMANDS} | marks
    assert marks <= named
