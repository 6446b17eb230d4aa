"""Bursts do what single keys do; held keys, typed streams and pastes change at most one case; u brings it back."""

import time
from pathlib import Path

import pytest
from servers.terminal import Terminal
from tui import rig

TEXT = "Kære Mette, din pakke er på vej. Æblegrød æ ø å!"
WORDS = "kan den sendes nu? nej, en uge er en uge. spørg quiz-zebra end next"
LINES = "\n".join(WORDS[n % 60 : n % 60 + 3] for n in range(200))
"""200 lines of letters that are nearly all keys of the desk."""
HELD_AFTER = (0.25, 0.4, 0.66)
"""Seconds until desktops begin to repeat a key."""


def wait_ready(line: Terminal) -> None:
    """Until the desk follows its store."""
    line.wait("Anna")
    line.wait("waiting")
    line.settle(0.3)


def same_after_undo(line: Terminal, url: str, before: dict[str, list[object]]) -> set[int]:
    """The cases that a stream has changed; u has taken it back when this returns."""
    line.settle(0.5)
    changed = rig.changed_cases(before, rig.dump(url))
    for _level in range(4):
        line.keys("esc")
        time.sleep(0.05)
    for _act in range(6):
        if rig.dump(url) == before:
            break
        time.sleep(0.8)
        line.keys("u")
        line.settle(0.3)
    assert rig.dump(url) == before
    return changed


async def test_keys_in_one_burst_do_what_single_keys_do(
    url: str, state: Path, tmp_path: Path, furnished: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = rig.copy(furnished, tmp_path / "other")
    async with rig.desk(url, state) as r:
        await r.burst("n", "r", *TEXT, "ctrl+s")
        await r.until(lambda: rig.dump(url)["leaving"])
    async with rig.desk(other, state) as r:
        await r.press("n", "r")
        await r.type(TEXT)
        await r.press("ctrl+s")
        await r.until(lambda: rig.dump(other)["leaving"])
    sent = "select m.text, m.case_id, o.recipients from outbox o join messages m on m.id = o.message_id"
    assert rig.execute(url, sent) == rig.execute(other, sent)
    assert rig.execute(url, sent)[0][0].startswith(TEXT)
    assert rig.dump(url) == rig.dump(other)


def test_one_write_to_the_terminal_takes_answers_and_sends(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        wait_ready(line)
        line.send(f"nr{TEXT}\x13".encode())
        line.wait("Sent: it leaves in")
        (row,) = rig.execute(
            url, "select m.text, m.case_id from outbox o join messages m on m.id = o.message_id"
        )
        assert row[0].startswith(TEXT)
        assert row[1] == 1
        assert rig.execute(url, "select owner_id, status from cases where id = 1") == [(1, "pending")]


@pytest.mark.parametrize("delay", HELD_AFTER)
@pytest.mark.parametrize(("key", "field"), [("e", "status"), ("n", "owner_id")])
async def test_a_held_verb_changes_one_case(
    key: str, field: str, delay: float, url: str, state: Path
) -> None:
    """30 Hz for two seconds after the first delay, with the times that a terminal would give."""
    before = rig.dump(url)
    async with rig.desk(url, state) as r:
        start = time.monotonic()
        await r.burst(*key * 60, times=lambda n: start + (delay + n / 30 if n else 0))
        assert rig.changed_cases(before, rig.dump(url)) == {1}
        await r.press("escape", "u")
        assert rig.dump(url) == before


def test_a_held_verb_changes_one_case_in_a_terminal(url: str, state: Path) -> None:
    before = rig.dump(url)
    with rig.terminal(url, state) as line:
        wait_ready(line)
        line.keys("e")
        time.sleep(0.4)
        for _repeat in range(45):
            line.keys("e", gap=1 / 30)
        assert same_after_undo(line, url, before) == {1}


@pytest.mark.parametrize("pause", [0.0, 0.005])
def test_text_typed_at_the_desk_changes_one_case_at_most(pause: float, url: str, state: Path) -> None:
    before = rig.dump(url)
    text = LINES.replace("\n", "\r")
    with rig.terminal(url, state) as line:
        wait_ready(line)
        if pause:
            for letter in text[:400]:
                line.send(letter)
                time.sleep(pause)
        else:
            line.send(text)
        line.settle(0.4, 15)
        assert line.process.poll() is None
        assert len(same_after_undo(line, url, before)) <= 1


DIALOGS = {
    "queue": (), "conversation": ("enter",), "customer": ("tab", "tab"), "status": ("s",), "assign": ("a",),
    "tag": ("t",), "priority": ("p",), "snooze": ("z",), "typed snooze": ("z", "w"), "find": ("f",), "views": ("v",),
    "help": ("question_mark",), "palette": ("ctrl+p",), "files": ("o",), "why": ("comma",), "composer": ("r",),
    "note": ("i",), "new": ("c",), "throw away": ("r", "x", "f8"), "attach": ("r", "ctrl+o"),
}  # fmt: skip
"""How each screen and dialog is reached."""


@pytest.mark.parametrize("place", DIALOGS)
async def test_streams_and_pastes_change_one_case_at_most_everywhere(
    place: str, url: str, state: Path
) -> None:
    before = rig.dump(url)
    async with rig.desk(url, state, size=(100, 30)) as r:
        await r.press(*DIALOGS[place])
        top = r.top
        await r.paste(LINES)
        assert r.top == top
        assert rig.dump(url) == before, "a paste is no keys"
        begun = time.monotonic()
        text = LINES[:320]
        await r.burst(*text, times=lambda n: begun + n * 0.0001)
        changed = rig.changed_cases(before, rig.dump(url))
        assert len(changed) <= 1
        assert r.app.return_value is None
        for _step in range(4):
            await r.press("escape")
        for _act in range(4):
            if rig.dump(url) != before:
                await r.press("u")
        assert rig.dump(url) == before


async def test_a_typed_q_in_a_stream_does_not_leave(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        start = time.monotonic()
        await r.burst(*"kjkjkjkjkjq", times=lambda n: start + n * 0.005)
        await r.pilot.pause(0.4)
        assert r.app.return_value is None
        await r.press("q")
        await r.until(lambda: r.app.return_value == 0)


async def test_a_verb_right_behind_another_is_not_taken_and_says_so(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.burst("e", "n")
        assert rig.execute(url, "select count(*) from cases where owner_id is not null")[0][0] == 0
        assert "before the last act was on screen" in r.said
