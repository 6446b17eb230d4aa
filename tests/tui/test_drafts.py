"""Nothing that was typed is lost: not by Esc, a kill, a locked store or another terminal."""

import json
import os
import resource
import signal
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tui import rig
from tui.rig import Rig

from agentdesk.tui.desk.spill import Spill
from agentdesk.tui.widgets.topline import TopLine
from agentdesk.tui.widgets.written import Written


def stored(url: str, kind: str = "reply") -> str:
    """The text that the store holds."""
    found = rig.execute(url, "select body from drafts where kind = :k", k=kind)
    return str(found[0][0]) if found else ""


def body(r: Rig) -> str:
    """The text that stands in the composer."""
    return r.desk.writing.widget.written().body


def files(state: Path) -> list[Path]:
    """What lies beside the store."""
    return sorted((state / "drafts").glob("*.json"))


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program holds the store's write lock."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.execute("rollback")
        other.close()


async def test_a_draft_is_in_the_store_half_a_second_after_the_last_key(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Mette")
        begun = time.monotonic()
        await r.until(lambda: stored(url) == "Hej Mette")
        assert time.monotonic() - begun < 1.5


async def test_typing_without_a_pause_is_stored_every_two_seconds(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        begun, at = time.monotonic(), []
        for number in range(60):
            await r.type(chr(97 + number % 26))
            await r.pilot.pause(0.05)
            at.append((time.monotonic() - begun, len(stored(url))))
        late = [(when, length) for when, length in at if when > 3.0]
        assert late
        typed_by = {number: when for number, (when, _length) in enumerate(at)}
        for when, length in late:
            missing_since = typed_by.get(length, when)
            assert when - missing_since < 2.9, (when, length)


@pytest.mark.parametrize("way", ["esc", "esc, other case", "tab", "quit"])
async def test_esc_and_going_away_keep_the_text(way: str, url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Hej Mette")
        await r.press("escape")
        assert r.desk.context == "desk"
        if way == "esc, other case":
            await r.press("escape", "j")
            await r.until(lambda: r.desk.reading.case_id == 2)
            assert not r.desk.writing.opened
            await r.press("k")
            await r.until(lambda: r.desk.reading.case_id == 1 and r.desk.writing.opened)
        if way == "quit":
            await r.press("q")
            assert "draft is open" in r.said
            await r.press("q")
            await r.until(lambda: r.app.return_value == 0)
        else:
            assert body(r) == "Hej Mette"
            await r.press("r")
            await r.type("!")
            assert body(r) == "Hej Mette!"
    assert stored(url).startswith("Hej Mette")


async def test_esc_keeps_a_half_typed_address_and_a_subject(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("c")
        await r.type("karen@exam")
        await r.press("tab", "tab", "tab")
        await r.type("Emne")
        await r.press("escape")
        await r.press("escape", "j")
        await r.until(lambda: not r.desk.writing.opened)
        await r.press("c")
        written = r.desk.writing.widget.written()
        assert (written.to, written.subject) == ("karen@exam", "Emne")


async def test_an_answer_in_which_nothing_was_written_leaves_nothing(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r", "escape")
        assert not r.desk.writing.opened
        assert rig.execute(url, "select count(*) from drafts") == [(0,)]


async def test_leaving_right_after_a_key_stores_it(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Sidste ord")
        await r.app.leave(0)
    assert stored(url) == "Sidste ord"


@pytest.mark.parametrize("number", range(2))
def test_a_kill_loses_at_most_two_seconds(number: int, url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        line.wait("waiting")
        line.keys("r")
        line.wait("Reply to")
        typed: list[tuple[float, int]] = []
        for at in range(90 + 7 * number):
            line.send(chr(97 + at % 26))
            typed.append((time.monotonic(), at + 1))
            time.sleep(0.04)
        line.kill(signal.SIGKILL)
        killed = time.monotonic()
    safe = max((count for when, count in typed if killed - when > 2.5), default=0)
    assert safe > 10
    assert len(stored(url)) >= safe


async def test_while_the_store_is_locked_the_text_lies_in_a_file_and_the_top_line_says_so(
    url: str, state: Path
) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Før")
        await r.until(lambda: stored(url) == "Før")
        with locked(url):
            begun = time.monotonic()
            await r.type(" og under")
            await r.until(lambda: files(state), 3)
            assert time.monotonic() - begun < 2.5
            (file,) = files(state)
            assert json.loads(file.read_text())["body"] == "Før og under"
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
            assert "kept in a file" in r.desk.query_one(TopLine).render_line(0).text
            await r.type(" mere")
            await r.until(lambda: "mere" in files(state)[0].read_text(), 3)
        await r.until(lambda: stored(url) == "Før og under mere", 10)
        await r.until(lambda: not files(state))
        assert "kept in a file" not in r.desk.query_one(TopLine).render_line(0).text


async def test_a_store_that_may_only_be_read_keeps_the_text_in_a_file(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        for table in ("drafts", "messages"):
            rig.execute(
                url,
                f"create trigger no_{table} before insert on {table} begin select raise(abort, 'readonly'); end",
            )
        await r.type("Kun her")
        await r.until(lambda: files(state), 3)
        await r.press("ctrl+s")
        assert body(r) == "Kun her"
        assert r.desk.context == "writing"
        assert "may only be read" in r.said
        assert rig.dump(url)["leaving"] == []


async def test_a_store_without_room_keeps_the_text_in_a_file_until_there_is_some(
    url: str, state: Path
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("Før")
        await r.until(lambda: stored(url) == "Før")
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (16_000, limits[1])
        )  # the draft's file still fits, the log does not
        try:
            await r.type(" og under")
            await r.until(lambda: files(state), 3)
            await r.until(lambda: json.loads(files(state)[0].read_text())["body"] == "Før og under", 3)
            assert "kept in a file" in r.desk.query_one(TopLine).render_line(0).text
            await r.press("ctrl+s")
            assert body(r) == "Før og under"
            assert "room" in r.said
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        await r.until(lambda: stored(url) == "Før og under", 10)
        await r.until(lambda: not files(state))
    assert rig.dump(url)["leaving"] == []


async def test_both_versions_are_offered_afterwards(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        await r.press("r")
        await r.type("I butikken")
        await r.until(lambda: stored(url) == "I butikken")
    spill = Spill(state / "drafts", "anna", url, "here-99:zz")
    kept = Written("reply", "Mette Sørensen <kunde1@example.com>", "", "", "", "I filen")
    assert spill.write("reply", 1, kept)
    async with rig.desk(url, state, terminal="here-2:bb") as r:
        await r.until(lambda: r.desk.writing.opened)
        assert "#1" in r.said
        assert body(r) == "I butikken"
        assert "ctrl+r" in str(r.desk.query_one("Composer .state").visual)  # type: ignore[attr-defined]
        await r.press("r", "end")
        await r.type("!")
        await r.until(lambda: stored(url) == "I butikken!")
        assert files(state), "a stored draft does not sweep the other version away"
        await r.press("ctrl+r")
        assert body(r) == "I filen"
        await r.press("ctrl+r")
        assert body(r) == "I butikken!"
        await r.press("ctrl+r")
        await r.until(lambda: stored(url) == "I filen")
        await r.press("ctrl+s")
        assert rig.dump(url)["leaving"]
        assert not files(state)


async def test_text_that_never_reached_the_store_comes_back(url: str, state: Path) -> None:
    spill = Spill(state / "drafts", "anna", url, "here-99:zz")
    assert spill.write("note", 1, Written("note", "", "", "", "", "Husk GLS"))
    async with rig.desk(url, state) as r:
        await r.until(lambda: r.desk.writing.opened and body(r) == "Husk GLS")
        assert r.desk.writing.kind == "note"
        assert r.desk.context == "desk", "what comes back takes no focus"
        await r.until(lambda: stored(url, "note") == "Husk GLS")
        await r.until(lambda: not files(state))


async def test_what_a_locked_store_did_not_take_is_there_at_the_next_start(url: str, state: Path) -> None:
    with locked(url):
        async with rig.desk(url, state) as r:
            await r.press("r")
            await r.type("Låst ude")
            await r.until(lambda: files(state), 4)
    async with rig.desk(url, state, terminal="here-2:bb") as r:
        await r.until(lambda: r.desk.writing.opened and body(r) == "Låst ude")


async def test_the_later_of_two_terminals_sees_it_and_never_overwrites(url: str, state: Path) -> None:
    async with rig.desk(url, state) as first:
        await first.press("r")
        await first.type("Fra den ene")
        await first.until(lambda: stored(url) == "Fra den ene")
        async with rig.desk(url, state, terminal="there-2:bb") as second:
            await second.until(lambda: second.desk.writing.opened and body(second) == "Fra den ene")
            await first.type(" terminal")
            await first.until(lambda: stored(url) == "Fra den ene terminal")
            await second.press("r")
            await second.type(" og den anden")
            await second.until(lambda: second.desk.writing.keeping.elsewhere)
            assert "also open in another terminal" in str(second.desk.query_one("Composer .state").visual)  # type: ignore[attr-defined]
            await second.type(" igen")
            await second.until(lambda: files(state) and "igen" in files(state)[0].read_text())
            await second.press("ctrl+s")
            assert "ctrl+r" in second.said
            assert stored(url) == "Fra den ene terminal"
            assert rig.dump(url)["leaving"] == []
            await second.press("ctrl+r")
            assert body(second) == "Fra den ene terminal"
            await second.press("ctrl+r")
            assert body(second) == "Fra den ene og den anden igen"


def test_a_crash_lays_the_last_words_aside(url: str, state: Path) -> None:
    with rig.terminal(url, state) as line:
        line.wait("waiting")
        line.keys("r")
        line.wait("Reply to")
        line.send("Hej igen")
        line.wait("Hej igen")
        os.kill(line.pid, signal.SIGTERM)
        assert line.process.wait(20) == 143
    assert stored(url) == "Hej igen"
