"""Macros as Markdown files with front matter, and back; a macro's files lie in a folder of its name.

The texts stand one below the other, each under a line <!-- da -->; a line of a text that looks like one gets a
backslash. Invariants: exporting what was imported gives the same bytes; a fault is told with file, line and reason, all
faults at once; a macro is called as its file is.
"""

import errno
import mimetypes
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from agentdesk.automation.actions import line_of, read_line
from agentdesk.config.language import _
from agentdesk.domain.macros import MOST_FILES_BYTES, SCOPES, Macro, MacroRow, MacroText
from agentdesk.domain.mail import Enclosure
from agentdesk.domain.problems import Problem
from agentdesk.text import frontmatter, template
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.frontmatter import Fields, Value

_KNOWN = ("name", "scope", "team", "owner", "actions", "subjects", "types")
_MARK = re.compile(r"<!-- ([a-z]{2,3}) -->")
_ESCAPED = re.compile(r"\\+<!-- [a-z]{2,3} -->")
_PLAIN = "application/octet-stream"


def name_of(row: MacroRow) -> str:
    """The file that a macro is kept in."""
    return f"{row.slug}.md"


def as_file(row: MacroRow) -> str:
    """The file's text."""
    facts: dict[str, Value] = {"name": row.name, "scope": row.scope}
    if row.scope == "team":
        facts["team"] = row.team
    if row.scope == "personal":
        facts["owner"] = row.owner
    if row.actions:
        facts["actions"] = [line_of(one) for one in row.actions]
    subjects: dict[str, Value] = {one.language: one.subject for one in row.texts if one.subject}
    if subjects:
        facts["subjects"] = subjects
    types: dict[str, Value] = {
        one.filename: one.content_type for one in row.files if one.content_type != _type_of(one.filename)
    }
    if types:
        facts["types"] = types
    return frontmatter.write(facts, "\n\n".join(_section(one) for one in row.texts))


def read_macros(texts: Mapping[str, str], folder: Path) -> list[Macro]:
    """What the files say, with what lies in the folders beside them. Raises Problem naming every fault."""
    found: list[Macro] = []
    faults: list[str] = []
    for name, text in sorted(texts.items()):
        try:
            found.append(_read(name, text, folder))
        except Problem as problem:
            faults.append(str(problem))
    if faults:
        raise Problem("\n".join(faults))
    return found


