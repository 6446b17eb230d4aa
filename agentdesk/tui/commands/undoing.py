"""Undo, redo, and the list of what I have done."""

from typing import Any

from agentdesk.config.language import N_
from agentdesk.tui.desk.reversing import AGAIN, BACK, reverse
from agentdesk.tui.keys import Command
from agentdesk.tui.screens.desk import DeskScreen


async def undo(desk: DeskScreen) -> None:
    core = await desk.core()
    await reverse(desk, desk, BACK, core.undo.undo_newest)


async def redo(desk: DeskScreen) -> None:
    core = await desk.core()
    await reverse(desk, desk, AGAIN, core.undo.redo_newest)


async def strokes(desk: DeskScreen) -> None:
    from agentdesk.tui.screens.strokes import StrokesScreen  # noqa: PLC0415  only who goes there needs it

    await desk.house.push_screen(StrokesScreen(desk))


async def back(room: Any) -> None:
    await room.take_back()


def _has_stroke(room: Any) -> bool:
    return bool(room.may_take_back())


COMMANDS = (
    Command("undo", "desk", N_("undo"), N_("take your last act back, a held reply too"), ("u",), undo, "store",
            "as before the last verb", when=lambda desk: desk.ready, footer=18),
    Command("redo", "desk", N_("redo"), N_("do again what u took back last"), ("ctrl+y",), redo, "store",
            "as before the last undo", when=lambda desk: desk.ready),
    Command("go_strokes", "desk", N_("my strokes"), N_("what you have done, and taking it back"), (), strokes, "screen",
            "StrokesScreen", when=lambda desk: desk.ready, letter="u"),
    Command("undo_this", "strokes", N_("undo"), N_("take exactly this stroke back, or do it again"), ("u",), back,
            "store", "as before that stroke", when=_has_stroke, footer=2),
)  # fmt: skip
