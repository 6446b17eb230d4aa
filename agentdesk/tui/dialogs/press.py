"""Press the key that a command should have.

Invariant: a key that cannot be taken leaves the question standing, with the reason below it.
"""

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.containers import Vertical

from agentdesk.domain.problems import Problem
from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer


class PressDialog(Dialog):
    """The next key that no command of this dialog has is the answer; "" asks for the usual one."""

    context = "pressing"

    def __init__(self, question: str, then: Callable[[str], Awaitable[None]], *, hint: str) -> None:
        super().__init__()
        self._question, self._then, self._hint = question, then, hint

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._question, id="question")
            yield Label(self._hint, id="hint")
            yield Footer(poor=self.house.poor)

    def on_mount(self) -> None:
        self.refresh_footer()

    async def unbound(self, key: str, character: str | None) -> bool:  # noqa: ARG002  the name says it all
        """A key was pressed."""
        await self._answer(key)
        return True

    async def usual(self) -> None:
        """The usual key is wanted again."""
        await self._answer("")

    async def _answer(self, key: str) -> None:
        try:
            await self._then(key)
        except Problem as problem:
            self.query_one("#hint", Label).update(str(problem))
            return
        await self.leave()
