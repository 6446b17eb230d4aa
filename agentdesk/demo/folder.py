"""The folder that holds a demo while it runs.

Invariant: it is gone when the demo ends; one that was killed leaves it behind, and the next demo takes it away.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

_PREFIX = "agentdesk-demo-"


@contextmanager
def of_its_own() -> Iterator[Path]:
    """A fresh folder, closed to others."""
    _sweep(Path(gettempdir()))
    with TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        yield Path(folder)


def _sweep(place: Path) -> None:
    """Remove what a killed demo of ours left there."""
    for left in place.glob(f"{_PREFIX}*"):
        number = left.name.removeprefix(_PREFIX).partition("-")[0]
        with suppress(OSError):
            if number.isdecimal() and left.stat().st_uid == os.getuid() and not _runs(int(number)):
                shutil.rmtree(left, ignore_errors=True)


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
