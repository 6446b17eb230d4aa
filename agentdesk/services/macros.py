"""Macros as the store keeps them, and what only a macro does to a case.

Who may change one: its owner a personal one, the team's members a team's, supervisors and admins all of them. Its
actions are looked through by `automation.macros`, which knows them.
Invariants: what a macro or a bulk of cases writes was typed by nobody at that moment, so taking it back leaves no
draft; a slug is one macro's for ever; a newer version is never overwritten by whoever has not seen it.
"""

import hashlib
import json
import re
from typing import Any

from sqlalchemy import delete, insert, select, update

from agentdesk.config.language import _
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.macros import MOST_ACTIONS, MOST_FILES_BYTES, MOST_TEXTS, SCOPES, Macro, MacroText
from agentdesk.domain.mail import Enclosure
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale
from agentdesk.mail.filenames import safe_name
from agentdesk.services import clocks, fields, homes, post
from agentdesk.store.tables import (
    agents,
    macro_files,
    macro_texts,
    macros,
    messages,
    teams,
    uses,
)
from agentdesk.store.unit import UnitOfWork
from agentdesk.text import template
from agentdesk.text.clean import clean, clean_line
from agentdesk.text.fold import fold

_NOTE, _NOTE_GONE = "canned note", "canned note taken back"
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 80


def save(unit: UnitOfWork, macro: Macro, macro_id: int = 0, *, version: int = 0) -> int:
    """Keep a macro, a new one or another text for an old one; returns its id. `version` is the one that was read.

    Raises Problem for what is written wrongly, Refused for whoever may not, Stale when it is newer in the store.
    """
    macro = cleaned(macro)
    home = _home(unit, macro)
    values = {
        "name": macro.name, "scope": macro.scope, **home, "active": True, "updated_at": unit.at,
        "updated_by": unit.actor.id, "actions": json.dumps([dict(one) for one in macro.actions], ensure_ascii=False),
    }  # fmt: skip
    _check_may(unit, macro.scope, home["team_id"], home["agent_id"])
    if macro_id:
        row = _row(unit, macro_id)
        _check_may(unit, row.scope, row.team_id, row.agent_id)
        if version and row.version != version:
            raise Stale(_("This macro has been changed by somebody else since you opened it."))
        unit.session.execute(
            update(macros).where(macros.c.id == macro_id).values(values | {"version": row.version + 1})
        )
    else:
        slug = macro.slug or _free_slug(unit, macro.name)
        if unit.session.scalar(select(macros.c.id).where(macros.c.slug == slug)) is not None:
            raise Refused(_("There is a macro called {slug} already.").format(slug=slug))
        key = unit.session.execute(insert(macros).values(values | {"slug": slug})).inserted_primary_key
        assert key is not None
        macro_id = int(key[0])
    _keep_parts(unit, macro_id, macro)
    unit.record("macro", None, "saved", None, macro_id)
    return macro_id


def retire(unit: UnitOfWork, macro_id: int) -> int:
    """Take a macro out of everybody's lists; what it was used for stays known. Returns the stroke."""
    row = _row(unit, macro_id)
    _check_may(unit, row.scope, row.team_id, row.agent_id)
    stroke = unit.stroke("retire macro")
    _set_active(unit, macro_id, active=False)
    return stroke


