"""Sitting down in a real terminal: the first time, as somebody with choices of their own, and as one who has left."""

import pytest
from cli.program import ROOT, Program, mail
from servers.terminal import Terminal

MAILBOX = '[[channel]]\nkind = "email"\nname = "support"\naddress = "support@example.dk"\n'


@pytest.fixture
def shop(lite: Program) -> Program:
    """With a mailbox and a mail; Anna has never sat at the desk."""
    lite.settings(MAILBOX)
    lite("agent", "add", "bo", "--name", "Bo").ok()
    lite.deliver(mail(1), channel="support")
    return lite


def sit_down(shop: Program) -> Terminal:
    """Anna opens the desk."""
    return Terminal(shop.argv("--as", "anna"), 80, 24, env=shop.environ(), cwd=shop.home)


def test_the_first_time_is_greeted_and_the_next_is_not(shop: Program) -> None:
    with sit_down(shop) as terminal:
        terminal.wait("Welcome to the desk, Anna Agent.", 30)
        terminal.send("l")
        terminal.wait("Dansk", 10)
        terminal.send("d")
        terminal.wait("Dansk", 10)
        terminal.send("\r")
        terminal.wait("Min pakke", 20)
        terminal.send("q")
        assert terminal.process.wait(20) == 0
    with sit_down(shop) as terminal:
        terminal.wait("Min pakke", 30)
        terminal.wait("næste", 10)
        assert "Welcome" not in terminal.screen()
        terminal.send("q")
        assert terminal.process.wait(20) == 0


def test_who_has_left_is_told_in_one_sentence(shop: Program) -> None:
    shop("agent", "leave", "anna", "--to", "bo").ok()
    with sit_down(shop) as terminal:
        terminal.wait("anna has left and cannot sign in", 30)
        assert terminal.process.wait(20) == 3


def test_a_theme_of_ones_own_is_worn_and_one_too_faint_is_told(shop: Program) -> None:
    folder = shop.settings_file.parent / "themes"
    folder.mkdir()
    sand = (ROOT / "themes" / "sand.toml").read_text(encoding="utf-8")
    (folder / "mit.toml").write_text(sand.replace("#faf7f0", "#fffffe"), encoding="utf-8")
    (folder / "svag.toml").write_text(sand.replace('dim = "#625c52"', 'dim = "#bbbbbb"'), encoding="utf-8")
    shop.settings(MAILBOX.replace("[[channel]]", '[me]\ntheme = "mit"\n\n[[channel]]', 1))
    with sit_down(shop) as terminal:
        terminal.wait("Welcome", 30)
        assert b"48;2;255;255;254" in terminal.raw, "its ground is on screen"
        terminal.send("\r")
        terminal.wait("Min pakke", 20)
        terminal.send("q")
        assert terminal.process.wait(20) == 0
    shop("agent", "set", "anna", "--theme", "svag").ok()
    with sit_down(shop) as terminal:
        terminal.wait("dim on background is too faint", 30)
        terminal.send("\x11")  # ctrl+q, from whichever screen
        assert terminal.process.wait(20) == 0
