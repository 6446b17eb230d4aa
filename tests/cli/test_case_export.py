"""A case printed or kept: text, Markdown and mail, for us and for the customer."""

import email
import email.policy
import stat
from email.message import EmailMessage
from pathlib import Path

import pytest
from cli.program import Program, mail

MAILBOX = '[[channel]]\nkind = "email"\nname = "support"\naddress = "support@example.dk"\nhold = 0\n'
SECRET = "Kunden har rykket tre gange"
ACTIVE = "# Overskrift\n1. ![billede](http://spor.example/x.png) <b>fed</b>\n\x1b]0;titel\x07    indrykket"


@pytest.fixture
def shop(lite: Program) -> Program:
    """A case with a mail, a note, a reply that left, and one that was taken back."""
    lite.settings(MAILBOX)
    lite.deliver(mail(1, ACTIVE, sender="Mette Sørensen <mette@example.dk>"), channel="support")
    lite("case", "note", "1", "--text", SECRET).ok()
    lite("case", "set", "1", "--tag", "+svindel").ok()
    stroke = lite.json("case", "reply", "1", "--text", "Forkert svar", "--hold", "900")["stroke"]
    lite("case", "undo", f"{stroke}").ok()
    return lite


def test_text_is_clean_and_tells_everything(shop: Program) -> None:
    told = shop("case", "export", "1").ok().out
    for words in (
        "#1 Min pakke",
        "Mette Sørensen <mette@example.dk>",
        SECRET,
        "svindel",
        "# Overskrift",
        "taken back",
    ):
        assert words in told
    assert "\x1b" not in told
    assert "\x07" not in told


def test_markdown_holds_nobodys_markup(shop: Program) -> None:
    told = shop("case", "export", "1", "--as", "md").ok().out
    assert "\\# Overskrift" in told
    assert "\\!\\[billede\\]" in told
    assert "1\\. " in told
    assert "\\<b\\>" in told
    assert told.startswith("# \\#1 Min pakke\n")


@pytest.mark.parametrize("form", ["text", "md", "eml"])
def test_the_customer_is_told_nothing_of_ours(shop: Program, tmp_path: Path, form: str) -> None:
    file = tmp_path / "case"
    made = shop.json("case", "export", "1", "--as", form, "--for", "customer", "--to", str(file))
    assert (made["messages"], made["left_out"]) == (1, 2)
    told = file.read_text(encoding="utf-8", errors="replace")
    assert "Overskrift" in told
    for words in (SECRET, "svindel", "Forkert svar", "normal"):
        assert words not in told


def test_a_mail_holds_every_message_with_its_own_bytes(shop: Program, tmp_path: Path) -> None:
    file = tmp_path / "case.eml"
    raw = mail(2, "Her er billedet --=_agentdesk_0_ af den", answers="1@kunde.dk")
    shop.deliver(raw, channel="support")
    made = shop.json("case", "export", "1", "--as", "eml", "--to", str(file))
    whole = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(whole, EmailMessage)
    assert whole["Subject"] == "#1 Min pakke"
    summary, digest = whole.iter_parts()
    assert SECRET in summary.get_content()
    assert digest.get_content_type() == "multipart/digest"
    inner = [part.get_content() for part in digest.iter_parts()]
    assert len(inner) == 4, "two mails, a note and the reply that was taken back"
    assert [one["Message-ID"] for one in inner[:1]] == ["<1@kunde.dk>"]
    assert raw.rstrip() in file.read_bytes()
    assert made["size"] == file.stat().st_size
    assert not whole.defects
    assert not digest.defects


def test_a_file_is_private_and_never_written_over(shop: Program, tmp_path: Path) -> None:
    file = tmp_path / "case.txt"
    shop("case", "export", "1", "--to", str(file)).ok()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    assert "stays as it is" in shop("case", "export", "1", "--as", "md", "--to", str(file)).failed(3).err
    assert file.read_bytes() == before
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    shop("case", "export", "1", "--to", str(tmp_path / "link")).failed(3)
    assert not (tmp_path / "elsewhere").exists()
    shop("case", "export", "1", "--to", str(tmp_path / "no" / "case.txt")).failed(1)
    shop("case", "export", "99").failed(4)
    shop("case", "export", "1", "--as", "pdf").failed(2)
