"""Yes or no: what would happen, Enter does it, Esc does not.

Invariant: nothing happens without Enter.
"""

from collections.abc import Awaitable, Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical

from agentdesk.tui.base import Dialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.widgets.footer import Footer


class ConfirmDialog(Dialog):
    """Lines to read and one decision."""

    context = "confirming"

    def __init__(
        self, question: str, then: Callable[[], Awaitable[None]], *, lines: Sequence[str] = (), hint: str = ""
    ) -> None:
        super().__init__()
        self._question, self._then, self._lines, self._hint = question, then, lines, hint

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._question, id="question")
            if self._lines:
                yield Label("\n".join(self._lines), id="lines")
            if self._hint:
                yield Label(self._hint, id="hint")
            yield Footer(poor=self.house.poor)

    def on_mount(self) -> None:
        self.refresh_footer()

    async def accept(self) -> None:
        """Do it."""
        await self.leave()
        await self._then()
