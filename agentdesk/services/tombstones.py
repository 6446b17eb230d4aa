"""What stands where something was forgotten: a keyed hash, by which the same thing is known should it come again.

Kinds: `digest` (the content of a mail), `mail` (the id, sender and date of one: it is known however a newer reader
understands it), `message id` (of a mail that this desk sent: its copy comes back from the Sent folder), `customer`
(the number and the first time), `address` (whose orders are not taken in again), `order` (source and number).
Invariants: a mark tells nothing without the store's own key, which is made by the first burial; what is written later
by the same person bears no mark and is taken in as anybody's.
"""

import hmac
from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, select

from agentdesk.services.keys import own
from agentdesk.store.once import insert_once
from agentdesk.store.tables import keys, tombstones
from agentdesk.store.unit import UnitOfWork

_KEY: Final = "tombstones"
"""The name of the key; one that came along from another store carries its fingerprint behind it."""
_PART: Final = 400


def known(session: Connection, digests: Collection[str]) -> set[str]:
    """Those of these digests whose tombstone stands: the mail was here and was forgotten."""
    return set(standing(session, "digest", digests))


def standing(session: Connection, kind: str, words: Collection[str]) -> dict[str, int]:
    """Those of these words whose tombstone of this kind stands, with the time of their burial."""
    found: dict[str, int] = {}
    for key in _keys(session) if words else ():
        marked = {_mark(key, kind, word): word for word in words}
        for part in _parts(marked):
            query = select(tombstones.c.mark, tombstones.c.at).where(
                tombstones.c.kind == kind, tombstones.c.mark.in_(part)
            )
            for row in session.execute(query):
                found[marked[row.mark]] = max(row.at, found.get(marked[row.mark], 0))
    return found


def bury(unit: UnitOfWork, kind: str, words: Iterable[str]) -> None:
    """Let these words be known as forgotten from this commit on."""
    wanted = sorted({word for word in words if word})
    if not wanted:
        return
    key = own(unit, _KEY)
    for word in wanted:
        insert_once(unit.session, tombstones, kind=kind, mark=_mark(key, kind, word), at=unit.at)


def any_stands(session: Connection) -> bool:
    """Whether anything was ever forgotten here."""
    return session.execute(select(tombstones.c.id).limit(1)).first() is not None


def identity(message_id: str | None, sender: str, sent_at: int | None) -> str:
    """By what a mail is known besides its content; empty when it says too little of itself."""
    return f"{message_id}\n{sender.lower()}\n{sent_at}" if message_id and sender and sent_at else ""


# -- from store to store ----------------------------------------------------------------------------------------------


def all_of(session: Connection) -> dict[str, list[dict[str, Any]]]:
    """Every tombstone of a store and the keys they are made with, to be put up in another: `put_up` takes it."""
    own = select(keys).where(keys.c.name.startswith(_KEY, autoescape=True)).order_by(keys.c.name)
    marks = select(tombstones.c.kind, tombstones.c.mark, tombstones.c.at).order_by(tombstones.c.id)
    return {
        "keys": [dict(row) for row in session.execute(own).mappings()],
        "tombstones": [dict(row) for row in session.execute(marks).mappings()],
    }


def put_up(unit: UnitOfWork, taken: Mapping[str, list[dict[str, Any]]]) -> int:
    """Put up the tombstones of another store here, beside those that stand. Returns how many were not here."""
    here = set(
        unit.session.scalars(select(keys.c.value).where(keys.c.name.startswith(_KEY, autoescape=True)))
    )
    for one in taken["keys"]:
        if one["value"] not in here and not insert_once(unit.session, keys, name=_KEY, value=one["value"]):
            print_ = sha256(one["value"].encode()).hexdigest()[:16]
            insert_once(unit.session, keys, name=f"{_KEY} {print_}", value=one["value"])
    return sum(insert_once(unit.session, tombstones, **one) for one in taken["tombstones"])


def _keys(session: Connection) -> list[bytes]:
    found = session.scalars(select(keys.c.value).where(keys.c.name.startswith(_KEY, autoescape=True)))
    return [bytes.fromhex(value) for value in found]


def _mark(key: bytes, kind: str, word: str) -> str:
    return hmac.new(key, f"{kind}\n{word}".encode("utf-8", "surrogatepass"), sha256).hexdigest()


def _parts(words: Iterable[str]) -> Iterable[list[str]]:
    ordered = list(words)
    return (ordered[begin : begin + _PART] for begin in range(0, len(ordered), _PART))
