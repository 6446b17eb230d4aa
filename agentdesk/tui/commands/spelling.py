"""F7: walks through the words that no dictionary has; a digit takes a suggestion, a letter keeps the word.

Invariant: nothing in the text changes but the one word that is shown, at the writer's key.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _, ngettext
from agentdesk.tui import dialogs
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.text.spelling import Unknown
    from agentdesk.tui.desk.spelling import Speller

KNOWN_FROM_NOW_ON, KEPT = "a", "k"


async def spell(desk: DeskScreen) -> None:
    """Look the text up in the language it is written in."""
    from agentdesk.tui.desk.spelling import Speller  # noqa: PLC0415  only who asks for it needs it

    text = desk.writing.widget.text()
    speller = Speller(desk.seat.state_dir, os.environ)
    found = await asyncio.to_thread(speller.unknown, text, _language(desk, text))
    if not found:
        desk.say(_("Every word is known."))
        return
    await _Walk(desk, speller, found).go_on()


def _language(desk: DeskScreen, text: str) -> str:
    """The text's, else the customer's, else the agent's own."""
    from agentdesk.text import tongue  # noqa: PLC0415  only who asks for it needs it

    thread = desk.reading.thread
    asked = [tongue.guess(text)]
    if thread is not None and thread.case.id == desk.writing.case_id:
        asked.append(
            tongue.guess("\n".join(one.reply_text for one in thread.messages[-5:] if one.kind == "inbound"))
        )
        asked += [thread.customer.language if thread.customer is not None else "", thread.case.language]
    named = (one.replace("no", "nb")[:2] for one in (*asked, desk.me.language, "en"))
    return next(one for one in named if one in tongue.LANGUAGES)


class _Walk:
    """From one unknown word to the next."""

    def __init__(self, desk: DeskScreen, speller: Speller, found: tuple[Unknown, ...]) -> None:
        self._desk, self._speller, self._left = desk, speller, list(found)
        self._moved = 0
        self._kept: set[str] = set()

    async def go_on(self) -> None:
        """Show the next one; the last one done, say so."""
        from agentdesk.text.spelling import Word, line_of  # noqa: PLC0415  only who asks for it needs it

        widget = self._desk.writing.widget
        while self._left and self._left[0].word.text in self._kept:
            self._left.pop(0)
        if not self._left:
            widget.focus_text()
            self._desk.say(_("That was the last unknown word."))
            return
        one = self._left[0]
        word = Word(one.word.text, one.word.start + self._moved)
        widget.mark(word.start, word.end)
        choices = [dialogs.Choice(by, by, str(at)) for at, by in enumerate(one.suggestions, 1)]
        choices += [
            dialogs.Choice(None, _("Keep it"), KEPT),
            dialogs.Choice(True, _("Keep it and know it from now on"), KNOWN_FROM_NOW_ON),
        ]
        left = len(self._left)
        await self._desk.house.push_screen(dialogs.ChooseDialog(
            line_of(widget.text(), word), choices, self._take,
            hint=ngettext("{n} unknown word; Esc ends.", "{n} unknown words; Esc ends.", left).format(n=left),
        ))  # fmt: skip

    async def _take(self, value: str | bool | None) -> None:
        one = self._left.pop(0)
        if isinstance(value, str):
            start = one.word.start + self._moved
            self._desk.writing.widget.change(start, one.word.end + self._moved, value)
            self._moved += len(value) - len(one.word.text)
        else:
            self._kept.add(one.word.text)
            if value:
                await asyncio.to_thread(self._speller.add, one.word.text)
        await self.go_on()


COMMANDS = (
    Command("spell", "writing", N_("spelling"), N_("go through the words that no dictionary has"), ("f7",), spell,
            "screen", "ChooseDialog", footer=11),
)  # fmt: skip
