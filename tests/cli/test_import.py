"""Mail from files: counted, in order, and never twice; and the lists that show what came of it."""

import mailbox
import subprocess
from pathlib import Path

from cli.program import Program, mail
from servers.terminal import Terminal

PARSED = {
    "message_id", "in_reply_to", "references", "from", "original_sender", "reply_to", "to", "cc", "delivered_to",
    "subject", "date", "text", "reply_text", "html_present", "attachments", "auto_submitted", "auto_reason", "bounce",
    "bounced_message_id", "bounced_recipient", "bounce_status", "charset_errors", "defects", "marks",
}  # fmt: skip
TALLY = {"seen", "ingested", "duplicate", "quarantined", "cases_opened", "customers_created", "seconds"}
NO_MAIL = b"\x00\x00\x00\r\n"


def _mbox(file: Path, *raws: bytes) -> Path:
    box = mailbox.mbox(file)
    for raw in raws:
        box.add(raw)
    box.close()
    return file


def test_importing_again_brings_nothing_new(desk: Program) -> None:
    several = [mail(n, sender=f"c{n % 3}@example.dk") for n in range(7)]
    file = _mbox(desk.home / "in.mbox", *several)
    maildir = mailbox.Maildir(desk.home / "box")
    for raw in (*several[:2], mail(99, sender="new@example.dk")):
        maildir.add(raw)
    first = desk.json("import", "mbox", str(file))
    assert set(first) >= TALLY
    assert (first["seen"], first["ingested"], first["cases_opened"], first["customers_created"]) == (
        7,
        7,
        7,
        3,
    )
    again = desk.json("import", "mbox", str(file))
    assert (again["ingested"], again["duplicate"], again["cases_opened"], again["customers_created"]) == (
        0,
        7,
        0,
        0,
    )
    other = desk.json("import", "maildir", str(desk.home / "box"))
    assert (other["seen"], other["ingested"], other["duplicate"]) == (3, 1, 2)
    assert len(desk.json("message", "list")["messages"]) == 8


def test_what_is_no_mail_is_set_aside_once_and_stops_nothing(desk: Program) -> None:
    for _time in range(2):
        tally = desk.deliver(mail(1), NO_MAIL, mail(2, sender="b@example.dk"))
        assert tally["seen"] == tally["ingested"] + tally["duplicate"] + tally["quarantined"] == 3
    aside = desk.json("quarantine", "list")
    assert len(aside) == 1
    assert set(aside[0]) >= {"id", "reason", "source", "at", "size"}
    assert aside[0]["size"] == len(NO_MAIL)
    desk("quarantine", "retry", str(aside[0]["id"])).failed(1)
    assert len(desk.json("quarantine", "list")) == 1


def test_the_oldest_mail_goes_in_first_whatever_the_order_of_the_files(desk: Program) -> None:
    question = mail(1, date="Mon, 16 Nov 2026 10:00:00 +0100")
    answer = mail(2, answers="1@kunde.dk", date="Tue, 17 Nov 2026 10:00:00 +0100")
    undated = mail(3, sender="b@example.dk", date="nonsense")
    newer = _mbox(desk.home / "a.mbox", answer, undated)
    older = _mbox(desk.home / "b.mbox", question)
    tally = desk.json("import", "mbox", str(newer), str(older))
    assert tally["cases_opened"] == 2
    ids = [one["message_id"] for one in desk.json("message", "list")["messages"]]
    assert ids == ["1@kunde.dk", "2@kunde.dk", "3@kunde.dk"]


def test_the_lists_hold_what_mail_parse_says(desk: Program) -> None:
    raw = mail(1, text="Ny tekst\n\n> gammel tekst", cc="bo@example.dk")
    desk.deliver(raw, mail(2, sender="b@example.dk"), mail(3, sender="c@example.dk"))
    listed = desk.json("message", "list", "--limit", "2")
    assert listed["next"] == "2"
    assert [one["id"] for one in desk.json("message", "list", "--after", listed["next"])["messages"]] == [3]
    assert len(desk("message", "list", "--jsonl").ok().out.splitlines()) == 3
    message = listed["messages"][0]
    assert set(message) >= PARSED | {"id", "case"}
    file = desk.home / "one.eml"
    file.write_bytes(raw)
    parsed = desk.json("mail", "parse", str(file))
    assert set(parsed) == PARSED
    differing = {name for name in PARSED if message[name] != parsed[name]}
    assert differing <= {"attachments"}


def test_a_channel_may_be_named(desk: Program) -> None:
    desk.settings('[[channel]]\nkind = "email"\nname = "support"\naddress = "support@example.dk"\n')
    desk.deliver(mail(1), channel="support")
    assert desk.json("case", "show", "1")["channel"]["name"] == "support"
    desk("import", "eml", str(desk.home), "--channel", "gone").failed(4)


def test_reading_and_counting_leave_stdout_to_the_document(lite: Program) -> None:
    file = _mbox(lite.home / "in.mbox", mail(1))
    answer = lite("import", "mbox", str(file), "--json").ok()
    assert answer.json["seen"] == 1
    assert answer.err == ""


def test_a_progress_bar_is_there_for_whoever_looks_and_nobody_else(lite: Program) -> None:
    file = _mbox(lite.home / "in.mbox", *(mail(n, sender=f"c{n}@example.dk") for n in range(300)))
    with Terminal(lite.argv("import", "mbox", str(file)), env=lite.environment, cwd=lite.home) as terminal:
        terminal.wait("300 seen", 60)
        assert terminal.process.wait(20) == 0
        assert b"taking in" in terminal.raw
    assert lite("import", "mbox", str(file)).ok().err == ""


def test_stopped_half_way_and_begun_again_everything_is_there_once(lite: Program) -> None:
    count = 1500
    file = _mbox(lite.home / "in.mbox", *(mail(n, sender=f"c{n % 50}@example.dk") for n in range(count)))
    begun = subprocess.Popen(
        lite.argv("import", "mbox", str(file)), cwd=lite.home, env=lite.environ(), stdout=subprocess.DEVNULL
    )
    while not lite.json("message", "list", "--limit", "1")["messages"]:
        assert begun.poll() is None
    begun.kill()
    begun.wait(20)
    assert 0 < len(lite("message", "list", "--jsonl").ok().out.splitlines()) < count
    lite.json("import", "mbox", str(file))
    assert len(lite("message", "list", "--jsonl").ok().out.splitlines()) == count


def test_mail_parse_asks_neither_settings_nor_store(bare: Program) -> None:
    bare.settings("this is no TOML")
    (bare.home / "a.eml").write_bytes(mail(1))
    (bare.home / "b.eml").write_bytes(NO_MAIL)
    assert bare.json("mail", "parse", str(bare.home / "a.eml"))["message_id"] == "1@kunde.dk"
    assert bare("mail", "parse", "-", "--json", stdin=mail(2)).ok().json["message_id"] == "2@kunde.dk"
    assert bare("mail", "parse", str(bare.home / "b.eml"), "--json").failed(1).out == ""
    assert bare("mail", "parse", str(bare.home / "c.eml")).failed(4).out == ""
    assert not (bare.home / "data").exists()
