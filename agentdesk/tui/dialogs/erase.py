"""Before somebody is forgotten: every trace of them, to be read, and a number to type that nobody types by chance.

Invariant: nothing happens before the very number stands in the line, and Esc leaves everything as it was.
"""

from collections.abc import Awaitable, Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from agentdesk.config.language import _
from agentdesk.domain.problems import Problem
from agentdesk.tui.dialogs.ask import AskDialog
from agentdesk.tui.dialogs.label import Label
from agentdesk.tui.dialogs.page import Page
from agentdesk.tui.widgets.footer import Footer
from agentdesk.tui.widgets.notice import Notice


class EraseDialog(AskDialog):
    """The rehearsal over the line in which the number is typed."""

    context = "erasing"
    DEFAULT_CSS = """
    EraseDialog > #panel { width: 90; height: 90%; }
    """

    def __init__(self, question: str, number: int, text: str, then: Callable[[str], Awaitable[None]]) -> None:
        def meaning(typed: str) -> str:
            if typed.lstrip("#") != str(number):
                raise Problem(_("Type {number} to erase it for good, Esc leaves it.").format(number=number))
            return _("Enter erases it. Nothing brings it back.")

        hint = _("Type {number} to erase it for good, Esc leaves it.").format(number=number)
        super().__init__(question, then, hint=hint, meaning=meaning)
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(id="panel"):
            yield Label(self._question, id="question")
            yield Page(self._text, poor=self.house.poor, hang=7)
            yield Input("", id="typed", select_on_focus=False)
            yield Label(self._hint, id="hint")
            yield Notice(poor=self.house.poor)
            yield Footer(poor=self.house.poor)

    def move(self, delta: int) -> None:
        """Scroll the traces; the line keeps the cursor."""
        self.query_one(Page).move(delta)
