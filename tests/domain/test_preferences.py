"""What an agent has chosen: read whole whatever the store holds, written only when it means something."""

import json
from dataclasses import replace

import pytest

from agentdesk.config.settings import Me
from agentdesk.domain.preferences import Preferences, checked, packed, read
from agentdesk.domain.problems import Problem

WHOLE = Preferences(
    "da", "Europe/Oslo", "sand", "Hilsen\nAnna", {"resolve": "f9"}, bell=True, after_send="next", greeted=True
)


def test_what_is_packed_is_read_again() -> None:
    assert read("da", "Europe/Oslo", "sand", "Hilsen\nAnna", packed(WHOLE)) == WHOLE
    assert read("", "", "", "", "{}") == Preferences()


@pytest.mark.parametrize(
    "broken",
    ["", "{", "[]", "null", "7", '{"keys": 3, "bell": "yes", "after_send": "away", "greeted": 1}',
     '{"keys": {"resolve": 5, "": "a", "x": "", "y": "\\u001b[2J", "z\\n": "a"}}'],
)  # fmt: skip
def test_what_is_broken_is_not_chosen(broken: str) -> None:
    assert read("klingon", "Mars/Base", "../../etc/passwd", "", broken) == Preferences()


def test_a_broken_key_leaves_the_others() -> None:
    kept = json.dumps({"keys": {"resolve": "f9", "bad": "no key!"}, "after_send": "next"})
    assert read("", "", "", "", kept) == Preferences(keys={"resolve": "f9"}, after_send="next")


@pytest.mark.parametrize(
    "change",
    [{"language": "xx"}, {"timezone": "Mars/Base"}, {"theme": "../x"}, {"signature": "x" * 2001},
     {"after_send": "away"}, {"keys": {"resolve": "\x1b"}}],
)  # fmt: skip
def test_what_means_nothing_is_not_kept(change: dict[str, object]) -> None:
    assert checked(WHOLE) == WHOLE
    with pytest.raises(Problem):
        checked(replace(WHOLE, **change))


def test_the_settings_file_says_what_was_not_chosen() -> None:
    me = Me(
        language="nb",
        timezone="Europe/Oslo",
        theme="fjord",
        after_send="next",
        keys={"reply": "f6", "tag": "f7"},
    )
    both = Preferences(language="da", keys={"reply": "f9"}).with_fallback(me)
    assert (both.language, both.timezone, both.theme, both.after_send) == (
        "da",
        "Europe/Oslo",
        "fjord",
        "next",
    )
    assert both.keys == {"reply": "f9", "tag": "f7"}
