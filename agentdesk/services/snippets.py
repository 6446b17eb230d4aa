"""Snippets: short texts that a shortcut writes out, for oneself, a team or everyone; and what was used where.

Invariants: one shortcut means one text per language and scope; nobody sees or changes a personal snippet but its owner,
and what is a team's or everyone's only who may (`services.homes`);
saving what stands already changes nothing, so an import may be repeated.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update

from agentdesk.config.language import _
from agentdesk.domain.knowledge import LONGEST_TEXT, LONGEST_TITLE, Phrase, Scope, language_code, shortcut
from agentdesk.domain.problems import NotFound, Problem, Refused, Stale
from agentdesk.services import homes
from agentdesk.store.tables import snippets, teams, uses
from agentdesk.store.unit import UnitOfWork
from agentdesk.text import template
from agentdesk.text.clean import clean, clean_line


def save(unit: UnitOfWork, phrase: Phrase, *, snippet_id: int | None = None, seen_version: int = 0) -> int:
    """Write a snippet down, a new one or over the one named; returns its id.

    Raises Problem for what cannot stand, NotFound for another's, Refused when the shortcut is taken or it is for others
    to change, Stale when somebody saved it since.
    """
    phrase = _checked(phrase)
    team_id = _team(unit, phrase)
    owner = unit.actor.id if phrase.scope is Scope.PERSONAL else None
    values = {
        "shortcut": phrase.shortcut, "language": phrase.language, "title": phrase.title, "text": phrase.text,
        "scope": phrase.scope.value, "team_id": team_id, "agent_id": owner,
    }  # fmt: skip
    row = _own(unit, snippet_id) if snippet_id is not None else None
    _check_may(unit, phrase.scope, team_id)
    if row is not None:
        _check_may(unit, row.scope, row.team_id)
    if row is not None and seen_version and row.version != seen_version:
        raise Stale(_("Somebody has saved this snippet since you opened it: read it again, then write."))
    twin = same(unit, phrase)
    if twin is not None and twin != snippet_id:
        raise Refused(
            _("There is a snippet {shortcut} for these people in this language already.").format(
                shortcut=phrase.shortcut
            )
        )
    if row is None:
        key = unit.session.execute(insert(snippets).values(updated_at=unit.at, **values)).inserted_primary_key
        assert key is not None
        unit.record("snippet", None, "added", None, key[0])
        return int(key[0])
    if any(getattr(row, name) != value for name, value in values.items()):
        stamped = values | {"version": row.version + 1, "updated_at": unit.at}
        unit.session.execute(update(snippets).where(snippets.c.id == row.id).values(stamped))
        unit.record("snippet", None, "changed", None, row.id)
    return int(row.id)


def same(unit: UnitOfWork, phrase: Phrase) -> int | None:
    """The snippet that has this shortcut, language and scope; None when there is none. Raises Problem."""
    phrase = _checked(phrase)
    query = select(snippets.c.id).where(
        snippets.c.shortcut == phrase.shortcut,
        snippets.c.language == phrase.language,
        snippets.c.scope == phrase.scope.value,
    )
    if phrase.scope is Scope.PERSONAL:
        query = query.where(snippets.c.agent_id == unit.actor.id)
    elif phrase.scope is Scope.TEAM:
        query = query.where(snippets.c.team_id == _team(unit, phrase))
    return unit.session.scalar(query.with_for_update())


def take_in(unit: UnitOfWork, phrases: Sequence[Phrase]) -> tuple[int, int]:
    """Keep snippets as files say them: (new ones, changed ones). Raises Problem naming every one that was refused."""
    added = changed = 0
    faults: list[str] = []
    for phrase in phrases:
        try:
            with unit.part():
                twin = same(unit, phrase)
                version = _own(unit, twin).version if twin is not None else 0
                kept = save(unit, phrase, snippet_id=twin)
                added += twin is None
                changed += bool(version) and _own(unit, kept).version != version
        except Problem as problem:
            faults.append(f"{phrase.shortcut}: {problem}")
    if faults:
        raise Problem("\n".join(faults))
    return added, changed


def remove(unit: UnitOfWork, snippet_id: int) -> None:
    """Throw a snippet away. Raises NotFound for one that is not there or another's own, Refused."""
    row = _own(unit, snippet_id)
    _check_may(unit, row.scope, row.team_id)
    unit.session.execute(delete(snippets).where(snippets.c.id == row.id))
    unit.record("snippet", None, "removed", row.id, None)


def used(
    unit: UnitOfWork, kind: Literal["macro", "article", "snippet"], item_id: int, case_id: int | None
) -> None:
    """Remember that something was used in a case: suggestions learn from it."""
    values = {"kind": kind, "item_id": item_id, "case_id": case_id, "agent_id": unit.actor.id, "at": unit.at}
    unit.session.execute(insert(uses).values(values))


def _check_may(unit: UnitOfWork, scope: str, team_id: int | None) -> None:
    """Raises Refused for what is others' to change; who comes so far with a personal one owns it."""
    if not homes.may_change(unit, scope, team_id, unit.actor.id):
        raise homes.ask_a_leader()


def _own(unit: UnitOfWork, snippet_id: int) -> Any:
    row = unit.session.execute(
        select(snippets).where(snippets.c.id == snippet_id).with_for_update()
    ).one_or_none()
    if row is None or (row.scope == Scope.PERSONAL and row.agent_id != unit.actor.id):
        raise NotFound(_("There is no snippet {number}.").format(number=snippet_id))
    return row


def _team(unit: UnitOfWork, phrase: Phrase) -> int | None:
    if phrase.scope is not Scope.TEAM:
        return None
    found = unit.session.scalar(select(teams.c.id).where(teams.c.name == phrase.team))
    if found is None:
        raise NotFound(_("There is no team called {name}.").format(name=clean_line(phrase.team)))
    return int(found)


def _checked(phrase: Phrase) -> Phrase:
    """The snippet as it may be kept. Raises Problem naming what is wrong."""
    text, title = clean(phrase.text).strip("\n"), clean_line(phrase.title)
    if not text.strip():
        raise Problem(_("The snippet is empty: write what the shortcut stands for."))
    if len(text) > LONGEST_TEXT:
        raise Problem(
            _("The snippet is longer than {n} characters: make an article of it.").format(n=LONGEST_TEXT)
        )
    if len(title) > LONGEST_TITLE:
        raise Problem(_("The title is longer than {n} characters: make it shorter.").format(n=LONGEST_TITLE))
    if phrase.scope is Scope.TEAM and not phrase.team:
        raise Problem(_("Say for which team the snippet is."))
    template.check(text)
    return replace(
        phrase,
        shortcut=shortcut(phrase.shortcut),
        text=text,
        title=title,
        language=language_code(phrase.language),
    )
