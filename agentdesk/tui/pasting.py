"""What is pasted is text, whatever stands in it: it is taken out of the terminal's bytes before a key is looked for.

Why: Textual reads on for a key's sequence behind every ESC, also inside a bracketed paste, and gives what it cannot
read as keys: a pasted ESC with ctrl+s behind it would send the mail, one with ctrl+g open the editor. Invariant:
nothing between a paste's two marks is ever a key, wherever the terminal cuts its bytes.
"""

from collections.abc import Generator, Iterable

from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers import linux_driver
from textual.message import Message

from agentdesk.text.clean import clean


class PasteParser(XTermParser):
    """Textual's parser, which sees of a paste only text that holds no ESC, and its two marks."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasted: str | None = None
        """What has come of the paste under way."""
        self._tail = ""
        """The last characters outside of one: a mark may come in two pieces."""

    def feed(self, data: str) -> Iterable[Message]:
        """Take what the terminal gave; at its end ("") what had begun is let go of."""
        if not data:
            yield from super().feed(data)
        while data:
            if self._pasted is None:
                data = yield from self._outside(data)
            else:
                data = yield from self._inside(self._pasted + data)

    def _outside(self, data: str) -> Generator[Message, None, str]:
        """Everything up to a paste, its first mark included, is Textual's; returns the rest."""
        kept = len(self._tail)
        at = (self._tail + data).find(BRACKETED_PASTE_START)
        end = len(data) if at < 0 else at + len(BRACKETED_PASTE_START) - kept
        self._tail = (self._tail + data)[1 - len(BRACKETED_PASTE_START) :] if at < 0 else ""
        self._pasted = None if at < 0 else ""
        yield from super().feed(data[:end])
        return data[end:]

    def _inside(self, pasted: str) -> Generator[Message, None, str]:
        """Text up to the paste's second mark; returns what comes behind it."""
        text, end, rest = pasted.partition(BRACKETED_PASTE_END)
        self._pasted = None if end else pasted
        if end:
            yield from super().feed(clean(text) + end)
        return rest


def install() -> None:
    """From now on a terminal's bytes are read by this parser."""
    linux_driver.XTermParser = PasteParser  # type: ignore[attr-defined]  # where the driver takes it from
