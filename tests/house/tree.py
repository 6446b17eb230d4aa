"""The project's files, for the tests that read them.

Invariant: only what is or could be committed is seen, never what a tool left behind.
"""

import ast
import subprocess
from functools import cache
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parents[2]
CACHE = platformdirs.user_cache_path("agentdesk-tests")  # what checkers remember lies outside the clone


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, relative to its root."""
    if (ROOT / ".git").exists():
        asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        out = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        found = [Path(name) for name in out.split("\0") if name]
    else:
        found = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        found = [
            path for path in found if not any(part.startswith((".", "__pycache__")) for part in path.parts)
        ]
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


def python_files(*folders: str) -> tuple[Path, ...]:
    """The modules in these folders."""
    return tuple(path for path in files() if path.suffix == ".py" and path.parts[0] in folders)


@cache
def source(path: Path) -> str:
    """The text of a file of the project."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """A module of the project, parsed."""
    return ast.parse(source(path), str(path))
