"""What may answer the open case: macros and published articles, by its words and by what was used in cases like it.

Invariants: nothing of somebody else's own and no draft is ever suggested; equal cases get equal suggestions in an equal
order; what costs is done once per change of the texts, not once per case.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from math import log1p, sqrt
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from agentdesk.config.language import N_, _
from agentdesk.domain.knowledge import Scope, State, Suggestion
from agentdesk.queries import filling
from agentdesk.queries.knowledge import stamp
from agentdesk.store import codec
from agentdesk.store.tables import (
    articles,
    case_tags,
    cases,
    macro_texts,
    macros,
    memberships,
    messages,
    tags,
    uses,
)  # fmt: skip
from agentdesk.text.clean import clean_line
from agentdesk.text.lexicon import Lexicon, stems, weighed

_PAST = 2_000
"""Uses that count: the newest."""
_READ = 2_000
"""Characters of what the customer wrote last."""
_TERMS = 60
"""Different words of a case that are looked up."""
_LEARNED = 1.5
"""What a word of a case counts in which something was used, against a word of its own text."""
_WEAK = 0.3
"""What scores less than this share of the best of its kind is not shown."""
_FAINT = 0.08
"""Nor what scores less than this share of the best of all."""
_LOOKED_AT = 5_000
"""Characters of an article that are looked through."""
_PARTS = {
    "status": N_("status"), "tag": N_("tag"), "owner": N_("owner"), "team": N_("team"), "priority": N_("priority"),
    "snooze": N_("snooze"), "note": N_("note"), "attach": N_("file"),
}  # fmt: skip
Item = tuple[str, int]
"""('macro' | 'article', id)"""


@dataclass(frozen=True, slots=True)
class _Text:
    """What can be suggested, without what it says."""

    kind: str
    id: int
    title: str
    scope: str
    team_id: int | None
    agent_id: int | None
    topic: int
    language: str
    detail: tuple[str, ...]


_Read = tuple[_Text, int, Callable[[], dict[str, float]]]
"""A text, its version, and its words when they are wanted."""


@dataclass(slots=True)
class _Memory:
    """The texts by their words, and the cases that something was used in by theirs."""

    stamp: tuple[Any, ...] = ()
    texts: dict[int, _Text] = field(default_factory=dict)
    known: dict[int, tuple[int, dict[str, float]]] = field(default_factory=dict)
    """The words of each text with its version: one that stands as it stood is not read through again."""
    said: Lexicon = field(default_factory=Lexicon)
    last_use: int = 0
    used: Lexicon = field(default_factory=Lexicon)
    times: Counter[int] = field(default_factory=Counter)

    def worth(self, key: int, cases_with: float) -> float:
        """What a word tells of something that was used in so many cases with it: what is used most answers not all."""
        return log1p(cases_with) * sqrt(cases_with / self.times[key])


_kept: "WeakKeyDictionary[Engine, _Memory]" = WeakKeyDictionary()
_lock = Lock()


def suggestions(session: Connection, me: int, case_id: int, limit: int = 9) -> tuple[Suggestion, ...]:
    """What may answer this case, the likeliest first; nothing when nothing in it is known."""
    asked, tagged = _words_of(session, case_id)
    if not asked and not tagged:
        return ()
    language = next(iter(filling.languages_for(session, filling.About(case_id))), "")
    mine = set(session.scalars(select(memberships.c.team_id).where(memberships.c.agent_id == me)))
    with _lock:
        memory = _kept.setdefault(session.engine, _Memory())
        _refresh(session, memory)
        scores = memory.said.like(asked)
        for key, score in memory.used.like(asked | dict.fromkeys(tagged, 1.0), memory.worth).items():
            scores[key] = scores.get(key, 0.0) + _LEARNED * score
        visible = [
            (score, memory.texts[key])
            for key, score in scores.items()
            if key in memory.texts and _may_use(memory.texts[key], me, mine)
        ]
        times = {key: memory.times[key] for key in scores}
        spoken = {one.topic: one for one in memory.texts.values() if one.topic and one.language == language}
    visible.sort(
        key=lambda one: (
            -round(one[0], 6),
            -times[_key(one[1].kind, one[1].id)],
            one[1].title,
            one[1].kind,
            one[1].id,
        )
    )
    strong = [text for score, text in visible if score >= _least(visible, text.kind)]
    return tuple(_shown(text) for text in _one_per_topic(strong, spoken)[:limit])


def _least(visible: list[tuple[float, _Text]], kind: str) -> float:
    """What something must score to be shown: not much less than the best of its kind, not next to nothing at all."""
    of_kind = next(score for score, text in visible if text.kind == kind)
    return max(of_kind * _WEAK, visible[0][0] * _FAINT)


def _words_of(session: Connection, case_id: int) -> tuple[dict[str, float], list[str]]:
    """The words of a case with how often they come, and its tags as words."""
    subject = session.scalar(select(cases.c.subject).where(cases.c.id == case_id))
    newest = (
        select(func.substr(func.coalesce(func.nullif(messages.c.reply_text, ""), messages.c.text), 1, _READ))
        .where(messages.c.case_id == case_id, messages.c.person).order_by(messages.c.id.desc()).limit(2)
    )  # fmt: skip
    counted = Counter(stems(subject or "") * 2)
    for said in session.scalars(newest):
        counted.update(stems(said or ""))
    named = select(tags.c.name).join(case_tags, case_tags.c.tag_id == tags.c.id)
    tagged = [_tag(name) for name in session.scalars(named.where(case_tags.c.case_id == case_id))]
    # Counter.most_common keeps the order of arrival among equals, so that equal cases ask for equal words.
    return {word: float(times) for word, times in counted.most_common(_TERMS)}, tagged


def _refresh(session: Connection, memory: _Memory) -> None:
    """Take in what has changed: the texts when any of them has, and the uses that came since."""
    now = (stamp(session, macros), stamp(session, articles))
    if memory.stamp != now:
        texts, known, said = {}, {}, Lexicon()
        for text, version, terms in (*_macros(session), *_articles(session)):
            key = _key(text.kind, text.id)
            before = memory.known.get(key)
            known[key] = before if before is not None and before[0] == version else (version, terms())
            texts[key] = text
            said.add(key, known[key][1])
        memory.texts, memory.known, memory.said, memory.stamp = texts, known, said, now
    newest = session.scalar(select(func.max(uses.c.id))) or 0
    if newest < memory.last_use:
        memory.last_use, memory.used, memory.times = 0, Lexicon(), Counter()
    if newest > memory.last_use:
        _learn(session, memory, newest)


def _learn(session: Connection, memory: _Memory, newest: int) -> None:
    query = (
        select(uses.c.kind, uses.c.item_id, uses.c.case_id, cases.c.subject)
        .join(cases, cases.c.id == uses.c.case_id)
        .where(uses.c.kind.in_(("macro", "article")), uses.c.id > memory.last_use, uses.c.id <= newest)
        .order_by(uses.c.id.desc()).limit(_PAST)
    )  # fmt: skip
    rows = session.execute(query).all()
    named: dict[int, list[str]] = {}
    ids = sorted({row.case_id for row in rows})
    for start in range(0, len(ids), 400):
        tagged = select(case_tags.c.case_id, tags.c.name).join(tags, tags.c.id == case_tags.c.tag_id)
        for case_id, name in session.execute(tagged.where(case_tags.c.case_id.in_(ids[start : start + 400]))):
            named.setdefault(case_id, []).append(_tag(name))
    for row in rows:
        key = _key(row.kind, row.item_id)
        terms = {*stems(row.subject or ""), *named.get(row.case_id, ())}
        memory.used.add(key, dict.fromkeys(terms, 1.0))
        memory.times[key] += 1
    memory.last_use = newest


def _macros(session: Connection) -> Iterable[_Read]:
    said: dict[int, list[str]] = {}
    for row in session.execute(select(macro_texts.c.macro_id, macro_texts.c.subject, macro_texts.c.text)):
        said.setdefault(row.macro_id, []).append(f"{row.subject}\n{row.text}")
    for row in session.execute(select(macros).where(macros.c.active).order_by(macros.c.id)):
        texts = said.get(row.id, [])
        kinds = [str(one.get("kind")) for one in json.loads(row.actions) if isinstance(one, dict)]
        parts = tuple(dict.fromkeys([*(["reply"] if any(texts) else []), *kinds]))
        text = _Text(
            "macro", row.id, clean_line(row.name), row.scope, row.team_id, row.agent_id, 0, "", parts
        )
        yield text, row.version, partial(_weigh, (3.0, row.name), (1.0, "\n".join(texts)))


def _articles(session: Connection) -> Iterable[_Read]:
    query = select(articles).where(articles.c.state == State.PUBLISHED.value).order_by(articles.c.id)
    for row in session.execute(query):
        text = _Text("article", row.id, clean_line(row.title), Scope.EVERYONE.value, None, None, row.topic,
                     clean_line(row.language), (row.audience,))  # fmt: skip
        keywords = "\n".join(codec.read_words(row.keywords))
        yield (
            text,
            row.version,
            partial(_weigh, (3.0, row.title), (2.5, keywords), (0.7, row.body[:_LOOKED_AT])),
        )


def _weigh(*parts: tuple[float, str]) -> dict[str, float]:
    return weighed((weight, stems(text)) for weight, text in parts)


def _may_use(text: _Text, me: int, teams: set[int]) -> bool:
    if text.scope == Scope.PERSONAL:
        return text.agent_id == me
    return text.scope != Scope.TEAM or text.team_id in teams


def _one_per_topic(texts: list[_Text], spoken: dict[int, _Text]) -> list[_Text]:
    """Of articles that say the same, the one the customer reads, in the place of the best of them."""
    kept: dict[Item, _Text] = {}
    for text in texts:
        if text.kind == "article":
            kept.setdefault((text.kind, text.topic), spoken.get(text.topic, text))
        else:
            kept.setdefault((text.kind, text.id), text)
    return list(kept.values())


def _shown(text: _Text) -> Suggestion:
    if text.kind == "macro":
        names = [_("reply") if part == "reply" else _(_PARTS.get(part, part)) for part in text.detail]
        return Suggestion("macro", text.id, text.title, " · ".join(clean_line(name) for name in names))
    said = [_("public") if "public" in text.detail else _("internal"), text.language]
    return Suggestion("article", text.id, text.title, " · ".join(said))


def _key(kind: str, item_id: int) -> int:
    """One number for both kinds."""
    return item_id * 2 + (kind == "article")


def _tag(name: str) -> str:
    """A tag among words; no word holds a #."""
    return f"#{name}"
