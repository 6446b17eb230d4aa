"""A macro before it acts: its text filled in for one reader, every change from before to after, and what stops it.

Invariant: nothing is written; what stands here is what `automation.macros` does, for it asks these same functions.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from agentdesk.automation import actions
from agentdesk.automation.actions import Acting, Params, Step
from agentdesk.config.language import _
from agentdesk.domain import guards
from agentdesk.domain.lifecycle import Status, after_reply
from agentdesk.domain.macros import MacroRow, MacroText, Preview, Said, Will, choose
from agentdesk.domain.mail import Address
from agentdesk.domain.problems import NotFound, Problem
from agentdesk.queries import answering, cases, filling, guarding, macros
from agentdesk.queries.filling import About
from agentdesk.store.tables import channels, messages
from agentdesk.text import template
from agentdesk.text.clean import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ORDER = ("tag", "priority", "team", "owner", "note", "status", "snooze", "attach")
"""Actions are done in this order, whatever order they stand in: a team frees the owner, a status comes last."""
SEVERAL = ("note", "attach")
"""Actions that a macro may have more than once."""
_MOST_NEW = 20


def preview(
    session: "Connection", macro_id: int, case_id: int, *, me: int | None, now: datetime, seen: int = 0,
    language: str = "", body: str | None = None,
) -> Preview:  # fmt: skip
    """All that will happen, and what stops it. `now` is aware, in the agent's zone; `seen` the newest message known.

    `body` is the text as the agent has changed it, which is then taken as it stands. Raises NotFound.
    """
    macro = macros.macro(session, macro_id, me)
    case = cases.case(session, case_id)
    while case.merged_into is not None:
        case = cases.case(session, case.merged_into)
    about = About(case.id)
    to, cc = answering.recipients(session, case.id)
    text = text_of(macro, language, filling.languages_for(session, about))
    made = Made(session, about, me, now, to)
    written = made.fill(text, body)
    todo = made.fill_notes(macro.actions)
    will, stopped = _steps(session, case.id, todo, Acting(me, now), replies_too=text is not None)
    if text is not None:
        stopped += _cannot_send(to, cc, case.status)
        if not stopped and not made.problems:
            made.look_at(written, (*to, *cc), files=attached(macro.actions))
    if not macro.active:
        stopped.append(_("This macro has been retired."))
    newest = session.scalar(select(func.max(messages.c.id)).where(messages.c.case_id == case.id)) or 0
    hold = session.scalar(select(channels.c.hold).where(channels.c.id == case.channel_id))
    return Preview(
        macro_id=macro.id, name=macro.name, case_id=case.id, language=text.language if text else "",
        languages=macro.languages, subject=made.subject, text=written, to=to if text else (), cc=cc if text else (),
        files=tuple(attached(macro.actions)), will=will, new=_new(session, case.id, seen, me) if seen else (),
        problems=tuple(dict.fromkeys((*made.problems, *stopped))), warnings=made.warnings, newest=newest,
        hold=hold or 0, replies=text is not None,
    )  # fmt: skip


def sample(
    session: "Connection", source: str, language: str, case_id: int | None, *, me: int | None, now: datetime
) -> tuple[str, tuple[str, ...]]:
    """A text that is being written as this case's customer would read it, and what is wrong with it."""
    made = Made(session, About(case_id), me, now, ())
    text = made.fill(MacroText(language, source))
    return text, tuple(dict.fromkeys(made.problems))


