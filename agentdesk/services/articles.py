"""Articles: written, published, linked over languages; every version is kept and can be brought back.

What is published is for everyone, and for leaders to change (`services.homes`); a draft is anybody's to write on in.
Invariants: nothing that was written is ever gone, bringing an old version back makes a new one of it; who saves over a
version they have not seen is refused; saving what stands already changes nothing, so an import may be repeated.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, insert, select, update

from agentdesk.config.language import _
from agentdesk.domain.knowledge import (
    LONGEST_BODY,
    LONGEST_TITLE,
    Audience,
    Filed,
    State,
    Written,
    is_slug,
    language_code,
)
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale
from agentdesk.services import homes
from agentdesk.store import codec
from agentdesk.store.tables import agents, article_versions, articles
from agentdesk.store.unit import UnitOfWork
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.fold import fold

_KEPT = ("title", "body", "state", "audience", "keywords", "link")
"""What a version keeps."""
_LINK = re.compile(r"https?://[^\s<>\"]+")
_MOST_KEYWORDS = 50


def save(
    unit: UnitOfWork, written: Written, *, article_id: int | None = None, seen_version: int = 0,
    state: State | None = None,
) -> int:  # fmt: skip
    """Write an article down, a new one (a draft unless `state` says else) or over the one named; returns its id.

    Raises Problem for what cannot stand, Refused for who may not, Stale when somebody saved a newer version
    than the one seen.
    """
    written = _checked(written)
    if article_id is None:
        return _begin(unit, written, state or State.DRAFT)
    row = _locked(unit, article_id)
    if seen_version and row.version != seen_version:
        raise Stale(
            _("{who} has saved this article since you opened it: read it again, then write.").format(
                who=_name(unit, row.updated_by)
            )
        )
    if written.language != row.language:
        _check_may(unit, row.state)
        _check_free(unit, row.topic, written.language, row.id)
        _set(unit, row.id, language=written.language)
    if written.slug and written.slug != row.slug:
        _check_may(unit, row.state)
        _set(unit, row.id, slug=_free_slug(unit, written.slug, strict=True))
    values = {
        "title": written.title, "body": written.body, "audience": written.audience.value,
        "keywords": codec.words(written.keywords), "link": written.link, "state": (state or State(row.state)).value,
    }  # fmt: skip
    _check_says_something(values["state"], written.body)
    _turn(unit, row, "article", **values)
    return int(row.id)


def set_state(unit: UnitOfWork, article_id: int, state: State) -> int:
    """Publish an article, or take it back to a draft; returns its version. Raises Problem, NotFound, Refused."""
    row = _locked(unit, article_id)
    _check_says_something(state.value, row.body)
    return _turn(unit, row, "publish", state=state.value)


def restore(unit: UnitOfWork, article_id: int, version: int) -> int:
    """Bring back how an article read once; it stays a draft or published as it is now. Returns the new version."""
    row = _locked(unit, article_id)
    old = _version(unit, article_id, version)
    return _turn(unit, row, "article", **{name: getattr(old, name) for name in _KEPT if name != "state"})


def join_topic(unit: UnitOfWork, article_id: int, other_id: int) -> None:
    """Say that two articles are the same in two languages. Raises Refused when there is one in that language."""
    row, other = _locked(unit, article_id), _locked(unit, other_id)
    if row.topic == other.topic:
        return
    _check_may(unit, row.state)
    _check_free(unit, other.topic, row.language, row.id)
    _set(unit, row.id, topic=other.topic)
    unit.record("article", None, "topic", row.topic, other.topic)


def save_beside(unit: UnitOfWork, written: Written, other_id: int) -> int:
    """Write the same as another article down in another language; returns its id. Raises what `save` does."""
    made = save(unit, written)
    join_topic(unit, made, other_id)
    return made


def leave_topic(unit: UnitOfWork, article_id: int) -> None:
    """Let an article stand alone again."""
    row = _locked(unit, article_id)
    rest = select(articles.c.id).where(articles.c.topic == row.topic, articles.c.id != row.id)
    others = list(unit.session.scalars(rest.order_by(articles.c.id)))
    if not others:
        return
    _check_may(unit, row.state)
    if (
        row.topic == row.id
    ):  # a topic is called by the article it began with: those who stay take another name
        unit.session.execute(update(articles).where(articles.c.id.in_(others)).values(topic=others[0]))
    _set(unit, row.id, topic=row.id)
    unit.record("article", None, "topic", row.topic, row.id)


def take_in(unit: UnitOfWork, filed: Sequence[Filed]) -> tuple[int, int]:
    """Keep articles as files say them: (new ones, changed ones). What cannot stand is told, each with its file.

    Raises Problem naming every file that was refused; then nothing of the rest is kept either.
    """
    added = changed = 0
    faults: list[str] = []
    ids: dict[str, int] = {}
    for one in filed:
        known = unit.session.execute(
            select(articles.c.id, articles.c.version).where(articles.c.slug == one.written.slug)
        ).one_or_none()
        try:
            with unit.part():
                ids[one.name] = save(
                    unit, one.written, article_id=known.id if known else None, state=one.state
                )
        except Problem as problem:
            faults.append(f"{one.name}: {problem}")
            continue
        if known is None:
            added += 1
        elif _locked(unit, known.id).version != known.version:
            changed += 1
    for one in filed:
        try:
            if one.topic and one.topic != one.written.slug and one.name in ids:
                join_topic(unit, ids[one.name], _of_topic(unit, one))
        except Problem as problem:
            faults.append(f"{one.name}: {problem}")
    if faults:
        raise Problem("\n".join(faults))
    return added, changed


def _of_topic(unit: UnitOfWork, one: Filed) -> int:
    found = id_of(unit, one.topic)
    if found is None:
        raise Problem(_("«{topic}», the topic it belongs to, is no article here.").format(topic=one.topic))
    return found


def id_of(unit: UnitOfWork, slug: str) -> int | None:
    """The article of that name, None when there is none."""
    return unit.session.scalar(select(articles.c.id).where(articles.c.slug == slug))


def turn_back(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of a new version: the one before comes back as the newest. Raises Refused when overtaken."""
    article_id, _colon, after = str(fact.after).partition(":")
    row = _locked(unit, int(article_id))
    left = _version(unit, row.id, int(after))
    if any(
        getattr(row, name) != getattr(left, name) for name in _KEPT
    ):  # by what it says: a redo has a number anew
        raise Refused(
            _("{who} has saved «{title}» since, so it was not taken back.").format(
                who=_name(unit, row.updated_by), title=clean_line(row.title)
            )
        )
    old = _version(unit, row.id, int(str(fact.before).partition(":")[2]))
    _turn(unit, row, "article", **{name: getattr(old, name) for name in _KEPT})


