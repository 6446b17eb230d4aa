"""Two lines at the top of whatever screen is shown: what a learner is to do, and the keys that do it.

Invariant: the task is never cut before the hint.
"""

from textual.strip import Strip
from textual.widget import Widget

from agentdesk.text.cells import fit
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.lines import Line, Palette


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

    def render_line(self, y: int) -> Strip:
        columns = self.size.width
        if y > 1 or columns <= 0:
            return Strip.blank(max(0, columns), self._palette.style("text", "selected"))
        words = fit(f" {clean_line(self._lines[y])}", columns)
        return self._palette.strip(Line(((words, "text" if y else "accent strong"),), "selected"), columns)

    def notify_style_update(self) -> None:
        """Drop the cached styles: the theme has changed."""
        super().notify_style_update()
        self._palette.clear()
