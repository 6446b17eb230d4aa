"""A shop's own database, asked by two named queries that can only read.

The queries stand in the settings: `orders` with the place :address, and `lines` with the place :number; their columns
have the names of `contract.COLUMNS`, those of `lines` the names sku, line, quantity, line_amount.
Invariants: nothing is ever written there, whatever the query says: it is one SELECT, bound values only, run inside a
read-only transaction that has begun before it (PostgreSQL) or on a file opened read-only under an authorizer (SQLite);
connecting and each query end within their limits even when the server accepts and then says nothing.
"""

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from agentdesk.config.language import _
from agentdesk.config.settings import Shop as ShopSettings
from agentdesk.domain.orders import Broken, Order, OrderLine
from agentdesk.shops.contract import (
    COLUMNS,
    LINE_COLUMNS,
    MOST_LINES,
    BadValue,
    ShopDown,
    ShopRefused,
    line_of,
    order_of,
)

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 5
MOST_ORDERS = 200
_GRACE = 1.0
"""Seconds that a server has to end a query by itself before we hang up."""
_TOKENS = re.compile(
    r"""('(?:[^']|'')*'|"[^"]*"|\$(\w*)\$.*?\$\2\$|--[^\n]*|/\*.*?\*/|::|%)|(?<![\w:]):([a-z]+)\b""",
    re.DOTALL,
)
_READS = re.compile(
    r"\s*(?:(?:--[^\n]*\n|/\*.*?\*/)\s*)*(?:select|with|values|table)\b", re.IGNORECASE | re.DOTALL
)

Rows = list[dict[str, Any]]


class _Database(Protocol):
    """One open database that can only be read."""

    def ask(self, query: str, values: Mapping[str, str], most: int) -> Rows: ...

    def close(self) -> None: ...


class SqlShop:
    """One shop with a database."""

    kind: ClassVar[str] = "sql"

    def __init__(self, settings: ShopSettings, secret: Callable[[], str]) -> None:
        """`secret` gives the password when it is first needed; empty for none."""
        self.name = settings.name
        self._settings = settings
        self._secret = secret
        self._open: _Database | None = None
        for query, place in ((settings.orders, "address"), (settings.lines, "number")):
            if query:
                _check(settings.name, query, place)

    def orders(self, address: str = "") -> Iterator[Order | Broken]:
        """The orders of an address, whole before the first is given. Raises ShopDown, ShopRefused."""
        if not address:
            raise ShopRefused(
                _("The shop {name} is asked address by address; it gives no list of all orders.").format(
                    name=self.name
                )
            )
        try:
            database = self._database()
            rows = database.ask(self._settings.orders, {"address": address}, MOST_ORDERS)
            found = [self._order(database, row, address, place) for place, row in enumerate(rows, 1)]
        except (ShopDown, ShopRefused):
            self.close()
            raise
        yield from found

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _database(self) -> _Database:
        if self._open is None:
            url = self._settings.url
            if url.startswith("sqlite:"):
                self._open = _File(self.name, url.removeprefix("sqlite:///"), self._settings.limit)
            else:
                self._open = _Server(self.name, url, self._secret(), self._settings.limit)
        return self._open

    def _order(self, database: _Database, row: dict[str, Any], address: str, place: int) -> Order | Broken:
        try:
            order = order_of({name: row[name] for name in COLUMNS if name in row}, ".", address)
            if not self._settings.lines:
                return order
            rows = database.ask(self._settings.lines, {"number": str(row["number"])}, MOST_LINES)
            return replace(order, lines=tuple(self._lines(rows, order.currency)))
        except BadValue as bad:
            return Broken(place, bad.column, str(bad))

    def _lines(self, rows: Rows, currency: str) -> Iterator[OrderLine]:
        for row in rows:
            line = line_of({name: row[name] for name in LINE_COLUMNS if name in row}, ".", currency)
            if line is not None:
                yield line


