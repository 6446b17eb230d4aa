"""What a command is: one act a person can do, with its words, its keys, when it is there and what it changes.

Key bindings, footer, help and palette all read these rows; nothing else binds a key. Invariants (tests/tui): no key
stands twice in one context; a key that needs Shift, Alt or AltGr on a Danish, Norwegian or US layout is never the
only one; every command states its effect.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from agentdesk.config.language import N_, _
from agentdesk.domain.problems import Problem

Context = str
"""Where keys are heard; one of CONTEXTS."""


@dataclass(frozen=True, slots=True)
class Place:
    """A context: what it is called in the help, and the context whose keys work there too."""

    name: Context
    title: str
    inherits: Context = ""


CONTEXTS: tuple[Place, ...] = (
    Place("desk", N_("At the desk")),
    Place("writing", N_("While writing")),
    Place("choosing", N_("Choosing")),
    Place("asking", N_("Filling in a line")),
    Place("confirming", N_("Yes or no")),
    Place("reading", N_("Reading a page")),
    Place("list", N_("In a list")),
    Place("typing", N_("While searching a list")),
    Place("form", N_("Filling in a form")),
    Place("searching", N_("While typing a search"), "typing"),
    Place("searched", N_("Among what was found"), "list"),
    Place("strokes", N_("What I have done"), "list"),
    Place("picking", N_("Looking for an article"), "typing"),
    Place("picked", N_("At an article"), "list"),
    Place("shelf", N_("In the knowledge"), "list"),
    Place("versions", N_("In the versions"), "list"),
    Place("phrases", N_("In the snippets"), "list"),
    Place("customer", N_("At a customer"), "list"),
    Place("erasing", N_("Before somebody is forgotten"), "asking"),
    Place("macro", N_("At a macro, before it acts")),
    Place("macros", N_("In the macros"), "list"),
    Place("order", N_("Reading an order"), "reading"),
    Place("pressing", N_("Pressing a key for a command")),
    Place("welcome", N_("On the first screen")),
    Place("people", N_("Among the people"), "list"),
)
"""A screen with verbs of its own has a context of its own, which inherits "list" or "form"."""
_PARENTS = {place.name: place.inherits for place in CONTEXTS}

Effect = Literal["store", "screen", "focus", "cursor", "text", "view", "terminal"]
"""What a command changes: a case in the store · the screen on top · the pane in hand · the row in hand · what is being
written · what the panes show · the terminal itself (suspended, clipboard, left)."""


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the table. `run` gets the screen it was called on; `when` is asked first."""

    name: str
    context: Context
    title: str
    help: str
    keys: tuple[str, ...]
    run: Callable[[Any], Awaitable[None]]
    effect: Effect
    states: str
    """Its effect in words a test reads: the field of the case, the screen, the pane, … that changes."""
    when: Callable[[Any], bool] = lambda _screen: True
    footer: int = 0
    """Its place in the footer, 1 first; 0: only in the help."""
    letter: str = ""
    """The letter after `g` that goes there; for commands that go to a screen."""

    @property
    def key(self) -> str:
        """The first key as people call it; empty for a command that is only reached by its name."""
        return shown(self.keys[0]) if self.keys else ""


NAMES = {
    "enter": N_("Enter"), "escape": N_("Esc"), "tab": N_("Tab"), "space": N_("Space"), "up": "↑", "down": "↓",
    "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End",
    "backspace": N_("Backspace"), "delete": N_("Del"), "question_mark": "?", "slash": "/",
    "full_stop": ".", "comma": ",", "minus": "-", "plus": "+",
}  # fmt: skip


def shown(key: str) -> str:
    """A key as people call it."""
    if key in NAMES:
        return _(NAMES[key])
    return key.upper() if key.startswith("f") and key[1:].isdigit() else key


_WITH_CTRL = ("ctrl+", "alt+")
_LETTERS_ARE_KEYS = frozenset({"desk", "list", "reading", "confirming", "welcome", "macro"})
"""Contexts without a field to type in, in which a letter may be a key; so are those that inherit one of these."""


def types(key: str) -> bool:
    """Whether a key puts a sign where there is a field to type in."""
    name = key.removeprefix("shift+")
    return not key.startswith(_WITH_CTRL) and (len(name) == 1 or name in _SIGNS)


_OF_FIELDS = frozenset({"enter", "backspace", "delete", "left", "right", "up", "down", "home", "end"})
"""What a field itself goes by."""
_SIGNS = frozenset({"space", "question_mark", "slash", "full_stop", "comma", "minus", "plus"})


class KeyTaken(Problem):
    """A key of one's own that cannot be; `names` are the commands whose own keys are to blame."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        super().__init__(text)
        self.names = names


def fitting(commands: Iterable[Command], remapped: Mapping[str, str]) -> "tuple[Keymap, tuple[str, ...]]":
    """The keys with as many of one's own as can be, and a sentence for each that cannot: nobody is locked out."""
    kept, given = dict(remapped), tuple(commands)
    said: list[str] = []
    while True:
        try:
            return Keymap(given, kept), tuple(said)
        except KeyTaken as taken:
            said.append(str(taken))
            kept = {name: key for name, key in kept.items() if name not in taken.names}


class Keymap:
    """Which key runs which command in which context, with the settings' own keys."""

    def __init__(self, commands: Iterable[Command], remapped: Mapping[str, str]) -> None:
        self.commands = tuple(
            replace(one, keys=(remapped[one.name], *one.keys[1:])) if one.name in remapped else one
            for one in commands
        )
        self._check(remapped)
        self._by_key = {(one.context, key): one for one in self.commands for key in one.keys}

    def find(self, context: Context, key: str) -> Command | None:
        """The command of a key, if there is one in this context or in the one it inherits."""
        found = self._by_key.get((context, key))
        parent = _PARENTS.get(context, "")
        return found if found is not None or not parent else self._by_key.get((parent, key))

    def named(self, name: str) -> Command:
        """The command of a name."""
        return next(one for one in self.commands if one.name == name)

    def of(self, context: Context) -> tuple[Command, ...]:
        """All commands of a context, its own before those it inherits."""
        own = tuple(one for one in self.commands if one.context == context)
        parent = _PARENTS.get(context, "")
        taken = {key for one in own for key in one.keys}
        inherited = (one for one in self.commands if parent and one.context == parent)
        return (*own, *(one for one in inherited if not one.keys or one.keys[0] not in taken))

    def _check(self, remapped: Mapping[str, str]) -> None:
        known = {one.name: one for one in self.commands}
        for name, key in remapped.items():
            if name not in known:
                text = _("There is no command called {name} to give a key to.").format(name=name)
                raise KeyTaken(text, (name,))
            context = known[name].context
            if (types(key) or key in _OF_FIELDS) and not _LETTERS_ARE_KEYS & {
                context,
                _PARENTS.get(context, ""),
            }:
                text = _(
                    "The key {key} types there, so it cannot be that of {name}: take one with ctrl, or F1 to F12."
                )
                raise KeyTaken(text.format(key=shown(key), name=name), (name,))
        seen: dict[tuple[str, str], str] = {}
        for one in self.commands:
            for key in one.keys:
                other = seen.setdefault((one.context, key), one.name)
                if other != one.name:
                    said = _(
                        "The key {key} is given to both {one} and {other}: change one of them in the settings."
                    ).format(key=shown(key), one=one.name, other=other)
                    mine = tuple(name for name in (one.name, other) if name in remapped)
                    raise KeyTaken(said, mine) if mine else Problem(said)
