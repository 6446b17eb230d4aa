"""The index of words over all messages: FTS5 on SQLite, tsvector with GIN on PostgreSQL, one meaning on both.

Both get the same words (`text.words`): subject, sender, recipients, and the text with the names of its files. SQLite's
table keeps no copy of the text, so what was put in has to be named again to take it out: it is computed from the
message's own row, which must not have changed between. Invariants: what a person typed enters a match expression only
as words of letters and digits; a message is in the index once or, when it is a line of the system, not at all. A note
that was taken back stays in it (it may come back): whoever asks leaves out kind 'system'.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, text

from agentdesk.domain import query
from agentdesk.domain.query import Node, Not, Words
from agentdesk.store import codec
from agentdesk.text.words import Wanted, words

COLUMNS: Final = ("subject", "sender", "recipients", "words")
_OF_FIELD: Final = {"subject": "subject", "from": "sender", "to": "recipients"}
_WEIGHT: Final = dict(zip(COLUMNS, "ABCD", strict=True))
MOST_LETTERS: Final = 200_000
"""Of one message's text; what comes behind (a log, a table somebody pasted) is shown but not found."""
_MOST_PLACES = 16_383
"""PostgreSQL's highest position in a tsvector."""
_PLACES_OF_ONE = 200
_CHUNK = 500

_MAKE_SQLITE = (
    "create virtual table search using fts5(subject, sender, recipients, words, content='',"
    " tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
)
_MAKE_POSTGRESQL = (
    "create table search (message_id bigint primary key references messages (id) on delete cascade,"
    " words tsvector not null)"
)
_MAKE = {
    "sqlite": (_MAKE_SQLITE,),
    "postgresql": (_MAKE_POSTGRESQL, "create index ix_search_words on search using gin (words)"),
}
_PUT = {
    "sqlite": "insert into search (rowid, subject, sender, recipients, words)"
    " values (:id, :subject, :sender, :recipients, :words)",
    "postgresql": "insert into search (message_id, words) values (:id, cast(:words as tsvector))"
    " on conflict (message_id) do update set words = excluded.words",
}
_TAKE = {
    # Taking out what is not in would break the index: FTS5 believes what it is told.
    "sqlite": "insert into search (search, rowid, subject, sender, recipients, words)"
    " select 'delete', :id, :subject, :sender, :recipients, :words"
    " where exists (select 1 from search_docsize where id = :id)",
    "postgresql": "delete from search where message_id = :id",
}
_PUT_SQL = {name: text(sql) for name, sql in _PUT.items()}
_TAKE_SQL = {name: text(sql) for name, sql in _TAKE.items()}
_ROWS = text(
    'select id, kind, subject, from_name, from_address, "to", cc, bcc, text from messages'
    " where id > :after and (kind <> 'system' or agent_id is not null) order by id limit :limit"
)
_FILES = text(
    "select message_id, filename from attachments where message_id > :low and message_id <= :high order by id"
)


class Compared(NamedTuple):
    """What is wrong with the index: messages it lacks, messages it has otherwise, and how many rows belong to none."""

    missing: list[int]
    stale: list[int]
    extra: int


# -- what goes in ------------------------------------------------------------------------------------------------------


def make(session: Connection) -> None:
    """The empty index."""
    for statement in _MAKE[session.dialect.name]:
        session.execute(text(statement))


def is_indexed(kind: str, agent_id: int | None) -> bool:
    """Whether such a message is in the index: all but the lines of the system."""
    return kind != "system" or agent_id is not None


def put_many(session: Connection, rows: Sequence[tuple[int, Mapping[str, Any], Iterable[str]]]) -> None:
    """Let messages be found, each with the columns of its row (what has a default may be missing) and its files."""
    if rows:
        session.execute(_PUT_SQL[session.dialect.name], [_values(session, *row) for row in rows])


def take_out(session: Connection, message_id: int, message: Mapping[str, Any], files: Iterable[str]) -> None:
    """Let a message be found no more: called with the very row that was put in, before it is changed or deleted."""
    session.execute(_TAKE_SQL[session.dialect.name], _values(session, message_id, message, files))


