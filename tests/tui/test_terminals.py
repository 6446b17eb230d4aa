"""Poor terminals, no colour, the mouse, the clipboard, and programs outside: what a real terminal is told."""

import base64
import re
import sys
import time
from pathlib import Path

import pytest
from servers.terminal import Terminal
from tui import rig
from tui.test_ways_out import left_in_order, ready

SGR = re.compile(rb"\x1b\[([0-9;]*)m")
OURS = set("@»●✓▸░▌─━·↓○…│▔▁")


def colours(raw: bytes) -> set[bytes]:
    """Every colour that the bytes ask for."""
    found: set[bytes] = set()
    for match in SGR.finditer(raw):
        parts = match[1].split(b";")
        found |= {
            part for part in parts if part.isdigit() and (30 <= int(part) <= 49 or 90 <= int(part) <= 107)
        } - {b"39", b"49"}
    return found


def test_without_colour_nothing_is_coloured_and_the_row_in_hand_is_marked(url: str, state: Path) -> None:
    with rig.terminal(url, state, env={"NO_COLOR": "1"}) as line:
        ready(line)
        line.keys("j")
        line.wait("#2 ")
        shown = line.screen()
        rows = [text for text in shown.splitlines() if text.startswith("▌")]
        assert any("Ola Nordmann" in text for text in rows)
        line.keys("i")
        line.wait("Note: only colleagues see it")
        for match in SGR.finditer(line.raw):
            values = match[1]
            for red, green, blue in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", values):
                assert red == green == blue, values


@pytest.mark.parametrize("term", ["xterm", "xterm-256color", "screen-256color", "tmux-256color"])
def test_common_terminals_show_the_desk(term: str, url: str, state: Path) -> None:
    with rig.terminal(url, state, env={"TERM": term, "COLORTERM": ""}) as line:
        ready(line)
        line.keys("enter")
        line.settle(0.2)
        assert "Mette Sørensen" in line.screen()
        assert b"38;2;" not in line.raw
        line.keys("q")
        left_in_order(line, 0)


def test_a_linux_console_gets_plain_signs(url: str, state: Path) -> None:
    with rig.terminal(url, state, env={"TERM": "linux", "COLORTERM": ""}) as line:
        ready(line)
        for keys in (("e",), ("tab",), ("tab",), ("tab",), ("t",), ("bare esc",), ("?",), ("esc",), ("r",)):
            line.keys(*keys)
            line.settle(0.2, 3)
        line.wait("Reply to")
        strange = {c for c in line.raw.decode() if ord(c) > 0x7E and not c.isalpha()}
        assert strange == set(), strange
        assert "|" in line.screen()


def click(line: Terminal, column: int, row: int, *, button: int = 0) -> None:
    """One click, as SGR mouse reports say it; columns and rows from 1."""
    line.send(f"\x1b[<{button};{column};{row}M\x1b[<{button};{column};{row}m")


def find(line: Terminal, words: str) -> tuple[int, int]:
    """Where words stand on the screen, from 1."""
    for y, text in enumerate(line.screen().splitlines(), 1):
        if words in text:
            return text.index(words) + 1, y
    raise AssertionError(f"{words} is not on the screen:\n{line.screen()}")


def test_a_click_takes_a_row_a_double_click_opens_it_and_the_footer_is_the_key(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        x, y = find(line, "Emily Clarke")
        click(line, x, y)
        line.wait("#3 ")
        time.sleep(0.6)
        click(line, x, y)
        click(line, x, y)
        line.wait(lambda screen: "━" in screen)
        x, y = find(line, "z snooze")
        click(line, x, y)
        line.wait("Snooze until when|Hide this case")
        line.keys("esc")
        line.wait(lambda screen: "Hide this case" not in screen)
        x, y = find(line, "e resolve")
        click(line, x, y)
        line.wait("Resolved: #3")
        assert rig.execute(url, "select status from cases where id in (3, 4) order by id") == [
            ("resolved",),
            ("new",),
        ]


def test_the_footer_is_pressed_once(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        x, y = find(line, "n next")
        click(line, x, y)
        line.settle(0.8)
        assert rig.execute(url, "select count(*) from cases where owner_id is not null") == [(1,)]
        assert "before the last act" not in line.screen()


def test_marked_text_goes_clean_to_the_clipboard(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        line.keys("enter", "home")
        line.settle(0.2)
        x, y = find(line, "Hvor er min pakke")
        line.send(f"\x1b[<0;{x};{y}M")
        line.send(f"\x1b[<32;{x + 8};{y}M\x1b[<32;{x + 17};{y}M")
        line.send(f"\x1b[<0;{x + 17};{y}m")
        line.settle(0.2)
        line.keys("ctrl+c")
        line.wait("Copied")
        found = re.findall(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)", line.raw)
        assert base64.b64decode(found[-1]).decode().startswith("Hvor er min pakke")
        assert line.process.poll() is None


def test_ctrl_c_without_a_mark_says_what_to_do(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        ready(line)
        line.keys("ctrl+c")
        line.wait("q leaves the desk")
        assert line.process.poll() is None


def test_the_editor_writes_the_body_and_the_desk_comes_back(url: str, state: Path) -> None:
    program = state / "editor.py"
    program.write_text("import sys\nopen(sys.argv[1], 'a').write('\\nSkrevet i editor \\x1b[31m')\n")
    with rig.terminal(url, state, env={"EDITOR": f"{sys.executable} {program}"}) as line:
        ready(line)
        line.keys("r")
        line.wait("Reply to")
        line.send("Hej")
        line.wait("Hej")
        line.keys("ctrl+g")
        line.wait("Skrevet i editor")
        line.keys("esc")
        line.settle(0.8)
        assert rig.execute(url, "select body from drafts") == [("Hej\nSkrevet i editor [31m",)]
        line.keys("q", "q", gap=0.5)
        left_in_order(line, 0)


def test_an_editor_that_is_not_there_is_one_sentence(url: str, state: Path) -> None:
    with rig.terminal(url, state, env={"EDITOR": "no-such-editor"}) as line:
        ready(line)
        line.keys("r")
        line.wait("Reply to")
        line.send("Hej")
        line.keys("ctrl+g")
        line.wait("no-such-editor could not be started")
        line.wait("Hej")


def test_a_file_goes_along_and_an_attachment_is_saved_beside_none_is_overwritten(
    url: str, state: Path
) -> None:
    along = state / "svar på æøå.txt"
    along.write_text("hej")
    with rig.terminal(url, state) as line:
        ready(line)
        line.keys("o")
        for _time in range(2):
            line.wait("Attachments and links")
            line.keys("s")
            line.wait(r"Saved:")
            line.keys("esc")
            line.wait(lambda screen: "Saved:" not in screen)
        line.keys("esc")
        line.wait(lambda screen: "Attachments" not in screen)
        assert sorted(one.name for one in (state / "Downloads").iterdir()) == [
            "kvittering-1.txt",
            "kvittering.txt",
        ]
        line.keys("r")
        line.wait("Reply to")
        line.send("Se filen")
        line.keys("ctrl+o")
        line.wait("Which file")
        line.send("~/findes ikke.txt\r")
        line.wait("There is no file")
        line.keys("esc")
        line.settle(0.2)
        if "Which file" not in line.screen():
            line.keys("ctrl+o")
        line.wait("Which file")
        line.send(f"{along}\r")
        line.wait(r"\+ svar på æøå.txt")
        line.keys("ctrl+s")
        line.wait("Sent: it leaves")
        assert rig.execute(url, "select filename from attachments where message_id = (select message_id from outbox)") \
            == [("svar på æøå.txt",)]  # fmt: skip
