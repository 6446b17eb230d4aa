"""Settings: what belongs to the agent, chosen by keys, in force at once, and kept in the store.

Invariants: what is shown is what the desk goes by; a choice is kept before it is in force; a key that is taken and a
theme that cannot be read are refused in one sentence, and everything stays as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agentdesk.config.language import LANGUAGES, N_, _, chosen
from agentdesk.domain.problems import Problem
from agentdesk.tui import dialogs
from agentdesk.tui.desk.preferring import SPOKEN, give_key, keep, zones
from agentdesk.tui.formroom import BODY, FormRoom
from agentdesk.tui.keys import CONTEXTS, Command, shown
from agentdesk.tui.listroom import ListRoom, Paragraphs
from agentdesk.tui.widgets.roster import Item

if TYPE_CHECKING:
    from agentdesk.domain.preferences import Preferences
    from agentdesk.tui.base import House
    from agentdesk.tui.screens.desk import DeskScreen

SEND = "send"
ROWS: tuple[tuple[str, str, str], ...] = (
    ("language", N_("Language"), N_("The language of the desk. What customers read is in theirs.")),
    (
        "timezone",
        N_("Time zone"),
        N_("All times on the desk are shown in this zone, and words like tomorrow mean it."),
    ),
    (
        "theme",
        N_("Theme"),
        N_("The colours. Your own lie as TOML files in a folder themes beside the settings file."),
    ),
    ("keys", N_("Keys"), N_("Every command can have another key. One that is taken has to be freed first.")),
    ("signature", N_("Signature"), N_("What stands under your mail; without one that of the mailbox does.")),
    ("bell", N_("Bell"), N_("Rings the terminal's bell when a customer writes in a case of yours.")),
    ("send", N_("Send key"), N_("The key that sends what you write.")),
    ("after_send", N_("After sending"), N_("Whether the desk stays on the case or goes on to the next one.")),
)
"""Its name, its title, and what it means."""


class SettingsScreen(ListRoom):
    """One row for each choice; Enter changes it."""

    def __init__(self, desk: DeskScreen, *, at: str = "") -> None:
        super().__init__(desk, _("Settings"))
        self._at = at

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:  # noqa: ARG002  there is no line to type in
        likes = self.house.liking.in_force
        return [
            Item(
                name,
                name,
                ((_(title), "text"),),
                ((_value(name, likes, self.house), "strong"), ("  ", "text")),
            )
            for name, title, _meaning in ROWS
        ], ""

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        name, title, meaning = next(row for row in ROWS if row[0] == item.value)
        likes = self.house.liking
        lines: list[Sequence[tuple[str, str]]] = [
            ((_(title), "strong"),),
            ((_(meaning), "text"),),
            (("", "text"),),
        ]
        value = likes.in_force.signature or _("none of your own") if name == "signature" else _value(
            name, likes.in_force, self.house
        )  # fmt: skip
        lines += [((line, "accent"),) for line in value.split("\n")]
        lines += [(("", "text"),), ((_(_whence(name, likes.chosen)), "dim"),)]
        return lines, 0

    async def open(self, item: Item) -> None:
        changes = {
            "language": self._language, "timezone": self._zone, "theme": self._theme, "keys": self._keys,
            "signature": self._signature, "bell": self._bell, "send": self._send, "after_send": self._after,
        }  # fmt: skip
        await changes[item.value]()

    async def on_mount(self) -> None:
        await super().on_mount()
        if self._at:
            self.roster.go_to(self._at)

    async def _keep(self, **values: Any) -> None:
        try:
            await keep(self.desk, **values)
        except Problem as problem:
            self.say(str(problem), "error")
            return
        await self.reload()
        if self.roster.current is not None:
            await self._read(self.roster.current)
        self.say(_("Kept; it is in force now."))

    async def _language(self) -> None:
        async def take(code: str) -> None:
            try:
                await keep(self.desk, language=code)
            except Problem as problem:
                self.say(str(problem), "error")
                return
            await self.leave()  # every word of this screen is another now
            fresh = SettingsScreen(self.desk, at="language")
            await self.house.push_screen(fresh)
            fresh.say(_("Kept; it is in force now."))

        choices = [dialogs.Choice(code, SPOKEN[code], SPOKEN[code][0].lower()) for code in LANGUAGES]
        await self.house.push_screen(dialogs.ChooseDialog(_("Which language?"), choices, take))

    async def _zone(self) -> None:
        async def take(name: str) -> None:
            await self._keep(timezone=name)

        await self.house.push_screen(dialogs.ChooseDialog(_("Which time zone?"), zones(), take))

    async def _theme(self) -> None:
        async def take(name: str) -> None:
            await self._keep(theme=name)

        await self.house.push_screen(dialogs.ThemeDialog(self.house.liking, take))

    async def _keys(self) -> None:
        await self.house.push_screen(KeysScreen(self.desk))

    async def _signature(self) -> None:
        await self.house.push_screen(SignatureForm(self.desk))

    async def _bell(self) -> None:
        await self._keep(bell=not self.house.liking.in_force.bell)

    async def _after(self) -> None:
        await self._keep(after_send="stay" if self.house.liking.in_force.after_send == "next" else "next")

    async def _send(self) -> None:
        await ask_key(self, self.house.keymap.named(SEND))


def _value(name: str, likes: Preferences, house: House) -> str:
    """What is in force, in a word."""
    match name:
        case "language":
            return SPOKEN[chosen()]
        case "timezone":
            return likes.timezone or _("that of this machine")
        case "theme":
            return likes.theme or _("fjord, the usual one")
        case "keys":
            return _("{n} of your own").format(n=len(likes.keys)) if likes.keys else _("the usual ones")
        case "signature":
            return next(iter(likes.signature.split("\n"))) if likes.signature else _("that of the mailbox")
        case "bell":
            return _("on") if likes.bell else _("off")
        case "send":
            return house.keymap.named(SEND).key
        case _after:
            return _("to the next case") if likes.after_send == "next" else _("stay on the case")


def _whence(name: str, own: Preferences) -> str:
    """Who said so."""
    mine = {"send": SEND in own.keys, "keys": bool(own.keys), "bell": own.bell}
    is_mine = mine[name] if name in mine else bool(getattr(own, name))
    return N_("Chosen by you; it follows you to any machine.") if is_mine else N_(
        "Not chosen by you: the settings file of this machine says so, or it is the usual."
    )  # fmt: skip


async def ask_key(room: ListRoom, command: Command) -> None:
    """Ask for the key of a command."""

    async def take(key: str) -> None:
        await give_key(room.desk, command.name, key)
        await room.reload()
        room.say(_("{what}: {key} from now on.").format(
            what=_(command.title), key=room.house.keymap.named(command.name).key or _("no key")))  # fmt: skip

    await room.house.push_screen(dialogs.PressDialog(
        _("Press the new key for «{what}».").format(what=_(command.help)), take,
        hint=_("Now it is {key}.").format(key=command.key or _("no key")),
    ))  # fmt: skip


class KeysScreen(ListRoom):
    """Every command with its keys; Enter gives it another one."""

    hint = N_("part of what a command does, of its name, or its key")

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(desk, _("Keys"), empty=_("No command fits."))

    async def find(self, typed: str) -> tuple[Sequence[Item], str]:
        from agentdesk.text.fold import fold  # noqa: PLC0415  only who looks for a command needs it

        keymap, own = self.house.keymap, self.house.liking.in_force.keys
        items: list[Item] = []
        for place in CONTEXTS:
            found = [
                one for one in keymap.commands if one.context == place.name
                and all(part in fold(f"{one.name} {_(one.help)} {one.key}") for part in fold(typed).split())
            ]  # fmt: skip
            if found:
                items.append(
                    Item(None, f"# {place.name}", ((_(place.title), "accent strong"),), heading=True)
                )
            items += [
                Item(one, one.name, ((_(one.help), "text"),),
                     (("* " if one.name in own else "", "accent"), (" ".join(shown(key) for key in one.keys), "strong"),
                      ("  ", "text")))
                for one in found
            ]  # fmt: skip
        return items, _("{n} of your own").format(n=len(own)) if own else ""

    async def read(self, item: Item) -> tuple[Paragraphs, int]:
        command: Command = item.value
        keys = " ".join(shown(key) for key in command.keys) or _("no key")
        lines = [((_(command.title).capitalize(), "strong"),), ((_(command.help), "text"),), (("", "text"),),
                 ((keys, "accent"),), (("", "text"),),
                 ((_("Its name in the settings file and in agentdesk agent set: {name}").format(name=command.name),
                   "dim"),)]  # fmt: skip
        return lines, 0

    async def open(self, item: Item) -> None:
        await ask_key(self, item.value)


class SignatureForm(FormRoom):
    """What stands under one's mail."""

    def __init__(self, desk: DeskScreen) -> None:
        super().__init__(
            desk, _("Signature"), (), body=desk.house.liking.in_force.signature,
            says=_("without a text that of the mailbox stands there"),
        )  # fmt: skip

    async def save(self, values: Mapping[str, str]) -> str:
        await keep(self.desk, signature=values[BODY])
        return _("Kept; it stands under what you send from now on.")

    async def leave(self) -> None:
        await super().leave()
        below = self.app.screen
        if isinstance(below, SettingsScreen):
            await below.reload()
