"""The command line as a test runs it: in this process where that is quick, as a program where the process counts.

Invariant: nothing outside the test's own folder is read or written, and this process's logging, hooks and environment
are afterwards what they were.
"""

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from agentdesk.cli import run

ROOT = Path(__file__).resolve().parents[2]
CUSTOMER = "mette@example.dk"
_UNSET = ("AGENTDESK_DB", "TZ", "LANG", "LC_MESSAGES", "NO_COLOR", "USER")


@dataclass(frozen=True, slots=True)
class Answer:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    def ok(self) -> "Answer":
        """The same, when it went well."""
        assert self.code == 0, f"exit {self.code}\n{self.out}\n{self.err}"
        return self

    def failed(self, code: int) -> "Answer":
        """The same, when it failed with this code, in plain sentences and without a traceback."""
        assert self.code == code, f"exit {self.code}, not {code}\n{self.out}\n{self.err}"
        assert self.err.strip()
        assert "Traceback" not in self.out + self.err
        assert 'File "' not in self.err
        return self


class Program:
    """agentdesk with a home of its own; `url` "" leaves the store to the usual place."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home = home
        self.url = url
        self.environment = {
            "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT),
            "TZ": "Europe/Copenhagen", "COLUMNS": "100",
        }  # fmt: skip

    @property
    def settings_file(self) -> Path:
        """Where the settings are looked for."""
        return self.home / "config" / "agentdesk" / "agentdesk.toml"

    def settings(self, text: str) -> None:
        """Write the settings file."""
        self.settings_file.parent.mkdir(parents=True, exist_ok=True)
        self.settings_file.write_text(text, encoding="utf-8")

    def log(self) -> str:
        """What was logged."""
        return "".join(one.read_text() for one in (self.home / "state").rglob("*.log"))

    def words(self, arguments: tuple[str, ...]) -> list[str]:
        """The arguments with the store before them."""
        return [*(["--db", self.url] if self.url else []), *arguments]

    def environ(self) -> dict[str, str]:
        """The environment of a run."""
        kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
        return kept | self.environment

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Answer:
        """Run it in this process."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _stream in range(2))
        given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
        with _as_it_was(), mock.patch.dict(os.environ, self.environ(), clear=True):  # noqa: SIM117  read together
            with (
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(err),
                mock.patch("sys.stdin", given),
            ):
                code = run(self.words(arguments))
        return Answer(code, _text(out), _text(err))

    def json(self, *arguments: str) -> Any:
        """What a run that goes well prints as JSON; stderr holds nothing that a program must read."""
        return self(*arguments, "--json").ok().json

    def spawn(self, *arguments: str, **named: Any) -> Answer:
        """Run it as a program of its own, without a terminal."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        done = subprocess.run(
            self.argv(*arguments), text=True, check=False, timeout=90, cwd=self.home, env=self.environ(),
            **streams | named,
        )  # fmt: skip
        return Answer(done.returncode, done.stdout or "", done.stderr or "")

    def argv(self, *arguments: str) -> list[str]:
        """The words that start it."""
        return [sys.executable, "-m", "agentdesk", *self.words(arguments)]

    def deliver(self, *raws: bytes, channel: str = "") -> Any:
        """Take mails in, each from a file."""
        folder = self.home / f"mails-{len(list(self.home.glob('mails-*')))}"
        folder.mkdir()
        for place, raw in enumerate(raws):
            (folder / f"{place:05}.eml").write_bytes(raw)
        return self.json("import", "eml", str(folder), *(["--channel", channel] if channel else []))


def mail(
    number: int | str, text: str = "Hej, hvor er den?", *, subject: str = "Min pakke", sender: str = CUSTOMER,
    to: str = "support@example.dk", cc: str = "", answers: str = "", date: str = "Mon, 16 Nov 2026 10:00:00 +0100",
) -> bytes:  # fmt: skip
    """A customer's mail; its id is number@kunde.dk."""
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Message-ID: <{number}@kunde.dk>",
        f"Date: {date}",
    ]
    lines += [f"Cc: {cc}"] if cc else []
    lines += [f"In-Reply-To: <{answers}>"] if answers else []
    lines += ["Content-Type: text/plain; charset=utf-8", "", text, ""]
    return "\r\n".join(lines).encode()


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


@contextlib.contextmanager
def _as_it_was() -> Iterator[None]:
    """What `config.log.start` changes in a process, given back."""
    root = logging.getLogger()
    handlers, level, last, loud = root.handlers[:], root.level, logging.lastResort, logging.raiseExceptions
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    root.handlers = []
    try:
        yield
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers = handlers
        root.setLevel(level)
        logging.lastResort, logging.raiseExceptions = last, loud
        logging.captureWarnings(capture=False)
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
