"""What leaves the program's own screen: $EDITOR, files read and written.

Invariants: a file of ours is 0600 and removed afterwards; the editor gets clean text and what comes back is cleaned; a
file is saved under a safe name and never over another one.
"""

from __future__ import annotations

import getpass
import mimetypes
import os
import shlex
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from agentdesk.config import files
from agentdesk.config.language import _
from agentdesk.text.clean import clean, clean_line
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.domain.rows import FileRow


async def edit(desk: DeskScreen) -> None:
    """Write the body in $EDITOR; what is saved there stands in the composer afterwards."""
    written = desk.writing.widget.written()
    handle, name = tempfile.mkstemp(prefix="agentdesk-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(clean(written.body))
        with desk.app.suspend():
            ended = _run_editor(path)
        body = clean(path.read_text(encoding="utf-8", errors="replace")).rstrip("\n")
    except SuspendNotSupported:
        desk.say(_("This terminal cannot hand over to an editor."), "warn")
        return
    except OSError:
        desk.say(_("The text could not be handed to the editor, so it stands here as it was."), "error")
        return
    finally:
        with suppress(OSError):
            path.unlink()
    if ended is None:
        editor = clean_line(_editor())
        desk.say(_("The editor {name} could not be started: set EDITOR.").format(name=editor), "error")
    elif body != written.body and (body or ended == 0):  # an editor that failed may have emptied the file
        desk.writing.widget.load(replace(written, body=body))
        desk.writing.typed()
    desk.writing.widget.focus_text()


def _editor() -> str:
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or "nano"


def _run_editor(path: Path) -> int | None:
    """The editor's exit status; None when it cannot be started.

    Raises nothing: the screen is handed over meanwhile, and Textual would not take it back.
    """
    try:
        return subprocess.run([*shlex.split(_editor()), str(path)], check=False).returncode  # noqa: S603  the person's own editor
    except (OSError, ValueError):
        return None


def file_at(typed: str) -> Path:
    """The file that a person means. Raises Problem when mail cannot carry it."""
    return files.file_at(typed, clean_line(typed))


async def attach(desk: DeskScreen, typed: str) -> None:
    """Hang a file on what is being written."""
    from agentdesk.domain.mail import Enclosure  # noqa: PLC0415  only who attaches needs it

    path, content = files.read_at(typed, clean_line(typed))
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    await desk.writing.attach(Enclosure(clean_line(path.name), kind, content))


async def save(desk: DeskScreen, file: FileRow) -> tuple[Path, bool]:
    """Save an attachment into the downloads folder under a free name; the full path, and whether opening it may do
    more than show it."""
    from agentdesk.mail.filenames import can_act, safe_name  # noqa: PLC0415  only who saves needs it

    core = await desk.core()
    name, kind, content = await desk.bridge.read(core.lists.file_content, file.id)
    path = files.keep(files.downloads(os.environ), safe_name(name, kind, file.id), content)
    return path, can_act(path.name, content)


def fetch_line(path: Path) -> str:
    """The line with which the file is fetched to another machine."""
    return clean_line(files.fetch_line(path, getpass.getuser(), os.uname().nodename, os.environ))
