"""The log: JSON lines in a file of the state folder, for whoever looks for the cause afterwards.

Invariant: nothing is ever logged to the screen; a line is printable ASCII, so no sequence from outside survives in it;
a secret told to `hide` stands in none; the file is for its owner alone. A log that cannot be written stops nothing.
"""

import json
import logging
import os
import re
import resource
import sys
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote, quote_plus

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
_SHORTEST_CODED = 8
_DETAIL = re.compile(r"(?<=^DETAIL:  ).*", re.MULTILINE)
"""What PostgreSQL says of the row it refuses: a customer's values, which are no business of a log."""
_secrets: set[str] = set()  # one process has one log
_passing: dict[str, deque[str]] = {}
_PASSING_KEPT = 4
"""How many of the secrets that follow each other stay hidden: the one in use and those that a late error may name."""


def hide(secret: str) -> None:
    """Keep this secret out of every line from now on, also as it stands in an URL or on the line to a server."""
    _secrets.update(_forms(secret))


def hide_passing(secret: str, owner: str) -> None:
    """The same for a secret that is soon followed by another one of the same owner: an access token lives an hour, a
    worker for months."""
    kept = _passing.setdefault(owner, deque(maxlen=_PASSING_KEPT))
    if secret and secret not in kept:
        kept.append(secret)


def _forms(secret: str) -> Iterator[str]:
    """How it may be written: plain, in an URL, in a program's text, quoted for a server, in Base64 among others."""
    if not secret:
        return
    data = secret.encode("utf-8", "surrogateescape")
    yield from (secret, quote(data, safe=""), quote_plus(data), repr(secret)[1:-1], ascii(secret)[1:-1])
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
    yield from (
        repr(data)[2:-1],
        quoted,
        repr(quoted)[1:-1],
        repr(quoted.encode("utf-8", "surrogateescape"))[2:-1],
    )
    for before in range(3):
        coded = b64encode(bytes(before) + data).decode("ascii")
        # the letters at both ends hold bits of what stands beside it
        inside = coded[-(-before * 4 // 3) : (before + len(data)) * 4 // 3]
        if len(inside) >= _SHORTEST_CODED:
            yield inside


def without_secrets(text: str) -> str:
    """The text with stars for every secret that is known."""
    passing = (one for kept in tuple(_passing.values()) for one in tuple(kept))
    named = _secrets.union(form for one in passing for form in _forms(one))
    for secret in sorted(named, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text


def start(state_dir: Path, program: str) -> Path:
    """Log this process to the file of its program, and only there; returns the file.

    Should it crash, no image of its memory is left behind, in which every secret would stand.
    """
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
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
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info:
            told = without_secrets(self.formatException(record.exc_info))
            facts["traceback"] = _DETAIL.sub(_HIDDEN, told)
        # json escapes all but ASCII, and the controls below space; DEL it lets through
        return json.dumps(facts).replace("\x7f", "\\u007f")


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
