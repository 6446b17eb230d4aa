"""What this store signs with.

Invariant: a key is made once, by whoever needs it first, and never leaves the store.
"""

import secrets

from sqlalchemy import insert, select

from agentdesk.store.tables import keys
from agentdesk.store.unit import UnitOfWork

_REPLY_ADDRESS = "reply-address"


def reply_key(unit: UnitOfWork) -> bytes:
    """The key of the signed reply addresses."""
    found = unit.session.scalar(select(keys.c.value).where(keys.c.name == _REPLY_ADDRESS))
    if found is None:
        found = secrets.token_hex(32)
        unit.session.execute(insert(keys).values(name=_REPLY_ADDRESS, value=found))
    return bytes.fromhex(found)
