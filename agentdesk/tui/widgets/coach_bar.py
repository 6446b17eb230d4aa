"""Lines at the top of whatever screen is shown: what a learner is to do, and the keys that do it.

Invariant: the task is never cut before the hint; how many lines there are depends on the screen's width alone, so that
no hint moves what stands below.
"""

from textual.events import Resize
from textual.strip import Strip
from textual.widget import Widget

from agentdesk.text.cells import fit, wrap
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.lines import Line, Palette

WIDE = 120
"""Columns from which a hint stands in one line."""


class CoachBar(Widget, inherit_bindings=False):
    """3/12  Put what the team knows about returns into an answer.
    b finds an article; type the beginning of a word; Enter puts it at the cursor.  (4 keys are enough; 2)
    """

    DEFAULT_CSS = "CoachBar { dock: top; height: 2; background: $panel; color: $foreground; }"

    def __init__(self, task: str, hint: str, *, poor: bool) -> None:
        super().__init__()
        self._palette = Palette(self, poor=poor)
        self._lines = (task, hint)

    def say(self, task: str, hint: str) -> None:
        """Other words."""
        if (task, hint) != self._lines:
            self._lines = task, hint
            self.refresh()

    def on_mount(self) -> None:
        self.styles.height = self._height(self.app.size.width)

    def on_resize(self, event: Resize) -> None:
        self.styles.height = self._height(event.size.width)

    @staticmethod
    def _height(columns: int) -> int:
        return 2 if columns >= WIDE else 3

    def render_line(self, y: int) -> Strip:
        columns = self.size.width
        task, hint = (clean_line(one) for one in self._lines)
        room = columns - 2 if columns < WIDE else 10 * WIDE
        tasks = wrap(task, room)
        lines = [*tasks, *wrap(hint, room)]
        last = self._height(columns) - 1
        lines[last:] = [" ".join(lines[last:])]  # what is left over stands in the last line, whose cut shows
        if y >= len(lines) or columns <= 0:
            return Strip.blank(max(0, columns), self._palette.style("text", "selected"))
        words = fit(f" {lines[y]}", columns)
        tone = "accent strong" if y < len(tasks) else "text"
        return self._palette.strip(Line(((words, tone),), "selected"), columns)

    def notify_style_update(self) -> None:
        """Drop the cached styles: the theme has changed."""
        super().notify_style_update()
        self._palette.clear()
