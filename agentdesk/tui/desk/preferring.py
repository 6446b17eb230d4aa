"""Keeps what the agent chooses: first in the store, then in force; and what there is to choose from.

Invariant: a choice that is refused changes nothing, neither in the store nor on the desk.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import _
from agentdesk.tui import dialogs

if TYPE_CHECKING:
    from agentdesk.tui.screens.desk import DeskScreen

SPOKEN = {"en": "English", "da": "Dansk", "nb": "Norsk bokmål"}
"""Languages by their own names, as everybody finds their own."""


async def keep(desk: DeskScreen, **values: Any) -> None:
    """Keep a choice in the store, then let it be in force. Raises Problem."""
    core = await desk.core()
    kept = await desk.bridge.read(core.people.preferences_of, desk.me.id)
    fresh = replace(kept, **values)
    await desk.bridge.do(core.staff.set_preferences, desk.me.id, fresh)
    await desk.house.prefer(fresh)


async def give_key(desk: DeskScreen, name: str, key: str) -> None:
    """Give a command this key, or the usual one again for "". Raises Problem when the key is taken."""
    await keep(desk, keys=desk.house.liking.keys_with(name, key))


def zones() -> list[dialogs.Choice]:
    """Every zone there is, the neighbours first."""
    from zoneinfo import available_timezones  # noqa: PLC0415  reads a folder of files

    near = ("Europe/Copenhagen", "Europe/Oslo", "Europe/Stockholm", "Europe/Helsinki", "Atlantic/Reykjavik",
            "Atlantic/Faroe", "America/Nuuk", "Europe/London", "Europe/Berlin", "UTC")  # fmt: skip
    known = available_timezones()
    rest = sorted(name for name in known if "/" in name and name not in near and not name.startswith("Etc/"))
    names = [*(name for name in near if name in known), *rest]
    return [dialogs.Choice("", _("that of this machine")), *(dialogs.Choice(name, name) for name in names)]
