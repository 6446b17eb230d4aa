"""Leaving the desk: by q at the desk, by ctrl+q from wherever one is.

Invariant: what speaks against it (a text that is not sent or not saved, a reply held back) is said once, on the screen
that is looked at; only the same key again, with nothing between, leaves all the same.
"""

from __future__ import annotations

import asyncio

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.tui.base import Heard
from agentdesk.tui.keys import Command, shown
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.widgets.notice import Notice

ANSWER = 1.0
"""Seconds that a store has to answer before the desk is left all the same."""
QUIT_PAUSE = 0.2
"""Seconds after q in which another key means that somebody is typing, not leaving."""


async def leave(desk: DeskScreen) -> None:
    await leave_from(desk, desk, "q")


async def leave_from(screen: Heard, desk: DeskScreen, key: str) -> None:
    """Leave from this screen by this key, if nothing speaks against it or the key says so again."""
    if screen.house.gate.streaming:
        screen.say(_("Many keys came at once, so q was not taken for leaving."))
        return
    if not desk.asked_to_leave:
        why = _unsaved(desk, key) or await _why_stay(desk, key)
        if why:
            desk.ask_to_leave()
            await _say(screen, desk, why)
            return
    await asyncio.sleep(QUIT_PAUSE)
    if not desk.house.keys_waiting():
        await desk.house.leave(0)


async def _say(screen: Heard, desk: DeskScreen, why: str) -> None:
    """On the screen in view; a question without room for a word is closed unanswered first."""
    while screen is not desk and not desk.app.screen.query(Notice):
        await screen.house.pop_screen()
        below = desk.app.screen
        screen = below if isinstance(below, Heard) else desk
    screen.say(why, "warn")


def _unsaved(desk: DeskScreen, key: str) -> str:
    """A form on its way that nobody has saved."""
    from agentdesk.tui.formroom import FormRoom  # noqa: PLC0415  no first frame needs one

    if any(isinstance(one, FormRoom) and one.changed for one in desk.app.screen_stack):
        return _("What you typed here is not saved and would be gone. {key} again leaves.").format(
            key=shown(key)
        )
    return ""


async def _why_stay(desk: DeskScreen, key: str) -> str:
    if desk.writing.opened and not desk.writing.blank:
        return _("A draft is open; it is kept. {key} again leaves.").format(key=shown(key))
    if desk.bulking.running is not None:
        words = _("An act on many cases is still running and would stop half-way. {key} again leaves.")
        return words.format(key=shown(key))
    if await _reply_is_held(desk):
        return _("A reply is held back and will be sent by the worker. {key} again leaves.").format(
            key=shown(key)
        )
    return ""


async def _reply_is_held(desk: DeskScreen) -> bool:
    """Whether one of our replies still waits; a store that does not answer keeps nobody here."""
    if not desk.ready:
        return False
    try:
        core = await desk.core()
        async with asyncio.timeout(ANSWER):
            return bool(await desk.bridge.read(core.lists.held_of, desk.me.id))
    except (Problem, TimeoutError):
        return False


COMMANDS = (
    Command("leave", "desk", N_("leave"), N_("leave the desk; held replies are sent all the same"), ("q", "ctrl+q"),
            leave, "terminal", "the program ends", footer=90),
)  # fmt: skip
