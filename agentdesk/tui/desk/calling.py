"""Names of colleagues in a note: Tab writes out the one that was begun after @.

Invariant: only in notes, and only where exactly one colleague can be meant.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agentdesk.config.language import _
from agentdesk.text.clean import clean_line

if TYPE_CHECKING:
    from agentdesk.tui.screens.desk import DeskScreen

_BEGUN = re.compile(r"(?<![\w@.])@([\w][\w.-]*)$")


def begun_here(desk: DeskScreen) -> str:
    """The name begun after @ right before the cursor of a note; empty when there is none."""
    if not desk.writing.opened or desk.writing.kind != "note":
        return ""
    begun = _BEGUN.search(desk.writing.widget.before_cursor())
    return begun[1] if begun is not None else ""


async def write_name(desk: DeskScreen) -> bool:
    """Write out the name begun before the cursor; False when none is."""
    begun = begun_here(desk)
    if not begun:
        return False
    core = await desk.core()
    login = await desk.bridge.read(core.called.meant, begun)
    if login is None:
        said = _("«{name}» is nobody here, or more than one: write more of the name.")
        desk.say(said.format(name=clean_line(begun)))
    elif begun_here(desk) == begun:
        desk.writing.widget.write_out(len(begun) + 1, f"@{clean_line(login)} ")
        desk.writing.typed()
    return True
