"""A macro shown before it acts, then run: its text sent and its actions done in one stroke, or nothing at all.

Invariants: what `preview` shows is what `run` does, filled in by the same functions; an empty place, another customer's
name or order, or an action that cannot be done stops all of it; a draft that stands in the composer is neither sent nor
touched; one `u` takes all of it back.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from agentdesk.automation import actions
from agentdesk.automation.actions import Acting, Params
from agentdesk.automation.previewing import SEVERAL, Made, attached, in_order, preview, sample, text_of
from agentdesk.config.language import _
from agentdesk.domain import when
from agentdesk.domain.bulk import Picked
from agentdesk.domain.lifecycle import Status
from agentdesk.domain.macros import Macro, Ran
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import Problem
from agentdesk.queries import filling, macros, people
from agentdesk.queries.filling import About
from agentdesk.services import fields, replies, triage
from agentdesk.services import macros as keeping
from agentdesk.services.drafts import Typed
from agentdesk.store.unit import UnitOfWork
from agentdesk.text import template

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["begin", "check", "follow", "on_each", "preview", "run", "sample", "save", "send_edited"]

# -- keeping ----------------------------------------------------------------------------------------------------------


def check(session: "Connection", macro: Macro, now: datetime) -> tuple[str, ...]:
    """What is wrong with a macro as it is written, each in a sentence; empty for nothing."""
    found: list[str] = []
    try:
        macro = keeping.cleaned(macro)
    except Problem as problem:
        found.append(str(problem))
    try:
        read = _read(macro.actions)
    except Problem as problem:
        return (*found, str(problem))
    names = {one.filename for one in macro.files}
    for one in read:
        if one["kind"] == "attach" and one["file"] not in names:
            found.append(_("There is no file {name} beside this macro.").format(name=one["file"]))
        if one["kind"] == "note":
            found += _misformed(one["text"])
        found += _unknown(session, one, now)
    if any(one["kind"] == "attach" for one in read) and not macro.texts:
        found.append(_("A file needs a reply to go with: write a text as well."))
    return tuple(found)


def save(unit: UnitOfWork, macro: Macro, macro_id: int = 0, *, version: int = 0) -> int:
    """Keep a macro whose text and actions are in order; returns its id. Raises Problem, Refused, Stale, NotFound."""
    wrong = check(unit.session, macro, unit.now)
    if wrong:
        raise Problem(wrong[0])
    return keeping.save(unit, replace(macro, actions=_read(macro.actions)), macro_id, version=version)


def _read(found: Iterable[Params]) -> tuple[Params, ...]:
    """The actions whole. Raises Problem for what is none, or stands there twice."""
    read = tuple(actions.read(one) for one in found)
    kinds = [one["kind"] for one in read]
    for kind in kinds:
        if kinds.count(kind) > 1 and kind not in SEVERAL:
            raise Problem(_("The action «{kind}» stands there twice: keep one.").format(kind=kind))
    if "status" in kinds and "snooze" in kinds:
        raise Problem(_("A snooze sets the status itself: leave out the other one."))
    return read


def _misformed(source: str) -> list[str]:
    try:
        template.check(source)
    except template.Misformed as error:
        return [str(error)]
    return []


def _unknown(session: "Connection", params: Params, now: datetime) -> list[str]:
    """Names that an action names and nobody has."""
    value = str(params.get("value", ""))
    if (
        params["kind"] == "team"
        and value != "none"
        and value not in {one.name for one in people.teams_all(session)}
    ):
        return [_("There is no team called {name}.").format(name=value)]
    try:
        if params["kind"] == "owner" and value not in ("me", "nobody"):
            people.agent(session, value)
        if params["kind"] == "snooze":
            when.read(value, now)
    except Problem as problem:
        return [str(problem)]
    return []


# -- acting -----------------------------------------------------------------------------------------------------------


def run(
    unit: UnitOfWork, macro_id: int, case_id: int, *, now: datetime | None = None, seen: int = 0, language: str = "",
    body: str | None = None, to: tuple[Address, ...] | None = None, cc: tuple[Address, ...] | None = None,
    bcc: tuple[Address, ...] = (), hold: int | None = None, resolve: bool = False,
) -> Ran:  # fmt: skip
    """Do all of it, one stroke. `seen` as the preview gave it: what came since stops it. `body`: the text as changed.

    Raises CaseMoved, Problem with the first thing that stops it, and what the verbs raise; then nothing was done.
    """
    now = now or unit.now
    case = fields.lock_standing(unit, case_id)
    shown = preview(unit.session, macro_id, case.id, me=unit.actor.id, now=now, language=language, body=body)
    if shown.problems:
        raise Problem(shown.problems[0])
    stroke = unit.stroke("macro")
    message_id, leaves = None, 0
    if shown.replies:
        typed = Typed(
            kind="reply", case_id=case.id, to=shown.to if to is None else to, cc=shown.cc if cc is None else cc,
            bcc=bcc, subject=shown.subject, body=shown.text, seen_message_id=seen, alone=True, canned=body is None,
            files=macros.files(unit.session, macro_id, shown.files),
        )  # fmt: skip
        sent = replies.send(unit, typed, hold=hold)
        message_id, leaves = sent.message_id, sent.not_before
        seen = 0  # the send has looked
    follow(unit, macro_id, case.id, now=now, seen=seen)
    if resolve:
        triage.set_status(unit, case.id, Status.RESOLVED)
    return Ran(stroke, case.id, message_id, leaves)


def send_edited(
    unit: UnitOfWork, macro_id: int, typed: Typed, *, now: datetime | None = None, resolve: bool = False,
    silence: datetime | None = None,
) -> Ran:  # fmt: skip
    """A macro's text as the agent changed it in the composer, sent with its draft, then the actions: one stroke."""
    stroke = unit.stroke("macro")
    sent = replies.send(unit, typed, resolve=resolve, silence=silence)
    follow(unit, macro_id, sent.case_id, now=now or unit.now)
    return Ran(stroke, sent.case_id, sent.message_id, sent.not_before)


