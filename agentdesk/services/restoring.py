"""Puts what a backup holds in the place of a store, in one moment.

Flow: the backup is copied beside the store, brought up to date and made safe there; what stands is kept in a file;
then one commit puts the new in the place of the old. Invariants: whatever breaks before that commit, the old store
stands; a reply that was on its way when the backup was made is sent again at a person's word only; what was forgotten
in either of the two stays forgotten; no id that either has given is given again; the store keeps its own signing key.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import delete, select, text

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Delivery
from agentdesk.services import forgetting, outbox, tombstones
from agentdesk.store import copying, keeping
from agentdesk.store.address import read
from agentdesk.store.copying import EPHEMERAL, Step, silent
from agentdesk.store.engine import Store
from agentdesk.store.migrate import bring_up_to_date, refuse_newer
from agentdesk.store.once import insert_once
from agentdesk.store.sweep import merge_index
from agentdesk.store.tables import ON_ITS_WAY, keys, metadata
from agentdesk.store.tables import outbox as outbox_rows
from agentdesk.store.trouble import Damaged, in_plain_words
from agentdesk.store.unit import SYSTEM, UnitOfWork

_WORK: Final = ".agentdesk-restore-"


@dataclass(frozen=True, slots=True)
class Standing:
    """What of the store in place must outlive it."""

    empty: bool
    damaged: bool = False
    keys: tuple[dict[str, Any], ...] = ()
    forgotten: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {"keys": [], "tombstones": []})
    sequences: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of it: where the old store is kept (None: there was none), how many replies ask a person now, how
    much was forgotten again, and whether old reply addresses still lead to their cases."""

    aside: Path | None
    unsure: int
    forgotten: int
    signed: bool


def standing(store: Store) -> Standing:
    """Look at the store in place; one that cannot be read is damaged, another program's is refused."""
    path = store.address.path
    if path is not None and not (path.exists() and path.stat().st_size):
        return Standing(empty=True)
    try:
        bring_up_to_date(store, owner=True)
        with store.session() as session:
            return Standing(
                copying.is_empty(session), False,
                tuple(dict(row) for row in session.execute(select(keys)).mappings()),
                tombstones.all_of(session), copying.sequences(session),
            )  # fmt: skip
    except Damaged:
        return Standing(empty=False, damaged=True)


def restore(
    store: Store, file: Path, now: datetime, aside: Path, *, found: Standing, step: Step = silent
) -> Restored:
    """Let the store hold what the backup holds. `found` is what stands there, which is kept at `aside` unless empty.

    Raises Problem for a file that is none, is damaged or newer than this program, and for trouble with either disk.
    """
    with _working_copy(file, aside.parent) as work:
        unsure, forgotten, signed = _make_safe(work, now, found)
        kept = None if found.empty else aside
        if kept is None or (not found.damaged and _kept(store, kept)):
            _put(work, store, step)
        else:
            assert store.address.path is not None
            store.close()
            keeping.put_instead(work, store.address.path, aside)
    return Restored(kept, unsure, forgotten, signed)


def _kept(store: Store, aside: Path) -> bool:
    """Keep what stands; False when its file turns out to be damaged and has to be kept as it is."""
    try:
        keeping.back_up(store, aside)
    except Damaged:
        return False
    return True


@contextmanager
def _working_copy(file: Path, folder: Path) -> Iterator[Path]:
    """The backup's own bytes in a place that is ours alone, on the disk where they are to stay."""
    with in_plain_words(read(f"sqlite:///{folder}")):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob(f"{_WORK}*"):  # by one that was killed
            pid = left.name.removeprefix(_WORK).partition("-")[0]
            if pid.isdigit() and not keeping.lives(int(pid)):
                shutil.rmtree(left, ignore_errors=True)
        place = tempfile.TemporaryDirectory(
            prefix=f"{_WORK}{os.getpid()}-", dir=folder, ignore_cleanup_errors=True
        )
    with place as name:
        work = Path(name) / "store.db"
        with keeping.opened(file) as raw:
            (found,) = raw.execute("select max(version_num) from alembic_version").fetchone()
            refuse_newer(found)
            work.touch(0o600)
            with in_plain_words(read(f"sqlite:///{work}")), closing(keeping.plain(work)) as copy:
                raw.backup(
                    copy
                )  # not VACUUM, which fails on computed columns of a file that may only be read
        yield work


def _make_safe(work: Path, now: datetime, found: Standing) -> tuple[int, int, bool]:
    """Bring the copy up to date and take from it what must not happen twice or come back."""
    with closing(Store(read(f"sqlite:///{work}"))) as store:
        bring_up_to_date(store)
        with in_plain_words(store.address), store.writing() as connection:
            # First, so that the facts of this, too, come behind all that a desk has read.
            copying.raise_sequences(connection, found.sequences)
        with store.unit(SYSTEM, now) as unit:
            for name in EPHEMERAL:
                unit.session.execute(delete(metadata.tables[name]))
            for key in found.keys:
                _put_key(unit, key)
            tombstones.put_up(unit, found.forgotten)
            unsure = _ask_a_person(unit)
            forgotten = forgetting.again(unit)
            signed = (
                unit.session.scalar(select(keys.c.name).where(keys.c.name == "reply-address")) is not None
            )
            unit.record("store", None, "restored")
    with in_plain_words(read(f"sqlite:///{work}")), closing(keeping.plain(work)) as raw:
        merge_index(raw)
        raw.execute("vacuum")  # what was forgotten again is on no free page either
    return unsure, forgotten, signed


def _put_key(unit: UnitOfWork, key: dict[str, Any]) -> None:
    """The key in place goes on signing: what it signed is out there."""
    if not key["name"].startswith("tombstones"):
        unit.session.execute(delete(keys).where(keys.c.name == key["name"]))
        insert_once(unit.session, keys, **key)


def _ask_a_person(unit: UnitOfWork) -> int:
    """What was on its way may have left since: it waits for a person's word. Returns how many."""
    why = _(
        "This was on its way when the backup was made and may have been sent since: look among the sent mail, then "
        "send it again or leave it."
    )
    found = unit.session.scalars(select(outbox_rows.c.id).where(ON_ITS_WAY).order_by(outbox_rows.c.id)).all()
    for row_id in found:
        outbox.settle(unit, row_id, Delivery.UNSURE, why)
    return len(found)


def _put(work: Path, store: Store, step: Step) -> None:
    bring_up_to_date(store, owner=True)
    if store.address.path is not None:
        keeping.put_in_place(work, store.address.path, step)
        return
    here = in_plain_words(store.address)
    with (
        closing(Store(read(f"sqlite:///{work}"))) as new,
        here,
        store.writing() as target,
        new.session() as source,
    ):
        target.execute(text("set local lock_timeout = '30s'"))
        copying.empty(target)
        copying.copy_rows(source, target, store.address, step)
