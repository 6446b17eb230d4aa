"""A store in one file: backups, and the file that is put in a store's place.

A backup is a SQLite file with every table, whichever database it was made of, so that it restores into either. It
holds no key that signs reply addresses; it does hold the salt of what was forgotten (`services.tombstones`), without
which that would come back. Invariants: a store is read as of one moment, while others write to it; a file appears
under its name only when it is whole, checked and on the disk; it is its owner's alone; nothing is overwritten unasked.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from agentdesk.config.language import _
from agentdesk.domain.problems import NotFound, Problem, Refused
from agentdesk.store.address import read
from agentdesk.store.copying import EPHEMERAL, Step, copy_rows, count_rows, silent
from agentdesk.store.engine import Store
from agentdesk.store.migrate import bring_up_to_date
from agentdesk.store.trouble import in_plain_words

CARRIED = "tombstones%"
"""The keys that a backup carries; the others are this store's own."""
PAGES = 2000
"""Of a store that are put in place at a time, in one commit."""
_PART = "agentdesk-part"
_TICK = 0.2
_HEADER = b"SQLite format 3\0"


def back_up(store: Store, file: Path, *, force: bool = False, step: Step = silent) -> int:
    """Write a backup of a store that may be in use; returns its size. Raises Refused for a file that exists."""
    with new_file(file, force=force) as part:
        write_whole(store, part, step)
        with in_plain_words(read(f"sqlite:///{file}")), closing(plain(part)) as raw:
            raw.execute("pragma secure_delete = on")
            raw.execute("delete from keys where name not like ?", (CARRIED,))
            for name in EPHEMERAL:
                raw.execute(f"delete from {name}")  # noqa: S608  names of ours
            check_pages(raw, file)
    return file.stat().st_size


def write_whole(store: Store, part: Path, step: Step = silent) -> None:
    """Everything a store holds, its keys too, as a SQLite file in place of the empty one at `part`."""
    if store.address.path is not None:
        with in_plain_words(store.address), closing(plain(store.address.path)) as raw, _watched(part, step):
            _write_anew(raw, part)
        return
    address = read(f"sqlite:///{part}")
    with closing(Store(address)) as target:
        bring_up_to_date(target)
        with in_plain_words(address), target.writing() as into, store.session() as session:
            copy_rows(session, into, address, step)
    with in_plain_words(address), closing(plain(part)) as raw:
        raw.execute("pragma journal_mode = delete")
    for end in ("-wal", "-shm", ".migrate"):
        Path(f"{part}{end}").unlink(missing_ok=True)


def _write_anew(raw: sqlite3.Connection, part: Path) -> None:
    try:
        raw.execute("vacuum into ?", (str(part),))
    except sqlite3.OperationalError as error:
        # A SQLite older than 3.46 cannot do that with computed columns of a file that may only be read.
        if "vacuum_db" not in str(error):
            raise
        os.truncate(part, 0)
        with closing(plain(part)) as copy:
            raw.backup(copy)
            copy.execute("pragma journal_mode = delete")


def work_of(store: Store) -> int:
    """What `step` is told of while a store is written into a file, all in all."""
    if store.address.path is not None:
        with in_plain_words(store.address):
            return store.address.path.stat().st_size
    with store.session() as session:
        return count_rows(session)


@contextmanager
def new_file(file: Path, *, force: bool = False) -> Iterator[Path]:
    """An empty file beside the wanted one, its owner's alone; at the end it has the wanted name.

    Raises Refused when the wanted one exists and `force` does not say to replace it.
    """
    _refuse_existing(file, force=force)
    _clear_leftovers(file.parent)
    part = file.with_name(f".{file.name}.{os.getpid()}.{_PART}")
    address = read(f"sqlite:///{file.absolute()}")
    with in_plain_words(address):
        os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield part
        with in_plain_words(address):
            sync(part)
            if not force:
                _refuse_existing(file, force=False)  # what came into being meanwhile
            part.replace(file)
            sync(file.parent)
    finally:
        for end in ("", "-wal", "-shm", "-journal", ".migrate"):
            with contextlib.suppress(OSError):
                Path(f"{part}{end}").unlink()


def _clear_leftovers(folder: Path) -> None:
    """Take away what a program that was killed left of such files."""
    for path in folder.glob(f".*.{_PART}*"):
        pid = path.name.partition(f".{_PART}")[0].rpartition(".")[2]
        with contextlib.suppress(OSError):
            if pid.isdigit() and not lives(int(pid)):
                path.unlink()


