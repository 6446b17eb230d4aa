"""Text from outside acts on nothing, wherever it is shown: a real terminal's bytes, the log, the editor's file."""

import base64
import re
import sys
import time
from pathlib import Path

import pytest
from cli.program import Program
from servers.terminal import Terminal
from services.world import START, World, incoming
from sqlalchemy import text
from tui import rig
from tui.hostile import HOSTILE, dangerous, everything, seen

from agentdesk.services import people, triage
from agentdesk.store.engine import open_store

assert len(HOSTILE) == 40


def _word(value: str) -> str:
    """As a header carries what is no ASCII."""
    return f"=?utf-8?b?{base64.b64encode(value.encode('utf-8', 'surrogatepass')).decode()}?="


def mail(number: int) -> bytes:
    """A mail that is hostile everywhere it can be."""
    evil = HOSTILE[number].text
    clean_name = base64.b64encode(evil.encode()).decode()
    head = (
        f"From: {_word(evil)} <ond{number}@example.com>\r\nTo: support@shop.example\r\n"
        f"Cc: {_word(evil)} <cc{number}@example.com>\r\n"
        f"Subject: {_word(evil + ' emne')}\r\nMessage-ID: <ond{number}@example.com>\r\nMIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    body = base64.b64encode(
        f"{evil}\nhttps://{HOSTILE[number].mark}.example/{evil}\n{everything()}\n> {evil}".encode()
    ).decode()
    file = (
        f'\r\n--b\r\nContent-Type: text/plain; name="{_word(evil)}"\r\nContent-Disposition: attachment;'
        f' filename="{_word("../../" + evil + ".txt")}"\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{clean_name}\r\n--b--\r\n"
    )
    return (head + body + file).encode()


@pytest.fixture
def poisoned(url: str) -> str:
    """A store in which everything from outside is hostile: 40 cases, a tag, colleagues, drafts."""
    rig.execute(url, "update cases set status = 'closed'")
    world = World(open_store(url))
    world.channel = 1
    for number in range(40):
        world.receive(incoming(mail(number), at=START))
    with world.unit() as unit:
        people.add_agent(unit, "evil", everything())
        unit.session.execute(text("update agents set name = :n where login = 'bo'"), {"n": HOSTILE[3].text})
        unit.session.execute(text("insert into teams (name) values (:n)"), {"n": everything()})
        for one in HOSTILE:
            unit.session.execute(text("insert into tags (name) values (:n)"), {"n": one.text})
    ids = [row[0] for row in rig.execute(url, "select id from cases where status <> 'closed' order by id")]
    assert len(ids) == 40
    for number, one in enumerate(HOSTILE):
        rig.execute(
            url,
            "insert into case_tags (case_id, tag_id) select :c, id from tags where name = :n",
            c=ids[number],
            n=one.text,
        )
    world.store.close()
    world = World(open_store(url))
    world.agents["bo"] = rig._actor(2, "bo", "agent")
    for case_id in ids[::3]:
        with world.unit("bo") as unit:
            triage.assign(unit, case_id, owner=2, team=2)
    world.store.close()
    return url


def look_round(line: Terminal, *keys: str) -> None:
    """Press these, then go back to the desk."""
    for key in keys:
        line.keys(key)
        line.settle(0.07, 2)
    line.keys("esc", "esc", "esc")
    line.settle(0.07, 2)


