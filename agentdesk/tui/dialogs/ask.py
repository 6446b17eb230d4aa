"""Fill in a line; what it means is shown before it counts.

Invariant: an answer that is refused stays in the line, with the reason below it.
"""

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentdesk.domain.problems import Problem
from agentdesk.text.clean import clean_line
from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.notice import Notice


class AskDialog(Dialog):
    """One line. `meaning` says in words what is typed means, or raises Problem."""

    context = "asking"

    def __init__(
        self, question: str, then: Callable[[str], Awaitable[None]], *, start: str = "", hint: str = "",
        meaning: Callable[[str], str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._question, self._then, self._start, self._hint, self._meaning = (
            question,
            then,
            start,
            hint,
            meaning,
        )

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._question, id="question")
            yield Input(self._start, id="typed", select_on_focus=False)
            yield Label(self._hint or " ", id="hint")
            yield Notice(poor=self.house.poor)
            yield Footer(poor=self.house.poor)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input))
        self.refresh_footer()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is typed means."""
        cleaned = clean_line(event.value) if event.value.strip() else event.value
        if len(cleaned) < len(event.value.strip()):
            self.query_one(Input).value = cleaned
            return
        self.query_one("#hint", Label).put(self._explain(event.value) or self._hint or " ")

    async def accept(self) -> None:
        """Take the line if it means something."""
        typed = clean_line(self.query_one(Input).value)
        if not typed:
            return
        try:
            if self._meaning is not None:
                self._meaning(typed)
        except Problem as problem:
            self.query_one("#hint", Label).put(str(problem))
            return
        await self.leave()
        await self._then(typed)

    def _explain(self, typed: str) -> str:
        if self._meaning is None or not typed.strip():
            return ""
        try:
            return self._meaning(clean_line(typed))
        except Problem as problem:
            return str(problem)
