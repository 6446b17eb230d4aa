"""Where typing goes while the store cannot be written: one 0600 file for each draft in the state directory.

Invariant: a file is replaced whole or not at all, and is removed only when the store holds its text.
"""

import contextlib
import json
import os
from pathlib import Path

from agentdesk.tui.widgets.written import Kind, Written


class Spill:
    """Drafts beside the store, for one agent on one store."""

    def __init__(self, folder: Path, who: str) -> None:
        self._folder = folder
        self._who = "".join(c if c.isalnum() else "-" for c in who)

    def write(self, kind: Kind, case_id: int | None, written: Written) -> bool:
        """Keep this; False when not even that is possible."""
        path = self._path(kind, case_id)
        values = {name: getattr(written, name) for name in Written.__slots__}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = path.with_suffix(".new")
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(values, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError:
            return False
        return True

    def read(self, kind: Kind, case_id: int | None) -> Written | None:
        """What was kept of this draft, if anything."""
        try:
            values = json.loads(self._path(kind, case_id).read_text(encoding="utf-8"))
            return Written(**{name: str(values[name]) for name in Written.__slots__})  # type: ignore[arg-type]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self, kind: Kind, case_id: int | None) -> None:
        """The store holds it."""
        with contextlib.suppress(OSError):
            self._path(kind, case_id).unlink()

    def kept(self) -> int:
        """How many drafts lie here."""
        return len(list(self._folder.glob(f"{self._who}-*.json")))

    def _path(self, kind: Kind, case_id: int | None) -> Path:
        return self._folder / f"{self._who}-{kind}-{case_id or 0}.json"
