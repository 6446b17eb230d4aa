"""What this store signs with.

Invariant: a key is made once, by whoever needs it first, and never leaves the store.
"""

import secrets

from sqlalchemy import select

from agentdesk.store.once import insert_once
from agentdesk.store.tables import keys
from agentdesk.store.unit import UnitOfWork

_REPLY_ADDRESS = "reply-address"


def reply_key(unit: UnitOfWork) -> bytes:
    """The key of the signed reply addresses."""
    return own(unit, _REPLY_ADDRESS)


def own(unit: UnitOfWork, name: str) -> bytes:
    """The key of this name, drawn when it is first asked for."""
    wanted = select(keys.c.value).where(keys.c.name == name)
    found = unit.session.scalar(wanted)
    if found is None:
        insert_once(unit.session, keys, name=name, value=secrets.token_hex(32))
        found = unit.session.execute(wanted).scalar_one()
    return bytes.fromhex(found)
