"""Macros to pick from while a case is in hand, and to write: name, for whom, a text in each language, actions.

Invariants: what is picked goes to the case it was picked for; an agent's own macros are nobody else's; what was typed
into the form and not saved is asked for before it is left.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.knowledge import language_code, language_name
from agentdesk.domain.macros import Macro, MacroRow, MacroText
from agentdesk.domain.people import may_lead
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line
from agentdesk.text.fold import fold
from agentdesk.tui.desk import running
from agentdesk.tui.formroom import BODY, FormRoom, Line
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.clock import moment
from agentdesk.tui.widgets.roster import Item

if TYPE_CHECKING:
    from agentdesk.domain.macros import Preview
    from agentdesk.tui.keys import Context
    from agentdesk.tui.screens.desk import DeskScreen

_SECTIONS = {"personal": N_("MY OWN"), "team": N_("MY TEAM'S"), "everyone": N_("EVERYONE'S")}
_FOR = {"everyone": N_("everyone"), "team": N_("team"), "personal": N_("me")}
_IN_TEXT = 0.5
"""What a word found only in a macro's text counts against one in its name."""


def found(rows: Sequence[MacroRow], typed: str) -> list[MacroRow]:
    """Those that the letters typed lead to, the best first: by their name loosely, by their text word by word."""
    from textual.fuzzy import Matcher  # noqa: PLC0415  only who picks a macro needs it

    words = fold(typed).split()
    if not words:
        return list(rows)
    matcher = Matcher(fold(typed))
    scored = []
    for at, row in enumerate(rows):
        name = fold(f"{row.name} {row.slug}")
        score = matcher.match(name) + (10.0 if fold(typed) in name else 0.0)
        text = fold(" ".join([name, *(one.text for one in row.texts)]))
        if all(word in text for word in words):
            score += _IN_TEXT
        if score > 0:
            scored.append((-score, at, row))
    return [row for _score, _at, row in sorted(scored, key=lambda one: one[:2])]


def _whose(row: MacroRow) -> str:
    return row.team or row.owner or _(_FOR[row.scope])


def _parts(row: MacroRow) -> str:
    """What it does, in a word each."""
    kinds = dict.fromkeys([*(["reply"] if row.texts else []), *(str(one["kind"]) for one in row.actions)])
    return " · ".join(_(_KINDS[kind]) for kind in kinds if kind in _KINDS)


_KINDS = {
    "reply": N_("reply"), "status": N_("status"), "tag": N_("tag"), "owner": N_("owner"), "team": N_("team"),
    "priority": N_("priority"), "snooze": N_("snooze"), "note": N_("note"), "attach": N_("file"),
}  # fmt: skip


def _item(row: MacroRow) -> Item:
    return Item(row, str(row.id), ((row.name, "text"),), ((f"{_parts(row)} ", "dim"),))


class MacroPicker(ListRoom):
    """Macros for one case: typed for, read as they would be here, one key shows all that would happen.

    `then` gets the macro that was picked.
    """

    own_context: ClassVar[Context] = "list"
    hint: ClassVar[str] = N_("name or words of the macro")

    def __init__(
        self,
        desk: DeskScreen,
        case_id: int | None,
        then: Callable[[MacroRow], Awaitable[None]],
        says: str = "",
    ) -> None:
        super().__init__(desk, _("Macros"), empty=_("No macro is called that. g m writes one."))
        self.case_id = case_id
        self._then, self._said = then, says
        self._rows: tuple[MacroRow, ...] | None = None

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        rows = found(await self._all(), typed)
        says = self._said or ngettext("{n} macro", "{n} macros", len(rows)).format(n=len(rows))
        return (_sections(rows) if not typed else [_item(row) for row in rows]), says

    async def _all(self) -> tuple[MacroRow, ...]:
        """Read once: every letter looks through the same ones."""
        if self._rows is None:
            core = await self.desk.core()
            self._rows = await self.desk.bridge.read(core.macro_reads.visible, self.desk.me.id)
        return self._rows or ()

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        row: MacroRow = item.value
        if self.case_id is None:
            return _as_written(row, self.desk), 0
        shown = await running.look(self.desk, row.id, self.case_id, seen=0)
        return _in_short(row, shown), 0

    async def open(self, item: Item) -> None:
        await self.leave()
        await self._then(item.value)


def _sections(rows: Sequence[MacroRow]) -> list[Item]:
    """One's own, the team's, everyone's; a heading where there is more than one of these."""
    parts = [(scope, [row for row in rows if row.scope == scope]) for scope in _SECTIONS]
    parts = [(scope, found_) for scope, found_ in parts if found_]
    items: list[Item] = []
    for scope, found_ in parts:
        if len(parts) > 1:
            items.append(Item(None, f"head {scope}", ((_(_SECTIONS[scope]), "dim"),), heading=True))
        items += [_item(row) for row in found_]
    return items


