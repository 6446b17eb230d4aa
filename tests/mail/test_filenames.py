"""What a file is saved under, and which files may act when they are opened."""

import pytest

from agentdesk.mail.filenames import can_act, safe_name


@pytest.mark.parametrize(("wanted", "saved"), [
    ("faktura.pdf", "faktura.pdf"), ("../../.ssh/authorized_keys", "authorized_keys"), ("C:\\Windows\\x.exe", "x.exe"),
    ("fak\u202efdp.exe", "fakfdp.exe"), ("faktura.pdf          .exe", "faktura.pdf .exe"), (".bashrc", "bashrc"),
    ("CON", "_CON"), ("a\0b\r\n.txt", "ab .txt"), ("x" * 300 + ".pdf", "x" * 196 + ".pdf"), ("..", "part-3.pdf"),
    ("a\u200b.pdf", "a.pdf"), ("a:b|c?.pdf", "a_b_c_.pdf"), ("$(rm -rf ~).pdf", "$(rm -rf ~).pdf"),
])  # fmt: skip
def test_a_name_is_safe_and_its_true_ending_is_seen(wanted: str, saved: str) -> None:
    assert safe_name(wanted, "application/pdf", 3) == saved


@pytest.mark.parametrize(("name", "content", "acts"), [
    ("faktura.pdf", b"%PDF-1.7", False), ("foto.jpg", b"\xff\xd8", False), ("brev.docx", b"PK", False),
    ("faktura.pdf.exe", b"", True), ("faktura.PDF .EXE", b"", True), ("side.html", b"", True), ("sag.lnk", b"", True),
    ("disk.iso", b"", True), ("regneark.xlsm", b"", True), ("kode.js", b"", True), ("tegning.svg", b"", True),
    ("exe", b"", True), ("faktura.pdf", b"MZ\x90\0", True), ("billede.png", b"#!/bin/sh\nrm", True), ("", b"", False),
    ("a", b"\x7fELF", True),
])  # fmt: skip
def test_what_may_act_is_known_by_its_ending_or_its_beginning(name: str, content: bytes, acts: bool) -> None:
    assert can_act(name, content) is acts
