"""The first line of a full screen: the program, the screen, and at the right what it has to say of itself.

Invariant: the screen's name is never cut before what it says.
"""

from collections.abc import Sequence

from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.bar import Bar
from agentdesk.tui.widgets.lines import Span, spread


class Heading(Bar):
    """agentdesk  Search                                     12 cases, newest first"""

    def __init__(self, title: str, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._title, self._says = clean_line(title), ""

    def say(self, words: str) -> None:
        """What the screen says of itself: how many, as of when."""
        if clean_line(words) != self._says:
            self._says = clean_line(words)
            self.refresh()

    def title(self, words: str) -> None:
        """The screen is called so from now on: the language is another."""
        self._title = clean_line(words)
        self.refresh()

    def spans(self, columns: int) -> Sequence[Span]:
        left: list[Span] = [(" agentdesk  ", "dim"), (self._title, "strong")]
        return spread(left, [(f"{self._says} ", "dim")] if self._says else [], columns)
