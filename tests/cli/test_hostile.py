"""No text from outside acts on a terminal, whatever line, list, sentence or log it comes out through."""

import base64
import re

import pytest
from cli.program import Program, mail

_MARKS = (
    "\x1b[31m", "\x1b]0;TITLE\x07", "\x1b]8;;http://evil.example\x1b\\", "\x1b]52;c;ZXZpbA==\x07", "\x9b31m",
    "\x9d0;x\x9c", "\x1bP1$r\x1b\\", "\x1b_apc\x1b\\", "\x1bc", "\x07", "\x08\x08", "\x7f", "\x0b", "\x0c", "\x0e",
    "\x85", "\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\U000e0041", "[@click=app.bell]", "[/nope]",
    "\r\nInjected: yes", "\u2028",
)  # fmt: skip
_ACTS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff\ud800-\udfff]"
)
_TEXT = "a".join(_MARKS)


def _word(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def _hostile() -> bytes:
    plain = mail(1, sender=f"{_word(_TEXT)} <evil@example.dk>", subject=_word(_TEXT))
    head, _blank, _body = plain.partition(b"\r\n\r\n")
    head = head.replace(
        b"Content-Type: text/plain; charset=utf-8", b"Content-Type: multipart/mixed; boundary=x"
    )
    name = base64.b64encode((_TEXT + ".txt").encode()).decode()
    parts = (
        "Content-Type: text/plain; charset=utf-8\r\n\r\n" + _TEXT,
        f'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="=?utf-8?b?{name}?="\r\n\r\nx',
    )
    return head + b"\r\n\r\n" + "".join(f"--x\r\n{one}\r\n" for one in parts).encode() + b"--x--\r\n"


_WORDS = (
    ("case", "list"), ("case", "show", "1"), ("message", "list"), ("draft", "list"), ("outbox", "list"),
    ("quarantine", "list"), ("channel", "list"), ("agent", "list"), ("team", "list"),
)  # fmt: skip


@pytest.fixture
def hostile(lite: Program) -> Program:
    """Hostile words in every field that somebody outside or inside can fill."""
    lite.deliver(_hostile())
    (lite.home / "mails-0" / f"a{_MARKS[0]}b.eml").write_bytes(b"\x00")
    lite.json("import", "eml", str(lite.home / "mails-0"))
    text = lite.home / "text"
    text.write_text(_TEXT.replace("\r", ""), encoding="utf-8")
    lite("case", "note", "1", "--body-file", str(text)).ok()
    lite.json("agent", "add", "bo", "--name", _TEXT)
    lite.json("team", "add", _TEXT)
    lite.settings('[[channel]]\nkind = "email"\nname = "support"\naddress = "support@example.dk"\n')
    lite("--as", "anna", "case", "reply", "1", "--body-file", str(text)).ok()
    stroke = lite.json(
        "--as", "bo", "case", "new", "--to", "evil@example.dk", "--subject", _TEXT, "--text", _TEXT
    )["stroke"]
    lite.json("--as", "bo", "case", "undo", str(stroke))
    return lite


def test_lines_for_people_hold_nothing_that_acts(hostile: Program) -> None:
    for words in _WORDS:
        answer = hostile(*words).ok()
        assert _ACTS.findall(answer.out + answer.err) == [], words
        if words != ("channel", "list"):
            assert answer.out.strip(), words


def test_documents_hold_nothing_that_acts(hostile: Program) -> None:
    for words in _WORDS:
        document = hostile.json(*words)
        assert _acting(document) == [], words


def test_sentences_repeat_nothing_that_acts(hostile: Program) -> None:
    for words in (
        ("--as", _TEXT, "case", "claim"), (_TEXT,), ("case", _TEXT), ("case", "show", _TEXT),
        ("--db", _TEXT, "case", "list"),
        ("case", "list", "--query", f"bogus:{_TEXT}"), ("import", "mbox", _TEXT), ("mail", "parse", _TEXT),
        ("case", "snooze", "1", "--until", _TEXT), ("case", "set", "1", "--owner", _TEXT), ("channel", "test", _TEXT),
        ("--config", _TEXT, "case", "list"), ("agent", "add", _TEXT), ("case", "set", "1", "--tag", f"+{_TEXT}"),
        ("case", "new", "--to", _TEXT, "--subject", "x", "--text", "y"), ("case", "list", "--after", _TEXT),
    ):  # fmt: skip
        answer = hostile(*words)
        assert answer.code != 0, words
        assert _ACTS.findall(answer.out + answer.err) == [], words
        assert "Traceback" not in answer.err
    assert _ACTS.findall(hostile.log()) == []


def test_what_mail_parse_says_holds_nothing_that_acts(lite: Program) -> None:
    answer = lite("mail", "parse", "-", stdin=_hostile()).ok()
    assert _ACTS.findall(answer.out + answer.err) == []
    assert _acting(lite("mail", "parse", "-", "--json", stdin=_hostile()).ok().json) == []


def _acting(value: object) -> list[str]:
    """Everything in a document that would act on a terminal."""
    match value:
        case dict():
            return [hit for one in value.values() for hit in _acting(one)]
        case list():
            return [hit for one in value for hit in _acting(one)]
        case str():
            return _ACTS.findall(value)
    return []