def lives(pid: int) -> bool:
    """Whether such a process is there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def sync(path: Path) -> None:
    """Have a file or a folder on the disk before anything else happens."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_pages(raw: sqlite3.Connection, file: Path) -> None:
    """Raise Problem unless every page of the file is sound."""
    if raw.execute("pragma integrity_check(1)").fetchone() != ("ok",):
        raise Problem(_("{file} is damaged: use another backup.").format(file=file))


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A backup, or a store's own file, to be read; it is not changed. Raises Problem for anything else."""
    _refuse_no_store(file)
    try:
        with closing(_read_only(file)) as raw:
            check_pages(raw, file)
            names = {row[0] for row in raw.execute("select name from sqlite_master where type = 'table'")}
            if not {"alembic_version", "cases", "messages"} <= names:
                raise Problem(_("{file} is no backup of agentdesk: name another file.").format(file=file))
            yield raw
    except sqlite3.DatabaseError as error:
        damaged = any(words in str(error) for words in ("malformed", "not a database", "disk I/O"))
        said = _("{file} is damaged: use another backup.") if damaged else _("{file} cannot be read: {why}.")
        raise Problem(said.format(file=file, why=error)) from error


def _refuse_no_store(file: Path) -> None:
    try:
        with file.open("rb") as data:
            header = data.read(len(_HEADER))
    except FileNotFoundError:
        raise NotFound(_("There is no file {file}.").format(file=file)) from None
    except OSError as error:
        raise Problem(_("{file} cannot be read: {why}.").format(file=file, why=error.strerror)) from error
    if header != _HEADER:
        raise Problem(_("{file} is no backup of agentdesk: name another file.").format(file=file))


def _refuse_existing(file: Path, *, force: bool) -> None:
    if file.is_dir():
        raise Refused(_("{file} is a folder: name a file in it.").format(file=file))
    if not force and os.path.lexists(file):
        raise Refused(_("{file} exists already and was left alone: name another file.").format(file=file))


def _read_only(file: Path) -> sqlite3.Connection:
    url = f"file:{quote(str(file.absolute()))}?mode=ro"
    raw = sqlite3.connect(url, uri=True, isolation_level=None)
    try:
        raw.execute("select 1 from sqlite_master limit 1").fetchall()
    except sqlite3.OperationalError:
        raw.close()
        if Path(f"{file}-wal").exists():
            raise
        # A file that was copied from a store at work wants a second file beside it, which a read-only disk denies.
        raw = sqlite3.connect(f"{url}&immutable=1", uri=True, isolation_level=None)
    return raw


def plain(file: Path) -> sqlite3.Connection:
    """The file itself, without a word of SQLAlchemy; every statement is its own commit."""
    return sqlite3.connect(file, isolation_level=None, timeout=10)


@contextmanager
def _watched(part: Path, step: Step) -> Iterator[None]:
    """Tell how the file grows while SQLite writes it in one statement."""
    if step is silent:
        yield
        return
    over = threading.Event()

    def look(told: int = 0) -> None:
        while not over.wait(_TICK):
            with contextlib.suppress(OSError):
                size = part.stat().st_size
                step(size - told)
                told = size

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def put_in_place(work: Path, store: Path, step: Step = silent) -> None:
    """Let a sound store hold what `work` holds from one moment on; who reads it meanwhile sees the old one."""
    with (
        in_plain_words(read(f"sqlite:///{store}")),
        closing(plain(work)) as new,
        closing(plain(store)) as old,
    ):
        told = 0

        def tell(_status: int, left: int, pages: int) -> None:
            nonlocal told
            step(pages - left - told)
            told = pages - left

        old.execute("pragma synchronous = full")
        new.backup(old, pages=PAGES, progress=tell)
        old.execute("pragma wal_checkpoint(truncate)")


def put_instead(work: Path, store: Path, aside: Path) -> None:
    """Put `work` in the place of a file that no store can be read from; that one is kept under another name."""
    with in_plain_words(read(f"sqlite:///{store}")):
        sync(work)
        for end in ("", "-wal"):
            if Path(f"{store}{end}").exists():
                os.link(f"{store}{end}", f"{aside}{end}")
        # What lay in the old one's log must not be taken for the new one's.
        for end in ("-wal", "-shm"):
            Path(f"{store}{end}").unlink(missing_ok=True)
        work.replace(store)
        sync(store.parent)