def put_all(session: Connection, step: Callable[[int], None] = lambda _rows: None) -> int:
    """Fill an empty index with every message there is, so many at a time; returns their number."""
    done = 0
    for chunk in stored(session):
        put_many(session, chunk)
        done += len(chunk)
        step(len(chunk))
    return done


def take_all_out(session: Connection) -> None:
    """Empty the index."""
    sqlite = session.dialect.name == "sqlite"
    session.execute(
        text("insert into search (search) values ('delete-all')" if sqlite else "delete from search")
    )


def compare(session: Connection) -> Compared:
    """Hold the index against the messages: which are missing, which stand otherwise, how many it has too many.

    SQLite's index tells the number of words of each field, so words that were put in the place of as many others stay
    unseen there; PostgreSQL's tells the words themselves.
    """
    look = _compare_sqlite if session.dialect.name == "sqlite" else _compare_postgresql
    missing: list[int] = []
    stale: list[int] = []
    there = 0
    for chunk in stored(session):
        lost, other = look(session, chunk)
        missing += lost
        stale += other
        there += len(chunk) - len(lost)
    table = "search_docsize" if session.dialect.name == "sqlite" else "search"
    indexed = int(session.execute(text(f"select count(*) from {table}")).scalar_one())  # noqa: S608  names of ours
    return Compared(missing, stale, indexed - there)


_Chunk = Sequence[tuple[int, Mapping[str, Any], Iterable[str]]]


def _compare_postgresql(session: Connection, chunk: _Chunk) -> tuple[list[int], list[int]]:
    rows = [_values(session, *row) for row in chunk]
    query = text(
        "select w.id, s.message_id is null as lost"
        " from unnest(cast(:ids as bigint[]), cast(:words as text[])) as w (id, words)"
        " left join search s on s.message_id = w.id where s.message_id is null or s.words <> cast(w.words as tsvector)"
    )
    values = {"ids": [row["id"] for row in rows], "words": [row["words"] for row in rows]}
    found = session.execute(query, values).all()
    return [row.id for row in found if row.lost], [row.id for row in found if not row.lost]


def _compare_sqlite(session: Connection, chunk: _Chunk) -> tuple[list[int], list[int]]:
    low, high = chunk[0][0], chunk[-1][0]
    query = text("select id, sz from search_docsize where id >= :low and id <= :high")
    there = {int(row.id): bytes(row.sz) for row in session.execute(query, {"low": low, "high": high})}
    missing = [row[0] for row in chunk if row[0] not in there]
    doubted = [row for row in chunk if row[0] in there and _sizes(_fields(row[1], row[2])) != there[row[0]]]
    stale: list[int] = []
    if doubted:  # its own tokenizer knows fewer letters than we do: it has the last word
        wanted = _sizes_by_sqlite([_values(session, *row) for row in doubted])
        stale = [number for number, size in wanted.items() if size != there[number]]
    return missing, stale


def _sizes(fields: Mapping[str, list[str]]) -> bytes:
    """The numbers of words as SQLite's table `search_docsize` keeps them (varints, big end first)."""
    out = bytearray()
    for name in COLUMNS:
        count = len(fields[name])
        parts = [count & 127]
        while count := count >> 7:
            parts.append(count & 127 | 128)
        out += bytes(reversed(parts))
    return bytes(out)


def _sizes_by_sqlite(rows: list[dict[str, Any]]) -> dict[int, bytes]:
    with closing(sqlite3.connect(":memory:")) as raw:
        raw.execute(_MAKE_SQLITE)
        raw.executemany(_PUT["sqlite"], rows)
        return {int(row[0]): bytes(row[1]) for row in raw.execute("select id, sz from search_docsize")}