def begin(
    unit: UnitOfWork, macro_id: int, typed: Typed, *, now: datetime | None = None, language: str = "",
    hold: int | None = None,
) -> Ran:  # fmt: skip
    """Write to a customer first with a macro's text, and do its actions to the new case: one stroke."""
    now = now or unit.now
    macro = macros.macro(unit.session, macro_id, unit.actor.id)
    about = About(None, typed.to[0] if typed.to else None, typed.channel_id)
    text = text_of(macro, language, filling.languages_for(unit.session, about))
    if text is None:
        raise Problem(_("This macro has no text to send."))
    made = Made(unit.session, about, unit.actor.id, now, typed.to)
    written = made.fill(text)
    if not made.problems:
        made.look_at(written, (*typed.to, *typed.cc), files=attached(macro.actions))
    if made.problems:
        raise Problem(made.problems[0])
    files = macros.files(unit.session, macro_id, attached(macro.actions))
    stroke = unit.stroke("macro")
    typed = replace(typed, body=written, subject=typed.subject or made.subject, files=files, canned=True)
    sent = replies.begin(unit, typed, hold=hold)
    follow(unit, macro_id, sent.case_id, now=now)
    return Ran(stroke, sent.case_id, sent.message_id, sent.not_before)


def follow(unit: UnitOfWork, macro_id: int, case_id: int, *, now: datetime, seen: int = 0) -> None:
    """A macro's actions, the files aside, which go with a reply; and that it was used."""
    macro = macros.macro(unit.session, macro_id, unit.actor.id)
    made = Made(unit.session, About(case_id), unit.actor.id, now, ())
    todo = made.fill_notes(macro.actions)
    if made.problems:
        raise Problem(made.problems[0])
    unit.stroke("macro")
    acting = Acting(unit.actor.id, now, seen)
    for one in in_order(todo):
        if one["kind"] != "attach":
            actions.named(one["kind"]).apply(unit, case_id, one, acting)
    keeping.used(unit, macro_id, case_id)


def on_each(macro_id: int, zone: tzinfo) -> Callable[[UnitOfWork, Picked], None]:
    """The same for many cases (`automation.bulk`): each whole or not at all, what stops one is its reason."""

    def work(unit: UnitOfWork, case: Picked) -> None:
        run(unit, macro_id, case.id, now=unit.now.astimezone(zone), seen=case.seen)

    return work