class Made:
    """One text being made for one reader, and what was wrong with it."""

    def __init__(
        self, session: "Connection", about: About, me: int | None, now: datetime, to: tuple[Address, ...]
    ) -> None:
        self.session = session
        self.about = about
        self.me = me
        self.now = now
        self.to = to
        self.subject = ""
        self.problems: list[str] = []
        self.warnings: tuple[str, ...] = ()
        self._language = ""
        self._values: dict[str, str] | None = None

    def fill(self, text: MacroText | None, body: str | None = None) -> str:
        """The text with its places filled in; `body` as it stands in its place."""
        if text is None:
            return ""
        self._language = text.language
        self.subject = self._filled(text.subject) if text.subject else ""
        return clean(body) if body is not None else self._filled(text.text)

    def fill_notes(self, todo: Iterable[Params]) -> list[Params]:
        """The actions, the notes among them with their places filled in."""
        return [{**one, "text": self._filled(one["text"])} if one["kind"] == "note" else one for one in todo]

    def look_at(self, text: str, everybody: tuple[Address, ...], *, files: Iterable[str]) -> None:
        """Whom the text names, and what else speaks against sending it."""
        who = filling.reader(self.session, self.about, everybody)
        wrong = guards.wrong_name(text, who)
        named = [wrong] if wrong else []
        named += filling.strangers(self.session, text, who)
        for name in dict.fromkeys(named):
            self.problems.append(
                _("The text names {name}, but it goes to {customer}.").format(name=name, customer=who.name)
            )
        for number in filling.foreign_orders(self.session, self.about, text):
            self.problems.append(_("Order {number} belongs to another customer.").format(number=number))
        found = guarding.warnings(
            self.session, "reply" if self.about.case_id is not None else "new", self.about.case_id, everybody,
            subject=self.subject, body=text, files=len(list(files)),
        )  # fmt: skip
        said = guards.warnings(guards.Leaving(text), who)  # the greeting: told above as what stops it
        self.warnings = tuple(one for one in found if one not in (*self.problems, *said[: bool(wrong)]))

    def _filled(self, source: str) -> str:
        if self._values is None:
            language = self._language or "en"
            self._values = filling.values(self.session, self.about, self.me, self.now, language)
        try:
            filled = template.fill(source, self._values)
        except template.Misformed as error:
            self.problems.append(str(error))
            return source
        self.problems += [
            _("«{name}» is empty here: write a text for that case, like {example}.").format(
                name=name, example="{{ " + name + "|default('…') }}"
            )
            for name in filled.missing
        ]
        return filled.text


def text_of(macro: MacroRow, language: str, wanted: Iterable[str]) -> MacroText | None:
    """The text in that language, else in the first of the wanted ones; None for a macro of actions alone."""
    if language:
        for one in macro.texts:
            if one.language == language:
                return one
        raise NotFound(_("This macro has no text in the language {code}.").format(code=language))
    return choose(macro.texts, wanted)


def attached(todo: Iterable[Params]) -> list[str]:
    """The files that go along."""
    return [str(one["file"]) for one in todo if one["kind"] == "attach"]


def in_order(todo: Iterable[Params]) -> list[Params]:
    """The actions in the order in which they are done."""
    return sorted(todo, key=lambda one: _ORDER.index(one["kind"]) if one["kind"] in _ORDER else 0)


def _steps(
    session: "Connection", case_id: int, todo: Iterable[Params], acting: Acting, *, replies_too: bool
) -> tuple[tuple[Will, ...], list[str]]:
    """Every field that changes, once, and why an action cannot be done."""
    steps: dict[str, Step] = {}
    notes: list[Step] = []
    stopped: list[str] = []
    if replies_too:
        steps |= {step.field: step for step in _of_reply(session, case_id, acting)}
    for one in in_order(todo):
        try:
            found = actions.named(one["kind"]).preview(session, case_id, one, acting)
        except Problem as problem:
            stopped.append(str(problem))
            continue
        if one["kind"] in SEVERAL:
            notes.append(found[0])
        else:
            steps[found[0].field] = found[0]
        for implied in found[1:]:
            steps.setdefault(implied.field, implied)
    if any(one["kind"] == "team" and one["value"] != "none" for one in todo) and not _sets_owner(todo):
        owner = _("owner")
        if owner in steps:
            steps[owner] = Step(owner, steps[owner].before, _("nobody"))
    every = (*(one for one in steps.values() if one.changes), *notes)
    return tuple(Will(one.field, one.before, one.after, one.until) for one in every), stopped


def _sets_owner(todo: Iterable[Params]) -> bool:
    return any(one["kind"] == "owner" for one in todo)


def _of_reply(session: "Connection", case_id: int, acting: Acting) -> tuple[Step, ...]:
    case = cases.case(session, case_id)
    status = Step(_("status"), _(case.status.value), _(after_reply(case.status).value))
    if case.owner_id is None and acting.me is not None:
        return status, Step(_("owner"), _("nobody"), _("you"))
    return (status,)


def _cannot_send(to: tuple[Address, ...], cc: tuple[Address, ...], status: Status) -> list[str]:
    if status is Status.CLOSED:
        return [_("The case is closed: write a new message instead.")]
    if not any(one.address.strip() for one in (*to, *cc)):
        return [_("Nobody is in To: answer by hand and write the customer's address there.")]
    return []


def _new(session: "Connection", case_id: int, seen: int, me: int | None) -> tuple[Said, ...]:
    """What customers and colleagues wrote since."""
    found = []
    since = (messages.c.case_id == case_id) & (messages.c.id > seen)
    for row in cases.message_rows(session, since, me or 0):
        if row.kind != "system" and not row.mine:
            who = row.agent or row.sender.name or row.sender.address
            found.append(Said(who, row.sent_at or row.at, row.reply_text))
    return tuple(found[-_MOST_NEW:])
