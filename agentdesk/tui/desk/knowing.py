"""From what the team knows into what is being written, and back: articles, links, snippets, and texts worth keeping.

Invariants: text goes to the case it was asked for in, whatever is in hand by then; what is used is remembered, so that
suggestions learn; a shortcut that nothing is known of stays as it was typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _
from agentdesk.domain.knowledge import Audience, Phrase, Scope, Written, shortcut, shortcut_before
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line
from agentdesk.tui import dialogs

if TYPE_CHECKING:
    from agentdesk.domain.knowledge import ArticleRow
    from agentdesk.tui.screens.desk import DeskScreen


def case_of(desk: DeskScreen) -> int | None:
    """The case that a text is for: the one being written in while the cursor stands there, else the one in hand."""
    return desk.writing.case_id if desk.context == "writing" else desk.reading.case_id


async def insert_article(
    desk: DeskScreen, article_id: int, case_id: int | None, *, link: bool = False
) -> None:
    """Put an article, as this customer reads it, or its link, at the cursor; a reply begins where none is open."""
    core = await desk.core()
    row = await desk.bridge.read(core.expanding.article_for, article_id, case_id)
    if link and not row.has_link:
        raise Problem(
            _("«{title}» has no link that customers can open: Enter takes its text.").format(title=row.title)
        )
    to_colleagues = desk.writing.opened and desk.writing.kind == "note" and desk.writing.case_id == case_id
    if row.audience is Audience.PUBLIC or to_colleagues:
        await _put(desk, row, case_id, link=link)
        return

    async def all_the_same() -> None:
        await _put(desk, row, case_id, link=link)

    await desk.house.push_screen(dialogs.ConfirmDialog(
        _("«{title}» is for colleagues, and this goes to the customer.").format(title=row.title), all_the_same,
        hint=_("Enter puts it in all the same, Esc does not."),
    ))  # fmt: skip


async def _put(desk: DeskScreen, row: ArticleRow, case_id: int | None, *, link: bool) -> None:
    core, writing = await desk.core(), desk.writing
    if case_id is not None and (not writing.opened or writing.case_id != case_id):
        if desk.reading.case_id != case_id:
            await desk.reading.show(case_id)
        if desk.has_class("narrow") or desk.pane == "customer":
            desk.focus_pane("conversation")
        await writing.begin("reply")
    await writing.insert(row.link if link else row.body)
    await desk.bridge.do(core.snippets.used, "article", row.id, case_id)


# -- snippets -----------------------------------------------------------------------------------------------------


def shortcut_here(desk: DeskScreen) -> str:
    """The shortcut right before the cursor of what is being written; empty when there is none."""
    return shortcut_before(desk.writing.widget.before_cursor()) if desk.writing.opened else ""


async def expand(desk: DeskScreen) -> bool:
    """Write out the shortcut before the cursor; False when none stands there."""
    typed = shortcut_here(desk)
    if not typed:
        return False
    widget, case_id = desk.writing.widget, desk.writing.case_id
    if widget.unknown == typed:  # asked once already: Tab means the next field after all
        widget.unknown = ""
        return False
    core = await desk.core()
    found = await desk.bridge.read(core.expanding.expand, desk.me.id, shortcut(typed), case_id, desk.now())
    if found is None:
        widget.unknown = typed
        desk.say(_("There is no snippet {shortcut}; g n lists them.").format(shortcut=clean_line(typed)))
        return True
    if shortcut_here(desk) != typed:  # the cursor has moved on meanwhile
        return True
    widget.write_out(len(typed), found.text)
    desk.writing.typed()
    await desk.bridge.do(core.snippets.used, "snippet", found.snippet_id, case_id)
    if found.missing:
        said = _("Not known here, fill it in: {names}")
        desk.say(said.format(names=", ".join(found.missing)), "warn")
    return True


# -- texts worth keeping ------------------------------------------------------------------------------------------


async def ask_what_to_make(desk: DeskScreen) -> None:
    """Make an article, a macro or a snippet of the text just written: a letter, then its name."""
    text = desk.writing.widget.chosen().strip("\n")
    if not text.strip():
        desk.say(_("Write the text first; what is marked counts, else all of it."))
        return
    case_id = desk.writing.case_id
    questions = {
        "article": _("What is the article called?"), "macro": _("What is the macro called?"),
        "snippet": _("Which shortcut writes it out?"),
    }  # fmt: skip

    async def ask_name(kind: str) -> None:
        async def make(name: str) -> None:
            desk.say(await _make(desk, kind, name, text, case_id))

        is_snippet = kind == "snippet"
        await desk.house.push_screen(dialogs.AskDialog(
            questions[kind], make, meaning=_shortcut_means if is_snippet else None,
            hint=_("like ;gls; Tab writes it out from then on") if is_snippet else "",
        ))  # fmt: skip

    await desk.house.push_screen(dialogs.ChooseDialog(
        _("What is to be made of this text?"),
        [dialogs.Choice("article", _("an article, as a draft"), "a"),
         dialogs.Choice("macro", _("a macro of your own"), "m"),
         dialogs.Choice("snippet", _("a snippet of your own"), "s")],
        ask_name, hint=_("What is marked counts, else all of it."),
    ))  # fmt: skip


def _shortcut_means(typed: str) -> str:
    return _("{shortcut} and Tab will write it out").format(shortcut=shortcut(typed))


async def _make(desk: DeskScreen, kind: str, name: str, text: str, case_id: int | None) -> str:
    """Keep the text; returns what to say of it. Raises Problem."""
    core: Any = await desk.core()
    language = await desk.bridge.read(core.expanding.spoken_in, case_id) or desk.me.language or "en"
    if kind == "article":
        await desk.bridge.do(core.articles.save, Written(name, text, language))
        return _("«{name}» is a draft now: g k shows it, p there publishes it.").format(name=name)
    if kind == "snippet":
        phrase = Phrase(name, text, language, scope=Scope.PERSONAL)
        await desk.bridge.do(core.snippets.save, phrase)
        return _("{shortcut} and Tab writes it out from now on.").format(shortcut=shortcut(name))
    from agentdesk.domain.macros import Macro, MacroText  # noqa: PLC0415  only who makes one needs it
    from agentdesk.text.template import literally  # noqa: PLC0415

    made = Macro(name, scope="personal", owner=desk.me.login, texts=(MacroText(language, literally(text)),))
    await desk.bridge.do(core.macro_verbs.save, made)
    return _("The macro «{name}» is yours now: m finds it.").format(name=name)
