"""Files on the command line: those that came, those that go, and what speaks against sending without one."""

import json
from pathlib import Path

import pytest
from cli.program import Program
from cli.test_case import MAILBOX

LETTER = b"""From: Mette <mette@example.dk>
To: support@example.dk
Subject: Billede
Message-ID: <1@kunde.dk>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8

Se billedet.
--x
Content-Type: text/plain; name="../../evil.txt"
Content-Disposition: attachment; filename="../../evil.txt"

indhold
--x--
"""


@pytest.fixture
def shop(lite: Program) -> Program:
    lite.settings(MAILBOX)
    lite.deliver(LETTER, channel="support")
    return lite


def test_a_file_that_came_is_listed_and_saved_beside_its_namesake(shop: Program, tmp_path: Path) -> None:
    (file,) = shop.json("message", "files", "1")["files"]
    assert (file["filename"], file["content_type"]) == ("evil.txt", "text/plain")
    folder = tmp_path / "her"
    kept = tmp_path / "kept.txt"
    kept.write_text("mine")
    folder.mkdir()
    (folder / "evil.txt").symlink_to(kept)
    (folder / "evil-1.txt").symlink_to(tmp_path / "nowhere")
    linked = shop.json("message", "save-file", str(file["id"]), "--to", str(folder))
    assert (Path(linked["path"]).name, kept.read_text()) == ("evil-2.txt", "mine"), "no link is followed"
    assert not (tmp_path / "nowhere").exists()
    assert Path(linked["path"]).stat().st_mode & 0o111 == 0
    assert not linked["may_act"]
    for one in folder.iterdir():
        one.unlink()
    first = shop.json("message", "save-file", str(file["id"]), "--to", str(folder))
    again = shop.json("message", "save-file", str(file["id"]), "--to", str(folder))
    assert [Path(one["path"]).name for one in (first, again)] == ["evil.txt", "evil-1.txt"]
    assert {one.read_bytes().strip() for one in folder.iterdir()} == {b"indhold"}
    assert first["scp"].startswith("scp ")
    assert first["scp"].endswith(f"{folder / 'evil.txt'} .")
    assert "evil.txt" in shop("message", "files", "1").ok().out
    shop("message", "files", "99").failed(4)
    shop("message", "save-file", "99").failed(4)


def test_the_line_to_fetch_a_file_names_where_one_signed_in(shop: Program, tmp_path: Path) -> None:
    shop.environment["SSH_CONNECTION"] = "10.0.0.9 5022 fd00::1 2222"
    saved = shop.json("message", "save-file", "1", "--to", str(tmp_path / "min mappe"))
    assert saved["scp"].startswith("scp -P 2222 '")
    assert "@[fd00::1]:" in saved["scp"]


def test_a_file_goes_on_a_draft_of_ones_own_and_off_again(shop: Program, tmp_path: Path) -> None:
    from services.world import START

    from agentdesk.services import drafts
    from agentdesk.store.address import read
    from agentdesk.store.engine import Store
    from agentdesk.store.unit import Actor

    store = Store(read(shop.url))
    with store.unit(Actor(1, "anna"), START, "t") as unit:
        saved = drafts.save(unit, drafts.Typed("note", 1, body="Hej"), "t")
    store.close()
    shop("agent", "add", "bo").ok()
    paper = tmp_path / "faktura.pdf"
    paper.write_bytes(b"%PDF-1.4")
    words = ("draft", "attach", str(saved.id), str(paper), "--json")
    draft = json.loads(shop("--as", "anna", *words).ok().out)["draft"]
    (file,) = draft["attachments"]
    assert (file["filename"], file["content_type"], file["size"]) == ("faktura.pdf", "application/pdf", 8)
    shop("--as", "bo", "draft", "detach", str(saved.id), str(file["id"])).failed(4)
    shop("--as", "bo", *words).failed(4)
    shop("--as", "anna", "draft", "detach", str(saved.id), "999").failed(4)
    shop("--as", "anna", "draft", "attach", str(saved.id), str(tmp_path / "nix")).failed(4)
    assert "no file" in shop("--as", "anna", "draft", "detach", str(saved.id), str(file["id"])).ok().out


def test_what_speaks_against_sending_is_named_and_nothing_leaves(shop: Program) -> None:
    refused = shop("case", "reply", "1", "--text", "Hej Peter,\n\nFakturaen er vedhæftet.").failed(3)
    assert "The greeting says Peter" in refused.err
    assert "no file is attached" in refused.err
    assert "--anyway" in refused.err
    assert shop.json("outbox", "list") == []
    shop("case", "reply", "1", "--text", "Hej Peter", "--anyway").ok()
    assert len(shop.json("outbox", "list")) == 1
    new = ("case", "new", "--to", "mette@example.dk", "--subject", "Ordre {{ nr }}", "--text", "Hej")
    assert "{{ nr }}" in shop(*new).failed(3).err
    shop(*new, "--anyway").ok()


def test_a_snooze_says_what_ends_it_and_a_reply_when_to_come_back(shop: Program) -> None:
    act = shop.json("case", "snooze", "1", "--until", "in", "3", "days", "--ends", "thanks")
    assert (act["case"]["status"], act["case"]["snooze_ends"]) == ("snoozed", "thanks")
    shop("case", "snooze", "1", "--until", "2020-01-01").failed(1)
    act = shop.json("case", "reply", "1", "--text", "Hej Mette", "--wake", "om", "3", "dager")
    assert (act["case"]["status"], act["case"]["snooze_until"] is not None) == ("snoozed", True)
    shop("case", "reply", "1", "--text", "Hej", "--wake", "bananas").failed(1)
    shop("case", "reply", "1", "--text", "Hej", "--wake", "monday", "--resolve").failed(2)
    shop("case", "undo", str(act["stroke"])).ok()
    assert shop.json("case", "show", "1")["status"] == "snoozed"
