"""Mail that lies in files: mbox, Maildir and single .eml files, one message at a time.

The one place under `mail` that reads files. Invariants: nothing is written, moved or marked; memory is bounded by the
largest single message; every message is yielded exactly once.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from agentdesk.config.language import _
from agentdesk.domain.mail import RawMail
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.text.clean import clean_line

_DATED = re.compile(rb"From .*\d{1,2}:\d{2}(?::\d{2})?.*\d{4}")
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:")
_ESCAPED = re.compile(rb">+From ")


def read_mbox(path: Path) -> Iterator[RawMail]:
    """The messages of an mbox file, in its order; `>From ` in their text is given back as it was written."""
    for number, raw in enumerate(_messages(path), 1):
        yield RawMail(raw, f"{_name(path)} #{number}")


def read_maildir(path: Path) -> Iterator[RawMail]:
    """The messages of a Maildir (cur and new), oldest delivery first."""
    folders = [path / name for name in ("cur", "new") if (path / name).is_dir()]
    if not folders:
        raise NotFound(_("{path} is no Maildir: it holds neither cur nor new.").format(path=_name(path)))
    try:
        files = [file for folder in folders for file in folder.iterdir() if not file.name.startswith(".")]
    except OSError as error:
        raise _unreadable(path, error) from error
    for at, _file_name, file in sorted((_delivered(file.name), file.name, file) for file in files):
        raw = _read(file)
        if raw is not None:
            yield RawMail(raw, _name(file), datetime.fromtimestamp(at, UTC) if at else None)


def read_eml(path: Path) -> Iterator[RawMail]:
    """One message file, or all *.eml files below a folder, in the order of their names."""
    if not path.exists():
        raise NotFound(_("There is no file {path}.").format(path=_name(path)))
    files = sorted(path.rglob("*.eml")) if path.is_dir() else [path]
    for file in files:
        raw = _read(file)
        if raw is not None:
            yield RawMail(raw, _name(file))


def _messages(path: Path) -> Iterator[bytes]:
    """The raw messages between the separator lines of an mbox."""
    lines: list[bytes] = []
    inside = False
    after_blank = True
    for line, following in _lines(path):
        if line.startswith(b"From ") and _separates(line, following, after_blank):
            if inside:
                yield _message(lines)
            lines, inside, after_blank = [], True, False
            continue
        after_blank = line in (b"\n", b"\r\n")
        inside = inside or not after_blank
        lines.append(line[1:] if _ESCAPED.match(line) else line)
    if inside:
        yield _message(lines)


def _message(lines: list[bytes]) -> bytes:
    """The blank line before the next separator belongs to the mbox."""
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines.pop()
    return b"".join(lines)


def _separates(line: bytes, following: bytes, after_blank: bool) -> bool:
    dated, header = bool(_DATED.match(line)), bool(_HEADER.match(following))
    return (dated and header) or (after_blank and (dated or header))


def _lines(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Each line with the one behind it (empty behind the last)."""
    try:
        with path.open("rb") as file:
            line = file.readline()
            while line:
                following = file.readline()
                yield line, following
                line = following
    except FileNotFoundError as error:
        raise NotFound(_("There is no file {path}.").format(path=_name(path))) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _read(file: Path) -> bytes | None:
    """The bytes of a message file; None if it went away meanwhile, as files of a Maildir do."""
    try:
        return file.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(path: Path, error: OSError) -> Problem:
    reason = clean_line(error.strerror or "")
    return Problem(_("{path} cannot be read: {reason}.").format(path=_name(path), reason=reason))


def _name(path: Path) -> str:
    return clean_line(str(path))


def _delivered(name: str) -> int:
    """The time of delivery (seconds) that a Maildir name begins with; 0 if it does not."""
    seconds = name.partition(".")[0]
    return int(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) <= 11 else 0
