"""`agentdesk macro`: list, show, write and retire macros, and keep them as files; `macro_acts` runs them.

Invariant: files are taken in all of them or none; a macro that somebody has changed since is not overwritten unseen.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from agentdesk.cli import folder, macro_acts, shapes
from agentdesk.cli.context import DESK, Context
from agentdesk.cli.output import document, named, result, say, tell
from agentdesk.cli.parser import Parser, act, line, number, words
from agentdesk.config.language import _
from agentdesk.domain.macros import SCOPES, Macro, MacroRow, MacroText
from agentdesk.domain.people import may_lead
from agentdesk.domain.problems import NotFound, Problem, Refused


def add(parser: Parser) -> None:
    """All acts on macros."""
    acts = parser.acts()
    several = act(acts, "list", list_, _("the macros that you may use"))
    several.add_argument("--all", action="store_true", help=_("retired ones and colleagues' own too"))
    _named(act(acts, "show", show, _("one macro whole")))
    _add_save(act(acts, "save", save, _("write a macro, or change what is named of one")))
    _named(act(acts, "retire", retire, _("take a macro out of the lists")))
    out = act(acts, "export", export, _("every macro as a Markdown file"))
    in_ = act(acts, "import", import_, _("macros out of Markdown files; safe to repeat"))
    for one in (out, in_):
        one.add_argument("folder", type=Path, metavar=_("FOLDER"))
    for name, does, says in (
        ("preview", macro_acts.preview, _("what it would do to a case, before it does")),
        ("run", macro_acts.run, _("do all of it, or nothing")),
    ):
        one = _named(act(acts, name, does, says))
        one.add_argument("--case", type=number, required=True, metavar=_("NUMBER"))
        one.add_argument(
            "--language", type=line, default="", metavar=_("CODE"), help=_("this text and no other")
        )
    one.add_argument("--anyway", action="store_true", help=_("run although something speaks against it"))


def _named(parser: Parser) -> Parser:
    parser.add_argument("macro", type=line, metavar=_("MACRO"), help=_("its name, or that of its file"))
    return parser


def _add_save(save_: Parser) -> None:
    save_.add_argument(
        "macro", nargs="?", type=line, default="", metavar=_("MACRO"), help=_("one that is there")
    )
    save_.add_argument("--name", type=line, metavar=_("WORDS"))
    save_.add_argument(
        "--language", type=line, default="en", metavar=_("CODE"), help=_("of the text and the subject")
    )
    text = save_.add_mutually_exclusive_group()
    text.add_argument("--text", type=words, metavar=_("TEXT"))
    text.add_argument("--body-file", metavar=_("FILE"), help=_("the text stands there; - is standard input"))
    save_.add_argument("--subject", type=line, metavar=_("WORDS"))
    what = _("like: status pending; tag +late; snooze tomorrow 9; owner me; note Called")
    save_.add_argument("--actions", type=words, metavar=_("ACTIONS"), help=what)
    save_.add_argument("--scope", choices=SCOPES, help=_("for whom it is"))
    save_.add_argument("--team", type=line, metavar=_("TEAM"), help=_("for this team"))
    save_.add_argument(
        "--file",
        action="append",
        type=Path,
        metavar=_("FILE"),
        help=_("goes along with its reply; may be given again"),
    )
    save_.add_argument(
        "--seen", type=number, default=0, metavar=_("VERSION"), help=_("refuse if there is a newer one")
    )


def execute(args: argparse.Namespace, context: Context) -> int:
    """Do the named act."""
    return int(args.does(args, context))


# -- reads ------------------------------------------------------------------------------------------------------------


def list_(args: argparse.Namespace, context: Context) -> int:
    """Those this agent may use, by name."""
    from agentdesk.queries import macros  # noqa: PLC0415

    actor = context.actor()
    with context.store().session() as session:
        rows = macros.visible(
            session, None if args.all and may_lead(actor.role) else actor.id, active=not args.all
        )
    if args.json:
        document({"macros": [shape(row) for row in rows]})
        return 0
    for row in rows:
        whose = row.team or row.owner or named(row.scope)
        facts = [row.slug, row.name, whose, " ".join(row.languages), "; ".join(_lines(row))]
        say(" · ".join(filter(None, [*facts, "" if row.active else _("retired")])))
    if not rows:
        tell(_("There is no macro yet: agentdesk macro save writes one."))
    return 0


def show(args: argparse.Namespace, context: Context) -> int:
    """One whole."""
    row = macro_acts.find(context, args.macro, active=False)
    if args.json:
        document({"macro": shape(row)})
        return 0
    say(row.name)
    say(" · ".join(filter(None, [row.slug, named(row.scope), row.team or row.owner])))
    for one in _lines(row):
        say(one)
    for text in row.texts:
        say()
        say(" · ".join(filter(None, [text.language, text.subject])))
        say(text.text)
    for file in row.files:
        say(_("file: {name}, {size} bytes").format(name=file.filename, size=file.size))
    return 0


# -- writing ----------------------------------------------------------------------------------------------------------


def save(args: argparse.Namespace, context: Context) -> int:
    """A new one, or what is named of one that is there."""
    from agentdesk.automation import actions, macros  # noqa: PLC0415
    from agentdesk.queries import macros as reads  # noqa: PLC0415

    body = folder.given(args.text, args.body_file)
    row = macro_acts.find(context, args.macro, active=False) if args.macro else None
    with context.store().session() as session:
        written = _written(row, reads.files(session, row.id)) if row is not None else None
    if written is None:
        written = Macro("", scope="everyone" if may_lead(context.actor().role) else "personal")
    if args.name is not None:
        written = replace(written, name=args.name)
    if body is not None or args.subject is not None:
        written = replace(written, texts=_with_text(written.texts, args.language, body, args.subject))
    if args.actions is not None:
        written = replace(written, actions=actions.read_lines(args.actions))
    if args.scope is not None or args.team is not None:
        written = replace(written, scope=args.scope or "team", team=args.team or "", owner="")
    if args.file:
        written = replace(written, files=_with_files(written.files, args.file))
        sent = {one.get("file") for one in written.actions}
        more = tuple({"kind": "attach", "file": path.name} for path in args.file if path.name not in sent)
        written = replace(written, actions=(*written.actions, *more))
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        macro_id = macros.save(unit, written, row.id if row is not None else 0, version=args.seen)
    with context.store().session() as session:
        row = reads.macro(session, macro_id)
    return result(
        args.json,
        {"macro": shape(row)},
        _("The macro {slug} is saved: {name}").format(slug=row.slug, name=row.name),
    )


def retire(args: argparse.Namespace, context: Context) -> int:
    """Out of everybody's lists."""
    from agentdesk.services import macros  # noqa: PLC0415

    row = macro_acts.find(context, args.macro)
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        stroke = macros.retire(unit, row.id)
    said = _("The macro {slug} is retired; agentdesk case undo {stroke} takes that back.")
    return result(args.json, {"macro": shape(row) | {"active": False}, "stroke": stroke},
                  said.format(slug=row.slug, stroke=stroke))  # fmt: skip


