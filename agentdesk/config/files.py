"""Files that a person gives or keeps: which one is meant, where one is saved, and how to fetch it from elsewhere.

Invariants: a file is written whole or not at all and never over another one; a path is shown in full; the environment
is handed in.
"""

import shlex
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from agentdesk.config.language import _
from agentdesk.domain.problems import NotFound, Problem

LARGEST = 20 * 1024 * 1024
"""Bytes of one file that mail servers commonly take, Base64 included."""
_SAME_NAME = 1000


def file_at(typed: str, shown: str) -> Path:
    """The file that a person means; `shown` is what they typed, clean. Raises Problem when mail cannot carry it."""
    try:
        path = Path(typed).expanduser()
        if not path.is_file():
            raise NotFound(_("There is no file {path}.").format(path=shown))
        if path.stat().st_size > LARGEST:
            raise Problem(_("{path} is larger than 20 MB: mail does not carry that.").format(path=shown))
    except (OSError, ValueError, RuntimeError) as error:
        raise Problem(_("{path} cannot be read.").format(path=shown)) from error
    return path


def read_at(typed: str, shown: str) -> tuple[Path, bytes]:
    """The file that a person means, and what is in it. Raises Problem."""
    path = file_at(typed, shown)
    try:
        return path, path.read_bytes()
    except OSError as error:
        raise Problem(_("{path} cannot be read.").format(path=shown)) from error


def downloads(environ: Mapping[str, str]) -> Path:
    """Where files are saved when no folder is named."""
    named = environ.get("XDG_DOWNLOAD_DIR", "")
    return Path(named) if named.startswith("/") else Path.home() / "Downloads"


def keep(folder: Path, name: str, content: bytes) -> Path:
    """Save a file under this name, or the next one that is free; returns the full path. Raises Problem."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder = folder.resolve()
        for number in range(_SAME_NAME):
            path = folder / (name if not number else f"{Path(name).stem}-{number}{Path(name).suffix}")
            with suppress(FileExistsError):
                _write_new(path, content)
                return path
    except OSError as error:
        raise Problem(_("The file could not be saved in {folder}.").format(folder=folder)) from error
    raise Problem(_("There are a thousand files of that name in {folder} already.").format(folder=folder))


def fetch_line(path: Path, user: str, host: str, environ: Mapping[str, str]) -> str:
    """The line that fetches the file to where it is typed; over SSH the host is the address that was signed in to."""
    port = ""
    signed_in = environ.get("SSH_CONNECTION", "").split()
    if len(signed_in) == 4:
        host, port = signed_in[2], signed_in[3]
    place = f"[{host}]" if ":" in host else host
    words = ["scp", *(["-P", port] if port not in ("", "22") else []), f"{user}@{place}:{path}", "."]
    return shlex.join(words)


def _write_new(path: Path, content: bytes) -> None:
    """A file whole or not at all; one that is there already stays as it is."""
    out = path.open("xb")
    try:
        with out:
            out.write(content)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
