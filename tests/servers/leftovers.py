"""Folders and processes of test servers that outlive a killed test run, and their end.

Invariant: every server folder names its owner (the test process) and its server by pid and start time, so
that a later run ends exactly what an earlier, killed one left behind, and nothing else, also when pids were
handed out anew.
"""

import json
import os
import shutil
import signal
import tempfile
from pathlib import Path

_PREFIX = "adt-"
_MARK = "owner.json"


def new_folder(kind: str) -> Path:
    """A folder for a server: a short path (a unix socket's has at most 107 bytes), open to other users."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{kind}-", dir="/tmp"))
    folder.chmod(0o755)
    _write(folder, None)
    return folder


def note_server(folder: Path, pid: int) -> None:
    """Remember the server's process (the leader of its own group) beside its owner."""
    _write(folder, pid)


def end_group(pid: int) -> None:
    """Kill a process that leads its own group, and all of the group, at once."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _write(folder: Path, server: int | None) -> None:
    mark = {"owner": _identity(os.getpid()), "server": None if server is None else _identity(server)}
    unfinished = folder / f"{_MARK}.new"
    unfinished.write_text(json.dumps(mark))
    unfinished.rename(folder / _MARK)


def _identity(pid: int) -> list[int] | None:
    """Pid and start time, which together never come back; None when there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return [pid, int(stat.rpartition(")")[2].split()[19])]


def _alive(identity: list[int] | None) -> bool:
    return identity is not None and _identity(identity[0]) == identity


def _sweep() -> None:
    """End the servers whose owner is gone and remove their folders."""
    for folder in Path("/tmp").glob(f"{_PREFIX}*-*"):
        try:
            mark = json.loads((folder / _MARK).read_text())
            if _alive(mark["owner"]):
                continue
            if _alive(mark["server"]):
                end_group(mark["server"][0])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        shutil.rmtree(folder, ignore_errors=True)
