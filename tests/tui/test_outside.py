"""The editor and the downloads folder when something goes wrong: no text is lost, no half file stays."""

import resource
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tui import rig
from tui.test_ways_out import ready

from agentdesk.domain.problems import Problem
from agentdesk.tui.commands import outside
from agentdesk.tui.screens.desk import DeskScreen

_SAVED = "open(sys.argv[1], 'a').write(' og gemt')"
_EMPTIED = "open(sys.argv[1], 'w').close()"


@pytest.mark.parametrize(("does", "kept"), [(_SAVED, "Hej og gemt"), (_EMPTIED, "Hej")])
def test_what_an_editor_saved_counts_although_it_failed(does: str, kept: str, url: str, state: Path) -> None:
    program = state / "editor.py"
    program.write_text(
        f"import sys, pathlib\n{does}\npathlib.Path({str(state / 'ran')!r}).touch()\nsys.exit(1)\n"
    )
    with rig.terminal(url, state, env={"EDITOR": f"{sys.executable} {program}"}) as line:
        ready(line)
        line.keys("r")
        line.wait("Reply to")
        line.send("Hej")
        line.wait("Hej")
        line.keys("ctrl+g")
        line.wait(lambda _screen: (state / "ran").exists())
        line.wait(kept)
        line.keys("esc")
        line.settle(0.8)
        assert rig.execute(url, "select body from drafts") == [(kept,)]


async def test_a_file_that_could_not_be_written_whole_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    async def core() -> Any:
        return SimpleNamespace(lists=SimpleNamespace(file_content=None))

    async def read(_query: object, _file_id: int) -> tuple[str, str, bytes]:
        return "note.bin", "application/octet-stream", b"x" * 10_000

    desk = cast("DeskScreen", SimpleNamespace(core=core, bridge=SimpleNamespace(read=read)))
    file = cast("Any", SimpleNamespace(id=1))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, limits[1]))
    try:
        with pytest.raises(Problem, match="could not be saved"):
            await outside.save(desk, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list((tmp_path / "Downloads").iterdir()) == []
    assert (await outside.save(desk, file))[0].stat().st_size == 10_000