class _Server:
    """A PostgreSQL server."""

    def __init__(self, name: str, url: str, password: str, limit: int) -> None:
        import psycopg  # noqa: PLC0415  only where a shop has such a server

        self._name = name
        self._limit = limit
        wait = f"-c statement_timeout={limit * 1000} -c lock_timeout={limit * 1000}"
        options = f"-c default_transaction_read_only=on {wait} -c timezone=UTC"
        secret: dict[str, Any] = {"password": password} if password else {}
        try:
            self._connection = psycopg.connect(
                "postgresql:" + url.partition(":")[2], connect_timeout=CONNECT_SECONDS, autocommit=True,
                options=options, application_name="agentdesk", keepalives_idle=30,
                tcp_user_timeout=(limit + 5) * 1000, **secret,
            )  # fmt: skip
        except psycopg.OperationalError as error:
            raise _unreachable(name, error) from error
        except psycopg.Error as error:
            raise _refused(name, error) from error

    def ask(self, query: str, values: Mapping[str, str], most: int) -> Rows:
        """The rows of one query. The transaction is read-only before it begins, and its first snapshot has been taken,
        so that nothing inside the query can make it writable any more."""
        import psycopg  # noqa: PLC0415
        from psycopg.rows import dict_row  # noqa: PLC0415

        connection = self._connection
        try:
            with self._ended_in_time(), connection.cursor(row_factory=dict_row) as cursor:
                cursor.execute("begin transaction isolation level repeatable read read only")
                cursor.execute(f"set local statement_timeout = {self._limit * 1000:d}")
                cursor.execute("select 1")
                cursor.execute(_in_psycopg(query, values).encode(), dict(values))
                rows = cursor.fetchmany(most)
                cursor.execute("rollback")
        except psycopg.errors.QueryCanceled as error:
            raise _too_slow(self._name, self._limit) from error
        except psycopg.OperationalError as error:
            raise _unreachable(self._name, error) from error
        except psycopg.errors.ReadOnlySqlTransaction as error:
            raise _writes(self._name) from error
        except psycopg.Error as error:
            raise _refused(self._name, error) from error
        return list(rows)

    def close(self) -> None:
        with suppress(Exception):
            self._connection.close()

    @contextmanager
    def _ended_in_time(self) -> Iterator[None]:
        """Hang up on a server that keeps to no limit of its own: who waits for it then gets an end."""
        ended = threading.Timer(self._limit + _GRACE, _hang_up, (self._connection,))
        ended.daemon = True
        ended.start()
        try:
            yield
        finally:
            ended.cancel()


def _hang_up(connection: "psycopg.Connection[Any]") -> None:
    import os  # noqa: PLC0415
    import socket  # noqa: PLC0415

    with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


class _File:
    """A SQLite file."""

    def __init__(self, name: str, path: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        file = Path(path).expanduser().absolute()
        try:
            self._connection = sqlite3.connect(
                f"{file.as_uri()}?mode=ro",
                uri=True,
                timeout=limit,
                isolation_level=None,
                check_same_thread=False,
            )
            self._connection.execute("pragma query_only = on")
        except sqlite3.Error as error:
            raise _unreachable(name, error) from error
        self._connection.set_authorizer(_allowed)
        self._connection.row_factory = sqlite3.Row

    def ask(self, query: str, values: Mapping[str, str], most: int) -> Rows:
        """The rows of one query."""
        over = threading.Timer(self._limit, self._connection.interrupt)
        over.daemon = True
        over.start()
        try:
            with closing(self._connection.execute(query, dict(values))) as cursor:
                return [dict(row) for row in cursor.fetchmany(most)]
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise _too_slow(self._name, self._limit) from error
            raise _refused(self._name, error) from error
        except (sqlite3.Error, sqlite3.Warning) as error:
            if "not authorized" in str(error):
                raise _writes(self._name) from error
            raise _refused(self._name, error) from error
        finally:
            over.cancel()

    def close(self) -> None:
        self._connection.close()


def _allowed(action: int, *_named: str | None) -> int:
    reads = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
    return sqlite3.SQLITE_OK if action in reads else sqlite3.SQLITE_DENY


def _check(name: str, query: str, place: str) -> None:
    """Raise ShopRefused unless it reads, and has its place outside of texts and comments."""
    if not _READS.match(query):
        raise ShopRefused(
            _("The shop {name} may only be read: a query of it begins with select or with.").format(name=name)
        )
    if place not in [match[3] for match in _TOKENS.finditer(query)]:
        raise ShopRefused(
            _("A query of the shop {name} has no place :{place}.").format(name=name, place=place)
        )


def _in_psycopg(query: str, values: Mapping[str, str]) -> str:
    """The query with its places as psycopg writes them; with a place in it, the server takes one statement only."""

    def place(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1].replace("%", "%%")
        return f"%({match[3]})s" if match[3] in values else match[0]

    return _TOKENS.sub(place, query)


def _unreachable(name: str, _error: Exception) -> ShopDown:
    return ShopDown(_("The shop {name} does not answer.").format(name=name))


def _too_slow(name: str, limit: int) -> ShopDown:
    return ShopDown(
        _("The shop {name} did not answer within {limit} seconds.").format(name=name, limit=limit)
    )


def _writes(name: str) -> ShopRefused:
    return ShopRefused(
        _("The query of the shop {name} tries to write, which is not let through.").format(name=name)
    )


def _refused(name: str, error: Exception) -> ShopRefused:
    """The database's own code, never its words: those quote values."""
    code = (
        getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or type(error).__name__
    )
    return ShopRefused(
        _("The shop {name} does not understand the query ({code}): try it there by hand.").format(
            name=name, code=code
        )
    )
