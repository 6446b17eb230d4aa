"""How the agent likes the desk: theme, language, zone, keys and habits, before the first frame and while it is open.

Invariants: what cannot be used (a broken theme, a key that is taken) is told in one sentence and the usual takes its
place, so nobody is locked out; a change shows at once, without a restart, and moves nothing that is being written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from agentdesk.config import language
from agentdesk.config.language import _
from agentdesk.config.places import resource
from agentdesk.config.settings import Me
from agentdesk.domain.preferences import Preferences
from agentdesk.domain.problems import Problem
from agentdesk.tui.base import Heard
from agentdesk.tui.commands import COMMANDS
from agentdesk.tui.keys import Keymap, fitting, shown
from agentdesk.tui.screens.desk import DeskScreen
from agentdesk.tui.theme import DEFAULT, load_theme
from agentdesk.tui.widgets.conversation import Conversation
from agentdesk.tui.widgets.customer import CustomerPane
from agentdesk.tui.widgets.queue import QueueList

if TYPE_CHECKING:
    from datetime import tzinfo

    from textual.theme import Theme

    from agentdesk.tui.app import AgentDesk


class Liking:
    """What the agent has chosen, what the settings file says beside it, and the folder of the agent's own themes."""

    def __init__(self, chosen: Preferences, me: Me, folder: Path | None = None) -> None:
        self.chosen, self.me, self._folder = chosen, me, folder
        self.told: list[str] = []
        """What could not be used, to be said once the desk stands."""

    @property
    def in_force(self) -> Preferences:
        """What the desk goes by."""
        return self.chosen.with_fallback(self.me)

    def keymap(self) -> Keymap:
        """The keys. Raises Problem for the settings file's own mistakes; the agent's are left out and told."""
        if not self.chosen.keys:
            return Keymap(COMMANDS, self.me.keys)
        keymap, told = fitting(COMMANDS, self.in_force.keys)
        self.told += [_("{problem} The usual key works; g s changes it.").format(problem=one) for one in told]
        return keymap

    def keys_with(self, name: str, key: str) -> dict[str, str]:
        """The agent's own keys with this one for a command, or without one for "". Raises Problem when it is taken."""
        others = {one: value for one, value in self.chosen.keys.items() if one != name}
        before, _broken = fitting(COMMANDS, {**self.me.keys, **others})
        working = {one.name: one.keys[0] for one in before.commands if one.keys}
        keys = {one: value for one, value in others.items() if working.get(one) == value}
        usual = before.named(name)
        other = before.find(usual.context, key)
        if other is not None and other.name != name and other.context == usual.context:
            raise Problem(
                _("{key} is the key of «{what}»: press another one, or give that another one first.").format(
                    key=shown(key), what=_(other.help)
                )
            )
        if key and key not in usual.keys[:1]:
            keys[name] = key
        Keymap(COMMANDS, {**self.me.keys, **keys})
        return keys

    # -- themes -------------------------------------------------------------------------------------------------

    def themes(self) -> dict[str, Path]:
        """The themes by name, ours first; one of the agent's own takes the place of ours of that name."""
        folders = [resource("themes"), *([self._folder] if self._folder is not None else [])]
        found: dict[str, Path] = {}
        for folder in folders:
            found |= {path.stem: path for path in sorted(folder.glob("*.toml"))}
        return found

    def theme(self, name: str) -> Theme:
        """The theme of this name. Raises Problem when there is none, or when it cannot be used."""
        path = self._theme_file(name)
        if path is None:
            raise Problem(_("There is no theme called {name}.").format(name=name))
        return load_theme(path)

    def dress(self, app: AgentDesk) -> None:
        """Before anything is styled: a theme chosen later would have all of it styled twice."""
        try:
            theme = self.theme(self.in_force.theme or DEFAULT)
        except Problem as problem:
            self.told.append(_("{problem} The usual one is worn.").format(problem=problem))
            theme = load_theme(resource("themes") / f"{DEFAULT}.toml")
        app.register_theme(theme)
        app.theme = theme.name

    def show_theme(self, app: AgentDesk, name: str) -> None:
        """Wear this theme from now on. Raises Problem, and nothing changes."""
        theme = self.theme(name or DEFAULT)
        app.register_theme(theme)
        if app.theme == theme.name:
            app.refresh_css()
        app.theme = theme.name

    def _theme_file(self, name: str) -> Path | None:
        for folder in (self._folder, resource("themes")):
            path = folder / f"{name}.toml" if folder is not None else None
            if path is not None and path.is_file():
                return path
        return None

    # -- while the desk is open ---------------------------------------------------------------------------------

    async def take(self, app: AgentDesk, desk: DeskScreen, chosen: Preferences) -> None:
        """The agent has chosen anew: what is another than before shows itself."""
        before, after = self.in_force, chosen.with_fallback(self.me)
        if after.theme != before.theme:
            try:
                self.show_theme(app, after.theme)
            except Problem as problem:
                self.told.append(str(problem))
        self.chosen = chosen
        if after.keys != before.keys:
            app.keymap = self.keymap()
        desk.after_send = (
            after.after_send or "stay" if after.after_send != before.after_send else desk.after_send
        )
        if after.timezone != before.timezone:
            desk.seat = replace(desk.seat, zone=zone_of(after.timezone))
        if after.language != before.language:
            language.choose(after.language)
        if (after.timezone, after.language) != (before.timezone, before.language):
            await _draw_again(desk)
        for screen in app.screen_stack:
            if isinstance(screen, Heard):
                screen.refresh_footer()


async def _draw_again(desk: DeskScreen) -> None:
    """Every word and time of the desk, in another language or zone."""
    zone = desk.seat.zone
    queue = desk.query_one(QueueList)
    queue.zone = zone
    queue.refresh()
    desk.query_one(Conversation).look_again(zone)
    desk.query_one(CustomerPane).look_again(zone)
    desk.listing.draw_bar()
    desk.draw_top()
    if desk.composer_mounted:
        desk.writing.widget.retitle()
    if not desk.ready:
        return
    if queue.current is None:
        await desk.listing.show(desk.listing.view, desk.listing.query)
    if desk.reading.case_id is None:
        desk.reading.clear()
    else:
        await desk.reading.reload()


def zone_of(name: str) -> tzinfo:
    """The zone of this name, else that of this machine."""
    try:
        return (
            ZoneInfo(name)
            if name
            else ZoneInfo(Path("/etc/localtime").resolve().as_posix().partition("zoneinfo/")[2])
        )
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = datetime.now().astimezone().tzinfo
        assert zone is not None
        return zone
