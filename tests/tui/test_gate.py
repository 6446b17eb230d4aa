"""What a held key, a cat and a person press, told apart by time and place alone."""

import asyncio
from pathlib import Path

from tui import rig

from agentdesk.tui.gate import HELD, Gate


def test_a_key_that_repeats_where_it_was_pressed_is_held() -> None:
    gate = Gate()
    assert gate.press("e", 10.0, "desk")
    assert not gate.press("e", 10.0 + HELD - 0.1, "desk")
    assert gate.press("e", 10.0 + 3 * HELD, "desk")


def test_a_key_pressed_again_where_it_means_something_else_passes_unless_it_goes_on() -> None:
    gate = Gate()
    gate.press("s", 10.0, "desk")
    assert gate.press("s", 10.3, "choosing")
    assert gate.doubtful
    assert not gate.press("s", 10.34, "desk")
    assert not gate.doubtful


async def test_two_quick_presses_of_s_make_spam_and_a_held_s_does_not(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.burst("s", "s", times=lambda at: 100.0 + 0.25 * at)
        await r.until(lambda: rig.execute(url, "select status from cases where id = 1") == [("spam",)])
    rig.execute(url, "update cases set status = 'open' where id = 1")
    async with rig.desk(url, state, cases=False) as r:
        await r.burst(*"sssss", times=lambda at: 200.0 + (0.5 + 0.03 * at if at else 0.0))
        await asyncio.sleep(0.3)
        assert rig.execute(url, "select status from cases where id = 1") == [("open",)]
