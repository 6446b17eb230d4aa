"""Writes all that is held on a customer into a new file for them: a zip, or a folder, with every mail as it came.

Invariants: never over another file, for its owner's eyes alone, one mail in memory at a time; a file that could not be
written whole is taken away again.
"""

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem, Refused
from agentdesk.queries import holdings
from agentdesk.queries.holdings import Holdings
from agentdesk.store.engine import Store
from agentdesk.store.unit import Actor
from agentdesk.text.clean import escaped


def give(  # noqa: PLR0917  as every act of a face: who and when first
    store: Store, actor: Actor, clock: Callable[[], datetime], customer_id: int, path: Path, desk: str = ""  # noqa: ARG001
) -> tuple[int, int]:  # fmt: skip
    """Write the file; a name that does not end in .zip makes a folder. Returns how many messages and mails it holds.

    Raises NotFound, Refused when something of that name is there, Problem when it cannot be written.
    """
    with store.session() as session:
        held = holdings.of(session, customer_id, clock())
        write = _zip if path.suffix.lower() == ".zip" else _folder
        try:
            write(path, _pieces(session, held))
        except FileExistsError as error:
            words = _("{file} is there already and stays as it is: name another file.")
            raise Refused(words.format(file=path)) from error
        except OSError as error:
            words = _("{file} cannot be written ({reason}): name another place.")
            raise Problem(words.format(file=path, reason=error.strerror)) from error
    return len(held.document["messages"]), len(held.bytes_of)


def _pieces(session: Connection, held: Holdings) -> Iterator[tuple[str, bytes]]:
    text = escaped(json.dumps(held.document, ensure_ascii=False, indent=2))
    yield "customer.json", text.encode("utf-8", "replace")
    for name, kind, row in held.bytes_of:
        yield name, holdings.content(session, kind, row)


def _zip(path: Path, pieces: Iterator[tuple[str, bytes]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    out = _new_file(path)
    try:
        with out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in pieces:
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _folder(path: Path, pieces: Iterator[tuple[str, bytes]]) -> None:
    path.mkdir(mode=0o700, parents=True)
    try:
        for name, data in pieces:
            (path / name).parent.mkdir(mode=0o700, exist_ok=True)
            with _new_file(path / name) as out:
                out.write(data)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise


def _new_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")
