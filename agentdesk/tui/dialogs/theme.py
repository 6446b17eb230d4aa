"""Choose a theme by looking: the desk wears the one in hand, and takes the old one again when none is chosen.

Invariant: a theme that cannot be used is never worn and never chosen; the reason stands in the dialog.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.tui.dialogs.choose import Choice, Choices, ChooseDialog
from agentdesk.tui.theme import DEFAULT

if TYPE_CHECKING:
    from agentdesk.tui.liking import Liking


class ThemeDialog(ChooseDialog):
    """The themes by name; moving wears them."""

    DEFAULT_CSS = """
    ThemeDialog { align: right middle; }
    ThemeDialog > #panel { width: 40; border: round $border-blurred; }
    """

    def __init__(self, liking: Liking, then: Callable[[str], Awaitable[None]]) -> None:
        self._worn = liking.in_force.theme or DEFAULT
        names = sorted(liking.themes(), key=lambda name: name != self._worn)
        choices = [Choice(name, name, detail=_("now") if name == self._worn else "") for name in names]
        super().__init__(_("Which theme?"), choices, then)

    def on_mount(self) -> None:
        super().on_mount()
        self.styles.background = "transparent"  # what the theme does to the screen below is what is chosen by

    def move(self, delta: int) -> None:
        """Another one is in hand, and is worn."""
        super().move(delta)
        self._wear()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing narrows the list; the first that is left is worn."""
        super().on_input_changed(event)
        self._wear()

    async def cancel(self) -> None:
        """The old one again."""
        self._try(self._worn)
        await super().cancel()

    async def accept(self) -> None:
        """Keep the one in hand, if it can be worn."""
        shown = self.query_one(Choices)
        if shown.choices and self._try(shown.choices[shown.cursor].value):
            await super().accept()

    def _wear(self) -> None:
        shown = self.query_one(Choices)
        if shown.choices:
            self._try(shown.choices[shown.cursor].value)

    def _try(self, name: Any) -> bool:
        try:
            self.house.show_theme(name)
        except Problem as problem:
            self.say(str(problem), "error")
            return False
        return True