def _begin(unit: UnitOfWork, written: Written, state: State) -> int:
    _check_says_something(state.value, written.body)
    _check_may(unit, state)
    slug = _free_slug(unit, written.slug or slug_of(written.title), strict=bool(written.slug))
    values = {
        "slug": slug, "language": written.language, "title": written.title, "body": written.body,
        "state": state.value, "audience": written.audience.value, "keywords": codec.words(written.keywords),
        "link": written.link, "topic": -unit.at, "created_at": unit.at, "updated_at": unit.at,
        "updated_by": unit.actor.id,
    }  # fmt: skip
    key = unit.session.execute(insert(articles).values(values)).inserted_primary_key
    assert key is not None
    article_id = int(key[0])
    _set(unit, article_id, topic=article_id)  # alone in its topic, which has its name from it
    _keep(unit, article_id)
    unit.record("article", None, "added", None, article_id)
    return article_id


def _turn(unit: UnitOfWork, row: Any, verb: str, **values: Any) -> int:
    """Make the next version of an article, unless nothing is new about it."""
    new = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not new:
        return int(row.version)
    _check_may(unit, row.state, new.get("state", ""))
    unit.stroke(verb)
    _set(unit, row.id, **new, version=row.version + 1)
    _keep(unit, row.id)
    unit.record("article", None, "version", f"{row.id}:{row.version}", f"{row.id}:{row.version + 1}")
    return int(row.version) + 1


def _check_may(unit: UnitOfWork, *states: str) -> None:
    """Raises Refused unless the actor may change an article that is, or becomes, one of these."""
    if State.PUBLISHED in states and not homes.may_change(unit, "everyone"):
        raise homes.ask_a_leader()


