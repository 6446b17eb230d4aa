"""Writes a file that was not there before.

Invariants: whole or not at all; never over another file; for its owner's eyes alone.
"""

import os
from contextlib import suppress
from pathlib import Path

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem, Refused

_MOST = 1000


def write_new(path: Path, content: bytes) -> None:
    """Write it. Raises Refused when something of that name is there, Problem when it cannot be written."""
    try:
        _write(path, content)
    except FileExistsError as error:
        raise Refused(
            _("{file} is there already and stays as it is: name another file.").format(file=path)
        ) from error
    except OSError as error:
        raise Problem(
            _("{file} cannot be written ({reason}): name another place.").format(
                file=path, reason=error.strerror
            )
        ) from error


def write_free(folder: Path, name: str, content: bytes) -> Path:
    """Write it under this name, or the first free one after it; returns the full path. Raises Problem."""
    wanted = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, _MOST):
            path = folder / (name if number == 1 else f"{wanted.stem}-{number}{wanted.suffix}")
            with suppress(FileExistsError):
                _write(path, content)
                return path
    except OSError as error:
        raise Problem(
            _("The file could not be saved in {folder} ({reason}).").format(
                folder=folder, reason=error.strerror
            )
        ) from error
    raise Problem(_("There are a thousand files of that name in {folder} already.").format(folder=folder))


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
