"""Keys of one's own: a good one works, a broken one is told in one sentence and locks nobody out."""

import pytest

from agentdesk.domain.problems import Problem
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.keys import Keymap, fitting, types


def test_a_key_of_ones_own_takes_the_place_of_the_first() -> None:
    keymap = Keymap(COMMANDS, {"resolve": "f9", "send": "f2"})
    assert keymap.named("resolve").keys[0] == "f9"
    assert keymap.find("desk", "e") is None
    assert keymap.find("writing", "ctrl+s") is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"resolve": "a"}, "both"), ({"nothing": "f9"}, "no command"), ({"send": "x"}, "types there"),
     ({"send": "space"}, "types there"), ({"send": "shift+a"}, "types there")],
)  # fmt: skip
def test_a_broken_key_is_told_and_left_out(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(Problem, match=said):
        Keymap(COMMANDS, wrong)
    keymap, told = fitting(COMMANDS, wrong | {"note": "f12"})
    assert len(told) == 1
    assert said in told[0]
    assert keymap.named("note").keys[0] == "f12", "the others stay"
    assert keymap.named("resolve").keys == ("e",)


def test_two_keys_may_change_places() -> None:
    keymap, told = fitting(COMMANDS, {"reply": "i", "note": "r"})
    assert not told
    assert keymap.named("reply").keys[0] == "i"


def test_what_types() -> None:
    assert all(types(key) for key in ("a", "1", "space", "full_stop", "shift+a"))
    assert not any(types(key) for key in ("ctrl+a", "f1", "enter", "escape", "up", "alt+x", "shift+tab"))
