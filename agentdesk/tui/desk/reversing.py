"""Taking strokes back and doing them again, for every screen that can: the newest, or one that is named.

Invariants: what has left is taken back only in part, and only after that was said; a verb on many cases goes back case
by case beside the keys; a refusal stands on the screen that asked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem
from agentdesk.tui import dialogs

if TYPE_CHECKING:
    from agentdesk.domain.strokes import StrokeRow
    from agentdesk.tui.base import Room
    from agentdesk.tui.screens.desk import DeskScreen

BACK = N_("Taken back: {verb}")
AGAIN = N_("Done again: {verb}")


async def take_back(desk: DeskScreen, room: Room, row: StrokeRow) -> None:
    """Exactly this stroke, which is done again when it is an undo itself; what is said stands on that screen."""
    core = await desk.core()
    again = row.undoes is not None and not row.redoes

    def verb(unit: Any, **how: bool) -> tuple[int | None, str]:
        return core.undo.undo(unit, row.id, **how)[1], row.verb

    await reverse(desk, room, AGAIN if again else BACK, verb)


async def reverse(
    desk: DeskScreen, room: Room, said: str, verb: Callable[..., tuple[int | None, str]], **how: bool
) -> None:
    """Carry out an undo or a redo, ask where it must be asked, and say what came of it."""
    core = await desk.core()
    try:
        done = await desk.perform_raw(verb, **how)
    except core.undo.HasLeft as left:
        await desk.house.push_screen(dialogs.ConfirmDialog(
            str(left), partial(reverse, desk, room, said, verb, anyway=True),
            hint=_("Enter takes the rest back, Esc leaves it."),
        ))  # fmt: skip
        return
    except core.undo.Many as many:
        words = _(said).format(verb=_verb(core, many.verb))
        await desk.bulking.take_back(many.stroke, words, **how)
        return
    except Problem as problem:
        room.say(str(problem), "error")
        return
    if done is None:
        return
    case_id, name = done
    room.say(_(said).format(verb=_verb(core, name)) + ".")
    if case_id is not None:
        if room is desk and desk.reading.case_id != case_id:
            await desk.reading.show(case_id)
        await desk.show_effect(case_id)


def _verb(core: Any, name: str) -> str:
    return _(core.undo.VERBS.get(name, name))