def export(args: argparse.Namespace, context: Context) -> int:
    """Every one that this agent sees as a file; files that say so already are not touched."""
    from agentdesk.automation import macro_files  # noqa: PLC0415
    from agentdesk.queries import macros  # noqa: PLC0415

    me = context.agent().id
    with context.store().session() as session:
        rows = macros.visible(session, me)
        lying = {row.slug: macros.files(session, row.id) for row in rows if row.files}
    written = folder.put(args.folder, macro_files.all_names(rows))
    for slug, files in lying.items():
        written += folder.put(args.folder / slug, {one.filename: one.content for one in files})
    said = _("{n} macros in {folder}, {written} files new or changed.")
    value = {"exported": len(rows), "written": written}
    return result(args.json, value, said.format(n=len(rows), folder=args.folder, written=written))


def import_(args: argparse.Namespace, context: Context) -> int:
    """All of the files or none: a fault names file, line and reason."""
    from agentdesk.automation import macro_files  # noqa: PLC0415

    home = args.folder if args.folder.is_dir() else args.folder.parent
    found = macro_files.read_macros(folder.get(args.folder), home)
    added = changed = 0
    with context.store().unit(context.actor(), context.clock(), DESK) as unit:
        faults: list[str] = []
        refused = 0
        for one in found:
            try:
                how = _take_in(unit, one)
            except Problem as problem:
                refused += isinstance(problem, Refused)
                faults.append(f"{one.slug}.md, {_('line {n}').format(n=1)}: {problem}")
                continue
            added, changed = added + (how == "added"), changed + (how == "changed")
        if faults:
            raise (Refused if refused == len(faults) else Problem)("\n".join(faults))
    value = {"seen": len(found), "added": added, "changed": changed}
    said = _("{n} macros read: {added} new, {changed} changed.")
    return result(args.json, value, said.format(n=len(found), added=added, changed=changed))


def _take_in(unit: Any, one: Macro) -> str:
    from agentdesk.automation import macros  # noqa: PLC0415
    from agentdesk.queries import macros as reads  # noqa: PLC0415

    row = reads.by_slug(unit.session, one.slug)
    if row is None:
        macros.save(unit, one)
        return "added"
    if row.active and _written(row, reads.files(unit.session, row.id)) == one:
        return ""
    macros.save(unit, one, row.id)
    return "changed"


def _written(row: MacroRow, files: Any) -> Macro:
    return Macro(row.name, row.slug, row.scope, row.team, row.owner, row.texts, row.actions, files)


def _with_text(
    texts: tuple[MacroText, ...], language: str, body: str | None, subject: str | None
) -> tuple[MacroText, ...]:
    before = next((one for one in texts if one.language == language), MacroText(language, ""))
    text = MacroText(
        language, before.text if body is None else body, before.subject if subject is None else subject
    )
    return (*(one for one in texts if one.language != language), text)


def _with_files(files: Any, more: list[Path]) -> Any:
    from agentdesk.automation import macro_files  # noqa: PLC0415

    found = {one.filename: one for one in files}
    for path in more:
        if not path.is_file():
            raise NotFound(_("There is no file {file}.").format(file=path))
        found[path.name] = macro_files.read_file(path)
    return tuple(found[name] for name in sorted(found))


def _lines(row: MacroRow) -> list[str]:
    from agentdesk.automation import actions  # noqa: PLC0415

    return [actions.line_of(one) for one in row.actions]


def shape(row: MacroRow) -> dict[str, Any]:
    """A macro as JSON."""
    return {
        "id": row.id, "slug": row.slug, "name": row.name, "scope": row.scope, "team": row.team or None,
        "owner": row.owner or None, "actions": [json.loads(json.dumps(dict(one))) for one in row.actions],
        "texts": [{"language": one.language, "subject": one.subject, "text": one.text} for one in row.texts],
        "files": [{"filename": one.filename, "content_type": one.content_type, "size": one.size, "sha256": one.sha256}
                  for one in row.files],
        "active": row.active, "version": row.version, "updated_at": shapes.time(row.updated_at),
        "updated_by": row.updated_by or None, "uses": row.uses,
    }  # fmt: skip
