"""Two thousand mails broken by chance and half a minute of more; and that the search finds what is wrong."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from fuzz import desk, promises, run
from fuzz.mutations import mutation
from fuzz.shrink import smallest

from agentdesk.domain.mail import Address, Message
from agentdesk.mail.parse import parse

ROOT = Path(__file__).resolve().parents[2]
RAW = (
    b"From: Mette <mette@kunde.example>\r\nTo: support@shop.example\r\nSubject: Hej\r\nMessage-ID: <a@b>\r\n\r\n"
    b"Hvor er min pakke?\r\n\r\n-- \r\nMette\r\n"
)


@pytest.mark.timeout(900)
def test_no_mail_broken_by_chance_breaks_a_promise() -> None:
    """The seed is a new one in each run of the tests and stands at their head; FUZZ_SEED=N repeats it."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    command = [sys.executable, "-m", "fuzz.run", "--seconds", "30", "--least", "2000"]
    if "FUZZ_SEED" in os.environ:
        command += ["--seed", os.environ["FUZZ_SEED"]]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    sys.stderr.write(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("0 found\n")


def test_a_seed_is_the_same_mails_in_any_order_and_another_seed_is_others() -> None:
    first = [mutation(7, number) for number in range(300)]
    assert [mutation(7, number) for number in reversed(range(300))] == first[::-1]
    assert len(set(first) | {mutation(8, number) for number in range(300)}) > 590


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({"subject": "a\x1b[2J"}, "shape"),
        ({"subject": "a\u202eb"}, "shape"),
        ({"message_id": "a b"}, "ids"),
        ({"references": ("<a@b>",)}, "ids"),
        ({"reply_text": "another text"}, "reply text"),
        ({"reply_text": ""}, "reply text"),
        ({"to": (Address("", ""),)}, "addresses"),
        ({"text": "other words", "reply_text": "other words"}, "other line ends"),
    ],
)
def test_a_broken_promise_is_told(facts: dict[str, object], kind: str) -> None:
    message = parse(RAW)
    assert promises.of_message(message, RAW) == []
    told = promises.of_message(replace(message, **facts), RAW)  # type: ignore[arg-type]
    assert told[0].partition(":")[0] == kind


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (b"Subject: ", b"Bcc: x@evil.example\r\nSubject: ", "header"),
        (b"mette@kunde", b"evil@x.example, mette@kunde", "recipients"),
        (b"mette@kunde", b"evil@kunde", "recipients"),
        (b"Subject: ", b"Subject: " + b"x" * 1000, "lines"),
        (b"\r\n\r\n", b"\r\n\n", "line ends"),
    ],
)
def test_a_broken_answer_is_told(old: bytes, new: bytes, kind: str) -> None:
    letter = promises.letter_to(parse(RAW))
    assert letter is not None
    raw = promises.compose(letter)
    chosen = (*letter.to, *letter.cc)
    assert list(promises.of_a_mail_of_ours(raw, parse(raw), chosen)) == []
    broken = raw.replace(old, new, 1)
    told = [one.partition(":")[0] for one in promises.of_a_mail_of_ours(broken, parse(broken), chosen)]
    assert kind in told


def test_crashes_endless_runs_and_miscounts_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read(raw: bytes) -> Message:
        if b"pakke" in raw:
            raise ValueError(raw)
        while b"-- " in raw:
            pass
        return parse(raw)

    monkeypatch.setattr(run, "parse", read)
    monkeypatch.setattr(run, "mutation", lambda _seed, _number: RAW)
    monkeypatch.setattr(run, "_HANGS", 0.1)
    monkeypatch.setattr(desk.intake, "take_in", lambda *_facts, **_more: desk.Tally(seen=1))
    found = run.Run(1)
    found.go(0, 1, 0)
    assert set(found.found) == {"crash of ValueError", "count", "twice"}
    assert "seed 1, mail 0: crash" in capsys.readouterr().out
    assert run.faults(RAW.replace(b"pakke", b""))[1][0].startswith("hangs")


def test_a_finding_is_made_small() -> None:
    assert smallest(RAW, lambda raw: b"er" in raw and b"Mette" in raw) in {b"Metteer", b"erMette"}
