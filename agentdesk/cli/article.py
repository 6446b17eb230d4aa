"""`agentdesk article`: what the team knows, written, published, found, and kept as Markdown files.

Invariant: an article is named by its number or by the name its file has; nothing that was written is ever gone.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentdesk.automation import article_files
from agentdesk.cli import folder
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import at, document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, amount, line, number, words
from agentdesk.config.language import _
from agentdesk.domain.instants import iso
from agentdesk.domain.knowledge import ArticleRow, Audience, State, VersionRow, Written, language_code
from agentdesk.domain.problems import Usage

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PAGE = 50
_ALL = 1_000_000


def add(parser: Parser) -> None:
    """All acts on articles."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("the articles that hold these words, best first"))
    several.add_argument("words", nargs="*", type=line, metavar=_("WORDS"))
    several.add_argument("--state", choices=[one.value for one in State])
    several.add_argument("--audience", choices=[one.value for one in Audience])
    several.add_argument(
        "--language",
        type=line,
        default="",
        metavar=_("LANGUAGE"),
        help=_("one article per topic, in this language"),
    )
    several.add_argument("--limit", type=amount, default=_PAGE, metavar=_("COUNT"))
    one = _of(act(acts, "show", show, _("one article whole")))
    one.add_argument("--version", type=number, metavar=_("NUMBER"), help=_("as it read then"))
    _add_save(act(acts, "save", save, _("write an article, or change what is named of one")))
    fitting = act(acts, "suggest", suggest, _("the articles and macros that fit a case, likeliest first"))
    fitting.add_argument("case", type=number, metavar=_("NUMBER"))
    publish = _of(act(acts, "publish", publish_, _("let everybody use it")))
    publish.add_argument("--draft", action="store_true", help=_("take it back to a draft"))
    _of(act(acts, "versions", versions, _("how it read, the newest first")))
    back = _of(act(acts, "restore", restore, _("bring an old version back as the newest")))
    back.add_argument("version", type=number, metavar=_("VERSION"))
    out = act(acts, "export", export, _("every article as a Markdown file"))
    out.add_argument("folder", type=Path, metavar=_("FOLDER"))
    in_ = act(acts, "import", import_, _("articles out of Markdown files; safe to repeat"))
    in_.add_argument("folder", type=Path, metavar=_("FOLDER"))


def _of(parser: Parser) -> Parser:
    parser.add_argument("article", type=line, metavar=_("ARTICLE"), help=_("its number or name"))
    return parser


