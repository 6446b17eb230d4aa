"""Keys typed behind one that opens something wait for it, however long the store takes; they are never verbs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input
from tui import rig

from agentdesk.bridge import Bridge
from agentdesk.domain.problems import Problem


@asynccontextmanager
async def slow(monkeypatch: pytest.MonkeyPatch, fails: Problem | None = None) -> AsyncIterator[asyncio.Event]:
    """Every read waits for the event; where it `fails`, it says so then."""
    let_go, real = asyncio.Event(), Bridge.read

    async def read(self: Bridge, *args: Any, **kwargs: Any) -> Any:
        await let_go.wait()
        if fails is not None:
            raise fails
        return await real(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Bridge, "read", read)
        yield let_go


async def ahead(
    r: rig.Rig, monkeypatch: pytest.MonkeyPatch, *keys: str, fails: Problem | None = None
) -> None:
    """Press these while the store holds its first answer back; it answers when all have been pressed."""
    async with slow(monkeypatch, fails) as let_go:
        pressing = asyncio.create_task(r.burst(*keys))
        await r.until(lambda: r.app.came > 0 and r.app.keys_waiting() and r.app._message_queue.empty())
        let_go.set()
        await pressing


async def test_what_is_typed_ahead_stands_in_what_opens(
    url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rig.dump(url)
    async with rig.desk(url, state) as r:
        for key, words in (("a", "evil"), ("t", "e M1"), ("f", "en ne")):
            await ahead(r, monkeypatch, key, *words)
            assert r.app.screen.query_one(Input).value == words, key
            await r.press("escape", "escape", "escape")
            assert r.top == "DeskScreen"
        for key in ("r", "i"):
            await ahead(r, monkeypatch, key, *"Hej Mette, ne e\n")
            assert r.desk.writing.widget.written().body.strip().startswith("Hej Mette, ne e"), key
            await r.press("escape")
    assert rig.dump(url) == before


@pytest.mark.parametrize("key", ["a", "r", "t"])
async def test_what_is_typed_for_something_that_does_not_open_is_no_verb(
    key: str, url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rig.dump(url)
    async with rig.desk(url, state) as r:
        await ahead(r, monkeypatch, key, "e", "n", fails=Problem("The store sleeps."))
        assert "The store sleeps." in r.said
        assert rig.dump(url) == before
        await r.press("e")
        assert rig.changed_cases(before, rig.dump(url)) == {1}
