"""A database's errors as one plain sentence each.

Invariant: the sentence never holds SQL, parameters or a password; nor does what goes to the log.
"""

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound, SQLAlchemyError

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.store.address import StoreAddress
from agentdesk.text.clean import clean_line

_logger = logging.getLogger(__name__)


class StoreTrouble(Problem):
    """The store cannot be read or written now."""


class Damaged(StoreTrouble):
    """What lies there cannot be read as a store, today or later."""


_FULL = N_("The disk is full, so {store} was not changed: free some space, then try again.")
_READ_ONLY = N_("{store} may only be read, so nothing was changed: make the file writable.")
_CLOSED = N_("{store} cannot be opened: check that its folder exists and that you may write there.")
_SILENT = N_("The database {store} does not answer: try again in a moment.")
_NOT_LET_IN = N_("The database {store} refused the sign-in: check the user and the password.")
_WRONG_PASSWORD = N_("The database {store} refused the password.")
_NO_DATABASE = N_("There is no database {store}: create it, then run agentdesk db migrate.")
_NO_TABLES = N_(
    "The database {store} is not ready for this version of agentdesk: let its owner run agentdesk db migrate."
)
_BUSY = N_("The database {store} was busy and nothing was changed: try again.")
_DAMAGED = N_("The store {store} is damaged and was not changed: restore a backup of it.")
_NO_STORE = N_("{store} is not a store of agentdesk: name another file.")
_BAD_DISK = N_(
    "The disk did not take or give what belongs to {store}, so nothing was changed: look whether there is room left, "
    "and whether the disk is well."
)
_SQLITE = (
    ("database is locked", N_("The store {store} is in use by another program and stayed locked: try again.")),
    ("database or disk is full", _FULL),
    ("malformed", _DAMAGED),
    ("not a database", _NO_STORE),
    ("disk i/o error", _BAD_DISK),
    ("readonly", _READ_ONLY),
    ("unable to open", _CLOSED),
)  # fmt: skip
_SYSTEM = {
    errno.ENOSPC: _FULL, errno.EDQUOT: _FULL, errno.EFBIG: _FULL, errno.EROFS: _READ_ONLY, errno.EIO: _BAD_DISK,
    errno.EACCES: _CLOSED, errno.EPERM: _CLOSED, errno.ENOENT: _CLOSED, errno.ENOTDIR: _CLOSED, errno.EEXIST: _CLOSED,
    errno.EISDIR: _CLOSED,
}  # fmt: skip
_MANY = N_("The database {store} has too many connections: try again in a moment.")
_SICK = N_("The database {store} is damaged and was not changed: ask its owner, or restore a backup.")
_POSTGRES = {
    "28P01": _WRONG_PASSWORD,
    "28000": _NOT_LET_IN,
    "3D000": _NO_DATABASE,
    "42501": N_("The database {store} does not let you do that: ask its owner."),
    "42P01": _NO_TABLES,
    "42703": _NO_TABLES,
    "53100": N_("The disk of {store} is full, so nothing was changed: free some space."),
    "53300": _MANY,
    "55P03": _BUSY,
    "40P01": _BUSY,
    "40001": _BUSY,
    "57P01": N_("The database {store} was stopped: try again when it is back."),
    "25006": N_("The database {store} may only be read now, so nothing was changed."),
    "58030": N_(
        "The disk of {store} is in trouble, so nothing was changed: ask who looks after the database."
    ),
    "XX001": _SICK,
    "XX002": _SICK,
}
_AT_CONNECTING = (
    ("too many clients", _MANY),
    ("too many connections", _MANY),
    ("remaining connection slots", _MANY),
    ("is not permitted to log in", _NOT_LET_IN),
    ("permission denied for database", _NOT_LET_IN),
    ("password authentication failed", _WRONG_PASSWORD),
    ("no password supplied", _WRONG_PASSWORD),
    ("no pg_hba.conf entry", _NOT_LET_IN),
    ("authentication failed", _NOT_LET_IN),
)
"""A refused connection has words and no code."""


def sentence(error: BaseException, address: StoreAddress) -> StoreTrouble:
    """What a driver's error means for a person."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(original, "sqlstate", None)
    words = str(original).lower()
    if isinstance(original, (NoResultFound, MultipleResultsFound)):
        text = ""  # it answered, and differently than we thought
    elif isinstance(original, OSError) and original.errno in _SYSTEM:
        text = _SYSTEM[original.errno]
    elif address.is_file:
        text = next((text for mark, text in _SQLITE if mark in words), "")
    else:
        text = _of_server(code, words)
    if not text:
        # The first line only: a server's DETAIL quotes values.
        _logger.error(
            "store: %s %s: %s", type(original).__name__, code or "", clean_line(words.split("\n")[0])
        )
        text = N_("The store {store} could not do that; the log says why.")
    kind = Damaged if text in (_DAMAGED, _NO_STORE) else StoreTrouble
    return kind(_(text).format(store=address.path or address.shown))


def _of_server(code: str | None, words: str) -> str:
    if code in _POSTGRES:
        return _POSTGRES[code]
    if code is None:
        if "does not exist" in words:
            return _NO_DATABASE if 'database "' in words else _NOT_LET_IN
        return next((text for mark, text in _AT_CONNECTING if mark in words), _SILENT)
    return _SILENT if code.startswith(("08", "57")) else ""


@contextmanager
def in_plain_words(address: StoreAddress) -> Iterator[None]:
    """Raise a driver's errors as StoreTrouble."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise sentence(error, address) from error
