"""Where typing goes while the store cannot take it: one 0600 file for each draft and terminal in the state directory.

Invariants: a file is replaced whole or not at all; a terminal writes its own file only, and reads those that earlier
or other terminals of this agent left for the same store; a file is removed only when the store holds its text, or its
writer has sent or thrown away that draft after having been shown it.
"""

import contextlib
import hashlib
import json
import os
from pathlib import Path

from agentdesk.text.clean import clean
from agentdesk.tui.widgets.written import Kind, Written


class Spill:
    """Drafts beside the store, for one agent on one store at one terminal."""

    def __init__(self, folder: Path, agent: str, store: str, terminal: str) -> None:
        self._folder = folder
        self._who = f"{_word(agent)}-{hashlib.sha256(store.encode()).hexdigest()[:12]}"
        self._terminal = _word(terminal)

    def write(self, kind: Kind, case_id: int | None, written: Written) -> bool:
        """Keep this; False when not even that is possible."""
        return self._put(self._own(kind, case_id), written)

    def forget(self, kind: Kind, case_id: int | None) -> None:
        """The store holds what this terminal had to keep here."""
        with contextlib.suppress(OSError):
            self._own(kind, case_id).unlink()

    def other(self, kind: Kind, case_id: int | None) -> Written | None:
        """The newest version that another terminal, or this agent's last one, had to leave here."""
        path = self._other(kind, case_id)
        return None if path is None else self._get(path, kind)

    def exchange(self, kind: Kind, case_id: int | None, written: Written) -> Written | None:
        """Take the other version and leave this one in its place."""
        path = self._other(kind, case_id)
        found = None if path is None else self._get(path, kind)
        if path is None or found is None or not self._put(path, written):
            return None
        return found

    def leave_other(self, kind: Kind, case_id: int | None, written: Written) -> None:
        """Lay a version aside so that it is the other one from now on."""
        self._put(self._path(kind, case_id, "aside"), written)
        self.forget(kind, case_id)

    def drop_other(self, kind: Kind, case_id: int | None) -> None:
        """The writer has seen the other versions and decided."""
        for path in self._others(kind, case_id):
            with contextlib.suppress(OSError):
                path.unlink()

    def kept(self) -> list[tuple[Kind, int | None]]:
        """The drafts that lie here: kind, and case (None: a new message)."""
        found: list[tuple[Kind, int | None]] = []
        for path in sorted(self._folder.glob(f"{self._who}-*.json")):
            kind, case = path.stem.removeprefix(f"{self._who}-").split("-")[:2]
            for known in ("reply", "note", "new", "side"):
                if kind == known and case.isdigit() and (known, int(case) or None) not in found:
                    found.append((known, int(case) or None))
        return found

    def _own(self, kind: Kind, case_id: int | None) -> Path:
        return self._path(kind, case_id, self._terminal)

    def _path(self, kind: Kind, case_id: int | None, terminal: str) -> Path:
        return self._folder / f"{self._who}-{kind}-{case_id or 0}-{terminal}.json"

    def _others(self, kind: Kind, case_id: int | None) -> list[Path]:
        own = self._own(kind, case_id)
        return [
            path for path in self._folder.glob(f"{self._who}-{kind}-{case_id or 0}-*.json") if path != own
        ]

    def _other(self, kind: Kind, case_id: int | None) -> Path | None:
        def age(path: Path) -> float:
            try:
                return path.stat().st_mtime
            except OSError:
                return 0.0

        return max(self._others(kind, case_id), key=age, default=None)

    def _put(self, path: Path, written: Written) -> bool:
        values = {name: getattr(written, name) for name in Written.__slots__}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = path.with_suffix(".new")
            with os.fdopen(
                os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                json.dump(values, file, ensure_ascii=False)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError:
            return False
        return True

    def _get(self, path: Path, kind: Kind) -> Written | None:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            texts = {name: clean(str(values[name])) for name in Written.__slots__ if name != "kind"}
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Written(kind, **texts)


def _word(text: str) -> str:
    """As part of a file's name, without the hyphen that divides its parts."""
    return "".join(c if c.isalnum() else "_" for c in text)
