"""An installed agentdesk has all that it needs and works from any folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from house.tree import ROOT, files

_PROBE = """
from pathlib import Path
import agentdesk
from agentdesk.config import language, places
package = Path(agentdesk.__file__).parent
for name in ("migrations", "themes"):
    assert places.resource(name) == package / name and any((package / name).iterdir()), name
assert language.choose("da") == "da" and language._current.info()["language"].startswith("da")
print(package)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where the wheel, and nothing else, is installed."""
    folder = tmp_path_factory.mktemp("installed")
    asked = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--target",
        str(folder),
        str(wheel),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_wheel_holds_everything_that_travels(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    moved = {f"agentdesk/{path}" for path in files() if path.parts[0] in {"migrations", "themes"}}
    own = {
        str(path)
        for path in files()
        if path.parts[0] == "agentdesk" and path.suffix in {".py", ".mo", ".tcss"}
    }
    assert {name.split("/")[1] for name in moved} == {"migrations", "themes"}
    assert any(name.endswith("/da/LC_MESSAGES/agentdesk.mo") for name in own)
    assert (moved | own) - inside == set()


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = archive.namelist()
    assert {name.split("/")[0].partition("-")[0] for name in inside} == {"agentdesk"}
    assert [name for name in inside if "__pycache__" in name or "tests" in name.split("/")] == []


def test_an_installed_copy_finds_what_it_needs_from_any_folder(installed: Path, tmp_path: Path) -> None:
    done = _run([sys.executable, "-P", "-c", _PROBE], installed, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(installed / "agentdesk")


def test_the_installed_command_answers_from_any_folder(installed: Path, tmp_path: Path) -> None:
    done = _run([str(installed / "bin" / "agentdesk"), "--help"], installed, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "agentdesk" in done.stdout


def _run(command: list[str], installed: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {"PYTHONPATH": str(installed)}
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=60
    )
