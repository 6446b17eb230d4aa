"""A case to keep or to give away: saved as a file under a shown path, or printed where there is a printer.

Invariant: a file is never written over another one and is for its owner alone; what is printed is clean text.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line
from agentdesk.tui import dialogs
from agentdesk.tui.commands.acting import case_in_hand, has_case
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen

if TYPE_CHECKING:
    from agentdesk.domain.story import Form

PRINTER = "lp"
PATIENCE = 20.0
"""Seconds that a printer's queue has to take a case."""


async def export(desk: DeskScreen) -> None:
    case_id = case_in_hand(desk)
    if case_id is None:
        return

    async def save(how: tuple[Form, bool]) -> None:
        from agentdesk.config.saving import write_free  # noqa: PLC0415  only who saves needs it

        form, for_customer = how
        core = await desk.core()
        name, content, _story = await desk.bridge.read(
            core.story.told, case_id, form, desk.seat.zone, for_customer=for_customer
        )
        path = await asyncio.to_thread(write_free, Path.home() / "Downloads", name, content)
        desk.say(_("Saved: {path}").format(path=path))

    choices = [
        dialogs.Choice(("text", False), _("Text, for us"), "t"),
        dialogs.Choice(("md", False), _("Markdown, for us"), "m"),
        dialogs.Choice(("eml", False), _("Mail with every message in it, for us"), "e"),
        dialogs.Choice(("text", True), _("Text, for the customer: no notes, nothing of ours"), "c"),
        dialogs.Choice(("eml", True), _("Mail, for the customer"), "k"),
    ]  # fmt: skip
    await desk.house.push_screen(dialogs.ChooseDialog(
        _("Save case #{number} as what?").format(number=case_id), choices, save
    ))  # fmt: skip


async def print_(desk: DeskScreen) -> None:
    case_id = case_in_hand(desk)
    if case_id is None:
        return
    core = await desk.core()
    _name, content, _story = await desk.bridge.read(core.story.told, case_id, "text", desk.seat.zone)
    await asyncio.to_thread(_send, content, f"#{case_id}")
    desk.say(_("Case #{number} is on its way to the printer.").format(number=case_id))


def _send(content: bytes, title: str) -> None:
    import subprocess  # noqa: PLC0415  only who prints needs it

    words = [PRINTER, "-t", title]
    try:
        done = subprocess.run(words, input=content, capture_output=True, timeout=PATIENCE, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Problem(
            _("The printer did not take it: look whether it is on, or save the case instead.")
        ) from error
    if done.returncode:
        why = clean_line(done.stderr.decode("utf-8", "replace"))[:200]
        raise Problem(_("The printer did not take it ({why}): save the case instead.").format(why=why))


def _can_print(desk: DeskScreen) -> bool:
    return has_case(desk) and shutil.which(PRINTER) is not None


COMMANDS = (
    Command("export_case", "desk", N_("export"), N_("save the case as text, Markdown or mail"), (), export, "screen",
            "ChooseDialog", when=has_case),
    Command("print_case", "desk", N_("print"), N_("print the case"), (), print_, "terminal", "the printer",
            when=_can_print),
)  # fmt: skip