def test_no_hostile_sequence_reaches_the_terminal(poisoned: str, state: Path) -> None:
    editor = state / "editor.py"
    editor.write_text(
        "import sys, shutil, stat, os\npath = sys.argv[1]\n"
        f"shutil.copy(path, {str(state / 'edited.txt')!r})\n"
        f"open({str(state / 'mode.txt')!r}, 'w').write(oct(stat.S_IMODE(os.stat(path).st_mode)))\n"
        f"open(path, 'a').write({everything()!r})\n"
    )
    with rig.terminal(poisoned, state, 130, 45, env={"EDITOR": f"{sys.executable} {editor}"}) as line:
        line.wait("waiting", 30)
        for row in range(40):
            line.keys("j", gap=0.02)
            if row % 5 == 0:
                line.settle(0.15, 1)
        line.settle(0.15, 1)
        line.keys("home")
        for step in (("enter", "end", "pgup", "-", "home"), ("tab", "tab", "end")):
            look_round(line, *step)
        look_round(line, "a", "evil")
        look_round(line, "t", "M1")
        look_round(line, "t", "down", "down", "pgdn")
        look_round(line, "s")
        look_round(line, ",")
        look_round(line, "?", "space", "space")
        look_round(line, "\x10", "M")
        look_round(line, "o", "enter", "v")
        look_round(line, "o", "s")
        look_round(line, "o", "down", "enter")
        look_round(line, "f", "M0")
        line.keys("f")
        line.paste(everything())
        line.keys("enter")
        line.settle(0.2, 3)
        line.keys("esc", "esc")
        line.keys("n")
        line.settle(0.3, 3)
        line.keys("r")
        line.wait("Reply to", 30)
        line.paste(everything())
        line.keys("ctrl+g")
        # what is typed while the editor has the terminal is the editor's
        line.wait(lambda _screen: line.raw.count(b"\x1b[?1049h") == 2, 30)
        line.keys("tab", "tab", "tab")
        line.settle(0.2, 3)
        line.keys("esc")
        line.wait("n next", 30)
        line.keys("u")
        line.settle(0.2, 3)
        shown = line.raw.decode("utf-8", "replace")
        for _ask in range(5):
            line.keys("q")
            time.sleep(0.7)
            if line.process.poll() is not None:
                break
        assert line.process.poll() == 0, line.screen()
        raw = line.raw
    assert dangerous(raw) == []
    assert seen(shown) == {one.mark for one in HOSTILE}, "every mark was on the screen as text"
    edited = (state / "edited.txt").read_bytes()
    assert seen(edited.decode()) == {one.mark for one in HOSTILE}
    assert dangerous(edited) == []
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", edited)
    assert (state / "mode.txt").read_text() == "0o600"
    assert dangerous((state / "desk.log").read_bytes()) == []
    titles = re.findall(rb"\x1b\](?!52;|8;;|22;[a-z]+)[^\x07\x1b]*", raw)
    assert titles == [], "no title, palette or notification is set"
    assert b"Traceback" not in raw
    saved = list((state / "Downloads").rglob("*"))
    assert len(saved) == 1
    assert saved[0].parent == state / "Downloads"
    assert dangerous(str(saved[0]).encode()) == []
    drafts = rig.execute(poisoned, "select body, case_id, kind from drafts order by id")
    assert len(drafts) == 1, [(len(body), *rest) for body, *rest in drafts]
    assert dangerous(drafts[0][0].encode()) == []


async def test_a_colleagues_hostile_name_is_only_a_name(poisoned: str, state: Path) -> None:
    async with rig.desk(poisoned, state) as r:
        for case_id in r.desk.query_one("#queue").held_ids[:3]:  # type: ignore[attr-defined]
            rig.execute(
                poisoned, "insert into presence (who, case_id, agent_id, what, at) values ('x', :c, 2, 'writing', :a)",
                c=case_id, a=r.world.at,
            )  # fmt: skip
        await r.desk.listing.show_presence()
        await r.desk.reading.show_presence()
        await r.settle()
        drawn = "\n".join(strip.text for strip in r.app.screen._compositor.render_strips())
        assert "M03q" in drawn
        assert dangerous(drawn.encode()) == []


def test_the_command_line_shows_no_hostile_sequence(poisoned: str, tmp_path: Path) -> None:
    program = Program(tmp_path, poisoned)
    program.environment["COLUMNS"] = "200"
    for words in (
        ["case", "list"],
        ["case", "show", "23"],
        ["message", "list"],
        ["draft", "list"],
        ["outbox", "list"],
    ):
        for form in ([], ["--json"]):
            ran = program(*words, *form).ok()
            assert dangerous((ran.out + ran.err).encode()) == [], words
