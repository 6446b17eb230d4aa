"""Search over every message there is: newest first or by relevance, page by page, counted up to a cap.

Newest first: few hits are put in the order of their time; of very many the index gives the newest that came in. By
relevance only the newest RANKED are weighed when there are more, because weighing costs each of them a look; the page
says so. A query without a word asks for cases: each is given once, with its newest message.

Invariants: nothing is cut in silence; a page costs what its hits cost, however many there are behind it; the text of a
message is read for the hits of the page alone.
"""
# ruff: noqa: S608  what is written into a statement are statements and names of values of ours

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Final, Literal

from sqlalchemy import Connection, text

from agentdesk.config.language import _
from agentdesk.domain import query
from agentdesk.domain.hits import HitPage, Opened
from agentdesk.domain.problems import Usage
from agentdesk.domain.query import Node, Not, Words
from agentdesk.queries import excerpts
from agentdesk.queries.finding import Clauses
from agentdesk.store import search

CAP: Final = 1000
FEW: Final = 10_000
"""Hits that are put in order by their time; of more the index gives the newest."""
RANKED: Final = 2000
Order = Literal["newest", "relevance"]
_FAR = 1 << 62
_WEIGHTS = "5.0, 3.0, 2.0, 1.0"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question: `unfinished` while it is still being typed, so that its last word is only a beginning."""

    query: str
    order: Order = "newest"
    limit: int = 50
    after: str | None = None
    unfinished: bool = False


def hits(session: Connection, asked: Asked, now: int, me: int = 0, zone: tzinfo = UTC) -> HitPage:
    """The messages that a query finds. Raises QueryError pointing at what is not understood, Usage for no cursor."""
    tree = query.parse(asked.query, unfinished=asked.unfinished).tree
    if tree is None:
        return HitPage((), 0, True, None)
    finder = _Finder(session, tree, now, me, zone)
    total = finder.total()
    if asked.order == "relevance" and finder.matching is not None:
        rows, following, among = finder.by_relevance(asked, total)
    else:
        rows, following = finder.newest(asked)
        among = 0
    found = excerpts.of_messages(session, [(row[0], row[2]) for row in rows], wanted(tree))
    return HitPage(found, min(total, CAP), total <= CAP, following, among)


def opened(session: Connection, message_id: int, text_: str, *, unfinished: bool = False) -> Opened:
    """One message whole, with the places of the words that a query asks for. Raises NotFound."""
    tree = query.parse(text_, unfinished=unfinished).tree
    return excerpts.whole(session, message_id, wanted(tree) if tree is not None else ())


def wanted(node: Node) -> tuple[Words, ...]:
    """The words to show in a hit: those that are asked for, not those that must not be."""
    if isinstance(node, Not):
        return ()
    if isinstance(node, query.All | query.Any):
        return tuple(leaf for part in node.parts for leaf in wanted(part))
    return (node,) if isinstance(node, Words) else ()


class _Finder:
    """One question, as SQL."""

    def __init__(self, session: Connection, tree: Node, now: int, me: int, zone: tzinfo) -> None:
        self.session = session
        self._sqlite = session.dialect.name == "sqlite"
        self._join = "cross join" if self._sqlite else "join"
        self._maker = Clauses(session, "message", now, me, zone)
        parts = tree.parts if isinstance(tree, query.All) else (tree,)
        of_index, others = _apart(parts, session.dialect.name)
        self.matching = search.expression(query.All(of_index), session.dialect.name) if of_index else None
        self._match = self._maker.bind(self.matching) if self.matching is not None else ""
        self._rest = "".join(f" and {self._maker.of(part, top=True)}" for part in others)
        if not any(leaf.key in query.DATE_KEYS if isinstance(leaf, query.Filter) else True
                   for leaf in query.Query("", tree).leaves):  # fmt: skip
            self._rest += (
                " and m.id = (select max(x.id) from messages x where x.case_id = c.id and x.kind <> 'system')"
            )
        self._count = self._counted(f"{self._found()} limit {FEW + 1}") if self._match else 0

    # -- how many ---------------------------------------------------------------------------------------------------

    def total(self) -> int:
        """How many there are, up to one more than the cap."""
        if self._match and not self._rest and self._count > max(FEW, CAP):
            return CAP + 1
        return self._counted(f"select 1 {self._from()} {self._rest} limit {CAP + 1}")

    def _counted(self, sql: str) -> int:
        return int(self._run(f"select count(*) from ({sql}) capped").scalar_one())

    # -- which ------------------------------------------------------------------------------------------------------

    def newest(self, asked: Asked) -> tuple[Sequence[Any], str | None]:
        """A page of the newest, and where it goes on."""
        mode, at, last = _read_cursor(asked.after, "ti")
        many = self._count > FEW or not self._match
        mode = mode or ("i" if many and not self._maker.leads else "t")
        if mode == "i":
            order, beyond = f"{self._id} desc", f" and {self._id} < :last"
        else:
            order, beyond = "m.at desc, m.id desc", " and (m.at, m.id) < (:at, :last)"
        sql = f"select m.id, m.at, 0.0 {self._from()} {self._rest}{beyond} order by {order} limit :limit"
        bound = {"at": at if asked.after else _FAR, "last": last if asked.after else _FAR}
        rows = self._run(sql, bound | {"limit": asked.limit + 1}).all()
        page = rows[: asked.limit]
        return page, _cursor(mode, page[-1][1], page[-1][0]) if len(rows) > asked.limit else None

    def by_relevance(self, asked: Asked, total: int) -> tuple[Sequence[Any], str | None, int]:
        """A page of the best of the newest, where it goes on, and among how many was chosen if not among all."""
        _mode, skip, _last = _read_cursor(asked.after, "r")
        several = self._count > RANKED
        sql = self._ranked_sqlite(several) if self._sqlite else self._ranked_postgresql(several)
        rows = self._run(sql, {"limit": asked.limit + 1, "skip": skip}).all()
        page = rows[: asked.limit]
        following = _cursor("r", skip + asked.limit, 0) if len(rows) > asked.limit else None
        return page, following, RANKED if several and total else 0

    def _ranked_sqlite(self, several: bool) -> str:
        floor = ""
        if several:
            sql = f"{self._found()} order by rowid desc limit 1 offset {RANKED - 1}"
            floor = f" and search.rowid >= {self._maker.bind(self._run(sql).scalar_one())}"
        return (
            f"select m.id, m.at, -bm25(search, {_WEIGHTS}) as score {self._from()} {self._rest}{floor}"
            " order by score desc, m.id desc limit :limit offset :skip"
        )

    def _ranked_postgresql(self, several: bool) -> str:
        newest = f" order by message_id desc limit {RANKED}" if several else ""
        among = f"select message_id, words from search where words @@ cast({self._match} as tsquery){newest}"
        return (
            f"with s as materialized ({among}) select m.id, m.at,"
            f" ts_rank('{{0.2, 0.4, 0.6, 1.0}}', s.words, cast({self._match} as tsquery), 1) as score"
            f" from s join messages m on m.id = s.message_id join cases c on c.id = m.case_id"
            f" where m.kind <> 'system' {self._rest} order by score desc, m.id desc limit :limit offset :skip"
        )

    # -- where from -------------------------------------------------------------------------------------------------

    @property
    def _id(self) -> str:
        return ("search.rowid" if self._sqlite else "search.message_id") if self._match else "m.id"

    def _found(self) -> str:
        return self._maker.message_ids(self._match)

    def _from(self) -> str:
        """From where to where: the index first, or a small set of cases, or all messages from the newest on."""
        leads = self._maker.leads
        if self._match and self._count > FEW and leads:
            inside = f" and m.id in ({self._found()})"
            return self._from_cases() + inside
        if self._match:
            key = f"{self._join} messages m on m.id = {self._id} {self._join} cases c on c.id = m.case_id"
            condition = (
                f"search match {self._match}" if self._sqlite
                else f"search.words @@ cast({self._match} as tsquery)"
            )  # fmt: skip
            return f"from search {key} where {condition} and m.kind <> 'system'"
        if leads:
            return self._from_cases()
        return f"from messages m {self._join} cases c on c.id = m.case_id where m.kind <> 'system'"

    def _from_cases(self) -> str:
        by = " not indexed" if self._sqlite else ""
        return (
            f"from cases c{by} {self._join} messages m on m.case_id = c.id"
            f" where {self._maker.leads[0]} and m.kind <> 'system'"
        )

    def _run(self, sql: str, more: dict[str, Any] | None = None) -> Any:
        values = self._maker.values | (more or {})
        return self.session.execute(
            text(sql), {name: value for name, value in values.items() if f":{name}" in sql}
        )


def _apart(parts: Sequence[Node], dialect: str) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """What the index answers by itself, and the rest. It cannot say what is not there without what is."""
    positive = [part for part in parts if not isinstance(part, Not) and search.expression(part, dialect)]
    if not positive:
        return (), tuple(parts)
    negative = [part for part in parts if isinstance(part, Not) and search.expression(part.part, dialect)]
    taken = [*positive, *negative]
    return tuple(taken), tuple(part for part in parts if part not in taken)


def _cursor(mode: str, first: int, second: int) -> str:
    return base64.urlsafe_b64encode(f"{mode}.{first}.{second}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None, modes: str) -> tuple[str, int, int]:
    if not cursor:
        return "", 0, 0
    try:
        mode, first, second = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(".")
        if mode and mode in modes:
            return mode, int(first), int(second)
    except (ValueError, binascii.Error):
        pass
    raise Usage(_("This is not a cursor: give --after what an earlier search gave as next."))
