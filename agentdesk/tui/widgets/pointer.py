"""The line below a line that is typed in: points at the word that is wrong, or says what Tab would write.

Invariant: it stands under what it points at as long as that is in view, and costs no layout to change.
"""

from collections.abc import Sequence

from agentdesk.text.cells import width
from agentdesk.text.clean import clean_line
from agentdesk.tui.widgets.bar import Bar
from agentdesk.tui.widgets.lines import Span, cut


class Pointer(Bar):
    """^^^^^^ “statsu:x” is not understood; did you mean status:?"""

    def __init__(self, *, poor: bool = False, id: str | None = None) -> None:  # noqa: A002  Textual's own name
        super().__init__(poor=poor, id=id)
        self._spans: tuple[Span, ...] = ()

    @property
    def words(self) -> str:
        """What stands there."""
        return "".join(text for text, _tone in self._spans)

    def point(self, typed: str, position: int, length: int, sentence: str) -> None:
        """Mark a place in what was typed and say what is wrong with it."""
        lead = " " * (1 + width(clean_line(f"x{typed[:position]}x")) - 2)
        marks = "^" * max(1, min(40, width(clean_line(typed[position : position + length]))))
        self._put(((lead, "text"), (marks, "red"), (f" {clean_line(sentence)}", "red")))

    def offer(self, words: Sequence[str], chosen: int | None, hint: str) -> None:
        """Words that could stand at the cursor, one of them taken; without any, a hint."""
        spans: list[Span] = [(" ", "text")]
        for at, word in enumerate(words):
            spans += [(clean_line(word), "accent strong" if at == chosen else "dim"), ("  ", "text")]
        self._put(tuple(spans) if words else ((f" {hint}", "dim"),))

    def _put(self, spans: tuple[Span, ...]) -> None:
        if spans != self._spans:
            self._spans = spans
            self.refresh()

    def spans(self, columns: int) -> Sequence[Span]:
        used = sum(width(text) for text, _tone in self._spans)
        if used > columns and len(self._spans) == 3 and self._spans[1][0].startswith("^"):
            # the sentence matters more than the place: it moves to the left as far as it must
            lead, marks, says = self._spans
            room = max(0, columns - width(marks[0]) - width(says[0]))
            return cut([(lead[0][:room], "text"), marks, says], columns)[0]
        return cut(self._spans, columns)[0]
