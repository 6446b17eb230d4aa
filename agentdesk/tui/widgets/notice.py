"""A notice: one calm sentence above the footer that says what has happened, and goes by itself.

Invariants: it covers and never moves what is below it, takes no focus and no key; its text is clean and no markup; a
graver notice is never pushed away by a lighter one that comes while it is read.
"""

from collections.abc import Sequence
from typing import Literal

from textual.geometry import Size
from textual.strip import Strip
from textual.timer import Timer

from agentdesk.config.language import N_, _
from agentdesk.text.cells import width as cells
from agentdesk.text.cells import wrap
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.bar import Bar
from agentdesk.tui.widgets.lines import Line, Span, cut

Severity = Literal["info", "warn", "error"]

MOST = 3
"""Lines that a sentence may take; what does not fit is cut with an ellipsis."""
STAYS = 6.0
"""Seconds that a notice is shown if no key is pressed."""

_GRAVITY: dict[Severity, tuple[int, str, str]] = {
    "info": (0, "", "accent"),
    "warn": (1, N_("Note:"), "amber strong"),
    "error": (2, N_("Problem:"), "red strong"),
}


class Notice(Bar):
    """The line; a screen that uses it has `layers: desk notice` and calls `key_pressed` at every key."""

    DEFAULT_CSS = """
    Notice {
        layer: notice;
        dock: bottom;
        margin-bottom: 1;
        height: auto;
        max-height: 3;
        background: $panel;
        display: none;
    }
    """

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._shown: tuple[Severity, str] | None = None
        self._next: list[tuple[Severity, str]] = []
        self._timer: Timer | None = None

    @property
    def text(self) -> str:
        """What is said now; empty when nothing is."""
        return self._shown[1] if self._shown else ""

    def say(self, text: str, severity: Severity = "info") -> None:
        """Say one sentence; it stays until the next key, or for six seconds."""
        said = (severity, clean_line(text))
        if self._shown is not None and _GRAVITY[severity][0] < _GRAVITY[self._shown[0]][0]:
            self._next = [*self._next, said][-3:]
            return
        self._put(said)

    def key_pressed(self) -> None:
        """A key was pressed: what stands here has been seen."""
        if self._shown is not None:
            self._put(self._next.pop(0) if self._next else None)

    def rows(self, columns: int) -> list[Sequence[Span]]:
        """The severity as a word and a colour, then the sentence, on as many lines as it takes up to MOST."""
        if self._shown is None:
            return []
        severity, text = self._shown
        _rank, word, tone = _GRAVITY[severity]
        lead: Span = (f" {_(word)} ", tone) if word else (" ", "text")
        first, *others = wrap(" " * cells(lead[0]) + text, max(1, columns - 1))
        found: list[Sequence[Span]] = [(lead, (first[cells(lead[0]) :], "text"))]
        found += [((" " + line.strip(), "text"),) for line in others]
        if len(found) > MOST:
            rest = " ".join(line.strip() for line in others[MOST - 2 :])
            found[MOST - 1 :] = [cut([(" " + rest, "text")], columns)[0]]
        return found

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002  Textual's own signature
        """As many lines as the sentence takes."""
        return max(1, len(self.rows(width)))

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        columns, rows = self.size.width, self.rows(self.size.width)
        if columns <= 0 or y >= len(rows):
            return Strip.blank(max(0, columns), self.palette.style("text"))
        return self.palette.strip(Line(tuple(cut(rows[y], columns)[0])), columns)

    def _put(self, said: tuple[Severity, str] | None) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._shown = said
        self._timer = self.set_timer(STAYS, self.key_pressed) if said else None
        self.display = said is not None
        self.refresh(layout=said is not None)
