"""`agentdesk snippet`: short texts that a shortcut writes out, kept as Markdown files.

Invariant: another's own snippets are neither shown nor changed; who exports writes out their own beside those of all.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from agentdesk.automation import article_files
from agentdesk.cli import folder
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, line, number, words
from agentdesk.config.language import _
from agentdesk.domain.instants import iso
from agentdesk.domain.knowledge import Phrase, Scope, SnippetRow, shortcut
from agentdesk.domain.people import may_lead
from agentdesk.domain.problems import NotFound, Usage


def add(parser: Parser) -> None:
    """All acts on snippets."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("the snippets that you may use"))
    several.add_argument("--language", type=line, metavar=_("LANGUAGE"))
    save_ = act(acts, "save", save, _("write a snippet, or change what is named of one"))
    save_.add_argument("shortcut", nargs="?", type=line, metavar=_("SHORTCUT"), help=_("like ;gls"))
    save_.add_argument("--id", type=number, metavar=_("NUMBER"), help=_("change this one"))
    text = save_.add_mutually_exclusive_group()
    text.add_argument("--text", type=words, metavar=_("TEXT"))
    text.add_argument("--body-file", metavar=_("FILE"), help=_("the text stands there; - is standard input"))
    save_.add_argument("--title", type=line, metavar=_("WORDS"))
    save_.add_argument(
        "--language", type=line, metavar=_("LANGUAGE"), help=_("for customers of this language")
    )
    save_.add_argument("--scope", choices=[one.value for one in Scope], help=_("for whom it is"))
    save_.add_argument("--team", type=line, metavar=_("TEAM"), help=_("for this team"))
    out = act(acts, "expand", expand, _("what a shortcut stands for, in a case if one is named"))
    out.add_argument("shortcut", type=line, metavar=_("SHORTCUT"))
    out.add_argument("--case", type=number, metavar=_("NUMBER"), help=_("in the language of its customer"))
    gone = act(acts, "delete", delete, _("throw one away"))
    gone.add_argument("id", type=number, metavar=_("NUMBER"))
    out = act(acts, "export", export, _("every snippet as a Markdown file"))
    out.add_argument("folder", type=Path, metavar=_("FOLDER"))
    in_ = act(acts, "import", import_, _("snippets out of Markdown files; safe to repeat"))
    in_.add_argument("folder", type=Path, metavar=_("FOLDER"))


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


def list_(args: argparse.Namespace, context: Context) -> int:
    """All that this agent may use."""
    rows = [row for row in _rows(context) if args.language in (None, row.language)]
    if args.json:
        document({"snippets": [_shape(row) for row in rows]})
        return 0
    for row in rows:
        whose = row.team or row.owner or named(row.scope.value)
        say(
            " · ".join(
                [f"{row.id}", row.shortcut, row.language or "–", whose, row.title or row.text.split("\n")[0]]
            )
        )
    if not rows:
        tell(_("There is no snippet yet."))
    return 0


def save(args: argparse.Namespace, context: Context) -> int:
    """A new one, or what is named of one that is there."""
    from agentdesk.services import snippets  # noqa: PLC0415

    text = folder.given(args.text, args.body_file)
    actor = context.actor()
    row = _row(context, args.id) if args.id is not None else None
    if row is None and (args.shortcut is None or text is None):
        raise Usage(_("A new snippet needs a shortcut and --text or --body-file."))
    scope = Scope(args.scope) if args.scope else Scope.TEAM if args.team else None
    whose = Scope.EVERYONE if may_lead(actor.role) else Scope.PERSONAL
    before = Phrase("", "", scope=whose) if row is None else Phrase(
        row.shortcut, row.text, row.language, row.title, row.scope, row.team)  # fmt: skip
    given: dict[str, Any] = {
        "shortcut": args.shortcut, "text": text, "language": args.language, "title": args.title, "scope": scope,
        "team": args.team,
    }  # fmt: skip
    phrase = replace(before, **{name: value for name, value in given.items() if value is not None})
    with context.store().unit(actor, context.clock(), DESK) as unit:
        snippet_id = snippets.save(unit, phrase, snippet_id=args.id)
    kept = _row(context, snippet_id)
    said = _("Snippet {id} is saved: {shortcut}").format(id=kept.id, shortcut=kept.shortcut)
    return result(args.json, {"snippet": _shape(kept)}, said)


def expand(args: argparse.Namespace, context: Context) -> int:
    """What Tab would write out."""
    from agentdesk.queries import cases, expanding  # noqa: PLC0415

    me = context.agent().id
    typed = shortcut(args.shortcut)
    with context.store().session() as session:
        case_id = cases.case(session, args.case).id if args.case is not None else None
        found = expanding.expand(session, me, typed, case_id, context.clock())
    if found is None:
        raise NotFound(_("There is no snippet {shortcut}.").format(shortcut=typed))
    if found.missing:
        tell(_("Not known here, fill it in: {names}").format(names=", ".join(found.missing)))
    shape = {"id": found.snippet_id, "text": found.text, "missing": list(found.missing)}
    return result(args.json, shape, found.text)


def delete(args: argparse.Namespace, context: Context) -> int:
    """Throw one away."""
    from agentdesk.services import snippets  # noqa: PLC0415

    actor = context.actor()
    with context.store().unit(actor, context.clock(), DESK) as unit:
        snippets.remove(unit, args.id)
    return result(args.json, {"deleted": args.id}, _("Snippet {id} is gone.").format(id=args.id))


def export(args: argparse.Namespace, context: Context) -> int:
    """Every one as a file; files that say so already are not touched."""
    rows = _rows(context)
    written = folder.put(args.folder, article_files.snippets_as_files(rows))
    said = _("{n} snippets in {folder}, {written} of them new or changed.")
    shape = {"exported": len(rows), "written": written}
    return result(args.json, shape, said.format(n=len(rows), folder=args.folder, written=written))


def import_(args: argparse.Namespace, context: Context) -> int:
    """All of the files or none: a fault names file, line and reason."""
    from agentdesk.services import snippets  # noqa: PLC0415

    phrases = article_files.read_snippets(folder.get(args.folder))
    actor = context.actor()
    with context.store().unit(actor, context.clock(), DESK) as unit:
        added, changed = snippets.take_in(unit, phrases)
    shape = {"seen": len(phrases), "added": added, "changed": changed}
    said = _("{n} snippets read: {added} new, {changed} changed.")
    return result(args.json, shape, said.format(n=len(phrases), added=added, changed=changed))


def _rows(context: Context) -> tuple[SnippetRow, ...]:
    from agentdesk.queries import knowledge  # noqa: PLC0415

    me = context.agent().id
    with context.store().session() as session:
        return knowledge.snippets_of(session, me)


def _row(context: Context, snippet_id: int) -> SnippetRow:
    for row in _rows(context):
        if row.id == snippet_id:
            return row
    raise NotFound(_("There is no snippet {number}.").format(number=snippet_id))


def _shape(row: SnippetRow) -> dict[str, Any]:
    return {
        "id": row.id, "shortcut": row.shortcut, "language": row.language, "title": row.title, "text": row.text,
        "scope": row.scope.value, "team": row.team or None, "owner": row.owner or None, "version": row.version,
        "updated_at": iso(row.updated_at),
    }  # fmt: skip
