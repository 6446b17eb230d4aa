"""`mail.boxes`: every message of a file or folder once, as it was."""

import mailbox
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agentdesk.domain.problems import NotFound
from agentdesk.mail.boxes import read_eml, read_maildir, read_mbox

FIRST = b"From: a@b.dk\nSubject: 1\n\nHej\n\nFrom here on I walked, it was 2024.\n>From there\n\nend\n"
SECOND = b"From: c@d.dk\nSubject: 2\n\nno blank line at the end"


def test_an_mbox_gives_back_what_the_standard_library_wrote(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box")
    box.add(FIRST.replace(b">From there", b"there"))
    box.add(SECOND)
    box.close()
    found = list(read_mbox(tmp_path / "box"))
    assert [one.raw for one in found] == [FIRST.replace(b">From there", b"there"), SECOND + b"\n"]
    assert [one.source.rpartition(" ")[2] for one in found] == ["#1", "#2"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_separators_are_told_from_sentences(tmp_path: Path, end: bytes) -> None:
    text = (
        b"From a@b.dk Sat Nov 21 10:00:00 2026\nFrom: a@b.dk\n\nHej\n\nFrom here on, all went well\nand so on\n"
        b">>From quoted twice\n\nFrom - Sat Nov 21 11:00:00 2026\nSubject: b\n\nx\n"
        b"From nobody at x  Sat Nov 21 12:00:00 2026\nSubject: no blank line before\n\ny\n"
    )
    path = tmp_path / "box"
    path.write_bytes(text.replace(b"\n", end))
    found = [one.raw.replace(end, b"\n") for one in read_mbox(path)]
    assert found == [
        b"From: a@b.dk\n\nHej\n\nFrom here on, all went well\nand so on\n>From quoted twice\n",
        b"Subject: b\n\nx\n",
        b"Subject: no blank line before\n\ny\n",
    ]


@pytest.mark.parametrize(
    ("content", "count"), [(b"", 0), (b"\n\n", 0), (SECOND, 1), (b"From a Sat Nov 21 1:00:00 2026\n", 1)]
)
def test_odd_files_as_mbox(tmp_path: Path, content: bytes, count: int) -> None:
    path = tmp_path / "box"
    path.write_bytes(content)
    assert len(list(read_mbox(path))) == count


def test_a_maildir_is_read_oldest_first_and_left_alone(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    names = [
        "cur/1700000300.M2.host:2,S",
        "new/1700000200.M1.host",
        "tmp/1700000100.M0.host",
        "cur/odd",
        "cur/.hidden",
    ]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    found = list(read_maildir(tmp_path))
    assert [one.raw for one in found] == [
        b"cur/odd",
        b"new/1700000200.M1.host",
        b"cur/1700000300.M2.host:2,S",
    ]
    assert [one.at for one in found] == [
        None,
        datetime.fromtimestamp(1700000200, UTC),
        datetime.fromtimestamp(1700000300, UTC),
    ]
    assert all((tmp_path / name).exists() for name in names)


def test_eml_files_alone_and_in_folders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("b.eml", "sub/a.eml", "other.txt"):
        (tmp_path / name).write_bytes(name.encode())
    assert [one.raw for one in read_eml(tmp_path)] == [b"b.eml", b"sub/a.eml"]
    assert [one.raw for one in read_eml(tmp_path / "other.txt")] == [b"other.txt"]


@pytest.mark.parametrize("reader", [read_mbox, read_maildir, read_eml])
def test_what_is_not_there_is_said_in_a_sentence(tmp_path: Path, reader) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotFound, match="missing"):
        list(reader(tmp_path / "missing"))