def _check_says_something(state: str, body: str) -> None:
    if state == State.PUBLISHED and not body.strip():
        raise Problem(_("This article says nothing yet: write something before it is published."))


def _set(unit: UnitOfWork, article_id: int, **values: Any) -> None:
    stamped = values | {"updated_at": unit.at, "updated_by": unit.actor.id}
    unit.session.execute(update(articles).where(articles.c.id == article_id).values(stamped))


def _keep(unit: UnitOfWork, article_id: int) -> None:
    row = unit.session.execute(select(articles).where(articles.c.id == article_id)).one()
    kept = {name: getattr(row, name) for name in _KEPT}
    unit.session.execute(
        insert(article_versions).values(
            article_id=article_id, version=row.version, agent_id=unit.actor.id, at=unit.at, **kept
        )
    )


def _locked(unit: UnitOfWork, article_id: int) -> Any:
    row = unit.session.execute(
        select(articles).where(articles.c.id == article_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(_("There is no article {number}.").format(number=article_id))
    return row


def _version(unit: UnitOfWork, article_id: int, version: int) -> Any:
    here = (article_versions.c.article_id == article_id, article_versions.c.version == version)
    found = unit.session.execute(select(article_versions).where(*here)).one_or_none()
    if found is None:
        raise NotFound(
            _("Article {number} has no version {version}.").format(number=article_id, version=version)
        )
    return found


def _checked(written: Written) -> Written:
    """The article as it may be kept. Raises Problem naming what is wrong."""
    title, body, link = clean_line(written.title), clean(written.body).strip("\n"), written.link.strip()
    keywords = tuple(dict.fromkeys(filter(None, (clean_line(one) for one in written.keywords))))
    if not title:
        raise Problem(_("An article needs a title: write one line that says what it answers."))
    if len(title) > LONGEST_TITLE:
        raise Problem(_("The title is longer than {n} characters: make it shorter.").format(n=LONGEST_TITLE))
    if len(body) > LONGEST_BODY:
        raise Problem(_("The article is longer than {n} characters: make two of it.").format(n=LONGEST_BODY))
    if len(keywords) > _MOST_KEYWORDS:
        raise Problem(_("An article takes at most {n} keywords.").format(n=_MOST_KEYWORDS))
    if link and not _LINK.fullmatch(clean_line(link)):
        raise Problem(_("«{link}» is no link: write https://…").format(link=clean_line(link)[:80]))
    if written.slug and not is_slug(written.slug):
        raise Problem(
            _("«{word}» cannot name an article: use small letters, digits and single hyphens.").format(
                word=clean_line(written.slug)[:80]
            )
        )
    return replace(
        written, title=title, body=body, link=clean_line(link), keywords=keywords,
        language=language_code(written.language) or "en", audience=Audience(written.audience),
    )  # fmt: skip


def slug_of(title: str) -> str:
    """What an article of this title is called in files."""
    found = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:60].rstrip("-")
    return found or "article"


def _free_slug(unit: UnitOfWork, slug: str, *, strict: bool) -> str:
    """This slug, or the next free one after it. Raises Refused when just this one was asked for."""
    taken = set(
        unit.session.scalars(select(articles.c.slug).where(articles.c.slug.startswith(slug, autoescape=True)))
    )
    if slug not in taken:
        return slug
    if strict:
        raise Refused(_("There is an article {slug} already.").format(slug=slug))
    return next(f"{slug}-{n}" for n in range(2, len(taken) + 3) if f"{slug}-{n}" not in taken)


def _check_free(unit: UnitOfWork, topic: int, language: str, article_id: int) -> None:
    here = (articles.c.topic == topic, articles.c.language == language, articles.c.id != article_id)
    if unit.session.scalar(select(func.count()).select_from(articles).where(*here)):
        raise Refused(
            _("This topic has an article in that language ({language}) already.").format(language=language)
        )


def _name(unit: UnitOfWork, agent_id: int | None) -> str:
    found = unit.session.execute(
        select(agents.c.name, agents.c.login).where(agents.c.id == agent_id)
    ).one_or_none()
    return (clean_line(found.name) or found.login) if found is not None else _("Somebody")