def read_file(file: Path, kind: str = "") -> Enclosure:
    """One file that is to lie beside a macro. Raises Problem for one that cannot be read, or is too large."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_FILES_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, error.strerror) from None
    if len(content) > MOST_FILES_BYTES:
        raise Problem(_("The files of a macro are larger than 20 MB together: no mail would carry them."))
    return Enclosure(file.name, kind or _type_of(file.name), content)


def _read_files(folder: Path, types: Mapping[str, str]) -> tuple[Enclosure, ...]:
    """The files of one macro, by name. Raises Problem for one that cannot be read, or is a link to elsewhere.

    The folder may be somebody else's: what it points to on this machine must not go out to customers.
    """
    try:
        lying = sorted(folder.iterdir(), key=lambda path: path.name) if folder.is_dir() else []
    except OSError as error:
        raise _unreadable(folder, error.strerror) from None
    found = [one for one in lying if one.is_file() and not one.name.startswith(".")]
    for one in (folder, *found):
        if one.is_symlink():
            raise _unreadable(one, os.strerror(errno.ELOOP))
    return tuple(read_file(one, types.get(one.name, "")) for one in found)


def _unreadable(file: Path, reason: str | None) -> Problem:
    return Problem(
        _("{file} cannot be read ({reason}): check the name and who may read it.").format(
            file=file, reason=reason
        )
    )


def _section(text: MacroText) -> str:
    lines = [
        f"\\{line}" if _MARK.fullmatch(line) or _ESCAPED.fullmatch(line) else line
        for line in text.text.split("\n")
    ]
    return "\n".join([f"<!-- {text.language} -->", *lines])


def _read(name: str, text: str, folder: Path) -> Macro:
    fields, body = frontmatter.read(text, name)
    fields.only(*_KNOWN)
    slug = name.removesuffix(".md")
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
        raise frontmatter.fault(
            name, 1, _("a file of a macro is named with small letters, digits and single hyphens")
        )
    if not fields.text("name").strip():
        raise fields.fault("name", _("a name is missing"))
    scope = fields.text("scope", SCOPES[0])
    if scope not in SCOPES:
        raise fields.fault(
            "scope", _("«{field}» is one of {known}").format(field="scope", known=", ".join(SCOPES))
        )
    texts = _texts(fields, name, body, _first(text))
    return Macro(
        clean_line(fields.text("name")), slug, scope, clean_line(fields.text("team")), clean_line(fields.text("owner")),
        texts, _actions(fields), _read_files(folder / slug, _pairs(fields, "types")),
    )  # fmt: skip


def _first(text: str) -> int:
    """The line of the file in which its body begins."""
    lines = text.replace("\r\n", "\n").split("\n")
    return next(at for at, line in enumerate(lines[1:], 3) if line.rstrip() == "---")


def _actions(fields: Fields) -> tuple[Mapping[str, object], ...]:
    found = []
    for line in fields.texts("actions"):
        try:
            found.append(read_line(clean(line)))
        except Problem as problem:
            raise fields.fault("actions", str(problem).rstrip(".")) from None
    return tuple(found)


def _pairs(fields: Fields, field: str) -> dict[str, str]:
    value = fields.get(field, {})
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise fields.fault(field, _("«{field}» takes lines of «name: text»").format(field=field))
    return {key: clean_line(one) for key, one in value.items() if isinstance(one, str)}


def _texts(fields: Fields, name: str, body: str, first: int) -> tuple[MacroText, ...]:
    subjects = _pairs(fields, "subjects")
    sections: dict[str, tuple[int, list[str]]] = {}
    kept: list[str] | None = None
    for at, line in enumerate(body.split("\n"), first):
        mark = _MARK.fullmatch(line.rstrip())
        if mark is not None:
            if mark[1] in sections:
                raise frontmatter.fault(name, at, _("«{code}» stands here twice").format(code=mark[1]))
            kept = []
            sections[mark[1]] = (at, kept)
        elif kept is not None:
            kept.append(line.removeprefix("\\") if _ESCAPED.fullmatch(line) else line)
        elif line.strip():
            raise frontmatter.fault(name, at, _("above a text stands its language, like <!-- da -->"))
    for language in subjects:
        if language not in sections:
            raise fields.fault(
                "subjects", _("«{code}» has a subject and no text").format(code=clean_line(language))
            )
    return tuple(
        _text(name, language, at, "\n".join(lines), subjects.get(language, ""))
        for language, (at, lines) in sorted(sections.items())
    )


def _text(name: str, language: str, at: int, text: str, subject: str) -> MacroText:
    leading = len(text) - len(text.lstrip("\n"))
    kept = clean(text).strip("\n")
    if not kept.strip():
        raise frontmatter.fault(name, at, _("the text is missing"))
    try:
        template.check(kept)
    except template.Misformed as error:
        raise frontmatter.fault(name, at + leading + max(1, error.line), error.reason.rstrip(".")) from None
    return MacroText(language, kept, subject)


def _type_of(filename: str) -> str:
    """By the ending and Python's own table, not this machine's: a file means the same everywhere."""
    return _TYPES.guess_type(filename)[0] or _PLAIN


_TYPES = mimetypes.MimeTypes()


def all_names(rows: Iterable[MacroRow]) -> dict[str, str]:
    """Every macro's file by name."""
    return {name_of(row): as_file(row) for row in sorted(rows, key=lambda row: row.slug)}
