"""What a start must not pay for: each way in imports only what it needs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from house.tree import ROOT

_HEAVY = {"textual", "sqlalchemy", "alembic", "httpx", "imapclient", "selectolax", "psycopg"}


def imported(program: str, folder: Path) -> set[str]:
    """The top-level packages in memory after `program` ran in a process of its own."""
    out = folder / "modules.json"
    whole = (
        "import json, sys\n"
        f"try:\n    {program}\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"open({str(out)!r}, 'w').write(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", whole],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    modules = json.loads(out.read_text())
    assert "agentdesk" in modules
    return {name.split(".")[0] for name in modules}


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--help"], _HEAVY),
        (["case", "--help"], _HEAVY),
        (["worker", "--help"], {"textual"}),
    ],
)
def test_help_imports_little(arguments: list[str], unwanted: set[str], tmp_path: Path) -> None:
    program = f"from agentdesk.cli import run; assert run({arguments!r}) == 0"
    assert imported(program, tmp_path) & unwanted == set()


def test_the_settings_are_read_without_any_library(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from agentdesk.config import load; Path('a.toml').write_text('[me]'); "
        "load.load(Path('a.toml'), {'XDG_DATA_HOME': '/data'})"
    )
    ours_and_standard = sys.stdlib_module_names | {"agentdesk", "__main__"}
    bare = imported("import agentdesk", tmp_path)  # what the interpreter of this place brings along
    assert imported(program, tmp_path) - bare - ours_and_standard == set()


def test_the_app_of_the_desk_imports_no_database_and_no_network(tmp_path: Path) -> None:
    assert imported("import agentdesk.tui.app", tmp_path) & (_HEAVY - {"textual"}) == set()
