"""Macros: pick one, see what it will do, do it; the suggestions by their digits; the screen to write them on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _, ngettext
from agentdesk.domain.bulk import begun
from agentdesk.tui import dialogs
from agentdesk.tui.commands.acting import case_in_hand, may_act
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from agentdesk.domain.knowledge import Suggestion
    from agentdesk.domain.macros import MacroRow
    from agentdesk.tui.screens.macro_preview import MacroPreview
    from agentdesk.tui.screens.macros import MacrosScreen

DIGITS = 9


async def pick(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.macros import MacroPicker  # noqa: PLC0415  no first frame needs macros

    if desk.selection.in_hand:
        count = len(desk.selection)
        says = ngettext("for {n} selected case", "for {n} selected cases", count).format(n=count)
        await desk.house.push_screen(MacroPicker(desk, None, partial(_ask_for_all, desk), says))
        return
    case_id = case_in_hand(desk)
    if case_id is None:
        return
    if desk.reading.case_id != case_id:
        await desk.reading.show(case_id)
    await desk.house.push_screen(MacroPicker(desk, case_id, partial(_picked, desk, case_id)))


async def pick_here(desk: DeskScreen) -> None:
    from agentdesk.tui.desk import running  # noqa: PLC0415  see above
    from agentdesk.tui.screens.macros import MacroPicker  # noqa: PLC0415

    case_id = desk.writing.case_id

    async def insert(row: MacroRow) -> None:
        await running.insert(desk, row, case_id)

    await desk.house.push_screen(MacroPicker(desk, case_id, insert))


async def _picked(desk: DeskScreen, case_id: int, row: MacroRow) -> None:
    await show(desk, row.id, case_id)


async def show(desk: DeskScreen, macro_id: int, case_id: int, digit: int = 0) -> None:
    """A macro before it acts."""
    from agentdesk.tui.desk import running  # noqa: PLC0415  see above
    from agentdesk.tui.screens.macro_preview import MacroPreview  # noqa: PLC0415

    seen = desk.reading.seen_message_id() if desk.reading.case_id == case_id else 0
    shown = await running.look(desk, macro_id, case_id, seen=seen)
    await desk.house.push_screen(MacroPreview(desk, shown, digit=digit, seen=seen))

    async def again() -> None:
        here = case_in_hand(desk)
        if here is not None:
            await show(desk, macro_id, here)

    desk.last_act = again


async def _ask_for_all(desk: DeskScreen, row: MacroRow) -> None:
    """On all that are selected: what stops it in one of them is that one's reason."""
    from agentdesk.tui.desk import running  # noqa: PLC0415  see above

    core = await desk.core()
    picked = desk.selection.picked()

    async def do() -> None:
        await desk.bulking.run(
            _("Macro «{name}»").format(name=row.name), core.macro_verbs.on_each(row.id, desk.seat.zone),
            begun("macro", picked),
        )  # fmt: skip

    count = len(desk.selection)
    question = ngettext("Run «{name}» in {n} case?", "Run «{name}» in {n} cases?", count)
    text = next((one.text for one in row.texts), "")
    await desk.house.push_screen(dialogs.ConfirmDialog(
        question.format(name=row.name, n=count), do,
        lines=[*filter(None, [running.words_of(row)]), *text.split("\n")[:8]],
        hint=_("Each gets its own text; a case where a place is empty is left out and named. u takes it back."),
    ))  # fmt: skip


def _suggested(desk: DeskScreen, digit: int) -> Suggestion | None:
    beside = desk.reading.beside
    if not desk.ready or beside is None or desk.reading.case_id != case_in_hand(desk):
        return None
    return beside.suggestions[digit - 1] if digit <= len(beside.suggestions) else None


def _suggestion(digit: int) -> Callable[[DeskScreen], Awaitable[None]]:
    async def take(desk: DeskScreen) -> None:
        found, case_id = _suggested(desk, digit), desk.reading.case_id
        if found is None or case_id is None:
            return
        if found.kind == "macro":
            await show(desk, found.id, case_id, digit)
            return
        from agentdesk.tui.desk import knowing  # noqa: PLC0415  no first frame needs what the team knows

        await knowing.insert_article(desk, found.id, case_id)

    return take


