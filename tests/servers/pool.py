"""Migrated PostgreSQL databases that are emptied and given again: to make one takes ten times as long.

Invariants: what is given is as it came from the template: no row, every number from 1, the same tables, rules and
rights; one in which a test has left anything else is dropped. Nobody who knew a database by its name reaches it again.
"""

import itertools
import os
from collections import deque
from typing import Any

import psycopg
from servers.postgres import Postgres, name_of

USES = 40
"""Tests that one database serves: what was removed from it still takes room."""
ROWS = 3000
"""A database that held more rows is not kept."""
_REVISION = "alembic_version"
_STATE = """
select md5(string_agg(said, '|' order by said)) from (
  select concat_ws(' ', c.relname, c.relkind, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relowner,
    c.reloptions)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
  union all select concat_ws(' ', a.attrelid, a.attname, a.atttypid, a.attnotnull, a.attacl, a.attisdropped)
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and a.attnum > 0
  union all select concat_ws(' ', conrelid, conname, conkey, confrelid, confkey, md5(conbin::text)) from pg_constraint
    where conrelid <> 0
  union all select concat_ws(' ', tgrelid, tgname, tgenabled) from pg_trigger where not tgisinternal
  union all select concat_ws(' ', proname, md5(prosrc), proacl, prosecdef) from pg_proc where oid > 16383
  union all select concat_ws(' ', polrelid, polname, polroles, md5(polqual::text)) from pg_policy
  union all select concat_ws(' ', nspname, nspacl) from pg_namespace where nspname not like 'pg_%'
  union all select concat_ws(' ', 'default', defaclrole, defaclacl) from pg_default_acl
  union all select concat_ws(' ', 'here', datacl, datdba) from pg_database where datname = current_database()
  union all select concat_ws(' ', 'set', s.setrole, s.setconfig) from pg_db_role_setting s
    join pg_database d on d.oid = s.setdatabase where d.datname = current_database()
) everything (said)
"""
_sequence = itertools.count(1)


class Pool:
    """Copies of one migrated database, which holds no rows but its revision."""

    def __init__(self, server: Postgres, template: str) -> None:
        self._server, self._template = server, template
        self._free: deque[str] = deque()
        self._uses: dict[str, int] = {}
        with self._connect(template) as connection:
            tables = (
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
            )
            self._tables = sorted({name for (name,) in connection.execute(tables)} - {_REVISION})
            self._state = _state(connection)

    def take(self) -> str:
        """The URL of one that is as the template is."""
        url = self._free.popleft() if self._free else self._server.database(like=self._template)
        self._uses[url] = self._uses.get(url, 0) + 1
        return url

    def give_back(self, url: str) -> None:
        """The test is over: empty it, under another name, or drop it."""
        uses = self._uses.pop(url)
        name = f"p{os.getpid()}_{next(_sequence)}"
        with self._connect(self._server.url()) as connection:
            _end_others(connection, name_of(url))
            connection.execute(f"alter database {name_of(url)} rename to {name}".encode())
        fresh = self._server.url(name)
        if uses < USES and self._emptied(fresh):
            self._uses[fresh] = uses
            self._free.append(fresh)
        else:
            self._server.drop(fresh)

    def _emptied(self, url: str) -> bool:
        """Remove every row; False when that does not make it as the template is."""
        with self._connect(url) as connection:
            if _state(connection) != self._state:
                return False
            there = ", ".join(f"exists(select from {table})" for table in self._tables)
            held = connection.execute(f"select {there}".encode()).fetchone() or ()
            connection.execute("set session_replication_role = replica")  # no order among tables, no triggers
            removed = sum(
                connection.execute(f"delete from {table}".encode()).rowcount
                for table, any_row in zip(self._tables, held, strict=True)
                if any_row
            )
            connection.execute(
                "select setval(oid::regclass, 1, false) from pg_class"
                " where relkind = 'S' and relnamespace = 'public'::regnamespace"
            )
            return removed < ROWS

    @staticmethod
    def _connect(url: str) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(url, autocommit=True)


def _end_others(connection: "psycopg.Connection[tuple[Any, ...]]", database: str) -> None:
    """Nobody else is connected to it when this returns."""
    ask = "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
    connection.execute(ask, (database,)).fetchall()


def _state(connection: "psycopg.Connection[tuple[Any, ...]]") -> tuple[Any, ...]:
    """A sum over everything that is no row, and the revision."""
    (said,) = connection.execute(_STATE).fetchone() or ("",)
    return said, connection.execute(f"select * from {_REVISION}".encode()).fetchall()
