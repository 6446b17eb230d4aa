"""Over five hundred kinds of hostile mail: none breaks the reader, and none leaves anything that acts behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.hostile import faults
from mail.hostile import kinds

ROOT = Path(__file__).resolve().parents[2]


def test_no_hostile_mail_breaks_the_reader_or_leaves_anything_that_acts() -> None:
    found = kinds()
    assert len(set(found.values())) > 1000
    assert found == kinds()  # the same bytes in every run
    wrong, slow = {}, {}
    for name, raw in found.items():
        started = time.process_time()
        told = faults(raw)
        if told:
            wrong[name] = told
        if time.process_time() - started > 1:
            slow[name] = time.process_time() - started
    assert not wrong
    assert not slow


def test_no_huge_mail_takes_two_seconds_or_two_hundred_megabytes() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    run = subprocess.run(
        [sys.executable, "-m", "bench.hostile", "--huge"], env=environment, cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 wrong" in run.stdout
