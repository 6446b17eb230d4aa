"""Files and links of a case (o), a file that stays here (ctrl+d), words for the clipboard (y), there in raw bytes."""

import base64
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from mail.test_preview import png
from services.world import incoming
from sqlalchemy import insert
from tui import rig
from tui.rig import CASES, Rig, letter
from tui.test_ways_out import ready

from agentdesk.store.tables import order_sources, orders
from agentdesk.tui.dialogs.page import Page


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    return tmp_path


def page(r: Rig) -> str:
    return "\n".join(r.app.screen.query_one(Page)._lines)


def words(r: Rig, name: str) -> str:
    return str(r.app.screen.query_one(f"#{name}").render())


async def test_enter_reads_a_file_and_s_saves_it(url: str, state: Path, home: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("o", "enter")
        assert "Kvittering: 499 kr" in page(r)
        await r.press("escape")
        assert r.top == "FilesDialog"
        await r.press("s")
        assert str(home / "Downloads" / "kvittering.txt") in words(r, "question").replace("\n", "")
        assert "scp " in words(r, "lines")
        await r.press("enter")
        assert r.app.clipboard.startswith("scp ")
        assert r.app.clipboard.endswith("kvittering.txt .")
        await r.press("s", "escape", "escape")
        assert r.top == "DeskScreen"
    assert sorted(one.name for one in (home / "Downloads").iterdir()) == [
        "kvittering-1.txt",
        "kvittering.txt",
    ]


async def test_a_link_is_read_and_copied(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("o", "j", "enter")
        assert "https://track.example/T8841" in page(r)
        assert r.app.clipboard == "https://track.example/T8841"
        await r.press("escape", "escape")
        long = f"https://bank.example@evil.example/{'a' * 700}/{'b' * 700}"
        head = "From: eve@example.net\r\nTo: support@shop.example\r\nContent-Type: text/html\r\n\r\n"
        r.world.receive(incoming(f'{head}<a href="{long}">bank.example</a>'.encode(), at=r.world.now))
        await r.desk.open_case(CASES + 17)
        await r.press("o", "1")
        assert "This leads to evil.example, whatever else it looks like." in page(r)
        assert r.app.clipboard == long, "whole, though the text shows it cut"


async def test_a_picture_is_drawn_in_half_blocks(url: str, state: Path) -> None:
    pytest.importorskip("PIL.Image")
    mail: Any = message_from_bytes(letter(1, "Mette Sørensen", file=False), policy=policy.default)
    mail.replace_header("Message-ID", "<picture@example.com>")
    mail.add_attachment(png(40, 20), maintype="image", subtype="png", filename="foto.png")
    async with rig.desk(url, state) as r:
        r.world.receive(incoming(bytes(mail), at=r.world.now))
        await r.desk.open_case(CASES + 17)
        await r.press("o", "1")
        assert r.top == "PictureDialog"
        assert "PNG picture, 40 × 20 pixels" in words(r, "hint")
        strip = r.app.screen.query_one("#page").render_line(0)
        assert strip.text.startswith("▀" * 40)
        (style,) = {one.style for one in strip if one.text.strip()}
        assert style is not None
        assert style.color is not None
        assert style.color.triplet == (255, 0, 0)
        await r.press("escape", "escape")
        assert r.top == "DeskScreen"


PDFTOTEXT = "#!/bin/sh\ncat >/dev/null\nprintf 'Faktura\\033[31m 10231\\fSide 2\\n'\n"


async def test_a_pdf_is_read_by_the_systems_own_program_or_says_what_to_install(
    url: str, state: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail: Any = message_from_bytes(letter(1, "Mette Sørensen", file=False), policy=policy.default)
    mail.replace_header("Message-ID", "<paper@example.com>")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="octet-stream", filename="faktura.PDF")
    monkeypatch.setenv("PATH", str(home))
    async with rig.desk(url, state) as r:
        r.world.receive(incoming(bytes(mail), at=r.world.now))
        await r.desk.open_case(CASES + 17)
        await r.press("o", "1")
        assert "poppler-utils" in page(r)
        await r.press("escape")
        (home / "pdftotext").write_text(PDFTOTEXT.replace("cat", "/bin/cat"))
        (home / "pdftotext").chmod(0o755)
        await r.press("1")
        assert "Faktura[31m 10231" in page(r)
        assert "Side 2" in page(r)


async def test_a_file_is_taken_off_what_is_written(url: str, state: Path, home: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (home / name).write_text("x")
    async with rig.desk(url, state) as r:
        await r.press("r")
        for name in ("a.txt", "b.txt"):
            await r.press("ctrl+o")
            await r.type(f"~/{name}")
            await r.press("enter")
        assert r.desk.writing.files == ("a.txt", "b.txt")
        await r.press("ctrl+d", "1")
        assert r.desk.writing.files == ("b.txt",)
        assert rig.execute(url, "select filename from attachments where draft_id is not null") == [("b.txt",)]
        assert r.desk.context == "writing"
        await r.type("Hej Mette, se vedlagt fil")
        await r.press("ctrl+d", "1", "ctrl+s")
        assert r.top == "ConfirmDialog"


def _order(r: Rig) -> None:
    with r.world.unit() as unit:
        key = unit.session.execute(insert(order_sources).values(name="shop", kind="csv")).inserted_primary_key
        assert key is not None
        unit.session.execute(insert(orders).values(
            source_id=key[0], number="10231", address="kunde1@example.com", tracking="T8841",
            tracking_url="https://gls.example/T8841", placed_at=r.world.at,
        ))  # fmt: skip


async def test_y_copies_what_its_letter_names(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        _order(r)
        wanted = {
            "a": "kunde1@example.com", "o": "10231", "t": "T8841", "l": "https://gls.example/T8841",
            "n": "Mette Sørensen", "c": "#1",
        }  # fmt: skip
        for key, text in wanted.items():
            await r.press("y", key)
            assert r.app.clipboard == text
        await r.press("y", "m")
        assert r.app.clipboard.startswith("Hej,\n\nHvor er min pakke?")
        assert "Tak for din ordre" not in r.app.clipboard
        assert r.said == "Copied: Message."


async def test_a_terminal_without_a_clipboard_shows_the_words(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with rig.desk(url, state) as r:
        await r.press("y", "a")
        assert r.top == "PageDialog"
        assert "kunde1@example.com" in page(r)
        assert "mark the words with the mouse" in words(r, "question")


@pytest.mark.parametrize(
    "inside", [{}, {"TMUX": "/tmp/none,1,0"}, {"STY": "1.pts-0"}], ids=["plain", "tmux", "screen"]
)
def test_the_very_bytes_reach_the_terminal(inside: dict[str, str], url: str, state: Path) -> None:
    rig.execute(url, "update customers set name = :n where id = 1", n="Me\x1b]0;x\x07tte")
    with rig.terminal(url, state, env={"TERM": "xterm-256color"} | inside) as line:
        ready(line)
        line.keys("y")
        line.wait("Copy what?")
        line.keys("a")
        line.wait("Copied")
        raw = bytes(line.raw)
        data = base64.b64encode(b"kunde1@example.com")
        plain = b"\x1b]52;c;" + data + b"\x07"
        expected = {
            0: plain, 1: plain + b"\x1bPtmux;\x1b" + plain + b"\x1b\\", 2: b"\x1bP" + plain + b"\x1b\\",
        }[1 if "TMUX" in inside else 2 if "STY" in inside else 0]  # fmt: skip
        assert expected in raw
        line.keys("y")
        line.wait("Copy what?")
        line.keys("n")
        line.wait(lambda _screen: base64.b64encode(b"Me]0;xtte") in bytes(line.raw))
