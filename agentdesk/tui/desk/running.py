"""From a macro to what it does: run in the case it was shown for, or put into the composer with its actions to follow.

Invariants: a half-typed draft is neither sent nor lost; what follows a send is said while it is written; a macro that
was stopped says why and has done nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _, ngettext
from agentdesk.domain.problems import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from agentdesk.domain.macros import MacroRow, Preview
    from agentdesk.tui.screens.desk import DeskScreen

COMPOSED = frozenset({"reply"})
"""Kinds of text after which a macro's actions may follow."""


def now_here(desk: DeskScreen) -> datetime:
    """The time in the agent's zone, in which "tomorrow 9" is meant."""
    return desk.now().astimezone(desk.seat.zone)


async def look(desk: DeskScreen, macro_id: int, case_id: int, *, seen: int, language: str = "") -> Preview:
    """What it would do. Raises Problem."""
    core = await desk.core()
    found: Preview = await desk.bridge.read(
        core.macro_verbs.preview,
        macro_id,
        case_id,
        me=desk.me.id,
        now=now_here(desk),
        seen=seen,
        language=language,
    )
    return found


async def run(desk: DeskScreen, shown: Preview) -> bool:
    """Do what was shown: one stroke. False when the gate took the key. Raises Problem, then nothing was done."""
    core = await desk.core()
    ran = await desk.perform_raw(
        core.macro_verbs.run, shown.macro_id, shown.case_id, now=now_here(desk), seen=shown.newest,
        language=shown.language,
    )  # fmt: skip
    if ran is None:
        return False
    wait = max(0, round((ran.not_before - desk.micros()) / 1_000_000)) if ran.message_id is not None else 0
    said = _("«{name}» is done; u takes all of it back.")
    if wait:
        said = ngettext(
            "«{name}» is done: it leaves in {n} s; u takes all of it back.",
            "«{name}» is done: it leaves in {n} s; u takes all of it back.", wait,
        )  # fmt: skip
    desk.say(said.format(name=shown.name, n=wait))
    await desk.show_effect(ran.case_id)
    if desk.reading.case_id == ran.case_id and ran.message_id is not None:
        desk.reading.widget.end()
    if desk.after_send == "next" and ran.message_id is not None:
        await desk.next_case()
    return True


async def compose(desk: DeskScreen, shown: Preview) -> None:
    """Put its text into the composer of its case; its actions and files go along when that is sent."""
    writing = desk.writing
    if not writing.opened or writing.case_id != shown.case_id or writing.kind not in COMPOSED:
        if desk.reading.case_id != shown.case_id:
            await desk.reading.show(shown.case_id)
        if desk.has_class("narrow") or desk.pane == "customer":
            desk.focus_pane("conversation")
        await writing.begin("reply")
    await writing.insert(shown.text)
    await follow(desk, shown)


async def insert(desk: DeskScreen, row: MacroRow, case_id: int | None) -> None:
    """Put its text at the cursor of what is being written, whatever that is."""
    writing = desk.writing
    if case_id is None:
        text = await _for_nobody_yet(desk, row)
        await writing.insert(text)
        return
    shown = await look(desk, row.id, case_id, seen=0)
    if not shown.text:
        raise Problem(_("This macro has no text: run it with m."))
    await writing.insert(shown.text)
    if writing.kind in COMPOSED and writing.case_id == shown.case_id:
        await follow(desk, shown)
    if shown.problems:
        desk.say(shown.problems[0], "warn")


async def follow(desk: DeskScreen, shown: Preview) -> None:
    """What is being written is this macro's text now: its files hang on it, its actions follow the send."""
    core = await desk.core()
    for file in await desk.bridge.read(core.macro_reads.files, shown.macro_id, shown.files):
        await desk.writing.attach(file)
    desk.writing.macro = shown.macro_id
    row = await desk.bridge.read(core.macro_reads.macro, shown.macro_id)
    words = words_of(row)
    if words:
        desk.writing.widget.state(_("Sending it also does: {actions}").format(actions=words))


def words_of(row: MacroRow) -> str:
    """A macro's actions on one line, as they are typed; files aside, which are seen with the text."""
    from agentdesk.automation import actions  # noqa: PLC0415  loaded with the store

    return actions.lines_of(one for one in row.actions if one["kind"] != "attach")


async def _for_nobody_yet(desk: DeskScreen, row: MacroRow) -> str:
    """A new mail has no case yet: what is known of nobody is left for the writer to fill in."""
    core: Any = await desk.core()
    text = next(
        (one for one in row.texts if one.language == desk.me.language), row.texts[0] if row.texts else None
    )
    if text is None:
        raise Problem(_("This macro has no text: run it with m."))
    made, problems = await desk.bridge.read(
        core.macro_verbs.sample, text.text, text.language, None, me=desk.me.id, now=now_here(desk)
    )
    if problems:
        desk.say(problems[0], "warn")
    return str(made)
