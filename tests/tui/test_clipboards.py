"""Words for the clipboard arrive at the outer terminal, through a real tmux and a real GNU screen."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers.terminal import Terminal
from tui import rig

ADDRESS = base64.b64encode(b"kunde1@example.com")
SETTINGS = {
    "passthrough": "set -g allow-passthrough on\nset -g set-clipboard off\n",
    "clipboard": "set -g set-clipboard on\n",
}


@contextmanager
def _inside(kind: str, url: str, state: Path) -> Iterator[Terminal]:
    folder = Path(tempfile.mkdtemp(prefix="adc-", dir="/tmp"))
    program = [
        sys.executable,
        str(rig.HERE / "program.py"),
        json.dumps({"url": url, "state": str(state), "me": {}}),
    ]
    env = {
        "PYTHONPATH": f"{rig.ROOT}:{rig.ROOT / 'tests'}", "HOME": str(state), "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8", "TMUX_TMPDIR": str(folder), "SCREENDIR": str(folder), "PATH": os.environ["PATH"],
    }  # fmt: skip
    if kind == "screen":
        begin, end = ["screen", "-U", "-c", "/dev/null", "-S", "clip"], ["screen", "-S", "clip", "-X", "quit"]
    else:
        (folder / "conf").write_text(SETTINGS[kind])
        tmux = ["tmux", "-u", "-L", "clip", "-f", str(folder / "conf")]
        begin, end = [*tmux, "new-session"], [*tmux, "kill-server"]
    folder.chmod(0o700)
    try:
        with Terminal([*begin, *program], 120, 41, env=env, cwd=state) as line:
            yield line
    finally:
        subprocess.run(end, env=env, capture_output=True, check=False, timeout=20)
        shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["passthrough", "clipboard", "screen"])
def test_words_reach_the_terminal_around(kind: str, url: str, state: Path) -> None:
    with _inside(kind, url, state) as line:
        line.wait("linje 3 af brevet", 30)
        line.wait("0/[0-9]", 30)
        line.settle(0.3, 10)
        line.keys("y")
        line.wait("Copy what?", 20)
        line.keys("a")
        line.wait("Copied", 20)
        line.wait(
            lambda _screen: b"]52;c;" + ADDRESS in bytes(line.raw) or b"]52;;" + ADDRESS in bytes(line.raw),
            10,
        )