def _add_save(save_: Parser) -> None:
    save_.add_argument(
        "article", nargs="?", type=line, default="", metavar=_("ARTICLE"), help=_("one that is there")
    )
    save_.add_argument("--title", type=line, metavar=_("WORDS"))
    text = save_.add_mutually_exclusive_group()
    text.add_argument("--text", type=words, metavar=_("TEXT"))
    text.add_argument("--body-file", metavar=_("FILE"), help=_("the text stands there; - is standard input"))
    save_.add_argument("--language", type=line, metavar=_("LANGUAGE"))
    save_.add_argument("--audience", choices=[one.value for one in Audience])
    save_.add_argument(
        "--keyword", action="append", type=line, metavar=_("WORD"), help=_("may be given again")
    )
    save_.add_argument("--link", type=line, metavar=_("URL"), help=_("where customers read it"))
    save_.add_argument("--name", type=line, metavar=_("NAME"), help=_("what its file is called"))
    alike = save_.add_mutually_exclusive_group()
    alike.add_argument("--same-as", type=line, metavar=_("ARTICLE"), help=_("the same in another language"))
    alike.add_argument("--alone", action="store_true", help=_("no longer the same as others"))
    save_.add_argument(
        "--seen", type=number, default=0, metavar=_("VERSION"), help=_("refuse if there is a newer one")
    )
    save_.add_argument("--publish", action="store_true", help=_("let everybody use it"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """Those that hold the words, best first."""
    from agentdesk.queries import knowledge  # noqa: PLC0415

    with context.store().session() as session:
        found = knowledge.find_articles(
            session, " ".join(args.words), state=State(args.state) if args.state else None,
            audience=Audience(args.audience) if args.audience else None, language=language_code(args.language),
            limit=args.limit,
        )  # fmt: skip
    if args.json:
        document({"articles": [_shape(row) for row in found.rows], "total": found.total})
        return 0
    for row in found.rows:
        facts = [f"{row.id}", row.language, named(row.state.value), named(row.audience.value), row.title]
        say(" · ".join(facts))
    if not found.total:
        tell(_("No article holds that."))
    elif found.total > len(found.rows):
        tell(_("{shown} of {total}; --limit shows more.").format(shown=len(found.rows), total=found.total))
    return 0


def show(args: argparse.Namespace, context: Context) -> int:
    """One whole, as it reads now or read once."""
    from agentdesk.queries import knowledge  # noqa: PLC0415

    with context.store().session() as session:
        row = _named(session, args.article)
        others = knowledge.languages_of(session, row.topic)
        if args.version:
            row = _as_it_read(row, knowledge.versions(session, row.id), args.version)
    if args.json:
        languages = [{"id": one.id, "slug": one.slug, "language": one.language} for one in others]
        document({"article": _shape(row) | {"languages": languages}})
        return 0
    said = [
        row.language,
        named(row.state.value),
        named(row.audience.value),
        _("version {n}").format(n=row.version),
    ]
    say(row.title)
    say(" · ".join([*said, at(row.updated_at, context.zone()), row.by]))
    if row.keywords:
        say(", ".join(row.keywords))
    if row.link:
        say(row.link)
    say()
    say(row.body)
    return 0


def suggest(args: argparse.Namespace, context: Context) -> int:
    """What may answer a case: what the desk shows beside it."""
    from agentdesk.queries import cases, suggesting  # noqa: PLC0415

    me = context.agent().id
    with context.store().session() as session:
        found = suggesting.suggestions(session, me, cases.case(session, args.case).id)
    if args.json:
        shape = [{"kind": one.kind, "id": one.id, "title": one.title, "detail": one.detail} for one in found]
        document({"suggestions": shape})
        return 0
    for one in found:
        say(
            " · ".join(
                [_("macro") if one.kind == "macro" else _("article"), f"{one.id}", one.title, one.detail]
            )
        )
    if not found:
        tell(_("Nothing that is known here fits."))
    return 0


def save(args: argparse.Namespace, context: Context) -> int:
    """A new one, or what is named of one that is there."""
    from agentdesk.services import articles  # noqa: PLC0415

    body = folder.given(args.text, args.body_file)
    actor = context.actor()
    with context.store().session() as session:
        row = _named(session, args.article) if args.article else None
        other = _named(session, args.same_as) if args.same_as else None
    if row is None and (args.title is None or body is None):
        raise Usage(_("A new article needs --title and --text or --body-file."))
    before = Written("", "") if row is None else Written(
        row.title, row.body, row.language, row.audience, row.keywords, row.link, row.slug)  # fmt: skip
    given: dict[str, Any] = {
        "title": args.title, "body": body, "language": args.language, "link": args.link, "slug": args.name,
        "audience": Audience(args.audience) if args.audience else None,
        "keywords": tuple(args.keyword) if args.keyword is not None else None,
    }  # fmt: skip
    written = replace(before, **{name: value for name, value in given.items() if value is not None})
    with context.store().unit(actor, context.clock(), DESK) as unit:
        article_id = articles.save(
            unit, written, article_id=row.id if row else None, seen_version=args.seen,
            state=State.PUBLISHED if args.publish else None,
        )  # fmt: skip
        if other is not None:
            articles.join_topic(unit, article_id, other.id)
        if args.alone:
            articles.leave_topic(unit, article_id)
        stroke = unit.stroke_id
    return _done(args, context, article_id, stroke, _("Article {id} is saved: {title}"))


def publish_(args: argparse.Namespace, context: Context) -> int:
    """Published, or a draft again."""
    from agentdesk.services import articles  # noqa: PLC0415

    state = State.DRAFT if args.draft else State.PUBLISHED
    said = _("Article {id} is a draft: {title}") if args.draft else _("Article {id} is published: {title}")
    return _turned(args, context, articles.set_state, state, said)


def restore(args: argparse.Namespace, context: Context) -> int:
    """An old version as the newest."""
    from agentdesk.services import articles  # noqa: PLC0415

    return _turned(args, context, articles.restore, args.version, _("Article {id} reads as it did: {title}"))


def versions(args: argparse.Namespace, context: Context) -> int:
    """How it read."""
    from agentdesk.queries import knowledge  # noqa: PLC0415

    with context.store().session() as session:
        row = _named(session, args.article)
        rows = knowledge.versions(session, row.id)
    if args.json:
        document(
            {"article": row.id, "versions": [_shape(_as_it_read(row, rows, one.version)) for one in rows]}
        )
        return 0
    for one in rows:
        say(
            " · ".join(
                [f"{one.version}", at(one.at, context.zone()), one.by, named(one.state.value), one.title]
            )
        )
    return 0


def export(args: argparse.Namespace, context: Context) -> int:
    """Every one as a file; files that say so already are not touched."""
    from agentdesk.queries import knowledge  # noqa: PLC0415

    with context.store().session() as session:
        rows = knowledge.find_articles(session, limit=_ALL).rows
    written = folder.put(args.folder, article_files.articles_as_files(rows))
    said = _("{n} articles in {folder}, {written} of them new or changed.")
    shape = {"exported": len(rows), "written": written}
    return result(args.json, shape, said.format(n=len(rows), folder=args.folder, written=written))


def import_(args: argparse.Namespace, context: Context) -> int:
    """All of the files or none: a fault names file, line and reason."""
    from agentdesk.services import articles  # noqa: PLC0415

    filed = article_files.read_articles(folder.get(args.folder))
    actor = context.actor()
    with context.store().unit(actor, context.clock(), DESK) as unit:
        added, changed = articles.take_in(unit, filed)
        stroke = unit.stroke_id
    shape = {"seen": len(filed), "added": added, "changed": changed, "stroke": stroke}
    said = _("{n} articles read: {added} new, {changed} changed.")
    return result(args.json, shape, said.format(n=len(filed), added=added, changed=changed))


def _turned(args: argparse.Namespace, context: Context, verb: Any, how: object, said: str) -> int:
    actor = context.actor()
    with context.store().session() as session:
        row = _named(session, args.article)
    with context.store().unit(actor, context.clock(), DESK) as unit:
        verb(unit, row.id, how)
        stroke = unit.stroke_id
    return _done(args, context, row.id, stroke, said)


def _done(args: argparse.Namespace, context: Context, article_id: int, stroke: int | None, said: str) -> int:
    from agentdesk.queries import knowledge  # noqa: PLC0415

    with context.store().session() as session:
        row = knowledge.article(session, article_id)
    return result(
        args.json, {"article": _shape(row), "stroke": stroke}, said.format(id=row.id, title=row.title)
    )


def _named(session: "Connection", word: str) -> ArticleRow:
    from agentdesk.queries import knowledge  # noqa: PLC0415

    digits = word.removeprefix("#")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 15
    return knowledge.article(session, int(digits) if is_number else word)


def _as_it_read(row: ArticleRow, rows: tuple[VersionRow, ...], version: int) -> ArticleRow:
    from agentdesk.domain.problems import NotFound  # noqa: PLC0415

    for one in rows:
        if one.version == version:
            return replace(
                row, version=one.version, title=one.title, body=one.body, state=one.state, audience=one.audience,
                keywords=one.keywords, link=one.link, by=one.by, updated_at=one.at,
            )  # fmt: skip
    raise NotFound(_("Article {number} has no version {version}.").format(number=row.id, version=version))


def _shape(row: ArticleRow) -> dict[str, Any]:
    return {
        "id": row.id, "slug": row.slug, "topic": row.topic, "language": row.language, "title": row.title,
        "body": row.body, "state": row.state.value, "audience": row.audience.value, "keywords": list(row.keywords),
        "link": row.link, "version": row.version, "updated_at": iso(row.updated_at), "by": row.by,
    }  # fmt: skip
