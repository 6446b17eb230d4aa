"""The query language as SQL: clauses that narrow `cases c`, or `messages m` joined with their `cases c`.

Words are looked up in the index (`store.search`) and become sets of ids; every set is counted up to FEW first, and a
small one leads the statement, so that a rare word among a million cases costs what the rare word costs. Without one the
list's own order is walked along the index that serves the filters. On SQLite, whose planner has no statistics, the way
is named; PostgreSQL finds it.

Invariants: every value is bound, none is written into the text; nothing that was asked for is left out in silence.
"""
# ruff: noqa: S608  what is written into a statement are statements and names of values of ours

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, Literal

from sqlalchemy import Connection, Table, select, text

from agentdesk.domain import past, query
from agentdesk.domain.instants import micros
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.query import Filter, Node, Not, Words
from agentdesk.store import search
from agentdesk.store.tables import agents, channels, tags, teams
from agentdesk.text.fold import fold

FEW: Final = 5000
"""Cases or messages that are rather looked at one by one than met on a walk through a list."""
COMMON: Final = 20_000
"""Messages, and one in five of all, from which on a word counts as very common."""
NEVER: Final = "1 = 0"
Target = Literal["case", "message"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IS = {
    "open": "c.shelf = 0",
    "waiting": "(c.shelf = 0 and c.waiting_since is not null)",
    "unassigned": "c.owner_id is null",
    "overdue": "(c.due_at < {now} and c.shelf = 0)",
    "unread": "c.unread > 0",
    "done": "c.shelf = 3",
    "merged": "c.merged_into is not null",
}
_WAITS = frozenset({"open", "waiting", "overdue", "new"})
"""What of `is:` and `status:` is only true of what waits: their clauses say so in the words of the partial indexes."""


_MET = (
    "exists (select 1 from messages x cross join search on search.rowid = x.id"
    " where x.case_id = c.id and x.kind <> 'system' and search match {matching})"
)
_WROTE = (
    "select d.customer_id from messages m {join} addresses d on d.address = lower(m.from_address)"
    " where m.id in ({ids})"
)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a query adds to a statement: clauses that each begin with and, their values, and the way on SQLite."""

    sql: str
    values: dict[str, Any]
    way: str | None = None
    """How SQLite comes to `cases c`: "not indexed" behind a small set of ids, "indexed by …", None for the list's."""


def clauses(
    session: Connection, text_: str, now: int, me: int = 0, zone: tzinfo = UTC
) -> tuple[str, dict[str, Any]]:
    """The clauses of a query on `cases c` and their values. Raises QueryError pointing at what is not understood."""
    found = narrow(session, text_, now, me, zone)
    return found.sql, found.values


def narrow(session: Connection, text_: str, now: int, me: int = 0, zone: tzinfo = UTC) -> Narrowed:
    """The same, with the way that serves it best. Raises QueryError."""
    tree = query.parse(text_).tree
    if tree is None:
        return Narrowed("", {})
    maker = Clauses(session, "case", now, me, zone)
    parts = tree.parts if isinstance(tree, query.All) else (tree,)
    sql = "".join(f" and {maker.of(part, top=True)}" for part in parts)
    facts = {part.key: part.value for part in parts if isinstance(part, Filter)}
    asked = {part.value for part in parts if isinstance(part, Filter) and part.key in {"is", "status"}}
    return Narrowed(sql, maker.values, "not indexed" if maker.leads else _index(facts, asked, sql))


def _index(facts: dict[str, str], asked: set[str], sql: str) -> str | None:
    """The index of cases whose order and condition serve what every case must be; None when the list's own does."""
    waits = bool(asked & _WAITS)
    owned = "mine" in asked or facts.get("owner", query.NOBODY[0]).casefold() not in query.NOBODY
    free = "unassigned" in asked or ("owner" in facts and not owned)
    if owned and "c.owner_id = " in sql:
        return "indexed by q_owned"
    if waits and free:
        return "indexed by q_free"
    if waits and "c.team_id = " in sql and "team" in facts:
        return "indexed by q_team"
    if waits:
        return "indexed by q_waiting"
    return "indexed by q_status" if asked & set(Status) else None


class Clauses:
    """Makes clauses of the parts of a tree, and keeps their values."""

    def __init__(self, session: Connection, target: Target, now: int, me: int, zone: tzinfo) -> None:
        self.session = session
        self.values: dict[str, Any] = {}
        self.leads: list[str] = []
        """Small sets of case ids that every case must be in: each could lead the statement."""
        self._target: Target = target
        self._now = now
        self._me = me
        self._zone = zone
        self._sqlite = session.dialect.name == "sqlite"

    def of(self, node: Node, *, top: bool = False) -> str:
        """The clause of one part; `top` when it must be true whatever the others are."""
        match node:
            case Words():
                return self._words(node, top=top)
            case Filter():
                return self._filter(node, top=top)
            case Not():
                return f"({self.of(node.part)}) is not true"  # nobody's case is not mine either: null is no answer
            case query.All():
                return f"({' and '.join(self.of(part) for part in node.parts)})"
            case query.Any():
                return f"({' or '.join(self.of(part) for part in node.parts)})"

    def bind(self, value: Any) -> str:
        """The value's name in the statement."""
        name = f"q{len(self.values)}_"
        self.values[name] = value
        return f":{name}"

    # -- words ----------------------------------------------------------------------------------------------------

    def _words(self, leaf: Words, *, top: bool) -> str:
        matching = self.bind(search.leaf_expression(leaf, self.session.dialect.name))
        number = leaf.number
        if self._target == "message":
            found = self.message_ids(matching)
            if number is not None:
                found += f" union select id from messages where case_id = {self.bind(number)}"
            return f"m.id in ({found})"
        if self._sqlite and number is None and not leaf.prefix and self._is_common(matching):
            return _MET.format(matching=matching)
        found = self.case_ids(matching)
        if number is not None:
            found += f" union select id from cases where id = {self.bind(number)}"
        return self._in(found, top=top)

    def _is_common(self, matching: str) -> bool:
        """Whether so many messages hold it that a walk meets it at every few cases: cheaper than to gather them all.

        SQLite finds the beginning of a word slowly in one message, so that this is for whole words.
        """
        most = self.session.execute(text("select coalesce(max(id), 0) from messages")).scalar_one()
        enough = max(COMMON, int(most) // 5)
        capped = (
            f"select count(*) from (select 1 from search where search match {matching} limit {enough}) capped"
        )
        value = {matching.removeprefix(":"): self.values[matching.removeprefix(":")]}
        return int(self.session.execute(text(capped), value).scalar_one()) >= enough

    def message_ids(self, matching: str) -> str:
        """The statement of the messages that a match expression finds, given by its name."""
        if self._sqlite:
            return f"select rowid from search where search match {matching}"
        return f"select message_id from search where words @@ cast({matching} as tsquery)"

    def case_ids(self, matching: str) -> str:
        """The statement of the cases in which such messages stand; a note that was taken back is found no more."""
        if self._sqlite:
            return (
                "select m.case_id from search cross join messages m on m.id = search.rowid"
                f" where search match {matching} and m.kind <> 'system'"
            )
        return (
            "select m.case_id from search s join messages m on m.id = s.message_id"
            f" where s.words @@ cast({matching} as tsquery) and m.kind <> 'system'"
        )

    def _in(self, ids: str, *, top: bool) -> str:
        """That the case is in a set, which leads the statement when it is small."""
        found = f"c.id in ({ids})"
        if top:
            capped = f"select count(*) from (select 1 from ({ids}) found limit {FEW + 1}) capped"
            used = {name: value for name, value in self.values.items() if f":{name}" in capped}
            if int(self.session.execute(text(capped), used).scalar_one()) <= FEW:
                self.leads.append(found)
        return found

    # -- facts ----------------------------------------------------------------------------------------------------

    def _filter(self, leaf: Filter, *, top: bool) -> str:
        of_kind: dict[str, Callable[[], str]] = {
            "is": lambda: self._is(leaf.value),
            "status": lambda: self._status(leaf.value),
            "owner": lambda: self._owner(leaf.value),
            "team": lambda: self._named("c.team_id", teams, leaf.value),
            "channel": lambda: self._named("c.channel_id", channels, leaf.value),
            "tag": lambda: self._tag(leaf.value, top=top),
            "customer": lambda: self._customer(leaf, top=top),
            "order": lambda: self._order(leaf, top=top),
            "before": lambda: self._before(leaf.value),
            "after": lambda: self._after(leaf.value),
        }
        return of_kind[leaf.key]()

    def _is(self, value: str) -> str:
        if value == "mine":
            return f"c.owner_id = {self.bind(self._me)}"
        if value not in _IS:
            return self._status(value)
        clause = _IS[value]
        return clause.format(now=self.bind(self._now)) if "{now}" in clause else clause

    def _status(self, value: str) -> str:
        waits = "c.shelf = 0 and " if value in _WAITS else ""
        return f"({waits}c.status = {self.bind(value)})" if waits else f"c.status = {self.bind(value)}"

    def _owner(self, value: str) -> str:
        if value.casefold() in query.NOBODY:
            return "c.owner_id is null"
        if value.casefold() == query.ME:
            return f"c.owner_id = {self.bind(self._me)}"
        return self._one_of("c.owner_id", self._ids(agents, value, "login") or self._ids(agents, value))

    def _named(self, column: str, table: Table, value: str) -> str:
        if value.casefold() in query.NOBODY:
            return f"{column} is null"
        return self._one_of(column, self._ids(table, value))

    def _tag(self, value: str, *, top: bool) -> str:
        ids = self._ids(tags, value)
        if not ids:
            return NEVER
        one_of = self._one_of("tag_id", ids)
        if top and not self.leads:
            return self._in(f"select case_id from case_tags where {one_of}", top=True)
        return (
            "exists (select 1 from case_tags where case_tags.case_id = c.id and "
            f"{one_of.replace('tag_id', 'case_tags.tag_id')})"
        )

    def _one_of(self, column: str, ids: list[int]) -> str:
        if not ids:
            return NEVER
        names = [self.bind(one) for one in ids]
        return f"{column} = {names[0]}" if len(names) == 1 else f"{column} in ({', '.join(names)})"

    def _ids(self, table: Table, value: str, column: str = "name") -> list[int]:
        """Whose name this is: the very name, else the names that differ in case and accents only."""
        rows = self.session.execute(select(table.c.id, table.c[column])).all()
        exact = [row[0] for row in rows if row[1] == value]
        return exact or [row[0] for row in rows if fold(row[1]) == fold(value)][:50]

    def _customer(self, leaf: Filter, *, top: bool) -> str:
        """By address, by name as the shop knows it, by what stood in From of their own mails, or by number."""
        sender = Words(leaf.value.rstrip("*"), leaf.value.endswith("*"), "from")
        matching = self.bind(search.leaf_expression(sender, self.session.dialect.name))
        who = [
            f"select customer_id from addresses where address = {self.bind(leaf.value.lower())}",
            f"select coalesce(merged_into, id) from customers where {self._like(leaf.value.rstrip('*'))}",
            _WROTE.format(ids=self.message_ids(matching), join="cross join" if self._sqlite else "join"),
        ]
        if leaf.value.isascii() and leaf.value.isdigit() and len(leaf.value) < 16:
            who.append(f"select id from customers where id = {self.bind(int(leaf.value))}")
        ids = f"select id from cases where customer_id in ({' union '.join(who)})"
        return self._in(ids, top=top)

    def _like(self, value: str) -> str:
        plain = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"name {'like' if self._sqlite else 'ilike'} {self.bind(f'%{plain}%')} escape '\\'"

    def _order(self, leaf: Filter, *, top: bool) -> str:
        """Cases in which the number is written, and those of the customer whose order it is."""
        matching = self.bind(search.leaf_expression(Words(leaf.value), self.session.dialect.name))
        theirs = (
            "select x.id from cases x, addresses d, orders o where x.customer_id = d.customer_id"
            f" and d.address = o.address and o.number = {self.bind(leaf.value.removeprefix('#'))}"
        )
        return self._in(f"{self.case_ids(matching)} union {theirs}", top=top)

    def _before(self, value: str) -> str:
        column = "m.at" if self._target == "message" else "c.created_at"
        return f"{column} < {self.bind(self._moment(value))}"

    def _after(self, value: str) -> str:
        at = self.bind(self._moment(value))
        if self._target == "message":
            return f"m.at >= {at}"
        return f"exists (select 1 from messages x where x.case_id = c.id and x.at >= {at})"

    def _moment(self, value: str) -> int:
        now = (_EPOCH + timedelta(microseconds=self._now)).astimezone(self._zone)
        return micros(past.day(value, now))
