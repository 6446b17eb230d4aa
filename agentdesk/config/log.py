"""The log: JSON lines in a file of the state folder, for whoever looks for the cause afterwards.

Invariant: nothing is ever logged to the screen; a line is printable ASCII, so no sequence from outside survives in it;
a secret told to `hide` stands in none; the file is for its owner alone. A log that cannot be written stops nothing.
"""

import json
import logging
import os
import sys
import threading
from collections import deque
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

from agentdesk.config.language import _

_LARGEST = 2_000_000
_KEPT = 3
_CHATTY = (
    "sqlalchemy",
    "alembic",
    "httpx",
    "httpcore",
    "imapclient",
    "asyncio",
)  # URLs and passwords at INFO
_HIDDEN = "***"
_secrets: set[str] = set()  # one process has one log
_passing: dict[str, deque[str]] = {}
_PASSING_KEPT = 4
"""How many of the secrets that follow each other stay hidden: the one in use and those that a late error may name."""


def hide(secret: str) -> None:
    """Keep this secret out of every line from now on, also as it stands in an URL."""
    if secret:
        _secrets.update((secret, quote(secret, safe="")))


def hide_passing(secret: str, owner: str) -> None:
    """The same for a secret that is soon followed by another one of the same owner: an access token lives an hour, a
    worker for months."""
    kept = _passing.setdefault(owner, deque(maxlen=_PASSING_KEPT))
    if secret and secret not in kept:
        kept.append(secret)


def start(state_dir: Path, program: str) -> Path:
    """Log this process to the file of its program, and only there; returns the file."""
    file = state_dir / f"{program}.log"
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.addHandler(_handler(file))
    root.setLevel(logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.lastResort = None
    logging.raiseExceptions = False  # a full disk must not write a traceback over the screen
    logging.captureWarnings(capture=True)
    _log_what_nobody_caught(file)
    return file


def _handler(file: Path) -> logging.Handler:
    try:
        handler: logging.Handler = _OwnersFile(file, maxBytes=_LARGEST, backupCount=_KEPT, encoding="ascii")
    except OSError:
        return logging.NullHandler()
    handler.setFormatter(_JsonLine())
    return handler


class _OwnersFile(RotatingFileHandler):
    """A rotating file that nobody else can read, from its first byte."""

    def _open(self) -> IO[str]:  # type: ignore[override]  # the stubs name TextIOWrapper, which this is
        fd = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(fd, 0o600)
        return os.fdopen(fd, "a", encoding=self.encoding)


class _JsonLine(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, process, message, and the traceback where there is one."""
        facts: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "pid": record.process,
            "thread": record.threadName,
            "message": _without_secrets(record.getMessage()),
        }
        if record.exc_info:
            facts["traceback"] = _without_secrets(self.formatException(record.exc_info))
        # json escapes all but ASCII, and the controls below space; DEL it lets through
        return json.dumps(facts).replace("\x7f", "\\u007f")


def _without_secrets(text: str) -> str:
    passing = (one for kept in tuple(_passing.values()) for one in tuple(kept))
    named = _secrets.union(*((one, quote(one, safe="")) for one in passing))
    for secret in sorted(named, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text


def _log_what_nobody_caught(file: Path) -> None:
    log = logging.getLogger("agentdesk")

    def of_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        log.critical("ended by an error that nobody caught", exc_info=(kind, error, trace))
        said = _("agentdesk ended because of a fault of its own; the details are in {file}.").format(
            file=file
        )
        sys.stderr.write(f"{said}\n")

    def of_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            thread = args.thread.name if args.thread else "?"
            trace = (args.exc_type, args.exc_value, args.exc_traceback)
            log.critical("thread %s ended by an error that nobody caught", thread, exc_info=trace)

    def of_destructor(args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            trace = (args.exc_type, args.exc_value, args.exc_traceback)
            log.error("an error while clearing away", exc_info=trace)

    sys.excepthook, threading.excepthook, sys.unraisablehook = of_main, of_thread, of_destructor