def _in_short(row: MacroRow, shown: Preview) -> Paragraphs:
    """What it would do in the case in hand, in a few lines."""
    lines: list[Sequence[tuple[str, str]]] = [((row.name, "strong"),)]
    lines.append(((" · ".join(filter(None, [_whose(row), shown.language, _parts(row)])), "dim"),))
    lines += [((f"! {one}", "red"),) for one in shown.problems]
    words = running.words_of(row)
    if words:
        lines += [((words, "accent"),)]
    return [*lines, ((" ", "text"),), *(((line, "text"),) for line in shown.text.split("\n"))]


def _as_written(row: MacroRow, desk: DeskScreen) -> Paragraphs:
    """With its places as they stand, every language."""
    facts = [_whose(row), moment(row.updated_at, desk.seat.zone), row.updated_by,
             ngettext("used once", "used {n} times", row.uses).format(n=row.uses) if row.uses else ""]  # fmt: skip
    lines: list[Sequence[tuple[str, str]]] = [
        ((row.name, "strong"),),
        ((" · ".join(filter(None, facts)), "dim"),),
    ]
    words = running.words_of(row)
    if words:
        lines.append(((words, "accent"),))
    lines += [((f"+ {one.filename}", "text"),) for one in row.files]
    for text in row.texts:
        lines += [
            ((" ", "text"),),
            ((" · ".join(filter(None, [language_name(text.language), text.subject])), "dim"),),
        ]
        lines += [((line, "text"),) for line in text.text.split("\n")]
    return lines


class MacrosScreen(ListRoom):
    """All that this agent may use, to be written on."""

    own_context: ClassVar[Context] = "macros"
    hint: ClassVar[str] = N_("name or words of the macro")

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(desk, _("Macros"), empty=_("No macro here. c in the list writes one."))

    def on_screen_resume(self) -> None:
        """Back from a form: what was saved there stands here."""
        self.call_later(self.reload)

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        core = await self.desk.core()
        rows = found(await self.desk.bridge.read(core.macro_reads.visible, self.desk.me.id), typed)
        says = ngettext("{n} macro", "{n} macros", len(rows)).format(n=len(rows))
        return (_sections(rows) if not typed else [_item(row) for row in rows]), says

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        return _as_written(item.value, self.desk), 0

    async def open(self, item: Item) -> None:
        await self.house.push_screen(MacroForm(self.desk, item.value))

    async def write(self) -> None:
        """A new macro."""
        await self.house.push_screen(MacroForm(self.desk))

    async def translate(self) -> None:
        """Its text in another language: the form begins with what it says now."""
        item = self.roster.current
        if item is not None:
            await self.house.push_screen(MacroForm(self.desk, item.value, translate=True))

    async def retire(self) -> None:
        """Out of everybody's lists; u brings it back."""
        item = self.roster.current
        if item is None:
            return
        core = await self.desk.core()
        if await self.act(core.macro_store.retire, item.value.id) is not None:
            self.say(_("«{name}» is retired; u at the desk brings it back.").format(name=item.value.name))


