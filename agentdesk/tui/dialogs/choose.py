"""Choose one of several: by its letter, by arrows, or by typing part of its name.

Invariants: a dialog with letters answers to them at once; one without has a line to type in; the row in hand is
always one that is shown.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentdesk.config.language import _
from agentdesk.text.cells import width
from agentdesk.text.clean import clean_line
from agentdesk.text.fold import fold
from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.lines import Line, LinePane, Span, spread
from agentdesk.tui.widgets.notice import Notice

ROWS = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: what is answered, what is shown, its letter if it has one, a word at the right, and words
    that find it and are not shown."""

    value: Any
    label: str
    letter: str = ""
    detail: str = ""
    also: str = ""


class Choices(LinePane):
    """The list in the dialog."""

    DEFAULT_CSS = "Choices { height: auto; scrollbar-size-vertical: 0; }"

    def __init__(self, choices: Sequence[Choice], *, poor: bool, empty: str = "") -> None:
        super().__init__(poor=poor, id="choices")
        self._empty = empty or _("Nothing fits.")
        self.choices: list[Choice] = list(choices)
        self.cursor = 0

    def on_mount(self) -> None:
        self.put(self.choices)

    def put(self, choices: Sequence[Choice]) -> None:
        """Show these; the first is in hand."""
        self.choices, self.cursor = list(choices), 0
        self.styles.height = max(1, min(ROWS, len(self.choices)))
        self.set_extent(max(1, len(self.choices)))
        self.set_top(0)
        self.refresh()

    def move(self, delta: int) -> None:
        """Another one is in hand."""
        if not self.choices:
            return
        self.cursor = (self.cursor + delta) % len(self.choices)
        if not self.top <= self.cursor < self.top + self.size.height:
            self.set_top(max(0, self.cursor - self.size.height // 2))
        self.place_cursor()
        self.refresh()

    def line(self, y: int) -> Line:
        if not self.choices:
            return Line((("  " + self._empty, "dim"),)) if y == 0 else Line(())
        if y >= len(self.choices):
            return Line(())
        choice = self.choices[y]
        hand = y == self.cursor
        left: list[Span] = [(f"{self.signs.row if hand else ' '} ", "accent")]
        if choice.letter:
            left.append((f"{choice.letter}  ", "accent strong"))
        left.append((clean_line(choice.label), "strong" if hand else "text"))
        right: list[Span] = [(clean_line(choice.detail) + " ", "dim")] if choice.detail else []
        return Line(spread(left, right, self.columns), "selected" if hand else "")

    def cursor_line(self) -> tuple[int, int]:
        return self.cursor, 0


class ChooseDialog(Dialog):
    """Shows choices and answers with the value of one."""

    context = "choosing"

    def __init__(
        self, question: str, choices: Sequence[Choice], then: Callable[[Any], Awaitable[None]], *, hint: str = "",
        other: Callable[[str], Choice | None] | None = None, empty: str = "",
    ) -> None:  # fmt: skip
        super().__init__()
        self._question, self._hint, self._then, self._other, self._empty = question, hint, then, other, empty
        self.choices = tuple(choices)
        self.typing = not any(choice.letter for choice in choices)

    def compose(self) -> ComposeResult:
        poor = self.house.poor
        with Vertical(id="panel"):
            yield Label(self._question, id="question")
            if self.typing:
                yield Input(placeholder=_("type part of the name"), id="typed", select_on_focus=False)
            yield Choices(self.choices, poor=poor, empty=self._empty)
            if self._hint:
                yield Label(self._hint, id="hint")
            yield Notice(poor=poor)
            yield Footer(poor=poor)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input) if self.typing else self.query_one(Choices))
        self.refresh_footer()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing narrows the list."""
        self.query_one(Choices).put(self.fitting(event.value))

    def fitting(self, typed: str) -> list[Choice]:
        """The choices that what is typed fits, best first; with `other` what is typed itself may be one."""
        wanted = fold(typed.strip())
        found = [
            one
            for one in self.choices
            if all(part in fold(f"{one.label} {one.detail} {one.also}") for part in wanted.split())
        ]
        found.sort(
            key=lambda one: (
                not fold(one.label).startswith(wanted) and not (wanted and fold(one.also).startswith(wanted)),
                width(one.label) if wanted else 0,
            )
        )
        if self._other is not None and wanted and not any(fold(one.label) == wanted for one in found):
            made = self._other(clean_line(typed))
            if made is not None:
                found.append(made)
        return found

    def move(self, delta: int) -> None:
        """The row in hand goes up or down."""
        self.query_one(Choices).move(delta)

    async def accept(self) -> None:
        """The row in hand is the answer."""
        shown = self.query_one(Choices)
        if self.typing:
            fitting = self.fitting(self.query_one(Input).value)
            if [one.value for one in fitting] != [one.value for one in shown.choices]:
                shown.put(fitting)
        if shown.choices:
            await self._answer(shown.choices[shown.cursor])

    async def unbound(self, key: str, character: str | None) -> bool:  # noqa: ARG002
        """A letter answers at once."""
        choice = next((one for one in self.choices if one.letter and one.letter == character), None)
        if choice is None:
            return False
        await self._answer(choice)
        return True

    async def _answer(self, choice: Choice) -> None:
        await self.leave()
        await self._then(choice.value)
