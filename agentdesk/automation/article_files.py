"""Articles and snippets as Markdown files with front matter, and back.

Invariants: exporting what was imported gives the same bytes; a fault is told with file, line and reason, all faults at
once; an article is called as its file is, a snippet is known by shortcut, language and scope.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from agentdesk.config.language import _
from agentdesk.domain.knowledge import (
    SIGN,
    ArticleRow,
    Audience,
    Filed,
    Phrase,
    Scope,
    SnippetRow,
    State,
    Written,
    is_slug,
    language_code,
    shortcut,
)
from agentdesk.domain.problems import Problem
from agentdesk.text import frontmatter
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.fold import fold
from agentdesk.text.frontmatter import Fields, Value

T = TypeVar("T")
W = TypeVar("W", bound=StrEnum)
_ARTICLE = ("title", "language", "state", "audience", "topic", "keywords", "link")
_SNIPPET = ("shortcut", "language", "title", "scope", "team")


def articles_as_files(rows: Iterable[ArticleRow]) -> dict[str, str]:
    """Every article's file by name. A topic of several languages is called by the first of their names."""
    rows = sorted(rows, key=lambda row: row.slug)
    topics: dict[int, list[str]] = {}
    for row in rows:
        topics.setdefault(row.topic, []).append(row.slug)
    return {f"{row.slug}.md": _article(row, topics[row.topic]) for row in rows}


def snippets_as_files(rows: Iterable[SnippetRow]) -> dict[str, str]:
    """Every snippet's file by name."""
    files: dict[str, str] = {}
    for row in rows:
        facts: dict[str, Value] = {
            "shortcut": row.shortcut, "language": row.language, "title": row.title, "scope": row.scope.value,
        }  # fmt: skip
        if row.scope is Scope.TEAM:
            facts["team"] = row.team
        ends = {Scope.TEAM: f"team-{_safe(row.team)}", Scope.PERSONAL: "personal", Scope.EVERYONE: ""}
        stem = ".".join(filter(None, (_safe(row.shortcut.removeprefix(SIGN)), row.language, ends[row.scope])))
        name, number = f"{stem}.md", 1
        while name in files:
            number += 1
            name = f"{stem}-{number}.md"
        files[name] = frontmatter.write(facts, row.text)
    return files


def read_articles(files: Mapping[str, str]) -> list[Filed]:
    """What the files say. Raises Problem naming every fault."""
    return _each(files, _read_article)


def read_snippets(files: Mapping[str, str]) -> list[Phrase]:
    """What the files say. Raises Problem naming every fault."""
    return _each(files, _read_snippet)


def _article(row: ArticleRow, of_topic: list[str]) -> str:
    facts: dict[str, Value] = {
        "title": row.title, "language": row.language, "state": row.state.value, "audience": row.audience.value,
    }  # fmt: skip
    if len(of_topic) > 1:
        facts["topic"] = of_topic[0]
    if row.keywords:
        facts["keywords"] = list(row.keywords)
    if row.link:
        facts["link"] = row.link
    return frontmatter.write(facts, row.body)


def _read_article(name: str, text: str) -> Filed:
    fields, body = frontmatter.read(text, name)
    fields.only(*_ARTICLE)
    slug = name.removesuffix(".md")
    if not is_slug(slug):
        raise frontmatter.fault(
            name, 1, _("a file of an article is named with small letters, digits and single hyphens")
        )
    if not fields.text("title").strip():
        raise fields.fault("title", _("a title is missing"))
    written = Written(
        title=clean_line(fields.text("title")), body=clean(body), language=_language(fields),
        audience=_one_of(fields, "audience", Audience, Audience.INTERNAL),
        keywords=tuple(clean_line(one) for one in fields.texts("keywords")), link=clean_line(fields.text("link")),
        slug=slug,
    )  # fmt: skip
    return Filed(
        name, written, _one_of(fields, "state", State, State.DRAFT), clean_line(fields.text("topic"))
    )


def _read_snippet(name: str, text: str) -> Phrase:
    fields, body = frontmatter.read(text, name)
    fields.only(*_SNIPPET)
    try:
        typed = shortcut(fields.text("shortcut"))
    except Problem as problem:
        raise fields.fault("shortcut", str(problem).rstrip(".")) from None
    if not body.strip():
        raise fields.fault("shortcut", _("the text is missing"))
    scope = _one_of(fields, "scope", Scope, Scope.EVERYONE)
    return Phrase(typed, clean(body), _language(fields), clean_line(fields.text("title")), scope,
                  clean_line(fields.text("team")))  # fmt: skip


def _each(files: Mapping[str, str], reads: Callable[[str, str], T]) -> list[T]:
    found: list[T] = []
    faults: list[str] = []
    for name, text in sorted(files.items()):
        try:
            found.append(reads(name, text))
        except Problem as problem:
            faults.append(str(problem))
    if faults:
        raise Problem("\n".join(faults))
    return found


def _language(fields: Fields) -> str:
    try:
        return language_code(fields.text("language"))
    except Problem as problem:
        raise fields.fault("language", str(problem).rstrip(".")) from None


def _one_of(fields: Fields, field: str, words: type[W], default: W) -> W:
    said = fields.text(field, default.value)
    for word in words:
        if word.value == said:
            return word
    known = ", ".join(word.value for word in words)
    raise fields.fault(field, _("«{field}» is one of {known}").format(field=field, known=known))


def _safe(word: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(word)).strip("-") or "x"
