"""Articles and snippets as screens and the command line read them: found by words, best first.

Invariants: a personal snippet is seen by its owner only; the same question gives the same order; the index in memory is
made anew when anything it was made of has changed, and never answers from an older state.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Row, func, or_, select

from agentdesk.config.language import _
from agentdesk.domain.instants import moment
from agentdesk.domain.knowledge import ArticleRow, Audience, Scope, SnippetRow, State, VersionRow
from agentdesk.domain.problems import NotFound
from agentdesk.store import codec
from agentdesk.store.tables import agents, article_versions, articles, memberships, snippets, teams, uses
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.fold import fold
from agentdesk.text.lexicon import Lexicon, weighed
from agentdesk.text.words import words

PAGE = 200
"""Rows that a list shows at once; the count says how many there are."""
_LOOKED_AT = 20_000
"""Characters of a body that are looked through."""
_PAST = 5_000
"""Uses that tell what is used most: the newest."""
_RANKS = {Scope.PERSONAL.value: 0, Scope.TEAM.value: 1, Scope.EVERYONE.value: 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A page of articles, and how many there are in all."""

    rows: tuple[ArticleRow, ...]
    total: int


@dataclass(slots=True)
class _Index:
    stamp: tuple[Any, ...]
    lexicon: Lexicon


_kept: "WeakKeyDictionary[Engine, _Index]" = WeakKeyDictionary()
_lock = Lock()


def find_articles(
    session: Connection, typed: str = "", *, state: State | None = None, audience: Audience | None = None,
    language: str = "", limit: int = PAGE, first: Sequence[int] = (),
) -> Found:  # fmt: skip
    """The articles that hold all the words typed, best first; without words the most used, those of `first` before.

    Where a topic speaks several languages, the one in `language` stands for all of them.
    """
    wanted = words(typed)
    query = select(articles.c.id, articles.c.topic, articles.c.language, articles.c.title)
    if state is not None:
        query = query.where(articles.c.state == state.value)
    if audience is not None:
        query = query.where(articles.c.audience == audience.value)
    scores = _scores(session, wanted) if wanted else _popular(session)
    rows: list[Any] = [row for row in session.execute(query) if not wanted or row.id in scores]
    if language:
        rows = _one_per_topic(rows, language, scores)
    order = {one: at for at, one in enumerate(first)} if not wanted else {}
    rows.sort(
        key=lambda row: (order.get(row.id, len(order)), -scores.get(row.id, 0), fold(row.title), row.id)
    )
    return Found(_rows(session, [row.id for row in rows[:limit]]), len(rows))


def article(session: Connection, named: int | str) -> ArticleRow:
    """An article by number or name. Raises NotFound."""
    which = articles.c.id == named if isinstance(named, int) else articles.c.slug == named
    found = session.scalar(select(articles.c.id).where(which))
    if found is None:
        raise NotFound(_("There is no article {name}.").format(name=clean_line(str(named))))
    return _rows(session, [found])[0]


def in_language(session: Connection, article_id: int, language: str) -> ArticleRow:
    """The published article of the same topic in this language; the article itself where there is none."""
    here = article(session, article_id)
    if not language or here.language == language:
        return here
    twin = session.scalar(
        select(articles.c.id).where(
            articles.c.topic == here.topic,
            articles.c.language == language,
            articles.c.state == State.PUBLISHED.value,
        )
    )
    return _rows(session, [twin])[0] if twin is not None else here


def languages_of(session: Connection, topic: int) -> tuple[ArticleRow, ...]:
    """All articles of a topic, by language."""
    query = select(articles.c.id).where(articles.c.topic == topic).order_by(articles.c.language)
    return _rows(session, list(session.scalars(query)))


def versions(session: Connection, article_id: int) -> tuple[VersionRow, ...]:
    """How an article read once, the newest first. Raises NotFound."""
    article(session, article_id)
    query = (
        select(article_versions, agents.c.name, agents.c.login)
        .outerjoin(agents, agents.c.id == article_versions.c.agent_id)
        .where(article_versions.c.article_id == article_id).order_by(article_versions.c.version.desc())
    )  # fmt: skip
    return tuple(
        VersionRow(row.version, clean_line(row.title), clean(row.body), State(row.state), Audience(row.audience),
                   _keywords(row), clean_line(row.link), clean_line(row.name or row.login or ""), moment(row.at))
        for row in session.execute(query)
    )  # fmt: skip


def snippets_of(session: Connection, me: int | None) -> tuple[SnippetRow, ...]:
    """The snippets that this agent may use, by shortcut; another's own are never among them."""
    query = (
        select(snippets, teams.c.name.label("team"), agents.c.login)
        .outerjoin(teams, teams.c.id == snippets.c.team_id).outerjoin(agents, agents.c.id == snippets.c.agent_id)
        .where(or_(snippets.c.scope != Scope.PERSONAL.value, snippets.c.agent_id == me))
    )  # fmt: skip
    rows = sorted(
        session.execute(query),
        key=lambda row: (row.shortcut, row.language, _RANKS[row.scope], row.team or "", row.id),
    )
    return tuple(_snippet(row) for row in rows)


