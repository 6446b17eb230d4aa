"""Stand-ins for what Textual itself draws, for terminals that have plain characters only.

Invariant: a scrollbar is drawn with spaces on two grounds, nothing else.
"""

from typing import ClassVar

from textual.scrollbar import ScrollBarRender


class PlainBar(ScrollBarRender):
    """A scrollbar without the half blocks at its ends."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8
