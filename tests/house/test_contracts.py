"""The floors of the house hold: every import points down, and strangers stay strangers."""

import ast
import subprocess
import sys
from collections.abc import Iterator

import pytest
from house.tree import CACHE, ROOT, python_files, tree

_BELOW_THE_FACES = (
    "config",
    "domain",
    "text",
    "mail",
    "store",
    "channels",
    "services",
    "queries",
    "automation",
)
_READS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "os.environ",
    "os.getenv",
}


def test_every_import_points_down() -> None:
    program = (
        "import sys\n"
        "from importlinter.cli import lint_imports\n"
        f"sys.exit(lint_imports(config_filename='pyproject.toml', cache_dir={str(CACHE / 'imports')!r}, no_logo=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_time_and_environment_are_handed_down() -> None:
    below = [path for path in python_files("agentdesk") if path.parts[1] in _BELOW_THE_FACES]
    assert [f"{path}:{node.lineno}" for path in below for node in _reads(tree(path))] == []


@pytest.mark.parametrize(
    "text", ["datetime.now(UTC)", "dt.datetime.now()", "os.environ['X']", "from os import environ"]
)
def test_the_rule_for_time_and_environment_can_fail(text: str) -> None:
    assert len(list(_reads(ast.parse(text)))) == 1


def _reads(module: ast.Module) -> Iterator[ast.Attribute | ast.ImportFrom]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            if ".".join(ast.unparse(node).split(".")[-2:]) in _READS:
                yield node
        elif isinstance(node, ast.ImportFrom) and any(
            f"{node.module}.{name.name}" in _READS for name in node.names
        ):
            yield node