def stored(session: Connection) -> Iterator[list[tuple[int, Mapping[str, Any], Iterable[str]]]]:
    """Every message that belongs into the index with what `put` wants of it, so many at a time."""
    after = 0
    while found := session.execute(_ROWS, {"after": after, "limit": _CHUNK}).mappings().all():
        names: dict[int, list[str]] = {}
        for message_id, filename in session.execute(_FILES, {"low": after, "high": found[-1]["id"]}):
            names.setdefault(message_id, []).append(filename)
        yield [(int(row["id"]), dict(row), names.get(row["id"], ())) for row in found]
        after = found[-1]["id"]


def _values(
    session: Connection, message_id: int, message: Mapping[str, Any], files: Iterable[str]
) -> dict[str, Any]:
    fields = _fields(message, files)
    if session.dialect.name == "sqlite":
        return {"id": message_id} | {name: " ".join(found) for name, found in fields.items()}
    return {"id": message_id, "words": _tsvector(fields)}


def _fields(message: Mapping[str, Any], files: Iterable[str]) -> dict[str, list[str]]:
    people = [
        f"{who.name} {who.address}"
        for column in ("to", "cc", "bcc")
        for who in codec.read_people(message.get(column))
    ]
    body = message.get("text", "")[:MOST_LETTERS]
    return {
        "subject": words(message.get("subject", "")),
        "sender": words(f"{message.get('from_name', '')} {message.get('from_address', '')}"),
        "recipients": words(" ".join(people)),
        "words": words(" ".join((body, *files)) if files else body),
    }


def _tsvector(fields: Mapping[str, list[str]]) -> str:
    """Words with their places as PostgreSQL writes them; its own parser would take addresses and numbers apart."""
    places: dict[str, list[str]] = {}
    at = 0
    for name, found in fields.items():
        weight = "" if name == "words" else _WEIGHT[name]
        for word in found:
            at = min(at + 1, _MOST_PLACES)
            stands = places.setdefault(word, [])
            if len(stands) < _PLACES_OF_ONE:
                stands.append(f"{at}{weight}")
        at = min(at + 1, _MOST_PLACES)  # no phrase goes over from one field to the next
    return " ".join(f"'{word}':{','.join(stands)}" for word, stands in places.items())


# -- what is asked -----------------------------------------------------------------------------------------------------


def wanted(leaf: Words) -> Wanted:
    """The words of a leaf as the index knows them."""
    return tuple(words(leaf.text)), leaf.prefix


def expression(node: Node, dialect: str) -> str | None:
    """The match expression of a part of a query; None when the index alone cannot answer it."""
    if isinstance(node, Words):
        return None if node.number is not None else leaf_expression(node, dialect)
    if isinstance(node, query.Any):
        parts = [expression(part, dialect) for part in node.parts]
        return _join(parts, " OR " if dialect == "sqlite" else " | ")
    if isinstance(node, query.All):
        return _expression_of_all(node, dialect)
    return None


def _expression_of_all(node: query.All, dialect: str) -> str | None:
    sqlite = dialect == "sqlite"
    must = [expression(part, dialect) for part in node.parts if not isinstance(part, Not)]
    mustnt = [expression(part.part, dialect) for part in node.parts if isinstance(part, Not)]
    found = _join(must, " AND " if sqlite else " & ")
    if found is None or not must:
        return None
    for one in mustnt:
        if one is None:
            return None
        found = f"({found} NOT {one})" if sqlite else f"({found} & !{one})"
    return found


def _join(parts: Sequence[str | None], between: str) -> str | None:
    known = [part for part in parts if part is not None]
    return f"({between.join(known)})" if known and len(known) == len(parts) else None


def leaf_expression(leaf: Words, dialect: str) -> str:
    """The match expression of one word or phrase."""
    sought, prefix = wanted(leaf)
    column = _OF_FIELD.get(leaf.field, "")
    if dialect == "sqlite":
        phrase = f'"{" ".join(sought)}"' + (" *" if prefix else "")
        return f"({{{column}}} : {phrase})" if column else f"({phrase})"
    weight = _WEIGHT.get(column, "")
    terms = [f"'{word}':{weight}" if weight else f"'{word}'" for word in sought]
    if terms and prefix:
        terms[-1] = f"'{sought[-1]}':*{weight}"
    return f"({' <-> '.join(terms)})" if terms else ""