def _has(digit: int) -> Callable[[DeskScreen], bool]:
    return lambda desk: _suggested(desk, digit) is not None


async def go_macros(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.macros import MacrosScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(MacrosScreen(desk))


async def run(preview: MacroPreview) -> None:
    await preview.run()


async def edit(preview: MacroPreview) -> None:
    await preview.edit()


async def speak(preview: MacroPreview) -> None:
    await preview.speak()


async def down(preview: MacroPreview) -> None:
    preview.move(1)


async def up(preview: MacroPreview) -> None:
    preview.move(-1)


async def page_down(preview: MacroPreview) -> None:
    preview.page(1)


async def page_up(preview: MacroPreview) -> None:
    preview.page(-1)


async def close(preview: MacroPreview) -> None:
    await preview.leave()


async def write(screen: MacrosScreen) -> None:
    await screen.write()


async def translate(screen: MacrosScreen) -> None:
    await screen.translate()


async def retire(screen: MacrosScreen) -> None:
    await screen.retire()


def _has_text(preview: MacroPreview) -> bool:
    return preview.shown.replies


def _speaks(preview: MacroPreview) -> bool:
    return len(preview.shown.languages) > 1


def _ready(desk: DeskScreen) -> bool:
    return desk.ready


def _has_row(screen: MacrosScreen) -> bool:
    return screen.roster.current is not None


COMMANDS = (
    Command("macro", "desk", N_("macro"), N_("pick a macro: its text and all it does are shown first"), ("m",), pick,
            "screen", "MacroPicker", when=may_act, footer=3),
    *(Command(f"suggestion_{digit}", "desk", N_("suggestion"), N_("the suggestion with this digit, beside the case"),
              (str(digit),), _suggestion(digit), "screen", "MacroPreview", when=_has(digit))
      for digit in range(1, DIGITS + 1)),
    Command("macro_here", "writing", N_("macro"), N_("a macro's text at the cursor; its actions follow the send"),
            ("f6",), pick_here, "screen", "MacroPicker", footer=5),
    Command("go_macros", "desk", N_("macros"), N_("all macros: write, change, retire"), (), go_macros, "screen",
            "MacrosScreen", when=_ready, letter="m"),
    Command("macro_run", "macro", N_("run"), N_("do all that stands here"), ("enter",), run, "store", "outbox",
            footer=1),
    Command("macro_edit", "macro", N_("edit"), N_("its text into the composer; its actions follow the send"), ("tab",),
            edit, "focus", "composer", when=_has_text, footer=2),
    Command("macro_language", "macro", N_("language"), N_("its text in the next language"), ("l",), speak, "view",
            "language", when=_speaks, footer=3),
    Command("macro_down", "macro", N_("down"), N_("one line down"), ("j", "down"), down, "cursor", "down",
            footer=50),
    Command("macro_up", "macro", N_("up"), N_("one line up"), ("k", "up"), up, "cursor", "up"),
    Command("macro_page", "macro", N_("page"), N_("one page down"), ("space", "pagedown"), page_down, "cursor",
            "page down"),
    Command("macro_page_up", "macro", N_("page up"), N_("one page up"), ("pageup",), page_up, "cursor", "page up"),
    Command("macro_close", "macro", N_("back"), N_("leave it; nothing was done"), ("escape", "q"), close, "screen",
            "closed", footer=90),
    Command("macro_new", "macros", N_("new"), N_("write a macro"), ("c",), write, "screen", "MacroForm", footer=2),
    Command("macro_translate", "macros", N_("other language"), N_("write its text in another language"), ("t",),
            translate, "screen", "MacroForm", when=_has_row, footer=3),
    Command("macro_retire", "macros", N_("retire"), N_("take it out of the lists; u brings it back"), ("d",), retire,
            "view", "rows", when=_has_row, footer=4),
)  # fmt: skip
