"""How far something that takes its time has come: one calm line above the footer.

Invariants: it takes no focus and no key and moves nothing; it draws again only when told another number.
"""

from collections.abc import Sequence

from agentdesk.config.language import _
from agentdesk.text.cells import fit, width
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.bar import Bar
from agentdesk.tui.widgets.lines import Span

LONGEST = 40
"""Cells of the bar itself, at most."""


class Gauge(Bar):
    """Spam  ━━━━━━━━━━──────────  300 of 1000   Esc stops after this hundred"""

    DEFAULT_CSS = """
    Gauge { layer: notice; dock: bottom; margin-bottom: 1; height: 1; background: $panel; }
    """

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._facts: tuple[str, int, int, str] = ("", 0, 1, "")

    def show(self, words: str, done: int, total: int, hint: str) -> None:
        """What is done, how far it is, and how it is stopped."""
        facts = (clean_line(words), done, max(1, total), clean_line(hint))
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def spans(self, columns: int) -> Sequence[Span]:
        """Words, bar and numbers; the hint where there is room, the bar as long as there is."""
        words, done, total, hint = self._facts
        count = _("{done} of {total}").format(done=done, total=total)
        words = fit(words, max(8, columns // 3))
        room = columns - width(words) - width(count) - 6
        tail = f"   {hint}" if hint and room - width(hint) - 3 >= 8 else ""
        long = max(0, min(LONGEST, room - width(tail)))
        full = long * min(done, total) // total
        return [
            (f" {words}  ", "strong"), (self.signs.rule_here * full, "accent"),
            (self.signs.rule * (long - full), "rule"), (f"  {count}", "text"), (tail, "dim"),
        ]  # fmt: skip
