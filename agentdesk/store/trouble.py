"""A database's errors as one plain sentence each.

Invariant: the sentence never holds SQL, parameters or a password.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.store.address import StoreAddress


class StoreTrouble(Problem):
    """The store cannot be read or written now."""


_SQLITE = (
    ("database is locked", N_("The store {store} is in use by another program and stayed locked: try again.")),
    ("database or disk is full", N_("The disk is full, so {store} was not changed: free some space, then try again.")),
    ("malformed", N_("The store {store} is damaged and was not changed: restore a backup of it.")),
    ("not a database", N_("{store} is not a store of agentdesk: name another file.")),
    ("disk i/o error", N_("The disk does not answer for {store}, so nothing was changed: check the disk.")),
    ("readonly", N_("{store} may only be read, so nothing was changed: make the file writable.")),
    ("unable to open", N_("{store} cannot be opened: check that its folder exists and that you may write there.")),
)  # fmt: skip
_POSTGRES = {
    "28P01": N_("The database {store} refused the password."),
    "28000": N_("The database {store} refused the sign-in: check the user and the password."),
    "3D000": N_("There is no database {store}: create it, then run agentdesk db migrate."),
    "42501": N_("The database {store} does not let you do that: ask its owner."),
    "53100": N_("The disk of {store} is full, so nothing was changed: free some space."),
    "57P01": N_("The database {store} was stopped: try again when it is back."),
    "25006": N_("The database {store} may only be read now, so nothing was changed."),
}


def sentence(error: BaseException, address: StoreAddress) -> StoreTrouble:
    """What a driver's error means for a person."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(original, "sqlstate", None)
    if code in _POSTGRES:
        return StoreTrouble(_(_POSTGRES[code]).format(store=address.shown))
    words = str(original).lower()
    if isinstance(original, sqlite3.Error) or address.is_file:
        for mark, text in _SQLITE:
            if mark in words:
                return StoreTrouble(_(text).format(store=address.path or address.shown))
    elif "authentication failed" in words:
        return StoreTrouble(_(_POSTGRES["28P01"]).format(store=address.shown))
    elif "does not exist" in words and "database" in words:
        return StoreTrouble(_(_POSTGRES["3D000"]).format(store=address.shown))
    elif code is None or code.startswith(("08", "57")):
        return StoreTrouble(
            _("The database {store} does not answer: try again in a moment.").format(store=address.shown)
        )
    return StoreTrouble(
        _("The store {store} could not do that; the log says why.").format(store=address.shown)
    )


@contextmanager
def in_plain_words(address: StoreAddress) -> Iterator[None]:
    """Raise a driver's errors as StoreTrouble."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise sentence(error, address) from error
