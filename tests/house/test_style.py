"""Ruff and the type checker find nothing."""

import subprocess
import sys

import pytest
from house.tree import CACHE, ROOT


@pytest.mark.parametrize(
    "arguments",
    [
        ("ruff", "check", "--no-cache", "--output-format", "concise"),
        ("ruff", "format", "--check", "--no-cache"),
        ("mypy", "--cache-dir", str(CACHE / "mypy")),
    ],
    ids=["ruff check", "ruff format", "mypy"],
)
@pytest.mark.timeout(600)
def test_the_checker_finds_nothing(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