def find_snippets(session: Connection, me: int | None, typed: str) -> tuple[SnippetRow, ...]:
    """Those of them that hold all the words typed, each a beginning of a word; the shortcut itself counts too."""
    wanted = words(typed)

    def holds(row: SnippetRow) -> bool:
        said = words(f"{row.shortcut} {row.title} {row.text} {row.team}")
        return all(any(word.startswith(one) for word in said) for one in wanted)

    return tuple(row for row in snippets_of(session, me) if holds(row))


def snippet_for(session: Connection, me: int | None, shortcut: str, language: str) -> SnippetRow | None:
    """What a shortcut stands for: the customer's language first, then own before the team's before everyone's."""
    mine = select(memberships.c.team_id).where(memberships.c.agent_id == me)
    query = (
        select(snippets, teams.c.name.label("team"), agents.c.login)
        .outerjoin(teams, teams.c.id == snippets.c.team_id).outerjoin(agents, agents.c.id == snippets.c.agent_id)
        .where(
            snippets.c.shortcut == shortcut,
            or_(snippets.c.scope == Scope.EVERYONE.value,
                (snippets.c.scope == Scope.PERSONAL.value) & (snippets.c.agent_id == me),
                (snippets.c.scope == Scope.TEAM.value) & snippets.c.team_id.in_(mine)),
        )
    )  # fmt: skip

    def rank(row: Row[Any]) -> tuple[int, int, str, int]:
        spoken = 0 if row.language == language else 1 if not row.language else 2
        return spoken, _RANKS[row.scope], row.language, row.id

    best = min(session.execute(query), key=rank, default=None)
    return _snippet(best) if best is not None else None


def stamp(session: Connection, table: Any) -> tuple[Any, ...]:
    """Something that is different as soon as any row of the table has come, gone or changed."""
    query = select(
        func.count(), func.max(table.c.updated_at), func.sum(table.c.version), func.max(table.c.id)
    )
    return tuple(session.execute(query.select_from(table)).one())


def _scores(session: Connection, wanted: Sequence[str]) -> dict[int, float]:
    now = stamp(session, articles)
    with _lock:
        index = _kept.get(session.engine)
        if index is None or index.stamp != now:
            index = _kept[session.engine] = _Index(now, _lexicon(session))
        return index.lexicon.find(wanted)


def _lexicon(session: Connection) -> Lexicon:
    lexicon = Lexicon()
    for row in session.execute(select(articles.c.id, articles.c.title, articles.c.keywords, articles.c.body)):
        parts = (
            (8.0, words(row.title)),
            (5.0, [word for one in codec.read_words(row.keywords) for word in words(one)]),
            (1.0, words(row.body[:_LOOKED_AT])),
        )
        lexicon.add(row.id, weighed(parts))
    return lexicon


def _popular(session: Connection) -> dict[int, float]:
    newest = session.scalar(select(func.max(uses.c.id))) or 0
    query = select(uses.c.item_id, func.count().label("times")).where(
        uses.c.kind == "article", uses.c.id > newest - _PAST
    )
    return {row.item_id: float(row.times) for row in session.execute(query.group_by(uses.c.item_id))}


def _one_per_topic(rows: list[Row[Any]], language: str, scores: dict[int, float]) -> list[Row[Any]]:
    best: dict[int, Row[Any]] = {}
    for row in rows:
        rival = best.get(row.topic)
        if rival is None or _rank(row, language, scores) < _rank(rival, language, scores):
            best[row.topic] = row
    return list(best.values())


def _rank(row: Row[Any], language: str, scores: dict[int, float]) -> tuple[bool, float, int]:
    return row.language != language, -scores.get(row.id, 0), row.id


def _rows(session: Connection, ids: Sequence[int]) -> tuple[ArticleRow, ...]:
    query = (
        select(articles, agents.c.name, agents.c.login)
        .outerjoin(agents, agents.c.id == articles.c.updated_by).where(articles.c.id.in_(list(ids)))
    )  # fmt: skip
    found = {row.id: _article(row) for row in session.execute(query)}
    return tuple(found[one] for one in ids if one in found)


def _article(row: Row[Any]) -> ArticleRow:
    return ArticleRow(
        id=row.id, slug=row.slug, topic=row.topic, language=clean_line(row.language), title=clean_line(row.title),
        body=clean(row.body), state=State(row.state), audience=Audience(row.audience), keywords=_keywords(row),
        link=clean_line(row.link), version=row.version, updated_at=moment(row.updated_at),
        by=clean_line(row.name or row.login or ""),
    )  # fmt: skip


def _keywords(row: Row[Any]) -> tuple[str, ...]:
    return tuple(clean_line(one) for one in codec.read_words(row.keywords))


def _snippet(row: Row[Any]) -> SnippetRow:
    return SnippetRow(
        id=row.id, shortcut=clean_line(row.shortcut), language=clean_line(row.language), title=clean_line(row.title),
        text=clean(row.text), scope=Scope(row.scope), team=clean_line(row.team or ""), agent_id=row.agent_id,
        owner=clean_line(row.login or ""), version=row.version, updated_at=moment(row.updated_at),
    )  # fmt: skip