def take_back_active(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of retiring a macro, or of taking it up again. Raises Refused when that was done already."""
    macro_id = int(fact.before or fact.after)
    if _row(unit, macro_id).active is not (fact.after is not None):
        raise Refused(_("Somebody else has changed this macro since, so it was not taken back."))
    _set_active(unit, macro_id, active=fact.after is None)


def _set_active(unit: UnitOfWork, macro_id: int, *, active: bool) -> None:
    unit.session.execute(
        update(macros).where(macros.c.id == macro_id)
        .values(active=active, version=macros.c.version + 1, updated_at=unit.at, updated_by=unit.actor.id)
    )  # fmt: skip
    unit.record("macro", None, "active", None if active else macro_id, macro_id if active else None)


def used(unit: UnitOfWork, macro_id: int, case_id: int) -> None:
    """Remember that a macro was used in a case: suggestions learn from it."""
    key = unit.session.execute(
        insert(uses).values(
            kind="macro", item_id=macro_id, case_id=case_id, agent_id=unit.actor.id, at=unit.at
        )
    ).inserted_primary_key
    assert key is not None
    unit.record("use", case_id, "macro", None, macro_id)


def take_back_use(unit: UnitOfWork, fact: Any) -> None:
    """A macro taken back was not of use; done again it was."""
    if fact.after is None:
        used(unit, int(fact.before), fact.case_id)
        return
    newest = (
        select(uses.c.id)
        .where(uses.c.kind == "macro", uses.c.item_id == int(fact.after), uses.c.case_id == fact.case_id)
        .order_by(uses.c.id.desc()).limit(1)
    )  # fmt: skip
    unit.session.execute(delete(uses).where(uses.c.id == unit.session.scalar(newest)))
    unit.record("use", fact.case_id, "macro", fact.after, None)


def cleaned(macro: Macro) -> Macro:
    """A macro as it may be kept. Raises Problem for the first thing that is written wrongly."""
    name, slug = clean_line(macro.name), macro.slug.strip()
    if not name or len(name) > _LONGEST_NAME:
        raise Problem(_("A macro needs a name of at most {n} letters.").format(n=_LONGEST_NAME))
    if slug and not (_SLUG.fullmatch(slug) and len(slug) <= _LONGEST_NAME):
        raise Problem(_("The short name of a macro has small letters, digits and single dashes."))
    if macro.scope not in SCOPES:
        raise Problem(_("A macro is for one of these: {all}.").format(all=", ".join(SCOPES)))
    texts = _cleaned_texts(macro.texts)
    if not texts and not macro.actions:
        raise Problem(_("A macro needs a text, an action, or both."))
    if len(macro.actions) > MOST_ACTIONS:
        raise Problem(_("A macro has at most {n} actions.").format(n=MOST_ACTIONS))
    _check_files(macro.files)
    return Macro(name, slug, macro.scope, clean_line(macro.team), clean_line(macro.owner), texts, macro.actions,
                 macro.files)  # fmt: skip


def _cleaned_texts(texts: tuple[MacroText, ...]) -> tuple[MacroText, ...]:
    kept: dict[str, MacroText] = {}
    for one in texts:
        language = one.language.strip().lower()
        if not _LANGUAGE.fullmatch(language):
            raise Problem(
                _("«{code}» is no language: write da, nb or en.").format(code=clean_line(language)[:20])
            )
        if language in kept:
            raise Problem(_("There are two texts in the language {code}.").format(code=language))
        text, subject = clean(one.text).strip("\n"), clean_line(one.subject)
        if not text.strip() and not subject:
            continue
        for source in (subject, text):
            try:
                template.check(source)
            except template.Misformed as error:
                raise Problem(f"{language}: {error}") from error
        if not text.strip():
            raise Problem(_("{code}: there is a subject and no text.").format(code=language))
        kept[language] = MacroText(language, text, subject)
    if len(kept) > MOST_TEXTS:
        raise Problem(_("A macro has at most {n} languages.").format(n=MOST_TEXTS))
    return tuple(kept[language] for language in sorted(kept))


def _check_files(files: tuple[Enclosure, ...]) -> None:
    names = [one.filename for one in files]
    for name in names:
        if safe_name(name, "", 1) != name or names.count(name) > 1:
            raise Problem(
                _("A file of the macro cannot be called «{name}».").format(name=clean_line(name)[:80])
            )
    if sum(len(one.content) for one in files) > MOST_FILES_BYTES:
        raise Problem(_("The files of a macro are larger than 20 MB together: no mail would carry them."))


def _home(unit: UnitOfWork, macro: Macro) -> dict[str, int | None]:
    """Whose it is: a team's, an agent's, or everybody's."""
    team_id = agent_id = None
    if macro.scope == "team":
        team_id = unit.session.scalar(select(teams.c.id).where(teams.c.name == macro.team))
        if team_id is None:
            raise NotFound(_("There is no team called {name}.").format(name=macro.team or "?"))
    elif macro.scope == "personal":
        agent_id = unit.actor.id
        if macro.owner:
            agent_id = unit.session.scalar(select(agents.c.id).where(agents.c.login == macro.owner))
        if agent_id is None:
            raise NotFound(_("There is no agent called {login}.").format(login=macro.owner or "?"))
    return {"team_id": team_id, "agent_id": agent_id}


def _check_may(unit: UnitOfWork, scope: str, team_id: int | None, agent_id: int | None) -> None:
    """Raise Refused unless the actor may change a macro of this home."""
    if homes.may_change(unit, scope, team_id, agent_id):
        return
    if scope == "team":
        raise Refused(_("A team's macro is changed by its members and by supervisors: make one of your own."))
    if scope == "personal":
        raise Refused(_("This is a colleague's own macro: make one of your own."))
    raise Refused(_("Macros for everyone are changed by supervisors and admins: make one of your own."))


def _keep_parts(unit: UnitOfWork, macro_id: int, macro: Macro) -> None:
    unit.session.execute(delete(macro_texts).where(macro_texts.c.macro_id == macro_id))
    if macro.texts:
        rows = [
            {"macro_id": macro_id, "language": one.language, "subject": one.subject, "text": one.text}
            for one in macro.texts
        ]
        unit.session.execute(insert(macro_texts), rows)
    kept = {row.filename: row for row in unit.session.execute(
        select(macro_files.c.id, macro_files.c.filename, macro_files.c.sha256, macro_files.c.content_type)
        .where(macro_files.c.macro_id == macro_id))}  # fmt: skip
    for one in macro.files:
        digest = hashlib.sha256(one.content).hexdigest()
        known = kept.pop(one.filename, None)
        if known is not None and (known.sha256, known.content_type) == (digest, one.content_type):
            continue
        if known is not None:
            unit.session.execute(delete(macro_files).where(macro_files.c.id == known.id))
        unit.session.execute(
            insert(macro_files).values(
                macro_id=macro_id, filename=one.filename, content_type=one.content_type, size=len(one.content),
                sha256=digest, content=one.content,
            )
        )  # fmt: skip
    for gone in kept.values():
        unit.session.execute(delete(macro_files).where(macro_files.c.id == gone.id))


def _row(unit: UnitOfWork, macro_id: int) -> Any:
    found = unit.session.execute(
        select(macros).where(macros.c.id == macro_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such macro any more."))
    return found


def _free_slug(unit: UnitOfWork, name: str) -> str:
    base = "-".join(re.findall(r"[a-z0-9]+", fold(name)))[:60].strip("-") or "macro"
    taken = set(
        unit.session.scalars(select(macros.c.slug).where(macros.c.slug.startswith(base, autoescape=True)))
    )
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if slug not in taken)


def leave_note(unit: UnitOfWork, case_id: int, body: str) -> int:
    """Leave a note whose words were written beforehand; returns the stroke."""
    body = clean(body).strip("\n")
    if not body.strip():
        raise Problem(_("The note is empty: write something first."))
    case = fields.lock(unit, case_id)
    stroke = unit.stroke("note")
    message_id = post.write(unit, case_id=case.id, kind="note", text=body, agent_id=unit.actor.id)
    unit.record("message", case.id, _NOTE, None, message_id)
    fields.touch(unit, case.id)
    if case.status == Status.NEW:
        fields.change(unit, case, status=Status.OPEN)
    clocks.refresh(unit, [case.id])
    return stroke


def take_back_note(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of `leave_note`: in the case stands that a note was taken back."""
    _turn(unit, fact.case_id, int(fact.after), "system")
    unit.record("message", fact.case_id, _NOTE_GONE, fact.after, None)


def leave_note_again(unit: UnitOfWork, fact: Any) -> None:
    """The opposite of `take_back_note`."""
    _turn(unit, fact.case_id, int(fact.before), "note")
    unit.record("message", fact.case_id, _NOTE, None, fact.before)


def _turn(unit: UnitOfWork, case_id: int, message_id: int, kind: str) -> None:
    unit.session.execute(update(messages).where(messages.c.id == message_id).values(kind=kind))
    fields.touch(unit, case_id)