class MacroForm(FormRoom):
    """A macro to write: a new one, one that is there, or its text in another language."""

    def __init__(self, desk: DeskScreen, row: MacroRow | None = None, *, translate: bool = False) -> None:
        self.row, self.translate = row, translate
        text = self._text = _text_of(row, desk)
        leads = may_lead(desk.me.role)
        begins = "everyone" if leads else "personal"
        scope = _scope_words(row) if row is not None else _(_FOR[begins])
        lines = [
            Line("name", _("Name"), row.name if row else "", _("what it is for")),
            Line("scope", _("For"), scope, "", _scope_means),
            Line("language", _("Language"), "" if translate else text.language, "da, nb, en …", _language_means),
            Line("actions", _("Actions"), running.words_of(row) if row else "",
                 _("status pending; tag +late; snooze tomorrow 9; owner me"), _actions_mean),
        ]  # fmt: skip
        title = _("New macro") if row is None else _("In another language") if translate else _("Macro")
        others = [language_name(one) for one in row.languages] if row is not None else []
        super().__init__(desk, title, lines, body=text.text, says=", ".join(others))

    async def save(self, values: Mapping[str, str]) -> str:
        core: Any = await self.desk.core()
        known = self.row
        files = await self.desk.bridge.read(core.macro_reads.files, known.id) if known is not None else ()
        written = self._written(values, files)
        await self.desk.bridge.do(
            core.macro_verbs.save, written, known.id if known is not None else 0,
            version=known.version if known is not None else 0,
        )  # fmt: skip
        return _("«{name}» is saved: m finds it.").format(name=written.name)

    async def preview(self, values: Mapping[str, str]) -> Paragraphs:
        core: Any = await self.desk.core()
        case_id = self.desk.reading.case_id
        try:
            files = (
                await self.desk.bridge.read(core.macro_reads.files, self.row.id)
                if self.row is not None
                else ()
            )
            wrong = await self.desk.bridge.read(
                core.macro_verbs.check, self._written(values, files), running.now_here(self.desk)
            )
        except Problem as problem:
            wrong = (str(problem),)
        lines: list[Sequence[tuple[str, str]]] = [((f"! {one}", "red"),) for one in wrong]
        if values[BODY].strip() and not wrong:
            text, empty = await self.desk.bridge.read(
                core.macro_verbs.sample, values[BODY], _code(values["language"]), case_id, me=self.desk.me.id,
                now=running.now_here(self.desk),
            )  # fmt: skip
            if case_id is not None:
                lines.append(((_("In case #{number} it reads:").format(number=case_id), "dim"),))
                lines += [((f"! {one}", "amber"),) for one in empty]
            lines += [((" ", "text"),), *(((line, "text"),) for line in text.split("\n"))]
        return [*lines, ((" ", "text"),), *self._help()]

    def _help(self) -> Paragraphs:
        from agentdesk.text.template import VARIABLES  # noqa: PLC0415  only who writes a macro needs it

        head = _("What may stand in {{ }}; |default('…') behind it says what stands there when it is empty:")
        return [((head, "dim"),),
                *(((f"{name}  ", "accent"), (_(words), "dim")) for name, words in VARIABLES)]  # fmt: skip

    def _written(self, values: Mapping[str, str], files: Any) -> Macro:
        """What stands in the form, as a macro. Raises Problem."""
        from agentdesk.automation.actions import read_lines  # noqa: PLC0415  loaded with the store

        scope, team = _scope(values["scope"])
        row = self.row
        attached = tuple(one for one in row.actions if one["kind"] == "attach") if row is not None else ()
        language = _code(values["language"]) or self.desk.me.language or "en"
        texts = tuple(
            one for one in (row.texts if row is not None else ())
            if one.language != language and (self.translate or one.language != self._text.language)
        )  # fmt: skip
        return Macro(
            values["name"], scope=scope, team=team,
            owner=(row.owner if row is not None and row.scope == "personal" else self.desk.me.login)
            if scope == "personal" else "",
            texts=(*texts, replace(self._text, language=language, text=values[BODY])),
            actions=(*read_lines(values["actions"]), *attached), files=files,
        )  # fmt: skip


def _text_of(row: MacroRow | None, desk: DeskScreen) -> MacroText:
    """The text that a form begins with: in the agent's own language if there is one."""
    language = desk.me.language or "en"
    if row is None or not row.texts:
        return MacroText(language, "")
    return next((one for one in row.texts if one.language == language), row.texts[0])


def _scope_words(row: MacroRow) -> str:
    return " ".join(filter(None, [_(_FOR[row.scope]), row.team]))


def _scope(typed: str) -> tuple[str, str]:
    """For whom, as somebody typed it: everyone, me, or a team's name. Raises Problem."""
    words = clean_line(typed)
    first, _space, rest = words.partition(" ")
    for scope, word in _FOR.items():
        names = {scope, word, _(word)}
        if scope == "team" and first.casefold() in {name.casefold() for name in names} and rest.strip():
            return "team", rest.strip()
        if scope != "team" and words.casefold() in {name.casefold() for name in names}:
            return scope, ""
    raise Problem(_("Say {everyone}, {me}, or {team} and its name.").format(
        everyone=_(_FOR["everyone"]), me=_(_FOR["personal"]), team=_(_FOR["team"])))  # fmt: skip


def _scope_means(typed: str) -> str:
    scope, team = _scope(typed)
    if scope == "team":
        return _("the team {name}").format(name=team)
    return _("everybody who works here") if scope == "everyone" else _("only yourself")


def _code(typed: str) -> str:
    return language_code(typed)


def _language_means(typed: str) -> str:
    return language_name(language_code(typed))


def _actions_mean(typed: str) -> str:
    from agentdesk.automation.actions import named, read_lines  # noqa: PLC0415  loaded with the store

    return ", ".join(_(named(one["kind"]).title) for one in read_lines(typed)) or _("it only writes")
