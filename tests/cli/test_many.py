"""Many cases from the command line: the report, the exit codes, undo, the list of strokes, and a kill half-way."""

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from cli.program import Program, mail
from sqlalchemy import insert, text

from agentdesk.store.engine import open_store
from agentdesk.store.tables import cases, messages


def furnished(desk: Program, count: int) -> None:
    """So many open cases."""
    store = open_store(desk.url)
    with contextlib.closing(store), store.writing() as connection:
        connection.execute(
            insert(cases),
            [
                {"id": n, "subject": f"s{n}", "status": "open", "waiting_since": n}
                for n in range(1, count + 1)
            ],
        )
        connection.execute(
            insert(messages),
            [{"case_id": n, "kind": "inbound", "person": True, "at": n} for n in range(1, count + 1)],
        )


def value(desk: Program, sql: str) -> Any:
    store = open_store(desk.url)
    with contextlib.closing(store), store.session() as session:
        return session.execute(text(sql)).scalar()


def test_many_are_one_stroke_with_a_report_and_back(desk: Program) -> None:
    desk.deliver(*(mail(n, subject=f"Sag {n}") for n in range(1, 5)))
    desk("case", "set", "4", "--status", "closed").ok()
    done = desk.json("case", "set", "#1", "2", "4", "99", "--status", "spam", "--tag", "+junk")
    assert (done["case"], done["total"], done["done"], done["untried"]) == (None, 4, 2, 0)
    assert [one["case"] for one in done["refused"]] == [4, 99]
    assert "cannot become spam" in done["refused"][0]["reason"]
    assert desk.json("case", "show", "2")["status"] == "spam"
    assert desk.json("case", "show", "4")["tags"] == []
    (newest, shut) = desk.json("stroke", "list")["strokes"]
    assert (newest["id"], newest["verb"], newest["cases"], newest["state"]) == (
        done["stroke"],
        "set",
        [1, 2],
        "done",
    )
    assert newest["bulk"] == {"total": 4, "done": 2, "refused": 2, "untried": 0, "ended": True}
    assert (shut["desk"], shut["bulk"], shut["case_count"]) == ("command line", None, 1)
    shown = desk.json("stroke", "show", str(done["stroke"]))
    assert (shown["cases"], shown["refused"]) == ([1, 2], done["refused"])
    desk("case", "set", "1", "--status", "open").ok()
    back = desk.json("stroke", "undo", str(done["stroke"]))
    assert (back["done"], [one["case"] for one in back["refused"]]) == (1, [1])
    assert "Anna Agent has changed the status" in back["refused"][0]["reason"]
    assert desk.json("case", "show", "2")["tags"] == []
    desk("case", "undo", str(done["stroke"]), "--json").failed(3)
    assert desk.json("case", "undo", str(back["stroke"]))["done"] == 1
    assert desk.json("case", "show", "2")["status"] == "spam"


def test_words_and_exit_codes(lite: Program) -> None:
    lite.deliver(mail(1), mail(2, subject="Anden"))
    one = lite.json("case", "set", "1", "--snooze", "tomorrow", "9")
    assert one["case"]["status"] == "snoozed"
    assert set(one) == {"case", "stroke"}
    assert lite.json("case", "set", "--query", "status:new", "--priority", "high")["done"] == 1
    assert lite.json("case", "set", "--query", "status:closed", "--priority", "high") == {
        "case": None, "stroke": None, "total": 0, "done": 0, "refused": [], "untried": 0,
    }  # fmt: skip
    for words in (("1",), ("1", "--query", "x", "--status", "open"), ("--status", "open"),
                  ("1", "--status", "open", "--snooze", "monday")):  # fmt: skip
        lite("case", "set", *words).failed(2)
    refused = lite("case", "set", "98", "99", "--status", "open", "--json")
    assert (refused.code, refused.json["done"], len(refused.json["refused"])) == (3, 0, 2)
    lite("case", "set", "1", "2", "--owner", "nobody-known").failed(4)
    lite("case", "set", "1", "2", "--team", "nowhere").failed(4)
    lite("case", "set", "1", "2", "--tag", "two words").failed(1)
    said = lite("case", "set", "1", "2", "99", "--owner", "anna").ok()
    assert "2 of 3 cases were changed." in said.out
    assert "#99: There is no case #99." in said.out
    listed = lite("stroke", "list", "--limit", "1")
    assert "assign · 2 cases · 1 refused" in listed.out
    after = listed.err.split("--after ")[1].split()[0]
    rest = lite("stroke", "list", "--after", after).ok().out
    assert "snooze · #1 Min pakke" in rest or "change · #1 Min pakke" in rest


def test_only_a_supervisor_takes_back_what_another_did(lite: Program) -> None:
    lite.deliver(mail(1))
    lite("agent", "add", "bo", "--name", "Bo").ok()
    lite("agent", "add", "chef", "--name", "Chef", "--role", "supervisor").ok()
    stroke = str(lite.json("--as", "anna", "case", "set", "1", "--status", "pending")["stroke"])
    assert "not yours: Anna Agent or a supervisor" in lite("--as", "bo", "case", "undo", stroke).failed(3).err
    assert lite.json("--as", "bo", "stroke", "list") == {"strokes": [], "next": None}
    lite("--as", "chef", "stroke", "undo", stroke).ok()
    assert lite.json("--as", "anna", "case", "show", "1")["status"] == "new"


def test_killed_half_way_the_report_says_which_were_done(desk: Program, tmp_path: Path) -> None:
    furnished(desk, 1500)
    words = desk.argv("case", "set", "--query", "is:open", "--status", "spam")
    with (tmp_path / "out").open("wb") as out:
        started = subprocess.Popen(words, cwd=desk.home, env=desk.environ(), stdout=out, stderr=out)
        try:
            end = time.monotonic() + 60
            while not (value(desk, "select max(done) from bulk_runs") or 0):
                assert started.poll() is None, (tmp_path / "out").read_text()
                assert time.monotonic() < end
        finally:
            os.kill(started.pid, signal.SIGKILL)
            started.wait()
    (row,) = desk.json("stroke", "list")["strokes"]
    done = row["bulk"]["done"]
    assert (row["bulk"]["total"], row["bulk"]["ended"], done % 100) == (1500, False, 0)
    assert 0 < done < 1500
    report = desk.json("stroke", "show", str(row["id"]))
    store = open_store(desk.url)
    with contextlib.closing(store), store.session() as session:
        spam = list(session.execute(text("select id from cases where status = 'spam' order by id")).scalars())
    assert report["cases"] == spam
    assert len(spam) == done
    back = desk.json("stroke", "undo", str(row["id"]))
    assert (back["total"], back["done"], back["refused"]) == (done, done, [])
    assert value(desk, "select count(*) from cases where status = 'open'") == 1500


@pytest.mark.parametrize(
    "words", [("stroke", "list"), ("stroke", "show", "1"), ("case", "set", "1", "2", "--status", "open")]
)
def test_json_is_one_document(lite: Program, words: tuple[str, ...]) -> None:
    lite.deliver(mail(1), mail(2, subject="x"))
    lite("case", "set", "1", "--tag", "+a").ok()
    json.loads(lite(*words, "--json").ok().out)
